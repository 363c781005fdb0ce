// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/cluster/clustertext.h"

#include <QLocale>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

QString explained(const NodeInfo &node)
{
    switch (node.state()) {
    case NodeState::Connecting:
        return ClusterText::tr("Nothing has been heard from this node yet.");
    case NodeState::Starting:
        return ClusterText::tr("The process runs; the node does not answer yet.");
    case NodeState::Running:
        return ClusterText::tr("The node runs and answers.");
    case NodeState::Healthy:
        return ClusterText::tr("The node answers the master's heartbeats.");
    case NodeState::Suspected:
        return ClusterText::tr("The node missed a heartbeat of the master.");
    case NodeState::Unhealthy:
        return ClusterText::tr("The node missed several heartbeats; the master goes on trying.");
    case NodeState::GaveUp:
        return ClusterText::tr("The master has stopped trying. Use Retry Now, or restart the node.");
    case NodeState::ReadOnly:
        return ClusterText::tr("It takes no new messages.");
    case NodeState::Fenced:
        return ClusterText::tr("It takes no messages, and delivers none.");
    case NodeState::Diverged:
        return ClusterText::tr(
            "Its committed history differs from the master's. It needs to be started with --reset.");
    case NodeState::Refused:
        return ClusterText::tr("The master does not take it as a member.");
    case NodeState::Misdirected:
        return ClusterText::tr("Another node answers at its address.");
    case NodeState::Incompatible:
        return ClusterText::tr("It is too old for what the master's log holds.");
    case NodeState::Failed:
        return ClusterText::tr("Its store has failed; it takes nothing more.");
    case NodeState::Silent:
        return ClusterText::tr("The connection stands, but the node does not answer.");
    case NodeState::Unreachable:
        return node.contactError.isEmpty() ? ClusterText::tr("The node cannot be reached.")
                                           : node.contactError;
    case NodeState::Frozen:
        return ClusterText::tr("Its process is frozen: it exists, but does nothing until thawed.");
    case NodeState::Stopping:
        return ClusterText::tr("Its process has been asked to stop.");
    case NodeState::Stopped:
        return ClusterText::tr("Its process does not run.");
    }
    return {};
}

} // namespace

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
    case NodeState::Refused:
        return tr("refused");
    case NodeState::Diverged:
        return tr("diverged");
    case NodeState::Misdirected:
        return tr("misdirected");
    case NodeState::Incompatible:
        return tr("incompatible");
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
    const bool isProcessKnown =
        node.process != ProcessState::Unknown && node.process != ProcessState::Running;
    if (!node.stranger.isEmpty())
        return isProcessKnown ? explained(node) + u' ' + node.stranger : node.stranger;
    const QString text = explained(node);
    return node.modeReason.isEmpty() || !node.isHeard() ? text : text + u' ' + node.modeReason;
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
    if (seconds < 48 * 3600)
        return tr("%1 h %2 min").arg(seconds / 3600).arg(seconds / 60 % 60);
    return tr("%1 d %2 h").arg(seconds / 86400).arg(seconds / 3600 % 24);
}

QString ClusterText::latency(qint64 ms)
{
    if (ms < 1000)
        return tr("%1 ms").arg(ms);
    if (ms < 60000)
        return tr("%1 s").arg(QLocale().toString(double(ms) / 1000, 'f', 2));
    return elapsed(ms);
}

QString ClusterText::fineLatency(double ms)
{
    return ms < 10 ? tr("%1 ms").arg(QLocale().toString(ms, 'f', 1)) : latency(qint64(ms));
}

QString ClusterText::bytes(qint64 count)
{
    return QLocale().formattedDataSize(count, 1, QLocale::DataSizeIecFormat);
}

QStringList ClusterText::details(const NodeInfo &node)
{
    QStringList facts, lines;
    if (!node.version.isEmpty())
        facts.append(tr("version %1").arg(node.version));
    if (node.uptimeMs >= 0)
        facts.append(tr("up for %1").arg(elapsed(node.uptimeMs)));
    if (node.storeBytes >= 0)
        facts.append(tr("store %1").arg(bytes(node.storeBytes)));
    if (node.freeBytes >= 0)
        facts.append(tr("%1 free").arg(bytes(node.freeBytes)));
    if (node.bytesPerDay > 0)
        facts.append(tr("grows by %1 a day").arg(bytes(node.bytesPerDay)));
    if (node.fullInMs >= 0)
        facts.append(tr("full in %1").arg(elapsed(node.fullInMs)));
    if (node.firstId > 1)
        facts.append(tr("keeps messages from %1 on").arg(node.firstId));
    if (!facts.isEmpty())
        lines.append(facts.join(u" · "_s));
    if (!node.nodeId.isEmpty())
        lines.append(tr("Node id %1").arg(node.nodeId));
    if (!node.playsFaults())
        return lines;
    QStringList faults;
    for (auto it = node.faults.begin(); it != node.faults.end(); ++it) {
        if (it.value().toBool() || it.value().toDouble() > 0)
            faults.append(it.value().isBool()
                              ? it.key()
                              : u"%1=%2"_s.arg(it.key(), QString::number(it.value().toDouble())));
    }
    lines.append(tr("Faults that it plays: %1").arg(faults.join(u", "_s)));
    return lines;
}

QString ClusterText::lastError(const NodeInfo &node)
{
    if (node.lastErrorAtMs < 0)
        return tr("Last error the master met: %1").arg(node.lastError);
    const QDateTime time = QDateTime::fromMSecsSinceEpoch(node.lastErrorAtMs);
    return tr("Last error the master met, at %1: %2")
        .arg(QLocale().toString(time, u"yyyy-MM-dd HH:mm:ss"_s), node.lastError);
}

QString ClusterText::moment(const QDateTime &time, Fineness fineness, const QDate &today)
{
    const QString ofDay = fineness == Fineness::Seconds ? u"HH:mm:ss"_s : u"HH:mm:ss.zzz"_s;
    return QLocale().toString(time, time.date() == today ? ofDay : u"yyyy-MM-dd "_s + ofDay);
}

QString ClusterText::since(const NodeInfo &node, qint64 nowMs)
{
    if (node.lostAtMs < 0)
        return {};
    return moment(QDateTime::currentDateTime().addMSecs(node.lostAtMs - nowMs));
}

QString ClusterText::waitsFor(const WaitInfo &wait)
{
    QStringList parts = wait.missing;
    if (wait.unknownNodes() > 0)
        parts.append(tr("%n node(s) not known yet", nullptr, wait.unknownNodes()));
    return parts.join(u", "_s);
}

} // namespace replog
