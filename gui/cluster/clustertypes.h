// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "client/clientoptions.h"
#include "shared/base/vocabulary.h"

#include <QByteArray>
#include <QJsonObject>
#include <QList>
#include <QMetaType>
#include <QString>
#include <QStringList>
#include <QUrl>

namespace replog {

enum class NodeRole { Unknown, Master, Secondary };
// State of the node's process; Unknown if it is not run from here.
enum class ProcessState { Unknown, Starting, Running, Frozen, Stopping, Stopped };
// This program's connection to the node.
enum class Contact { Never, Connecting, Connected, Silent, Lost };
// The state that the views show: derived from process, contact, and what the node and its master say.
enum class NodeState {
    Connecting,
    Starting,
    Running,
    Healthy,
    Suspected,
    Unhealthy,
    GaveUp,
    ReadOnly,
    Fenced,
    Refused,
    Diverged,
    Misdirected,
    Incompatible,
    Failed,
    Silent,      // connected, but the node does not answer
    Unreachable, // no connection, for an unknown reason
    Frozen,
    Stopping,
    Stopped
};

struct NodeInfo
{
    QString name;
    QUrl url;
    NodeRole role = NodeRole::Unknown;
    NodeHealth health = NodeHealth::Unknown;
    NodeMode mode = NodeMode::Unknown;
    ProcessState process = ProcessState::Unknown;
    Contact contact = Contact::Never;
    bool declared = false; // the user named it, by its address or in a cluster file
    bool known = false;    // the master has it among its members (true for the master itself)
    bool told = false; // a status of its own was received: before that nothing is known of its own figures
    quint64 epoch = 0;
    quint64 firstId = 1;     // the oldest entry that it keeps
    quint64 lastId = 0;      // from its own status
    quint64 committedId = 0; // from its own status: its readers see entries up to it
    quint64 ackedId = 0;     // from the master's status; for the master its own last id
    quint64 attempts = 0;
    quint64 retries = 0;
    quint64 consecutiveFailures = 0;
    qint64 nextRetryAtMs = -1; // on the model's clock; -1: no retry is scheduled
    qint64 uptimeMs = -1;
    qint64 storeBytes = -1;
    qint64 freeBytes = -1;
    qint64 bytesPerDay = 0;    // growth of its store; 0: none, or not known yet
    qint64 fullInMs = -1;      // until its disk is full at that rate; -1: never, or not known yet
    qint64 lastErrorAtMs = -1; // UTC, by the master's clock
    qint64 lostAtMs = -1;      // on the model's clock: since when it is silent; -1: it is heard, or never was
    QString ownId; // the node id in its data folder, if that is on this computer; empty: not known
    QString nodeId;
    QString logId;    // which log it holds; empty: none, or not known
    QString memberId; // the node id that its master knows it by; empty: not known
    QString version;
    QString modeReason;   // why its mode is not the normal one, from its own status
    QString lastError;    // the master's last error in reaching it
    QJsonObject faults;   // injected faults, from its own status
    QString contactError; // this program's last error in reaching it
    // Why what answers at its address does not tell of this node and log; empty: it does, or nothing answers.
    // Such an answer gives no figures: the node counts as lost.
    QString stranger;

    // The highest id that the node is known to hold, from its own status or the master's.
    quint64 heldId() const;
    // Whether it holds the entry with that id and that epoch. Two logs that both have an entry with that pair
    // are equal up to there; and a node has no entry of a later epoch than its own. So an old master's entry
    // that was lost when another node was promoted is not taken for the one that has its id now.
    bool holds(quint64 id, quint64 entryEpoch) const;
    NodeState state() const;
    bool isUp() const; // it is expected to take deliveries
    bool isHeard() const { return contact == Contact::Connected; }
    bool playsFaults() const;
    friend bool operator==(const NodeInfo &, const NodeInfo &) = default;
};

// A message that fewer nodes hold than its client asked for.
struct WaitInfo
{
    quint64 id = 0;
    quint32 w = 0;
    quint32 acks = 0;
    QStringList missing;
    qint64 sinceMs = 0;       // on the model's clock
    int clients = 0;          // that wait for the answer; 0: all have gone, and it is replicated all the same
    bool unreachable = false; // it asks for more nodes than the master knows
    bool isAwaited() const { return clients > 0; }
    int unknownNodes() const; // nodes that it waits for and nobody has heard of
    friend bool operator==(const WaitInfo &, const WaitInfo &) = default;
};

// A message as the lists of a log have it.
struct LogMessage
{
    quint64 id = 0;
    QString text;           // for bytes that are not UTF-8 the readable part only; `binary` has them all
    qint64 timeMs = -1;     // UTC, by the master's clock; -1: unknown
    QString type = {};      // media type; empty if there is none
    QByteArray binary = {}; // the bytes, if they are not UTF-8
    QJsonObject headers = {};
    quint64 epoch = 0; // 0: unknown

    // As text for the clipboard, without loss: bytes that are not UTF-8 as a data URL.
    QString portable() const;
    qsizetype size() const; // bytes
};

// A node that is known before any status was received.
struct KnownNode
{
    QString name; // empty: not known until the node's first status
    NodeRole role = NodeRole::Unknown;
    QUrl url;
};

struct ClusterDescription
{
    QString title;          // for the window's title
    QList<KnownNode> nodes; // at least the master
    ClientOptions client;   // its `nodes`: further addresses to which the token may be sent
};

} // namespace replog

Q_DECLARE_METATYPE(replog::NodeRole)
Q_DECLARE_METATYPE(replog::ProcessState)
Q_DECLARE_METATYPE(replog::NodeState)
Q_DECLARE_METATYPE(replog::WaitInfo)
