// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace replog::bench {

using BenchClock = std::chrono::steady_clock;

inline std::int64_t microsSince(BenchClock::time_point start)
{
    return std::chrono::duration_cast<std::chrono::microseconds>(BenchClock::now() - start).count();
}

// All latencies of a run, so that percentiles are exact.
class Latencies
{
public:
    void add(std::int64_t micros) { m_micros.push_back(micros); }
    std::size_t count() const { return m_micros.size(); }
    // "p50_us":…,"p99_us":…,"p999_us":…,"max_us":… for a JSON object; zeros when nothing was added.
    std::string json();

private:
    std::vector<std::int64_t> m_micros;
};

} // namespace replog::bench
