// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "master/peertransport.h"
#include "shared/http/httpexchange.h"

#include <memory>

namespace replog {

// Deliveries over HTTP: POST /internal/v1/replicate with CBOR, on one kept-alive connection.
class HttpPeerTransport final : public PeerTransport
{
    Q_OBJECT
public:
    // `credentials` and `scheduler` outlive this; the credentials may change at any time.
    HttpPeerTransport(int attemptMs, const CallCredentials &credentials, Scheduler &scheduler,
                      QObject *parent = nullptr);

    void setUrl(const QUrl &url) override;
    void send(quint64 ticket, const Delivery &delivery) override;
    void abort() override;

private:
    const int m_attemptMs;
    const CallCredentials &m_credentials;
    Scheduler &m_scheduler;
    std::unique_ptr<HttpExchange> m_exchange;
};

} // namespace replog
