// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/ctlsession.h"

#include "ctl/ctloutput.h"

#include <QEventLoop>
#include <QJsonArray>
#include <QJsonDocument>

using namespace Qt::StringLiterals;

namespace replog {

QJsonObject CtlSession::objectOf(const QByteArray &body)
{
    return QJsonDocument::fromJson(body).object();
}

CtlSession::CtlSession(const CtlOptions &options) : m_options(options), m_client(options.cluster) {}

Result<QJsonObject> CtlSession::documentOf(const ClientAnswer &answer, QLatin1StringView member,
                                           QJsonValue::Type type)
{
    if (!answer.isOk())
        return Error{answer.error.code, AppendRules::errorOf(answer)};
    const QJsonObject object = objectOf(answer.body);
    const QJsonValue value = object.value(member);
    if (value.type() != type || (value.isString() && value.toString().isEmpty()))
        return Error{Errc::Protocol, AppendRules::nonsenseOf(answer)};
    return object;
}

std::optional<QJsonObject> CtlSession::document(const ClientAnswer &answer, QLatin1StringView member,
                                                QJsonValue::Type type)
{
    const auto found = documentOf(answer, member, type);
    if (found)
        return *found;
    ctloutput::error(found.error().text);
    return {};
}

ClientAnswer CtlSession::wait(const std::function<void(ClusterClient::Done)> &start)
{
    ClientAnswer result;
    QEventLoop loop;
    bool answered = false;
    start([&](const ClientAnswer &answer) {
        result = answer;
        answered = true;
        loop.quit();
    });
    if (!answered)
        loop.exec();
    return result;
}

ClientAnswer CtlSession::ask(const QUrl &node, const ClientCall &call)
{
    ClientAnswer answer = wait([&](ClusterClient::Done done) { m_client.call(node, call, std::move(done)); });
    if (answer.status == 401 && !m_options.cluster.token.isEmpty() && !named(node)) {
        answer.status = 0;
        answer.error = {
            Errc::Unauthorized,
            u"the token goes to the nodes of --nodes alone: name %1 there"_s.arg(node.authority())};
    }
    return answer;
}

std::optional<QUrl> CtlSession::named(const QUrl &url) const
{
    for (const QUrl &known : m_options.cluster.nodes) {
        if (known.host() == url.host() && known.port() == url.port())
            return known;
    }
    return {};
}

ClientAnswer CtlSession::read(const QString &path, bool canBeLess)
{
    ClientCall call;
    call.path = path;
    call.limitMs = ReadLimitMs;
    ClientAnswer answer;
    for (const QUrl &node : m_options.cluster.nodes) {
        answer = ask(node, call);
        const bool isAway = answer.status == 0 || answer.status == 503;
        if (!isAway || (canBeLess && answer.tooMuch))
            break;
    }
    return answer;
}

ClientAnswer CtlSession::statusOf(const QUrl &node)
{
    ClientCall call;
    call.path = u"/api/v1/status"_s;
    return ask(node, call);
}

std::optional<QUrl> CtlSession::master()
{
    QString fault; // of the last one
    for (const QUrl &node : m_options.cluster.nodes) {
        const auto found = documentOf(statusOf(node), "role"_L1);
        fault = found ? u"none of the nodes named is the master"_s : found.error().text;
        if (!found)
            continue;
        const QJsonObject &status = *found;
        if (status["role"_L1].toString() == "master"_L1)
            return node;
        // The token goes only to nodes that the user named.
        const QUrl url(status["master"_L1].toString());
        if (const auto known = named(url))
            return known;
        if (!url.isValid() || url.host().isEmpty())
            continue;
        if (m_options.cluster.token.isEmpty())
            return url;
        fault =
            u"the token goes to the nodes of --nodes alone: name the master %1 there"_s.arg(url.authority());
    }
    ctloutput::error(fault);
    return {};
}

std::optional<QJsonObject> CtlSession::masterStatus()
{
    const auto node = master();
    return node ? document(statusOf(*node), "role"_L1) : std::nullopt;
}

std::optional<QUrl> CtlSession::namedNode(const QString &nodeId)
{
    for (const QUrl &node : m_options.cluster.nodes) {
        if (!m_nodeIds.contains(node))
            m_nodeIds[node] = objectOf(statusOf(node).body)["node_id"_L1].toString();
        if (!nodeId.isEmpty() && m_nodeIds[node] == nodeId)
            return node;
    }
    return {};
}

QList<QPair<QString, QUrl>> CtlSession::everyNode()
{
    QList<QPair<QString, QUrl>> all;
    for (const QUrl &node : m_options.cluster.nodes) {
        const QJsonObject status = objectOf(statusOf(node).body);
        if (status["role"_L1].toString() == "master"_L1) {
            all = {{status["name"_L1].toString(), node}};
            for (const QJsonValue &value : status["nodes"_L1].toArray()) {
                const QUrl url(value["url"_L1].toString());
                const bool isReached = m_options.cluster.token.isEmpty() || named(url);
                const auto ours = isReached ? std::nullopt : namedNode(value["node_id"_L1].toString());
                all.append({value["name"_L1].toString(), ours.value_or(url)});
            }
            return all;
        }
        const QString name = status["name"_L1].toString();
        all.append({name.isEmpty() ? node.authority() : name, node});
    }
    return all;
}

} // namespace replog
