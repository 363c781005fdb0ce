// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/support/nodeprocess.h"

#include <QHash>
#include <QTemporaryDir>

#include <vector>

namespace replog::test {

// A cluster of real processes in a temporary folder. Retry and heartbeat intervals are short, so that tests
// are fast.
class ClusterFixture
{
public:
    ClusterFixture();

    // For all nodes added after this call: options, and the identity that http() presents.
    void setAccess(const QStringList &options, const Identity &identity);
    // Adds without starting. A secondary registers with the master, whose port must be known: start the
    // master first or give its port with reserveMasterPort().
    NodeProcess &addMaster(const QStringList &options = {});
    NodeProcess &addSecondary(const QString &name, const QStringList &options = {});
    // Chooses a free port for a master that is to start after its secondaries.
    bool reserveMasterPort();

    // A master and `secondaries` nodes s1, s2, …, all running and registered.
    bool start(int secondaries, const QStringList &masterOptions = {},
               const QStringList &secondaryOptions = {});

    NodeProcess &master() { return *m_nodes.at(0); }
    NodeProcess &s1() { return *m_nodes.at(1); }
    NodeProcess &s2() { return *m_nodes.at(2); }
    const std::vector<std::unique_ptr<NodeProcess>> &nodes() const { return m_nodes; }
    QString folder(const QString &name) const { return m_folder.filePath(name); }

    static QJsonObject status(const NodeProcess &node) { return node.http().getNow("/api/v1/status").json(); }
    // The entry of one secondary in the master's status; empty if it knows none of that name.
    QJsonObject member(const QString &name);
    static qint64 lastId(const NodeProcess &node)
    {
        return status(node).value(QStringLiteral("last_id")).toInteger();
    }
    static qint64 committedId(const NodeProcess &node)
    {
        return status(node).value(QStringLiteral("committed_id")).toInteger();
    }
    // The first of a master's waits; undefined if there is none.
    static QJsonValue firstWait(const NodeProcess &node)
    {
        return status(node).value(QStringLiteral("waits")).toArray().first();
    }
    // The messages that a node shows, in order. Ids must be dense from 1; a gap gives one text "GAP".
    static QStringList messages(const NodeProcess &node, const QByteArray &query = {});
    static QByteArray digest(const NodeProcess &node, qint64 to);

    bool waitForMembers(int count); // until the master reports `count` healthy secondaries
    // Until waits_total == total and the listed ones are durable on the master.
    bool waitForWaits(int total);
    // Waits until every node holds and has committed what the master holds; returns whether the digests are
    // equal.
    bool waitForEqualLogs();
    // Why waitForEqualLogs() failed, or the report of a sanitizer; empty if there is neither. For the last
    // check of a test.
    QByteArray problems() const;

private:
    QTemporaryDir m_folder;
    QStringList m_accessOptions;
    Identity m_identity;
    std::vector<std::unique_ptr<NodeProcess>> m_nodes;
    quint16 m_masterPort = 0;
    QByteArray m_problem;
};

// Copies the data folder of a node that is down. False if that fails.
bool copyFolder(const QString &from, const QString &to);

// Clients in a closed loop that append messages "PREFIX-n", each with an idempotency key. A message without
// an answer is repeated with its key until it is acknowledged.
class Load : public QObject
{
    Q_OBJECT
public:
    Load(const QUrl &master, const QString &prefix, int clients, int messages, int w);

    void start();
    bool isDone() const { return m_acked == m_total; }
    int acked() const { return m_acked; }
    // Waits on slow machines, too; false if nothing is acknowledged for 60 s.
    bool waitForAcked(int count);
    const QHash<qint64, QString> &byId() const { return m_byId; }
    QStringList refused() const { return m_refused; } // answers that are neither a success nor to be retried
    // Whether `log` (a node's messages, in order) holds each acknowledged message exactly once, at its id.
    QByteArray check(const QStringList &log) const;

private:
    struct Client
    {
        std::unique_ptr<HttpCall> call;
        int number = -1;
    };
    void sendNext(Client &client);
    void send(Client &client);
    void handleAnswer(Client &client);

    HttpClient m_http;
    QString m_prefix;
    std::vector<Client> m_clients;
    int m_next = 0;
    int m_total;
    int m_acked = 0;
    int m_w;
    QHash<qint64, QString> m_byId;
    QStringList m_refused;
};

} // namespace replog::test
