# SPDX-License-Identifier: GPL-3.0-or-later
"""Our own cluster: a master and its secondaries, Release build, real store, sync on."""

import json
import os
import re
import ssl
import subprocess
import time
import urllib.request

import load
from process import Process, wait_until

LISTENING = re.compile(r"listening on (https?://\S+)")


SECURE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "scripts", "lib", "secure.sh")


def get(url, timeout=30, tls=None):
    with urllib.request.urlopen(url, timeout=timeout, context=tls) as answer:
        return json.load(answer)


class Replog:
    name = "replog"
    remark = "w nodes have synced it"

    def __init__(self, secondaries=2, master_options=(), secondary_options=(), programs=None, tls=False):
        self.count = secondaries
        self.master_options = list(master_options)
        self.secondary_options = list(secondary_options)
        self.programs = programs   # the folder of another build's programs; None: those of this one
        if programs:
            self.name = "before"
            self.remark = "another build of Replog: " + self.remark
        self.tls = tls   # for clients and between the nodes
        self.context = None
        if tls:
            self.name = "tls"
            self.remark = "every connection over TLS: " + self.remark
        self.master = None
        self.secondaries = []

    def writes(self, w):
        return w <= self.count + 1

    def program(self, name):
        return os.path.join(self.programs, name) if self.programs else load.tool(name)

    def version(self):
        done = subprocess.run([self.program("replog-master"), "--version"], capture_output=True, text=True)
        return done.stdout.strip() or "replog"

    def launch(self, program, name, options):
        process = Process(name, [self.program(program), "--port", "0", "--data", f"{self.folder}/{name}", "--name", name]
                          + options, f"{self.folder}/{name}.log")

        def listens():
            process.check()
            return LISTENING.search(process.output()) is not None

        wait_until(listens, f"{name} listens", 120)
        process.url = LISTENING.search(process.output()).group(1)
        process.port = int(process.url.rsplit(":", 1)[1])
        return process

    def start_master(self):
        self.master = self.launch("replog-master", "m", self.master_options)
        self.url = self.master.url

    def add_secondary(self):
        name = f"s{len(self.secondaries) + 1}"
        self.secondaries.append(self.launch("replog-secondary", name, ["--master", self.url] + self.secondary_options))
        return self.secondaries[-1]

    def start(self, folder):
        os.makedirs(folder)
        self.folder = folder
        if self.tls:
            self.make_certificates(f"{folder}/secrets")
        self.start_master()
        for _ in range(self.count):
            self.add_secondary()
        wait_until(lambda: sum(node["health"] == "healthy" for node in self.status()["nodes"]) == self.count,
                   "every secondary is healthy")

    def make_certificates(self, secrets):
        subprocess.run(["bash", "-c", '. "$1"; make_secrets "$2"', "bash", SECURE, secrets], check=True)
        self.context = ssl.create_default_context(cafile=f"{secrets}/ca.pem")
        options = ["--tls-cert", f"{secrets}/node.pem", "--tls-key", f"{secrets}/node.key", "--tls-ca", f"{secrets}/ca.pem"]
        self.master_options += options
        self.secondary_options += options

    def status(self):
        return get(self.url + "/api/v1/status", tls=self.context)

    def prepare(self, w):
        last_id, since = None, 0

        # what the load before had in flight when it ended is appended, and the secondaries have taken it up
        def settled():
            nonlocal last_id, since
            status = self.status()
            if status["last_id"] != last_id:
                last_id, since = status["last_id"], time.monotonic()
            return time.monotonic() > since + 0.3 and all(node["lag"] == 0 for node in status["nodes"])

        wait_until(settled, "the load before has settled", 120)

    def load(self, connections, w, size, seconds):
        before = self.status()["last_id"]
        result = load.append(self.url, connections, w, size, seconds)
        appended = self.status()["last_id"] - before
        # what was in flight when wrk ended was appended too
        if not result["requests"] <= appended <= result["requests"] + connections:
            raise RuntimeError(f"{result['requests']} answers, but {appended} messages appended")
        return result

    def processes(self):
        return [self.master] + self.secondaries

    def stop(self):
        for node in reversed(self.processes()):
            if node is not None:
                node.stop()
