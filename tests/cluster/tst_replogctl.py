#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""replogctl against real nodes, every command: tst_replogctl.py BIN-FOLDER"""
import json
import os
import shutil
import subprocess
import sys
import tempfile

from realnodes import BOUND_S, Node, expect


def main():
    binaries = sys.argv[1]
    nodes = []
    with tempfile.TemporaryDirectory() as folder:
        try:
            master = Node(f"{binaries}/replog-master", f"{folder}/m", "--name", "m",
                          "--backup-dir", f"{folder}/backups")
            nodes.append(master)
            address = master.address
            secondary = Node(f"{binaries}/replog-secondary", f"{folder}/s1", "--name", "s1", "--master", address,
                             "--enable-faults")
            nodes.append(secondary)
            environment = {key: value for key, value in os.environ.items() if not key.startswith("REPLOG")}
            environment["REPLOGCTL_NODES"] = f"{address},{secondary.url}"

            def ctl(*arguments, code=0, given=None):
                done = subprocess.run([f"{binaries}/replogctl", *arguments], input=given, text=True, timeout=BOUND_S,
                                      stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment)
                expect(f"replogctl {' '.join(arguments)}: exit code ({done.stdout}{done.stderr})", code, done.returncode)
                return done.stdout if code == 0 else done.stderr

            def lines(*arguments, **more):
                return [json.loads(line) for line in ctl("--json", *arguments, **more).splitlines()]

            # Appending in every form.
            expect("append", "1\n2\n", ctl("append", "-w", "2", "one", "two"))
            expect("from standard input", ["3", "4"], ctl("append", "--w", "2", given="three\n\ufefffour\n").split())
            with open(f"{folder}/five", "w") as file:
                file.write("five\nwith a line feed")
            expect("a file", "5\n", ctl("append", "--file", f"{folder}/five"))
            expect("whole standard input", "6\n", ctl("append", "--file", "-", given="six\nsix"))
            expect("a key", ctl("append", "--key", "k", "seven"), ctl("append", "--key", "k", "seven"))
            many = "".join(f"line {i}\n" for i in range(300))
            expect("many lines", "".join(f"{8 + i}\n" for i in range(300)) == ctl("append", given=many), True)
            expect("their order", [f"line {i}" for i in range(300)],
                   [entry["message"] for entry in lines("get", "--from", "8")])
            expect("--json", [{"message": 1, "result": "ok", "id": 308, "acks": 2}], lines("append", "-w", "2", "json"))
            # A secondary sends us to the master, which is named.
            expect("by a secondary", "309\n", ctl("--nodes", f"{secondary.url},{address}", "append", "redirected"))

            # Reading.
            expect("get", ["one", "two", "three"], [entry["message"] for entry in lines("get", "--limit", "3")])
            expect("get all", 309, len(lines("get")))
            expect("get ID", "one", lines("get", "1")[0]["message"])
            expect("a byte order mark", "\ufefffour", lines("get", "4")[0]["message"])
            expect("get --raw", "five\nwith a line feed", ctl("get", "--raw", "5"))
            expect("get of nothing", True, "visible up to" in ctl("get", "9999", code=1))
            expect("tail", "json\nredirected", "\n".join(line.split("\t")[1] for line in ctl("tail", "-n", "2").splitlines()))
            follower = subprocess.Popen([f"{binaries}/replogctl", "--json", "tail", "-f", "--from", "309"],
                                        stdout=subprocess.PIPE, text=True, env=environment)
            expect("tail -f", "redirected", json.loads(follower.stdout.readline())["message"])
            ctl("append", "followed")
            expect("tail -f goes on", "followed", json.loads(follower.stdout.readline())["message"])
            follower.kill()
            follower.wait()

            # Waits, and what an operator does.
            error = ctl("append", "-w", "9", "--timeout", "1ms", "waits", code=3)
            expect("a wait that timed out", True, "311 is in the log" in error)
            expect("waits", [(311, 9)], [(wait["id"], wait["w"]) for wait in lines("waits")])
            ctl("release", "311")
            expect("released", [], lines("waits"))
            expect("release of nothing", True, "nothing waits" in ctl("release", "311", code=1))
            expect("nodes", ["s1"], [node["name"] for node in lines("nodes")])
            ctl("retry", "s1")
            ctl("retry", "nobody", code=1)
            expect("faults", 0.0, lines("faults", "s1")[0]["fail_after"])
            expect("set faults", 0.5, lines("faults", "s1", "fail_after=0.5")[0]["fail_after"])
            expect("set faults back", 0, lines("faults", "s1", "fail_after=0")[0]["fail_after"])
            expect("a fault that is none", True, "expected NAME=VALUE" in ctl("faults", "s1", "block=maybe", code=2))

            # Looking.
            expect("status", "master", lines("status")[0]["role"])
            expect("status for people", True, "read-write" in ctl("status"))
            expect("verify", 1, len({line["digest"] for line in lines("verify", "--to", "310")}))
            expect("digest", lines("verify", "--to", "10")[0]["digest"], lines("digest", "--to", "10")[0]["digest"])
            expect("backup", f"{folder}/backups/one\n", ctl("backup", "one"))
            made = lines("backup", "two")[0]
            expect("backup --json", lines("digest", "--to", str(made["last_id"]))[0]["digest"], made["digest"])
            expect("a backup that is there", True, "already" in ctl("backup", "one", code=1))
            ctl("backup", ".one", code=1)
            checked = subprocess.run([f"{binaries}/replog-master", "--check", made["path"]], stdout=subprocess.PIPE,
                                     text=True, timeout=BOUND_S, env=environment)
            expect("--check of it", (0, True), (checked.returncode, made["digest"] in checked.stdout))
            expect("check of it", checked.stdout, ctl("check", made["path"]))
            expect("check of a folder in use", True, "in use" in ctl("check", f"{folder}/m", code=1))
            ctl("check", f"{folder}/nowhere", code=1)
            ctl("--json", "check", made["path"], code=2)
            alone = f"{folder}/alone"
            os.mkdir(alone)
            shutil.copy(f"{binaries}/replogctl", alone)
            nobody = subprocess.run([f"{alone}/replogctl", "check", made["path"]], stderr=subprocess.PIPE, text=True,
                                    timeout=BOUND_S, env={**environment, "PATH": alone})
            expect("check where no server is installed", (1, True),
                   (nobody.returncode, "replog-master --check" in nobody.stderr))
            expect("no backups there", True,
                   "--backup-dir" in ctl("--nodes", secondary.url, "backup", "one", code=1))
            expect("health", "ok\n", ctl("health"))
            ctl("forget", "s1")

            # A follower ends where an older backup's log is behind the address, and says why.
            ctl("backup", "older")
            last = int(ctl("append", "lost"))
            follower = subprocess.Popen([f"{binaries}/replogctl", "--nodes", address, "--json", "tail", "-f", "-n", "1"],
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
            expect("tail -f", "lost", json.loads(follower.stdout.readline())["message"])
            secondary.stop()
            master.stop()
            master.arguments[4] = f"{folder}/restored"
            master.arguments += ["--restore", f"{folder}/backups/older", "--promote"]
            master.start()
            said = follower.communicate(timeout=BOUND_S)
            expect("tail -f of a restored log", (1, "", "replogctl: the log is shorter than what was read: "
                   f"{last - 1} now, {last} read; it was restored or replaced"),
                   (follower.returncode, said[0], said[1].splitlines()[-1]))

            # Wrong usage, and nobody there.
            for wrong in (["appendd"], [], ["release"], ["append", "--w", "0", "x"], ["append", "--timeout", "5", "x"],
                          ["--nodes", "nowhere", "status"], ["--token-file", "/nowhere", "status"], ["--what", "status"],
                          ["append", "--key", "k", "a", "b"], ["append", "--key", "k\r\nA: b", "x"],
                          ["append", "--key", "", "x"], ["--nodes", ",", "backup", "x"],
                          ["--nodes", "", "status"], ["--nodes", f"{address},", "status"],
                          ["--nodes", f"{address}, ,{address}", "status"], ["--nodes", f"{master.url}?x", "status"],
                          ["append", "--w", "", "x"], ["append", "-w", "", "x"], ["append", "--type", "", "x"],
                          ["append", "--file", ""], ["append", "--timeout", "", "x"], ["get", "--view", ""],
                          ["get", "--from", ""], ["tail", "-n", ""], ["--token-file", "", "status"],
                          ["--tls-ca=", "status"], ["append", "--w", "", "--w", "1", "x"],
                          ["append", "--key", " k", "x"], ["append", "--key", "\u043a", "x"]):
                ctl(*wrong, code=2)
            expect("a node that is missing", "replogctl: --nodes: a node is missing in ','\n",
                   ctl("--nodes", ",", "status", code=2))
            expect("an empty value", "replogctl: -w: its value is empty\n", ctl("append", "--w", "", "x", code=2))
            ctl("--help")
            expect("version", True, ctl("--version").startswith("replogctl "))
            ctl("--nodes", "127.0.0.1:1", "status", code=1)
            ctl("--nodes", "127.0.0.1:1", "health", code=1)
        finally:
            for node in reversed(nodes):
                node.stop()
    print("replogctl: ok")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except AssertionError as error:
        sys.exit(f"FAIL: {error}")
