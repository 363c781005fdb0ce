// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "client/clusterclient.h"

#include <QObject>
#include <QThread>

namespace replog {

// A ClusterClient in a thread of its own, so that the times it measures do not include the time spent on
// painting. Calls and signals of this class belong to the thread that made it.
class ClientThread : public QObject
{
    Q_OBJECT
public:
    explicit ClientThread(const ClientOptions &options, QObject *parent = nullptr);
    ~ClientThread() override; // appends under way are dropped without a signal

    void setMaster(const QUrl &url);
    void append(quint64 ticket, const ClientAppend &append, quint64 lane);
    void cancel(quint64 ticket);
    void locate(quint64 ticket);
    void askAgainNow();
    void endOthers(const QString &logId);

signals:
    void appendSent(quint64 ticket);
    void appendPlaced(quint64 ticket, quint64 id);
    void appendInterrupted(quint64 ticket, const QString &reason);
    void appendFinished(quint64 ticket, const replog::ClientAppendResult &result);

private:
    QThread m_thread;
    ClusterClient *m_client; // lives in m_thread
};

} // namespace replog
