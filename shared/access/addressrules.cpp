// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/access/addressrules.h"

#include "shared/base/nodeurl.h"
#include "shared/http/callcredentials.h"

using namespace Qt::StringLiterals;

namespace replog {

Result<void> checkListening(const QHostAddress &host, bool hasTokens, bool hasClusterTokens, bool isInsecure)
{
    if ((hasTokens && hasClusterTokens) || isInsecure || host.isLoopback())
        return {};
    return Error{Errc::InvalidArgument,
                 u"without --token-file and --cluster-token-file a node listens on loopback only, not on %1 "
                 "(--insecure lifts that)"_s.arg(host.toString()),
                 u"host"_s};
}

Result<QUrl> registeredUrl(const QString &text, const QHostAddress &peer, bool hasClusterTokens)
{
    auto url = parseNodeUrl(text, DefaultPort::Refused);
    if (!url)
        return Error{Errc::InvalidArgument, u"url: "_s + url.error().text, u"url"_s};
    if (hasClusterTokens || isLoopback(*url))
        return url;
    QHostAddress address;
    if (address.setAddress(url->host()) && address.isEqual(peer, QHostAddress::TolerantConversion))
        return url;
    return Error{
        Errc::InvalidArgument,
        u"url: without --cluster-token-file its host is loopback or the address that the registration "
        "came from"_s,
        u"url"_s};
}

} // namespace replog
