// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace replog {

class Clock;
class MetricsRegistry;

// Declares the metrics that every program has, under the names that Prometheus' own clients use:
// process_cpu_seconds_total, process_resident_memory_bytes, process_virtual_memory_bytes, process_open_fds,
// process_max_fds, process_start_time_seconds. They are read from /proc, however often they are asked for: at
// most once in 100 ms, and the descriptors, which are counted one by one, once a second. A figure that cannot
// be read is NaN.
void declareProcessMetrics(MetricsRegistry &metrics, const Clock &clock);

} // namespace replog
