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
import socket
import ssl
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid

__all__ = ["LogReplaced", "Replog", "ReplogError"]


def _is_id(value):
    return type(value) is int and value > 0


class ReplogError(Exception):
    """What a node answered, or that none did (status 0)."""

    def __init__(self, status, problem):
        self.status = status
        self.problem = problem
        # Of the message, where it is, or may be, in the log all the same.
        self.id = problem.get("id") if _is_id(problem.get("id")) else None
        super().__init__(f"{status}: {problem.get('detail') or problem.get('title')}")


class LogReplaced(ReplogError):
    """The log is not the one that was followed: it was cut, restored from a backup, or replaced by another.

    Of an append: it was left open, and is not repeated in another log than the one that it was sent to.
    """

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
        log_id, last = status.get("log_id"), status["last_id"]
        if log_id and self.log_id and log_id != self.log_id:
            raise LogReplaced(f"the log was replaced by another: its log_id is {log_id} now, {self.log_id} was read")
        self.log_id = self.log_id or log_id
        same_node = self.node_ids.get(node) == status.get("node_id")
        self.node_ids[node] = status.get("node_id")
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
    """Scheme, host and port as a name is compared: in lower case, and without the port that goes without saying."""
    parts = urllib.parse.urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"'{url}' is no address of a node")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    port = "" if parts.port in (None, {"http": 80, "https": 443}[parts.scheme]) else f":{parts.port}"
    return f"{parts.scheme}://{host}{port}"


class _Bounds:
    """Of an answer."""

    def __init__(self, time):
        self.time = time                  # seconds for its head, and for each `piece` of the rest
        self.piece = 64 * 1024            # bytes: a slow link is no failure, a drip is
        self.limit = 256 * 1024 * 1024    # bytes in all


class _NotTaken(ValueError):
    """A node that sends us where we do not go."""


class _Sent:
    """What is known of an append that was sent."""

    def __init__(self):
        self.may_be_in = False   # an attempt left open whether it is in the log
        self.node = None         # of the first attempt; of the last one, while all were refused
        self.log_id = None       # of the log there


class _TooMuch(http.client.HTTPException):
    """An answer that is too long, or comes too slowly: a smaller one may come through."""


class _Bounded:
    """A connection that bounds the time of its answer, and notices within half a minute that its machine has vanished. Mixed
    into one of http.client."""

    _KEEPALIVE = {"TCP_KEEPIDLE": 15, "TCP_KEEPALIVE": 15, "TCP_KEEPINTVL": 5, "TCP_KEEPCNT": 3, "TCP_USER_TIMEOUT": 30000}

    def __init__(self, *args, bounds, **kwargs):
        super().__init__(*args, **kwargs)
        self._bounds = bounds   # of time: from the first byte on
        self._ends = None if self.timeout is None else time.monotonic() + self.timeout
        self.response_class = self._answer

    def connect(self):
        super().connect()
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for name, value in self._KEEPALIVE.items():
            if hasattr(socket, name):   # platforms have some of them
                self.sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)

    def _answer(self, sock, *args, **kwargs):
        answer = http.client.HTTPResponse(sock, *args, **kwargs)
        raw, ends, bounds = answer.fp.raw, self._ends, self._bounds
        read = raw.readinto
        total = piece = 0

        def readinto(buffer):
            nonlocal ends, total, piece
            if ends is not None:
                left = ends - time.monotonic()
                if left <= 0:
                    raise TimeoutError("the answer came too slowly")
                sock.settimeout(left)
            size = read(buffer)
            last = time.monotonic() + bounds.time
            if not total:
                ends = last if ends is None else min(ends, last)
            total += size
            # Not for a head, nor for what goes round a body (sizes of chunks, a trailer): they might have no end.
            if answer.headers is not None and total <= bounds.limit:
                piece += size
                if piece >= bounds.piece:
                    ends, piece = last, 0
            return size

        raw.readinto = readinto
        return answer


class _Plain(_Bounded, http.client.HTTPConnection):
    pass


class _Tls(_Bounded, http.client.HTTPSConnection):
    pass


class _Opening(urllib.request.HTTPHandler, urllib.request.HTTPSHandler):
    """Both kinds of connection."""

    def __init__(self, context, bounds):
        super().__init__()
        self._tls, self._bounds = context, bounds

    def http_open(self, request):
        return self.do_open(_Plain, request, bounds=self._bounds)

    def https_open(self, request):
        self._tls = self._tls or ssl.create_default_context()
        return self.do_open(_Tls, request, bounds=self._bounds, context=self._tls)


