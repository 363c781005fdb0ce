// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gui/cluster/clientthread.h"
#include "gui/cluster/clustermodel.h"
#include "gui/cluster/nodeclient.h"

#include <QElapsedTimer>
#include <QHash>
#include <QNetworkAccessManager>
#include <QPointer>

#include <memory>

namespace replog {

class NodeControl;

struct MessagePage
{
    QList<LogMessage> messages; // consecutive ids
    QString error;              // empty if the call succeeded
    quint64 firstId = 0;        // if the first one asked for is trimmed: the oldest entry kept; else 0
};

// One cluster being watched: owns a NodeClient for each node, passes what they receive to the model, and
// makes the calls of the views. Everything is asynchronous; callbacks run in the GUI thread, never from
// inside the call, and are dropped with their context. Nothing is watched until open().
class ClusterSession : public QObject
{
    Q_OBJECT
public:
    // `clock` must outlive the session.
    explicit ClusterSession(const Clock &clock, QObject *parent = nullptr);
    ~ClusterSession() override;

    // How the nodes are spoken to.
    const ClientOptions &options() const { return m_options; }
    ClusterModel &model() { return m_model; }
    const ClusterModel &model() const { return m_model; }
    NodeControl *control() const; // controls the nodes' processes; nullptr if they are not run from here
    bool isOpen() const { return m_open; }
    QString title() const; // fit to be shown: it may come from a file, or be the name of a folder

    // Watches this cluster in place of the one before. `control` is not owned and may be nullptr.
    void open(const ClusterDescription &description, NodeControl *control);
    void close();
    void setNodeUrl(const QString &name, const QUrl &url); // the node has another address now

    using Done = std::function<void(const CallResult &)>;
    // Returns a ticket; appendFinished follows exactly once, unless the session is closed before. Appends of
    // the same `lane` (from nextLane(); 0: no lane) get their ids in the order of the calls.
    quint64 append(const ClientAppend &append, quint64 lane = 0);
    quint64 nextLane() { return m_nextLane++; }
    void cancelAppend(quint64 ticket); // stops waiting; the message may still be in the log
    void locateAppend(quint64 ticket); // asks for the id of a waiting message: appendPlaced may follow
    void releaseWait(quint64 id, QObject *context, Done done);
    void retryNow(const QString &node, QObject *context, Done done);
    void forget(const QString &node, QObject *context, Done done);
    void readFaults(const QString &node, QObject *context, Done done);
    void writeFaults(const QString &node, const QJsonObject &faults, QObject *context, Done done);
    // Reads up to `limit` messages from id `from` on, from ClusterModel::reader(), view `all`.
    void fetchMessages(quint64 from, int limit, QObject *context,
                       std::function<void(const MessagePage &)> done);
    // Opens an event stream of one node; nullptr if there is no such node, or a stranger answers for it. The
    // caller deletes it.
    QNetworkReply *openEvents(const QString &node, const QString &path);
    // Any other call to one node; never to a stranger at its address.
    void call(const QString &node, const QByteArray &verb, const QString &path, const QByteArray &jsonBody,
              int limitMs, QObject *context, Done done);

signals:
    void opened();
    void closed();
    void appendStarted(quint64 ticket, const replog::ClientAppend &append);
    void appendSent(quint64 ticket);               // the request has left the queue of the client
    void appendPlaced(quint64 ticket, quint64 id); // the message is in the log with this id, and waits
    // The connection broke before the answer: the message may or may not be in the log. The request is
    // repeated with its idempotency key.
    void appendInterrupted(quint64 ticket, const QString &reason);
    // `hereMs`: from append() to this signal. The result has the time that the request itself took.
    void appendFinished(quint64 ticket, const replog::ClientAppendResult &result, double hereMs);

private:
    void watchNode(const QString &name);
    void unwatchNode(const QString &name);
    QString whyNotCalled(const QString &node) const; // empty: it can be
    void updateMaster();
    void handleAppendFinished(quint64 ticket, const ClientAppendResult &result);

    ClusterModel m_model;
    const Clock &m_clock;
    ClusterDescription m_description;
    ClientOptions m_options; // for the clients of the nodes
    bool m_open = false;
    QPointer<NodeControl> m_control;
    QNetworkAccessManager m_network;
    QHash<QString, NodeClient *> m_clients;
    std::unique_ptr<ClientThread> m_client; // while open
    QHash<quint64, QElapsedTimer> m_appends;
    quint64 m_nextTicket = 1;
    quint64 m_nextLane = 1;
};

} // namespace replog
