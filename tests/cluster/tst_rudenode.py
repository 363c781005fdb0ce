#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""replogctl and the one-file clients against what is no node of Replog, or one that means harm:
tst_rudenode.py BIN-FOLDER"""
import os
import subprocess
import sys
import tempfile

from fakenode import FakeNode
from realnodes import BOUND_S, expect

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


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


def main():
    ctl = Ctl(os.path.abspath(sys.argv[1]))
    completion_runs_nothing(ctl)
    print("rude nodes: ok")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except AssertionError as error:
        sys.exit(f"FAIL: {error}")
