// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/control/runrecord.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QSaveFile>
#include <QStandardPaths>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

QJsonObject processToJson(const ProcessId &id)
{
    // Ticks as text: JSON numbers are doubles.
    return {
        {u"pid"_s, id.pid}, {u"start_ticks"_s, QString::number(id.startTicks)}, {u"boot_id"_s, id.bootId}};
}

ProcessId processFromJson(const QJsonObject &object)
{
    return {object[u"pid"_s].toInteger(), object[u"start_ticks"_s].toString().toULongLong(),
            object[u"boot_id"_s].toString()};
}

Result<void> writeFile(const QString &path, const QByteArray &bytes)
{
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size() || !file.commit())
        return Error{Errc::Io, RunRecord::tr("cannot write %1: %2").arg(path, file.errorString())};
    return {};
}

QString statePath(const QString &stateFolder, const QString &folder)
{
    const QByteArray hash =
        QCryptographicHash::hash(folder.toUtf8(), QCryptographicHash::Sha256).toHex().first(16);
    return stateFolder + u'/' + QString::fromLatin1(hash) + u".json"_s;
}

} // namespace

bool RunRecord::hasLivingNode() const
{
    return std::any_of(nodes.begin(), nodes.end(), [](const Node &node) { return node.process.isAlive(); });
}

QString RunRecord::dataFolder(const Node &node) const
{
    return folder + u'/' + node.name;
}

QString RunRecord::logFile(const Node &node) const
{
    return folder + u'/' + node.name + u".log"_s;
}

QJsonObject RunRecord::toJson() const
{
    QJsonArray list;
    for (const Node &node : nodes) {
        QJsonObject object{{u"name"_s, node.name},
                           {u"role"_s, node.master ? u"master"_s : u"secondary"_s},
                           {u"port"_s, node.port},
                           {u"binary"_s, node.binary}};
        if (!node.process.isNull())
            object[u"process"_s] = processToJson(node.process);
        list.append(object);
    }
    return {{u"folder"_s, folder},
            {u"temporary"_s, temporary},
            {u"owner"_s, processToJson(owner)},
            {u"nodes"_s, list}};
}

Result<RunRecord> RunRecord::fromJson(const QJsonObject &object)
{
    RunRecord record;
    record.folder = object[u"folder"_s].toString();
    record.temporary = object[u"temporary"_s].toBool();
    record.owner = processFromJson(object[u"owner"_s].toObject());
    const QJsonArray list = object[u"nodes"_s].toArray();
    for (const QJsonValue &value : list) {
        const QJsonObject item = value.toObject();
        Node node{item[u"name"_s].toString(), item[u"role"_s].toString() == u"master"_s,
                  quint16(item[u"port"_s].toInt()), item[u"binary"_s].toString(),
                  processFromJson(item[u"process"_s].toObject())};
        if (node.name.isEmpty() || node.name.contains(u'/'))
            return Error{Errc::Corrupt, tr("a node has no usable name"), u"nodes"_s};
        record.nodes.append(node);
    }
    if (record.folder.isEmpty())
        return Error{Errc::Corrupt, tr("no folder is named"), u"folder"_s};
    if (record.nodes.isEmpty() || !record.nodes.first().master)
        return Error{Errc::Corrupt, tr("the first node is no master"), u"nodes"_s};
    return record;
}

Result<RunRecord> RunRecord::read(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return Error{Errc::NotFound, tr("cannot read %1: %2").arg(path, file.errorString())};
    QJsonParseError parsed;
    const QJsonDocument document = QJsonDocument::fromJson(file.readAll(), &parsed);
    if (!document.isObject())
        return Error{Errc::Corrupt,
                     parsed.error == QJsonParseError::NoError
                         ? tr("%1 is not a cluster record: it is no JSON object").arg(path)
                         : tr("%1 is not a cluster record: %2").arg(path, parsed.errorString())};
    Result<RunRecord> record = fromJson(document.object());
    if (!record)
        return Error{record.error().code, u"%1: %2"_s.arg(path, record.error().text), record.error().field};
    return record;
}

QString RunRecord::pathIn(const QString &folder)
{
    return folder + u"/cluster.json"_s;
}

Result<void> RunRecord::write(const QString &stateFolder) const
{
    const QByteArray bytes = QJsonDocument(toJson()).toJson();
    QDir().mkpath(stateFolder);
    if (const Result<void> done = writeFile(pathIn(folder), bytes); !done)
        return done;
    return writeFile(statePath(stateFolder, folder), bytes);
}

void RunRecord::forget(const QString &stateFolder) const
{
    QFile::remove(statePath(stateFolder, folder));
}

QList<RunRecord> RunRecord::leftovers(const QString &stateFolder)
{
    QList<RunRecord> found;
    const QDir dir(stateFolder);
    for (const QString &name : dir.entryList({u"*.json"_s}, QDir::Files, QDir::Name)) {
        const Result<RunRecord> record = read(dir.filePath(name));
        if (record && record->owner.isAlive())
            continue; // another dashboard has it open
        if (record && (record->hasLivingNode() || (record->temporary && QFile::exists(record->folder))))
            found.append(*record);
        else
            QFile::remove(dir.filePath(name));
    }
    return found;
}

QString RunRecord::defaultStateFolder()
{
    return QStandardPaths::writableLocation(QStandardPaths::AppLocalDataLocation) + u"/clusters"_s;
}

} // namespace replog
