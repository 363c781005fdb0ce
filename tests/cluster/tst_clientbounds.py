#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one-file clients and answers that are long, come slowly, or not at all: tst_clientbounds.py BIN-FOLDER"""
import os
import sys
import unittest.mock
import urllib.parse

from fakenode import FakeNode
from realnodes import expect
from tst_rudenode import in_node, told

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "clients", "python"))
import replog  # noqa: E402
from replog import Replog  # noqa: E402

STATUS = {"role": "master", "log_id": "1" * 32, "node_id": "2" * 32, "last_id": 100}
SIZE = 1000      # of a message
GIVEN_UP = 40    # attempts after which a client that goes on for ever is told of


class Ticking:
    """A time that goes on by that much whenever somebody looks."""

    def __init__(self, step):
        self.now, self.step = 0.0, step

    def monotonic(self):
        self.now += self.step
        return self.now

    def sleep(self, seconds):
        self.now += seconds


def page_of(path):
    """What a node answers, and the limit that was asked for."""
    query = dict(urllib.parse.parse_qsl(path.partition("?")[2]))
    first, limit = int(query.get("from", 1)), int(query.get("limit", 1000))
    return {"messages": [{"id": id, "epoch": 1, "time": 1, "message": "x" * SIZE}
                         for id in range(first, min(first + limit, STATUS["last_id"] + 1))]}, limit


def silence(connection):
    """Until the client hangs up."""
    connection.recv(1)


