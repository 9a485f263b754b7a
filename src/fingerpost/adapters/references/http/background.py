"""An event loop in a thread of its own, so that callers need none."""

import atexit
import os
from collections.abc import Callable, Coroutine
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    import asyncio

    import aiohttp

T = TypeVar("T")


class Background:
    """A client session and the loop that it lives in; started when first used.

    Safe to use from several threads. A process that was forked has to make its own: see
    :func:`shared`.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: Thread | None = None
        self._session: aiohttp.ClientSession | None = None

    def run(
        self, task: "Callable[[aiohttp.ClientSession], Coroutine[Any, Any, T]]", *, until_s: float
    ) -> T:
        """Run a coroutine function with the session in the loop, and return what it returns.

        Args:
            task: what to run; cancelled when the caller is interrupted.
            until_s: seconds after which it is taken for stuck.

        Raises:
            TimeoutError: it took longer than ``until_s``.
        """
        import asyncio

        loop, session = self._started()
        future = asyncio.run_coroutine_threadsafe(task(session), loop)
        try:
            return future.result(until_s)
        except BaseException:
            future.cancel()
            raise

    def call(self, function: Callable[[], object]) -> None:
        """Call a function in the loop soon, unless the loop has ended."""
        loop = self._loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(function)

    def close(self) -> None:
        """Close the session and end the loop; it starts again when it is used again."""
        with self._lock:
            loop, thread, session = self._loop, self._thread, self._session
            self._loop = self._thread = self._session = None
        if loop is None or thread is None or session is None:
            return
        import asyncio

        asyncio.run_coroutine_threadsafe(session.close(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()

    def _started(self) -> "tuple[asyncio.AbstractEventLoop, aiohttp.ClientSession]":
        import asyncio

        with self._lock:
            if self._loop is None or self._session is None:
                self._loop = asyncio.new_event_loop()
                # A daemon: the interpreter waits for others before it lets anybody close this one.
                self._thread = Thread(
                    target=self._loop.run_forever, name="fingerpost-http", daemon=True
                )
                self._thread.start()
                opened = asyncio.run_coroutine_threadsafe(_new_session(), self._loop)
                self._session = opened.result()
            return self._loop, self._session


async def _new_session() -> "aiohttp.ClientSession":
    import ssl

    import aiohttp

    return aiohttp.ClientSession(
        # As many connections as there are callers, who bound their own number: waiting here for
        # another's would be a deadlock where one caller has two files open.
        connector=aiohttp.TCPConnector(limit=0, ssl=ssl.create_default_context()),
        cookie_jar=aiohttp.DummyCookieJar(),
        headers={"Accept-Encoding": "identity"},
        auto_decompress=False,
        read_bufsize=1 << 20,
        trust_env=True,
    )


_shared = Background()
# Kept, because a child that let go of them would close its parent's connections.
_inherited: list[Background] = []


def shared() -> Background:
    """Return this process's; closed when the interpreter exits."""
    return _shared


def _forget() -> None:
    global _shared  # noqa: PLW0603  # a forked child has the parent's loop, and not its thread
    _inherited.append(_shared)
    _shared = Background()


def _close() -> None:
    _shared.close()


os.register_at_fork(after_in_child=_forget)
atexit.register(_close)
