// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/access/browserguard.h"
#include "shared/access/tokens.h"
#include "shared/http/routespec.h"

#include <optional>

namespace replog {

// Who may do what on one node, decided by the head of a request, before its body. Without tokens of a kind
// their routes are open to every program (never to web pages), as the node then listens on its own machine
// only.
class AccessPolicy
{
public:
    AccessPolicy(BrowserGuard guard, std::optional<Tokens> clients, std::optional<Tokens> cluster);

    bool hasTokens() const { return m_clients.has_value(); }
    bool hasClusterTokens() const { return m_cluster.has_value(); }

    // Error: Forbidden, Misdirected, Unauthorized, or InvalidArgument for a head that says two things.
    Result<void> check(const GateRequest &request) const;
    // Whether the sender of a request that was let in has that right, too.
    bool allows(Right right, const HeaderFields &headers) const;

    // For both kinds in the place of those that were read before.
    void setTokens(std::optional<Tokens> clients, std::optional<Tokens> cluster);

private:
    Result<void> checkRight(Right right, const HeaderFields &headers) const;
    bool needsToken(Right right) const;

    BrowserGuard m_guard;
    std::optional<Tokens> m_clients;
    std::optional<Tokens> m_cluster;
};

} // namespace replog
