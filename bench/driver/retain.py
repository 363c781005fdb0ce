# SPDX-License-Identifier: GPL-3.0-or-later
"""A log that is kept at its size, at full speed: folders, memory and rates, a minute at a time."""

import os
import re
import statistics
import time

import load
from replog import Replog, get
from process import wait_until
from report import Table, per_second
from watch import Watch, mib_of

UNITS = {"KiB": 2**10, "MiB": 2**20, "GiB": 2**30}
MESSAGE_BYTES = 1000
MESSAGES_A_RUN = 40_000   # of each connection
CONNECTIONS = 4


def bytes_of(size):
    number, unit = re.fullmatch(r"(\d+)(KiB|MiB|GiB)", size).groups()
    return int(number) * UNITS[unit]


def retain(options, folder, say):
    cluster = Replog(secondaries=1, master_options=["--retain-bytes", options.retain_bytes])
    minutes = []
    try:
        cluster.start(os.path.join(folder, "replog"))

        def sample():
            return [{"folder_mib": mib_of(f"{cluster.folder}/{process.name}"), "memory_mib": process.memory()[0] / 1024}
                    for process in cluster.processes()]

        def minute(samples, before, took):
            status = cluster.status()
            nodes = [{"name": process.name} for process in cluster.processes()]
            for number, node in enumerate(nodes):
                for what in ("folder_mib", "memory_mib"):
                    seen = [each[number][what] for each in samples]
                    node[what] = {"median": statistics.median(seen), "most": max(seen)}
            return {"rate": (status["last_id"] - before) / took, "first_id": status["first_id"], "last_id": status["last_id"],
                    "nodes": nodes}

        begin = since = time.monotonic()
        before = seen = 0
        with Watch(sample, every=1) as watch:
            while time.monotonic() - begin < options.retain:
                load.run_tool("streamload", cluster.master.port, CONNECTIONS, 2, CONNECTIONS * MESSAGES_A_RUN, MESSAGE_BYTES)
                now = time.monotonic()
                if now - since < 60 and now - begin < options.retain or len(watch.samples) == seen:
                    continue
                minutes.append(minute(watch.samples[seen:], before, now - since))
                say(f"minute {len(minutes)}: {per_second(minutes[-1]['rate'])}/s, kept {minutes[-1]['first_id']} to "
                    f"{minutes[-1]['last_id']}")
                since, before, seen = now, minutes[-1]["last_id"], len(watch.samples)
        cluster.prepare(2)
        last = cluster.status()["last_id"]
        # the secondary hears of the last trim with a heartbeat
        wait_until(lambda: get(cluster.secondaries[0].url + "/api/v1/status")["first_id"] == cluster.status()["first_id"],
                   "both nodes begin with one entry")
        digests = {get(f"{process.url}/api/v1/digest?to={last}")["digest"] for process in cluster.processes()}
        if len(digests) != 1:
            raise RuntimeError(f"the digests differ at {last}: {digests}")
    finally:
        cluster.stop()
    return {"seconds": options.retain, "retain_mib": bytes_of(options.retain_bytes) / 2**20, "messages": last,
            "minutes": minutes}


def tables(result):
    def mib(seen):
        return f"{seen['median']:,.0f} ({seen['most']:,.0f}) MiB"

    table = Table(["minute", "appends/s", "entries kept"] +
                  [f"{node['name']}: {what}" for node in result["minutes"][0]["nodes"] for what in ("folder", "memory")])
    for number, minute in enumerate(result["minutes"], 1):
        table.add([number, per_second(minute["rate"]), f"{minute['last_id'] + 1 - minute['first_id']:,}"] +
                  [mib(node[what]) for node in minute["nodes"] for what in ("folder_mib", "memory_mib")])
    return [(f"{result['messages']:,} messages of {MESSAGE_BYTES} bytes with w=2 in {result['seconds']} s, "
             f"{result['retain_mib']:,.0f} MiB kept; median (most) of each minute; equal digests at the end", table)]
