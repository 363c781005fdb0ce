// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/log/cborcursor.h"
#include "shared/log/replicatecodec.h"
#include "shared/log/replicateforms.h"

#include <algorithm>
#include <cstring>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

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
    if (!text.isEmpty()) // an empty view may point nowhere
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

} // namespace

void appendWireEntry(QByteArray &out, const EntryView &entry)
{
    constexpr qsizetype Names = 32; // the fields' names with their heads
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
    constexpr qsizetype StartBytes = 16 + 2 * MaxHead; // of one in the list
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
        return malformedField(name.isEmpty() ? u"body"_s : QString::fromUtf8(name),
                              u"is not what a delivery in CBOR has there"_s);
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
                request.entries.reserve(
                    std::min<quint64>(array.left, 16384)); // believed no further than that
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
                        const auto w = narrowed(in.number());
                        if (!w)
                            return malformedField(u"w"_s, u"is too large"_s);
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
        return malformedField(!hasEpoch       ? u"epoch"_s
                              : !hasPrev      ? u"prev_id"_s
                              : !hasPrevEpoch ? u"prev_epoch"_s
                                              : u"entries"_s,
                              u"is missing"_s);
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

Result<ReplicateAnswer> decodeAcceptedCbor(const QByteArray &cbor)
{
    ReplicateAnswer answer;
    CborCursor in(cbor);
    QByteArray scratch;
    int required = 0;
    auto map = in.enterMap();
    while (in.next(map)) {
        const QByteArrayView name = in.text(scratch);
        quint64 *const value = name == "last_id"        ? &answer.last.id
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

} // namespace replog
