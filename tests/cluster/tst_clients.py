#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one-file clients against real nodes: tst_clients.py BIN-FOLDER

A client appends while the master is killed with SIGKILL and started again on the same folder and port: everything that
it was told is in the log, once, in order, and on every node.
"""
import http.server
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import urllib.error
import urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "clients", "python"))
import replog  # noqa: E402
from realnodes import BOUND_S, Node, expect  # noqa: E402
from replog import LogReplaced, Replog, ReplogError  # noqa: E402

COUNT = 60

JAVASCRIPT = """
import {Replog, ReplogError} from 'file://%s/clients/javascript/replog.mjs';
import assert from 'node:assert/strict';
// TLS is not given up for a node's word, but for the user's.
const {fetch} = globalThis;
const named = 'http://127.0.0.1:2';
for (const target of ['http://127.0.0.1:3', named]) {
    const asked = [];
    globalThis.fetch = async (url, {method}) => {
        if (method === 'GET') // which log it holds
            return new Response('', {status: 404});
        asked.push(new URL(url).origin);
        return asked.at(-1) === named ? new Response('{"id": 7, "acks": 1}')
            : new Response('', {status: 307, headers: {location: `${target}/api/v1/messages`}});
    };
    assert.equal((await new Replog(['https://127.0.0.1:1', named], {patienceMs: 0}).append('x')).id, 7);
    assert.deepEqual(asked, ['https://127.0.0.1:1', named]);
}
// A proxy's 504 leaves open whether it was appended.
let attempts = 0;
globalThis.fetch = async (_, {method}) => (method === 'GET' ? new Response('', {status: 404})
    : ++attempts < 2 ? new Response('', {status: 504}) : new Response('{"id": 7, "acks": 1}'));
assert.equal((await new Replog(['http://127.0.0.1:1']).append('x')).id, 7);
globalThis.fetch = fetch;
const nodes = process.argv[2].split(',');
const log = new Replog(nodes);
const one = await log.append('from Node', {w: 2});
assert.equal(one.w, 2);
const again = [];
for (let i = 0; i < 2; ++i)
    again.push((await log.append('once', {w: 2, key: 'node-key'})).id);
assert.equal(again[0], again[1]);
const many = await log.appendMany(['a', 'b'], {w: 'majority'});
assert.equal(many.last_id - many.first_id, 1);
await assert.rejects(log.append('x', {w: 9, timeoutMs: 1}), (error) => error instanceof ReplogError && error.status === 504
    && error.id === many.last_id + 1);
await assert.rejects(log.append('x', {w: 0}), (error) => error.status === 400);
const seen = [];
for await (const entry of log.follow({from: one.id, view: 'all'})) {
    seen.push(entry.message);
    if (entry.id === many.last_id)
        break;
}
assert.deepEqual(seen, ['from Node', 'once', 'a', 'b']);
// Beginning with a secondary: the 307 leads to the master.
assert.ok((await new Replog(nodes.slice().reverse()).append('redirected')).id > many.last_id);
process.stdout.write('node: ok\\n');
// Appends while its master is killed, one at a time; tells of each.
if (process.argv[3])
    for (let i = 0; i < Number(process.argv[3]); ++i)
        process.stdout.write(`appended ${(await log.append(`node ${i}`, {w: 1})).id}\\n`);
