# SPDX-License-Identifier: GPL-3.0-or-later
"""Entry of scripts/bench; see its --help."""

import argparse
import importlib
import json
import os
import resource
import shutil
import signal
import sys
import tempfile

import report


def numbers(text):
    return [int(number) for number in text.split(",")]


def names(text):
    from peers import PEERS
    wanted = [name for name in text.split(",") if name]
    for name in wanted:
        if name not in PEERS:
            raise argparse.ArgumentTypeError(f"no peer {name}; there are {', '.join(PEERS)}")
    return wanted


def parse():
    parser = argparse.ArgumentParser(prog="scripts/bench", description="Measures Replog, and others beside it.")
    parts = parser.add_mutually_exclusive_group()
    parts.add_argument("--batches", action="store_true", help="batches and NDJSON streams, with the machine's limits beside them")
    parts.add_argument("--catchup", action="store_true", help="an empty secondary takes up a long log beside appends")
    parts.add_argument("--reads", action="store_true", help="reading the whole log, and the latency of a tail")
    parts.add_argument("--followers", action="store_true", help="a thousand readers of one log, by event stream and by long poll")
    parts.add_argument("--growth", action="store_true", help="secondaries, waiting clients, message sizes, length of the log")
    parts.add_argument("--soak", type=int, metavar="SECONDS", help="mixed load for so long, watching memory")
    parts.add_argument("--retain", type=int, nargs="?", const=1800, metavar="SECONDS",
                       help="appends at full speed to a log that is kept at its size, for so long (1800)")
    parser.add_argument("--retain-bytes", default="1GiB", metavar="SIZE", help="for --retain: what is kept (1GiB)")
    parser.add_argument("--peers", type=names, default=[], help="postgres,redis,etcd: interleaved with ours")
    parser.add_argument("--before", metavar="DIR", help="programs of another build of Replog, interleaved with ours (single appends)")
    parser.add_argument("--tls", action="store_true", help="our own cluster over TLS, interleaved with the plain one (single appends)")
    parser.add_argument("--only-peers", action="store_true", help="leave ours out")
    parser.add_argument("--w", type=numbers, default=[1, 2, 3], help="write concerns (1,2,3)")
    parser.add_argument("--connections", type=numbers, default=[1, 16, 64, 256], help="(1,16,64,256)")
    parser.add_argument("--seconds", type=int, default=3, help="of each run (3)")
    parser.add_argument("--rounds", type=int, default=3, help="of which the medians are taken (3)")
    parser.add_argument("--size", type=int, default=50, help="bytes of a message of single appends (50)")
    parser.add_argument("--messages", type=int, default=5_000_000, help="of the log for --catchup and --reads (5000000)")
    parser.add_argument("--folder", help="where the nodes' data go for the time of the run (a new one in the temporary folder)")
    parser.add_argument("--json", help="file for the results")
    parser.add_argument("--chart", help="file for a chart of single appends (SVG)")
    return parser.parse_args()


def main():
    options = parse()
    part = next((name for name in ("batches", "catchup", "reads", "followers", "growth", "retain") if getattr(options, name)),
                "soak" if options.soak else "compare")
    module = importlib.import_module(part)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(65536, hard), hard))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))   # so that what was started is stopped

    def say(text):
        print(text, file=sys.stderr, flush=True)

    about = report.machine()
    folder = tempfile.mkdtemp(prefix="replog-bench-", dir=options.folder)
    os.chmod(folder, 0o755)   # peers may run as another user
    try:
        result = getattr(module, part)(options, folder, say)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    result["machine"] = about
    if options.json:
        with open(options.json, "w") as file:
            json.dump(result, file, indent=1)
            file.write("\n")
    print(report.machine_line(about))
    for title, table in module.tables(result):
        print(f"\n{title}\n\n{table}")
    if options.chart and part == "compare":
        import chart
        with open(options.chart, "w") as file:
            file.write(chart.draw(result))


if __name__ == "__main__":
    main()
