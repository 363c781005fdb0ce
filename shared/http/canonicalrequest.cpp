// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/http/canonicalrequest.h"

#include "shared/http/httprouter.h"
#include "shared/http/requesthead.h"

#include <algorithm>
#include <array>

namespace replog {

namespace {

constexpr std::array<QByteArrayView, 11> OfTheConnection = {
    "connection",     "content-length",    "expect",           "host",
    "http2-settings", "keep-alive",        "proxy-connection", "te",
    "trailer",        "transfer-encoding", "upgrade"};

QByteArrayView nameOf(HttpMethod method)
{
    switch (method) {
    case HttpMethod::Get:
        return "GET";
    case HttpMethod::Head:
        return "HEAD";
    case HttpMethod::Post:
        return "POST";
    case HttpMethod::Put:
        return "PUT";
    case HttpMethod::Delete:
        return "DELETE";
    case HttpMethod::Other:
        break;
    }
    Q_UNREACHABLE();
    return {};
}

QByteArray targetOf(const HttpRequest &request, const HttpRoute &route)
{
    QByteArray target;
    qsizetype argument = 0;
    const QList<QByteArray> segments = route.path.split('/');
    for (qsizetype i = 1; i < segments.size(); ++i) {
        target += '/';
        if (segments.at(i).startsWith('{'))
            target += request.arguments.at(argument++).toPercentEncoding().replace('%', "%25");
        else
            target += segments.at(i);
    }
    char separator = '?';
    for (const auto &[name, value] : request.query) {
        target.append(separator)
            .append(name.toPercentEncoding())
            .append('=')
            .append(value.toPercentEncoding());
        separator = '&';
    }
    return target;
}

} // namespace

QByteArray canonicalRequest(const RequestHead &head, const HttpRoute &route)
{
    const HttpRequest &request = head.request;
    QByteArray bytes;
    bytes.reserve(1024 + request.body.size());
    bytes.append(nameOf(request.method)).append(' ').append(targetOf(request, route)).append(" HTTP/1.1\r\n");
    const QByteArrayView host = request.headers.value("host");
    bytes.append("host: ").append(host.isEmpty() ? QByteArrayView("localhost") : host).append("\r\n");
    for (qsizetype i = 0; i < request.headers.size(); ++i) {
        const auto [name, value] = request.headers.at(i);
        if (std::find(OfTheConnection.begin(), OfTheConnection.end(), name) == OfTheConnection.end())
            bytes.append(name).append(": ").append(value).append("\r\n");
    }
    if (!request.body.isEmpty())
        bytes.append("content-length: ").append(QByteArray::number(request.body.size())).append("\r\n");
    return bytes.append("\r\n").append(request.body);
}

} // namespace replog
