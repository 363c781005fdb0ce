// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/log/replicatecodec.h"

#include "shared/log/cbordocument.h"
#include "shared/log/entryrules.h"
#include "shared/log/jsondocument.h"
#include "shared/log/standing.h"

#include <algorithm>
#include <utility>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

constexpr qsizetype DigestDigits = 32; // LogDigest::toHex()
// The least that an entry takes on the wire, and for how many entries room is reserved at once.
constexpr qsizetype MinEntryBytes = 32;
constexpr qsizetype MaxReserved = 4096;

namespace entryfield {
enum { Id, Epoch, W, Time, Message, MessageBase64, Key, Asked, Type, Headers };
}
constexpr std::array<Field, 10> EntryFields{{{"id"},
                                             {"epoch"},
                                             {"w"},
                                             {"time"},
                                             {"message", false},
                                             {"message_base64", false},
                                             {"key", false},
                                             {"asked", false},
                                             {"type", false},
                                             {"headers", false}}};

namespace deliveryfield {
enum { Wire, LogId, To, Master, Epoch, PrevId, PrevEpoch, CommittedId, FirstId, Starts, Base, Entries };
}
constexpr std::array<Field, 12> DeliveryFields{{{"wire"},
                                                {"log_id"},
                                                {"to"},
                                                {"master"},
                                                {"epoch"},
                                                {"prev_id"},
                                                {"prev_epoch"},
                                                {"committed_id"},
                                                {"first_id"},
                                                {"starts", false},
                                                {"base", false},
                                                {"entries"}}};

template <typename Document>
Asked readAsked(Document &document)
{
    const QByteArrayView word = document.token();
    if (word == "default")
        return Asked::Default;
    if (word == "majority")
        return Asked::Majority;
    if (word != "all")
        document.fail(u"must be default, majority or all"_s);
    return Asked::All;
}

template <typename Document>
QByteArray readHeaders(Document &document)
{
    HeaderPacker packer;
    DocumentReader::Path path(document);
    const auto any = [] { return QByteArrayView(); };
    document.readFields(any, [&](QByteArrayView name) {
        const QByteArray held = name.toByteArray(); // the view ends with the next read
        path.setField(held);
        const QByteArrayView value = document.text(MaxHeadersBytes);
        if (!document.ok())
            return false;
        const auto added = packer.add(held, value);
        const bool fits = added || document.fail(added.error().text);
        path.setField({});
        return fits;
    });
    const QByteArray packed = packer.take();
    if (document.ok() && packed.isEmpty())
        document.fail(u"must have at least one header"_s);
    return packed;
}

QByteArray readBase64(JsonDocument &document)
{
    return document.base64();
}

QByteArray readBase64(CborDocument &document)
{
    document.fail(u"is for JSON alone"_s);
    return {};
}

QByteArray readMessage(JsonDocument &document)
{
    return document.text().toByteArray();
}

QByteArray readMessage(CborDocument &document)
{
    return document.bytes().toByteArray();
}

template <typename Document>
void readEntry(Document &document, Entry &entry)
{
    bool hasMessage = false;
    const auto takeMessage = [&](QByteArray message) {
        if (std::exchange(hasMessage, true))
            document.fail(u"stands beside another form of the message"_s);
        entry.message = std::move(message);
    };
    const bool read = readObject(document, EntryFields, [&](size_t i) {
        switch (i) {
        case entryfield::Id:
            entry.id = document.number(1);
            return;
        case entryfield::Epoch:
            entry.epoch = document.number(1);
            return;
        case entryfield::W:
            entry.w = static_cast<quint32>(document.number(1, MaxW));
            return;
        case entryfield::Time:
            entry.timeMs = static_cast<qint64>(document.number());
            return;
        case entryfield::Message:
            takeMessage(readMessage(document));
            return;
        case entryfield::MessageBase64:
            takeMessage(readBase64(document));
            return;
        case entryfield::Key: {
            const QByteArrayView key = document.token();
            if (document.ok() && !isValidKey(key))
                document.fail(u"must be 1 to %1 printable ASCII characters"_s.arg(MaxKeyBytes));
            entry.key = key.toByteArray();
            return;
        }
        case entryfield::Asked:
            entry.asked = readAsked(document);
            return;
        case entryfield::Type: {
            const QByteArrayView type = document.token();
            if (document.ok() && !isValidMediaType(type))
                document.fail(u"must be a media type of at most %1 characters"_s.arg(MaxTypeBytes));
            entry.type = type.toByteArray();
            return;
        }
        case entryfield::Headers:
            entry.headers = readHeaders(document);
            return;
        }
    });
    if (read && !hasMessage)
        document.failField("message", u"is missing"_s);
}

