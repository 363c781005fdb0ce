// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/access/browserguard.h"

#include "shared/base/plaintext.h"

#include <QUrl>

#include <algorithm>

#include <arpa/inet.h>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

// The host of `authority` in lower case, without port and without the dot that ends an absolute name. Empty
// if the text after the last colon is no port.
QByteArray hostOf(QByteArrayView authority)
{
    const qsizetype colon = authority.lastIndexOf(':');
    if (colon > authority.lastIndexOf(']')) {
        const QByteArrayView port = authority.sliced(colon + 1);
        if (!std::all_of(port.begin(), port.end(), [](char c) { return c >= '0' && c <= '9'; }))
            return {};
        authority = authority.first(colon);
    }
    if (authority.endsWith('.'))
        authority.chop(1);
    return authority.toByteArray().toLower();
}

int portOf(QByteArrayView authority, bool isTls)
{
    const qsizetype colon = authority.lastIndexOf(':');
    if (colon <= authority.lastIndexOf(']') || colon + 1 == authority.size())
        return isTls ? 443 : 80;
    bool isNumber = false;
    const int port = authority.sliced(colon + 1).toInt(&isNumber);
    return isNumber ? port : -1;
}

bool isAddress(const QByteArray &host)
{
    uchar address[sizeof(in6_addr)];
    if (host.startsWith('[') && host.endsWith(']'))
        return ::inet_pton(AF_INET6, host.mid(1, host.size() - 2).constData(), address) == 1;
    return ::inet_pton(AF_INET, host.constData(), address) == 1;
}

QString shown(QByteArrayView value)
{
    return boundedText(QString::fromUtf8(value));
}

} // namespace

BrowserGuard::BrowserGuard(const QStringList &hosts)
{
    m_hosts.insert("localhost");
    for (const QString &host : hosts) {
        const QByteArray ace = QUrl::toAce(host);
        const QByteArray name = hostOf(ace.isEmpty() ? host.toUtf8() : ace);
        // An address is let in as such. One of IPv6 may look like a name with a bad port: that has no host.
        if (!name.isEmpty())
            m_hosts.insert(name);
    }
}

Result<void> BrowserGuard::check(const HeaderFields &headers, bool isTls, bool needsToken) const
{
    for (qsizetype i = 0; i < headers.size(); ++i) {
        const auto [name, value] = headers.at(i);
        if (name == "sec-fetch-site" && value != "same-origin" && value != "none")
            return Error{Errc::Forbidden, u"a web page of another site may not speak to a node"_s,
                         u"Sec-Fetch-Site"_s};
        if (name == "origin") {
            if (const auto checked = checkOrigin(headers, value, isTls); !checked)
                return checked;
        }
    }
    return needsToken ? Result<void>() : checkHost(headers);
}

Result<void> BrowserGuard::checkOrigin(const HeaderFields &headers, QByteArrayView origin, bool isTls) const
{
    const QByteArrayView scheme = isTls ? "https://" : "http://";
    const QByteArrayView host = headers.value("host");
    const QByteArrayView authority =
        origin.startsWith(scheme) ? origin.sliced(scheme.size()) : QByteArrayView();
    if (authority.isEmpty() || hostOf(authority) != hostOf(host) ||
        portOf(authority, isTls) != portOf(host, isTls))
        return Error{Errc::Forbidden, u"a web page of %1 may not speak to a node"_s.arg(shown(origin)),
                     u"Origin"_s};
    return {};
}

Result<void> BrowserGuard::checkHost(const HeaderFields &headers) const
{
    // Browsers send Host, and an HTTP/1.1 request without it was refused before: this one comes from no
    // browser.
    if (!headers.contains("host"))
        return {};
    const QByteArrayView host = headers.value("host");
    if (host == m_knownHost && !host.isEmpty())
        return {};
    const QByteArray name = hostOf(host);
    if (isAddress(name) || m_hosts.contains(name)) {
        m_knownHost = host.toByteArray();
        return {};
    }
    return Error{Errc::Misdirected,
                 u"this node does not go by the name %1 (--allow-host lets it)"_s.arg(shown(host)),
                 u"Host"_s};
}

} // namespace replog
