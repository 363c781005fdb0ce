// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/log/cborwriter.h"
#include "shared/log/entryrules.h"
#include "shared/log/replicatecodec.h"

using namespace Qt::StringLiterals;

namespace replog {

namespace {

constexpr qsizetype Head = CborWriter::HeadBytes;

// The epochs of a delivery whose starts it names: its own, and those of prev and the entries.
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

QByteArrayView wordOf(Asked asked)
{
    switch (asked) {
    case Asked::Number:
        return {};
    case Asked::Default:
        return "default";
    case Asked::Majority:
        return "majority";
    case Asked::All:
        return "all";
    }
    Q_UNREACHABLE();
}

} // namespace

void appendWireEntry(QByteArray &out, const EntryView &entry)
{
    constexpr qsizetype Names = 64; // those of the fields, and the word of `asked`
    constexpr qsizetype Numbers = 20 * Head;
    const qsizetype headers = entry.headers.isEmpty() ? 0 : countHeaders(entry.headers);
    const QByteArrayView asked = wordOf(entry.asked);
    const quint64 fields = 5 + (entry.key.isEmpty() ? 0 : 1) + (asked.isEmpty() ? 0 : 1) +
                           (entry.type.isEmpty() ? 0 : 1) + (headers == 0 ? 0 : 1);
    CborWriter cbor(out, entry.message.size() + entry.key.size() + entry.type.size() + entry.headers.size() +
                             Names + Numbers + headers * 2 * Head);
    cbor.map(fields);
    cbor.text("id").number(entry.id);
    cbor.text("epoch").number(entry.epoch);
    cbor.text("w").number(entry.w);
    cbor.text("time").number(static_cast<quint64>(entry.timeMs));
    cbor.text("message").bytes(entry.message);
    if (!entry.key.isEmpty())
        cbor.text("key").text(entry.key);
    if (!asked.isEmpty())
        cbor.text("asked").text(asked);
    if (!entry.type.isEmpty())
        cbor.text("type").text(entry.type);
    if (headers > 0) {
        cbor.text("headers").map(static_cast<quint64>(headers));
        HeaderReader reader(entry.headers);
        QByteArrayView name, value;
        while (reader.next(name, value))
            cbor.text(name).text(value);
    }
}

QByteArray encodeDelivery(const Delivery &delivery)
{
    constexpr qsizetype Fixed = 768;                // names, numbers and identities, those of `base` included
    constexpr qsizetype StartBytes = 32 + 5 * Head; // of one in the list
    const Epochs starts = knownEpochs(delivery);
    const qsizetype headBytes = delivery.master.size() + Fixed + starts.size() * StartBytes;
    QByteArray out;
    out.reserve(delivery.batch.bytes.size() + headBytes);
    {
        CborWriter cbor(out, headBytes);
        cbor.map(10 + (starts.isEmpty() ? 0 : 1) + (delivery.base ? 1 : 0));
        cbor.text("wire").number(WireVersion);
        cbor.text("log_id").text(delivery.logId.digits());
        cbor.text("to").text(delivery.to.digits());
        cbor.text("master").text(delivery.master);
        cbor.text("epoch").number(delivery.epoch.number);
        cbor.text("prev_id").number(delivery.prev.id);
        cbor.text("prev_epoch").number(delivery.prev.epoch.number);
        cbor.text("committed_id").number(delivery.committedId);
        cbor.text("first_id").number(delivery.firstId);
        if (!starts.isEmpty()) {
            cbor.text("starts").array(static_cast<quint64>(starts.size()));
            for (const Epoch &epoch : starts)
                cbor.map(2).text("epoch").number(epoch.number).text("start").text(startDigits(epoch.start));
        }
        if (const auto &base = delivery.base) {
            cbor.text("base").map(5);
            cbor.text("id").number(base->at.id);
            cbor.text("epoch").number(base->at.epoch.number);
            cbor.text("start").text(startDigits(base->at.epoch.start));
            cbor.text("time").number(static_cast<quint64>(base->timeMs));
            cbor.text("digest").text(base->digest);
        }
        cbor.text("entries").array(delivery.batch.count());
    }
    out.append(delivery.batch.bytes);
    return out;
}

} // namespace replog
