// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/node/backupapi.h"

#include "shared/base/log.h"
#include "shared/log/jsondocument.h"
#include "shared/node/documentcall.h"
#include "shared/node/queryargs.h"
#include "shared/store/rockslogstore.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QLoggingCategory>
#include <QRegularExpression>

#include <array>
#include <utility>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

Q_LOGGING_CATEGORY(lcBackup, "replog.backup")
constexpr qsizetype BodyLimit = 4096;

Result<QString> parseName(const HttpRequest &request)
{
    constexpr std::array<Field, 1> Fields{{{"name", true}}};
    JsonDocument document(request.body);
    QByteArray name;
    readObject(document, Fields, [&](size_t) { name = document.text().toByteArray(); });
    if (!document.finish())
        return document.error();
    static const QRegularExpression form(u"^[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}\\z"_s);
    const QString text = QString::fromUtf8(name);
    if (!form.match(text).hasMatch())
        return Error{Errc::InvalidArgument,
                     u"name: expected 1 to 64 letters, digits, '.', '_' and '-', the first no '.'"_s,
                     u"name"_s};
    return text;
}

} // namespace

void addBackupRoute(HttpServer &server, RocksLogStore &store, const QString &dir)
{
    server.route(
        {HttpMethod::Post, "/api/v1/backup", Lane::Qt, Right::Operate, BodyLimit},
        withoutParameters(withJson([&store, dir](const HttpRequest &request, Reply reply) {
            if (dir.isEmpty()) {
                reply.sendProblem(
                    {Errc::NotFound, u"this node makes no backups: it was started without --backup-dir"_s});
                return;
            }
            const auto name = parseName(request);
            if (!name) {
                reply.sendProblem(name.error());
                return;
            }
            store.backUp(dir, *name, [reply](const Result<Backup> &made) mutable {
                if (!made) {
                    qCWarning(lcBackup).noquote() << made.error().text;
                    reply.sendProblem(made.error());
                    return;
                }
                qCInfo(lcBackup).noquote()
                    << "backup" << logField(u"path", made->path) << logField(u"last_id", made->lastId);
                const QJsonObject document{{u"path"_s, made->path},
                                           {u"first_id"_s, static_cast<qint64>(made->firstId)},
                                           {u"last_id"_s, static_cast<qint64>(made->lastId)},
                                           {u"epoch"_s, static_cast<qint64>(made->epoch)},
                                           {u"digest"_s, QString::fromLatin1(made->digest)}};
                reply.sendJson(200, QJsonDocument(document).toJson(QJsonDocument::Compact));
            });
        })));
}

} // namespace replog
