// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/cluster/clientthread.h"

namespace replog {

ClientThread::ClientThread(const ClientOptions &options, QObject *parent)
    : QObject(parent), m_client(new ClusterClient(options))
{
    m_client->moveToThread(&m_thread);
    connect(m_client, &ClusterClient::appendSent, this, &ClientThread::appendSent);
    connect(m_client, &ClusterClient::appendPlaced, this, &ClientThread::appendPlaced);
    connect(m_client, &ClusterClient::appendInterrupted, this, &ClientThread::appendInterrupted);
    connect(m_client, &ClusterClient::appendFinished, this, &ClientThread::appendFinished);
    m_thread.setObjectName(QStringLiteral("client"));
    m_thread.start();
}

ClientThread::~ClientThread()
{
    m_client->disconnect(this);
    // The client must be deleted while its thread still runs: its sockets are deleted by that thread's event
    // loop.
    connect(m_client, &QObject::destroyed, &m_thread, &QThread::quit, Qt::DirectConnection);
    m_client->deleteLater();
    m_thread.wait();
}

void ClientThread::setMaster(const QUrl &url)
{
    QMetaObject::invokeMethod(
        m_client, [client = m_client, url] { client->setMaster(url); }, Qt::QueuedConnection);
}

void ClientThread::append(quint64 ticket, const ClientAppend &append, quint64 lane)
{
    QMetaObject::invokeMethod(
        m_client, [client = m_client, ticket, append, lane] { client->append(ticket, append, lane); },
        Qt::QueuedConnection);
}

void ClientThread::cancel(quint64 ticket)
{
    QMetaObject::invokeMethod(
        m_client, [client = m_client, ticket] { client->cancel(ticket); }, Qt::QueuedConnection);
}

void ClientThread::locate(quint64 ticket)
{
    QMetaObject::invokeMethod(
        m_client, [client = m_client, ticket] { client->locate(ticket); }, Qt::QueuedConnection);
}

void ClientThread::askAgainNow()
{
    QMetaObject::invokeMethod(m_client, &ClusterClient::askAgainNow, Qt::QueuedConnection);
}

void ClientThread::endOthers(const QString &logId)
{
    QMetaObject::invokeMethod(
        m_client, [client = m_client, logId] { client->endOthers(logId); }, Qt::QueuedConnection);
}

} // namespace replog
