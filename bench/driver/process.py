# SPDX-License-Identifier: GPL-3.0-or-later
"""Child processes that the benchmark starts, watches and ends, by PID."""

import os
import pwd
import signal
import socket
import subprocess
import time

CLOCK_TICKS = os.sysconf("SC_CLK_TCK")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(condition, what, seconds=30):
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise RuntimeError(f"{what}: not within {seconds} s")
        time.sleep(0.02)


def as_user(user, command):
    """The command as another user when we are root and the program refuses root."""
    if os.geteuid() != 0:
        return command
    return ["setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups", "--"] + command


def give_to(user, path):
    if os.geteuid() == 0:
        record = pwd.getpwnam(user)
        os.chown(path, record.pw_uid, record.pw_gid)


class Process:
    """A program of its own process group, its output in a file."""

    def __init__(self, name, command, log, env=None, cwd=None, stop_signal=signal.SIGTERM):
        self.name = name
        self.log = log
        self.stop_signal = stop_signal
        with open(log, "wb") as out:
            self.child = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                                          env=env, cwd=cwd, start_new_session=True)

    @property
    def pid(self):
        return self.child.pid

    def output(self):
        with open(self.log, errors="replace") as file:
            return file.read()

    def check(self):
        if self.child.poll() is not None:
            raise RuntimeError(f"{self.name} ended with {self.child.returncode}:\n{self.output()[-2000:]}")

    def stop(self, seconds=30):
        if self.child.poll() is None:
            self.child.send_signal(self.stop_signal)
            try:
                self.child.wait(seconds)
            except subprocess.TimeoutExpired:
                self.child.kill()
                self.child.wait()

    def children(self):
        try:
            with open(f"/proc/{self.pid}/task/{self.pid}/children") as file:
                return [int(pid) for pid in file.read().split()]
        except OSError:
            return []

    def usage(self):
        """CPU seconds and bytes written to storage, of the process, its living children and those it has reaped."""
        cpu, written = 0.0, 0
        for pid in [self.pid] + self.children():
            try:
                with open(f"/proc/{pid}/stat") as file:
                    fields = file.read().rsplit(")", 1)[1].split()
                cpu += sum(int(ticks) for ticks in fields[11:15]) / CLOCK_TICKS
                with open(f"/proc/{pid}/io") as file:
                    for line in file:
                        if line.startswith("write_bytes:"):
                            written += int(line.split()[1])
            except OSError:
                continue   # a child that ended meanwhile: its share is in its parent's from now on
        return cpu, written

    def memory(self):
        """Resident KiB now, and its peak."""
        now = peak = 0
        with open(f"/proc/{self.pid}/status") as file:
            for line in file:
                if line.startswith("VmRSS:"):
                    now = int(line.split()[1])
                elif line.startswith("VmHWM:"):
                    peak = int(line.split()[1])
        return now, peak

    def reset_peak(self):
        with open(f"/proc/{self.pid}/clear_refs", "w") as file:
            file.write("5")
