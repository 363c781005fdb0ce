-- SPDX-License-Identifier: GPL-3.0-or-later
-- One etcd put a request, by its JSON gateway; keys and values are base64 there. Environment: BENCH_VALUE (base64).
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.body = '{"key":"bG9n","value":"' .. os.getenv("BENCH_VALUE") .. '"}'

function done(summary, latency)
    local e = summary.errors
    io.write(string.format(
        'BENCH {"requests":%d,"seconds":%.3f,"rate":%.1f,"errors":%d,"p50_us":%d,"p99_us":%d,"p999_us":%d,"max_us":%d}\n',
        summary.requests, summary.duration / 1e6, summary.requests / (summary.duration / 1e6),
        e.status + e.connect + e.read + e.write + e.timeout,
        latency:percentile(50), latency:percentile(99), latency:percentile(99.9), latency.max))
end
