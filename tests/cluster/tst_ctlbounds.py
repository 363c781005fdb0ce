#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""replogctl and what is too much, gone, or not there: tst_ctlbounds.py BIN-FOLDER"""
import json
import os
import subprocess
import sys
import urllib.parse

from fakenode import FakeNode
from realnodes import BOUND_S, expect
from tst_rudenode import Ctl

LAST = 20
STATUS = {"role": "master", "name": "m", "log_id": "1" * 32, "node_id": "2" * 32, "first_id": 1, "last_id": LAST,
          "committed_id": LAST}


def too_long(connection):
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\n\r\n{")
    connection.recv(1)   # until the client hangs up


class Log:
    """The answers of a node whose log fits into an answer by `fit` messages only."""

    def __init__(self, fit):
        self.fit, self.limits = fit, []

    def __call__(self, _, path, *__):
        if not path.startswith("/api/v1/messages"):
            return 200, STATUS
        query = dict(urllib.parse.parse_qsl(path.partition("?")[2]))
        limit = int(query.get("limit", LAST))
        self.limits.append(limit)
        if limit > self.fit:
            return too_long
        first = int(query.get("from", 1))
        if first > LAST or int(query.get("at_least", 1)) > LAST:
            return (504, {}) if "wait_ms" in query else (200, {"messages": []})
        return 200, {"messages": [{"id": id, "epoch": 1, "time": 1, "message": "x"}
                                  for id in range(first, min(first + limit, LAST + 1))]}


def large_messages_come_in_smaller_pages(ctl):
    """A page that is too long is asked for by halves, also where the other node is away."""
    every = [str(id) for id in range(1, LAST + 1)]
    for fit in (4, 1):
        log = Log(fit)
        with FakeNode(log) as node:
            for nodes in (node.address, f"{node.address},127.0.0.1:1"):
                for command in (["get"], ["get", "--limit", "20"], ["tail", "--from", "1"], ["tail", "-n", "20"]):
                    log.limits.clear()
                    code, printed, error = ctl.run(node, "--nodes", nodes, *command)
                    expect(f"{command} by {fit}: {error}", (0, every),
                           (code, [line.split("\t")[0] for line in printed.splitlines()]))
                    expect(f"limits of {command}", True, log.limits[1] == log.limits[0] // 2 and len(log.limits) < 60)


def a_tail_passes_large_messages(ctl):
    for nodes in ("{}", "{},127.0.0.1:1"):
        log = Log(4)
        with FakeNode(log) as node, ctl.start(node, "--nodes", nodes.format(node.address), "tail", "-f", "--from", "1") as tail:
            got = [tail.stdout.readline().split("\t")[0] for _ in range(LAST)]
            tail.kill()
            expect("what is followed", [str(id) for id in range(1, LAST + 1)], got)
            expect("the first limits", [501, 250], log.limits[:2])


def a_message_that_is_too_long_is_told(ctl):
    """Alone it is too much: nothing smaller can be asked for."""
    with FakeNode(Log(0)) as node:
        for command in (["get"], ["tail", "--from", "1"], ["tail", "-f", "--from", "1"]):
            expect(f"{command}", (1, "", f"replogctl: {node.address}: the answer is too long\n"), ctl.run(node, *command))


def lost_output_is_told(ctl):
    """An export to a full disk is none; a reader of the output that went is no reason to go on."""
    lost = "replogctl: standard output: No space left on device\n"
    entry = {"id": 1, "epoch": 1, "time": 1, "message": "x"}
    with FakeNode(lambda _, path, *__: (200, {**STATUS, **entry, "messages": [entry], "digest": "d", "status": "ok",
                                              "path": "p", "acks": 1})) as node:
        for command in (["get"], ["get", "1"], ["get", "1", "--raw"], ["--json", "get"], ["tail", "--from", "1"], ["status"],
                        ["nodes"], ["waits"], ["digest"], ["backup", "b"], ["health"], ["append", "x"], ["--help"],
                        ["--version"], ["status", "--watch"], ["tail", "-f", "--from", "1"]):
            with open("/dev/full", "w", encoding="utf-8") as full:
                expect(f"{command}", (1, None, lost), ctl.run(node, *command, to=full))


def followers_end_with_their_reader(ctl):
    """Also while nothing comes that could be written."""
    log = Log(1000)
    with FakeNode(log) as node:
        for command in (["tail", "-f", "-n", "1"], ["status", "--watch"]):
            with ctl.start(node, *command) as follower:
                expect(f"{command}", True, "20" in follower.stdout.readline())
                follower.stdout.close()
                expect(f"the end of {command}", (1, "replogctl: standard output: Broken pipe\n"),
                       (follower.wait(BOUND_S), follower.stderr.read()))


def a_watch_ends_where_it_is_refused(ctl):
    for answer, wanted in (((401, {"detail": "a token is wanted"}), "a token is wanted"), ((200, b"<html>"), "not what a node answers"),
                           (lambda connection: connection.sendall(b"hello\r\n"), "not HTTP/1.1")):
        with FakeNode(lambda *_: answer) as node:
            code, printed, error = ctl.run(node, "status", "--watch")
            expect(f"a watch of {wanted}", (1, "", 1, True), (code, printed, error.count("\n"), wanted in error))


def a_watch_goes_on_where_a_node_comes_back(ctl):
    asked = []

    def answer(*_):
        asked.append(1)
        return (503, {"detail": "not yet"}) if len(asked) in (2, 3) else (200, STATUS)

    with FakeNode(answer) as node, ctl.start(node, "status", "--watch") as watch:
        lines = [watch.stdout.readline() for _ in range(2)]
        watch.kill()
        expect("a status before and after", [True] * 2, [line.startswith("master m:") for line in lines])
        expect("the refusal, once", 1, watch.stderr.read().count("not yet"))


class Cluster:
    """A master m with the members s1 and s2, whose logs a test changes. By name: status, digest, and whether it answers."""

    def __init__(self):
        self.silent = set()
        self.nodes = {name: FakeNode(lambda _, path, *__, name=name: self._answer(name, path)) for name in ("m", "s1", "s2", "o")}
        self.digests = {name: "d" * 32 for name in self.nodes}
        self.statuses = {name: {"role": "secondary", "name": name, "node_id": name * 16, "last_id": 9, "committed_id": 9,
                                "master": self.nodes["m"].url} for name in self.nodes}
        self.statuses["m"].update(role="master", master=None, nodes=[
            {"name": name, "node_id": name * 16, "url": self.nodes[name].url} for name in ("s1", "s2")])
        self.statuses["o"].update(role="master", master=None, nodes=[])

    def _answer(self, name, path):
        if name in self.silent:
            return lambda connection: None
        return 200, self.statuses[name] if path == "/api/v1/status" else {"to": 9, "digest": self.digests[name]}

    def verify(self, ctl, *names, options=()):
        """Exit code, the names in its rows, and its errors."""
        addresses = ",".join(self.nodes[name].address for name in names)
        code, printed, error = ctl.run(self.nodes["m"], "--nodes", addresses, "verify", *options)
        return code, [row.split()[0] for row in printed.splitlines()[1:]], error

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for node in self.nodes.values():
            node.__exit__()


def verify_asks_every_node(ctl):
    """Those of --nodes and the members of every master, found from any of them; it says what was not compared."""
    with Cluster() as cluster:
        expect("from the master", (0, ["m", "s1", "s2"], ""), cluster.verify(ctl, "m"))
        expect("from a secondary", (0, ["s1", "m", "s2"], ""), cluster.verify(ctl, "s1"))
        expect("from all", (0, ["m", "s2", "s1"], ""), cluster.verify(ctl, "m", "s2", "m"))
        cluster.digests["o"] = "e" * 32
        expect("another log", (4, ["m", "o", "s1", "s2"], "replogctl: the logs differ\n"), cluster.verify(ctl, "m", "o"))
        expect("by itself", (1, ["o"], "replogctl: nothing was compared: no other node is known\n"), cluster.verify(ctl, "o"))
        members = cluster.statuses["m"]["nodes"]
        cluster.statuses["m"]["nodes"] = [*members, {"name": "x1", "url": ""}, {"name": "x2", "url": "http://[:"}]
        expect("members of no address", (1, ["m", "s1", "s2", "x1", "x2"], "replogctl: not compared: x1, x2\n"),
               cluster.verify(ctl, "m"))
        cluster.statuses["m"]["nodes"] = members
        cluster.silent = {"s1"}
        expect("a member is silent", (1, ["m", "s1", "s2"], "replogctl: not compared: s1\n"), cluster.verify(ctl, "m"))
        cluster.silent = {"o"}
        address = cluster.nodes["o"].address
        expect("one of --nodes is silent", (1, ["m", address, "s1", "s2"], f"replogctl: not compared: {address}\n"),
               cluster.verify(ctl, "m", "o", options=("--to", "9")))
        cluster.silent = set()
        cluster.statuses["s2"].update(last_id=0, committed_id=0)
        expect("one is empty", (1, ["m", "s1", "s2"],
               "replogctl: nothing was compared: s2 has committed nothing, and s1 holds messages\n"), cluster.verify(ctl, "m"))
        for name in ("m", "s1"):
            cluster.statuses[name].update(last_id=0, committed_id=0)
        expect("all are empty", (0, ["m", "s1", "s2"], ""), cluster.verify(ctl, "m"))
        expect("faults of the master, by a secondary", (1, "replogctl: no node x is known\n"),
               ctl.run(cluster.nodes["s1"], "faults", "x")[::2])
        cluster.statuses["o"]["name"] = "s1"
        addresses = ",".join(cluster.nodes[name].address for name in ("m", "o"))
        expect("faults of one of two", (1, "replogctl: 2 nodes are named s1: say which by its address\n"),
               ctl.run(cluster.nodes["m"], "--nodes", addresses, "faults", "s1")[::2])


def commands_end_where_a_node_is_silent(ctl):
    """What takes a call and never answers holds up neither verify nor a backup with a time."""
    with FakeNode(lambda *_: lambda connection: connection.recv(1)) as node:
        for command in (["verify"], ["backup", "b", "--timeout", "1ms"]):
            code, printed, error = ctl.run(node, *command)
            expect(f"{command}", (1, True), (code, "did not answer in time" in printed + error))


def endless_messages_are_refused(ctl):
    """Before they are copied, by name; what comes after a line that is too long is appended."""
    most = 64 << 20
    bodies = []

    def answer(_, __, ___, body):
        bodies.append(json.loads(body)["message"])
        return 201, {"id": len(bodies), "acks": 1}

    with FakeNode(answer) as node:
        with open("/dev/zero", encoding="utf-8") as endless:
            with ctl.start(node, "append", source=endless) as append:
                expect("an endless line", "replogctl: line 1 of standard input has more than 64 MiB, the most that a message "
                       "may have\n", append.stderr.readline())
                append.kill()
            expect("an endless file", (1, "", "replogctl: /dev/zero has more than 64 MiB, the most that a message may have\n"),
                   ctl.run(node, "append", "--file", "/dev/zero"))
        code, printed, error = ctl.run(node, "--json", "append", given="a\n\n" + "b" * (most + 1) + "\nc\nlast")
        results = [json.loads(line) for line in printed.splitlines()]
        expect("the results", (1, "", ["ok", "ok", "refused", "ok", "ok"]), (code, error, [one["result"] for one in results]))
        expect("the error", "line 3 of standard input has more than 64 MiB, the most that a message may have",
               results[2]["error"])
        expect("what was appended", ["a", "", "c", "last"], bodies)
        folder = os.open("/", os.O_RDONLY)
        expect("a folder", (1, "", "replogctl: standard input: Is a directory\n"), ctl.run(node, "append", source=folder))
        os.close(folder)


def options_that_do_nothing_are_refused(ctl):
    with FakeNode(lambda *_: (200, STATUS)) as node:
        for wrong in (["get", "--raw"], ["tail", "--raw"], ["get", "1", "--raw", "--json"], ["get", "1", "--from", "2"],
                      ["status", "--w", "2"], ["nodes", "--watch"], ["verify", "--timeout", "1s"], ["tail", "--limit", "1"],
                      ["append", "x", "-f"], ["health", "--view", "all"], ["get", "-n", "1"], ["digest", "--type", "a/b"]):
            code, printed, error = ctl.run(node, *wrong)
            expect(f"{wrong}", (2, "", True), (code, printed, " is not for " in error or "--raw is for get ID" in error))
        expect("check of another machine", (2, ""), ctl.run(node, "check", "/nowhere")[:2])
        expect("what was asked", [], node.asked)


def main():
    ctl = Ctl(os.path.abspath(sys.argv[1]))
    large_messages_come_in_smaller_pages(ctl)
    a_tail_passes_large_messages(ctl)
    a_message_that_is_too_long_is_told(ctl)
    lost_output_is_told(ctl)
    followers_end_with_their_reader(ctl)
    a_watch_ends_where_it_is_refused(ctl)
    a_watch_goes_on_where_a_node_comes_back(ctl)
    verify_asks_every_node(ctl)
    commands_end_where_a_node_is_silent(ctl)
    endless_messages_are_refused(ctl)
    options_that_do_nothing_are_refused(ctl)
    print("replogctl's bounds: ok")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except AssertionError as error:
        sys.exit(f"FAIL: {error}")
