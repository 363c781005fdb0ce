# SPDX-License-Identifier: GPL-3.0-or-later
"""How cost grows with secondaries, waiting clients, message size and the length of the log."""

import os
import statistics
import subprocess
import time

import load
from catchup import BYTES
from compare import measure
from replog import Replog
from report import Table, micros, per_second

SECONDARIES = (0, 1, 2, 4, 8)
WAITERS = (0, 1, 100, 10_000)
A_CONNECTION = 2
SIZES = (50, 1024, 65536)
LENGTHS = (10_000, 1_000_000, 10_000_000)


def rounds_of(options, run):
    results = [run() for _ in range(options.rounds)]
    merged = {key: statistics.median(result[key] for result in results) for key in ("rate", "p50_us", "p99_us")}
    if "nodes" in results[0]:
        merged["master_cpu_us"] = statistics.median(result["nodes"][0]["cpu_us"] for result in results)
    return merged


def by_secondaries(options, folder, say):
    rows = []
    for count in SECONDARIES:
        cluster = Replog(secondaries=count)
        try:
            cluster.start(os.path.join(folder, f"secondaries-{count}"))
            for w in sorted({1, min(count, 1) + 1, count + 1}):
                cluster.prepare(w)
                row = rounds_of(options, lambda: measure(cluster, 64, w, options.size, options.seconds))
                rows.append(dict(row, secondaries=count, w=w))
                say(f"{count} secondaries, w={w}: {row['rate']:,.0f}/s")
        finally:
            cluster.stop()
    return rows


def by_waiters(options, folder, say):
    rows = []
    for count in WAITERS:
        cluster = Replog(secondaries=1, master_options=["--max-waits", "20000"])
        try:
            cluster.start(os.path.join(folder, f"waiters-{count}"))
            cluster.load(16, 1, options.size, 1)
            cluster.prepare(1)
            before, last = cluster.master.memory()[0], cluster.status()["last_id"]
            waiting = subprocess.Popen([load.tool("waitload"), str(cluster.master.port), str(count), str(A_CONNECTION), "9"],
                                       stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            waiting.stdout.readline()
            deadline = time.monotonic() + 60
            while (now := cluster.status())["waits_total"] < count or now["last_id"] < last + count:
                if time.monotonic() > deadline:
                    raise RuntimeError(f"only {now['waits_total']} of {count} wait")
                time.sleep(0.05)
            memory = (cluster.master.memory()[0] - before) * 1024 / count if count else 0
            row = rounds_of(options, lambda: measure(cluster, 16, 2, options.size, options.seconds))
            waiting.stdin.close()
            if waiting.wait(30) != 0:
                raise RuntimeError("waitload met an error")
            rows.append(dict(row, waiters=count, bytes_a_waiter=memory))
            say(f"{count} waiters: {row['rate']:,.0f}/s beside them")
        finally:
            cluster.stop()
    return rows


def by_size(options, folder, say):
    rows = []
    cluster = Replog()
    try:
        cluster.start(os.path.join(folder, "sizes"))
        for size in SIZES:
            for w in (1, 3):
                cluster.prepare(w)
                row = rounds_of(options, lambda: measure(cluster, 16, w, size, options.seconds))
                rows.append(dict(row, size=size, w=w))
                say(f"{size} bytes, w={w}: {row['rate']:,.0f}/s")
    finally:
        cluster.stop()
    return rows


def by_length(options, folder, say):
    rows = []
    cluster = Replog(secondaries=0)
    try:
        cluster.start(os.path.join(folder, "length"))
        for length in LENGTHS:
            load.run_tool("streamload", cluster.master.port, 1, 1, length - cluster.status()["last_id"], BYTES, timeout=1800)
            cluster.stop()
            start = time.monotonic()
            cluster.start_master()
            started = time.monotonic() - start
            memory = cluster.master.memory()[0] / 1024
            row = rounds_of(options, lambda: measure(cluster, 16, 1, BYTES, options.seconds))
            rows.append(dict(row, length=length, start_seconds=started, started_mib=memory,
                             peak_mib=cluster.master.memory()[1] / 1024))
            say(f"{length:,} entries: starts in {started * 1000:.0f} ms, {memory:.0f} MiB")
    finally:
        cluster.stop()
    return rows


def growth(options, folder, say):
    return {"secondaries": by_secondaries(options, folder, say), "waiters": by_waiters(options, folder, say),
            "sizes": by_size(options, folder, say), "lengths": by_length(options, folder, say)}


def tables(result):
    secondaries = Table(["secondaries", "w", "appends/s, 64 connections", "p50", "p99", "master CPU µs a message"])
    for row in result["secondaries"]:
        secondaries.add([row["secondaries"], row["w"], per_second(row["rate"]), micros(row["p50_us"]), micros(row["p99_us"]),
                         f"{row['master_cpu_us']:.1f}"])
    waiters = Table(["waiting clients", "bytes a waiter", "appends/s with w=2 beside, 16 connections", "p50", "p99",
                     "master CPU µs a message"])
    for row in result["waiters"]:
        waiters.add([f"{row['waiters']:,}", f"{row['bytes_a_waiter']:,.0f}" if row["waiters"] >= 100 else "–",
                     per_second(row["rate"]), micros(row["p50_us"]), micros(row["p99_us"]), f"{row['master_cpu_us']:.1f}"])
    sizes = Table(["bytes", "w", "appends/s, 16 connections", "MiB/s", "p50", "p99"])
    for row in result["sizes"]:
        sizes.add([f"{row['size']:,}", row["w"], per_second(row["rate"]), f"{row['rate'] * row['size'] / 1048576:.1f}",
                   micros(row["p50_us"]), micros(row["p99_us"])])
    lengths = Table(["entries in the log", "start-up", "memory once started", "peak while appending",
                     "appends/s, w=1, 16 connections", "p50"])
    for row in result["lengths"]:
        lengths.add([f"{row['length']:,}", f"{row['start_seconds'] * 1000:.0f} ms", f"{row['started_mib']:.0f} MiB",
                     f"{row['peak_mib']:.0f} MiB", per_second(row["rate"]), micros(row["p50_us"])])
    return [("By secondaries", secondaries), ("By waiting clients", waiters), ("By message size", sizes),
            ("By length of the log", lengths)]