def _word(field, text, pattern):
    """What a header may hold; anything else would end it and begin another."""
    if not re.fullmatch(pattern, text):
        raise ValueError(f"{field}: expected ASCII characters that show")
    return text


class Replog:
    # Answers after which another node, or the same one a little later, may do better.
    _RETRIED = {500, 502, 503}
    # Entries of a page for which no limit is given.
    _PAGE = 1000

    def __init__(self, nodes, token=None, cafile=None, patience=30.0, attempt_timeout=10.0):
        """`nodes`: URLs. `patience`: seconds for which a call is repeated; what waits on the node comes on top.
        `attempt_timeout`: seconds for an answer to come, and for each 64 KiB of it."""
        self.nodes = [_origin(node if "://" in node else "http://" + node) for node in nodes]
        if not self.nodes:
            raise ValueError("no nodes")
        self.token = _word("token", token, "[!-~]+") if token else None
        self.patience = patience
        self.attempt_timeout = attempt_timeout
        self._bounds = _Bounds(attempt_timeout)
        self._opener = urllib.request.build_opener(
            _NoRedirects, urllib.request.ProxyHandler({}),
            _Opening(ssl.create_default_context(cafile=cafile) if cafile else None, self._bounds))
        self._preferred = self.nodes[0]
        self._logs = {}       # by node: its log_id, None where it tells none
        self._learning = {}   # by node: the thread that asks for it

    def append(self, message, w=None, timeout=None, key=None, headers=None, type=None, expect_last_id=None):
        """Appends one message (str or bytes) and gives {"id", "epoch", "w", "acks", "committed"}.

        `timeout`: seconds after which the node answers 504, with the id; without it the call waits as long as it takes.
        """
        return self._append(self._content(message, headers, type), w, timeout, key, expect_last_id,
                            ("id", "acks"))

    def append_many(self, messages, w=None, timeout=None, key=None, expect_last_id=None):
        """Appends several, contiguous, all or none; gives {"first_id", "last_id", …}."""
        return self._append({"messages": [m if isinstance(m, str) else self._content(m) for m in messages]}, w, timeout,
                            key, expect_last_id, ("first_id", "last_id", "acks"))

    def read(self, start=None, limit=None, view=None, wait=None, at_least=None):
        """A list of entries and where the log ends: {"messages", "last_id", "committed_id"}.

        Fewer than `limit`, at least one, where so many would be too long or come too slowly.
        """
        return self._read(start, limit, view, wait, at_least)[0]

    def _read(self, start, limit, view, wait, at_least, least=1):
        """A page, and the limit with which it came: it is halved, down to `least`, while an answer is too much."""
        def path():
            return "/api/v1/messages" + self._query({
                "from": start, "limit": limit, "view": view, "at_least": at_least,
                "wait_ms": None if wait is None else int(wait * 1000)})

        def smaller():
            nonlocal limit
            was = self._PAGE if limit is None else limit
            if was <= least:
                return None
            limit = max(was // 2, least)
            return path()

        found = self._call("GET", path(), lambda found: isinstance(found.get("messages"), list), waits=wait, smaller=smaller)
        return found, limit

    def get(self, id, wait=None):
        """One entry with what is known of its concern."""
        wait_ms = None if wait is None else int(wait * 1000)
        path = f"/api/v1/messages/{urllib.parse.quote(str(id), safe='')}" + self._query({"wait_ms": wait_ms})
        return self._call("GET", path, lambda found: _is_id(found.get("id")), waits=wait)

    def follow(self, start=1, view=None, page=1000):
        """Yields entries for ever, as they become visible; goes on with another node when one is gone.

        LogReplaced where what comes next does not follow what was read: at the latest with the next entry.
        """
        log = _Followed()
        log.check(*self._status_of())
        limit = page + 1   # with the one that was read last
        while True:
            first = log.last["id"] if log.last else start
            try:
                answer, limit = self._read(first, limit, view, self.attempt_timeout, start, least=2)
            except ReplogError as error:
                if error.status == 504:   # nothing came
                    log.check(*self._status_of())
                elif error.status == 410 and log.last:   # it is not kept any longer; what comes next may be
                    log.last = None
                else:
                    raise
                continue
            found = answer["messages"]
            # A node whose ids stand still would be read for ever; what is left out would be missed.
            ids = [entry.get("id") if isinstance(entry, dict) else None for entry in found]
            if ids != list(range(first, first + len(ids))) or not start < first + len(ids) <= first + limit:
                raise ReplogError(0, {"title": f"{self._preferred} answered messages with ids that do not go on"})
            limit = min(limit + limit // 16 + 1, page + 1)   # grows again after what was too much
            fresh = log.fresh(self._preferred, found)
            if fresh is None:
                log.check(*self._status_of())
                raise LogReplaced(f"message {first} is another one than was read: the log was restored or replaced")
            for entry in fresh:
                log.last = entry
                start = entry["id"] + 1
                yield entry

    def status(self):
        return self._call("GET", "/api/v1/status",
                          lambda found: isinstance(found.get("role"), str) and type(found.get("last_id")) is int)

    def _learn(self, node):
        """Asks the node, beside the first append to it, which log it holds; again until it was told."""
        if node in self._logs or node in self._learning and self._learning[node].is_alive():
            return
        self._learning[node] = threading.Thread(target=self._log_of, args=(node,), daemon=True)
        self._learning[node].start()

    def _log_of(self, node):
        """The log_id of that node, None where it tells none; the error where it does not answer, or cannot now."""
        try:
            status = self._attempt(node, "GET", "/api/v1/status", lambda found: True)[0]
        except ReplogError as error:
            if error.status in self._RETRIED or error.status == 504:
                return error
            status = {}
        except (OSError, ValueError, http.client.HTTPException) as error:
            return error
        self._logs[node] = status.get("log_id")
        return self._logs[node]

    def _check_log(self, node, sent):
        """Before an append that was left open is repeated there: a key is known to one log, in another one the message would
        be one of its own. A node that does not tell its log, such as one whose token may not read, proves nothing."""
        if sent.node in self._learning:
            self._learning[sent.node].join()   # it has a bound
        sent.log_id = sent.log_id or self._logs.get(sent.node)
        now = self._log_of(node)
        if isinstance(now, Exception):
            raise now
        if sent.log_id and now and sent.log_id != now:
            raise LogReplaced(f"the message may be in a log that was replaced: the log_id at {node} is {now} now, "
                              f"{sent.log_id} was told before")
        sent.log_id = sent.log_id or now

    def _status_of(self):
        """The address that answers, and its status."""
        status = self.status()
        return self._preferred, status

    def digest(self, to, node=None):
        found = self._call("GET", "/api/v1/digest" + self._query({"to": to}),
                           lambda found: isinstance(found.get("digest"), str) and found["digest"], only=node)
        return found["digest"]

    @staticmethod
    def _content(message, headers=None, type=None):
        content = ({"message": message} if isinstance(message, str)
                   else {"message_base64": base64.b64encode(message).decode()})
        if headers:
            content["headers"] = headers
        if type:
            content["type"] = type
        return content

    def _append(self, body, w, timeout, key, expect_last_id, told):
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
        return self._call("POST", "/api/v1/messages", lambda found: all(_is_id(found.get(name)) for name in told),
                          json.dumps(body).encode(), headers, waits, sent=_Sent())

    @staticmethod
    def _query(values):
        given = {name: value for name, value in values.items() if value is not None}
        return "?" + urllib.parse.urlencode(given) if given else ""

    def _document(self, answer, holds):
        """The document of an answer. What is none of a node's is a ValueError: of an append, nobody knows the outcome."""
        try:
            found = json.loads(self._body(answer))
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict) or not holds(found):
            raise ValueError("that is not what a node answers")
        return found

    def _target(self, node, location):
        """Where that node sends us."""
        try:
            target = _origin(location)
        except ValueError as error:
            raise _NotTaken(str(error)) from None
        # TLS is not given up for a node's word.
        if node.startswith("https:") and not target.startswith("https:") and target not in self.nodes:
            raise _NotTaken(f"it sends us to {target}, without TLS")
        return target

    def _body(self, answer):
        parts, size = [], 0
        try:
            while part := answer.read(65536):
                parts.append(part)
                size += len(part)
                if size > self._bounds.limit:
                    raise _TooMuch(f"an answer of more than {self._bounds.limit} bytes")
        except (TimeoutError, socket.timeout):   # the same from Python 3.10 on
            raise _TooMuch("the answer came too slowly") from None
        if getattr(answer, "length", None):
            raise http.client.IncompleteRead(b"", answer.length)
        return b"".join(parts)

    def _call(self, method, path, holds, body=None, headers=None, waits=None, only=None, smaller=None, sent=None):
        """The document of a successful answer, of which `holds` is true. Goes through the nodes until one answers finally.

        `smaller` gives a path that asks for less, after an answer that was too much; or None. `sent`: of an append.
        """
        endless = waits == float("inf")
        ends = time.monotonic() + self.patience + (0 if endless else waits or 0)
        pause = 0.05
        last = ReplogError(0, {"title": "no node answers"})
        order = [_origin(only)] if only else [self._preferred] + [node for node in self.nodes if node != self._preferred]
        while True:
            for node in order:
                began = time.monotonic()
                too_much = False
                try:
                    found, by = self._attempt(node, method, path, holds, body, headers, waits, sent)
                    if by in self.nodes:
                        self._preferred = by
                    return found
                except ReplogError as error:
                    # A 504 to an append that names no entry is a proxy's: it may have been appended.
                    named = any(_is_id(error.problem.get(name)) for name in ("id", "last_id"))
                    of_proxy = error.status == 504 and sent and not named
                    if isinstance(error, LogReplaced) or error.status not in self._RETRIED and not of_proxy:
                        raise self._left_open(error, sent) from None
                    if sent and (of_proxy or error.status == 502 or named):
                        sent.may_be_in = True
                    last = error
                except (OSError, ValueError, http.client.HTTPException) as error:   # refused, reset, timed out, cut short
                    last = ReplogError(0, {"title": f"{node}: {error}"})
                    too_much = isinstance(error, _TooMuch)
                    # What was refused before it was sent tells that it is not there.
                    refused = isinstance(getattr(error, "reason", None), (ConnectionRefusedError, socket.gaierror))
                    if sent and not refused and not isinstance(error, _NotTaken):
                        sent.may_be_in = True
                now = time.monotonic()
                less = smaller() if too_much and smaller else None
                path = less or path
                if less:
                    pause = 0.05
                # Patience begins anew where the node held a wait without an end, and with each smaller page: those have one.
                if less or endless and not too_much and now - began > self.attempt_timeout:
                    ends = now + self.patience
            pause = min(pause * 2, 2.0)
            sleep = random.uniform(0, pause)
            if time.monotonic() + sleep > ends:
                raise self._left_open(last, sent) from None
            time.sleep(sleep)

    @staticmethod
    def _left_open(error, sent):
        """A refusal tells of its attempt alone: the one before may have put the message into the log."""
        named = any(_is_id(error.problem.get(name)) for name in ("id", "last_id"))
        if error.status == 0 or named or not sent or not sent.may_be_in:
            return error
        return ReplogError(0, {"title": f"the message may be in the log: {error}"})

    def _attempt(self, node, method, path, holds, body=None, headers=None, waits=None, sent=None, redirects=3):
        """The document of a successful answer, and the node that gave it."""
        if sent and sent.may_be_in:
            self._check_log(node, sent)
        elif sent:
            sent.node = node
            self._learn(node)
        request = urllib.request.Request(node + path, body, headers or {}, method=method)
        if self.token and node in self.nodes:
            request.add_header("Authorization", "Bearer " + self.token)
        timeout = None if waits == float("inf") else self.attempt_timeout + (waits or 0)
        try:
            with self._opener.open(request, timeout=timeout) as answer:
                return self._document(answer, holds), node
        except urllib.error.HTTPError as error:
            with error:
                if error.code == 307 and redirects:
                    target = self._target(node, error.headers.get("Location", ""))
                    return self._attempt(target, method, path, holds, body, headers, waits, sent, redirects - 1)
                try:
                    problem = json.loads(self._body(error))
                except (ValueError, RecursionError):
                    problem = {}
                if not isinstance(problem, dict):
                    problem = {}
                problem.setdefault("title", error.reason)
                if error.code == 401 and self.token and node not in self.nodes:
                    problem["detail"] = f"the token is sent to named nodes only, and {node} is none of them"
                raise ReplogError(error.code, problem) from None
