// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "client/clusterclient.h"
#include "client/followedlog.h"

#include <QJsonObject>

namespace replog {

// Follows the log from an id on: what is there, then what comes, each message once and in order. When the
// node that it reads from goes away it goes on at another. When the log turns out not to be the one that was
// read (see FollowedLog) it ends: at once with the next message, at the latest after a wait without one. It
// ends at the first contact, too, if what is there is no node, or wants TLS or another certificate.
class ClientTail : public QObject
{
    Q_OBJECT
public:
    static constexpr int PageSize = 500; // where so many are not too much of one answer

    // `client` must outlive it. `view`: "all" or "committed"; empty: the node's default.
    ClientTail(ClusterClient &client, quint64 from, const QString &view, QObject *parent = nullptr);
    void start();

signals:
    void message(quint64 id, const QJsonObject &message);
    void caughtUp();                         // nothing more is there for now
    void interrupted(const QString &reason); // nobody answers; tried again shortly
    void failed(const QString &reason);      // nothing follows

private:
    using Handler = void (ClientTail::*)(const ClientAnswer &);
    void read(const ClientCall &call, Handler handler);
    void ask();
    void check();
    void handlePage(const ClientAnswer &answer);
    void handleStatus(const ClientAnswer &answer);

    ClusterClient &m_client;
    FollowedLog m_log;
    QString m_view;
    bool m_replaced = false;   // the message that was read last is another one by now
    bool m_heard = false;      // a node has answered
    int m_hangUps = 0;         // in a row, of what has never sent a byte
    int m_most = PageSize + 1; // messages of a page, with the one that was read last
};

} // namespace replog