qsizetype roomFor(const CborDocument &document)
{
    return std::min(document.remaining() / MinEntryBytes, MaxReserved);
}

qsizetype roomFor(const JsonDocument &)
{
    return 0;
}

template <typename Document>
void readEntries(Document &document, Entries &entries)
{
    entries.reserve(static_cast<size_t>(roomFor(document)));
    readArray(document, [&] {
        Entry entry; // moved in at the end: emplace_back() would zero all of it before
        readEntry(document, entry);
        if (!document.ok())
            return;
        if (entries.empty()) {
            entries.push_back(std::move(entry));
            return;
        }
        const Entry &previous = entries.back();
        if (entry.id != previous.id + 1)
            document.failField("id", u"%1 does not follow %2"_s.arg(entry.id).arg(previous.id));
        else if (entry.epoch < previous.epoch)
            document.failField(
                "epoch", u"%1 is below that of the entry before, %2"_s.arg(entry.epoch).arg(previous.epoch));
        else if (entry.timeMs < previous.timeMs)
            document.failField(
                "time",
                u"%1 is before that of the entry before, %2"_s.arg(entry.timeMs).arg(previous.timeMs));
        else
            entries.push_back(std::move(entry));
    });
}

template <typename Document>
void readStarts(Document &document, Epochs &epochs)
{
    constexpr std::array<Field, 2> Fields{{{"epoch"}, {"start"}}};
    readArray(document, [&] {
        Epoch epoch;
        const bool read = readObject(document, Fields, [&](size_t i) {
            if (i == 0)
                epoch.number = document.number(1);
            else
                epoch.start = readStart(document);
        });
        if (read && !epochs.isEmpty() && epoch.number <= epochs.back().number)
            document.failField("epoch",
                               u"%1 does not follow %2"_s.arg(epoch.number).arg(epochs.back().number));
        epochs.append(epoch);
    });
}

template <typename Document>
LogBase readBase(Document &document)
{
    constexpr std::array<Field, 5> Fields{{{"id"}, {"epoch"}, {"start"}, {"time"}, {"digest"}}};
    LogBase base;
    readObject(document, Fields, [&](size_t i) {
        switch (i) {
        case 0:
            base.at.id = document.number(1);
            return;
        case 1:
            base.at.epoch.number = document.number(1);
            return;
        case 2:
            base.at.epoch.start = readStart(document);
            return;
        case 3:
            base.timeMs = static_cast<qint64>(document.number());
            return;
        case 4: {
            base.digest = document.text().toByteArray();
            const bool isHex = std::all_of(base.digest.cbegin(), base.digest.cend(), [](char c) {
                return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
            });
            if (document.ok() && (base.digest.size() != DigestDigits || !isHex))
                document.fail(u"must be %1 lower-case hex digits"_s.arg(DigestDigits));
            return;
        }
        }
    });
    return base;
}

