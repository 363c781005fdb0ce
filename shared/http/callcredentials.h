// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/result.h"

#include <QByteArray>
#include <QSslConfiguration>
#include <QUrl>

namespace replog {

// Whether the host of a URL is this machine, by an address or by the name localhost.
bool isLoopback(const QUrl &url);

// What a node shows to the nodes that it calls, and which authorities it trusts. Callers look here at each
// call, so that files that were read again count from the next call on (TLS: from the next connection on).
struct CallCredentials
{
    QSslConfiguration tls;   // null: as Qt does by itself, with the system's authorities
    QByteArray clusterToken; // empty: there is none
    bool isInsecure = false; // the token may go anywhere

    // The value of the Authorization field for a call; empty without a token. An error if others could read
    // the token on its way: it may go to this machine, or over TLS, which verifies names.
    Result<QByteArray> authorizationFor(const QUrl &url) const;
};

} // namespace replog
