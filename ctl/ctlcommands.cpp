// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/ctlcommands.h"

#include "ctl/checkfolder.h"
#include "ctl/clustercommands.h"
#include "ctl/ctloutput.h"
#include "ctl/messagecommands.h"

#include <QHash>

using namespace Qt::StringLiterals;

namespace replog {

int runCommand(const CtlOptions &options)
{
    if (options.command == "check"_L1)
        return checkFolder(options);
    CtlSession session(options);
    if (!session.client().problem().isEmpty()) {
        ctloutput::error(session.client().problem());
        return ctlexit::Usage;
    }
    MessageCommands messages(session);
    ClusterCommands cluster(session);
    const QString subject = options.arguments.value(0);
    const QString escaped = QString::fromLatin1(QUrl::toPercentEncoding(subject));
    const QHash<QString, std::function<int()>> commands{
        {u"append"_s, [&] { return messages.append(); }},
        {u"get"_s, [&] { return messages.get(); }},
        {u"tail"_s, [&] { return messages.tail(); }},
        {u"status"_s, [&] { return cluster.status(); }},
        {u"nodes"_s, [&] { return cluster.nodes(); }},
        {u"waits"_s, [&] { return cluster.waits(); }},
        {u"faults"_s, [&] { return cluster.faults(); }},
        {u"digest"_s, [&] { return cluster.digest(); }},
        {u"verify"_s, [&] { return cluster.verify(); }},
        {u"backup"_s, [&] { return cluster.backup(); }},
        {u"health"_s, [&] { return cluster.health(); }},
        {u"release"_s,
         [&] {
             return cluster.operate("DELETE", u"/api/v1/waits/"_s + escaped, "released"_L1,
                                    u"message %1 is given up"_s.arg(subject));
         }},
        {u"retry"_s,
         [&] {
             return cluster.operate("POST", u"/api/v1/nodes/%1/retry"_s.arg(escaped), "retrying"_L1,
                                    u"%1 is being tried"_s.arg(subject));
         }},
        {u"forget"_s,
         [&] {
             return cluster.operate("DELETE", u"/api/v1/nodes/"_s + escaped, "forgotten"_L1,
                                    u"%1 is forgotten"_s.arg(subject));
         }},
    };
    return commands.value(options.command)();
}

} // namespace replog
