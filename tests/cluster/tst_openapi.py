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
import signal
import subprocess
import sys
import tempfile
import threading
import urllib.parse

import jsonschema
import yaml

BOUND_S = 30


class Node:
    def __init__(self, binary, folder, *options):
        self.process = subprocess.Popen(
            [binary, "--port", "0", "--data", folder, *options], stdout=subprocess.PIPE,
            stderr=open(folder + ".log", "w"), text=True)
        timer = threading.Timer(BOUND_S, self.process.kill)
        timer.start()
        line = self.process.stdout.readline()
        timer.cancel()
        match = re.search(r"listening on http://([^ :]+:\d+)", line)
        if not match:
            sys.exit(f"{binary} did not start: {open(folder + '.log').read()}")
        self.address = match.group(1)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(BOUND_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            sys.exit("a node did not stop")


class Description:
    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            self.document = yaml.safe_load(file)
        self.taken = set()

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

    def check(self, method, path, status, media_type, body):
        template, operation = self.operation(method, path)
        self.taken.add((method.lower(), template))
        where = f"{method} {path} -> {status} {media_type}"
        if str(status) not in operation["responses"]:
            raise AssertionError(f"{where}: this status is not described; body: {body[:300]!r}")
        content = self.resolve(operation["responses"][str(status)]).get("content", {})
        if not content:
            return
        name = media_type.split(";")[0].strip()
        if name not in content and "*/*" not in content:
            raise AssertionError(f"{where}: described are {', '.join(content)}")
        if name != "application/json" and not name.endswith("+json"):
            return
        # References of the schema lead into the whole document.
        schema = {**self.document, "$ref": None}
        schema.update(content[name]["schema"])
        schema = {key: value for key, value in schema.items() if value is not None}
        try:
            jsonschema.Draft202012Validator(schema).validate(json.loads(body))
        except jsonschema.ValidationError as error:
            raise AssertionError(f"{where}: {error.message} at {list(error.absolute_path)}; body: {body[:600]!r}") from None

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
        if isinstance(body, (dict, list)):
            data = json.dumps(body)
            headers.setdefault("Content-Type", "application/json")
        connection.request(method, target, data, headers)
        answer = connection.getresponse()
        path = urllib.parse.urlsplit(target).path
        media_type = answer.getheader("Content-Type", "")
        # An event stream does not end; its status and type are what counts here.
        text = b"" if media_type.startswith("text/event-stream") else answer.read()
        connection.close()
        try:
            if answer.status != expected:
                raise AssertionError(f"{method} {target} -> {answer.status}, expected {expected}; body: {text[:300]!r}")
            description.check(method, path, answer.status, media_type, text)
        except AssertionError as error:
            failures.append(str(error))
        return text

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
            ask(master, "POST", messages, 201, {"messages": ["two", "three"], "w": "majority"})
            ask(master, "POST", messages + "?w=2", 201, "four", Content_Type="text/plain", Idempotency_Key="four")
            ask(master, "POST", messages + "?w=2", 200, "four", Content_Type="text/plain", Idempotency_Key="four")
            ask(master, "POST", messages + "?w=2", 422, "other", Content_Type="text/plain", Idempotency_Key="four")
            ask(master, "POST", messages, 201, '{"message": "five"}\n', Content_Type="application/x-ndjson")
            ask(master, "POST", messages, 400, {"message": "x", "ww": 1})
            ask(master, "POST", messages, 400, "{", Content_Type="application/json")
            ask(master, "POST", messages, 415, "{")
            ask(master, "POST", messages, 504, {"message": "six", "w": 9, "timeout_ms": 1})
            ask(s1, "POST", messages, 307, {"message": "x"})
            for node in nodes:
                ask(node, "GET", f"{messages}?at_least=5&wait_ms=20000", 200)
                ask(node, "GET", f"{messages}?from=2&limit=2&view=all", 200)
                ask(node, "GET", messages, 200, Accept="application/x-ndjson")
                ask(node, "GET", f"{messages}?from=0", 400)
                ask(node, "GET", f"{messages}?at_least=99&wait_ms=1", 504)
                ask(node, "GET", f"{messages}/1", 200)
                if node is master:
                    ask(node, "GET", f"{messages}/6", 200)
                ask(node, "GET", f"{messages}/99", 404)
                ask(node, "GET", "/api/v1/status", 200)
                ask(node, "GET", "/api/v1/status", 200, Accept="text/event-stream")
                ask(node, "GET", "/api/v1/trace", 200)
                ask(node, "GET", "/api/v1/digest?to=5", 200)
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
            ask(s1, "PUT", "/api/v1/faults", 400, {"fail_after": 2})
            ask(s2, "GET", "/api/v1/faults", 404)
            ask(s2, "PUT", "/api/v1/faults", 404, {})
            ask(master, "POST", "/api/v1/backup", 200, {"name": "one"})
            ask(master, "POST", "/api/v1/backup", 409, {"name": "one"})
            for name in ("", ".", "..", ".x", "a/b", "x" * 65, "é", "x\n", 1, None):
                ask(master, "POST", "/api/v1/backup", 400, {"name": name})
            ask(master, "POST", "/api/v1/backup", 400, {})
            ask(master, "POST", "/api/v1/backup", 400, {"name": "two", "nam": "x"})
            ask(s1, "POST", "/api/v1/backup", 404, {"name": "one"})
            ask(master, "POST", "/api/v1/nodes", 400, {"name": "s9"})
            status = json.loads(ask(s2, "GET", "/api/v1/status", 200))
            # What s2 itself would send. Its own process asks again in any case, so that nothing is changed by it.
            ask(master, "POST", "/api/v1/nodes/s1/retry", 200)
            ask(master, "POST", "/api/v1/nodes/nobody/retry", 404)
            ask(master, "DELETE", "/api/v1/nodes/s2", 200)
            ask(master, "DELETE", "/api/v1/nodes/nobody", 404)
            assert status["name"] == "s2"
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
