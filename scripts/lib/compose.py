# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs what compose.yaml says with buildah's chroot isolation, for scripts/container: run [COMMAND...], up, test, lint."""
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

import yaml

IMAGE = "localhost/replog"
BOUND_S = 60


def interpolated(text):
    """${NAME:-DEFAULT} and ${NAME} as compose has them."""
    return re.sub(r"\$\{(\w+)(?::-([^}]*))?\}", lambda m: os.environ.get(m[1]) or m[2] or "", text)


def compose():
    with open("compose.yaml", encoding="utf-8") as file:
        return yaml.safe_load(interpolated(file.read()))


def buildah(*arguments):
    return subprocess.run(["buildah", *arguments], check=True, stdout=subprocess.PIPE, text=True).stdout.strip()


class Container:
    """One container from the image. Chroot isolation shares the machine's network and process ids."""

    def __init__(self, folder, name, command, environment=None, secrets=None, hosts=()):
        self.name = name
        # The others' names, as an engine's own name server has them: all of them are this machine.
        self.id = buildah("from", "--pull-never", *(f"--add-host={host}:127.0.0.1" for host in hosts), IMAGE)
        config = json.loads(buildah("inspect", self.id))["Docker"]["config"]
        self.entrypoint = config["Entrypoint"]
        data = os.path.join(folder, name)
        os.mkdir(data)
        uid = int(buildah("run", self.id, "--", "id", "-u"))
        os.chown(data, uid, uid)
        arguments = ["--volume", f"{data}:/var/lib/replog"]
        for secret, path in (secrets or {}).items():
            # A copy: nodes refuse token files that a group may write, since whoever writes them gives out rights, and a
            # clone made with umask 002 has such files.
            own = os.path.join(folder, secret)
            shutil.copyfile(path, own)
            os.chmod(own, 0o444)
            arguments += ["--volume", f"{own}:/run/secrets/{secret}:ro"]
        for key, value in (environment or {}).items():
            arguments += ["--env", f"{key}={value}"]
        self.log = open(os.path.join(folder, name + ".log"), "w+")
        self.options = arguments
        self.process = subprocess.Popen(
            ["buildah", "run", *arguments, self.id, "--", *self.entrypoint, *(command or config["Cmd"])],
            stdout=self.log, stderr=subprocess.STDOUT, start_new_session=True)

    def healthy(self, command):
        return subprocess.run(["buildah", "run", *self.options, self.id, "--", *command], stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL).returncode == 0

    def stop(self):
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)   # this container's processes and no others
            try:
                self.process.wait(BOUND_S)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()
        buildah("rm", self.id)


def started(folder, document):
    secrets = {name: value["file"] for name, value in document["secrets"].items()}
    containers = []
    for name, service in document["services"].items():
        containers.append(Container(folder, name, service["command"], service.get("environment"),
                                    {secret: secrets[secret] for secret in service.get("secrets", [])},
                                    document["services"]))
        print(f"{name}: {shlex.join(service['command'])}", flush=True)
    return containers


def wait_healthy(document, containers):
    ends = time.monotonic() + BOUND_S
    for container in containers:
        check = document["services"][container.name].get("healthcheck", {}).get("test", ["CMD", "replog", "health"])[1:]
        while not container.healthy(check):
            if container.process.poll() is not None or time.monotonic() > ends:
                container.log.seek(0)
                sys.exit(f"{container.name} is not healthy:\n{container.log.read()}")
            time.sleep(0.5)
        print(f"{container.name}: healthy", flush=True)


def call(url, token, body=None):
    request = urllib.request.Request(url, None if body is None else json.dumps(body).encode(), {
        "Content-Type": "application/json", "Authorization": "Bearer " + token})
    with urllib.request.urlopen(request, timeout=BOUND_S) as answer:
        return json.load(answer)


def test(document):
    ports = {name: service["ports"][0].split(":")[1] for name, service in document["services"].items()}
    token = [line.split()[0] for line in open(document["secrets"]["tokens"]["file"]) if line[0] != "#"][-1]
    urls = {name: f"http://127.0.0.1:{port}/api/v1" for name, port in ports.items()}
    for w in range(1, len(ports) + 1):
        answer = call(urls["master"] + "/messages", token, {"message": f"w={w}", "w": w, "timeout_ms": BOUND_S * 1000})
        print(f"appended with w={w}: {answer}")
    try:
        call(urls["master"] + "/status", "wrong")
        sys.exit("a wrong token was taken")
    except urllib.error.HTTPError as error:
        if error.code != 401:
            raise
    digests = {}
    for name, url in urls.items():
        messages = call(f"{url}/messages?at_least={len(ports)}&wait_ms=30000", token)
        digests[name] = call(f"{url}/digest?to={len(ports)}", token)["digest"]
        print(f"{name} shows {[message['message'] for message in messages['messages']]}")
    if len(set(digests.values())) != 1:
        sys.exit(f"the logs differ: {digests}")
    print("every node has the same log")


def lint():
    """What can be told of the files without an engine: names that must fit each other."""
    document = compose()
    problems = []
    for name, service in document["services"].items():
        port = service["command"][service["command"].index("--port") + 1]
        if service["ports"] != [f"127.0.0.1:{port}:{port}"]:
            problems.append(f"compose.yaml: {name} listens on {port} and publishes {service['ports']}")
        if name != service["command"][service["command"].index("--name") + 1]:
            problems.append(f"compose.yaml: {name} has another --name")
        for volume in service["volumes"]:
            if volume.split(":")[0] not in document["volumes"]:
                problems.append(f"compose.yaml: no volume {volume}")
        for secret in service["secrets"]:
            if not os.path.exists(document["secrets"][secret]["file"]):
                problems.append(f"compose.yaml: no file of the secret {secret}")
    lines = open("Dockerfile", encoding="utf-8").read().replace("\\\n", "").splitlines()
    steps = [line.split(None, 1) for line in lines if line and not line.startswith(("#", " "))]
    known = {"ARG", "FROM", "WORKDIR", "COPY", "RUN", "LABEL", "USER", "VOLUME", "EXPOSE", "HEALTHCHECK", "ENTRYPOINT", "CMD"}
    problems += [f"Dockerfile: unknown step {step}" for step, _ in steps if step not in known]
    for step, rest in steps:
        if step == "RUN" and "apt-get install" in rest and "--no-install-recommends" not in rest:
            problems.append(f"Dockerfile: apt-get installs what is recommended, too: {rest}")
        if step in ("ENTRYPOINT", "CMD", "HEALTHCHECK"):
            json.loads(rest[rest.index("["):])
    last = {step: rest for step, rest in steps}
    if last.get("USER") in (None, "root"):
        problems.append("Dockerfile: runs as root")
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


def main():
    command, arguments = sys.argv[1], sys.argv[2:]
    if command == "lint":
        return lint()
    with tempfile.TemporaryDirectory(prefix="replog-") as folder:
        containers = []
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
        try:
            if command == "run":
                containers.append(Container(folder, "node", arguments))
                return containers[0].process.wait()
            document = compose()
            containers += started(folder, document)
            wait_healthy(document, containers)
            if command == "test":
                test(document)
            else:
                for container in containers:
                    container.process.wait()
        except KeyboardInterrupt:
            return 130
        finally:
            for container in reversed(containers):
                container.stop()
                container.log.seek(0)
                if command != "test":
                    sys.stdout.write("".join(f"{container.name}: {line}" for line in container.log))
    return 0


if __name__ == "__main__":
    sys.exit(main())
