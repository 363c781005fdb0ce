// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/clusterfixture.h"

#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QHash>
#include <QTcpServer>
#include <QTimer>

#include <algorithm>
#include <sys/resource.h>

using namespace Qt::StringLiterals;

namespace replog::test {

ClusterFixture::ClusterFixture()
{
    // A thousand clients need a thousand descriptors.
    rlimit limit = {};
    if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        ::setrlimit(RLIMIT_NOFILE, &limit);
    }
}

void ClusterFixture::setAccess(const QStringList &options, const Identity &identity)
{
    m_accessOptions = options;
    m_identity = identity;
}

NodeProcess &ClusterFixture::addMaster(const QStringList &options)
{
    QStringList all{u"--retry-base"_s, u"5ms"_s,   u"--retry-max"_s,       u"200ms"_s,
                    u"--heartbeat"_s,  u"100ms"_s, u"--attempt-timeout"_s, u"2s"_s};
    all += m_accessOptions + options;
    m_nodes.insert(m_nodes.begin(), std::make_unique<NodeProcess>(NodeProcess::Role::Master, u"m"_s,
                                                                  m_folder.filePath(u"m"_s), all));
    master().setIdentity(m_identity);
    if (m_masterPort)
        master().setPort(m_masterPort);
    return master();
}

bool ClusterFixture::reserveMasterPort()
{
    QTcpServer server;
    if (!server.listen(QHostAddress::LocalHost))
        return false;
    m_masterPort = server.serverPort();
    return true;
}

NodeProcess &ClusterFixture::addSecondary(const QString &name, const QStringList &options)
{
    const int port = m_masterPort ? m_masterPort : master().url().port();
    QStringList all{u"--master"_s, u"127.0.0.1:"_s + QString::number(port), u"--register-after"_s,
                    u"400ms"_s};
    all += m_accessOptions + options;
    m_nodes.push_back(
        std::make_unique<NodeProcess>(NodeProcess::Role::Secondary, name, m_folder.filePath(name), all));
    m_nodes.back()->setIdentity(m_identity);
    return *m_nodes.back();
}

bool ClusterFixture::start(int secondaries, const QStringList &masterOptions,
                           const QStringList &secondaryOptions)
{
    if (!addMaster(masterOptions).start())
        return false;
    for (int i = 1; i <= secondaries; ++i) {
        if (!addSecondary(u's' + QString::number(i), secondaryOptions).start())
            return false;
    }
    return waitForMembers(secondaries);
}

QJsonObject ClusterFixture::member(const QString &name)
{
    const QJsonArray members = status(master()).value("nodes"_L1).toArray();
    for (const QJsonValue &value : members) {
        if (value["name"_L1].toString() == name)
            return value.toObject();
    }
    return {};
}

QStringList ClusterFixture::messages(const NodeProcess &node, const QByteArray &query)
{
    const HttpAnswer answer = node.http().getNow(query.isEmpty() ? QByteArray("/api/v1/messages")
                                                                 : QByteArray("/api/v1/messages?" + query));
    QStringList texts;
    const QJsonArray list = answer.json().value("messages"_L1).toArray();
    for (const QJsonValue &value : list) {
        texts.append(value["message"_L1].toString());
        if (value["id"_L1].toInteger() != texts.size())
            return {u"GAP"_s};
    }
    return texts;
}

QByteArray ClusterFixture::digest(const NodeProcess &node, qint64 to)
{
    const HttpAnswer answer = node.http().getNow("/api/v1/digest?to=" + QByteArray::number(to));
    return answer.status == 200 ? answer.json().value("digest"_L1).toString().toLatin1() : QByteArray();
}

bool ClusterFixture::waitForMembers(int count)
{
    return waitUntil([&] {
        const QJsonArray members = status(master()).value("nodes"_L1).toArray();
        return count == std::count_if(members.begin(), members.end(), [](const QJsonValue &value) {
                   return value["health"_L1].toString() == "healthy"_L1;
               });
    });
}

bool ClusterFixture::waitForWaits(int total)
{
    return waitUntil([&] {
        const QJsonObject s = status(master());
        const QJsonArray waits = s.value("waits"_L1).toArray();
        return s.value("waits_total"_L1).toInteger(-1) == total &&
               std::all_of(waits.begin(), waits.end(),
                           [last = s.value("last_id"_L1).toInteger()](const QJsonValue &wait) {
                               return wait["id"_L1].toInteger() <= last;
                           });
    });
}

