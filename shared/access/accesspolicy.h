// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/access/browserguard.h"
#include "shared/access/tokens.h"
#include "shared/http/routespec.h"

#include <optional>

namespace replog {

// Decides from the head of a request, before its body, whether its sender may make it. Without tokens of a
// kind the routes of that kind are open to every program, but never to web pages: such a node listens on
// loopback only, unless it runs with --insecure.
class AccessPolicy
{
public:
    AccessPolicy(BrowserGuard guard, std::optional<Tokens> clients, std::optional<Tokens> cluster);

    bool hasTokens() const { return m_clients.has_value(); }
    bool hasClusterTokens() const { return m_cluster.has_value(); }

    // Error: Forbidden, Misdirected or Unauthorized.
    Result<void> check(const GateRequest &request) const;
    // Whether the sender of a request that passed check() has that right, too.
    bool allows(Right right, const HeaderFields &headers) const;

    // Replaces the tokens of both kinds.
    void setTokens(std::optional<Tokens> clients, std::optional<Tokens> cluster);

private:
    Result<void> checkRight(Right right, const HeaderFields &headers) const;
    bool needsToken(Right right) const;

    BrowserGuard m_guard;
    std::optional<Tokens> m_clients;
    std::optional<Tokens> m_cluster;
};

} // namespace replog
