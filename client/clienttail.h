// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "client/clusterclient.h"

#include <QJsonObject>

namespace replog {

// Follows the log from an id on: what is there, then what comes, each message once and in order. When the
// node that it reads from goes away it goes on at another.
class ClientTail : public QObject
{
    Q_OBJECT
public:
    static constexpr int PageSize = 500;

    // `client` must outlive it. `view`: "all" or "committed"; empty: the node's default.
    ClientTail(ClusterClient &client, quint64 from, const QString &view, QObject *parent = nullptr);
    void start();

signals:
    void message(quint64 id, const QJsonObject &message);
    void caughtUp();                         // nothing more is there for now
    void interrupted(const QString &reason); // nobody answers; tried again shortly
    void failed(const QString &reason);      // nothing follows

private:
    void ask();
    void handleAnswer(const ClientAnswer &answer);

    ClusterClient &m_client;
    quint64 m_from;
    QString m_view;
};

} // namespace replog
