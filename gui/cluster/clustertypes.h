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
// What the one who runs the node's process says of it; Unknown when nobody here runs it.
enum class ProcessState { Unknown, Starting, Running, Frozen, Stopping, Stopped };
// Whether this program hears from the node.
enum class Contact { Never, Connecting, Connected, Silent, Lost };
// The one word for a node, from all of these and from what it and its master say; what the views show.
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
    Silent,      // connected, but it does not answer
    Unreachable, // no connection, and nobody here knows why
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
    bool known = false; // the master has it among its members (true for the master itself)
    quint64 epoch = 0;
    quint64 firstId = 1;     // the oldest that it keeps
    quint64 lastId = 0;      // by its own word, 0 if never heard
    quint64 committedId = 0; // by its own word: what its readers see
    quint64 ackedId = 0;     // by the master's word; for the master its own last id
    quint64 attempts = 0;
    quint64 retries = 0;
    quint64 consecutiveFailures = 0;
    qint64 nextRetryAtMs = -1; // on the model's clock; -1: no retry is planned
    qint64 uptimeMs = -1;
    qint64 storeBytes = -1;
    qint64 freeBytes = -1;
    qint64 bytesPerDay = 0;    // of its store's growth; 0: it does not grow, or that is not known yet
    qint64 fullInMs = -1;      // until its disk is full at that rate; -1: never, or not known yet
    qint64 lastErrorAtMs = -1; // UTC, by the master's clock
    qint64 lostAtMs = -1;      // on the model's clock: since then nothing is heard from it; -1: it is heard
    QString nodeId;
    QString version;
    QString modeReason;   // why it is not as it should be, by its own word
    QString lastError;    // why the master could not reach it, when it last could not
    QJsonObject faults;   // that it plays
    QString contactError; // why this program could not reach it

    quint64 heldId() const; // everything up to it is on the node, as far as anybody has told
    NodeState state() const;
    bool isUp() const; // it can be expected to take what is sent to it
    bool isHeard() const { return contact == Contact::Connected; }
    bool playsFaults() const;
    friend bool operator==(const NodeInfo &, const NodeInfo &) = default;
};

// A message whose client (or clients) the master has not answered yet.
struct WaitInfo
{
    quint64 id = 0;
    quint32 w = 0;
    quint32 acks = 0;
    QStringList missing;
    qint64 sinceMs = 0; // on the model's clock
    int clients = 0;
    bool unreachable = false; // asks for more nodes than the master knows
    friend bool operator==(const WaitInfo &, const WaitInfo &) = default;
};

struct Message
{
    quint64 id = 0;
    QString text;           // bytes that are no text are here as far as they are
    QString key = {};       // idempotency key, as far as it is told
    qint64 timeMs = -1;     // UTC, by the master's clock; -1: not told
    QString type = {};      // media type, if it came with one
    QByteArray binary = {}; // the bytes, where they are not text
    QJsonObject headers = {};

    // As text for the clipboard, without loss: bytes that are no text as a data URL.
    QString portable() const;
    qsizetype size() const; // bytes
};

// A node that is known before any master has told of it.
struct KnownNode
{
    QString name; // empty: not known yet, the node's status will tell
    NodeRole role = NodeRole::Unknown;
    QUrl url;
};

struct ClusterDescription
{
    QString title;          // for the window's title
    QList<KnownNode> nodes; // at least the master
    ClientOptions client;   // its nodes: further addresses that may be told the token
};

} // namespace replog

Q_DECLARE_METATYPE(replog::NodeRole)
Q_DECLARE_METATYPE(replog::ProcessState)
Q_DECLARE_METATYPE(replog::NodeState)
Q_DECLARE_METATYPE(replog::WaitInfo)
