# SPDX-License-Identifier: GPL-3.0-or-later
"""Masters and secondaries as processes, for the suites in Python beside this file."""
import re
import signal
import subprocess
import sys
import threading

BOUND_S = 60


class Node:
    """A running service, on a port that the system chooses; a restart keeps it. Its log is FOLDER.log."""

    def __init__(self, binary, folder, *options):
        self.arguments = [binary, "--port", "0", "--data", folder, *options]
        self.log = f"{folder}.log"
        self.start()

    def start(self):
        with open(self.log, "a", encoding="utf-8") as log:
            self.process = subprocess.Popen(self.arguments, stdout=subprocess.PIPE, stderr=log, text=True)
        timer = threading.Timer(BOUND_S, self.process.kill)
        timer.start()
        line = self.process.stdout.readline()
        timer.cancel()
        match = re.search(r"listening on (http://([^ :]+:(\d+)))", line)
        if not match:
            self.process.kill()
            with open(self.log, encoding="utf-8") as log:
                sys.exit(f"{self.arguments[0]} did not start: {log.read()}")
        self.url, self.address, self.arguments[2] = match.groups()

    def restart(self):
        """With SIGKILL, as in a crash."""
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        self.start()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(BOUND_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            sys.exit(f"{self.arguments[0]} did not stop")
        finally:
            self.process.stdout.close()


def expect(what, wanted, got):
    if wanted != got:
        raise AssertionError(f"{what}: expected {wanted!r}, got {got!r}")
