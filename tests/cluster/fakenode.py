# SPDX-License-Identifier: GPL-3.0-or-later
"""A node whose answers a test gives, for the suites in Python beside this file."""
import json
import socketserver
import threading


def append_only(answer):
    """Answers appends so, and tells nothing of the node."""
    return lambda method, *asked: answer(method, *asked) if method == "POST" else (404, {"detail": "no such path"})


def written(status, document, then):
    """That answer, after which `then` is called and the connection ends."""
    def write(connection):
        FakeNode.send(connection, status, document, {"Connection": "close"})
        then()
    return write


class FakeNode:
    """Listens on a port that the system chooses. `answer(method, path, headers, body)` gives (status, document) or
    (status, document, headers): a document is bytes as they are, or what becomes JSON; or it gives a function, which is
    called with the connection and writes what it likes."""

    def __init__(self, answer):
        self.answer = answer
        self.asked = []   # (method, path, headers by their names in lower case, body)
        outer = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self):
                try:
                    while outer._serve(self.rfile, self.connection):
                        pass
                except OSError:
                    pass   # the client hung up

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True
            block_on_close = False
            request_queue_size = 64

        self.server = Server(("127.0.0.1", 0), Handler)
        self.address = f"127.0.0.1:{self.server.server_address[1]}"
        self.url = f"http://{self.address}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def _serve(self, stream, connection):
        first = stream.readline().decode("latin-1").split()
        if len(first) != 3:
            return False
        headers = {}
        for line in iter(lambda: stream.readline().strip(), b""):
            name, _, value = line.partition(b":")
            headers[name.decode("latin-1").lower()] = value.strip().decode("latin-1")
        body = stream.read(int(headers.get("content-length", "0")))
        self.asked.append((first[0], first[1], headers, body))
        answer = self.answer(first[0], first[1], headers, body)
        if callable(answer):
            answer(connection)
            return False
        self.send(connection, *answer)
        return True

    @staticmethod
    def send(connection, status, document, headers=None):
        if not isinstance(document, bytes):
            document = json.dumps(document).encode()
        head = {"Content-Type": "application/json", "Content-Length": len(document), **(headers or {})}
        lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
        connection.sendall(f"HTTP/1.1 {status} Status\r\n{lines}\r\n".encode() + document)
