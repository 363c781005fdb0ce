// SPDX-License-Identifier: GPL-3.0-or-later
#include "master/httppeertransport.h"

#include "shared/log/replicatecodec.h"

namespace replog {

namespace {
constexpr qsizetype MaxAnswerBytes = 64 * 1024; // an answer is a handful of numbers and a reason
}

HttpPeerTransport::HttpPeerTransport(int attemptMs, const CallCredentials &credentials, Scheduler &scheduler,
                                     QObject *parent)
    : PeerTransport(parent), m_attemptMs(attemptMs), m_credentials(credentials), m_scheduler(scheduler)
{
}

void HttpPeerTransport::setUrl(const QUrl &url)
{
    HttpExchange::Limits limits;
    limits.attemptMs = m_attemptMs;
    limits.answerBytes = MaxAnswerBytes;
    m_exchange = std::make_unique<HttpExchange>(url, limits, m_credentials, m_scheduler);
    connect(m_exchange.get(), &HttpExchange::answered, this,
            [this](quint64 ticket, int status, const QByteArray &contentType, const QByteArray &body) {
                const Result<ReplicateAnswer> answer = decodeAnswer(status, contentType, body);
                if (answer)
                    emit answered(ticket, *answer);
                else
                    emit failed(ticket, answer.error());
            });
    connect(m_exchange.get(), &HttpExchange::failed, this, &PeerTransport::failed);
}

void HttpPeerTransport::send(quint64 ticket, const Delivery &delivery)
{
    m_exchange->post(ticket, "/internal/v1/replicate", "application/cbor", encodeDelivery(delivery));
}

void HttpPeerTransport::abort()
{
    m_exchange->abort();
}

} // namespace replog
