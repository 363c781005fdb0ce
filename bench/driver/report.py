# SPDX-License-Identifier: GPL-3.0-or-later
"""Tables in Markdown (aligned, so that they read well on a terminal too), and what the machine is."""

import datetime
import os
import platform
import subprocess


def per_second(rate):
    return f"{rate:,.0f}"


def micros(value):
    if value < 1000:
        return f"{value:.0f} µs"
    if value < 1_000_000:
        return f"{value / 1000:.3g} ms"
    return f"{value / 1e6:.3g} s"


class Table:
    def __init__(self, head):
        self.rows = [[str(cell) for cell in head]]

    def add(self, row):
        self.rows.append([str(cell) for cell in row])

    def __str__(self):
        widths = [max(len(row[i]) for row in self.rows) for i in range(len(self.rows[0]))]
        lines = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths)) + " |" for row in self.rows]
        lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
        return "\n".join(lines)


def machine():
    with open("/proc/cpuinfo") as file:
        model = next((line.split(":")[1].strip() for line in file if line.startswith("model name")), "unknown")
    with open("/proc/meminfo") as file:
        memory = int(file.readline().split()[1]) / 1048576
    with open("/etc/os-release") as file:
        system = next(line.split("=")[1].strip().strip('"') for line in file if line.startswith("PRETTY_NAME="))
    here = os.path.dirname(os.path.abspath(__file__))
    commit = subprocess.run(["git", "-C", here, "describe", "--always", "--dirty"], capture_output=True, text=True).stdout.strip()
    return {"date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC"), "commit": commit,
            "cpu": model, "cores": os.cpu_count(), "memory_gib": round(memory, 1), "system": system,
            "kernel": platform.release(), "load_before": round(os.getloadavg()[0], 2)}


def machine_line(about):
    return (f"{about['date']}, commit {about['commit']}: {about['cores']} cores {about['cpu']}, {about['memory_gib']} GiB, "
            f"{about['system']}, Linux {about['kernel']}; load average before the run {about['load_before']}")
