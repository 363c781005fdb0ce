// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/http/httpserver.h"

#include <QHash>

#include <array>
#include <functional>
#include <optional>
#include <vector>

namespace replog {

// What one path answers to one method.
struct HttpRoute
{
    HttpServer::Handler handler;
    HttpMethod method = HttpMethod::Get;
    QByteArray path; // as it was given, with its {placeholders}
    Lane lane = Lane::Qt;
    Right right = Right::None;
    qsizetype bodyLimit = 0;
    std::function<void()> begun;
    bool isLong = false;
    std::vector<std::pair<QByteArray, HttpServer::StreamHandler>> streams; // by media type

    bool exists() const { return handler || !streams.empty(); }
};

// The routes of one server: exact paths by hash, then those with {placeholders} in the order they were made.
class HttpRouter
{
public:
    // The route of that method and path, with the properties in `spec`; made if there is none.
    HttpRoute &add(const RouteSpec &spec);
    void forEach(const std::function<void(const HttpRoute &)> &call) const;
    // Moves all routes that are made from now on to that lane.
    void overrideLane(Lane lane) { m_lane = lane; }
    // The route for a request, whose path (if it has none yet) and arguments it fills in; null if there is
    // none. `allow` then lists the methods that the path does answer to, and is empty if there is no such
    // path. HEAD is answered by GET's route.
    const HttpRoute *find(HttpRequest &request, QByteArrayView rawPath, QByteArray &allow) const;

private:
    struct Path
    {
        std::array<HttpRoute, 5> routes; // by HttpMethod, without Other
        QByteArray allow() const;
    };
    struct Pattern
    {
        QByteArray text;
        QList<QByteArray> segments; // placeholders are empty
        Path path;
    };
    HttpRoute &at(HttpMethod method, const QByteArray &path);
    static const HttpRoute *pick(const Path &path, HttpMethod method, QByteArray &allow);
    static bool matches(const Pattern &pattern, const QList<QByteArray> &segments,
                        QList<QByteArray> &arguments);

    QHash<QByteArray, Path> m_exact;
    std::vector<Pattern> m_patterns;
    std::optional<Lane> m_lane;
};

} // namespace replog
