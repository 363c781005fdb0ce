// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/node/nodeoptions.h"

#include "shared/node/nodeaccess.h"

#include <QDir>
#include <QFileInfo>
#include <QHostInfo>

#include <algorithm>
#include <filesystem>
#include <system_error>

using namespace Qt::StringLiterals;

namespace replog {

void declareNodeOptions(Options &options, const QString &defaultPort, const QString &defaultName)
{
    options.beginGroup(u"Node"_s);
    options.add({u"port"_s, u"p"_s, u"PORT"_s, defaultPort,
                 u"TCP port to listen on; 0 takes a free one and prints it."_s, Options::integer(0, 65535)});
    options.add(
        {u"host"_s,
         {},
         u"ADDRESS"_s,
         u"127.0.0.1"_s,
         u"Address to listen on. One that other machines reach, such as 0.0.0.0, wants --token-file and --cluster-token-file."_s,
         Options::nonEmpty()});
    options.add({u"data"_s,
                 {},
                 u"DIR"_s,
                 defaultName + u"-data"_s,
                 u"Folder of the node's log; made if it is not there. One folder a node."_s,
                 Options::nonEmpty()});
    options.add({u"name"_s,
                 {},
                 u"NAME"_s,
                 defaultName,
                 u"The node's name, unique in its cluster."_s,
                 Options::nodeName()});

    declareAccessOptions(options);

    options.beginGroup(u"Limits"_s);
    options.add({u"max-connections"_s,
                 {},
                 u"N"_s,
                 u"16000"_s,
                 u"Open HTTP connections; more are answered 503."_s,
                 Options::integer(1, 1000000)});
    options.add({u"max-connections-per-address"_s,
                 {},
                 u"N"_s,
                 u"1000"_s,
                 u"Open HTTP connections from one address, loopback excepted; 0: any number."_s,
                 Options::integer(0, 1000000)});
    options.add({u"max-memory"_s,
                 {},
                 u"SIZE"_s,
                 u"512MiB"_s,
                 u"What all clients together may make the node hold; beyond, new work is answered 503."_s,
                 Options::size(16 * 1024 * 1024, 1024LL * 1024 * 1024 * 1024)});
    options.add({u"max-waits"_s,
                 {},
                 u"N"_s,
                 u"10000"_s,
                 u"Clients that may wait at once, for concerns, entries or events; more are answered 503."_s,
                 Options::integer(0, 10000000)});
    options.add({u"max-body"_s,
                 {},
                 u"SIZE"_s,
                 u"16MiB"_s,
                 u"Largest request body; a longer one is answered 413."_s,
                 Options::size(1024, 1024 * 1024 * 1024)});
}

namespace {

// A size, or a percentage of the disk.
Result<MinFree> parseMinFree(const QString &text)
{
    if (!text.trimmed().endsWith(u'%')) {
        if (const auto size = Options::size(0)(text))
            return MinFree{size->toLongLong(), 0};
    } else if (const auto share = Options::realNumber(0, 100)(text.trimmed().chopped(1))) {
        return MinFree{0, share->toDouble() / 100};
    }
    return Error{Errc::InvalidArgument, u"expected a size such as 256MiB, or a percentage such as 5%"_s};
}

// With links followed as far as it exists.
std::filesystem::path resolved(const QString &path)
{
    std::error_code failure;
    const std::filesystem::path real = std::filesystem::weakly_canonical(path.toStdString(), failure);
    return QDir::cleanPath(failure ? path : QString::fromStdString(real.string())).toStdString();
}

bool holds(const std::filesystem::path &folder, const std::filesystem::path &path)
{
    return std::mismatch(folder.begin(), folder.end(), path.begin(), path.end()).first == folder.end();
}

} // namespace

void declareBackupOptions(Options &options)
{
    options.beginGroup(u"Backup"_s);
    options.add({u"backup-dir"_s,
                 {},
                 u"DIR"_s,
                 {},
                 u"Folder for the backups that POST /api/v1/backup makes; without it there are none."_s,
                 Options::nonEmpty()});
    options.add(
        {u"restore"_s,
         {},
         u"BACKUP"_s,
         {},
         u"Make the empty or missing data folder a new node's that holds what this backup does, then run. A "
         "folder that was made of this backup goes on as it is."_s,
         Options::nonEmpty()});
    options.add(
        {u"min-free"_s,
         {},
         u"SIZE"_s,
         u"256MiB"_s,
         u"Room to be left on the disk of the data folder, or a percentage of it; with less appends are "
         "answered 507. 0: none."_s,
         [](const QString &text) -> Result<QVariant> {
             const auto minFree = parseMinFree(text);
             return minFree ? Result<QVariant>(QVariant(text)) : Result<QVariant>(minFree.error());
         }});
    options.add(
        {u"check"_s,
         {},
         u"DIR"_s,
         {},
         u"Verify the log in this folder, a stopped node's or a backup, and end: exit code 0, or 1 with "
         "a line for each finding. Changes nothing."_s,
         Options::nonEmpty()});
}

void declareLoggingOptions(Options &options)
{
    options.beginGroup(u"Logging"_s);
    options.add({u"log-format"_s,
                 {},
                 u"FORMAT"_s,
                 u"text"_s,
                 u"text or json, on standard error."_s,
                 Options::oneOf({u"text"_s, u"json"_s})});
    options.add({u"log-level"_s,
                 {},
                 u"LEVEL"_s,
                 u"info"_s,
                 u"Least level shown: debug, info, warning or error."_s,
                 Options::oneOf({u"debug"_s, u"info"_s, u"warning"_s, u"error"_s})});
}

// A name is free for a backup only where the store has none, and a data folder's files are the node's alone:
// what it takes of its disk is measured, and --reset and operators empty it.
Result<QString> backupDirOf(const Options &options)
{
    if (!options.isSet(u"backup-dir"_s))
        return QString();
    const QString dir = QFileInfo(options.text(u"backup-dir"_s)).absoluteFilePath();
    const QString data = QFileInfo(options.text(u"data"_s)).absoluteFilePath();
    const auto ofBackups = resolved(dir);
    const auto ofData = resolved(data);
    const bool isSame = ofBackups == ofData;
    if (isSame || holds(ofData, ofBackups) || holds(ofBackups, ofData))
        return Error{Errc::InvalidArgument,
                     u"%1: %2 %3 the data folder %4 (--data): backups need a folder beside it"_s.arg(
                         options.source(u"backup-dir"_s), dir,
                         isSame                     ? u"is"_s
                         : holds(ofData, ofBackups) ? u"is inside"_s
                                                    : u"holds"_s,
                         data),
                     u"backup-dir"_s};
    return dir;
}

MinFree minFreeOf(const Options &options)
{
    const auto minFree = parseMinFree(options.written(u"min-free"_s));
    return minFree ? *minFree : MinFree();
}

HttpLimits httpLimitsOf(const Options &options)
{
    HttpLimits limits;
    limits.connections = static_cast<int>(options.number(u"max-connections"_s));
    limits.connectionsPerAddress = static_cast<int>(options.number(u"max-connections-per-address"_s));
    limits.memoryBytes = options.number(u"max-memory"_s);
    limits.bodyBytes = options.number(u"max-body"_s);
    return limits;
}

Result<QHostAddress> hostOf(const Options &options)
{
    const QString text = options.text(u"host"_s);
    if (text == "localhost"_L1)
        return QHostAddress(QHostAddress::LocalHost);
    QHostAddress address;
    if (address.setAddress(text))
        return address;
    const QList<QHostAddress> found = QHostInfo::fromName(text).addresses();
    if (found.isEmpty())
        return Error{Errc::InvalidArgument,
                     u"%1: %2 is not an address of this machine"_s.arg(options.source(u"host"_s), text),
                     u"host"_s};
    return found.front();
}

QString urlOf(const QHostAddress &host, quint16 port, bool isTls)
{
    QUrl url;
    url.setScheme(isTls ? u"https"_s : u"http"_s);
    const bool any =
        host == QHostAddress::Any || host == QHostAddress::AnyIPv4 || host == QHostAddress::AnyIPv6;
    url.setHost(any ? QHostInfo::localHostName() : host.toString());
    url.setPort(port);
    return url.toString();
}

} // namespace replog
