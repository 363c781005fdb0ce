#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a container's entry point adds to the options that the user gave, seen by programs that only print theirs."""

import os
import subprocess
import sys
import tempfile
import unittest

HOST = ["--host", "0.0.0.0"]
DATA = ["--data", "/var/lib/replog/data"]
INSECURE = ["--insecure"]


class Entrypoint(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        for program in ("replog-master", "replog-secondary"):
            path = os.path.join(self.folder.name, program)
            with open(path, "w", encoding="utf-8") as file:
                file.write('#!/bin/sh\nprintf "%s\\n" "$0" "$@"\n')
            os.chmod(path, 0o755)

    def run_with(self, *arguments, **environment):
        path = self.folder.name + os.pathsep + os.environ["PATH"]
        done = subprocess.run(["sh", ENTRYPOINT, *arguments], env={"PATH": path, **environment}, check=True,
                              stdout=subprocess.PIPE, text=True, timeout=60)
        program, *options = done.stdout.splitlines()
        return os.path.basename(program), options

    def config(self, text):
        path = os.path.join(self.folder.name, "replog.ini")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def added(self, arguments, **environment):
        """What stands before the options that the user gave."""
        _, options = self.run_with(*arguments, **environment)
        own = arguments[1:]
        self.assertEqual(options[len(options) - len(own):], own)
        return options[:len(options) - len(own)]

    def test_nothing_given(self):
        self.assertEqual(self.run_with(), ("replog-master", DATA + INSECURE + HOST))
        self.assertEqual(self.run_with("secondary"), ("replog-secondary", DATA + INSECURE + HOST))

    def test_command_line_and_environment(self):
        self.assertEqual(self.added(["master", "--host=::", "--data", "/d"]), INSECURE)
        self.assertEqual(self.added(["master"], REPLOG_HOST="::", REPLOG_DATA="/d", REPLOG_TOKEN_FILE="/t"), [])

    def test_file(self):
        path = self.config("; all\n token-file = /t\r\n\n[replog-master]\nhost=::\n[ replog-secondary ]\n  data=/d")
        for arguments, environment in ((["--config", path], {}), (["--config=" + path], {}), ([], {"REPLOG_CONFIG": path})):
            self.assertEqual(self.added(["master", *arguments], **environment), DATA)
            self.assertEqual(self.added(["secondary", *arguments], **environment), HOST)

    def test_byte_order_mark(self):
        self.assertEqual(self.added(["master", "--config", self.config("\ufeffhost = ::\n")]), DATA + INSECURE)

    def test_tokens_of_either_kind(self):
        for name in ("token-file", "cluster-token-file", "insecure"):
            path = self.config(f"[replog-master]\n{name} = x\n")
            self.assertEqual(self.added(["master", "--config", path]), DATA + HOST)
            self.assertEqual(self.added(["secondary", "--config", path]), DATA + INSECURE + HOST)

    def test_what_is_no_option(self):
        path = self.config("; host = ::\nhostname = a\ndata-folder = b\n[replog-secondary]\nhost = ::\n")
        self.assertEqual(self.added(["master", "--config", path]), DATA + INSECURE + HOST)
        self.assertEqual(self.added(["master", "--config", path + ".missing"]), DATA + INSECURE + HOST)


if __name__ == "__main__":
    ENTRYPOINT = sys.argv.pop(2)
    sys.argv.pop(1)   # where the real programs are
    unittest.main()
