#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A page of another origin in a real browser tries to use nodes on this machine, and gets nowhere.

Arguments: the folder of the programs, and the browser. Starts a master and a secondary, serves page.html on a port of
its own, opens it in a headless Chromium, and looks at what the page learned and at what became of the nodes.
"""

import http.server
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import threading
import urllib.error
import urllib.request

PATIENCE = 120  # seconds, for whatever is waited for; all are done in a few
HERE = pathlib.Path(__file__).resolve().parent


def start(program, *options):
    node = subprocess.Popen([program, "--port", "0", *options], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                            text=True)
    line = node.stdout.readline()
    match = re.search(r"listening on (http://\S+)", line)
    if not match:
        raise SystemExit(f"{program} did not start: {line}")
    return node, match.group(1)


def ask(url, body=None):
    request = urllib.request.Request(url, data=body, headers={"Content-Type": "application/json"} if body else {})
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return answer.read().decode()
    except urllib.error.HTTPError as error:
        return f"{error.code} {error.read().decode()}"


def requests_of(node):
    return int(re.search(r"^replog_http_requests_total (\d+)", ask(node + "/metrics"), re.M).group(1))


class Page(http.server.BaseHTTPRequestHandler):
    results = None
    told = threading.Event()

    def do_GET(self):
        body = (HERE / "page.html").read_bytes()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        Page.results = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(204)
        self.end_headers()
        Page.told.set()

    def log_message(self, *_):
        pass


def browse(browser, profile, *arguments):
    return [browser, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--disable-sync", f"--user-data-dir={profile}", *arguments]


def main():
    programs, browser = pathlib.Path(sys.argv[1]), sys.argv[2]
    failures = []

    def check(what, is_right, seen=""):
        if not is_right:
            failures.append(f"{what}: {seen}")

    started = []
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        try:
            node, master = start(programs / "replog-master", "--data", f"{folder}/m", "--name", "m")
            started.append(node)
            node, secondary = start(programs / "replog-secondary", "--data", f"{folder}/s1", "--name", "s1",
                                    "--master", master, "--enable-faults")
            started.append(node)
            appended = json.loads(ask(master + "/api/v1/messages", b'{"message":"precious","w":2}'))
            check("the append before", appended.get("acks") == 2, appended)
            before = requests_of(master), requests_of(secondary)

            server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
            threading.Thread(target=server.serve_forever, daemon=True).start()
            page = f"http://127.0.0.1:{server.server_port}/?master={master}&secondary={secondary}"
            window = subprocess.Popen(browse(browser, f"{folder}/profile", page), stdout=subprocess.DEVNULL,
                                      stderr=subprocess.DEVNULL)
            started.append(window)
            check("the page", Page.told.wait(PATIENCE), "did not come to its end")
            for result in Page.results or []:
                check(result["name"], not result["learned"], f"the page learned {result['learned']!r}")
            window.terminate()
            window.wait(PATIENCE)

            # A name of somebody else's that leads here, as after DNS rebinding: opened as a page of its own.
            for node_url in master, secondary:
                port = node_url.rsplit(":", 1)[1]
                dump = subprocess.run(
                    browse(browser, f"{folder}/rebinding", "--host-resolver-rules=MAP evil.example 127.0.0.1",
                           "--dump-dom", f"http://evil.example:{port}/api/v1/messages"),
                    capture_output=True, text=True, timeout=PATIENCE, check=False).stdout
                check("rebinding", "precious" not in dump and "421" in dump, dump)

            # The attempts were real ones: the nodes have seen them.
            attempts = len(Page.results or [])
            check("attempts", attempts >= 30, attempts)
            seen = requests_of(master) - before[0], requests_of(secondary) - before[1]
            check("attempts that reached the nodes", seen[0] >= 15 and seen[1] >= 10, seen)

            messages = [m["message"] for m in json.loads(ask(master + "/api/v1/messages"))["messages"]]
            check("messages", messages == ["precious"], messages)
            status = json.loads(ask(master + "/api/v1/status"))
            check("mode of the master", status["mode"] == "read-write", status)
            check("nodes", [n["name"] for n in status["nodes"]] == ["s1"], status["nodes"])
            faults = json.loads(ask(secondary + "/api/v1/faults"))
            check("faults", not faults["block"], faults)
            again = json.loads(ask(master + "/api/v1/messages", b'{"message":"after","w":2,"timeout_ms":60000}'))
            check("the append after", again.get("acks") == 2, again)
        finally:
            for process in started:
                process.terminate()
            for process in started:
                process.wait(PATIENCE)
    for failure in failures:
        print("FAILED", failure)
    if not failures:
        print(f"{attempts} attempts of a web page, and none got anywhere")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
