// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/result.h"
#include "shared/http/headerfields.h"

#include <QByteArray>
#include <QSet>
#include <QStringList>

namespace replog {

// Keeps web pages out. A browser lets any page send requests to any node that its user can reach, and says
// so: by Sec-Fetch-Site, and by an Origin that is not where the request goes. A page that made a name of its
// own lead to the node (DNS rebinding) is told by the Host that it then has to send: a node that asks for no
// token is spoken to by its address or by a name that its operator knows. One thread.
class BrowserGuard
{
public:
    // `hosts` are names without a port, beside IP addresses and localhost.
    explicit BrowserGuard(const QStringList &hosts);

    // `isTls`: whether the request came over TLS. `needsToken`: whether its route asks for one, which no page
    // has. Error: Forbidden or Misdirected.
    Result<void> check(const HeaderFields &headers, bool isTls, bool needsToken) const;

private:
    Result<void> checkOrigin(const HeaderFields &headers, QByteArrayView origin, bool isTls) const;
    Result<void> checkHost(const HeaderFields &headers) const;

    QSet<QByteArray> m_hosts;       // in lower case
    mutable QByteArray m_knownHost; // a value of Host that was let in: most clients send the same again
};

} // namespace replog
