// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/result.h"
#include "shared/http/headerfields.h"

#include <QByteArray>
#include <QSet>
#include <QStringList>

namespace replog {

// Refuses requests of web pages. A browser lets any page send requests to any node that its user can reach,
// but marks them: with Sec-Fetch-Site, and with an Origin that differs from the target. A page whose own host
// name resolves to the node (DNS rebinding) must send that name as Host. So a node that needs no token
// accepts only IP addresses and names known to its operator there. One thread.
class BrowserGuard
{
public:
    // `hosts`: names, without a port, that are accepted beside IP addresses and localhost.
    explicit BrowserGuard(const QStringList &hosts);

    // `isTls`: whether the request came over TLS. `needsToken`: whether its route needs a token; no page has
    // one, so Host is not checked then. Error: Forbidden or Misdirected.
    Result<void> check(const HeaderFields &headers, bool isTls, bool needsToken) const;

private:
    Result<void> checkOrigin(const HeaderFields &headers, QByteArrayView origin, bool isTls) const;
    Result<void> checkHost(const HeaderFields &headers) const;

    QSet<QByteArray> m_hosts;       // lower case
    mutable QByteArray m_knownHost; // the last accepted value of Host: most clients send the same one
};

} // namespace replog