"""


FOLLOW = """
import {Replog} from 'file://%s/clients/javascript/replog.mjs';
try {
    for await (const entry of new Replog([process.argv[2]], {attemptTimeoutMs: 200}).follow({view: 'all'}))
        process.stdout.write(`${entry.id}\\n`);
} catch (error) {
    process.stdout.write(`${error.name} ${error.message}\\n`);
}
"""


class Clock:
    """The time that the Python client is shown."""

    def __init__(self):
        self.now = 0.0

    def monotonic(self):
        return self.now

    def sleep(self, seconds):
        self.now += seconds


def held_wait_is_repeated():
    """A node that held an append for longer than the client is patient, and then went away, and a proxy that gave up:
    it is asked for again."""
    clock = Clock()
    keys = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            keys.append(self.headers["Idempotency-Key"])
            if len(keys) == 1:   # of a proxy
                self.send_response(504)
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            if len(keys) < 4:   # an answer that is cut short
                clock.now += 1000
                self.send_response(201)
                self.send_header("Content-Length", "100")
                self.end_headers()
                self.wfile.write(b'{"id": ')
                return
            body = b'{"id": 7, "acks": 1}'
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        original, replog.time = replog.time, clock
        try:
            answer = Replog([f"http://127.0.0.1:{server.server_address[1]}"]).append("x", w=3)
        finally:
            replog.time = original
            server.shutdown()
            thread.join()
    expect("the answer in the end", {"id": 7, "acks": 1}, answer)
    expect("attempts with one key", (4, 1), (len(keys), len(set(keys))))


def tls_is_not_given_up():
    """A node that was reached over TLS sends us to one without: only one that the user named is gone to."""
    named = "http://127.0.0.1:2"
    target = ""
    asked = []

    class Opener:
        def open(self, request, timeout):
            if request.get_method() == "GET":   # which log it holds
                raise OSError("no answer")
            asked.append(request.full_url.removesuffix("/api/v1/messages"))
            if asked[-1] == named:
                return io.BytesIO(b'{"id": 7, "acks": 1}')
            raise urllib.error.HTTPError(request.full_url, 307, "Temporary Redirect",
                                         {"Location": target + "/api/v1/messages"}, io.BytesIO())

    original, replog.time = replog.time, Clock()
    try:
        log = Replog(["https://127.0.0.1:1", named], patience=0)
        log._opener = Opener()
        target = "http://127.0.0.1:3"
        expect("the answer of the next node", {"id": 7, "acks": 1}, log.append("x"))
        target = named
        log._preferred = log.nodes[0]
        expect("the answer of a named node", {"id": 7, "acks": 1}, log.append("x"))
    finally:
        replog.time = original
    expect("nodes asked", [log.nodes[0], named, log.nodes[0], named], asked)


def backup(node, name):
    """Makes a backup on that node, which has a folder for them; gives its path."""
    call = urllib.request.Request(node.url + "/api/v1/backup", json.dumps({"name": name}).encode(),
                                  {"Content-Type": "application/json"})
    with urllib.request.urlopen(call, timeout=BOUND_S) as answer:
        return json.load(answer)["path"]


def end_of(follower):
    """The class and the words with which it ends."""
    try:
        raise AssertionError(f"it goes on with {next(follower)}")
    except ReplogError as error:
        return type(error), str(error)


def behind_is_not_cut():
    """What a node that has shown nothing of it lacks, and an emptied secondary, which fills up again, prove nothing."""
    a, b = "http://127.0.0.1:1", "http://127.0.0.1:2"
    status = {"log_id": "0" * 32, "node_id": "1" * 32, "role": "secondary", "last_id": 57}
    entry = {"id": 57, "epoch": 1, "time": 1, "message": "m"}
    followed = replog._Followed()
    followed.check(a, status)
    expect("what is new", [entry], followed.fresh(a, [entry]))
    followed.last = entry
    followed.check(b, {**status, "role": "master", "node_id": "2" * 32, "last_id": 40})
    followed.check(a, {**status, "log_id": None, "node_id": "3" * 32, "last_id": 0})
    followed.check(a, {**status, "node_id": "3" * 32, "last_id": 40})
    expect("another page", [{**entry, "id": 58}], followed.fresh(a, [{**entry, "added": 1}, {**entry, "id": 58}]))
    followed.check(a, {**status, "node_id": "3" * 32, "last_id": 58})
    try:
        followed.check(a, {**status, "node_id": "3" * 32, "last_id": 57})
        raise AssertionError("a secondary whose log got shorter was taken for one that is behind")
    except LogReplaced:
        pass


def followers_notice_another_log(binaries, folder):
    """A log that was cut, one that was cut and grew again, and another one, behind the same address."""
    options = ("--name", "m", "--backup-dir", f"{folder}/saved")
    master = Node(f"{binaries}/replog-master", f"{folder}/followed", *options)
    nodes = [master]
    javascript = None
    timers = []
    try:
        def begin_again(new_folder, *more):
            master.stop()
            master.arguments[4] = new_folder
            master.arguments[5:] = [*options, *more]
            master.start()

        def followed():
            """Two that have read all that is there, where Node is installed: one of each language."""
            nonlocal javascript
            last = log.status()["last_id"]
            ours = Replog([master.url], patience=BOUND_S, attempt_timeout=0.2).follow(view="all")
            while next(ours)["id"] < last:
                pass
            if shutil.which("node"):
                javascript = subprocess.Popen(["node", f"{folder}/follow.mjs", master.url], stdout=subprocess.PIPE, text=True)
                timers.append(threading.Timer(2 * BOUND_S, javascript.kill))
                timers[-1].start()
                while int(javascript.stdout.readline()) < last:
                    pass
            return ours

        def expect_end(what, wanted, follower):
            """The words with which each of the two ends."""
            expect(what, (LogReplaced, wanted), end_of(follower))
            if javascript:
                expect(f"{what}, in Node", f"LogReplaced {wanted}\n", javascript.stdout.read())
                javascript.wait()

        with open(f"{folder}/follow.mjs", "w") as file:
            file.write(FOLLOW % ROOT)
        log = Replog([master.url], patience=BOUND_S)
        log.append_many(["a", "b", "c"])
        saved = backup(master, "old")
        log.append_many(["d", "e", "f"])

        follower = followed()
        begin_again(f"{folder}/restored", "--restore", saved, "--promote")
        expect_end("a shorter log", "the log is shorter than what was read: 3 now, 6 read; it was restored or replaced",
                   follower)

        log.append_many(["g", "h", "i"])
        follower = followed()
        master.stop()   # so that it sees the log again when it has grown
        other = Node(f"{binaries}/replog-master", f"{folder}/grown", "--name", "m", "--restore", saved, "--promote")
        nodes.append(other)
        Replog([other.url]).append_many(["j", "k", "l", "m"])
        other.stop()
        nodes.remove(other)
        begin_again(f"{folder}/grown")
        expect_end("a log that grew again", "message 6 is another one than was read: the log was restored or replaced",
                   follower)

        follower = followed()
        was = log.status()["log_id"]
        begin_again(f"{folder}/new")
        expect_end("another log", "the log was replaced by another: its log_id is "
                   f"{log.status()['log_id']} now, {was} was read", follower)
    finally:
        for timer in timers:
            timer.cancel()
        if javascript:
            javascript.kill()
            javascript.wait()
            javascript.stdout.close()
        for node in reversed(nodes):
            node.stop()


def main():
    held_wait_is_repeated()
    tls_is_not_given_up()
    behind_is_not_cut()
    binaries = sys.argv[1]
    nodes = []
    with tempfile.TemporaryDirectory() as folder:
        try:
            master = Node(f"{binaries}/replog-master", f"{folder}/m", "--name", "m")
            nodes.append(master)
            secondary = Node(f"{binaries}/replog-secondary", f"{folder}/s1", "--name", "s1", "--master",
                             master.address)
            nodes.append(secondary)
            urls = [node.url for node in nodes]
            followers_notice_another_log(binaries, folder)
            print("followers: ok")

            log = Replog(urls, patience=BOUND_S)
            first = log.append("from Python", w=2)
            expect("the first message", 2, first["w"])
            expect("a repeat with a key", log.append("once", w=2, key="k")["id"], log.append("once", w=2, key="k")["id"])
            many = log.append_many(["a", "b"], w="majority")
            expect("a batch", 1, many["last_id"] - many["first_id"])
            try:
                log.append("x", w=9, timeout=0.001)
                raise AssertionError("w=9 of two nodes was satisfied")
            except ReplogError as error:
                expect("w=9", (504, many["last_id"] + 1), (error.status, error.id))
            try:
                log.append("x", w=0)
                raise AssertionError("w=0 was taken")
            except ReplogError as error:
                expect("w=0", 400, error.status)
            seen = []
            for entry in log.follow(view="all"):
                seen.append(entry["message"])
                if entry["id"] == many["last_id"]:
                    break
            expect("what is followed", ["from Python", "once", "a", "b"], seen)
            Replog(list(reversed(urls)), patience=BOUND_S).append("redirected")
            # A token is for the nodes of the list: here the master is reached by a redirect, as another host would be.
            expect("role", "secondary", Replog([secondary.url], token="secret").status()["role"])

            # The master is killed at a third and at two thirds of the appends.
            told = []
            for i in range(COUNT):
                if i in (COUNT // 3, 2 * COUNT // 3):
                    threading.Thread(target=master.restart).start()
                told.append((log.append(f"message {i}", w=1)["id"], f"message {i}"))
            wanted = dict(told)
            expect("ids told", COUNT, len(wanted))
            held = {entry["id"]: entry["message"] for entry in log.read(view="all")["messages"]}
            for id, message in told:
                expect(f"entry {id}", message, held.get(id))
            expect("appended once each", COUNT, sum(text.startswith("message ") for text in held.values()))
            last = max(held)
            secondary_log = Replog([secondary.url], patience=BOUND_S)
            # What waits for nine nodes holds committed_id back, so that the secondary is asked for all that it holds.
            secondary_log.read(start=last, limit=1, view="all", wait=BOUND_S)
            expect("digests", log.digest(last, master.url), log.digest(last, secondary.url))
            print("python: ok")

            node = shutil.which("node")
            if not node:
                print("node: skipped, not installed")
                return 0
            script = f"{folder}/client.mjs"
            with open(script, "w") as file:
                file.write(JAVASCRIPT % ROOT)
            with subprocess.Popen([node, script, ",".join(urls), str(COUNT)], stdout=subprocess.PIPE, text=True) as client:
                timer = threading.Timer(2 * BOUND_S, client.kill)
                timer.start()
                ids = []
                for line in client.stdout:
                    if line.startswith("appended"):
                        ids.append(int(line.split()[1]))
                        if len(ids) in (COUNT // 3, 2 * COUNT // 3):
                            master.restart()
                    else:
                        print(line, end="")
                client.wait()
                timer.cancel()
                expect("Node's exit code", 0, client.returncode)
            expect("ids told to Node", COUNT, len(set(ids)))
            texts = [entry["message"] for entry in log.read(start=min(ids), view="all")["messages"]]
            expect("what Node appended", [f"node {i}" for i in range(COUNT)], texts)
            print("node, with its master killed twice: ok")
        finally:
            for node in reversed(nodes):
                node.stop()
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (AssertionError, ReplogError) as error:
        sys.exit(f"FAIL: {error}")
