# SPDX-License-Identifier: GPL-3.0-or-later
"""Batches and NDJSON streams, with what the machine can do without us beside them."""

import os
import statistics

import load
from replog import Replog
from report import Table, per_second

BYTES = 100
BATCHES = (10, 100, 1000)


def batches(options, folder, say):
    cluster = Replog()
    rows = {}

    def note(name, limit, run):
        rows.setdefault(name, {"name": name, "limit": limit, "rates": []})["rates"].append(run)
        say(f"{name}: {run:,.0f} messages/s")

    try:
        cluster.start(os.path.join(folder, "replog"))
        for _ in range(options.rounds):
            note("loopback alone, NDJSON lines", True, load.run_tool("limits", "loopback", BYTES, options.seconds)["rate"])
            for batch in BATCHES + (10000,):
                note(f"RocksDB alone, {batch:,} a synced write", True,
                     load.run_tool("limits", "rocksdb", folder, batch, BYTES, options.seconds)["rate"])
            for w in options.w:
                for batch in BATCHES:
                    for connections in (1, 8):
                        cluster.prepare(w)
                        result = load.append(cluster.url, connections, w, BYTES, options.seconds, batch)
                        note(f"batches of {batch:,}, {connections} connections, w={w}", False, result["rate"] * batch)
                for connections in (1, 4):
                    cluster.prepare(w)
                    count = 200_000 * options.seconds
                    before = cluster.status()["last_id"]
                    result = load.run_tool("streamload", cluster.master.port, connections, w, count, BYTES)
                    appended = cluster.status()["last_id"] - before
                    if appended != result["messages"]:
                        raise RuntimeError(f"{result['messages']} messages streamed, but {appended} appended")
                    note(f"NDJSON stream, {connections} connections, w={w}", False, result["rate"])
    finally:
        cluster.stop()
    return {"bytes": BYTES, "rows": [dict(row, median=round(statistics.median(row["rates"]), 1)) for row in rows.values()]}


def tables(result):
    table = Table(["what", "messages/s", "rounds"])
    for row in result["rows"]:
        table.add([row["name"], per_second(row["median"]), ", ".join(per_second(rate) for rate in row["rates"])])
    return [(f"Batches and streams, messages of {result['bytes']} bytes", table)]
