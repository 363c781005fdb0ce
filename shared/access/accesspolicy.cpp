// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/access/accesspolicy.h"

#include <utility>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

QLatin1StringView wordOf(Right right)
{
    switch (right) {
    case Right::Read:
        return "read"_L1;
    case Right::Append:
        return "append"_L1;
    case Right::Operate:
        return "operate"_L1;
    case Right::Cluster:
        return "cluster"_L1;
    case Right::None:
        break;
    }
    return {};
}

// The token of an Authorization field; empty if it is of another scheme.
QByteArrayView bearerOf(QByteArrayView authorization)
{
    constexpr QByteArrayView Scheme("bearer ");
    if (authorization.size() < Scheme.size() ||
        authorization.first(Scheme.size()).compare(Scheme, Qt::CaseInsensitive) != 0)
        return {};
    return authorization.sliced(Scheme.size()).trimmed();
}

} // namespace

AccessPolicy::AccessPolicy(BrowserGuard guard, std::optional<Tokens> clients, std::optional<Tokens> cluster)
    : m_guard(std::move(guard)), m_clients(std::move(clients)), m_cluster(std::move(cluster))
{
}

void AccessPolicy::setTokens(std::optional<Tokens> clients, std::optional<Tokens> cluster)
{
    m_clients = std::move(clients);
    m_cluster = std::move(cluster);
}

bool AccessPolicy::needsToken(Right right) const
{
    return right == Right::Cluster ? m_cluster.has_value() : m_clients.has_value();
}

Result<void> AccessPolicy::check(const GateRequest &request) const
{
    if (const auto checked = m_guard.check(request.headers, request.isTls, needsToken(request.right));
        !checked)
        return checked;
    return checkRight(request.right, request.headers);
}

bool AccessPolicy::allows(Right right, const HeaderFields &headers) const
{
    return bool(checkRight(right, headers));
}

Result<void> AccessPolicy::checkRight(Right right, const HeaderFields &headers) const
{
    if (right == Right::None || !needsToken(right))
        return {};
    const QByteArrayView token = bearerOf(headers.value("authorization"));
    if (token.isEmpty())
        return Error{Errc::Unauthorized, u"a token is wanted: Authorization: Bearer TOKEN"_s,
                     u"Authorization"_s};
    // Compare with both kinds, so that the time does not reveal the kind of a token either.
    const std::optional<Rights> asClient = m_clients ? m_clients->rightsOf(token) : std::nullopt;
    const std::optional<Rights> asNode = m_cluster ? m_cluster->rightsOf(token) : std::nullopt;
    if ((asClient && asClient->has(right)) || (asNode && asNode->has(right)))
        return {};
    if (!asClient && !asNode)
        return Error{Errc::Unauthorized, u"the token is unknown"_s, u"Authorization"_s};
    return Error{Errc::Forbidden, u"the token has not the right to %1"_s.arg(
                                      right == Right::Cluster ? u"speak for a node of the cluster"_s
                                                              : QString(wordOf(right)))};
}

} // namespace replog
