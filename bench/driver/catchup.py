# SPDX-License-Identifier: GPL-3.0-or-later
"""An empty secondary takes up a long log, beside appends with w=1."""

import os
import time

import load
from replog import Replog
from report import Table, per_second
from watch import MemoryWatch

BYTES = 100
CONNECTIONS = 16
SLICE = 5


def fill(cluster, messages, say):
    say(f"filling the log with {messages:,} messages")
    result = load.run_tool("streamload", cluster.master.port, 1, 1, messages, BYTES, timeout=1800)
    say(f"filled at {result['rate']:,.0f}/s")
    return result["rate"]


def catchup(options, folder, say):
    cluster = Replog(secondaries=0)
    try:
        cluster.start(os.path.join(folder, "replog"))
        fill_rate = fill(cluster, options.messages, say)
        alone = load.append(cluster.url, CONNECTIONS, 1, BYTES, SLICE)
        say(f"appends alone: {alone['rate']:,.0f}/s")
        goal = cluster.status()["last_id"]
        secondary = cluster.add_secondary()
        with MemoryWatch([cluster.master, secondary]) as watch:
            start = time.monotonic()
            beside = []
            lag_free = None
            appending = load.append_beside(cluster.url, CONNECTIONS, 1, BYTES, SLICE)
            while lag_free is None:
                time.sleep(0.05)
                nodes = [node for node in cluster.status()["nodes"] if node["name"] == secondary.name]
                if nodes and nodes[0]["acked_id"] >= goal:
                    lag_free = time.monotonic() - start
                if time.monotonic() - start > 1200:
                    raise RuntimeError(f"not caught up within 20 minutes: {nodes}")
                if appending.poll() is not None:
                    beside.append(load.wrk_result(appending.communicate()[0])["rate"])
                    appending = load.append_beside(cluster.url, CONNECTIONS, 1, BYTES, SLICE) if lag_free is None else None
            if appending is not None:
                partial = load.wrk_result(appending.communicate()[0])["rate"]
                if not beside:
                    beside.append(partial)
        say(f"caught up in {lag_free:.1f} s")
        again = load.append(cluster.url, CONNECTIONS, 1, BYTES, SLICE)
    finally:
        cluster.stop()
    return {"messages": options.messages, "bytes": BYTES, "fill_rate": fill_rate, "seconds": lag_free,
            "rate": goal / lag_free, "appends_alone": alone["rate"], "appends_beside": beside,
            "appends_after": again["rate"], "peak_mib": watch.peaks}


def tables(result):
    beside = sum(result["appends_beside"]) / len(result["appends_beside"])
    table = Table(["what", "figure"])
    table.add(["messages/s of the NDJSON stream that wrote the log, w=1, no secondary", per_second(result["fill_rate"])])
    table.add([f"log taken up: {result['messages']:,} messages of {result['bytes']} bytes", f"{result['seconds']:.1f} s"])
    table.add(["messages/s taken up", per_second(result["rate"])])
    table.add([f"appends, w=1, {CONNECTIONS} connections, alone", per_second(result["appends_alone"])])
    table.add(["… beside the catch-up", f"{per_second(beside)} ({beside / result['appends_alone'] * 100:.0f} %)"])
    table.add(["… afterwards, with the secondary following", per_second(result["appends_after"])])
    for name, peak in result["peak_mib"].items():
        table.add([f"peak memory of {name}", f"{peak:.0f} MiB"])
    return [("Catch-up", table)]
