#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Holds resources/openapi.yaml against real nodes: tst_openapi.py BIN-FOLDER DESCRIPTION

Starts a master and two secondaries, takes every path and method of the description, and compares each answer's status,
media type and body with what is described. A path that no case below takes fails the test.
"""
import http.client
import json
import os
import re
import sys
import tempfile
import urllib.parse

import jsonschema
import yaml
from realnodes import BOUND_S, Node

OF_EVERY_CALL = {403, 408, 413, 421, 431, 501, 503, 505}   # the answers that "default" stands for
TOKEN = "openapi-test"


class Description:
    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            self.document = self.with_whole_patterns(yaml.safe_load(file))
        self.taken = set()

    def with_whole_patterns(self, node):
        """A pattern's $ is the end of the text there, and for Python also the place before a last line feed."""
        if isinstance(node, dict):
            return {key: re.sub(r"\$$", r"\\Z", value) if key == "pattern" and isinstance(value, str)
                    else self.with_whole_patterns(value) for key, value in node.items()}
        return [self.with_whole_patterns(each) for each in node] if isinstance(node, list) else node

    def resolve(self, node):
        while "$ref" in node:
            target = self.document
            for part in node["$ref"].removeprefix("#/").split("/"):
                target = target[part]
            node = target
        return node

    def operation(self, method, path):
        for template, item in self.document["paths"].items():
            pattern = re.sub(r"\{[^}]+\}", "[^/]+", template)
            if re.fullmatch(pattern, path) and method.lower() in item:
                # A path without parameters goes before one with.
                if template == path or path not in self.document["paths"]:
                    return template, item[method.lower()]
        raise AssertionError(f"{method} {path} is not described")

    def problem(self, schema, document):
        """What the schema has against the document; None if nothing."""
        # References of the schema lead into the whole document.
        validator = jsonschema.Draft202012Validator({**self.document, **schema})
        error = jsonschema.exceptions.best_match(validator.iter_errors(document))
        return error and f"{error.message} at {list(error.absolute_path)}"

    def largest(self, method, path, name):
        """The largest value that is described of a query argument."""
        parameters = self.operation(method, path)[1]["parameters"]
        schema = next(one["schema"] for one in map(self.resolve, parameters) if one["name"] == name and one["in"] == "query")
        return self.resolve(schema).get("maximum", 2 ** 53 - 1)

    def check_request(self, method, path, media_type, body):
        """What is described as the body of a request; None if that is as described."""
        content = self.operation(method, path)[1]["requestBody"]["content"]
        if media_type not in content:
            return f"described are {', '.join(content)}"
        return self.problem(content[media_type]["schema"], body)

    def check(self, method, path, status, headers, body):
        template, operation = self.operation(method, path)
        media_type = headers.get("Content-Type", "")
        where = f"{method} {path} -> {status} {media_type}"
        described = operation["responses"].get(str(status))
        if described:
            self.taken.add((method.lower(), template))
        elif status in OF_EVERY_CALL:
            described = operation["responses"].get("default")
        if not described:
            raise AssertionError(f"{where}: this status is not described; body: {body[:300]!r}")
        response = self.resolve(described)
        for header in response.get("headers", {}):
            if header not in headers:
                raise AssertionError(f"{where}: the header {header} is missing")
        content = response.get("content", {})
        name = media_type.split(";")[0].strip()
        if not content:
            if body:
                raise AssertionError(f"{where}: no body is described; body: {body[:300]!r}")
            return
        if name not in content and "*/*" not in content:
            raise AssertionError(f"{where}: described are {', '.join(content)}")
        if name != "application/json" and not name.endswith("+json"):
            return
        document = json.loads(body)
        problem = self.problem(content[name]["schema"], document)
        if not problem and status >= 400 and document["status"] != status:
            problem = f"the problem document says {document['status']}"
        if problem:
            raise AssertionError(f"{where}: {problem}; body: {body[:600]!r}")

    def missing(self):
        return {(method, path) for path, item in self.document["paths"].items()
                for method in item if method in ("get", "put", "post", "delete")} - self.taken


