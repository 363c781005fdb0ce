// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/http/httprouter.h"

#include "shared/http/urlencoding.h"

#include <algorithm>

namespace replog {

namespace {

// The segments of `path`, but no more than `most` of them.
QList<QByteArray> firstSegments(const QByteArray &path, qsizetype most)
{
    QList<QByteArray> segments;
    for (qsizetype at = 0; at >= 0 && segments.size() < most;) {
        const qsizetype slash = path.indexOf('/', at);
        segments.append(path.mid(at, slash < 0 ? -1 : slash - at));
        at = slash < 0 ? -1 : slash + 1;
    }
    return segments;
}

} // namespace

HttpRoute &HttpRouter::add(const RouteSpec &spec)
{
    HttpRoute &route = at(spec.method, spec.path);
    route.method = spec.method;
    route.path = spec.path;
    route.lane = m_lane.value_or(spec.lane);
    route.right = spec.right;
    route.isLong = spec.isLong;
    if (spec.begun)
        route.begun = spec.begun;
    return route;
}

HttpRoute &HttpRouter::at(HttpMethod method, const QByteArray &path)
{
    Q_ASSERT(method != HttpMethod::Other);
    const std::size_t index = std::size_t(method);
    if (!path.contains('{'))
        return m_exact[path].routes[index];
    const auto found =
        std::find_if(m_patterns.begin(), m_patterns.end(), [&](const Pattern &p) { return p.text == path; });
    if (found != m_patterns.end())
        return found->path.routes[index];
    Pattern pattern;
    pattern.text = path;
    for (const QByteArray &segment : path.split('/'))
        pattern.segments.append(segment.startsWith('{') ? QByteArray() : segment);
    m_patterns.push_back(std::move(pattern));
    return m_patterns.back().path.routes[index];
}

void HttpRouter::forEach(const std::function<void(const HttpRoute &)> &call) const
{
    const auto callAll = [&call](const Path &path) {
        for (const HttpRoute &route : path.routes) {
            if (route.exists())
                call(route);
        }
    };
    std::for_each(m_exact.cbegin(), m_exact.cend(), callAll);
    for (const Pattern &pattern : m_patterns)
        callAll(pattern.path);
}

const HttpRoute *HttpRouter::find(HttpRequest &request, QByteArrayView rawPath, QByteArray &allow) const
{
    const bool isEncoded = !request.path.isEmpty();
    // An encoded slash belongs to its segment: such a path is none of these.
    const bool hasEncodedSlash = isEncoded && rawPath.toByteArray().toLower().contains("%2f");
    const auto exact =
        hasEncodedSlash
            ? m_exact.constEnd()
            : m_exact.constFind(isEncoded ? request.path
                                          : QByteArray::fromRawData(rawPath.data(), rawPath.size()));
    if (exact != m_exact.constEnd()) {
        request.path = exact.key();
        return pick(*exact, request.method, allow);
    }
    const QByteArray path = rawPath.toByteArray();
    if (!isEncoded)
        request.path = path;
    qsizetype longest = 0;
    for (const Pattern &pattern : m_patterns)
        longest = std::max(longest, pattern.segments.size());
    // Before decoding: an encoded slash belongs to its segment. A path with more segments than any pattern
    // fits none, however many there are.
    const QList<QByteArray> segments = firstSegments(path, longest + 1);
    for (const Pattern &pattern : m_patterns) {
        if (matches(pattern, segments, request.arguments))
            return pick(pattern.path, request.method, allow);
    }
    return nullptr;
}

const HttpRoute *HttpRouter::pick(const Path &path, HttpMethod method, QByteArray &allow)
{
    const HttpMethod asked = method == HttpMethod::Head ? HttpMethod::Get : method;
    if (asked != HttpMethod::Other && path.routes[std::size_t(asked)].exists())
        return &path.routes[std::size_t(asked)];
    allow = path.allow();
    return nullptr;
}

bool HttpRouter::matches(const Pattern &pattern, const QList<QByteArray> &segments,
                         QList<QByteArray> &arguments)
{
    if (segments.size() != pattern.segments.size())
        return false;
    arguments.clear();
    for (qsizetype i = 0; i < segments.size(); ++i) {
        QByteArray decoded;
        if (!percentDecode(segments.at(i), false, decoded))
            return false;
        // The empty segment before the first slash is no placeholder.
        if (pattern.segments.at(i).isEmpty() && i > 0) {
            if (decoded.isEmpty())
                return false;
            arguments.append(decoded);
        } else if (decoded != pattern.segments.at(i)) {
            return false;
        }
    }
    return true;
}

QByteArray HttpRouter::Path::allow() const
{
    static constexpr std::pair<HttpMethod, const char *> Names[] = {{HttpMethod::Get, "GET, HEAD"},
                                                                    {HttpMethod::Post, "POST"},
                                                                    {HttpMethod::Put, "PUT"},
                                                                    {HttpMethod::Delete, "DELETE"}};
    QByteArray list;
    for (const auto &[method, name] : Names) {
        if (!routes[std::size_t(method)].exists())
            continue;
        if (!list.isEmpty())
            list += ", ";
        list += name;
    }
    return list;
}

} // namespace replog
