// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/log/replicatecodec.h"

#include "shared/log/cborcursor.h"
#include "shared/log/jsontext.h"

#include <simdjson.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <optional>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

constexpr quint64 MaxId = std::numeric_limits<quint64>::max() / 2;

enum Major : unsigned char { Unsigned = 0x00, Text = 0x60, Array = 0x80, Map = 0xa0 };

constexpr qsizetype MaxHead = 9;

char *putHead(char *at, Major major, quint64 value)
{
    if (value < 24) {
        *at++ = static_cast<char>(major | value);
        return at;
    }
    const int bytes = value <= 0xff ? 1 : value <= 0xffff ? 2 : value <= 0xffffffff ? 4 : 8;
    *at++ = static_cast<char>(major | (bytes == 1 ? 24 : bytes == 2 ? 25 : bytes == 4 ? 26 : 27));
    for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8)
        *at++ = static_cast<char>((value >> shift) & 0xff);
    return at;
}

char *putText(char *at, QByteArrayView text)
{
    at = putHead(at, Text, static_cast<quint64>(text.size()));
    if (!text.isEmpty())   // an empty view may point nowhere
        std::memcpy(at, text.data(), static_cast<size_t>(text.size()));
    return at + text.size();
}

char *putNumber(char *at, QByteArrayView name, quint64 value)
{
    return putHead(putText(at, name), Unsigned, value);
}

// Grows `out` by at most `bytes`, lets `put` fill them from a pointer and say where it stopped.
template <typename Put>
void appendUpTo(QByteArray &out, qsizetype bytes, Put put)
{
    const qsizetype before = out.size();
    out.resize(before + bytes);
    char *const begin = out.data();
    out.resize(put(begin + before) - begin);
}

Error malformed(const QString &field, const QString &what)
{
    return {Errc::InvalidArgument, u"%1: %2"_s.arg(field, what), field};
}

// What the parts of a request must satisfy together, whatever they were encoded in; puts the starts that were told
// to the epochs that they are of.
Result<void> checkRequest(ReplicateRequest &request)
{
    if (request.epoch.number == 0)
        return malformed(u"epoch"_s, u"must be at least 1"_s);
    quint64 previous = 0;
    for (const Epoch &epoch : request.epochs) {
        if (epoch.number <= previous || epoch.number > request.epoch.number)
            return malformed(u"starts"_s, u"epoch %1 where one from %2 to %3 follows"_s.arg(epoch.number).arg(previous + 1).arg(request.epoch.number));
        if (epoch.start == 0)
            return malformed(u"starts"_s, u"the start of epoch %1 must be at least 1"_s.arg(epoch.number));
        previous = epoch.number;
    }
    request.epoch = epochOf(request.epochs, request.epoch.number);
    request.prev.epoch = epochOf(request.epochs, request.prev.epoch.number);
    if (request.prev.id > MaxId)
        return malformed(u"prev_id"_s, u"is beyond any log's end"_s);
    const quint64 prevEpoch = request.prev.epoch.number;
    const quint64 highestEpoch = request.epoch.number;
    if ((request.prev.id == 0) != (prevEpoch == 0) || prevEpoch > highestEpoch)
        return malformed(u"prev_epoch"_s, u"%1 cannot be the epoch of entry %2"_s.arg(prevEpoch).arg(request.prev.id));
    quint64 expected = request.prev.id + 1;
    quint64 lowestEpoch = std::max<quint64>(prevEpoch, 1);
    for (const Entry &entry : request.entries) {
        if (entry.id != expected)
            return malformed(u"entries"_s, u"id %1 where %2 follows"_s.arg(entry.id).arg(expected));
        if (entry.epoch < lowestEpoch || entry.epoch > highestEpoch)
            return malformed(u"entries"_s, u"entry %1 has an epoch outside %2 to %3"_s.arg(entry.id).arg(lowestEpoch).arg(highestEpoch));
        lowestEpoch = entry.epoch;
        if (entry.w == 0)
            return malformed(u"entries"_s, u"entry %1 has w 0"_s.arg(entry.id));
        if (!simdjson::validate_utf8(entry.message.constData(), static_cast<size_t>(entry.message.size()))
            || !simdjson::validate_utf8(entry.key.constData(), static_cast<size_t>(entry.key.size())))
            return malformed(u"entries"_s, u"entry %1 is not UTF-8"_s.arg(entry.id));
        ++expected;
    }
    return {};
}

