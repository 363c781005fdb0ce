// SPDX-License-Identifier: GPL-3.0-or-later
#include "secondary/masterlink.h"

#include "secondary/registrationrefusal.h"
#include "shared/base/plaintext.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QNetworkReply>
#include <QNetworkRequest>
#include <QTimer>

using namespace Qt::StringLiterals;

namespace replog {

namespace {
constexpr int RegisterTimeoutMs = 5000;
constexpr qint64 MaxAnswerBytes = 64 * 1024; // an answer is a handful of fields
constexpr int Refused = 409;
} // namespace

MasterLink::MasterLink(const QUrl &master, const CallCredentials &credentials, QObject *parent)
    : QObject(parent), m_master(master), m_credentials(credentials)
{
}

void MasterLink::registerNode(const Registration &registration)
{
    QUrl target = m_master;
    target.setPath(u"/api/v1/nodes"_s);
    QNetworkRequest request(target);
    request.setHeader(QNetworkRequest::ContentTypeHeader, u"application/json"_s);
    request.setTransferTimeout(RegisterTimeoutMs);
    // No redirects: the document and the token go to the configured master only.
    request.setAttribute(QNetworkRequest::RedirectPolicyAttribute, QNetworkRequest::ManualRedirectPolicy);
    const Result<QByteArray> authorization = m_credentials.authorizationFor(m_master);
    if (!authorization) {
        QMetaObject::invokeMethod(
            this, [this, error = authorization.error()] { emit failed(error); }, Qt::QueuedConnection);
        return;
    }
    if (!authorization->isEmpty())
        request.setRawHeader("Authorization", *authorization);
    if (!m_credentials.tls.isNull())
        request.setSslConfiguration(m_credentials.tls);
    // The address may lead to another machine than the last time: a connection kept open would lead to that
    // one.
    m_network.clearConnectionCache();
    QNetworkReply *const reply = m_network.post(request, encodeRegistration(registration));
    reply->setReadBufferSize(MaxAnswerBytes);
    // The transfer time-out begins anew with every byte.
    QTimer::singleShot(RegisterTimeoutMs, reply, &QNetworkReply::abort);
    connect(reply, &QNetworkReply::readyRead, this, [reply] {
        if (reply->bytesAvailable() >= MaxAnswerBytes)
            reply->abort();
    });
    connect(reply, &QNetworkReply::finished, this, [this, reply] {
        reply->deleteLater();
        const QByteArray body =
            reply->isOpen() ? reply->readAll() : QByteArray(); // closed once it was aborted
        if (reply->error() == QNetworkReply::NoError) {
            const auto answer = decodeRegistrationAnswer(body);
            if (answer)
                emit registered(*answer);
            else
                emit failed(answer.error());
            return;
        }
        const int status = reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
        if (status == Refused) {
            if (const auto why = decodeRegistrationRefusal(reply->rawHeader("Content-Type"), body)) {
                emit refused(*why);
                return;
            }
        }
        const QString detail = peerText(QJsonDocument::fromJson(body).object()[u"detail"_s].toString());
        // That has the peer's words, too: the reason of its status line.
        emit failed({Errc::Unavailable, detail.isEmpty() ? peerText(reply->errorString()) : detail});
    });
}

} // namespace replog
