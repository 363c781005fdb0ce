// SPDX-License-Identifier: GPL-3.0-or-later
#include "master/mastertrace.h"

#include "shared/log/jsontext.h"

#include <QHash>

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
    case WaitEnd::Fenced:
        return "fenced";
    case WaitEnd::NotSynced:
        return "not-synced";
    }
    Q_UNREACHABLE();
}

// What the trace has told so far: the last durable id, and what each member has acked.
struct Causes
{
    quint64 durableId = 0;
    QHash<Id128, quint64> acks;
};

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
    // Whoever commits or answers because of a sync or an ack hears of it before the trace does: the cause is
    // told first all the same.
    const auto told = std::make_shared<Causes>();
    told->durableId = log->durableId();
    for (const auto &[name, member] : members->members())
        told->acks.insert(member.nodeId, member.replicator->ackedId());
    const auto tellCauses = [=] {
        if (const quint64 id = log->durableId(); id != std::exchange(told->durableId, id))
            to->note("durable", number("last_id", id));
        for (const auto &[name, member] : members->members()) {
            const quint64 id = member.replicator->ackedId();
            if (id != std::exchange(told->acks[member.nodeId], id))
                to->note("acked", text("node", name) + ',' + number("last_id", id));
        }
    };
    QObject::connect(log, &VisibleLog::durableChanged, watched, tellCauses);
    QObject::connect(members, &Membership::acked, watched, tellCauses);
    QObject::connect(members, &Membership::dropped, watched,
                     [told](const Id128 &member) { told->acks.remove(member); });
    QObject::connect(appender, &Appender::answered, watched, [=](quint64 first, quint64 last, WaitEnd end) {
        tellCauses();
        to->note("answered", range(first, last) + ',' + text("end", wordOf(end)));
    });
    QObject::connect(log, &VisibleLog::committedChanged, watched, [=](quint64 id) {
        tellCauses();
        to->note("committed", number("last_id", id));
    });
    QObject::connect(
        members, &Membership::sent, watched,
        [to](const QByteArray &name, quint64 first, quint64 last, quint64 committedId, bool again) {
            QByteArray event = text("node", name);
            if (last >= first)
                event += ',' + range(first, last);
            to->note(again ? "retried" : "sent", event + ',' + number("committed_id", committedId));
        });
}

} // namespace replog