// The epochs of a delivery whose starts it tells: its own, and those of prev and the entries.
Epochs knownEpochs(const Delivery &delivery)
{
    Epochs known;
    for (const Epoch &epoch : delivery.epochs) {
        if (epoch.start != 0)
            known.append(epoch);
    }
    if (delivery.epoch.start != 0 && (known.isEmpty() || known.back().number < delivery.epoch.number))
        known.append(delivery.epoch);
    return known;
}

std::optional<quint32> narrow(quint64 value)
{
    if (value > std::numeric_limits<quint32>::max())
        return std::nullopt;
    return static_cast<quint32>(value);
}

} // namespace

void appendWireEntry(QByteArray &out, const EntryView &entry)
{
    constexpr qsizetype Names = 32;   // the fields' names with their heads
    appendUpTo(out, entry.message.size() + entry.key.size() + Names + 6 * MaxHead, [&entry](char *at) {
        at = putHead(at, Map, entry.key.isEmpty() ? 4 : 5);
        at = putNumber(at, "id", entry.id);
        at = putNumber(at, "epoch", entry.epoch);
        at = putNumber(at, "w", entry.w);
        at = putText(putText(at, "message"), entry.message);
        if (!entry.key.isEmpty())
            at = putText(putText(at, "key"), entry.key);
        return at;
    });
}

QByteArray encodeDelivery(const Delivery &delivery)
{
    constexpr qsizetype Names = 72;
    constexpr qsizetype StartBytes = 16 + 2 * MaxHead;   // of one in the list
    const Epochs starts = knownEpochs(delivery);
    const qsizetype headBytes = delivery.master.size() + Names + 9 * MaxHead + starts.size() * StartBytes;
    QByteArray out;
    out.reserve(delivery.batch.bytes.size() + headBytes);
    appendUpTo(out, headBytes, [&delivery, &starts](char *at) {
        at = putHead(at, Map, starts.isEmpty() ? 7 : 8);
        at = putText(putText(at, "master"), delivery.master);
        at = putNumber(at, "epoch", delivery.epoch.number);
        at = putNumber(at, "log", delivery.logId);
        at = putNumber(at, "prev_id", delivery.prev.id);
        at = putNumber(at, "prev_epoch", delivery.prev.epoch.number);
        at = putNumber(at, "committed_id", delivery.committedId);
        if (!starts.isEmpty()) {
            at = putHead(putText(at, "starts"), Array, static_cast<quint64>(starts.size()));
            for (const Epoch &epoch : starts)
                at = putNumber(putNumber(putHead(at, Map, 2), "epoch", epoch.number), "start", epoch.start);
        }
        return putHead(putText(at, "entries"), Array, delivery.batch.count());
    });
    out.append(delivery.batch.bytes);
    return out;
}

Result<ReplicateRequest> decodeReplicateCbor(const QByteArray &cbor)
{
    CborCursor in(cbor);
    QByteArray scratch, valueScratch;
    QByteArrayView name;
    ReplicateRequest request;
    bool hasEpoch = false, hasPrev = false, hasPrevEpoch = false, hasEntries = false;
    const auto unreadable = [&name] {
        return malformed(name.isEmpty() ? u"body"_s : QString::fromUtf8(name), u"is not what a delivery in CBOR has there"_s);
    };
    auto map = in.enterMap();
    while (in.next(map)) {
        name = in.text(scratch);
        if (name == "master") {
            request.master = in.text(valueScratch).toByteArray();
        } else if (name == "epoch") {
            request.epoch.number = in.number();
            hasEpoch = true;
        } else if (name == "log") {
            request.logId = in.number();
        } else if (name == "prev_id") {
            request.prev.id = in.number();
            hasPrev = true;
        } else if (name == "prev_epoch") {
            request.prev.epoch.number = in.number();
            hasPrevEpoch = true;
        } else if (name == "committed_id") {
            request.committedId = in.number();
        } else if (name == "starts") {
            auto array = in.enterArray();
            while (in.next(array)) {
                Epoch &epoch = request.epochs.emplace_back();
                auto fields = in.enterMap();
                while (in.next(fields)) {
                    const QByteArrayView field = in.text(valueScratch);
                    if (field == "epoch")
                        epoch.number = in.number();
                    else if (field == "start")
                        epoch.start = in.number();
                    else
                        in.skip();
                }
            }
        } else if (name == "entries") {
            hasEntries = true;
            auto array = in.enterArray();
            if (in.ok() && !array.untilBreak)
                request.entries.reserve(std::min<quint64>(array.left, 16384));   // believed no further than that
            while (in.next(array)) {
                Entry &entry = request.entries.emplace_back();
                entry.w = 0;
                auto fields = in.enterMap();
                while (in.next(fields)) {
                    name = in.text(scratch);
                    if (name == "id") {
                        entry.id = in.number();
                    } else if (name == "epoch") {
                        entry.epoch = in.number();
                    } else if (name == "w") {
                        const auto w = narrow(in.number());
                        if (!w)
                            return malformed(u"w"_s, u"is too large"_s);
                        entry.w = *w;
                    } else if (name == "message") {
                        entry.message = in.text(valueScratch).toByteArray();
                    } else if (name == "key") {
                        entry.key = in.text(valueScratch).toByteArray();
                    } else {
                        in.skip();
                    }
                }
            }
        } else {
            in.skip();
        }
        if (!in.ok())
            return unreadable();
    }
    if (!in.ok() || !in.atEnd())
        return unreadable();
    if (!hasEpoch || !hasPrev || !hasPrevEpoch || !hasEntries)
        return malformed(!hasEpoch ? u"epoch"_s : !hasPrev ? u"prev_id"_s : !hasPrevEpoch ? u"prev_epoch"_s : u"entries"_s, u"is missing"_s);
    if (auto checked = checkRequest(request); !checked)
        return checked.error();
    return request;
}

