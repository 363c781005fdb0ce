// SPDX-License-Identifier: GPL-3.0-or-later
#include "ctl/ctlsession.h"

#include "ctl/ctloutput.h"

#include <QEventLoop>
#include <QJsonArray>
#include <QJsonDocument>

#include <algorithm>

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
    std::optional<QUrl> out;
    for (const QUrl &node : m_options.cluster.nodes) {
        const auto found = documentOf(statusOf(node), "role"_L1);
        fault = found ? u"none of the nodes named is the master"_s : found.error().text;
        if (!found)
            continue;
        const QJsonObject &status = *found;
        const bool isMaster = status["role"_L1].toString() == "master"_L1;
        const QUrl told(isMaster ? node : QUrl(status["master"_L1].toString()));
        const auto known = isMaster ? node : named(told);
        if (!known && (!told.isValid() || told.host().isEmpty()))
            continue;
        if (!known && !m_options.cluster.token.isEmpty()) { // it goes only to nodes that the user named
            fault = u"the token goes to the nodes of --nodes alone: name the master %1 there"_s.arg(
                told.authority());
            continue;
        }
        const QUrl url = known.value_or(told);
        if (!isOut(isMaster ? status : objectOf(statusOf(url).body)))
            return url;
        if (!out)
            out = url;
    }
    if (!out)
        ctloutput::error(fault);
    return out;
}

bool CtlSession::isOut(const QJsonObject &status)
{
    const QString mode = status["mode"_L1].toString();
    return mode == "fenced"_L1 || mode == "failed"_L1;
}

std::optional<QJsonObject> CtlSession::masterStatus()
{
    const auto node = master();
    return node ? document(statusOf(*node), "role"_L1) : std::nullopt;
}

void CtlSession::askStatus(KnownNode &node)
{
    const auto found = documentOf(statusOf(node.url), "role"_L1);
    if (!found) {
        node.fault = found.error().text;
        return;
    }
    node.status = *found;
    node.nodeId = node.status["node_id"_L1].toString();
    if (const QString name = node.status["name"_L1].toString(); !name.isEmpty())
        node.name = name;
}

QList<KnownNode> CtlSession::everyNode()
{
    QList<KnownNode> all;
    const auto isKnown = [&all](const QUrl &url, const QString &nodeId) {
        return std::any_of(all.begin(), all.end(), [&](const KnownNode &node) {
            const QString address = url.authority();
            const bool isSameAddress = !address.isEmpty() && node.url.authority() == address;
            return isSameAddress || (!nodeId.isEmpty() && node.nodeId == nodeId);
        });
    };
    for (const QUrl &url : m_options.cluster.nodes) {
        if (isKnown(url, {}))
            continue;
        all.append({url.authority(), url, {}});
        askStatus(all.last());
    }
    const auto isMaster = [](const KnownNode &node) {
        return node.status["role"_L1].toString() == "master"_L1;
    };
    const auto isMemberOf = [](const KnownNode &node, const KnownNode &master) {
        const QJsonArray members = master.status["nodes"_L1].toArray();
        return std::any_of(members.begin(), members.end(), [&node](const QJsonValue &member) {
            return member["node_id"_L1].toString() == node.nodeId;
        });
    };
    for (const KnownNode &node : QList(all)) {
        const QUrl url(node.status["master"_L1].toString());
        if (url.host().isEmpty() || isKnown(url, {}))
            continue;
        // The token would not go there, and the master is probably one of --nodes by another address.
        if (!m_options.cluster.token.isEmpty() &&
            std::any_of(all.begin(), all.end(),
                        [&](const KnownNode &one) { return isMaster(one) && isMemberOf(node, one); }))
            continue;
        KnownNode master{url.authority(), url, {}};
        askStatus(master);
        if (!isKnown(url, master.nodeId))
            all.append(master);
    }
    for (const KnownNode &master : QList(all)) {
        if (!isMaster(master))
            continue;
        for (const QJsonValue &value : master.status["nodes"_L1].toArray()) {
            const KnownNode member{value["name"_L1].toString(), QUrl(value["url"_L1].toString()),
                                   value["node_id"_L1].toString()};
            if (!isKnown(member.url, member.nodeId))
                all.append(member);
        }
    }
    return all;
}

} // namespace replog
