// SPDX-License-Identifier: GPL-3.0-or-later
#include "secondary/masterlink.h"

#include "shared/base/plaintext.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QNetworkReply>
#include <QNetworkRequest>

using namespace Qt::StringLiterals;

namespace replog {

namespace {
constexpr int RegisterTimeoutMs = 5000;
constexpr qint64 MaxAnswerBytes = 64 * 1024; // an answer is a handful of fields
} // namespace

MasterLink::MasterLink(const QUrl &master, const CallCredentials &credentials, QObject *parent)
    : QObject(parent), m_master(master), m_credentials(credentials)
{
}

void MasterLink::registerNode(const QByteArray &name, const QUrl &url, const ReplicaLog &log)
{
    QUrl target = m_master;
    target.setPath(u"/api/v1/nodes"_s);
    QNetworkRequest request(target);
    request.setHeader(QNetworkRequest::ContentTypeHeader, u"application/json"_s);
    request.setTransferTimeout(RegisterTimeoutMs);
    // Whoever answers there does not choose where else the document and the token go.
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
    const QJsonObject body{{u"name"_s, QString::fromUtf8(name)},
                           {u"url"_s, url.toString()},
                           {u"last_id"_s, static_cast<qint64>(log.last().id)},
                           {u"last_epoch"_s, static_cast<qint64>(log.last().epoch.number)},
                           {u"last_start"_s, static_cast<qint64>(log.last().epoch.start)},
                           {u"committed_id"_s, static_cast<qint64>(log.visible().committedId())},
                           {u"epoch"_s, static_cast<qint64>(log.epoch().number)},
                           {u"start"_s, static_cast<qint64>(log.epoch().start)},
                           {u"master"_s, QString::fromUtf8(log.epochMaster())},
                           {u"log"_s, static_cast<qint64>(log.logId())}};
    QNetworkReply *const reply = m_network.post(request, QJsonDocument(body).toJson(QJsonDocument::Compact));
    reply->setReadBufferSize(MaxAnswerBytes);
    connect(reply, &QNetworkReply::readyRead, this, [reply] {
        if (reply->bytesAvailable() >= MaxAnswerBytes)
            reply->abort();
    });
    connect(reply, &QNetworkReply::finished, this, [this, reply] {
        reply->deleteLater();
        if (reply->error() == QNetworkReply::NoError) {
            emit registered();
            return;
        }
        const QString detail = QJsonDocument::fromJson(reply->readAll()).object()[u"detail"_s].toString();
        emit failed({Errc::Unavailable, boundedText(detail.isEmpty() ? reply->errorString() : detail)});
    });
}

} // namespace replog