Result<ReplicateRequest> decodeReplicateJson(const QByteArray &json)
{
    simdjson::dom::parser parser;
    simdjson::dom::object root;
    if (parser.parse(json.constData(), static_cast<size_t>(json.size())).get(root) != simdjson::SUCCESS)
        return malformed(u"body"_s, u"is not a JSON object"_s);

    QString bad;
    const auto number = [&bad](const simdjson::dom::object &object, const char *name, bool required) -> quint64 {
        uint64_t value = 0;
        const auto error = object[name].get(value);
        if (error != simdjson::SUCCESS && (required || error != simdjson::NO_SUCH_FIELD) && bad.isEmpty())
            bad = QString::fromLatin1(name);
        return value;
    };
    const auto text = [&bad](const simdjson::dom::object &object, const char *name, bool required) -> QByteArray {
        std::string_view value;
        const auto error = object[name].get(value);
        if (error != simdjson::SUCCESS && (required || error != simdjson::NO_SUCH_FIELD) && bad.isEmpty())
            bad = QString::fromLatin1(name);
        return QByteArray(value.data(), static_cast<qsizetype>(value.size()));
    };

    ReplicateRequest request;
    request.master = text(root, "master", false);
    request.epoch.number = number(root, "epoch", true);
    request.logId = number(root, "log", false);
    request.prev.id = number(root, "prev_id", true);
    request.prev.epoch.number = number(root, "prev_epoch", true);
    request.committedId = number(root, "committed_id", false);
    simdjson::dom::array starts;
    if (const auto error = root["starts"].get(starts); error == simdjson::SUCCESS) {
        for (const auto element : starts) {
            simdjson::dom::object object;
            if (element.get(object) != simdjson::SUCCESS)
                return malformed(u"starts"_s, u"must hold objects"_s);
            request.epochs.append(Epoch(number(object, "epoch", true), number(object, "start", true)));
        }
    } else if (error != simdjson::NO_SUCH_FIELD) {
        return malformed(u"starts"_s, u"must be an array"_s);
    }
    simdjson::dom::array entries;
    if (root["entries"].get(entries) != simdjson::SUCCESS)
        return malformed(u"entries"_s, u"must be an array"_s);
    for (const auto element : entries) {
        simdjson::dom::object object;
        if (element.get(object) != simdjson::SUCCESS)
            return malformed(u"entries"_s, u"must hold objects"_s);
        Entry entry;
        entry.id = number(object, "id", true);
        entry.epoch = number(object, "epoch", true);
        const auto w = narrow(number(object, "w", true));
        if (!w)
            return malformed(u"w"_s, u"is too large"_s);
        entry.w = *w;
        entry.message = text(object, "message", true);
        entry.key = text(object, "key", false);
        request.entries.push_back(std::move(entry));
    }
    if (!bad.isEmpty())
        return malformed(bad, u"is missing or of another type"_s);
    if (auto checked = checkRequest(request); !checked)
        return checked.error();
    return request;
}

