// SPDX-License-Identifier: GPL-3.0-or-later
#include "master/mastertrace.h"

#include "shared/log/jsontext.h"

#include <memory>
#include <utility>

namespace replog {

namespace {

QByteArray number(const char *name, quint64 value)
{
    QByteArray out;
    appendJsonName(out, name);
    appendNumber(out, value);
    return out;
}

QByteArray text(const char *name, QByteArrayView value)
{
    QByteArray out;
    appendJsonName(out, name);
    appendJsonString(out, value);
    return out;
}

QByteArray range(quint64 first, quint64 last)
{
    return number("first_id", first) + ',' + number("last_id", last);
}

QByteArrayView wordOf(WaitEnd end)
{
    switch (end) {
    case WaitEnd::Satisfied:
        return "satisfied";
    case WaitEnd::TimedOut:
        return "timed-out";
    case WaitEnd::Released:
        return "released";
    case WaitEnd::ShuttingDown:
        return "shutting-down";
    case WaitEnd::StoreFailed:
        return "store-failed";
    }
    Q_UNREACHABLE();
}

} // namespace

void connectMasterTrace(MasterNode &node, QObject *watched, TraceFeed &trace)
{
    TraceFeed *const to = &trace;
    const VisibleLog *const log = &node.log().visible();
    const Membership *const members = &node.members();
    const Appender *const appender = &node.appender();
    QObject::connect(appender, &Appender::appended, watched, [to](quint64 first, quint64 last, quint32 w) {
        to->note("appended", range(first, last) + ',' + number("w", w));
    });
    // Whoever answers because of it may hear of it before we do: it is told first all the same.
    const auto tellDurable = [to, told = std::make_shared<quint64>(log->durableId())](quint64 id) {
        if (id != std::exchange(*told, id))
            to->note("durable", number("last_id", id));
    };
    QObject::connect(appender, &Appender::answered, watched, [=](quint64 first, quint64 last, WaitEnd end) {
        tellDurable(log->durableId());
        to->note("answered", range(first, last) + ',' + text("end", wordOf(end)));
    });
    QObject::connect(log, &VisibleLog::durableChanged, watched, tellDurable);
    QObject::connect(log, &VisibleLog::committedChanged, watched, [=](quint64 id) {
        tellDurable(log->durableId());
        to->note("committed", number("last_id", id));
    });
    QObject::connect(
        members, &Membership::sent, watched,
        [to](const QByteArray &name, quint64 first, quint64 last, quint64 committedId, bool again) {
            QByteArray told = text("node", name);
            if (last >= first)
                told += ',' + range(first, last);
            to->note(again ? "retried" : "sent", told + ',' + number("committed_id", committedId));
        });
    QObject::connect(members, &Membership::acked, watched, [to, members](const Id128 &nodeId, quint64 id) {
        const Membership::Member *const member = members->byId(nodeId);
        to->note("acked", text("node", member ? member->name : nodeId.toHex()) + ',' + number("last_id", id));
    });
}

} // namespace replog
