# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading the whole log, and the latency of a tail on a secondary."""

import os
import statistics

import load
from catchup import BYTES, fill
from replog import Replog
from report import Table, micros, per_second
from watch import MemoryWatch

TAILED = 1000


def reads(options, folder, say):
    cluster = Replog(secondaries=1)
    result = {"messages": options.messages, "bytes": BYTES, "reads": [], "tails": []}
    try:
        cluster.start(os.path.join(folder, "replog"))
        fill(cluster, options.messages, say)
        cluster.prepare(1)
        secondary = cluster.secondaries[0]
        for process, view in ((cluster.master, "all"), (secondary, "committed")):
            with MemoryWatch([process]) as watch:
                runs = [load.run_tool("readload", process.port, view) for _ in range(options.rounds)]
            for run in runs:
                if run["messages"] != options.messages:
                    raise RuntimeError(f"{run['messages']} lines read of {options.messages}")
            result["reads"].append({"node": process.name, "view": view, "rate": statistics.median(run["rate"] for run in runs),
                                    "mib_per_second": statistics.median(run["bytes"] / run["seconds"] for run in runs) / 1048576,
                                    "peak_mib": watch.peaks[process.name]})
            say(f"read from {process.name}: {result['reads'][-1]['rate']:,.0f}/s")
        for w in (1, 2):
            run = load.run_tool("tailload", cluster.master.port, secondary.port, w, TAILED)
            result["tails"].append(dict(run, w=w))
            say(f"tail w={w}: answered {run['answered']['p50_us']} µs, visible {run['visible']['p50_us']} µs")
        result["sync_us"] = 1e6 / load.run_tool("limits", "sync", folder, 128, options.seconds)["rate"]
    finally:
        cluster.stop()
    return result


def tables(result):
    reading = Table(["whole log as NDJSON", "messages/s", "MiB/s", "peak memory"])
    for row in result["reads"]:
        reading.add([f"{row['node']}, view={row['view']}", per_second(row["rate"]), f"{row['mib_per_second']:.0f}",
                     f"{row['peak_mib']:.0f} MiB"])
    tail = Table(["tail by long poll on the secondary", "p50", "p99", "p99.9"])
    for row in result["tails"]:
        for key, text in (("answered", "append answered"), ("visible", "visible on the secondary")):
            tail.add([f"w={row['w']}, {text}"] + [micros(row[key][field]) for field in ("p50_us", "p99_us", "p999_us")])
    tail.add(["one write and fdatasync here (mean)", micros(result["sync_us"]), "", ""])
    return [(f"Reading {result['messages']:,} messages of {result['bytes']} bytes", reading), ("Tail latency", tail)]
