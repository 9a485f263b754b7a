"""What stands between a client and PostgreSQL, and cuts the line where it is told to."""

import socket
import threading
from contextlib import suppress
from pathlib import Path

SOCKET = ".s.PGSQL.5432"
DONE = b"C\x00\x00\x00\x0bCOMMIT\x00"
"""What the server says to a COMMIT that it has carried out."""


class Proxy:
    """A socket in a folder, in front of that in another.

    Attributes:
        cuts: how many times it cut the line.
    """

    def __init__(self, folder, behind):
        self.folder, self.cuts = Path(folder), 0
        self._behind = str(Path(behind, SOCKET))
        self._asked = self._answered = None
        self._is_refusing = False
        self._lines = []
        self._lock = threading.Lock()
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(str(self.folder / SOCKET))
        self._listening.listen(50)
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    @property
    def url(self):
        return f"postgresql://postgres@/postgres?host={self.folder}"

    def cut_when(self, *, asked=None, answered=None, refuse=False):
        """Cut the line once, before this is handed on; then take no more calls if ``refuse``."""
        self._asked, self._answered, self._refuse_next = asked, answered, refuse

    def take_calls(self):
        self._is_refusing = False

    def _accept(self):
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            if self._is_refusing:
                client.close()
                continue
            server = socket.socket(socket.AF_UNIX)
            server.connect(self._behind)
            self._lines += [client, server]
            for pair in ((client, server, "_asked"), (server, client, "_answered")):
                thread = threading.Thread(target=self._hand_on, args=pair, daemon=True)
                self._threads.append(thread)
                thread.start()

    def _hand_on(self, source, target, armed):
        with suppress(OSError):
            while data := source.recv(1 << 20):
                if self._is_time_to_cut(armed, data):
                    break
                target.sendall(data)
        for each in (source, target):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def _is_time_to_cut(self, armed, data):
        with self._lock:
            wanted = getattr(self, armed)
            if wanted is None or wanted not in data:
                return False
            setattr(self, armed, None)
            self.cuts += 1
            self._is_refusing = self._refuse_next
            return True

    def close(self):
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for line in self._lines:
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(timeout=10)
        for line in self._lines:
            line.close()
