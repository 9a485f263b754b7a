"""The client of an object store: what references and content ask of every provider."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol

NO_CHECKSUMS: Mapping[str, str] = {}


class StoredObject(NamedTuple):
    """An object as its provider describes it. A tuple, because listings make millions of them.

    Attributes:
        key: its name in the bucket.
        size_bytes: its length.
        etag: without quotes; empty if the provider gives none.
        version: version id or generation, if the object has one and the answer includes it.
        stored_at: when it was stored, in seconds since 1970, by the server's clock; ``None`` if
            the answer does not include it.
        is_folder: whether it only stands for a folder, by the provider's own convention.
        checksums: digests of the content, under the provider's names.
    """

    key: str
    size_bytes: int
    etag: str
    version: str | None = None
    stored_at: float | None = None
    is_folder: bool = False
    checksums: Mapping[str, str] = NO_CHECKSUMS


class ObjectPage(NamedTuple):
    """A page of a listing.

    Attributes:
        objects: in the order of their keys.
        following: the token for the next page; ``None`` after the last.
    """

    objects: list[StoredObject]
    following: Any


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
    """The client of one account. Each coroutine makes one attempt, in :attr:`loop`.

    Every attempt may be repeated, also when its outcome is unknown. All coroutines may raise:

    Raises:
        TransientError: the attempt failed, and may succeed later.
        RefusedError: it will never succeed.
    """

    parts_at_once: int
    """How many parts of one upload may be sent at the same time."""

    @property
    def account(self) -> str:
        """The account that the buckets belong to; empty where URIs do not name it."""
        ...

    @property
    def loop(self) -> Any:
        """The event loop in which all requests are made."""
        ...

    async def head(self, bucket: str, key: str, version: str | None = None) -> StoredObject | None:
        """Return what is stored under a key, ``None`` if there is nothing.

        Args:
            bucket: bucket or container.
            key: of the object.
            version: the current one if none is given.
        """
        ...

    async def read(
        self,
        bucket: str,
        key: str,
        offset: int,
        length: int,
        pinned: StoredObject | None = None,
    ) -> bytes:
        """Return a range of an object; shorter where the object ends.

        Args:
            bucket: bucket or container.
            key: of the object.
            offset: of the first byte.
            length: in bytes.
            pinned: read exactly this version; then the range is never shorter.

        Raises:
            FileNotFoundError: there is no such object, or it is not the pinned version.
        """
        ...

    async def list_page(
        self, bucket: str, prefix: str, following: Any = None, *, with_versions: bool = False
    ) -> ObjectPage:
        """Return a page of the objects whose keys begin with a prefix.

        Args:
            bucket: bucket or container.
            prefix: empty for the whole bucket.
            following: the token from the last page; ``None`` to begin.
            with_versions: include the versions, where a listing does not by itself.
        """
        ...

    async def has_versions(self, bucket: str) -> bool | None:
        """Whether listing needs ``with_versions``; ``None`` if the provider refuses to say.

        Where it is ``None``, ``head`` of an object has its version.
        """
        ...

    async def require_bucket(self, bucket: str) -> None:
        """Raise if there is no such bucket.

        Needed after ``head`` has found nothing: some providers give the same answer for a missing
        object and for a missing bucket. Does nothing where ``head`` raises by itself.
        """
        ...

    async def put(self, bucket: str, key: str, data: bytes) -> None:
        """Store an object; it is visible, whole, when this returns."""
        ...

    async def begin_upload(self, bucket: str, key: str, size_bytes: int) -> Any:
        """Begin an upload in parts; nothing is visible before :meth:`complete`."""
        ...

    async def put_part(self, upload: Any, part: Part) -> Any:
        """Upload a part; returns its receipt."""
        ...

    async def complete(self, upload: Any, receipts: Sequence[Any]) -> None:
        """Make an upload an object.

        Args:
            upload: what :meth:`begin_upload` returned.
            receipts: of all parts, in their order.
        """
        ...

    async def abort(self, upload: Any) -> None:
        """Remove the parts of an upload, as far as the provider allows it."""
        ...

    async def remove(self, bucket: str, key: str) -> None:
        """Remove an object; do nothing if there is none."""
        ...
