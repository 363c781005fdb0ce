// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace replog {

class MetricsRegistry;

// Declares the metrics that every program has, under the names that Prometheus' own clients use:
// process_cpu_seconds_total, process_resident_memory_bytes, process_virtual_memory_bytes, process_open_fds,
// process_max_fds, process_start_time_seconds. They are read from /proc at each scrape; a figure that cannot
// be read is NaN.
void declareProcessMetrics(MetricsRegistry &metrics);

} // namespace replog
