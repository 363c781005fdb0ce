// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/result.h"
#include "shared/http/connectionadmission.h"

#include <QHostAddress>
#include <QTcpServer>

#include <functional>

namespace replog {

// The port of a server. Decides about each connection as it is accepted, before any object is made for it:
// one beyond a limit gets a short answer and is closed. A burst of connections is accepted over several turns
// of the event loop. Event loop's thread.
class HttpListener final : public QTcpServer
{
public:
    struct Limits
    {
        int connections = 10000;
        int perAddress = 0; // connections from one address that is not loopback; 0: no limit
        bool isTls = false; // a refused client gets no answer then: it would not understand plain text
    };
    // Takes the descriptor over; false if there is no room for it.
    using Accept = std::function<bool(int descriptor, const QHostAddress &peer)>;

    explicit HttpListener(QObject *parent = nullptr);

    // Call release() when a connection that was taken has ended. Fewer are let in than asked for if the
    // process may not open enough descriptors.
    Result<void> open(const QHostAddress &host, quint16 port, const Limits &limits, Accept accept);
    void setTls(bool isTls) { m_isTls = isTls; }
    void release(const QHostAddress &peer) { m_admission.leave(peer); }
    int connectionLimit() const { return m_admission.limit(); }
    qint64 refused() const { return m_refused; }
    // For Front: hands a socket that was not accepted here to whoever serves this listener.
    using QTcpServer::addPendingConnection;

protected:
    void incomingConnection(qintptr descriptor) override;

private:
    void refuse(int descriptor);
    void endTurnAfterBurst();

    bool m_isTls = false;
    Accept m_accept;
    ConnectionAdmission m_admission{0, 0};
    int m_maxDescriptor = 0; // a connection's descriptor is below this; what is above is for the store
    int m_inTurn = 0;
    qint64 m_refused = 0;
};

} // namespace replog
