// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/result.h"

#include <QHostAddress>
#include <QObject>

#include <functional>
#include <memory>

class QTcpSocket;

namespace replog {

// Qt's HTTP server with our own door: each accepted socket is handed to `accepted` before Qt sees it, so that
// a slot connected there runs before Qt's and reads first. Qt keeps the sockets and ends them; its parser is
// left nothing to read, because it has no limits, takes a garbled Content-Length for "no body", would collect
// streamed bodies whole, answers in the wrong order, and costs twice what ours does. The one file that knows
// Qt's version. Event loop's thread.
class QtHttpFrontend : public QObject
{
    Q_OBJECT
public:
    explicit QtHttpFrontend(std::function<void(QTcpSocket *)> accepted, QObject *parent = nullptr);
    ~QtHttpFrontend() override;

    Result<void> listen(const QHostAddress &host, quint16 port);
    quint16 port() const;
    void stopAccepting();

private:
    class Listener;
    class Server;
    std::function<void(QTcpSocket *)> m_accepted;
    std::unique_ptr<Server> m_server;
    Listener *m_listener = nullptr; // owned by m_server
};

} // namespace replog
