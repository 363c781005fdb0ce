// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/base/nodeurl.h"

using namespace Qt::StringLiterals;

namespace replog {

Result<QUrl> parseNodeUrl(const QString &text, DefaultPort defaultPort)
{
    const auto refused = [](const QString &why) {
        return Error{Errc::InvalidArgument, u"expected http(s)://host:port and nothing else: "_s + why};
    };
    QUrl url(text, QUrl::StrictMode);
    if (!url.isValid())
        return refused(u"this is no URL"_s);
    if (url.scheme() != "http"_L1 && url.scheme() != "https"_L1)
        return refused(u"the scheme is neither http nor https"_s);
    if (url.host().isEmpty())
        return refused(u"there is no host"_s);
    if (!url.userInfo(QUrl::FullyEncoded).isEmpty() || text.contains(u'@'))
        return refused(u"there is a user or password"_s);
    if (!url.path().isEmpty() && url.path() != "/"_L1)
        return refused(u"there is a path"_s);
    if (url.hasQuery() || url.hasFragment())
        return refused(u"there is a query or fragment"_s);
    if (url.port() == 0 || (url.port() < 0 && defaultPort == DefaultPort::Refused))
        return refused(u"there is no port"_s);
    if (url.port() < 0)
        url.setPort(url.scheme() == "https"_L1 ? 443 : 80);
    url.setPath({});
    return url;
}

} // namespace replog
