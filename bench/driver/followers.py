# SPDX-License-Identifier: GPL-3.0-or-later
"""Many followers of one log, by event streams and by long polls, with and without one that does not read."""

import os
import subprocess

import load
from replog import Replog
from report import Table, micros, per_second
from watch import MemoryWatch

FOLLOWERS = 1000
RATES = (20, 0)   # appends a second; 0: as fast as they are answered, one after the other
STALLED = (0, 1)
FILLED = 64_000        # messages before: what a stalled one is behind with
MESSAGE_BYTES = 1000   # of those


def follow(cluster, kind, stalled, rate, seconds):
    node = cluster.master
    load.run_tool("streamload", node.port, 1, 1, FILLED, MESSAGE_BYTES)
    command = [load.tool("followload"), str(node.port), kind, str(FOLLOWERS), str(stalled), str(rate), str(seconds)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as tool:
        if tool.stdout.readline().strip() != "following":
            raise RuntimeError(f"{command}: {tool.communicate()[1]}")
        before = node.usage()[0]
        with MemoryWatch([node]) as watch:
            output, errors = tool.communicate(timeout=seconds + 300)
        cpu = node.usage()[0] - before
    if tool.returncode != 0:
        raise RuntimeError(f"{command}: {errors}")
    result = load.json.loads(output)
    return dict(result, kind=kind, stalled=stalled, limit=rate, cpu_us=cpu * 1e6 / max(1, result["delivered"]),
                peak_mib=watch.peaks[node.name])


def followers(options, folder, say):
    rows = []
    for rate in RATES:
        for kind in ("stream", "poll"):
            for stalled in STALLED:
                # a new one each time: what one run left in the node's memory does not count for the next
                cluster = Replog(secondaries=0)
                try:
                    cluster.start(os.path.join(folder, f"{kind}-{rate}-{stalled}"))
                    rows.append(follow(cluster, kind, stalled, rate, options.seconds))
                finally:
                    cluster.stop()
                say(f"{kind}, {stalled} stalled, {rows[-1]['appends_rate']:,.0f} appends/s: {rows[-1]['rate']:,.0f} "
                    f"delivered/s, {rows[-1]['peak_mib']:.0f} MiB")
    return {"followers": FOLLOWERS, "seconds": options.seconds, "rows": rows}


def tables(result):
    table = Table(["followers", "stalled", "appends/s", "delivered/s", "delay p50", "p99", "most",
                   "node's CPU µs a message delivered", "peak memory"])
    for row in result["rows"]:
        delay = row["delay"]
        table.add([{"stream": "event streams", "poll": "long polls"}[row["kind"]], row["stalled"] or "–",
                   per_second(row["appends_rate"]), per_second(row["rate"]), micros(delay["p50_us"]),
                   micros(delay["p99_us"]), micros(delay["max_us"]), f"{row['cpu_us']:.1f}",
                   f"{row['peak_mib']:.0f} MiB"])
    return [(f"{result['followers']:,} followers of a log, {result['seconds']} s each", table)]
