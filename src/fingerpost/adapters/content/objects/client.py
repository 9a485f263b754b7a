"""What the content store asks of an object store, one attempt at a time."""

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol


class Found(NamedTuple):
    """An object that is there.

    Attributes:
        key: below the client's prefix.
        size_bytes: of the object.
        stored_at: when it was stored, in seconds since 1970, by the server's clock.
    """

    key: str
    size_bytes: int
    stored_at: float


class Part(NamedTuple):
    """A part of an upload.

    Attributes:
        number: from 1.
        offset: of its first byte.
        data: the bytes.
        total_bytes: size of the whole object.
    """

    number: int
    offset: int
    data: bytes
    total_bytes: int


class ObjectClient(Protocol):
    """One prefix of one bucket. Every coroutine makes one attempt, in :attr:`loop`.

    All may raise :class:`~fingerpost.adapters.object_stores.failures.TransientError` for what may
    succeed later, and :class:`~fingerpost.domain.errors.StoreUnavailableError` for what will not.
    All of them may be repeated after an attempt whose end nobody knows.
    """

    location: str
    """URL, for people."""

    parts_at_once: int
    """How many parts of one upload may be under way at a time."""

    @property
    def loop(self) -> Any:
        """The event loop that all requests are made in."""
        ...

    async def find(self, key: str) -> Found | None:
        """Return what there is under a key."""
        ...

    async def read(self, key: str, offset: int, length: int) -> bytes:
        """Return a part of an object; shorter where the object ends.

        Raises:
            FileNotFoundError: there is none.
        """
        ...

    async def put(self, key: str, data: bytes) -> None:
        """Store an object; it is there when the answer is."""
        ...

    async def begin(self, key: str, size_bytes: int) -> Any:
        """Begin an upload in parts; nothing is visible before :meth:`complete`."""
        ...

    async def put_part(self, upload: Any, part: Part) -> Any:
        """Upload a part; returns its receipt."""
        ...

    async def complete(self, upload: Any, receipts: Sequence[Any]) -> None:
        """Make an upload an object.

        Args:
            upload: what :meth:`begin` returned.
            receipts: of all parts, in their order.
        """
        ...

    async def abort(self, upload: Any) -> None:
        """Throw the parts of an upload away, as far as the provider lets one."""
        ...

    async def remove(self, key: str) -> None:
        """Remove an object; one that is gone already is as good."""
        ...

    async def page(self, prefix: str, token: str | None) -> tuple[list[Found], str | None]:
        """Return objects whose keys begin with a prefix, and how to go on.

        Args:
            prefix: ends in a slash.
            token: what the last call returned; ``None`` to begin.
        """
        ...
