// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/control/clusterfile.h"

#include "gui/cluster/statusdocument.h"
#include "gui/widgets/plaintext.h"

#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

constexpr qsizetype FileBytes = 1024 * 1024;
constexpr qsizetype QuotedCharacters = 80;

const QList<std::pair<QString, NodeControl::Action>> &actionKeys()
{
    static const QList<std::pair<QString, NodeControl::Action>> keys{
        {u"start"_s, NodeControl::Action::Start},
        {u"stop"_s, NodeControl::Action::Stop},
        {u"kill"_s, NodeControl::Action::Kill},
        {u"freeze"_s, NodeControl::Action::Freeze},
        {u"thaw"_s, NodeControl::Action::Thaw}};
    return keys;
}

Result<ClusterFile::Command> parseCommand(const QJsonValue &value, const QString &field)
{
    QStringList command;
    if (value.isString()) {
        command = QProcess::splitCommand(value.toString());
    } else if (value.isArray()) {
        const QJsonArray parts = value.toArray();
        for (const QJsonValue &part : parts) {
            if (!part.isString())
                return Error{Errc::InvalidArgument,
                             ClusterFile::tr("%1: each part of a command must be a text").arg(field), field};
            command.append(part.toString());
        }
    }
    if (command.isEmpty() || command.first().isEmpty())
        return Error{Errc::InvalidArgument,
                     ClusterFile::tr("%1: must be a command, as a text or as a list of texts").arg(field),
                     field};
    return command;
}

Result<void> parseNode(const QJsonObject &object, const QString &field, ClusterFile &file)
{
    KnownNode node;
    const QString name = object[u"name"_s].toString();
    if (name.isEmpty())
        return Error{Errc::InvalidArgument, ClusterFile::tr("%1.name: is missing").arg(field),
                     field + u".name"_s};
    if (name.size() >= StatusDocument::NameCharacters)
        return Error{Errc::InvalidArgument,
                     ClusterFile::tr("%1.name: must be shorter than %2 characters")
                         .arg(field, QString::number(StatusDocument::NameCharacters)),
                     field + u".name"_s};
    node.name = PlainText::oneLine(name); // as names in a status
    for (const KnownNode &other : std::as_const(file.description.nodes)) {
        if (other.name == node.name)
            return Error{Errc::InvalidArgument,
                         ClusterFile::tr("%1.name: %2 is there twice").arg(field, node.name),
                         field + u".name"_s};
    }
    const QString address = object[u"url"_s].toString();
    node.url = StatusDocument::address(address);
    if (node.url.host().isEmpty() || !QUrl(address).userInfo().isEmpty() ||
        (node.url.scheme() != u"http"_s && node.url.scheme() != u"https"_s))
        return Error{Errc::InvalidArgument,
                     ClusterFile::tr("%1.url: must be like http://host:port").arg(field), field + u".url"_s};
    const QString role = object[u"role"_s].toString();
    if (role == u"master"_s)
        node.role = NodeRole::Master;
    else if (role == u"secondary"_s)
        node.role = NodeRole::Secondary;
    else if (object.contains(u"role"_s))
        return Error{Errc::InvalidArgument,
                     ClusterFile::tr("%1.role: must be master or secondary").arg(field), field + u".role"_s};
    QHash<NodeControl::Action, ClusterFile::Command> commands;
    for (const auto &[key, action] : actionKeys()) {
        if (!object.contains(key))
            continue;
        const Result<ClusterFile::Command> command = parseCommand(object[key], field + u'.' + key);
        if (!command)
            return command.error();
        commands.insert(action, *command);
    }
    for (const QString &key : object.keys()) {
        const bool known = key == u"name"_s || key == u"url"_s || key == u"role"_s ||
                           std::any_of(actionKeys().begin(), actionKeys().end(),
                                       [&](const auto &pair) { return pair.first == key; });
        if (!known)
            return Error{
                Errc::InvalidArgument,
                ClusterFile::tr("%1.%2: no such field").arg(field, PlainText::oneLine(key, QuotedCharacters)),
                field + u'.' + key};
    }
    file.commands.insert(node.name, commands);
    file.description.nodes.append(node);
    return {};
}

} // namespace

Result<ClusterFile> ClusterFile::read(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return Error{Errc::NotFound, tr("The file cannot be read: %1").arg(file.errorString()), u"file"_s};
    const QByteArray json = file.read(FileBytes + 1);
    if (json.size() > FileBytes)
        return Error{Errc::InvalidArgument, tr("The file is longer than 1 MB"), u"file"_s};
    Result<ClusterFile> parsed = parse(json);
    if (parsed) {
        parsed->folder = QFileInfo(path).absolutePath();
        if (parsed->description.title.isEmpty())
            parsed->description.title = QFileInfo(path).completeBaseName();
    }
    return parsed;
}

Result<ClusterFile> ClusterFile::parse(const QByteArray &json)
{
    QJsonParseError error;
    const QJsonDocument document = QJsonDocument::fromJson(json, &error);
    if (error.error != QJsonParseError::NoError) {
        const qsizetype line = 1 + json.first(qMin<qsizetype>(error.offset, json.size())).count('\n');
        return Error{Errc::InvalidArgument, tr("Line %1: %2").arg(line).arg(error.errorString())};
    }
    ClusterFile file;
    file.description.title = document[u"title"_s].toString();
    const QJsonArray nodes = document[u"nodes"_s].toArray();
    if (nodes.isEmpty())
        return Error{Errc::InvalidArgument, tr("nodes: must be a list of at least one node"), u"nodes"_s};
    if (nodes.size() > StatusDocument::MostMembers)
        return Error{Errc::InvalidArgument,
                     tr("nodes: must be at most %1").arg(QString::number(StatusDocument::MostMembers)),
                     u"nodes"_s};
    for (qsizetype i = 0; i < nodes.size(); ++i) {
        if (const Result<void> done = parseNode(nodes[i].toObject(), u"nodes[%1]"_s.arg(i), file); !done)
            return done.error();
    }
    return file;
}

} // namespace replog