def stalled(connection):
    """An answer that begins, and does not go on."""
    connection.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{"messages": [')
    connection.recv(1)


def follow_both(node, bound, wanted):
    """What a follower in each language reads, whose answers have a bound of that many bytes."""
    log = Replog([node.url], patience=5, attempt_timeout=0.1)
    log._bounds.limit = bound
    follower = log.follow(page=8)
    expect("what is followed", wanted, told(lambda: [next(follower)["id"] for _ in wanted]))
    printed = in_node("""
const ids = [];
console.log(await told(async () => {
    for await (const entry of new Replog([given[0]], {patienceMs: 5000, attemptTimeoutMs: 100, limit: Number(given[1])})
        .follow({page: 8}))
        if (ids.push(entry.id) === Number(given[2]))
            break;
    return ids.join();
}));
""", node.url, str(bound), str(len(wanted)))
    if printed is not None:
        expect("what is followed in Node", ",".join(map(str, wanted)), printed.strip())


def followers_pass_large_messages():
    """A page that is too long, or that stops on its way, is asked for by halves."""
    limits = []

    def answer(_, path, *__):
        if not path.startswith("/api/v1/messages"):
            return 200, STATUS
        page, limit = page_of(path)
        limits.append(limit)
        return stalled if slow and limit > 4 else (200, page)

    for slow, bound in ((False, 3 * SIZE), (True, 1000 * SIZE)):
        limits.clear()
        with FakeNode(answer) as node:
            follow_both(node, bound, list(range(1, 21)))
            expect("the first limits", [9, 4], limits[:2])


def a_read_is_halved_down_to_one():
    with FakeNode(lambda _, path, *__: (200, page_of(path)[0])) as node:
        for bound, wanted in ((SIZE + 200, 1), (SIZE, f"ReplogError: 0: {node.url}: an answer of more than {SIZE} bytes")):
            log = Replog([node.url], patience=0.3)
            log._bounds.limit = bound
            expect(f"entries in {bound} bytes", wanted, told(lambda: len(log.read(limit=8)["messages"])))
        printed = in_node("""
const log = (limit) => new Replog([given[0]], {patienceMs: 300, limit});
console.log(await told(async () => (await log(1200).read({limit: 8})).messages.length));
console.log(await told(() => log(1000).read({limit: 8})));
""", node.url)
        if printed is not None:
            expect("in Node", ["1", f"ReplogError: 0: {node.url}: an answer of more than {SIZE} bytes"], printed.splitlines())


def patience_ends():
    """Against what takes a call and tells nothing, also where the call may wait on the node. Without pauses, which might be
    longer than the little patience of these."""
    attempts = []

    def answer(_, path, *__):
        attempts.append(path)
        if len(attempts) > GIVEN_UP:
            return 200, {**STATUS, **page_of("")[0], "id": 1, "digest": "d", "acks": 1}
        return kind

    calls = {"status": lambda log: log.status(), "digest": lambda log: log.digest(1), "get": lambda log: log.get(1),
             "a wait": lambda log: log.get(1, wait=0.01), "a read": lambda log: log.read(wait=0.01),
             "an append": lambda log: log.append("x", timeout=0.01)}
    for kind in (silence, stalled):
        with FakeNode(answer) as node:
            for what, call in calls.items():
                attempts.clear()
                with unittest.mock.patch.object(replog.random, "uniform", lambda *_: 0):
                    found = told(lambda: call(Replog([node.url], patience=0.2, attempt_timeout=0.05)))
                expect(f"{what} with {kind.__name__}: {found}", True, str(found).startswith("ReplogError: 0: "))
            attempts.clear()
            printed = in_node("""
Math.random = () => 0;
for (const call of [(l) => l.status(), (l) => l.digest(1), (l) => l.get(1), (l) => l.get(1, {waitMs: 10}),
    (l) => l.read({waitMs: 10}), (l) => l.append('x', {timeoutMs: 10})])
    console.log((await told(() => call(new Replog([given[0]], {patienceMs: 100, attemptTimeoutMs: 50})))).slice?.(0, 16));
""", node.url)
            if printed is not None:
                expect(f"in Node with {kind.__name__}", ["ReplogError: 0: "] * 6, printed.splitlines())


SLOWLY_IN_NODE = """
let now = 0;
let last = 0;
const timers = new Map();
globalThis.setTimeout = (call, ms) => {
    timers.set(++last, [now + ms, call]);
    return last;
};
globalThis.clearTimeout = (timer) => timers.delete(timer);
const pass = (ms) => {
    now += ms;
    for (const [timer, [due, call]] of timers)
        if (due <= now && timers.delete(timer))
            call();
};
for (const size of [65536, 1]) {
    globalThis.fetch = async (_, {signal}) => {
        let left = 20;
        return new Response(new ReadableStream({pull(stream) {
            pass(6000);
            if (signal.aborted)
                stream.error(signal.reason);
            else if (--left > 0)
                stream.enqueue(Buffer.alloc(size, ' '));
            else {
                stream.enqueue(Buffer.from('{"role": "master", "last_id": 7}'));
                stream.close();
            }
        }}, {highWaterMark: 0}));
    };
    console.log(await told(async () => (await new Replog(['http://a'], {patienceMs: 0}).status()).last_id));
}
"""


def a_slow_link_is_no_failure():
    """What goes on has as long as it takes; a drip has not."""
    document = {**STATUS, "filler": "x" * (4 << 20)}
    slow = "the answer came too slowly"
    with FakeNode(lambda *_: (200, document)) as node:
        for piece, wanted in ((1, 100), (1 << 30, f"ReplogError: 0: {node.url}: {slow}")):
            log = Replog([node.url], patience=0, attempt_timeout=100)
            log._bounds.piece = piece
            original, replog.time = replog.time, Ticking(5)
            try:
                found = told(lambda: log.status()["last_id"])
            finally:
                replog.time = original
            expect(f"pieces of {piece}", wanted, found)
    printed = in_node(SLOWLY_IN_NODE)
    if printed is not None:
        expect("in Node", ["7", f"ReplogError: 0: http://a: {slow}"], printed.splitlines())


def main():
    followers_pass_large_messages()
    a_read_is_halved_down_to_one()
    patience_ends()
    a_slow_link_is_no_failure()
    print("bounds of the clients: ok")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except AssertionError as error:
        sys.exit(f"FAIL: {error}")
