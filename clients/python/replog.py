# SPDX-License-Identifier: GPL-3.0-or-later
"""A client of the replicated log Replog in one file, with the standard library alone.

    from replog import Replog

    log = Replog(["http://10.0.0.1:30000", "http://10.0.0.2:20000"], token="…")
    log.append("hello", w=2)["id"]
    for entry in log.follow(start=1):
        print(entry["id"], entry["message"])

Errors are ReplogError; its `status`, `problem` and `id` tell what the node answered. Not for use by several threads at
once: give each a client of its own.
"""
import base64
import http.client
import json
import random
import re
import ssl
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid

__all__ = ["LogReplaced", "Replog", "ReplogError"]


class ReplogError(Exception):
    """What a node answered, or that none did (status 0)."""

    def __init__(self, status, problem):
        self.status = status
        self.problem = problem
        self.id = problem.get("id")   # of the message, where it is, or may be, in the log all the same
        super().__init__(f"{status}: {problem.get('detail') or problem.get('title')}")


class LogReplaced(ReplogError):
    """The log is not the one that was followed: it was cut, restored from a backup, or replaced by another."""

    def __init__(self, reason):
        super().__init__(0, {"title": reason})

    def __str__(self):
        return self.problem["title"]


class _Followed:
    """What a follower has seen of a log, and whether what a node answers now is still that log.

    Evidence is: another log_id; the entry that was read last being another one by now (it comes first in every page); a
    log that is shorter than what the same address has shown. At a secondary's address the node must be the same, too: an
    emptied one, with a node id of its own, fills up again. A node that is merely behind has shown nothing of what it lacks.
    """

    def __init__(self):
        self.last = None     # the entry that was read last
        self.log_id = None
        self.shown = {}      # by address: the highest id that it has shown
        self.node_ids = {}   # by address

    def fresh(self, node, page):
        if self.last and page and page[0]["id"] == self.last["id"]:
            # By these alone: a node of a later version may list more.
            if any(page[0].get(name) != self.last.get(name) for name in ("epoch", "time", "message", "message_base64")):
                return None
            page = page[1:]
        if page:
            self.shown[node] = max(self.shown.get(node, 0), page[-1]["id"])
        return page

    def check(self, node, status):
        log_id, last = status["log_id"], status["last_id"]
        if log_id and self.log_id and log_id != self.log_id:
            raise LogReplaced(f"the log was replaced by another: its log_id is {log_id} now, {self.log_id} was read")
        self.log_id = self.log_id or log_id
        same_node = self.node_ids.get(node) == status["node_id"]
        self.node_ids[node] = status["node_id"]
        shown = self.shown.get(node, 0)
        if last < shown:
            if same_node or status["role"] == "master":
                raise LogReplaced(f"the log is shorter than what was read: {last} now, {shown} read; "
                                  "it was restored or replaced")
            self.shown[node] = 0


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args, **kwargs):
        return None


def _origin(url):
    parts = urllib.parse.urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _word(field, text, pattern):
    """What a header may hold; anything else would end it and begin another."""
    if not re.fullmatch(pattern, text):
        raise ValueError(f"{field}: expected ASCII characters that show")
    return text


