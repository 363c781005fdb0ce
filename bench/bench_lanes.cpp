// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench/tools/connection.h"
#include "shared/base/eventloopscheduler.h"
#include "shared/epoll/epolldispatcher.h"
#include "shared/http/httpserver.h"

#include <benchmark/benchmark.h>

#include <QCoreApplication>

#include <memory>
#include <semaphore>
#include <thread>
#include <vector>

namespace {

using namespace replog;

// What the server's thread spends on a request (its CPU time; the client has a thread of its own), by lane.
// Arguments: lane (0 Qt's, 1 the fast one), connections, each with one request at a time.
void BM_Request(benchmark::State &state)
{
    const auto lane = state.range(0) == 0 ? Lane::Qt : Lane::Fast;
    const auto connections = state.range(1);
    EventLoopScheduler scheduler;
    HttpServer server(scheduler);
    server.overrideLane(lane);
    qint64 served = 0;
    server.route({.method = HttpMethod::Post, .path = "/append"},
                 [&served](HttpRequest &&request, Reply reply) {
                     ++served;
                     reply.send(201, "application/json", request.body.first(20));
                 });
    if (const auto listening = server.listen(QHostAddress::LocalHost, 0); !listening) {
        state.SkipWithError("no port");
        return;
    }
    const std::string request =
        bench::postRequest("/append", "application/json", R"({"message":")" + std::string(50, 'x') + R"("})");
    std::counting_semaphore<> asked(0);
    std::jthread client([&, port = server.port()](const std::stop_token &stop) {
        std::vector<std::unique_ptr<bench::Connection>> all;
        for (int64_t i = 0; i < connections; ++i)
            all.push_back(std::make_unique<bench::Connection>(port));
        std::string body;
        for (asked.acquire(); !stop.stop_requested(); asked.acquire()) {
            for (const auto &each : all)
                each->send(request);
            for (const auto &each : all)
                each->readAnswer(body);
        }
    });
    for (auto _ : state) {
        const qint64 all = served + connections;
        asked.release();
        while (served < all)
            QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
    }
    client.request_stop();
    asked.release();
    state.SetItemsProcessed(served);
    state.counters["cpu_per_request"] = benchmark::Counter(
        static_cast<double>(served), benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}
BENCHMARK(BM_Request)->ArgsProduct({{0, 1}, {1, 16, 256}})->ArgNames({"fast", "connections"});

} // namespace

int main(int argc, char **argv)
{
    QCoreApplication::setEventDispatcher(new EpollDispatcher);
    const QCoreApplication app(argc, argv);
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
    return 0;
}
