"""A web server of the standard library that does what servers do, wrong on demand."""

import gzip
import re
import socket
import ssl
import struct
import threading
from collections import deque
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Resource:
    """What is at a path, and how it is served.

    Attributes:
        data: its bytes.
        headers: further ones.
        etag: with its quotes; ``None`` for none.
        is_ranged: whether parts of it can be asked for.
        is_chunked: whether it is sent without a length.
        is_zipped: whether it is sent as gzip whatever was asked for.
        head: status of the answer to HEAD.
        faults: one for each GET that is to go wrong, in order; each gets handler and resource and
            returns whether it has answered.
        asked: method and headers of each request.
    """

    def __init__(self, data=b"", **facts):
        self.data = data
        self.headers = {}
        self.etag = '"one"'
        self.is_ranged = True
        self.is_chunked = False
        self.is_zipped = False
        self.head = 200
        self.head_headers = None
        self.faults = deque()
        self.asked = []
        self.become(**facts)

    def become(self, **facts):
        for name, value in facts.items():
            assert hasattr(self, name)
            setattr(self, name, value)

    def gets(self):
        return [headers for method, headers in self.asked if method == "GET"]


class Web:
    def __init__(self):
        self.resources = {}
        self.url = ""

    def at(self, path, data=b"", **facts):
        """Serve bytes at a path; return its URL and the resource."""
        resource = self.resources[path] = Resource(data, **facts)
        return f"{self.url}{path}", resource


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    web: Web

    def do_HEAD(self):
        self.do_GET()

    def do_GET(self):
        resource = self.web.resources.get(self.path)
        if resource is None:
            self.answer(404)
            return
        resource.asked.append((self.command, dict(self.headers)))
        if self.command == "HEAD":
            self.answer_head(resource)
            return
        fault = resource.faults.popleft() if resource.faults else None
        if fault is None or not fault(self, resource):
            self.serve(resource)

    def answer_head(self, resource):
        headers = self.facts(resource)
        headers["Content-Length"] = len(resource.data)
        if resource.head_headers is not None:
            headers = resource.head_headers
        self.answer(resource.head, headers)

    @staticmethod
    def facts(resource):
        headers = dict(resource.headers)
        if resource.etag is not None:
            headers["ETag"] = resource.etag
        if resource.is_ranged:
            headers["Accept-Ranges"] = "bytes"
        return headers

    def serve(self, resource, send=None, length=None, content_range=None):
        data, status, headers = resource.data, 200, self.facts(resource)
        wanted = self.headers.get("If-Match")
        if wanted is not None and wanted != resource.etag and resource.is_ranged:
            self.answer(412, headers)
            return
        match = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        if match and resource.is_ranged:
            first, last = int(match[1]), min(int(match[2] or 1 << 60), len(data) - 1)
            if first > last:
                self.answer(416, {"Content-Range": f"bytes */{len(data)}"})
                return
            headers["Content-Range"] = content_range or f"bytes {first}-{last}/{len(data)}"
            data, status = data[first : last + 1], 206
        if resource.is_zipped:
            data = gzip.compress(data, mtime=0)
            headers["Content-Encoding"] = "gzip"
        if resource.is_chunked:
            headers["Transfer-Encoding"] = "chunked"
            data = b"".join(b"%x\r\n%s\r\n" % (1, data[at : at + 1]) for at in range(len(data)))
            data += b"0\r\n\r\n"
        else:
            headers["Content-Length"] = len(data) if length is None else length
        self.answer(status, headers, data if send is None else send(data))

    def answer(self, status, headers=None, body=b""):
        self.send_response(status)
        headers = headers or {}
        if not {"Content-Length", "Transfer-Encoding"} & headers.keys():
            headers = {**headers, "Content-Length": "0"}
        for name, value in headers.items():
            self.send_header(name, str(value))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def break_off(self):
        """Reset the connection: what was sent is read, or is lost."""
        self.wfile.flush()
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True

    def log_message(self, *_):
        pass


# -- faults


def status(code, **headers):
    """Answer with a status alone."""

    def fault(handler, _):
        handler.answer(code, {name.replace("_", "-"): value for name, value in headers.items()})
        return True

    return fault


def cut_after(count, *, is_reset=False):
    """Send the headers of all, and that many bytes of the body."""

    def fault(handler, resource):
        handler.serve(resource, send=lambda data: data[:count])
        handler.close_connection = True
        if is_reset:
            handler.break_off()
        return True

    return fault


class Cut:
    """Send that many bytes of the body, and break off once they have arrived, or at once."""

    def __init__(self, count, *, is_at_once=False):
        self.count = count
        self.arrived = threading.Event()
        if is_at_once:
            self.arrived.set()

    def __call__(self, handler, resource):
        handler.serve(resource, send=lambda data: data[: self.count])
        handler.wfile.flush()
        self.arrived.wait(30)
        handler.close_connection = True
        return True


def reset(handler, _):
    """Break the connection instead of an answer."""
    handler.break_off()
    return True


def stall_after(count, event):
    """Send that many bytes, and nothing more until an event."""

    def fault(handler, resource):
        handler.serve(resource, send=lambda data: data[:count])
        event.wait(30)
        handler.close_connection = True
        return True

    return fault


def declaring(length):
    """Say another length than what is sent has."""

    def fault(handler, resource):
        handler.serve(resource, length=length)
        handler.close_connection = True
        return True

    return fault


def part_is(content_range):
    """Say another range than was asked for."""

    def fault(handler, resource):
        handler.serve(resource, content_range=content_range)
        return True

    return fault


def whole(handler, resource):
    """Ignore that a part was asked for."""
    del handler.headers["Range"]
    return False


def becoming(**facts):
    """Be another version from now on."""

    def fault(_, resource):
        resource.become(**facts)
        return False

    return fault


def garbage(handler, _):
    """Send what is no HTTP."""
    handler.wfile.write(b"this is not HTTP\r\n\r\n")
    handler.close_connection = True
    return True


@contextmanager
def serving(tls=None):
    """Serve on a free port of loopback; with a certificate file, over TLS."""
    web = Web()
    handler = type("BoundHandler", (Handler,), {"web": web})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.handle_error = lambda *_: None  # clients that go away are part of the test
    if tls is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(tls)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    host = "127.0.0.1" if tls is None else "localhost"
    web.url = f"http{'s' if tls else ''}://{host}:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield web
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
