// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/cluster/clustertypes.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace replog {

QString LogMessage::portable() const
{
    return binary.isEmpty() ? text : u"data:%1;base64,%2"_s.arg(type, QString::fromLatin1(binary.toBase64()));
}

qsizetype LogMessage::size() const
{
    return binary.isEmpty() ? text.toUtf8().size() : binary.size();
}

int WaitInfo::unknownNodes() const
{
    return std::max(0, int(w) - int(acks) - int(missing.size()));
}

quint64 NodeInfo::heldId() const
{
    return std::max(lastId, ackedId);
}

bool NodeInfo::holds(quint64 id, quint64 entryEpoch) const
{
    if (known && role != NodeRole::Master && id <= ackedId)
        return true; // it acknowledged that to the master whose log is shown
    return id <= lastId && entryEpoch <= epoch;
}

NodeState NodeInfo::state() const
{
    // Priority: the process state, then what the node says of itself, then what its master says of it.
    switch (process) {
    case ProcessState::Stopped:
        return NodeState::Stopped;
    case ProcessState::Stopping:
        return NodeState::Stopping;
    case ProcessState::Frozen:
        return NodeState::Frozen;
    case ProcessState::Starting:
        return NodeState::Starting;
    case ProcessState::Running:
    case ProcessState::Unknown:
        break;
    }
    if (contact == Contact::Connected || !stranger.isEmpty()) {
        switch (mode) {
        case NodeMode::Failed:
            return NodeState::Failed;
        case NodeMode::Diverged:
            return NodeState::Diverged;
        case NodeMode::Refused:
            return NodeState::Refused;
        case NodeMode::Fenced:
            return NodeState::Fenced;
        case NodeMode::ReadOnly:
            return NodeState::ReadOnly;
        case NodeMode::ReadWrite:
        case NodeMode::Following:
        case NodeMode::Unknown:
            break;
        }
    }
    if (!stranger.isEmpty())
        return health == NodeHealth::Diverged ? NodeState::Diverged : NodeState::Misdirected;
    switch (health) {
    case NodeHealth::GaveUp:
        return NodeState::GaveUp;
    case NodeHealth::Diverged:
        return NodeState::Diverged;
    case NodeHealth::Misdirected:
        return NodeState::Misdirected;
    case NodeHealth::Incompatible:
        return NodeState::Incompatible;
    case NodeHealth::Unhealthy:
        return NodeState::Unhealthy;
    case NodeHealth::Suspected:
        return NodeState::Suspected;
    case NodeHealth::Healthy:
        return NodeState::Healthy;
    case NodeHealth::Unknown:
        break;
    }
    switch (contact) {
    case Contact::Connected:
        return NodeState::Running;
    case Contact::Silent:
        return NodeState::Silent;
    case Contact::Lost:
        return NodeState::Unreachable;
    case Contact::Never:
    case Contact::Connecting:
        break;
    }
    return process == ProcessState::Running ? NodeState::Starting : NodeState::Connecting;
}

bool NodeInfo::playsFaults() const
{
    // They end with the process. Of one that is silent (frozen) the last that it said still holds.
    const bool mayRun = contact == Contact::Connected || contact == Contact::Silent;
    return mayRun && process != ProcessState::Stopped &&
           std::any_of(faults.begin(), faults.end(),
                       [](const QJsonValue &value) { return value.toBool() || value.toDouble() > 0; });
}

bool NodeInfo::isUp() const
{
    switch (state()) {
    case NodeState::Running:
    case NodeState::Healthy:
    case NodeState::Suspected:
    case NodeState::ReadOnly:
    case NodeState::Starting:
    case NodeState::Connecting:
        return true;
    case NodeState::Unhealthy:
    case NodeState::GaveUp:
    case NodeState::Fenced:
    case NodeState::Refused:
    case NodeState::Diverged:
    case NodeState::Misdirected:
    case NodeState::Incompatible:
    case NodeState::Failed:
    case NodeState::Silent:
    case NodeState::Unreachable:
    case NodeState::Frozen:
    case NodeState::Stopping:
    case NodeState::Stopped:
        break;
    }
    return false;
}

} // namespace replog
