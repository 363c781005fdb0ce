// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/result.h"
#include "shared/base/scheduler.h"
#include "shared/http/callcredentials.h"

#include <QByteArray>
#include <QObject>
#include <QUrl>

#include <memory>

namespace replog {

// A small HTTP/1.1 client for one peer over one kept-alive connection, with only what replication needs.
// (QNetworkAccessManager needs several times the CPU for a small request, and may reorder requests over its
// six connections.) Requests are pipelined in call order and answered in that order. It connects when first
// needed, and again after a failure; to an https URL over TLS, with the peer's name or address verified.
// Event loop's thread.
class HttpExchange : public QObject
{
    Q_OBJECT
public:
    struct Limits
    {
        // A request fails that is not answered by then, and all behind it. While the peer takes more of a
        // large one, the time begins anew.
        int attemptMs = 2000;
        qsizetype answerBytes = 1024 * 1024; // a longer answer fails
    };
    // `credentials` and `scheduler` outlive this; the credentials may change at any time.
    HttpExchange(const QUrl &base, const Limits &limits, const CallCredentials &credentials,
                 Scheduler &scheduler, QObject *parent = nullptr);
    ~HttpExchange() override;

    // Sends at once (connecting if need be). Exactly one of answered/failed follows, from the event loop,
    // never from inside this call; tickets are the caller's.
    void post(quint64 ticket, QByteArrayView path, QByteArrayView contentType, const QByteArray &body);
    // Ends the connection; every open ticket fails.
    void abort();
    qsizetype pending() const;

signals:
    void answered(quint64 ticket, int status, const QByteArray &contentType, const QByteArray &body);
    void failed(quint64 ticket, const replog::Error &error);

private:
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace replog
