// SPDX-License-Identifier: GPL-3.0-or-later
// How long from sending an append to its message showing in a long poll on another node; one append at a
// time.
//   tailload MASTER-PORT NODE-PORT W COUNT
#include "bench/tools/connection.h"
#include "bench/tools/latencies.h"

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <stdexcept>
#include <string>
#include <thread>

namespace {

using namespace replog::bench;

std::uint64_t idIn(const std::string &json, std::size_t from = 0)
{
    const std::size_t at = json.find("\"id\":", from);
    if (at == std::string::npos)
        throw std::runtime_error("no id in: " + json);
    return std::stoull(json.substr(at + 5));
}

std::uint64_t append(Connection &connection, const std::string &request)
{
    connection.send(request);
    std::string body;
    const int status = connection.readAnswer(body);
    if (status != 201)
        throw std::runtime_error("append answered " + std::to_string(status) + ": " + body);
    return idIn(body);
}

int run(std::uint16_t masterPort, std::uint16_t nodePort, const std::string &w, int count)
{
    const std::string request = postRequest("/api/v1/messages", "application/json",
                                            "{\"message\":\"" + std::string(50, 'x') + "\",\"w\":" + w + "}");
    Connection writer(masterPort);
    Connection reader(nodePort);
    std::uint64_t id = append(writer, request);
    Latencies answered;
    Latencies visible;
    std::string body;
    for (int i = 0; i < count; ++i) {
        reader.send("GET /api/v1/messages?from=" + std::to_string(id + 1) +
                    "&wait_ms=10000 HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/x-ndjson\r\n\r\n");
        std::this_thread::sleep_for(
            std::chrono::milliseconds(2)); // the poll waits and the nodes are idle by then
        const auto start = BenchClock::now();
        std::int64_t answerTook = 0;
        std::exception_ptr appendError;
        std::thread appender([&] {
            try {
                id = append(writer, request);
                answerTook = microsSince(start);
            } catch (const std::exception &) {
                appendError = std::current_exception();
            }
        });
        const int status = reader.readAnswer(body);
        const std::int64_t visibleTook = microsSince(start);
        appender.join();
        if (appendError)
            std::rethrow_exception(appendError);
        if (status != 200 || body.empty() || idIn(body) != id)
            throw std::runtime_error("the poll answered " + std::to_string(status) + ": " + body);
        answered.add(answerTook);
        visible.add(visibleTook);
    }
    std::printf("{\"count\":%d,\"answered\":{%s},\"visible\":{%s}}\n", count, answered.json().c_str(),
                visible.json().c_str());
    return 0;
}

} // namespace

int main(int argc, char **argv)
{
    if (argc != 5) {
        std::fprintf(stderr, "usage: tailload MASTER-PORT NODE-PORT W COUNT\n");
        return 2;
    }
    try {
        return run(static_cast<std::uint16_t>(std::atoi(argv[1])),
                   static_cast<std::uint16_t>(std::atoi(argv[2])), argv[3], std::atoi(argv[4]));
    } catch (const std::exception &error) {
        std::fprintf(stderr, "tailload: %s\n", error.what());
        return 1;
    }
}
