#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""replogctl and the one-file clients against what is no node of Replog, or one that means harm:
tst_rudenode.py BIN-FOLDER"""
import json
import os
import shutil
import subprocess
import sys
import tempfile

from fakenode import FakeNode
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

    def run(self, node, *arguments, given=None):
        """Its exit code, what it printed, and its errors."""
        done = subprocess.run([f"{self.binaries}/replogctl", "--nodes", node.address, *arguments], input=given, text=True,
                              timeout=BOUND_S, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=self.environment)
        return done.returncode, done.stdout, done.stderr


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
                if (what, command[1:]) in (("begins later", ["--limit", "2000"]), ("more than were asked for", ["--from", "1"])) \
                        and command[:2] != ["get", "--from"]:
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

    with FakeNode(answer) as node:
        for messages, wanted in ((["x"], 3), (["large"], 1), (["large", "x"], 1), (["x", "large"], 1), (["x", "y"], 3)):
            expect(f"exit code of {messages}", wanted, ctl.run(node, "append", "--timeout", "1s", *messages)[0])


def main():
    ctl = Ctl(os.path.abspath(sys.argv[1]))
    completion_runs_nothing(ctl)
    fields_stay_in_their_place()
    ok_is_a_document_of_ours(ctl)
    ids_go_on(ctl)
    texts_are_plain(ctl)
    a_refusal_is_not_hidden(ctl)
    print("rude nodes: ok")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except AssertionError as error:
        sys.exit(f"FAIL: {error}")
