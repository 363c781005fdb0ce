// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/http/callcredentials.h"

#include <QHostAddress>

using namespace Qt::StringLiterals;

namespace replog {

bool isLoopback(const QUrl &url)
{
    const QString host = url.host();
    QHostAddress address;
    return host == "localhost"_L1 || (address.setAddress(host) && address.isLoopback());
}

Result<QByteArray> CallCredentials::authorizationFor(const QUrl &url) const
{
    if (clusterToken.isEmpty())
        return QByteArray();
    if (url.scheme() == "https"_L1 || isLoopback(url) || isInsecure)
        return QByteArray("Bearer " + clusterToken);
    return Error{Errc::Unavailable,
                 u"the token of the cluster goes out over TLS or to this machine only, not to "
                 "http://%1 (--insecure lifts that)"_s.arg(url.host())};
}

} // namespace replog
