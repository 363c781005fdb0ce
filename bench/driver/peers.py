# SPDX-License-Identifier: GPL-3.0-or-later
"""Other systems at equal durability: three nodes on loopback, data in a folder of the run, every commit synced.

Each class has start(folder), stop(), writes(w) (whether it can do that w), prepare(w), load(connections, w, size,
seconds) and processes().
"""

import glob
import os
import shutil
import signal
import subprocess
import urllib.request

import load
from process import Process, as_user, free_port, give_to, wait_until


def own(user, folder):
    os.makedirs(folder)
    give_to(user, folder)
    return folder


class Postgres:
    """A primary and two streaming standbys. synchronous_commit=on: the named number of standbys has flushed too."""

    name = "postgres"
    remark = "w by synchronous_standby_names 'ANY w-1 (s1, s2)', synchronous_commit=on: equal durability"

    def __init__(self):
        found = sorted(glob.glob("/usr/lib/postgresql/*/bin/postgres"))
        if not found:
            raise RuntimeError("PostgreSQL is not installed (Debian package postgresql)")
        self.bin = os.path.dirname(found[-1])
        self.nodes = []

    def writes(self, w):
        return w <= 3

    def version(self):
        return subprocess.run([self.bin + "/postgres", "--version"], capture_output=True, text=True).stdout.strip()

    def run(self, command):
        done = subprocess.run(as_user("postgres", command), capture_output=True, text=True, cwd="/")
        if done.returncode != 0:
            raise RuntimeError(f"{command[0]}: {done.stderr}")
        return done.stdout.strip()

    def sql(self, text):
        return self.run([self.bin + "/psql", "-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres", "-X", "-A", "-t",
                         "-v", "ON_ERROR_STOP=1", "-c", text, "postgres"])

    def launch(self, name, data, port):
        settings = {"port": port, "listen_addresses": "127.0.0.1", "unix_socket_directories": "", "max_connections": 400,
                    "shared_buffers": "512MB", "wal_level": "replica", "max_wal_size": "8GB",
                    "checkpoint_timeout": "30min", "cluster_name": name}
        command = [self.bin + "/postgres", "-D", data]
        for key, value in settings.items():
            command += ["-c", f"{key}={value}"]
        # SIGINT: fast shutdown
        self.nodes.append(Process(name, as_user("postgres", command), os.path.join(self.folder, name + ".log"), cwd="/",
                                  stop_signal=signal.SIGINT))

    def answers(self, port):
        return subprocess.run([self.bin + "/pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)]).returncode == 0

    def start(self, folder):
        self.folder = own("postgres", folder)
        primary = own("postgres", folder + "/primary")
        self.run([self.bin + "/initdb", "-D", primary, "-U", "postgres", "--auth=trust", "--no-sync", "-E", "UTF8",
                  "--locale=C"])
        self.port = free_port()
        self.launch("primary", primary, self.port)
        wait_until(lambda: self.answers(self.port), "PostgreSQL answers")
        for name in ("s1", "s2"):
            data = folder + "/" + name
            self.run([self.bin + "/pg_basebackup", "-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres", "-D", data,
                      "-R", "--no-sync", "-c", "fast"])
            port = free_port()
            self.launch(name, data, port)
            wait_until(lambda: self.answers(port), "PostgreSQL's standby answers")
        wait_until(lambda: self.sql("SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'") == "2",
                   "both standbys stream")
        self.sql("CREATE TABLE log (id bigserial PRIMARY KEY, message text NOT NULL)")

    def prepare(self, w):
        names = f"ANY {w - 1} (s1, s2)" if w > 1 else ""
        self.sql(f"ALTER SYSTEM SET synchronous_standby_names = '{names}'")
        self.sql("SELECT pg_reload_conf()")
        wait_until(lambda: self.sql("SHOW synchronous_standby_names") == names, "the setting is taken up")

    def load(self, connections, w, size, seconds):
        return load.pgbench(self.bin + "/pgbench", self.port, connections, size, seconds, os.path.dirname(self.folder))

    def processes(self):
        return self.nodes

    def stop(self):
        for node in reversed(self.nodes):
            node.stop()


class Redis:
    """A primary and two replicas, appendfsync always on all three."""

    name = "redis"
    remark = "XADD, and WAIT w-1 in the same packet; replicas are counted on receipt, not when synced: weaker than ours"

    def __init__(self):
        self.binary = shutil.which("redis-server")
        if not self.binary:
            raise RuntimeError("Redis is not installed (Debian package redis-server)")
        self.nodes = []

    def writes(self, w):
        return w <= 3

    def version(self):
        return " ".join(subprocess.run([self.binary, "--version"], capture_output=True, text=True).stdout.split()[:3])

    def cli(self, *words):
        return subprocess.run(["redis-cli", "-p", str(self.port), *words], capture_output=True, text=True).stdout.strip()

    def start(self, folder):
        os.makedirs(folder)
        self.port = free_port()
        for name in ("primary", "s1", "s2"):
            data = folder + "/" + name
            os.makedirs(data)
            port = self.port if name == "primary" else free_port()
            command = [self.binary, "--port", str(port), "--bind", "127.0.0.1", "--dir", data, "--appendonly", "yes",
                       "--appendfsync", "always", "--save", "", "--auto-aof-rewrite-percentage", "0",
                       "--repl-diskless-sync-delay", "0", "--daemonize", "no"]
            if name != "primary":
                command += ["--replicaof", "127.0.0.1", str(self.port)]
            self.nodes.append(Process("redis " + name, command, folder + "/" + name + ".log"))
            if name == "primary":
                wait_until(lambda: self.cli("PING") == "PONG", "Redis answers")
        wait_until(lambda: self.cli("INFO", "replication").count("state=online") == 2, "both replicas are online")

    def prepare(self, w):
        pass

    def load(self, connections, w, size, seconds):
        return load.run_tool("redisload", self.port, connections, w, seconds, size)

    def processes(self):
        return self.nodes

    def stop(self):
        for node in reversed(self.nodes):
            node.stop()


class Etcd:
    """Three members; a put is answered once a majority, here two, has synced it."""

    name = "etcd"
    remark = "PUT by the HTTP JSON gateway to the leader, answered by the majority (w=2): equal durability there"

    def __init__(self):
        self.binary = shutil.which("etcd")
        if not self.binary:
            raise RuntimeError("etcd is not installed (Debian package etcd-server)")
        self.nodes = []

    def writes(self, w):
        return w == 2

    def version(self):
        return subprocess.run([self.binary, "--version"], capture_output=True, text=True).stdout.splitlines()[0]

    def start(self, folder):
        os.makedirs(folder)
        members = [(name, free_port(), free_port()) for name in ("e1", "e2", "e3")]
        cluster = ",".join(f"{name}=http://127.0.0.1:{peer}" for name, _, peer in members)
        for name, client, peer in members:
            self.nodes.append(Process("etcd " + name, [
                self.binary, "--name", name, "--data-dir", folder + "/" + name,
                "--listen-client-urls", f"http://127.0.0.1:{client}", "--advertise-client-urls", f"http://127.0.0.1:{client}",
                "--listen-peer-urls", f"http://127.0.0.1:{peer}", "--initial-advertise-peer-urls", f"http://127.0.0.1:{peer}",
                "--initial-cluster", cluster, "--initial-cluster-state", "new", "--quota-backend-bytes", str(8 << 30),
                "--log-level", "error"], folder + "/" + name + ".log"))
        self.urls = {name: f"http://127.0.0.1:{client}" for name, client, _ in members}
        wait_until(lambda: self.leader() is not None, "etcd has a leader", 60)
        self.url = self.urls[self.leader()]

    def leader(self):
        for name, url in self.urls.items():
            try:
                with urllib.request.urlopen(url + "/metrics", timeout=2) as answer:
                    if b"\netcd_server_is_leader 1" in answer.read():
                        return name
            except OSError:
                continue
        return None

    def prepare(self, w):
        pass

    def load(self, connections, w, size, seconds):
        return load.etcd_put(self.url, connections, size, seconds)

    def processes(self):
        return self.nodes

    def stop(self):
        for node in reversed(self.nodes):
            node.stop()


PEERS = {"postgres": Postgres, "redis": Redis, "etcd": Etcd}
