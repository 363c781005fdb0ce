// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/cluster/clustertext.h"

#include <QLocale>

using namespace Qt::StringLiterals;

namespace replog {

QString ClusterText::role(NodeRole role)
{
    switch (role) {
    case NodeRole::Master:
        return tr("master");
    case NodeRole::Secondary:
        return tr("secondary");
    case NodeRole::Unknown:
        break;
    }
    return tr("unknown");
}

QString ClusterText::state(NodeState state)
{
    switch (state) {
    case NodeState::Connecting:
        return tr("connecting");
    case NodeState::Starting:
        return tr("starting");
    case NodeState::Running:
        return tr("running");
    case NodeState::Healthy:
        return tr("healthy");
    case NodeState::Suspected:
        return tr("suspected");
    case NodeState::Unhealthy:
        return tr("unhealthy");
    case NodeState::GaveUp:
        return tr("gave up");
    case NodeState::ReadOnly:
        return tr("read-only");
    case NodeState::Fenced:
        return tr("fenced");
    case NodeState::Diverged:
        return tr("diverged");
    case NodeState::Failed:
        return tr("failed");
    case NodeState::Silent:
        return tr("not answering");
    case NodeState::Unreachable:
        return tr("unreachable");
    case NodeState::Frozen:
        return tr("frozen");
    case NodeState::Stopping:
        return tr("stopping");
    case NodeState::Stopped:
        return tr("stopped");
    }
    return {};
}

QString ClusterText::stateExplained(const NodeInfo &node)
{
    switch (node.state()) {
    case NodeState::Connecting:
        return tr("Nothing has been heard from this node yet.");
    case NodeState::Starting:
        return tr("The process runs; the node does not answer yet.");
    case NodeState::Running:
        return tr("The node runs and answers.");
    case NodeState::Healthy:
        return tr("The node answers the master's heartbeats.");
    case NodeState::Suspected:
        return tr("The node missed a heartbeat of the master.");
    case NodeState::Unhealthy:
        return tr("The node missed several heartbeats; the master goes on trying.");
    case NodeState::GaveUp:
        return tr("The master has stopped trying. Use Retry Now, or restart the node.");
    case NodeState::ReadOnly:
        return tr("Fewer than a majority of the nodes are healthy: the master takes no messages.");
    case NodeState::Fenced:
        return tr("Another master with a higher epoch has taken over: this one takes no messages.");
    case NodeState::Diverged:
        return tr("Its committed history differs from the master's. It needs to be started with --reset.");
    case NodeState::Failed:
        return tr("Its store has failed; it takes nothing more.");
    case NodeState::Silent:
        return tr("The connection stands, but the node does not answer.");
    case NodeState::Unreachable:
        return node.contactError.isEmpty() ? tr("The node cannot be reached.") : node.contactError;
    case NodeState::Frozen:
        return tr("Its process is frozen: it exists, but does nothing until thawed.");
    case NodeState::Stopping:
        return tr("Its process has been asked to stop.");
    case NodeState::Stopped:
        return tr("Its process does not run.");
    }
    return {};
}

QString ClusterText::oneLine(QString message)
{
    message.replace(u"\r\n"_s, u"⏎"_s);
    for (QChar end :
         {QChar(u'\n'), QChar(u'\r'), QChar(QChar::LineSeparator), QChar(QChar::ParagraphSeparator)})
        message.replace(end, u'⏎');
    return message.replace(u'\t', u' ');
}

QString ClusterText::concern(const QString &w)
{
    return w == "majority"_L1 ? tr("majority") : w == "all"_L1 ? tr("all") : w;
}

QString ClusterText::elapsed(qint64 ms)
{
    const QLocale locale;
    const qint64 seconds = ms / 1000;
    if (ms < 10000)
        return tr("%1 s").arg(locale.toString(double(std::max<qint64>(0, ms)) / 1000, 'f', 1));
    if (seconds < 60)
        return tr("%1 s").arg(seconds);
    if (seconds < 3600)
        return tr("%1 min %2 s").arg(seconds / 60).arg(seconds % 60);
    return tr("%1 h %2 min").arg(seconds / 3600).arg(seconds / 60 % 60);
}

QString ClusterText::latency(qint64 ms)
{
    if (ms < 1000)
        return tr("%1 ms").arg(ms);
    if (ms < 60000)
        return tr("%1 s").arg(QLocale().toString(double(ms) / 1000, 'f', 2));
    return elapsed(ms);
}

QString ClusterText::waitsFor(const WaitInfo &wait)
{
    QStringList parts = wait.missing;
    const int unknown = int(wait.w) - int(wait.acks) - int(wait.missing.size());
    if (unknown > 0)
        parts.append(tr("%n node(s) not known yet", nullptr, unknown));
    return parts.join(u", "_s);
}

} // namespace replog
