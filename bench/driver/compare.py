# SPDX-License-Identifier: GPL-3.0-or-later
"""Single appends, ours and the peers', cell by cell in turn, so that what else the machine does hits all alike."""

import os
import resource
import statistics

from peers import PEERS
from replog import Replog
from report import Table, micros, per_second

FIELDS = ("rate", "p50_us", "p99_us", "p999_us", "errors", "client_cpu_us")


def client_seconds():
    """CPU of the load generators that have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def measure(system, connections, w, size, seconds):
    before = [process.usage() for process in system.processes()]
    client_before = client_seconds()
    result = system.load(connections, w, size, seconds)
    result["client_cpu_us"] = (client_seconds() - client_before) * 1e6 / result["requests"]
    after = [process.usage() for process in system.processes()]
    result["nodes"] = [{"name": process.name, "cpu_us": (b[0] - a[0]) * 1e6 / result["requests"],
                        "written_bytes": (b[1] - a[1]) / result["requests"]}
                       for process, a, b in zip(system.processes(), before, after)]
    return result


def median_of(runs):
    cell = {field: statistics.median(run[field] for run in runs) for field in FIELDS}
    cell["rounds"] = [round(run["rate"], 1) for run in runs]
    cell["nodes"] = [{"name": node["name"],
                      "cpu_us": round(statistics.median(run["nodes"][i]["cpu_us"] for run in runs), 2),
                      "written_bytes": round(statistics.median(run["nodes"][i]["written_bytes"] for run in runs), 1)}
                     for i, node in enumerate(runs[0]["nodes"])]
    return cell


def ratios(runs_of, name):
    """Ours over theirs, throughput and p50, as the median over the rounds of the ratio within each round."""
    pairs = list(zip(runs_of["replog"], runs_of[name]))
    return {"rate": round(statistics.median(ours["rate"] / theirs["rate"] for ours, theirs in pairs), 3),
            "p50": round(statistics.median(ours["p50_us"] / max(1, theirs["p50_us"]) for ours, theirs in pairs), 3)}


def compare(options, folder, say):
    systems = [] if options.only_peers else [Replog()]
    systems += [Replog(programs=options.before)] if options.before else []
    systems += [Replog(tls=True)] if options.tls else []
    systems += [PEERS[name]() for name in options.peers]
    cells = [(w, connections) for w in options.w for connections in options.connections]
    runs = {cell: {} for cell in cells}
    try:
        for system in systems:
            say(f"starting {system.name}: {system.version()}")
            system.start(os.path.join(folder, system.name))
        for system in systems:   # one run each that is not counted
            w = 2 if not system.writes(1) else 1
            system.prepare(w)
            system.load(16, w, options.size, 1)
        for number in range(options.rounds):
            for w in options.w:
                for system in systems:
                    if system.writes(w):
                        system.prepare(w)
                for connections in options.connections:
                    line = []
                    # Whoever comes first pays for what the one before it left to the disk and the caches.
                    for system in systems if number % 2 == 0 else systems[::-1]:
                        if not system.writes(w):
                            continue
                        if isinstance(system, Replog):
                            system.prepare(w)
                        result = measure(system, connections, w, options.size, options.seconds)
                        runs[w, connections].setdefault(system.name, []).append(result)
                        line.append(f"{system.name} {result['rate']:,.0f}/s {result['p50_us']} µs")
                    say(f"round {number + 1}/{options.rounds} w={w} c={connections}: " + ", ".join(line))
    finally:
        for system in systems:
            system.stop()
    result = {"systems": {system.name: {"version": system.version(), "remark": system.remark} for system in systems},
              "message_bytes": options.size, "seconds": options.seconds, "rounds": options.rounds, "cells": []}
    for (w, connections), by_name in runs.items():
        result["cells"].append({
            "w": w, "connections": connections,
            "results": {name: median_of(list_of) for name, list_of in by_name.items()},
            "ratios": {name: ratios(by_name, name) for name in by_name if name != "replog"} if "replog" in by_name else {}})
    return result


def tables(result):
    names = list(result["systems"])
    table = Table(["w", "connections"] + [f"{name} /s (p50 / p99 / p99.9)" for name in names] +
                  [f"over {name}: rate, p50" for name in names if name != "replog"])
    for cell in result["cells"]:
        row = [cell["w"], cell["connections"]]
        for name in names:
            got = cell["results"].get(name)
            row.append("–" if got is None else f"{per_second(got['rate'])} ({micros(got['p50_us'])} / {micros(got['p99_us'])}"
                                                f" / {micros(got['p999_us'])})")
        for name in names:
            if name != "replog":
                ratio = cell["ratios"].get(name)
                row.append("–" if ratio is None else f"{ratio['rate']:.2f}, {ratio['p50']:.2f}")
        table.add(row)
    cost = Table(["w", "connections"] + [f"{name}: CPU µs of client + nodes; bytes synced a message, by node" for name in names])
    for cell in result["cells"]:
        row = [cell["w"], cell["connections"]]
        for name in names:
            got = cell["results"].get(name)
            row.append("–" if got is None else f"{got['client_cpu_us']:.0f} + " + " / ".join(f"{node['cpu_us']:.0f}" for node in got["nodes"]) + "; " +
                       " / ".join(f"{node['written_bytes']:,.0f}" for node in got["nodes"]))
        cost.add(row)
    return [("Single appends", table), ("What a message costs", cost)]