QByteArray encodeAnswerCbor(const ReplicateAnswer &answer)
{
    QByteArray out;
    const bool startKnown = answer.last.epoch.start != 0;
    appendUpTo(out, 96, [&answer, startKnown](char *at) {
        at = putHead(at, Map, startKnown ? 4 : 3);
        at = putNumber(at, "last_id", answer.last.id);
        at = putNumber(at, "last_epoch", answer.last.epoch.number);
        if (startKnown)
            at = putNumber(at, "last_start", answer.last.epoch.start);
        return putNumber(at, "committed_id", answer.committedId);
    });
    return out;
}

QByteArray encodeAnswerJson(const ReplicateAnswer &answer)
{
    QByteArray out = "{";
    appendJsonName(out, "last_id");
    appendNumber(out, answer.last.id);
    out.append(',');
    appendJsonName(out, "last_epoch");
    appendNumber(out, answer.last.epoch.number);
    out.append(',');
    if (answer.last.epoch.start != 0) {
        appendJsonName(out, "last_start");
        appendNumber(out, answer.last.epoch.start);
        out.append(',');
    }
    appendJsonName(out, "committed_id");
    appendNumber(out, answer.committedId);
    out.append('}');
    return out;
}

QByteArray answerMembers(const ReplicateAnswer &answer)
{
    QByteArray out = encodeAnswerJson(answer);
    out = out.mid(1, out.size() - 2);
    out.append(',');
    appendJsonName(out, "epoch");
    appendNumber(out, answer.epoch);
    if (answer.kind == ReplicateAnswer::Kind::Diverged)
        out.append(",\"mode\":\"diverged\"");
    return out;
}

Result<ReplicateAnswer> decodeAnswer(int status, const QByteArray &contentType, const QByteArray &body)
{
    using Kind = ReplicateAnswer::Kind;
    ReplicateAnswer answer;
    if (status == 200) {
        if (!contentType.startsWith("application/cbor"))
            return Error{Errc::Protocol, u"answered %1 where application/cbor was asked"_s.arg(QLatin1StringView(contentType))};
        CborCursor in(body);
        QByteArray scratch;
        int required = 0;
        auto map = in.enterMap();
        while (in.next(map)) {
            const QByteArrayView name = in.text(scratch);
            quint64 *const value = name == "last_id"      ? &answer.last.id
                                 : name == "last_epoch"   ? &answer.last.epoch.number
                                 : name == "last_start"   ? &answer.last.epoch.start
                                 : name == "committed_id" ? &answer.committedId
                                                          : nullptr;
            if (value) {
                *value = in.number();
                required += value != &answer.last.epoch.start;
            } else {
                in.skip();
            }
        }
        if (!in.ok() || required != 3)
            return Error{Errc::Protocol, u"answered 200 with a document that is not a replicate answer"_s};
        return answer;
    }

    simdjson::dom::parser parser;
    simdjson::dom::object root;
    std::string_view mode, detail;
    const bool readable = parser.parse(body.constData(), static_cast<size_t>(body.size())).get(root) == simdjson::SUCCESS;
    if (readable) {
        uint64_t value = 0;
        if (root["last_id"].get(value) == simdjson::SUCCESS)
            answer.last.id = value;
        if (root["last_epoch"].get(value) == simdjson::SUCCESS)
            answer.last.epoch.number = value;
        if (root["last_start"].get(value) == simdjson::SUCCESS)
            answer.last.epoch.start = value;
        if (root["committed_id"].get(value) == simdjson::SUCCESS)
            answer.committedId = value;
        if (root["epoch"].get(value) == simdjson::SUCCESS)
            answer.epoch = value;
        if (root["mode"].get(mode) != simdjson::SUCCESS)
            mode = {};
        if (root["detail"].get(detail) == simdjson::SUCCESS)
            answer.text = QByteArray(detail.data(), static_cast<qsizetype>(detail.size()));
    }
    if (readable && status == 409)
        answer.kind = mode == "diverged" ? Kind::Diverged : Kind::Mismatch;
    else if (readable && status == 412)
        answer.kind = Kind::StaleEpoch;
    else if (status == 400 || status == 413)
        answer.kind = Kind::Rejected;
    else
        answer.kind = Kind::Unavailable;
    answer.text = "HTTP " + QByteArray::number(status) + (answer.text.isEmpty() ? QByteArray() : ": " + answer.text);
    return answer;
}

} // namespace replog
