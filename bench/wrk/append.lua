-- SPDX-License-Identifier: GPL-3.0-or-later
-- One append a request. Environment: BENCH_W, BENCH_BYTES (of the message), BENCH_BATCH (messages a request, 0: a
-- single append).
local w = os.getenv("BENCH_W") or "1"
local text = string.rep("x", tonumber(os.getenv("BENCH_BYTES") or "50"))
local batch = tonumber(os.getenv("BENCH_BATCH") or "0")

wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
if batch == 0 then
    wrk.body = '{"message":"' .. text .. '","w":' .. w .. '}'
else
    local messages = {}
    for i = 1, batch do messages[i] = '"' .. text .. '"' end
    wrk.body = '{"messages":[' .. table.concat(messages, ",") .. '],"w":' .. w .. '}'
end

function done(summary, latency)
    local e = summary.errors
    io.write(string.format(
        'BENCH {"requests":%d,"seconds":%.3f,"rate":%.1f,"errors":%d,"p50_us":%d,"p99_us":%d,"p999_us":%d,"max_us":%d}\n',
        summary.requests, summary.duration / 1e6, summary.requests / (summary.duration / 1e6),
        e.status + e.connect + e.read + e.write + e.timeout,
        latency:percentile(50), latency:percentile(99), latency:percentile(99.9), latency.max))
end