class Replog:
    # Answers after which another node, or the same one a little later, may do better.
    _RETRIED = {500, 502, 503}

    def __init__(self, nodes, token=None, cafile=None, patience=30.0, attempt_timeout=10.0):
        """`nodes`: URLs. `patience`: seconds for which a call is repeated; what waits on the node comes on top."""
        self.nodes = [_origin(node if "://" in node else "http://" + node) for node in nodes]
        if not self.nodes:
            raise ValueError("no nodes")
        self.token = _word("token", token, "[!-~]+") if token else None
        self.patience = patience
        self.attempt_timeout = attempt_timeout
        handlers = [_NoRedirects, urllib.request.ProxyHandler({})]
        if cafile:
            handlers.append(urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=cafile)))
        self._opener = urllib.request.build_opener(*handlers)
        self._preferred = self.nodes[0]

    def append(self, message, w=None, timeout=None, key=None, headers=None, type=None, expect_last_id=None):
        """Appends one message (str or bytes) and gives {"id", "epoch", "w", "acks", "committed"}.

        `timeout`: seconds after which the node answers 504, with the id; without it the call waits as long as it takes.
        """
        return self._append(self._content(message, headers, type), w, timeout, key, expect_last_id)

    def append_many(self, messages, w=None, timeout=None, key=None, expect_last_id=None):
        """Appends several, contiguous, all or none; gives {"first_id", "last_id", …}."""
        return self._append({"messages": [m if isinstance(m, str) else self._content(m) for m in messages]}, w, timeout,
                            key, expect_last_id)

    def read(self, start=None, limit=None, view=None, wait=None, at_least=None):
        """A list of entries and where the log ends: {"messages", "last_id", "committed_id"}."""
        query = {"from": start, "limit": limit, "view": view, "at_least": at_least,
                 "wait_ms": None if wait is None else int(wait * 1000)}
        return self._json(self._call("GET", "/api/v1/messages" + self._query(query), waits=wait))

    def get(self, id, wait=None):
        """One entry with what is known of its concern."""
        wait_ms = None if wait is None else int(wait * 1000)
        return self._json(self._call("GET", f"/api/v1/messages/{urllib.parse.quote(str(id), safe='')}" + self._query({"wait_ms": wait_ms}), waits=wait))

    def follow(self, start=1, view=None, page=1000):
        """Yields entries for ever, as they become visible; goes on with another node when one is gone.

        LogReplaced where what comes next does not follow what was read: at the latest with the next entry.
        """
        log = _Followed()
        log.check(*self._status_of())
        while True:
            first = log.last["id"] if log.last else start
            try:
                found = self.read(first, page + 1, view, wait=self.attempt_timeout, at_least=start)["messages"]
            except ReplogError as error:
                if error.status == 504:   # nothing came
                    log.check(*self._status_of())
                elif error.status == 410 and log.last:   # it is not kept any longer; what comes next may be
                    log.last = None
                else:
                    raise
                continue
            fresh = log.fresh(self._preferred, found)
            if fresh is None:
                log.check(*self._status_of())
                raise LogReplaced(f"message {first} is another one than was read: the log was restored or replaced")
            for entry in fresh:
                log.last = entry
                start = entry["id"] + 1
                yield entry

    def status(self):
        return self._json(self._call("GET", "/api/v1/status"))

    def _status_of(self):
        """The address that answers, and its status."""
        status = self.status()
        return self._preferred, status

    def digest(self, to, node=None):
        return self._json(self._call("GET", "/api/v1/digest" + self._query({"to": to}), only=node))["digest"]

    @staticmethod
    def _content(message, headers=None, type=None):
        content = ({"message": message} if isinstance(message, str)
                   else {"message_base64": base64.b64encode(message).decode()})
        if headers:
            content["headers"] = headers
        if type:
            content["type"] = type
        return content

    def _append(self, body, w, timeout, key, expect_last_id):
        if w is not None:
            body["w"] = w
        if timeout is not None:
            body["timeout_ms"] = int(timeout * 1000)
        if expect_last_id is not None:
            body["expect_last_id"] = expect_last_id
        key = str(uuid.uuid4()) if key is None else _word("key", key, "[!-~]([ -~]*[!-~])?")
        headers = {"Content-Type": "application/json", "Idempotency-Key": key}
        # The node holds the answer back; a broken connection is noticed by the next attempt, which joins the wait.
        waits = timeout if timeout is not None else float("inf")
        return self._json(self._call("POST", "/api/v1/messages", json.dumps(body).encode(), headers, waits))

    @staticmethod
    def _query(values):
        given = {name: value for name, value in values.items() if value is not None}
        return "?" + urllib.parse.urlencode(given) if given else ""

    @staticmethod
    def _json(data):
        return json.loads(data)

    def _call(self, method, path, body=None, headers=None, waits=None, only=None):
        """The body of a successful answer. Goes through the nodes until one gives a final answer."""
        ends = time.monotonic() + self.patience
        pause = 0.05
        last = ReplogError(0, {"title": "no node answers"})
        order = [only] if only else [self._preferred] + [node for node in self.nodes if node != self._preferred]
        while True:
            for node in order:
                began = time.monotonic()
                try:
                    return self._attempt(node, method, path, body, headers or {}, waits)
                except ReplogError as error:
                    # A 504 to an append that names no entry is a proxy's: it may have been appended.
                    of_proxy = error.status == 504 and body is not None and not error.problem.keys() & {"id", "last_id"}
                    if error.status not in self._RETRIED and not of_proxy:
                        raise
                    last = error
                except (OSError, ValueError, http.client.HTTPException) as error:   # refused, reset, timed out, cut short
                    last = ReplogError(0, {"title": f"{node}: {error}"})
                now = time.monotonic()
                if now - began > self.attempt_timeout:   # it was held by the node: patience begins anew
                    ends = now + self.patience
            pause = min(pause * 2, 2.0)
            sleep = random.uniform(0, pause)
            if time.monotonic() + sleep > ends:
                raise last
            time.sleep(sleep)

    def _attempt(self, node, method, path, body, headers, waits, redirects=3):
        request = urllib.request.Request(node + path, body, dict(headers), method=method)
        if self.token and node in self.nodes:
            request.add_header("Authorization", "Bearer " + self.token)
        timeout = None if waits == float("inf") else self.attempt_timeout + (waits or 0)
        try:
            with self._opener.open(request, timeout=timeout) as answer:
                data = answer.read()
                if node in self.nodes:
                    self._preferred = node
                return data
        except urllib.error.HTTPError as error:
            with error:
                if error.code == 307 and redirects:
                    target = _origin(error.headers.get("Location", ""))
                    # TLS is not given up for a node's word.
                    if node.startswith("https:") and not target.startswith("https:") and target not in self.nodes:
                        raise ValueError(f"it sends us to {target}, without TLS") from None
                    return self._attempt(target, method, path, body, headers, waits, redirects - 1)
                try:
                    problem = json.loads(error.read())
                except ValueError:
                    problem = {}
                if not isinstance(problem, dict):
                    problem = {}
                problem.setdefault("title", error.reason)
                raise ReplogError(error.code, problem) from None
