// SPDX-License-Identifier: GPL-3.0-or-later
#include "master/concerntracker.h"

#include <benchmark/benchmark.h>

namespace {

using namespace replog;

// One entry opened and satisfied by acks of `nodes` secondaries, while so many other entries wait for a
// missing node: the cost of an ack must not depend on their number.
void BM_OpenAndAck(benchmark::State &state)
{
    ConcernTracker concerns;
    concerns.start(0);
    const auto waiting = static_cast<quint64>(state.range(0));
    const auto nodes = static_cast<int>(state.range(1));
    std::vector<Id128> ids;
    for (int i = 0; i < nodes; ++i) {
        ids.push_back({0, static_cast<quint64>(i + 1)});
        concerns.handleAck(ids.back(), 0);
    }
    quint64 id = 0;
    for (; id < waiting; ++id)
        concerns.open(id + 1, id + 1, 99, 0);
    quint64 satisfied = 0;
    QObject::connect(&concerns, &ConcernTracker::satisfied, &concerns,
                     [&satisfied](quint64 first, quint64 last) { satisfied += last - first + 1; });
    for (auto _ : state) {
        ++id;
        concerns.open(id, id, static_cast<quint32>(nodes + 1), 0);
        concerns.handleLocalDurable(id);
        for (const Id128 &node : ids)
            concerns.handleAck(node, id);
    }
    if (satisfied != static_cast<quint64>(state.iterations()))
        state.SkipWithError("not every entry was satisfied");
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_OpenAndAck)
    ->Args({0, 0})
    ->Args({0, 2})
    ->Args({0, 8})
    ->Args({100, 2})
    ->Args({10'000, 2})
    ->Args({1'000'000, 2});

// Sixty-four entries of three kinds at a time, as group commits bring them.
void BM_GroupOfMixedConcerns(benchmark::State &state)
{
    ConcernTracker concerns;
    concerns.start(0);
    quint64 id = 0;
    for (auto _ : state) {
        for (int i = 0; i < 64; ++i) {
            ++id;
            concerns.open(id, id, static_cast<quint32>(i % 3 + 1), 0);
        }
        concerns.handleLocalDurable(id);
        concerns.handleAck({0, 1}, id);
        concerns.handleAck({0, 2}, id);
    }
    if (concerns.committedId() != id)
        state.SkipWithError("not every entry was committed");
    state.SetItemsProcessed(state.iterations() * 64);
}
BENCHMARK(BM_GroupOfMixedConcerns);

} // namespace

BENCHMARK_MAIN();