// Checks the rules between the parts of a delivery, and joins the starts that it names with their epochs.
template <typename Document>
bool checkTogether(Document &document, ReplicateRequest &request)
{
    const quint64 highest = request.epoch.number;
    if (!request.epochs.isEmpty() && request.epochs.back().number > highest)
        return document.failField(
            "starts",
            u"epoch %1 is above that of the delivery, %2"_s.arg(request.epochs.back().number).arg(highest));
    request.epoch = epochOf(request.epochs, highest);
    request.prev.epoch = epochOf(request.epochs, request.prev.epoch.number);
    const quint64 prevEpoch = request.prev.epoch.number;
    if ((request.prev.id == 0) != (prevEpoch == 0) || prevEpoch > highest)
        return document.failField(
            "prev_epoch", u"%1 cannot be the epoch of entry %2"_s.arg(prevEpoch).arg(request.prev.id));
    if (request.base && request.base->at.id + 1 != request.firstId)
        return document.failField(
            "base",
            u"%1 is not the place before first_id %2"_s.arg(request.base->at.id).arg(request.firstId));
    if (request.entries.empty())
        return true;
    const Entry &first = request.entries.front();
    if (first.id != request.prev.id + 1)
        return document.failField("entries[0].id",
                                  u"%1 does not follow prev_id %2"_s.arg(first.id).arg(request.prev.id));
    if (first.epoch < prevEpoch)
        return document.failField("entries[0].epoch",
                                  u"%1 is below prev_epoch %2"_s.arg(first.epoch).arg(prevEpoch));
    if (request.entries.back().epoch > highest)
        return document.failField("entries", u"entry %1 has an epoch above that of the delivery, %2"_s
                                                 .arg(request.entries.back().id)
                                                 .arg(highest));
    return true;
}

template <typename Document>
Result<ReplicateRequest> readDelivery(Document &document)
{
    ReplicateRequest request;
    readObject(document, DeliveryFields, [&](size_t i) {
        switch (i) {
        case deliveryfield::Wire:
            document.number(1, WireVersion);
            return;
        case deliveryfield::LogId:
            request.logId = readId(document);
            return;
        case deliveryfield::To:
            request.to = readId(document);
            return;
        case deliveryfield::Master:
            request.master = readNodeName(document);
            return;
        case deliveryfield::Epoch:
            request.epoch.number = document.number(1);
            return;
        case deliveryfield::PrevId:
            request.prev.id = document.number();
            return;
        case deliveryfield::PrevEpoch:
            request.prev.epoch.number = document.number();
            return;
        case deliveryfield::CommittedId:
            request.committedId = document.number();
            return;
        case deliveryfield::FirstId:
            request.firstId = document.number(1);
            return;
        case deliveryfield::Starts:
            readStarts(document, request.epochs);
            return;
        case deliveryfield::Base:
            request.base = readBase(document);
            return;
        case deliveryfield::Entries:
            readEntries(document, request.entries);
            return;
        }
    });
    if (document.finish() && checkTogether(document, request))
        return request;
    return document.error();
}

// Whether a refused delivery speaks a higher version than ours, wherever in the document it says so.
template <typename Document>
bool speaksHigher(QByteArrayView bytes)
{
    constexpr std::array<Field, 1> Fields{{{"wire"}}};
    Document document(bytes, DocumentReader::Unknown::Skip);
    quint64 wire = 0;
    readObject(document, Fields, [&](size_t) { wire = document.number(); });
    return document.finish() && wire > WireVersion;
}

template <typename Document>
Result<ReplicateRequest> decode(QByteArrayView bytes)
{
    Document document(bytes);
    auto request = readDelivery(document);
    if (!request && speaksHigher<Document>(bytes))
        return Error{Errc::InvalidArgument, u"wire: %1 is the highest version spoken here"_s.arg(WireVersion),
                     u"wire"_s};
    return request;
}

} // namespace

Result<ReplicateRequest> decodeReplicate(QByteArrayView document, WireForm form)
{
    return form == WireForm::Cbor ? decode<CborDocument>(document) : decode<JsonDocument>(document);
}

} // namespace replog
