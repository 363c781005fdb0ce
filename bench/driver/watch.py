# SPDX-License-Identifier: GPL-3.0-or-later
"""Watches processes beside a load: their memory, and what else is asked for."""

import os
import threading


def mib_of(folder):
    """What the files of a folder take on the disk."""
    total = 0
    for place, _, files in os.walk(folder):
        for name in files:
            try:
                total += os.stat(os.path.join(place, name)).st_blocks * 512
            except FileNotFoundError:   # dropped meanwhile
                pass
    return total / 2**20


class Watch:
    """Takes a sample every so many seconds; `samples` has them in order."""

    def __init__(self, sample, every):
        self.sample = sample
        self.every = every
        self.samples = []
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)

    def run(self):
        while not self.over.wait(self.every):
            try:
                self.samples.append(self.sample())
            except OSError:
                return

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()


class MemoryWatch(Watch):
    """Samples are lists of KiB, in the order of the processes; `peaks` are MiB by name."""

    def __init__(self, processes, every=0.5):
        self.processes = list(processes)
        super().__init__(lambda: [process.memory()[0] for process in self.processes], every)

    def __enter__(self):
        for process in self.processes:
            process.reset_peak()
        return super().__enter__()

    def __exit__(self, *_):
        super().__exit__()
        self.peaks = {process.name: process.memory()[1] / 1024 for process in self.processes}
