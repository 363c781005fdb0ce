# SPDX-License-Identifier: GPL-3.0-or-later
"""Load generators. Each run answers {requests, seconds, rate, errors, p50_us, p99_us, p999_us, max_us}."""

import base64
import glob
import json
import os
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
WRK = os.path.join(HERE, "..", "wrk")


def tool(name):
    return os.path.join(os.environ["BENCH_BIN"], name)


def run_tool(name, *arguments, timeout=600):
    done = subprocess.run([tool(name)] + [str(argument) for argument in arguments], capture_output=True, text=True,
                          timeout=timeout)
    if done.returncode != 0:
        raise RuntimeError(f"{name} {arguments}: {done.stderr.strip()}")
    return json.loads(done.stdout.strip().splitlines()[-1])


def wrk_command(script, url, connections, seconds):
    return ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s", "-s", os.path.join(WRK, script), url]


def wrk_result(output):
    for line in output.splitlines():
        if line.startswith("BENCH "):
            result = json.loads(line[6:])
            if result["errors"] or not result["requests"]:
                raise RuntimeError(f"wrk met errors, so there is nothing to compare: {output}")
            return result
    raise RuntimeError(f"wrk printed no result: {output}")


def wrk(script, url, connections, seconds, **environment):
    done = subprocess.run(wrk_command(script, url, connections, seconds), capture_output=True, text=True,
                          env={**os.environ, **{key: str(value) for key, value in environment.items()}},
                          timeout=seconds + 60)
    return wrk_result(done.stdout + done.stderr)


def append_environment(w, size, batch=0):
    return {"BENCH_W": w, "BENCH_BYTES": size, "BENCH_BATCH": batch}


def append(url, connections, w, size, seconds, batch=0):
    return wrk("append.lua", url + "/api/v1/messages", connections, seconds, **append_environment(w, size, batch))


def append_beside(url, connections, w, size, seconds):
    """The same, started and left running: wrk_result(child.communicate()[0]) when it is done."""
    environment = {key: str(value) for key, value in append_environment(w, size).items()}
    return subprocess.Popen(wrk_command("append.lua", url + "/api/v1/messages", connections, seconds),
                            stdout=subprocess.PIPE, text=True, env={**os.environ, **environment})


def etcd_put(url, connections, size, seconds):
    value = base64.b64encode(b"x" * size).decode()
    return wrk("etcd.lua", url + "/v3/kv/put", connections, seconds, BENCH_VALUE=value)


def pgbench(binary, port, connections, size, seconds, folder):
    """pgbench with a log of every transaction, so that percentiles are exact."""
    script = os.path.join(folder, "insert.sql")
    with open(script, "w") as file:
        file.write(f"INSERT INTO log (message) VALUES ('{'x' * size}');\n")
    prefix = os.path.join(folder, "transactions")
    for old in glob.glob(prefix + ".*"):
        os.unlink(old)
    done = subprocess.run(
        [binary, "-h", "127.0.0.1", "-p", str(port), "-U", "postgres", "-n", "-M", "prepared", "-c", str(connections),
         "-j", "1", "-T", str(seconds), "-f", script, "-l", f"--log-prefix={prefix}", "postgres"],
        capture_output=True, text=True, timeout=seconds + 60, cwd=folder)
    text = done.stdout + done.stderr
    failed = [line for line in text.splitlines() if line.startswith("number of failed transactions")]
    if done.returncode != 0 or (failed and failed[0].split(":")[1].strip().split()[0] != "0"):
        raise RuntimeError(f"pgbench met errors: {text}")
    rates = [float(line.split("=")[1].split()[0]) for line in text.splitlines() if line.startswith("tps =")]
    if not rates:
        raise RuntimeError(f"pgbench ended no transaction, its runs are too short: {text}")
    micros = []
    for path in glob.glob(prefix + ".*"):
        with open(path) as file:
            micros.extend(int(line.split(" ", 3)[2]) for line in file)
        os.unlink(path)
    micros.sort()

    def at(share):
        return micros[min(len(micros) - 1, int(share * len(micros)))]

    return {"requests": len(micros), "seconds": seconds, "rate": rates[0], "errors": 0, "p50_us": at(0.5),
            "p99_us": at(0.99), "p999_us": at(0.999), "max_us": micros[-1]}
