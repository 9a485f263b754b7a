"""An HTTP server that hands requests on to another, except where it is told to fail."""

import http.client
import socket
import struct
import threading
from collections import Counter
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit


class Faults:
    """What goes wrong, in order; when it is used up, nothing does.

    Attributes:
        planned: functions that get the handler, and either answer (and return true) or do not.
        seen: method and path of all requests.
        most: by method, how many were under way at the same time at most.
    """

    def __init__(self, url):
        self.url = url
        self.lock = threading.Lock()
        self.reset()

    def reset(self):
        """Forget what was planned and seen."""
        self.planned = []
        self.seen = []
        self.under_way, self.most = Counter(), Counter()


def answering(status, body=b"", **headers):
    def answer(handler):
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(b"" if handler.command == "HEAD" else body)
        return True

    return answer


def when(matches, fault):
    """Fail for the requests that match, and leave others alone without using the plan up.

    Args:
        matches: gets method and path.
        fault: what happens to the first one that matches.
    """

    def maybe(handler):
        if matches(handler.command, handler.path):
            return fault(handler)
        with handler.faults.lock:
            handler.faults.planned.insert(0, maybe)
        return False

    return maybe


def resetting(handler):
    """Break the connection without an answer."""
    _break(handler)
    return True


def breaking_off(handler):
    """Hand the answer on, but only half of its body."""
    status, headers, body = handler.asked()
    handler.answered(status, headers, body, body[: len(body) // 2])
    _break(handler)
    return True


def _break(handler):
    handler.wfile.flush()
    linger = struct.pack("ii", 1, 0)
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    handler.connection.close()
    handler.close_connection = True


@contextmanager
def faulty(url):
    """Serve what another server serves, at a URL of its own."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        faults = None

        def do_GET(self):
            self.body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            with faults.lock:
                faults.seen.append((self.command, self.path))
                faults.under_way[self.command] += 1
                faults.most[self.command] = max(
                    faults.most[self.command], faults.under_way[self.command]
                )
                fault = faults.planned.pop(0) if faults.planned else None
            try:
                if fault is None or not fault(self):
                    status, headers, body = self.asked()
                    self.answered(status, headers, body, body)
            finally:
                with faults.lock:
                    faults.under_way[self.command] -= 1

        # The names that the base class calls.
        do_HEAD = do_PUT = do_POST = do_DELETE = do_GET  # noqa: N815

        def asked(self):
            parts = urlsplit(url)
            connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=30)
            try:
                headers = {k: v for k, v in self.headers.items() if k.lower() != "expect"}
                connection.request(self.command, self.path, self.body or None, headers)
                response = connection.getresponse()
                return response.status, response.getheaders(), response.read()
            finally:
                connection.close()

        def answered(self, status, headers, body, sent):
            self.send_response_only(status)
            for name, value in headers:
                if name.lower() not in {"connection", "transfer-encoding", "content-length"}:
                    self.send_header(name, value)
            length = {name.lower(): value for name, value in headers}.get("content-length")
            is_head = self.command == "HEAD"
            self.send_header("Content-Length", str(length if is_head else len(body)))
            self.end_headers()
            self.wfile.write(sent)

        def log_message(self, *_):
            pass

        def finish(self):
            if not self.close_connection or self.connection.fileno() >= 0:
                super().finish()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    Handler.faults = faults = Faults(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield faults
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
