// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/clustercommands.h"

#include "ctl/ctloutput.h"

#include <QEventLoop>
#include <QJsonArray>
#include <QJsonDocument>
#include <QSet>
#include <QTimer>

#include <algorithm>
#include <limits>
#include <utility>

using namespace Qt::StringLiterals;

namespace replog {

using ctloutput::cell;
using ctloutput::seconds;

namespace {

constexpr int WatchMs = 500;

// Converts the value of NAME=VALUE to JSON: a boolean or a number.
std::optional<QJsonValue> faultValue(const QString &name, const QString &text)
{
    if (name == "block"_L1) {
        if (text == "true"_L1 || text == "false"_L1)
            return QJsonValue(text == "true"_L1);
        return {};
    }
    bool ok = false;
    const double value = text.toDouble(&ok);
    return ok ? std::optional(QJsonValue(value)) : std::nullopt;
}

void printNodes(const QJsonArray &nodes)
{
    QList<QStringList> rows;
    for (const QJsonValue &value : nodes) {
        const QJsonObject node = value.toObject();
        rows.append({cell(node["name"_L1]), cell(node["health"_L1]), cell(node["acked_id"_L1]),
                     cell(node["lag"_L1]), cell(node["retries"_L1]), cell(node["url"_L1]),
                     cell(node["last_error"_L1])});
    }
    ctloutput::table({u"NODE"_s, u"HEALTH"_s, u"ACKED"_s, u"LAG"_s, u"RETRIES"_s, u"URL"_s, u"LAST ERROR"_s},
                     rows);
}

void printWaits(const QJsonArray &waits)
{
    QList<QStringList> rows;
    for (const QJsonValue &value : waits) {
        const QJsonObject wait = value.toObject();
        rows.append({cell(wait["id"_L1]), cell(wait["w"_L1]), cell(wait["acks"_L1]),
                     seconds(wait["waited_ms"_L1]), cell(wait["clients"_L1]),
                     wait["unreachable"_L1].toBool() ? u"more nodes than are known"_s
                                                     : ctloutput::texts(wait["missing"_L1]).join(u", "_s)});
    }
    ctloutput::table({u"ID"_s, u"W"_s, u"ACKS"_s, u"WAITED"_s, u"CLIENTS"_s, u"MISSING"_s}, rows);
}

} // namespace

ClusterCommands::ClusterCommands(CtlSession &session) : m_session(session), m_options(session.options()) {}

int ClusterCommands::operate(const QByteArray &verb, const QString &path, QLatin1StringView told,
                             const QString &done)
{
    const auto node = m_session.master();
    if (!node)
        return ctlexit::Failed;
    ClientCall call;
    call.verb = verb;
    call.path = path;
    const auto answer = CtlSession::document(m_session.ask(*node, call), told, QJsonValue::Bool);
    if (!answer)
        return ctlexit::Failed;
    if (m_options.json)
        ctloutput::json(*answer);
    else
        ctloutput::line(ctloutput::shown(done));
    return ctlexit::Ok;
}

int ClusterCommands::status()
{
    if (m_options.watch)
        return watchStatus();
    const auto answer = CtlSession::document(m_session.read(u"/api/v1/status"_s), "role"_L1);
    return answer ? printStatus(*answer) : ctlexit::Failed;
}

int ClusterCommands::watchStatus()
{
    QJsonObject last;
    QString lastFault;
    bool heard = false; // any answer
    while (!ctloutput::isGone()) {
        const ClientAnswer answer = m_session.read(u"/api/v1/status"_s);
        const auto status = CtlSession::documentOf(answer, "role"_L1);
        heard = heard || answer.status != 0;
        if (status) {
            QJsonObject told = *status;
            told.remove("uptime_ms"_L1);
            if (told != std::exchange(last, told) || !lastFault.isEmpty())
                printStatus(*status);
            lastFault.clear();
            ctloutput::flush();
        } else {
            const bool isAway = answer.status == 503 ||
                                (answer.status == 0 && (heard || answer.error.code != Errc::Protocol));
            // Each once: a node that is away comes back, a refusal stays.
            if (const QString fault = status.error().text; fault != std::exchange(lastFault, fault))
                ctloutput::error(fault);
            if (!isAway)
                return ctlexit::Failed;
        }
        QEventLoop loop;
        QTimer::singleShot(WatchMs, &loop, &QEventLoop::quit);
        loop.exec();
    }
    return ctlexit::Ok;
}

int ClusterCommands::printStatus(const QJsonObject &status) const
{
    if (m_options.json) {
        ctloutput::json(status);
        return ctlexit::Ok;
    }
    ctloutput::line(ctloutput::shown(u"%1 %2: %3, epoch %4, last %5, committed %6, up for %7"_s.arg(
        cell(status["role"_L1]), cell(status["name"_L1]), cell(status["mode"_L1]), cell(status["epoch"_L1]),
        cell(status["last_id"_L1]), cell(status["committed_id"_L1]), seconds(status["uptime_ms"_L1]))));
    if (const QString reason = status["mode_reason"_L1].toString(); !reason.isEmpty())
        ctloutput::line(ctloutput::shown(reason));
    if (status.contains("nodes"_L1))
        printNodes(status["nodes"_L1].toArray());
    if (const QJsonArray list = status["waits"_L1].toArray(); !list.isEmpty())
        printWaits(list);
    return ctlexit::Ok;
}

int ClusterCommands::nodes()
{
    const auto status = m_session.masterStatus();
    if (!status)
        return ctlexit::Failed;
    if (m_options.json) {
        for (const QJsonValue &value : (*status)["nodes"_L1].toArray())
            ctloutput::json(value.toObject());
    } else {
        printNodes((*status)["nodes"_L1].toArray());
    }
    return ctlexit::Ok;
}

int ClusterCommands::waits()
{
    const auto status = m_session.masterStatus();
    if (!status)
        return ctlexit::Failed;
    const QJsonArray list = (*status)["waits"_L1].toArray();
    if (m_options.json) {
        for (const QJsonValue &value : list)
            ctloutput::json(value.toObject());
        return ctlexit::Ok;
    }
    printWaits(list);
    if (const qint64 total = (*status)["waits_total"_L1].toInteger(); total > list.size())
        ctloutput::line(u"… and %1 more"_s.arg(total - list.size()));
    return ctlexit::Ok;
}

int ClusterCommands::faults()
{
    const QString name = m_options.arguments.constFirst();
    QList<QUrl> found;
    for (const KnownNode &node : m_session.everyNode()) {
        if (node.name == name || node.url.authority() == name)
            found.append(node.url);
    }
    if (found.size() != 1) {
        ctloutput::error(
            found.isEmpty()
                ? u"no node %1 is known"_s.arg(name)
                : u"%1 nodes are named %2: say which by its address"_s.arg(found.size()).arg(name));
        return ctlexit::Failed;
    }
    ClientCall call;
    call.path = u"/api/v1/faults"_s;
    if (m_options.arguments.size() > 1) {
        QJsonObject wanted;
        for (const QString &assignment : m_options.arguments.mid(1)) {
            const qsizetype at = assignment.indexOf(u'=');
            const QString field = assignment.left(at);
            const auto value = at > 0 ? faultValue(field, assignment.mid(at + 1)) : std::nullopt;
            if (!value) {
                ctloutput::error(u"faults: expected NAME=VALUE, not '%1'"_s.arg(assignment));
                return ctlexit::Usage;
            }
            wanted[field] = *value;
        }
        call.verb = "PUT";
        call.body = QJsonDocument(wanted).toJson(QJsonDocument::Compact);
    }
    const auto answer =
        CtlSession::document(m_session.ask(found.constFirst(), call), "delay_ms"_L1, QJsonValue::Double);
    if (!answer)
        return ctlexit::Failed;
    ctloutput::json(*answer);
    return ctlexit::Ok;
}

int ClusterCommands::digest()
{
    quint64 to = m_options.to;
    if (to == 0) {
        const auto status = CtlSession::document(m_session.read(u"/api/v1/status"_s), "role"_L1);
        if (!status)
            return ctlexit::Failed;
        to = quint64(std::max<qint64>(0, (*status)["committed_id"_L1].toInteger()));
    }
    const auto answer = CtlSession::document(m_session.read(u"/api/v1/digest?to=%1"_s.arg(to)), "digest"_L1);
    if (!answer)
        return ctlexit::Failed;
    if (m_options.json)
        ctloutput::json(*answer);
    else
        ctloutput::line(u"%1  %2"_s.arg(ctloutput::shown(cell((*answer)["to"_L1])),
                                        ctloutput::shown(cell((*answer)["digest"_L1]))));
    return ctlexit::Ok;
}

int ClusterCommands::verify()
{
    QList<KnownNode> all = m_session.everyNode();
    QString holder, behind; // a node that holds anything, and the one that has committed least
    qint64 least = std::numeric_limits<qint64>::max();
    for (KnownNode &node : all) {
        if (node.status.isEmpty() && node.fault.isEmpty())
            m_session.askStatus(node);
        if (node.status.isEmpty())
            continue;
        if (node.status["last_id"_L1].toInteger() > 0)
            holder = node.name;
        if (const qint64 committed = node.status["committed_id"_L1].toInteger(); committed < least) {
            least = committed;
            behind = node.name;
        }
    }
    const bool isAnswered = !behind.isEmpty();
    const quint64 to = m_options.to > 0 ? m_options.to : isAnswered ? quint64(std::max<qint64>(0, least)) : 0;
    ClientCall call;
    call.path = u"/api/v1/digest?to=%1"_s.arg(to);
    call.limitMs = CtlSession::ReadLimitMs;
    QSet<QString> digests, compared;
    QStringList missing;
    QList<QStringList> rows;
    for (const KnownNode &node : std::as_const(all)) {
        ctloutput::progress(u"asking %1"_s.arg(ctloutput::shown(node.name)));
        const auto answer = node.fault.isEmpty()
                                ? CtlSession::documentOf(m_session.ask(node.url, call), "digest"_L1)
                                : Result<QJsonObject>(Error{Errc::Unavailable, node.fault});
        const QString told = answer ? (*answer)["digest"_L1].toString() : answer.error().text;
        if (answer) {
            digests.insert(told);
            compared.insert(node.nodeId.isEmpty() ? node.url.authority() : node.nodeId);
        } else {
            missing.append(node.name);
        }
        if (m_options.json)
            ctloutput::json({{u"node"_s, node.name},
                             {u"to"_s, static_cast<qint64>(to)},
                             {answer ? u"digest"_s : u"error"_s, told}});
        rows.append({node.name, QString::number(to), told});
    }
    if (!m_options.json)
        ctloutput::table({u"NODE"_s, u"TO"_s, u"DIGEST"_s}, rows);
    if (digests.size() > 1) {
        ctloutput::error(u"the logs differ"_s);
        return ctlexit::Differs;
    }
    QString fault;
    if (!missing.isEmpty())
        fault = u"not compared: %1"_s.arg(missing.join(u", "_s));
    else if (to == 0 && !holder.isEmpty())
        fault =
            u"nothing was compared: %1 has committed nothing, and %2 holds messages"_s.arg(behind, holder);
    else if (compared.size() < 2)
        fault = u"nothing was compared: no other node is known"_s;
    if (!fault.isEmpty())
        ctloutput::error(fault);
    return fault.isEmpty() ? ctlexit::Ok : ctlexit::Failed;
}

int ClusterCommands::backup()
{
    ClientCall call;
    call.verb = "POST";
    call.path = u"/api/v1/backup"_s;
    call.limitMs = m_options.timeoutMs; // 0: a large log on a slow disk takes a while
    call.body = QJsonDocument(QJsonObject{{u"name"_s, m_options.arguments.constFirst()}})
                    .toJson(QJsonDocument::Compact);
    ctloutput::progress(u"making the backup"_s);
    const auto answer =
        CtlSession::document(m_session.ask(m_options.cluster.nodes.constFirst(), call), "path"_L1);
    if (!answer)
        return ctlexit::Failed;
    if (m_options.json)
        ctloutput::json(*answer);
    else
        ctloutput::line(ctloutput::shown(cell((*answer)["path"_L1])));
    return ctlexit::Ok;
}

int ClusterCommands::health()
{
    const auto answer = CtlSession::document(m_session.read(u"/health"_s), "status"_L1);
    if (!answer)
        return ctlexit::Failed;
    if (m_options.json)
        ctloutput::json(*answer);
    else
        ctloutput::line(ctloutput::shown(cell((*answer)["status"_L1])));
    return ctlexit::Ok;
}

} // namespace replog