bool ClusterFixture::waitForEqualLogs()
{
    const bool level = waitUntil([&] {
        const qint64 last = lastId(master());
        return std::all_of(m_nodes.begin(), m_nodes.end(), [last](const auto &node) {
            const QJsonObject s = status(*node);
            return s.value("last_id"_L1).toInteger(-1) == last &&
                   s.value("committed_id"_L1).toInteger(-1) == last;
        });
    });
    if (!level) {
        m_problem = "logs did not become level:";
        for (const auto &node : m_nodes)
            m_problem += '\n' + QJsonDocument(status(*node)).toJson(QJsonDocument::Compact);
        return false;
    }
    const qint64 last = lastId(master());
    if (last == 0)
        return true;
    const QByteArray ours = digest(master(), last);
    for (const auto &node : m_nodes) {
        const QByteArray theirs = digest(*node, last);
        if (theirs.isEmpty() || theirs != ours) {
            m_problem =
                "digests differ: " + ours + " on the master, " + theirs + " on " + node->name().toUtf8();
            return false;
        }
    }
    return true;
}

QByteArray ClusterFixture::problems() const
{
    QByteArray all = m_problem;
    for (const auto &node : m_nodes)
        all += node->sanitizerReport();
    return all;
}

bool copyFolder(const QString &from, const QString &to)
{
    if (!QDir().mkpath(to))
        return false;
    QDirIterator it(from, QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot,
                    QDirIterator::Subdirectories);
    while (it.hasNext()) {
        it.next();
        const QString target = to + it.filePath().mid(from.size());
        if (!(it.fileInfo().isDir() ? QDir().mkpath(target) : QFile::copy(it.filePath(), target)))
            return false;
    }
    return true;
}

Load::Load(const QUrl &master, const QString &prefix, int clients, int messages, int w)
    : m_http(master), m_prefix(prefix), m_clients(size_t(clients)), m_total(messages), m_w(w)
{
}

void Load::start()
{
    for (Client &client : m_clients)
        sendNext(client);
}

bool Load::waitForAcked(int count)
{
    while (m_acked < count) {
        const int before = m_acked;
        if (!waitUntil([this, count, before] { return m_acked >= count || m_acked >= before + 10; }) &&
            m_acked == before)
            return false;
    }
    return true;
}

void Load::sendNext(Client &client)
{
    if (m_next == m_total)
        return;
    client.number = m_next++;
    send(client);
}

void Load::send(Client &client)
{
    const QByteArray text = QString(m_prefix + u'-' + QString::number(client.number)).toUtf8();
    client.call = m_http.append(text, m_w, {}, {{"Idempotency-Key", "key-" + text}});
    connect(client.call.get(), &HttpCall::done, this, [this, &client] { handleAnswer(client); });
}

void Load::handleAnswer(Client &client)
{
    const HttpAnswer answer = client.call->answer();
    // Not directly: this is called from a signal of the call.
    client.call.release()->deleteLater();
    if (answer.status == 201 || answer.status == 200) {
        const qint64 id = answer.json().value("id"_L1).toInteger();
        const QString text = m_prefix + u'-' + QString::number(client.number);
        if (m_byId.contains(id))
            m_refused.append(
                u"id %1 was given to %2 and %3"_s.arg(QString::number(id), m_byId.value(id), text));
        m_byId.insert(id, text);
        ++m_acked;
        sendNext(client);
        return;
    }
    if (answer.status != 0 && answer.status != 503)
        m_refused.append(QString::fromUtf8(answer.text()));
    QTimer::singleShot(20, this, [this, &client] { send(client); });
}

QByteArray Load::check(const QStringList &log) const
{
    if (!m_refused.isEmpty())
        return "refused: " + m_refused.first().toUtf8();
    QHash<QString, int> times;
    for (const QString &text : log)
        ++times[text];
    for (auto it = m_byId.cbegin(); it != m_byId.cend(); ++it) {
        if (log.value(it.key() - 1) != it.value())
            return "acknowledged " + it.value().toUtf8() + " as " + QByteArray::number(it.key()) +
                   ", the log has " + log.value(it.key() - 1).toUtf8();
        if (times.value(it.value()) != 1)
            return it.value().toUtf8() + " is there " + QByteArray::number(times.value(it.value())) +
                   " times";
    }
    return {};
}

} // namespace replog::test
