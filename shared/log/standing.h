// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/log/documentreader.h"
#include "shared/log/entryrules.h"
#include "shared/log/replicate.h"

#include <limits>

namespace replog {

// The fields of NodeStanding, which answers and registrations have in common, in JSON and CBOR.

enum class StandingField {
    NodeId,
    Name,
    Instance,
    LogId,
    Wire,
    Epoch,
    Start,
    LastId,
    LastEpoch,
    LastStart,
    CommittedId
};
inline constexpr size_t StandingFieldCount = 11;

// A table of those fields, followed by others.
template <size_t Count>
constexpr std::array<Field, StandingFieldCount + Count> withStanding(const std::array<Field, Count> &others)
{
    std::array<Field, StandingFieldCount + Count> table{{{"node_id"},
                                                         {"name"},
                                                         {"instance"},
                                                         {"log_id"},
                                                         {"wire"},
                                                         {"epoch"},
                                                         {"start"},
                                                         {"last_id"},
                                                         {"last_epoch"},
                                                         {"last_start"},
                                                         {"committed_id"}}};
    for (size_t i = 0; i < Count; ++i)
        table[StandingFieldCount + i] = others[i];
    return table;
}

template <typename Document>
QByteArray readNodeName(Document &document)
{
    const QByteArrayView name = document.token();
    if (document.ok() && !isValidNodeName(name))
        document.fail(
            QStringLiteral("must be 1 to %1 letters, digits, '.', '_' or '-', the first a letter or digit")
                .arg(MaxNodeNameBytes));
    return name.toByteArray();
}

template <typename Document>
quint32 readWire(Document &document)
{
    return static_cast<quint32>(document.number(1, std::numeric_limits<quint32>::max()));
}

template <typename Document>
void readStandingField(Document &document, size_t field, NodeStanding &standing)
{
    switch (static_cast<StandingField>(field)) {
    case StandingField::NodeId:
        standing.nodeId = readId(document);
        return;
    case StandingField::Name:
        standing.name = readNodeName(document);
        return;
    case StandingField::Instance:
        standing.instance = readId(document);
        return;
    case StandingField::LogId:
        standing.logId = readIdOrNull(document);
        return;
    case StandingField::Wire:
        standing.wire = readWire(document);
        return;
    case StandingField::Epoch:
        standing.epoch.number = document.number();
        return;
    case StandingField::Start:
        standing.epoch.start = readStartOrNull(document);
        return;
    case StandingField::LastId:
        standing.last.id = document.number();
        return;
    case StandingField::LastEpoch:
        standing.last.epoch.number = document.number();
        return;
    case StandingField::LastStart:
        standing.last.epoch.start = readStartOrNull(document);
        return;
    case StandingField::CommittedId:
        standing.committedId = document.number();
        return;
    }
}

// The rules between the fields: a node that holds entries has a log, and last.epoch is not 0 and
// <= epoch, the highest that it has seen; committedId <= last.id.
template <typename Document>
bool checkStanding(Document &document, const NodeStanding &standing)
{
    if (!document.ok())
        return false;
    const quint64 lastEpoch = standing.last.epoch.number;
    if ((standing.last.id == 0) != (lastEpoch == 0) || lastEpoch > standing.epoch.number)
        return document.failField("last_epoch",
                                  QStringLiteral("%1 cannot be the epoch of entry %2, epoch %3 was seen")
                                      .arg(lastEpoch)
                                      .arg(standing.last.id)
                                      .arg(standing.epoch.number));
    if (standing.last.id > 0 && standing.logId.isNull())
        return document.failField("log_id", QStringLiteral("is null beside a last_id"));
    if (standing.committedId > standing.last.id)
        return document.failField(
            "committed_id",
            QStringLiteral("%1 is beyond last_id %2").arg(standing.committedId).arg(standing.last.id));
    return true;
}

// Only documents of a later version may have fields that this version does not know.
template <typename Document>
bool checkSkipped(Document &document, quint32 wire)
{
    if (document.ok() && !document.skipped().isEmpty() && wire <= WireVersion)
        document.failField(document.skipped().toUtf8(), QStringLiteral("is not a known field"));
    return document.ok();
}

template <typename Writer>
void writeIdOrNull(Writer &out, QByteArrayView name, const Id128 &id)
{
    if (id.isNull())
        out.null(name);
    else
        out.text(name, id.digits());
}

template <typename Writer>
void writeStartOrNull(Writer &out, QByteArrayView name, quint64 start)
{
    if (start == 0)
        out.null(name);
    else
        out.text(name, startDigits(start));
}

template <typename Writer>
void writeStanding(Writer &out, const NodeStanding &standing)
{
    out.text("node_id", standing.nodeId.digits());
    out.text("name", standing.name);
    out.text("instance", standing.instance.digits());
    writeIdOrNull(out, "log_id", standing.logId);
    out.number("wire", standing.wire);
    out.number("epoch", standing.epoch.number);
    writeStartOrNull(out, "start", standing.epoch.start);
    out.number("last_id", standing.last.id);
    out.number("last_epoch", standing.last.epoch.number);
    writeStartOrNull(out, "last_start", standing.last.epoch.start);
    out.number("committed_id", standing.committedId);
}

} // namespace replog
