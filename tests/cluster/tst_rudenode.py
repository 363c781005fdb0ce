#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""replogctl and the one-file clients against what is no node of Replog, or one that means harm:
tst_rudenode.py BIN-FOLDER"""
import base64
import json
import os
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import threading

from fakenode import FakeNode, append_only, written
from realnodes import BOUND_S, expect

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "clients", "python"))
from replog import Replog, ReplogError  # noqa: E402


def told(call):
    """What it gives, or the class and the text of its error."""
    try:
        return call()
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def in_node(code, *arguments):
    """What `code` prints, in Node: a module that has Replog, ReplogError and `arguments`; null where it is not installed."""
    if not shutil.which("node"):
        return None
    text = (f"import {{Replog, ReplogError}} from 'file://{ROOT}/clients/javascript/replog.mjs';\n"
            "const [, ...given] = process.argv;\n"
            "const told = async (call) => { try { return await call(); } catch (e) { return `${e.name}: ${e.message}`; } };\n"
            + code)
    done = subprocess.run(["node", "--input-type=module", "-e", text, *arguments], text=True, timeout=BOUND_S,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return done.stdout


class Ctl:
    """Runs replogctl against one node."""

    def __init__(self, binaries):
        self.binaries = binaries
        self.environment = {key: value for key, value in os.environ.items() if not key.startswith("REPLOG")}
        self.environment["PATH"] = f"{binaries}:{self.environment['PATH']}"

    def run(self, node, *arguments, given=None, source=None, to=subprocess.PIPE):
        """Its exit code, what it printed, and its errors."""
        done = subprocess.run([f"{self.binaries}/replogctl", "--nodes", node.address, *arguments], text=True,
                              timeout=BOUND_S, stdout=to, stderr=subprocess.PIPE, env=self.environment,
                              **({"input": given} if source is None else {"stdin": source}))
        return done.returncode, done.stdout, done.stderr

    def start(self, node, *arguments, source=subprocess.DEVNULL):
        """The process, with its output in a pipe, which ends after a while at the latest."""
        process = subprocess.Popen([f"{self.binaries}/replogctl", "--nodes", node.address, *arguments], text=True,
                                   stdin=source, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   env=self.environment)
        bound = threading.Timer(BOUND_S, process.kill)
        bound.daemon = True
        bound.start()
        return process


def completion_runs_nothing(ctl):
    """A name that a node tells is data: TAB offers those that are names of nodes, and expands none."""
    with tempfile.TemporaryDirectory() as folder:
        names = ["s1", "s.2_x-y", f"$(touch${{IFS}}{folder}/ran)", f"`touch${{IFS}}{folder}/ran`", "s1*", "~", "two words",
                 "s\n3", "s4\"", "${HOME}"]
        status = {"role": "master", "name": "m", "nodes": [{"name": name, "health": "healthy"} for name in names]}
        with FakeNode(lambda *_: (200, status)) as node:
            for word, wanted in (("", ["s1", "s.2_x-y"]), ("s.", ["s.2_x-y"]), ("$(touch", []), ("*", [])):
                script = (f". {ROOT}/resources/completion/replogctl.bash\n"
                          'COMP_WORDS=(replogctl retry "$1"); COMP_CWORD=2; _replogctl; printf "%s\\n" "${COMPREPLY[@]}"')
                done = subprocess.run(["bash", "-c", script, "bash", word], text=True, timeout=BOUND_S, check=True, cwd=folder,
                                      stdout=subprocess.PIPE, env={**ctl.environment, "REPLOGCTL_NODES": node.address})
                expect(f"what is offered for '{word}'", wanted, done.stdout.split("\n")[:-1] if done.stdout.strip() else [])
        expect("what a name ran", [], os.listdir(folder))


def fields_stay_in_their_place():
    """A key that would begin a header or a request of its own is told of at once."""
    with FakeNode(lambda *_: (201, {"id": 1, "epoch": 1, "w": 1, "acks": 1, "committed": True})) as node:
        for key in ("k\r\nA: b", "k\r\n b", "k\n", "", " k", "\u043a", "a\0"):
            expect(f"a key {key!r}", "ValueError: key: expected ASCII characters that show",
                   told(lambda: Replog([node.url]).append("x", key=key)))
        expect("a token", "ValueError: token: expected ASCII characters that show",
               told(lambda: Replog([node.url], token="a\r\nb: c")))
        printed = in_node("""
