"""A receiver of webhooks that fails, hangs, resets and restarts on the same port."""

import json
import socket
import struct
import threading
import time
from collections import deque
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from waiting import LIMIT_S


class Received:
    """A request as it arrived: its path, headers (lower case) and the bytes of its body."""

    def __init__(self, path, headers, body):
        self.path = path
        self.headers = {name.lower(): value for name, value in headers.items()}
        self.body = body
        self.at = time.monotonic()

    @property
    def json(self):
        return json.loads(self.body)


class Receiver:
    """Attributes:
    received: every request that arrived whole, in order.
    faults: what goes wrong with the next requests, in order; each gets the handler, and returns
        whether it has answered.
    by_path: likewise, for the requests of a path.
    """

    def __init__(self):
        self.received = []
        self.faults = deque()
        self.by_path = {}
        self.port = 0
        self._server = None

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}/hook"

    def start(self):
        """Listen, on the port that it had before if it is a restart."""
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.received.append(Received(self.path, self.headers, body))
                faults = receiver.by_path.get(self.path, receiver.faults)
                fault = faults.popleft() if faults else None
                if fault is None or not fault(self):
                    self.answer(200, b"ok")

            def answer(self, code, body=b"", **headers):
                self.send_response(code)
                for name, value in headers.items():
                    self.send_header(name.replace("_", "-"), value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            allow_reuse_address = True

            def handle_error(self, *_):
                """Say nothing: clients that go away are part of the test."""

        self._server = Server(("127.0.0.1", self.port), Handler)
        self.port = self._server.server_address[1]
        threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        ).start()

    def stop(self):
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def ids(self):
        return [each.headers["webhook-id"] for each in self.received]


@contextmanager
def receiving():
    receiver = Receiver()
    receiver.start()
    try:
        yield receiver
    finally:
        receiver.stop()


def status(code, **headers):
    def fault(handler):
        handler.answer(code, b"the answer", **headers)
        return True

    return fault


def hanging(seconds):
    """Answer late."""

    def fault(_):
        time.sleep(seconds)
        return False

    return fault


def hanging_until(event):
    """Answer only when an event was set."""

    def fault(_):
        event.wait(LIMIT_S)
        return False

    return fault


def reset(handler):
    """Break the connection instead of an answer: it was received, and the sender does not know."""
    linger = struct.pack("ii", 1, 0)
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    handler.close_connection = True
    handler.connection.close()
    return True


def answering_and_hanging(handler):
    """Say that it was taken, and never come to the end of the answer."""
    handler.send_response(200)
    handler.send_header("Content-Length", "10")
    handler.end_headers()
    handler.wfile.write(b"tak")
    handler.wfile.flush()
    time.sleep(3)
    handler.close_connection = True
    return True


def endless(handler):
    """Answer with a body that does not end."""
    handler.send_response(200)
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    try:
        while True:
            handler.wfile.write(b"400\r\n" + b"x" * 1024 + b"\r\n")
    except OSError:
        handler.close_connection = True
    return True


def garbage(handler):
    handler.wfile.write(b"this is no HTTP\r\n\r\n")
    handler.close_connection = True
    return True
