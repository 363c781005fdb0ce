// SPDX-License-Identifier: GPL-3.0-or-later
#include "secondary/secondarytrace.h"

namespace replog {

void connectSecondaryTrace(const SecondaryApi &api, const VisibleLog &log, QObject *watched, TraceFeed &trace)
{
    TraceFeed *const to = &trace;
    const auto lastId = [](quint64 id) -> QByteArray { return "\"last_id\":" + QByteArray::number(id); };
    QObject::connect(&api, &SecondaryApi::delivered, watched, [to, lastId](quint64 first, quint64 last) {
        if (last >= first)
            to->note("received", "\"first_id\":" + QByteArray::number(first) + ',' + lastId(last));
    });
    QObject::connect(&api, &SecondaryApi::answered, watched, [to, lastId](const ReplicateAnswer &answer) {
        const bool accepted = answer.kind == ReplicateAnswer::Kind::Accepted;
        to->note("answered",
                 lastId(answer.node.last.id) + (accepted ? ",\"accepted\":true" : ",\"accepted\":false"));
    });
    QObject::connect(&log, &VisibleLog::durableChanged, watched,
                     [to, lastId](quint64 id) { to->note("durable", lastId(id)); });
    QObject::connect(&log, &VisibleLog::committedChanged, watched,
                     [to, lastId](quint64 id) { to->note("committed", lastId(id)); });
}

} // namespace replog
