// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/sequence/tracereader.h"

#include "gui/cluster/clustersession.h"

#include <QJsonDocument>
#include <QNetworkReply>

using namespace Qt::StringLiterals;

namespace replog {

namespace {
constexpr int AgainMs = 1000;
constexpr qsizetype LineLimit = 64 * 1024; // of one event; longer ones are skipped
} // namespace

TraceReader::TraceReader(ClusterSession &session, QObject *parent) : QObject(parent), m_session(session)
{
    m_again.setInterval(AgainMs);
    connect(&m_again, &QTimer::timeout, this, &TraceReader::openMissing);
    const ClusterModel &cluster = session.model();
    connect(&cluster, &ClusterModel::connectionRestored, this, &TraceReader::openMissing);
    connect(&cluster, &ClusterModel::connectionLost, this, [this](const QString &name) {
        const NodeInfo *node = m_session.model().node(name);
        if (node && !node->stranger.isEmpty())
            close(name);
    });
    connect(&cluster, &ClusterModel::nodeRemoved, this, &TraceReader::close);
    connect(&cluster, &ClusterModel::nodeRenamed, this, &TraceReader::close);
    connect(&cluster, &ClusterModel::cleared, this, [this] {
        const QStringList nodes = m_streams.keys();
        for (const QString &node : nodes)
            close(node);
    });
}

TraceReader::~TraceReader()
{
    setActive(false);
}

void TraceReader::setActive(bool active)
{
    if (active == m_active)
        return;
    m_active = active;
    if (active) {
        m_again.start();
        openMissing();
        return;
    }
    m_again.stop();
    const QStringList nodes = m_streams.keys();
    for (const QString &node : nodes)
        close(node);
}

void TraceReader::openMissing()
{
    if (!m_active)
        return;
    for (const NodeInfo &node : m_session.model().nodes()) {
        if (!node.isHeard() || m_streams.contains(node.name))
            continue;
        QNetworkReply *reply = m_session.openEvents(node.name, u"/api/v1/trace"_s);
        if (!reply)
            continue;
        m_streams.insert(node.name, {reply, {}});
        emit began(node.name);
        connect(reply, &QNetworkReply::readyRead, this, [this, name = node.name] { read(name); });
        connect(reply, &QNetworkReply::finished, this, [this, name = node.name] { handleEnd(name); });
    }
}

void TraceReader::close(const QString &node)
{
    QNetworkReply *reply = m_streams.take(node).reply;
    if (!reply)
        return;
    reply->disconnect(this);
    reply->abort();
    reply->deleteLater();
}

void TraceReader::read(const QString &node)
{
    QNetworkReply *const reply = m_streams.value(node).reply;
    if (!reply || reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt() != 200)
        return; // the body describes an error; it is read when it is complete
    QByteArray text = m_streams[node].line + reply->readAll();
    qsizetype begin = 0;
    for (qsizetype end; (end = text.indexOf('\n', begin)) >= 0; begin = end + 1) {
        QByteArrayView line = QByteArrayView(text).sliced(begin, end - begin).trimmed();
        if (!line.startsWith("data:"))
            continue;
        const QJsonDocument document = QJsonDocument::fromJson(line.sliced(5).toByteArray());
        if (const auto event = TraceEvent::read(node, document.object()))
            emit traced(*event);
        if (m_streams.value(node).reply != reply)
            return; // a receiver of the event closed the stream
    }
    text.remove(0, begin);
    if (text.size() > LineLimit)
        close(node);
    else
        m_streams[node].line = text;
}

void TraceReader::handleEnd(const QString &node)
{
    const QNetworkReply *const reply = m_streams.value(node).reply;
    const int status = reply ? reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt() : 0;
    close(node);
    if (status >= 400)
        emit refused(node, status == 404 ? tr("it is too old to tell") : tr("it answered %1").arg(status));
}

} // namespace replog