def main():
    binaries, description_path = sys.argv[1:3]
    description = Description(description_path)
    failures = []

    def ask(node, method, target, expected, body=None, **headers):
        """One request; the answer's body. `expected`: the status."""
        connection = http.client.HTTPConnection(node.address, timeout=BOUND_S)
        data = body
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        path = urllib.parse.urlsplit(target).path
        if isinstance(body, (dict, list)):
            data = json.dumps(body)
            headers.setdefault("Content-Type", "application/json")
            # What a node takes is described, and what it refuses as a bad request is not.
            problem = description.check_request(method, path, "application/json", body)
            if problem and expected in (200, 201):
                failures.append(f"{method} {target}: the request is not as described: {problem}; body: {data}")
            elif not problem and expected == 400:
                failures.append(f"{method} {target}: a request that is refused is described; body: {data}")
        connection.request(method, target, data, headers)
        answer = connection.getresponse()
        # An event stream does not end; its status and type are what counts here.
        text = b"" if answer.getheader("Content-Type", "").startswith("text/event-stream") else answer.read()
        connection.close()
        try:
            if answer.status != expected:
                raise AssertionError(f"{method} {target} -> {answer.status}, expected {expected}; body: {text[:300]!r}")
            description.check(method, path, answer.status, answer.headers, text)
        except AssertionError as error:
            failures.append(str(error))
        return text

    def expect(what, wanted, got):
        if wanted != got:
            failures.append(f"{what}: expected {wanted!r}, got {got!r}")

    with tempfile.TemporaryDirectory() as folder:
        os.environ.pop("REPLOG_CONFIG", None)
        nodes = []
        try:
            master = Node(f"{binaries}/replog-master", f"{folder}/m", "--name", "m",
                          "--backup-dir", f"{folder}/backups")
            nodes.append(master)
            s1 = Node(f"{binaries}/replog-secondary", f"{folder}/s1", "--name", "s1", "--master", master.address,
                      "--enable-faults")
            nodes.append(s1)
            s2 = Node(f"{binaries}/replog-secondary", f"{folder}/s2", "--name", "s2", "--master", master.address)
            nodes.append(s2)

            messages = "/api/v1/messages"
            # w=3 is answered once both secondaries are there.
            ask(master, "POST", messages, 201, {"message": "one", "w": 3, "timeout_ms": 20000})
            ask(master, "POST", messages, 201, {"messages": ["two", {"message_base64": "/wA=", "type": "image/png",
                                                                     "headers": {"a": "b"}}], "w": "majority"})
            ask(master, "POST", messages, 400, {"messages": ["two", {"type": "image/png"}]})
            ask(master, "POST", messages, 400, {"messages": ["two", {"message": "x", "w": 2}]})
            ask(master, "POST", messages, 400, {"messages": []})
            ask(master, "POST", messages, 400, {"message": "x", "message_base64": "eA=="})
            ask(master, "POST", messages, 400, {"message": "x", "w": "some"})
            # The largest values are described; with this expect_last_id nothing is appended.
            for field in ("w", "timeout_ms", "expect_last_id"):
                most = {"w": 2 ** 31 - 1, "timeout_ms": 2 ** 31 - 1, "expect_last_id": 2 ** 53 - 1}[field]
                if field != "w":   # which --max-w bounds, too
                    ask(master, "POST", messages, 412, {"message": "x", "expect_last_id": 1, field: most})
                for more in ({"message": "x"}, {"messages": ["x"]}):
                    ask(master, "POST", messages, 400, {**more, field: most + 1})
            for name, tail in (("timeout_ms", "&expect_last_id=1"), ("expect_last_id", "")):
                most = description.largest("POST", messages, name)
                ask(master, "POST", f"{messages}?{name}={most}{tail}", 412, "x", Content_Type="text/plain")
                ask(master, "POST", f"{messages}?{name}={most + 1}{tail}", 400, "x", Content_Type="text/plain")
            ask(master, "POST", messages, 412, {"message": "x", "expect_last_id": 1})
            ask(master, "POST", messages + "?w=2", 201, "four", Content_Type="text/plain", Idempotency_Key="four")
            ask(master, "POST", messages + "?w=2", 200, "four", Content_Type="text/plain", Idempotency_Key="four")
            ask(master, "POST", messages + "?w=2", 422, "other", Content_Type="text/plain", Idempotency_Key="four")
            ask(master, "POST", messages, 201, '{"message": "five"}\n', Content_Type="application/x-ndjson")
            ask(master, "POST", messages, 400, {"message": "x", "ww": 1})
            ask(master, "POST", messages, 400, "{", Content_Type="application/json")
            ask(master, "POST", messages, 415, "{")
            ask(master, "POST", messages, 504, {"message": "six", "w": 9, "timeout_ms": 1})
            ask(s1, "POST", messages, 307, {"message": "x"})
            # What any call may be answered.
            for path, item in description.document["paths"].items():
                for method in item:
                    ask(s1, method.upper(), path.replace("{id}", "1").replace("{name}", "s1"), 421, Host="elsewhere.example")
                    ask(s1, method.upper(), path.replace("{id}", "1").replace("{name}", "s1"), 403, Sec_Fetch_Site="cross-site")
            # What only one of the two has.
            for path, item in description.document["paths"].items():
                for method, operation in item.items():
                    for without, kind in ((s1, "(master)"), (master, "(secondary")):
                        if kind in operation["summary"]:
                            ask(without, method.upper(), path.replace("{id}", "1").replace("{name}", "s1"), 404)
            ask(s1, "GET", messages, 431, X_Long="x" * 100000)
            ask(s1, "PUT", "/api/v1/faults", 413, "x" * 20000000, Content_Type="application/json")
            for node in nodes:
                ask(node, "GET", f"{messages}?at_least=5&wait_ms=20000", 200)
                ask(node, "GET", f"{messages}?at_least=6&view=all&wait_ms=20000", 200)
                ask(node, "GET", f"{messages}?from=2&limit=2&view=all", 200)
                ask(node, "GET", messages, 200, Accept="application/x-ndjson")
                ask(node, "GET", f"{messages}?from=0", 400)
                for path in (messages, f"{messages}/1"):
                    most = description.largest("GET", path, "wait_ms")
                    ask(node, "GET", f"{path}?wait_ms={most}", 200)
                    ask(node, "GET", f"{path}?wait_ms={most + 1}", 400)
                ask(node, "GET", f"{messages}?at_least=99&wait_ms=1", 504)
                ask(node, "GET", f"{messages}/1", 200)
                one = json.loads(ask(node, "GET", f"{messages}/1?wait_ms=20000", 200))
                expect(f"{node.address}: entry 1", (3, True, True), (one["w"], one["satisfied"], one["committed"]))
                expect(f"{node.address}: acks of entry 1", node is master and 3, one.get("acks", False))
                # Entry 6 waits for nine nodes: every node holds it, and none of them shows it as committed.
                for query in ("view=all", "wait_ms=1"):
                    six = json.loads(ask(node, "GET", f"{messages}/6?{query}", 200))
                    expect(f"{node.address}: entry 6", (9, False, False), (six["w"], six["satisfied"], six["committed"]))
                ask(node, "GET", f"{messages}/6?view=committed", 404)
                ask(node, "GET", f"{messages}/3?raw=1", 200)
                ask(node, "GET", f"{messages}/1?raw=1", 200)
                ask(node, "GET", f"{messages}/0", 400)
                ask(node, "GET", f"{messages}/99", 404)
                status = json.loads(ask(node, "GET", "/api/v1/status", 200))
                expect(f"{node.address}: role", "master" if node is master else "secondary", status["role"])
                ask(node, "GET", "/api/v1/status", 200, Accept="text/event-stream")
                ask(node, "GET", "/api/v1/trace", 200)
                ask(node, "GET", "/api/v1/digest?to=5", 200)
                ask(node, "GET", "/api/v1/digest", 200)
                ask(node, "GET", "/api/v1/digest?to=99", 404)
                ask(node, "GET", "/api/v1/digest?to=x", 400)
                ask(node, "GET", "/health", 200)
                ask(node, "GET", "/metrics", 200)
                served = ask(node, "GET", "/api/v1/openapi.yaml", 200)
                if served != open(description_path, "rb").read():
                    failures.append("the node serves another description than resources/openapi.yaml")
            ask(master, "DELETE", "/api/v1/waits/6", 200)
            ask(master, "DELETE", "/api/v1/waits/6", 404)
            ask(master, "DELETE", "/api/v1/waits?from=6&to=6", 404)
            ask(master, "GET", "/api/v1/status", 200)
            ask(s1, "GET", "/api/v1/faults", 200)
            ask(s1, "PUT", "/api/v1/faults", 200, {"delay_ms": 0, "fail_after": 0.5})
            told = json.loads(ask(s1, "GET", "/api/v1/status", 200))["faults"]
            expect("faults in the status", {"delay_ms": 0, "fail_before": 0, "fail_after": 0.5, "drop": 0,
                                            "block": False}, told)
            expect("faults in the status without --enable-faults", None,
                   json.loads(ask(s2, "GET", "/api/v1/status", 200))["faults"])
            ask(s1, "PUT", "/api/v1/faults", 400, {"fail_after": 2})
            ask(s1, "PUT", "/api/v1/faults", 400, {"delay_ms": 3600001})
            ask(s1, "PUT", "/api/v1/faults", 415, "{}", Content_Type="text/plain")
            ask(s2, "GET", "/api/v1/faults", 404)
            ask(s2, "PUT", "/api/v1/faults", 404, {})
            ask(master, "POST", "/api/v1/backup", 200, {"name": "one"})
            ask(master, "POST", "/api/v1/backup", 409, {"name": "one"})
            for name in ("", ".", "..", ".x", "a/b", "x" * 65, "é", "x\n", 1, None):
                ask(master, "POST", "/api/v1/backup", 400, {"name": name})
            ask(master, "POST", "/api/v1/backup", 400, {})
            ask(master, "POST", "/api/v1/backup", 400, {"name": "two", "label": "x"})
            ask(master, "POST", "/api/v1/backup", 415, '{"name": "three"}', Content_Type="text/plain")
            ask(s1, "POST", "/api/v1/backup", 404, {"name": "one"})
            ask(master, "POST", "/api/v1/nodes", 400, {"name": "s9"})
            # What s2 itself would send, from another process: the one at that address says that it is not the sender.
            status = json.loads(ask(s2, "GET", "/api/v1/status", 200))
            document = {field: status[field] for field in ("name", "node_id", "wire", "log_id", "epoch", "last_id",
                                                           "committed_id")}
            document.update(instance="0" * 31 + "1", url=s2.url, start=None, last_epoch=status["epoch"], last_start=None)
            ask(master, "POST", "/api/v1/nodes", 409, document)
            ask(master, "POST", "/api/v1/nodes", 400, {**document, "colour": "red"})
            ask(master, "POST", "/api/v1/nodes", 415, json.dumps(document))
            ask(master, "POST", "/api/v1/nodes/s1/retry", 400, "{}", Content_Type="application/json")
            ask(master, "POST", "/api/v1/nodes/s1/retry", 200)
            ask(master, "POST", "/api/v1/nodes/nobody/retry", 404)
            ask(master, "DELETE", "/api/v1/nodes/s2", 200)
            ask(master, "DELETE", "/api/v1/nodes/nobody", 404)
            # With tokens.
            for name, line in (("tokens", f"{TOKEN} read\n"), ("cluster-token", f"{TOKEN}-cluster\n")):
                with open(f"{folder}/{name}", "w", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
                    file.write(line)
            guarded = Node(f"{binaries}/replog-master", f"{folder}/g", "--name", "g", "--token-file", f"{folder}/tokens",
                           "--cluster-token-file", f"{folder}/cluster-token")
            nodes.append(guarded)
            mine = {"Authorization": f"Bearer {TOKEN}"}
            for path in (messages, f"{messages}/1", "/api/v1/status", "/api/v1/trace", "/api/v1/digest?to=0", "/metrics"):
                ask(guarded, "GET", path, 401)
                ask(guarded, "GET", path, 404 if path == f"{messages}/1" else 200, **mine)
            for method, path in (("POST", messages), ("DELETE", "/api/v1/waits/1"), ("DELETE", "/api/v1/waits?from=1&to=2"),
                                 ("DELETE", "/api/v1/nodes/s1"), ("POST", "/api/v1/nodes/s1/retry")):
                ask(guarded, method, path, 401)
                ask(guarded, method, path, 403, **mine)
            ask(guarded, "GET", "/health", 200)
            ask(guarded, "GET", "/api/v1/openapi.yaml", 200)
            ask(guarded, "GET", "/api/v1/status", 403, Origin="https://elsewhere.example", **mine)
        finally:
            for node in reversed(nodes):
                node.stop()
    for method, path in sorted(description.missing()):
        failures.append(f"{method.upper()} {path} was not taken")
    for failure in failures:
        print("FAIL:", failure)
    print(f"{len(description.taken)} operations taken, {len(failures)} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
