// SPDX-License-Identifier: GPL-3.0-or-later
#include "secondary/masterlink.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QNetworkReply>
#include <QNetworkRequest>

using namespace Qt::StringLiterals;

namespace replog {

namespace {
constexpr int RegisterTimeoutMs = 5000;
}

MasterLink::MasterLink(const QUrl &master, QObject *parent) : QObject(parent), m_master(master) {}

void MasterLink::registerNode(const QByteArray &name, const QUrl &url, const ReplicaLog &log)
{
    QUrl target = m_master;
    target.setPath(u"/api/v1/nodes"_s);
    QNetworkRequest request(target);
    request.setHeader(QNetworkRequest::ContentTypeHeader, u"application/json"_s);
    request.setTransferTimeout(RegisterTimeoutMs);
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
    connect(reply, &QNetworkReply::finished, this, [this, reply] {
        reply->deleteLater();
        if (reply->error() == QNetworkReply::NoError) {
            emit registered();
            return;
        }
        const QString detail = QJsonDocument::fromJson(reply->readAll()).object()[u"detail"_s].toString();
        emit failed({Errc::Unavailable, detail.isEmpty() ? reply->errorString() : detail});
    });
}

} // namespace replog