for (const key of ['k\\r\\nA: b', 'k\\n', '', ' k', '\\u043a', 'a\\0'])
    console.log(await told(() => new Replog([given[0]]).append('x', {key})));
console.log(await told(async () => new Replog([given[0]], {token: 'a\\r\\nb: c'})));
""", node.url)
        if printed is not None:
            expect("in Node", ["TypeError: key: expected ASCII characters that show"] * 6
                   + ["TypeError: token: expected ASCII characters that show"], printed.splitlines())
        expect("what was sent", [], node.asked)
        Replog([node.url]).get("1?x=/2")
        expect("an id in a path", "/api/v1/messages/1%3Fx%3D%2F2", node.asked[0][1])


def node_takes_what_it_was_given():
    """In Node, which has no types: bytes as they are, no other kind of message or key, and no option that there is not."""
    with FakeNode(append_only(lambda *_: (201, {"id": 1, "first_id": 1, "last_id": 1, "acks": 1}))) as node:
        printed = in_node("""
const log = new Replog([given[0]]);
for (const message of ['a', Buffer.from('ab'), new Uint16Array([256]), new DataView(new Uint8Array([0, 1, 2, 3]).buffer, 1, 2),
    new Uint8Array([4, 5]).buffer, new Uint8Array(0), 7, [1, 2], {length: 2}, new Date(), null, undefined, new String('a')])
    console.log(await told(async () => (await log.append(message)).id), await told(async () => (await log.appendMany([message])).acks));
for (const key of [null, undefined, {n: 1}, 7, ['a']])
    console.log(await told(async () => (await log.append('x', {key})).id));
for (const call of [() => log.append('x', {W: 3}), () => log.appendMany(['x'], {type: 'a/b'}), () => log.read({start: 5}),
    () => log.get(1, {wait: 1}), () => log.follow({start: 5}).next(), () => log.digest(1, {nodes: []}),
    async () => new Replog(['a'], {patience: 1})])
    console.log(await told(call));
