// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/log/replicatecodec.h"

#include <benchmark/benchmark.h>

namespace {

using namespace replog;

Delivery delivery(qint64 count, qsizetype bytes)
{
    Delivery made;
    made.master = "m";
    made.logId = {1, 1};
    made.to = {2, 2};
    made.epoch = 3;
    made.prev = {1'000'000, 3};
    made.committedId = 1'000'000;
    made.batch.first = made.prev.id + 1;
    made.batch.last = made.prev.id;
    const QByteArray message(bytes, 'x');
    for (qint64 i = 0; i < count; ++i) {
        ++made.batch.last;
        appendWireEntry(made.batch.bytes, {made.batch.last, made.epoch.number, 1, {}, message});
    }
    return made;
}

void BM_AppendWireEntry(benchmark::State &state)
{
    const QByteArray message(state.range(0), 'x');
    QByteArray out;
    quint64 id = 0;
    for (auto _ : state) {
        if (out.size() > 1'000'000)
            out.resize(0);
        appendWireEntry(out, {++id, 3, 1, {}, message});
        benchmark::DoNotOptimize(out.data());
    }
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_AppendWireEntry)->Arg(50)->Arg(1024);

void BM_EncodeDelivery(benchmark::State &state)
{
    const Delivery made = delivery(state.range(0), 50);
    for (auto _ : state)
        benchmark::DoNotOptimize(encodeDelivery(made));
    state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(BM_EncodeDelivery)->Arg(1)->Arg(64)->Arg(1000);

void BM_DecodeDelivery(benchmark::State &state)
{
    const QByteArray cbor = encodeDelivery(delivery(state.range(0), 50));
    for (auto _ : state) {
        auto decoded = decodeReplicate(cbor, WireForm::Cbor);
        if (!decoded)
            state.SkipWithError("not decoded");
        benchmark::DoNotOptimize(decoded);
    }
    state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(BM_DecodeDelivery)->Arg(1)->Arg(64)->Arg(1000);

void BM_AnswerRoundTrip(benchmark::State &state)
{
    ReplicateAnswer answer;
    answer.node = {{1, 1}, "s1", {2, 2}, {3, 3}, 1, {3, 30}, {1'000'064, {3, 30}}, 1'000'000};
    for (auto _ : state)
        benchmark::DoNotOptimize(
            decodeAnswer(200, "application/cbor", encodeAnswer(answer, WireForm::Cbor, 200, "OK")));
}
BENCHMARK(BM_AnswerRoundTrip);

} // namespace

BENCHMARK_MAIN();
