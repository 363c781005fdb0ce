# SPDX-License-Identifier: GPL-3.0-or-later
"""Mixed load for as long as asked, watching memory."""

import os
import statistics
import time

import load
from replog import Replog
from report import Table, per_second
from watch import MemoryWatch


def soak(options, folder, say):
    cluster = Replog()
    rates = []
    try:
        cluster.start(os.path.join(folder, "replog"))
        end = time.monotonic() + options.soak
        with MemoryWatch(cluster.processes(), every=1) as watch:
            number = 0
            while time.monotonic() < end:
                w = number % 3 + 1
                result = cluster.load(16, w, options.size, min(5, max(1, int(end - time.monotonic()))))
                load.run_tool("tailload", cluster.master.port, cluster.secondaries[number % 2].port, w, 50)
                rates.append(result["rate"])
                number += 1
        cluster.prepare(3)
        last = cluster.status()["last_id"]
    finally:
        cluster.stop()
    # the first tenth fills caches and write buffers; what matters is whether the rest still grows
    samples = watch.samples[len(watch.samples) // 10:]
    half = len(samples) // 2
    nodes = []
    for i, process in enumerate(watch.processes):
        column = [sample[i] / 1024 for sample in samples]
        halves = [{"median_mib": statistics.median(part), "max_mib": max(part)} for part in (column[:half] or column, column[half:])]
        nodes.append({"name": process.name, "halves": halves, "peak_mib": watch.peaks[process.name]})
    return {"seconds": options.soak, "messages": last, "rate": sum(rates) / len(rates), "nodes": nodes}


def tables(result):
    table = Table(["node", "median (most) in the first half", "in the second half", "peak"])
    for node in result["nodes"]:
        table.add([node["name"]] + [f"{half['median_mib']:.1f} ({half['max_mib']:.1f}) MiB" for half in node["halves"]] +
                  [f"{node['peak_mib']:.1f} MiB"])
    return [(f"Soak of {result['seconds']} s: {result['messages']:,} messages, {per_second(result['rate'])}/s while appending", table)]