""", node.url)
        if printed is None:
            return
        strange = "TypeError: message: expected a string, an ArrayBuffer, or a view of one"
        options = {"W": "w, timeoutMs, key, expectLastId, headers, type", "type": "w, timeoutMs, key, expectLastId",
                   "start": "from, limit, view, waitMs, atLeast", "wait": "waitMs", "start ": "from, view, page", "nodes": "node",
                   "patience": "token, patienceMs, attemptTimeoutMs, limit, piece"}
        expect("in Node", ["1 1"] * 6 + [f"{strange} {strange}"] * 7 + ["1"] * 2
               + ["TypeError: key: expected ASCII characters that show"] * 3
               + [f"TypeError: {name.strip()}: no such option; there are {known}" for name, known in options.items()],
               printed.splitlines())
        sent = [json.loads(body) for method, _, __, body in node.asked if method == "POST"]
        wanted = [base64.b64encode(text).decode() for text in (b"ab", struct.pack("@H", 256), b"\1\2", b"\4\5", b"")]
        expect("single ones", wanted, [body["message_base64"] for body in sent if "message_base64" in body])
        expect("of several", wanted, [body["messages"][0]["message_base64"] for body in sent
                                      if "messages" in body and body["messages"] != ["a"]])
        keys = [headers["idempotency-key"] for method, _, headers, __ in node.asked if method == "POST"]
        expect("keys that were made up", (14, 14), (len(keys), len({key for key in keys if len(key) == 36})))


COMMANDS = (["status"], ["nodes"], ["waits"], ["get"], ["get", "1"], ["tail"], ["tail", "-f"], ["tail", "-f", "--from", "1"],
            ["digest"], ["digest", "--to", "1"], ["verify"], ["verify", "--to", "1"], ["backup", "b"], ["health"],
            ["release", "1"], ["retry", "n"], ["forget", "n"], ["faults", "n"], ["append", "x"],
            ["append", "--w", "3", "x", "y"])


def ok_is_a_document_of_ours(ctl):
    """200 alone is no success: a login page, another program, or a proxy may say it."""
    for document in (b"<html>login</html>", b"[1]", b"", b'{"digest":"","to":0,"status":"","path":"","role":""}',
                     b'{"id":"1","messages":{},"released":1}'):
        for status in (200, 201):
            with FakeNode(lambda *_: (status, document)) as node:
                for command in COMMANDS if status == 200 else COMMANDS[-2:]:
                    for option in ([], ["--json"]):
                        if option and command[0] not in ("append", "verify"):
                            continue
                        code, printed, error = ctl.run(node, *option, *command)
                        what = f"{option}{command} of {status} {document}"
                        expect(f"exit code of {what}: {printed}{error}", 1, code)
                        if command[0] == "append" and option:
                            expect(what, True, '"unknown"' in printed and '"id"' not in printed)
                        elif command[0] == "verify":
                            expect(what, True, "not what a node answers" in printed)
                        elif command[0] == "faults":
                            expect(what, "replogctl: no node n is known\n", error)
                        else:
                            expect(what, True, "not what a node answers" in error)
                            expect(what, "", printed)


def ids_go_on(ctl):
    """A node whose ids stand still, go back or leave some out would be read for ever, or messages would be missed."""
    status = {"role": "master", "name": "m", "log_id": "1" * 32, "node_id": "2" * 32, "first_id": 1, "last_id": 5000,
              "committed_id": 5000}
    pages = {"stands still": [1] * 1000, "goes back": list(range(1000, 0, -1)), "leaves one out": [*range(1, 500), *range(501, 1002)],
             "begins later": list(range(2, 1002)), "more than were asked for": list(range(1, 2000)), "ids of no kind": ["7", None]}
    for what, ids in pages.items():
        page = {"messages": [{"id": id, "epoch": 1, "time": 1, "message": "x"} for id in ids]}
        with FakeNode(lambda _, path, *__: (200, page if path.startswith("/api/v1/messages") else status)) as node:
            for command in (["get", "--from", "1"], ["get", "--limit", "2000"], ["tail", "--from", "1"],
                            ["tail", "-f", "--from", "1"]):
                if what == "begins later" and command[1:] == ["--limit", "2000"]:
                    continue
                code, printed, error = ctl.run(node, *command)
                expect(f"{what}, {command}", (1, True, ""), (code, "ids that do not go on" in error, printed))


def texts_are_plain(ctl):
    """What a node says is shown as plain text, names of members, too; JSON has escapes, on a terminal or not."""
    text = "\x1b]0;x\x07\x9b31m\x7f\u202e\u2066\u2028\U000e0041\u0436"
    status = {"role": "master", "name": text, "mode": text, "epoch": text, "last_id": 1, "committed_id": 1, "mode_reason": text,
              "nodes": [{"name": text, "health": text, "acked_id": text, "url": f"http://{text}", "last_error": text}],
              "waits": [{"id": text, "w": 1, "acks": 1, "missing": [text]}], "waits_total": 1}
    entry = {"id": 1, text: text, "message": "x", "headers": {text: text}, "type": text, "nodes": [text]}
    problem = {"title": text, "detail": text}
    by_path = {"/api/v1/status": status, "/api/v1/messages/1": entry, "/api/v1/messages": {"messages": [entry]},
               "/api/v1/digest": {"to": text, "digest": text}, "/api/v1/backup": {"path": text}, "/health": {"status": text},
               "/api/v1/faults": {"delay_ms": 1, text: text}, "/api/v1/waits/1": {"released": True, text: text},
               "/api/v1/nodes/n/retry": {"retrying": True, text: text}}

    def answer(method, path, *_):
        return (400, problem) if method == "POST" and path == "/api/v1/messages" else (200, by_path[path.split("?")[0]])

    with FakeNode(answer) as node:
        for command in (["status"], ["nodes"], ["waits"], ["get", "1"], ["get"], ["tail"], ["append", "x"], ["digest"],
                        ["verify"], ["backup", "b"], ["health"], ["release", "1"], ["retry", "n"], ["faults", text],
                        ["faults", node.address]):
            for json_option in ([], ["--json"]):
                _, printed, error = ctl.run(node, *json_option, *command)
                if command[0] in ("get", "tail") and len(command) == 1 and not json_option:
                    continue   # messages as they are, where no terminal shows them
                for char in text[:-1]:
                    if not char.isascii() or not char.isprintable():
                        expect(f"{char!r} of {json_option}{command}: {printed!r} {error!r}", False, char in printed + error)
                if json_option and command[0] not in ("append", "verify", "nodes", "waits") and printed:
                    wanted = {"faults": by_path["/api/v1/faults"], "status": status, "get": entry, "tail": entry}
                    if command[0] in wanted:
                        expect(f"the JSON of {command}", wanted[command[0]], json.loads(printed))


def a_refusal_is_not_hidden(ctl):
    """One message was refused, another is there with too few copies: the call is told of the one that is missing."""
    def answer(_, __, ___, body):
        return (413, {"detail": "too large"}) if json.loads(body)["message"] == "large" else (504, {"id": 7, "acks": 1})

    with FakeNode(append_only(answer)) as node:
        for messages, wanted in ((["x"], 3), (["large"], 1), (["large", "x"], 1), (["x", "large"], 1), (["x", "y"], 3)):
            expect(f"exit code of {messages}", wanted, ctl.run(node, "append", "--timeout", "1s", *messages)[0])


def flood(head, piece):
    """An answer without an end."""
    def write(connection):
        connection.sendall(head)
        while True:
            connection.sendall(piece)
    return write


DEEP = b"[" * 100000
STRANGE = {
    "a login page": (200, b"<html>login</html>"),
    "a deep one": (200, DEEP),
    "a list": (200, [1]),
    "members of other types": (200, {"messages": 5, "id": "7", "acks": "1", "role": 1, "last_id": "1", "digest": 7}),
    "nothing": (200, b""),
    "a bad redirect": (307, {}, {"Location": "file:///etc/passwd"}),
    "a redirect to nowhere": (307, {}),
    "a deep problem": (500, DEEP),
    "a problem of other types": (409, {"detail": {"a": 1}, "id": "zz", "title": 3}),
    "a list for a problem": (409, [1]),
    "a byte at a time": flood(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n", b" "),
    "100 for ever": flood(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "an endless one": flood(b"HTTP/1.1 200 OK\r\n\r\n", b" " * 65536),
    "another protocol": flood(b"", b"\x15\x03\x01\0\2\2\x46" * 10),
}

STRANGE_IN_NODE = """
const [url, kind] = given;
const log = () => new Replog([url], {patienceMs: 0, attemptTimeoutMs: 500, limit: 1 << 20, piece: 1 << 20});
for (const call of [(l) => l.status(), (l) => l.append('x', {timeoutMs: 1}), (l) => l.appendMany(['x']), (l) => l.read(),
    (l) => l.get(1), (l) => l.digest(1), async (l) => (await l.follow().next()).value]) {
    try {
        console.log('gave', await call(log()));
    } catch (error) {
        console.log(error instanceof ReplogError ? 'ReplogError' : `${error}`, error.id);
    }
}
process.exit(0);
"""


def clients_tell_of_rubbish():
    """Whatever comes, it is a ReplogError, in a bounded time and of bounded size; an append is no success."""
    calls = (lambda log: log.status(), lambda log: log.append("x", timeout=0.001), lambda log: log.append_many(["x"]),
             lambda log: log.read(), lambda log: log.get(1), lambda log: log.digest(1), lambda log: next(log.follow()))
    for kind, answer in STRANGE.items():
        with FakeNode(lambda *_: answer) as node:
            for call in calls:
                log = Replog([node.url], patience=0, attempt_timeout=0.5)
                log._bounds.limit = log._bounds.piece = 1 << 20
                try:
                    raise AssertionError(f"{kind}: it gave {call(log)}")
                except ReplogError as error:
                    expect(f"the id with {kind}", None, error.id)
            printed = in_node(STRANGE_IN_NODE, node.url, kind)
            if printed is not None:
                expect(f"{kind} in Node", ["ReplogError undefined"] * len(calls), printed.splitlines())


def followers_need_ids_that_go_on():
    status = {"role": "master", "log_id": "1" * 32, "node_id": "2" * 32, "last_id": 5}
    for ids in ([1] * 5, [2, 3], [1, 3], [], ["1"], [None]):
        page = {"messages": [{"id": id, "epoch": 1, "time": 1, "message": "x"} for id in ids]}
        with FakeNode(lambda _, path, *__: (200, page if path.startswith("/api/v1/messages") else status)) as node:
            wanted = f"ReplogError: 0: {node.url} answered messages with ids that do not go on"
            expect(f"following {ids}", wanted, told(lambda: next(Replog([node.url]).follow())))
            printed = in_node("console.log(await told(async () => (await new Replog(given).follow().next()).value));", node.url)
            if printed is not None:
                expect(f"following {ids} in Node", wanted, printed.strip())


def a_name_is_the_same_in_upper_case():
    """The token goes to a node of the list after a redirect, however its name is written."""
    def master(_, __, headers, ___):
        return ((201, {"id": 1, "acks": 1}) if headers.get("authorization") == "Bearer T" else (401, {"detail": "no token"}))

    with FakeNode(master) as node:
        port = node.address.rpartition(":")[2]
        target = f"http://localhost:{port}/api/v1/messages"
        with FakeNode(lambda *_: (307, {}, {"Location": target})) as secondary:
            for name in ("localhost", "LocalHost"):
                for scheme in ("http", "HTTP"):
                    nodes = [secondary.url, f"{scheme}://{name}:{port}/"]
                    expect(f"by {nodes[1]}", 1, told(lambda: Replog(nodes, token="T", patience=0).append("x")["id"]))
    for url, wanted in (("HTTP://A:80/x", "http://a"), ("https://a:443", "https://a"), ("https://[::1]:80", "https://[::1]:80")):
        expect(url, [wanted], Replog([url]).nodes)
    for url in ("file:///etc", "http://", "http://:80"):
        expect(url, f"ValueError: '{url}' is no address of a node", told(lambda: Replog([url])))


def a_vanished_machine_is_noticed():
    """Nothing comes from it: the Python client has the system ask. (Node's fetch has no such option.)"""
    wanted = {"TCP_KEEPIDLE": 15, "TCP_KEEPINTVL": 5, "TCP_KEEPCNT": 3, "TCP_USER_TIMEOUT": 30000}
    found = []

    def answer(*_):
        """Looks at the client's end, which is in this process."""
        for descriptor in os.listdir("/proc/self/fd"):
            try:
                with socket.socket(fileno=os.dup(int(descriptor))) as end:
                    if f"127.0.0.1:{end.getpeername()[1]}" == node.address:
                        found.append({name: end.getsockopt(socket.IPPROTO_TCP, getattr(socket, name)) for name in wanted})
            except OSError:
                pass   # no socket, or not connected
        return 201, {"id": 1, "acks": 1}

    if not all(hasattr(socket, name) for name in wanted) or not os.path.isdir("/proc/self/fd"):
        print("a vanished machine: skipped, this system has no such options")
        return
    with FakeNode(append_only(answer)) as node:
        Replog([node.url]).append("x")
    # Beside it may be the connection on which the node is asked for its log.
    expect("what the system is asked for", [wanted], found[:1] if all(each == wanted for each in found) else found)


def interruptions_are_told(ctl):
    """Also where no terminal shows progress, each reason once: who waits for a master must know that it is away."""
    attempts = []

    def answer(*_):
        attempts.append(1)
        return (lambda connection: None) if len(attempts) in (2, 3) else (200, {"id": len(attempts), "acks": 1})

    with FakeNode(append_only(answer)) as node:
        expect("an append that was interrupted twice",
               (0, "1\n4\n", f"replogctl: interrupted, trying again: {node.address} closed the connection\n"),
               ctl.run(node, "append", "x", "y"))


def appends_of(node):
    return [json.loads(body)["message"] for method, _, __, body in node.asked if method == "POST"]


class Replaced:
    """What leaves its first append open, by hanging up or by another answer of `first`; since then its log is another one."""

    def __init__(self, first=lambda connection: None):
        self.first = first
        self.told = threading.Event()   # which log it holds
        self.log_id = "a" * 32

    def answer(self, method, *_):
        if method != "POST":
            status = {"role": "master", "log_id": self.log_id, "node_id": "1" * 32, "last_id": 5, "mode": "read-write"}
            return written(200, status, self.told.set)
        if self.log_id != "a" * 32:
            return 201, {"id": 1, "acks": 1}
        self.told.wait(BOUND_S)
        self.log_id = "b" * 32
        return self.first


def a_repeat_goes_to_no_other_log(ctl):
    """Another log's master at the address knows no key of this log: the message would be one of its own there."""
    for first in (lambda connection: None, (502, b"<html>"), (503, {"id": 7, "acks": 1})):
        with FakeNode(Replaced(first).answer) as node:
            code, printed, error = ctl.run(node, "append", "x")
            where = "message 7" if first == (503, {"id": 7, "acks": 1}) else "the message"
            expect("replogctl", (1, "", f"replogctl: {where} may be in the log: another log is at {node.address}: its log_id is "
                                        f"{'b' * 32}, that of the log which the message was sent to is {'a' * 32}"),
                   (code, printed, error.splitlines()[-1]))
            expect("what was appended", ["x"], appends_of(node))
        for call in (lambda node: told(lambda: Replog([node.url]).append("x")),
                     lambda node: (in_node("console.log(await told(() => new Replog(given).append('x')));", node.url)
                                   or "").strip()):
            with FakeNode(Replaced(first).answer) as node:
                found = call(node)
                if found:   # Node may not be installed
                    expect("a client", f"LogReplaced: the message may be in a log that was replaced: the log_id at {node.url} is "
                                       f"{'b' * 32} now, {'a' * 32} was told before", found)
                    expect("what was appended by a client", ["x"], appends_of(node))


def a_refusal_of_a_repeat_leaves_it_open(ctl):
    for status in (401, 413, 422, 507):
        answers = [lambda connection: None, (status, {"detail": "why"})]
        with FakeNode(append_only(lambda *_: answers.pop(0))) as node:
            expect(f"a repeat answered {status}", (1, "", "replogctl: the message may be in the log: why"),
                   (lambda code, printed, error: (code, printed, error.splitlines()[-1]))(*ctl.run(node, "append", "x")))
            answers += [lambda connection: None, (status, {"detail": "why"})]
            wanted = f"ReplogError: 0: the message may be in the log: {status}: why"
            expect(f"in Python {status}", wanted, told(lambda: Replog([node.url]).append("x")))
            answers += [lambda connection: None, (status, {"detail": "why"})]
            printed = in_node("console.log(await told(() => new Replog(given).append('x')));", node.url)
            if printed is not None:
                expect(f"in Node {status}", wanted, printed.strip())
    with FakeNode(append_only(lambda *_: (401, {"detail": "why"}))) as node:
        expect("refused at once", "ReplogError: 401: why", told(lambda: Replog([node.url]).append("x")))


def a_fenced_master_is_not_the_only_one(ctl):
    """It was named first: the one that took over is found all the same."""
    calls = []

    def fenced(_, path, *__):
        calls.append(path)
        return ((200, {"role": "master", "name": "old", "mode": mode, "nodes": [], "waits": []}) if path == "/api/v1/status"
                else (503, {"detail": "fenced"}))

    def leading(method, path, *_):
        if path == "/api/v1/status":
            return 200, {"role": "master", "name": "new", "mode": "read-write", "waits": [],
                         "nodes": [{"name": "s1", "health": "healthy"}]}
        return 200, {"id": 7, "acks": 1, "released": True, "retrying": True, "forgotten": True}

    for mode in ("fenced", "failed"):
        with FakeNode(fenced) as old, FakeNode(leading) as new, \
                FakeNode(lambda *_: (200, {"role": "secondary", "name": "s", "master": old.url})) as secondary:
            for nodes in (f"{old.address},{new.address}", f"{secondary.address},{old.address},{new.address}"):
                expect("append", (0, "7\n", ""), ctl.run(old, "--nodes", f"{old.address},{new.address}", "append", "x"))
                calls.clear()
                for command in (["nodes"], ["waits"], ["release", "1"], ["retry", "s1"], ["forget", "s1"]):
                    code, printed, error = ctl.run(old, "--nodes", nodes, *command)
                    expect(f"{command} of {nodes}: {printed}{error}", (0, ""), (code, error))
                    expect(f"who answers {command}", command[0] == "nodes", "s1" in printed and "healthy" in printed)
                expect("what the old one was asked", {"/api/v1/status"}, set(calls))
            code, printed, error = ctl.run(old, "append", "x")
            expect("alone", (1, "", "replogctl: fenced\n"), (code, printed, error))
            expect("alone, what it tells", 0, ctl.run(old, "nodes")[0])


def a_token_goes_to_nodes_by_their_id(ctl):
    """The master advertises a node by another address than the user's: that one is asked, with the token; one that the user
    did not name is told of."""
    digest = {"to": 1, "digest": "d" * 32}

    def served(status):
        def answer(_, path, headers, __):
            if headers.get("authorization") != "Bearer T":
                return 401, {"detail": "a token is wanted"}
            return 200, status if path == "/api/v1/status" else digest
        return answer

    with FakeNode(served({"role": "secondary", "name": "s1", "node_id": "1" * 32, "committed_id": 1})) as secondary, \
            FakeNode(None) as master, tempfile.TemporaryDirectory() as folder:
        token = f"{folder}/token"
        with open(token, "w", encoding="utf-8") as file:
            file.write("T\n")
        member = {"name": "s1", "node_id": "1" * 32, "url": secondary.url}
        master.answer = served({"role": "master", "name": "m", "node_id": "2" * 32, "committed_id": 1, "nodes": [member]})
        ours, theirs = (node.address.replace("127.0.0.1", "localhost") for node in (master, secondary))
        for nodes in (f"{ours},{theirs}", f"{theirs},{ours}"):
            code, printed, error = ctl.run(master, "--token-file", token, "verify", "--nodes", nodes)
            expect(f"verify of {nodes}: {printed}{error}", (0, 2), (code, printed.count("d" * 32)))
        code, printed, _ = ctl.run(master, "--token-file", token, "verify", "--nodes", ours)
        expect("a node that was not named", (1, True),
               (code, f"the token goes to the nodes of --nodes alone: name {secondary.address} there" in printed))
        follower = {"role": "secondary", "name": "s1", "master": master.url}
        secondary.answer = served(follower)
        code, _, error = ctl.run(master, "--token-file", token, "waits", "--nodes", theirs)
        secondary.answer = lambda method, path, headers, body: (
            served(follower)(method, path, headers, body) if method != "POST" else (307, {}, {"Location": master.url}))
        expect("an append to a master that was not named",
               (1, "", f"replogctl: the token is sent to named nodes only, and {master.address} is none of them\n"),
               ctl.run(master, "--token-file", token, "append", "x", "--nodes", theirs))
        wanted = f"ReplogError: 401: the token is sent to named nodes only, and {master.url} is none of them"
        expect("in Python", wanted, told(lambda: Replog([secondary.url], token="T").append("x")))
        printed = in_node("console.log(await told(() => new Replog(given, {token: 'T'}).append('x')));", secondary.url)
        if printed is not None:
            expect("in Node", wanted, printed.strip())
        secondary.answer = served(follower)
        expect("a master that was not named", (1, "replogctl: the token goes to the nodes of --nodes alone: name the master "
                                               f"{master.address} there\n"), (code, error))


def main():
    ctl = Ctl(os.path.abspath(sys.argv[1]))
    completion_runs_nothing(ctl)
    fields_stay_in_their_place()
    node_takes_what_it_was_given()
    ok_is_a_document_of_ours(ctl)
    ids_go_on(ctl)
    texts_are_plain(ctl)
    a_refusal_is_not_hidden(ctl)
    interruptions_are_told(ctl)
    a_repeat_goes_to_no_other_log(ctl)
    a_refusal_of_a_repeat_leaves_it_open(ctl)
    a_fenced_master_is_not_the_only_one(ctl)
    a_token_goes_to_nodes_by_their_id(ctl)
    clients_tell_of_rubbish()
    followers_need_ids_that_go_on()
    a_name_is_the_same_in_upper_case()
    a_vanished_machine_is_noticed()
    print("rude nodes: ok")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except AssertionError as error:
        sys.exit(f"FAIL: {error}")
