# SPDX-License-Identifier: GPL-3.0-or-later
"""Watches the memory of processes beside a load."""

import threading


class MemoryWatch:
    def __init__(self, processes, every=0.5):
        self.processes = list(processes)
        self.every = every
        self.samples = []   # one list of KiB a sample, in the order of the processes
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)

    def run(self):
        while not self.over.wait(self.every):
            try:
                self.samples.append([process.memory()[0] for process in self.processes])
            except OSError:
                return

    def __enter__(self):
        for process in self.processes:
            process.reset_peak()
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()
        self.peaks = {process.name: process.memory()[1] / 1024 for process in self.processes}
