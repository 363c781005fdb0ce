// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gui/cluster/clustertypes.h"
#include "shared/base/eventloopscheduler.h"
#include "shared/http/httpserver.h"

#include <QJsonObject>
#include <QTimer>

#include <functional>
#include <map>
#include <memory>
#include <vector>

namespace replog::test {

// A simulated cluster in the test's process with the HTTP API of real nodes. The test sets its state: a log
// of any length, and nodes that lag, are silent or are down.
class FakeCluster : public QObject
{
    Q_OBJECT
public:
    struct Node
    {
        QString name;
        bool isMaster = false;
        quint64 lastId = 0;
        quint64 committedId = 0;
        QString mode;
        QString modeReason;
        quint64 firstId = 1;
        int statusAsked = 0;    // not counting streams
        QJsonObject own;        // further members of its own status; they may replace others
        QJsonObject masterView; // further members of the master's line about it
        QJsonObject faults;
        bool takesFaults = true;
        QByteArray metrics;
        int metricsRead = 0;
        bool silent = false; // accepts connections and never answers
        bool registered = true;
        QByteArray token;                // the token that requests need; empty: none
        QList<QByteArray> tokensBrought; // tokens of all requests that had one
        std::unique_ptr<HttpServer> server;
        std::vector<ReplyStream> streams;
        std::vector<Reply> swallowed;
        std::vector<ReplyStream> traces;
    };
    struct Pending
    {
        Reply reply;
        quint64 id = 0;
        int w = 0;
        int acks = 1;
        QStringList missing;
    };

    explicit FakeCluster(const QStringList &secondaries);

    ClusterDescription description() const;
    QUrl url(const QString &name) const;
    Node &node(const QString &name);
    Node &master() { return *m_nodes.front(); }

    // Fills the log with that many committed messages on every node. Texts are generated when they are read.
    void fill(quint64 count);
    // Every node gives up the entries below it, and answers 410 for them.
    void trim(quint64 firstId);
    void setText(std::function<QString(quint64)> text) { m_text = std::move(text); }
    QString text(quint64 id) const;
    // Further members of a message in JSON; they may replace `message`.
    void setExtra(std::function<QJsonObject(quint64)> extra) { m_extra = std::move(extra); }
    // Sends the status to all event streams in the next turn; several calls in a turn send one.
    void publish();
    void publishNow();
    void setUp(const QString &name, bool up); // down: its port is closed and its connections end
    void promote(const QString &name);        // with a higher epoch than any before
    void setHeld(const QString &name, quint64 id);
    // Sends an event of that node's trace to its readers.
    void trace(const QString &name, const QByteArray &json);
    int traceReaders();
    // Ends the wait: answers with 201, or as a release.
    void answer(quint64 id, int status);

    std::map<quint64, Pending> waits;
    quint64 epoch = 1;
    QStringList calls; // all calls but reads, such as "POST /api/v1/nodes/s1/retry"
    QList<QByteArray> appendBodies;
    // Records which node answered each read.
    QStringList readers;
    bool failReads = false;
    int reads = 0;

private:
    void listen(Node &node, quint16 port);
    QJsonObject statusOf(const Node &node) const;
    QJsonObject message(quint64 id) const;
    void handleStatus(Node &node, const HttpRequest &request, Reply reply);
    void handleMessages(Node &node, const HttpRequest &request, Reply reply);
    void handleMessage(Node &node, const HttpRequest &request, Reply reply);
    void handleAppend(Node &node, const HttpRequest &request, Reply reply);

    EventLoopScheduler m_scheduler; // declared before the nodes, which use it
    std::vector<std::unique_ptr<Node>> m_nodes;
    QHash<QString, quint16> m_ports;
    QHash<quint64, QString> m_appended;
    QHash<QByteArray, quint64> m_keys; // idempotency key -> id
    std::function<QString(quint64)> m_text;
    std::function<QJsonObject(quint64)> m_extra;
    QTimer m_publish;
};

} // namespace replog::test
