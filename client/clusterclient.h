// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "client/clientappend.h"
#include "client/clientoptions.h"

#include <QHash>
#include <QObject>
#include <QSet>

#include <functional>
#include <map>
#include <memory>
#include <vector>

namespace replog {

// A client of one cluster: knows its nodes, finds the master among them, and keeps connections. All of it
// lives in one thread with an event loop; every callback and signal comes from there, never from inside a
// call.
//
//   append --> queued --> sent --> answered                     appendFinished
//                ^         |--> never reached any node          appendFinished (Refused)
//                |         |--> its time is over                appendFinished (Unknown)
//                |         |--> no answer, or 503 with an id    appendInterrupted, again after a pause
//                |---------+                                    (same key; at the node that is next)
//
// A key is known to one log. Beside the first append on a new connection to a node it is asked which log it
// holds; before a repeat goes to a node, that node is, and if it is another log the append ends (Unknown).
// A node that does not tell, as one does whose token may not read, proves nothing.
class ClusterClient : public QObject
{
    Q_OBJECT
public:
    // Appends under way, each on a connection of its own, and those of one lane; further ones queue here.
    static constexpr int ConnectionLimit = 150;
    static constexpr int LaneLimit = 60;
    static constexpr int IdleLimit = 4; // connections kept for what comes next

    using Done = std::function<void(const ClientAnswer &)>;

    explicit ClusterClient(const ClientOptions &options, QObject *parent = nullptr);
    ~ClusterClient() override;

    // What is wrong with the files that `options` names; empty if nothing.
    QString problem() const { return m_problem; }

    // Appends are sent to this node until it sends us elsewhere.
    void setMaster(const QUrl &url);
    QUrl master() const { return m_master; }
    void setNodes(const QList<QUrl> &nodes);

    // appendFinished follows exactly once. Appends of the same `lane` (not 0) are put into the log in the
    // order of their calls: they share one connection.
    void append(quint64 ticket, ClientAppend append, quint64 lane = 0);
    void cancel(quint64 ticket); // its message may be in the log all the same
    // Asks, beside the wait, where its message stands: appendPlaced follows if the master tells.
    void locate(quint64 ticket);
    void askAgainNow(); // those whose outcome is unknown do not sit out their pause
    // The cluster has that log from now on: appends that were not sent to it end, as Unknown if they were
    // sent.
    void endOthers(const QString &logId);

    // Any other call to one node.
    void call(const QUrl &node, const ClientCall &call, Done done);
    // A read that any node can answer: asks the nodes one after the other until one answers.
    void read(const ClientCall &call, Done done);
    // GET /api/v1/status of the first node that answers.
    void status(Done done);

signals:
    void appendSent(quint64 ticket);
    // Its message is in the log there, though its outcome is not known yet.
    void appendPlaced(quint64 ticket, quint64 id);
    // Nobody knows whether it is in the log; it is asked for again.
    void appendInterrupted(quint64 ticket, const QString &reason);
    void appendFinished(quint64 ticket, const replog::ClientAppendResult &result);

private:
    struct Append;
    void sendQueued();
    void send(quint64 ticket);
    void learnLog(const QUrl &node);
    void checkLog(quint64 ticket);
    void handleChecked(quint64 ticket, const ClientAnswer &status);
    void handleAnswer(quint64 ticket, const ClientAnswer &answer);
    bool hasNextNode(Append &append) const;
    void repeat(quint64 ticket, const ClientAnswer &answer, AppendRules::Verdict verdict);
    void finish(quint64 ticket);
    void finishLater(quint64 ticket);
    void askAgain(quint64 ticket);
    struct Line;
    Line &lineFor(const QUrl &node, quint64 lane);
    void readFrom(int index, const ClientCall &call, Done done);
    void statusOf(const QUrl &node, Done done);
    QUrl named(const QUrl &url) const;
    void tryNextMaster(const ClientAnswer &answer);
    bool hasRoom(quint64 lane) const;
    void dropIdle();

    const ClientOptions m_options;
    QString m_problem;
    QSslConfiguration m_tls; // made after it: whoever reads the files says there what is wrong
    QList<QUrl> m_nodes;
    QUrl m_master;
    std::map<quint64, std::unique_ptr<Append>> m_appends; // by ticket
    std::vector<quint64> m_queued;
    struct Line
    {
        std::unique_ptr<ClientConnection> connection;
        quint64 lane = 0;
        int begun = 0; // of its connection, when an append was sent on it last
    };
    std::vector<Line> m_lines;
    QHash<quint64, Done> m_calls;   // by the ticket on a connection
    QHash<quint64, quint64> m_sent; // ticket on a connection: of the append
    QHash<quint64, int> m_underWay; // by lane
    QHash<QUrl, QString> m_logs;    // by node: the log that it told of last
    QSet<QUrl> m_learning;          // nodes that are being asked which log they hold, beside an append
    QHash<QUrl, std::vector<quint64>> m_checks; // the same, before these are repeated there
    quint64 m_nextTicket = 1;
    bool m_heard = false; // an append was answered as a node answers
};

} // namespace replog
