// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/http/canonicalrequest.h"
#include "shared/http/exchange.h"
#include "shared/http/front.h"
#include "shared/http/httplistener.h"
#include "shared/http/qtlane.h"
#include "shared/http/requesthead.h"
#include "tests/fuzz/fuzz.h"

#include <QCoreApplication>

#include <algorithm>
#include <optional>
#include <vector>

using namespace replog;

namespace {

// Qt's server behind the gate, with routes that record what reaches them.
class Lanes
{
public:
    Lanes()
    {
        for (const auto &[method, path] :
             {std::pair(HttpMethod::Get, "/a"), std::pair(HttpMethod::Post, "/a"),
              std::pair(HttpMethod::Get, "/a/{id}"), std::pair(HttpMethod::Delete, "/a/{id}/b")})
            router.add({method, path}).handler = [this](HttpRequest &&request, Reply) {
                seen = std::move(request);
            };
        auto listener = std::make_unique<HttpListener>();
        FUZZ_CHECK(
            listener->open(QHostAddress::LocalHost, 0, {}, [](int, const QHostAddress &) { return false; }));
        m_lane = std::make_unique<QtLane>(std::move(listener), router);
    }

    // Whether Qt parsed exactly one request.
    bool serve(const RequestHead &head, const HttpRoute &route)
    {
        seen.reset();
        const QPointer<Front> front = m_lane->connectClient(QHostAddress::LocalHost);
        const bool isTaken =
            m_lane->serve(*front, canonicalRequest(head, route), std::make_shared<Exchange>());
        front->end();
        QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
        return isTaken;
    }

    HttpRouter router;
    std::optional<HttpRequest> seen;

private:
    int m_argc = 1;
    char m_name[5] = "fuzz";
    char *m_argv[2] = {m_name, nullptr};
    QCoreApplication m_application{m_argc, m_argv};
    std::unique_ptr<QtLane> m_lane;
};

// The header fields that handlers use, sorted.
std::vector<std::pair<QByteArray, QByteArray>> fieldsOf(const HeaderFields &headers)
{
    static const QByteArrayList OfTheConnection{
        "connection",     "content-length",    "expect",           "host",
        "http2-settings", "keep-alive",        "proxy-connection", "te",
        "trailer",        "transfer-encoding", "upgrade"};
    std::vector<std::pair<QByteArray, QByteArray>> fields;
    for (qsizetype i = 0; i < headers.size(); ++i) {
        const auto [name, value] = headers.at(i);
        if (!OfTheConnection.contains(name.toByteArray()))
            fields.emplace_back(name.toByteArray(), value.toByteArray());
    }
    std::sort(fields.begin(), fields.end());
    return fields;
}

} // namespace

// A request that the gate accepts must be exactly one and the same request for Qt's server.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    // Never destroyed: when statics are, some of Qt's (6.8) that it needs are gone already.
    static Lanes &lanes = *new Lanes;
    const QByteArrayView input = fuzz::bytesOf(data, size);
    qsizetype scanned = 0;
    const qsizetype length = RequestHead::find(input, scanned);
    RequestHead head;
    if (length == 0 || head.parse(input.first(length)).status != 0)
        return 0;
    QByteArray allow;
    const HttpRoute *const route = lanes.router.find(head.request, head.rawPath, allow);
    if (route == nullptr)
        return 0;
    head.request.body = input.sliced(length).toByteArray();
    FUZZ_CHECK(lanes.serve(head, *route));
    FUZZ_CHECK(lanes.seen);
    FUZZ_CHECK(lanes.seen->method == head.request.method);
    FUZZ_CHECK(lanes.seen->path == head.request.path);
    FUZZ_CHECK(lanes.seen->query == head.request.query);
    FUZZ_CHECK(lanes.seen->arguments == head.request.arguments);
    FUZZ_CHECK(lanes.seen->body == head.request.body);
    FUZZ_CHECK(fieldsOf(lanes.seen->headers) == fieldsOf(head.request.headers));
    return 0;
}
