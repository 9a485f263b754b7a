"""Large blobs, each in a file of its own that is named by its digest."""

import re
from collections.abc import Collection, Iterator
from typing import BinaryIO, Final

from fingerpost.domain.errors import InvalidValueError
from fingerpost.domain.manifest.digest import Digest

from ..files.verified_reader import verified
from .catalog import Catalog
from .volume import Volume

FOLDER: Final = "blobs"
_NAME: Final = re.compile(r"blobs/([0-9a-f]{2})/([a-z0-9]+)-(\1[0-9a-f]+)")


def blob_name(digest: Digest) -> str:
    """Return the path of a stand-alone blob in the store."""
    return f"{FOLDER}/{digest.hex[:2]}/{digest.algorithm}-{digest.hex}"


def blob_digest(name: str) -> Digest | None:
    """Return the digest that a blob's path names, or ``None`` if it is no blob's path."""
    match = _NAME.fullmatch(name)
    try:
        return Digest(f"{match[2]}:{match[3]}") if match else None
    except InvalidValueError:
        return None


class Blobs:
    """The stand-alone blobs of one volume. Their names are their index.

    Thread-safe. All methods may raise ``OSError`` when the volume cannot be read.
    """

    def __init__(self, volume: Volume, catalog: Catalog) -> None:
        self._volume = volume
        self._catalog = catalog

    def present(self, digests: Collection[Digest]) -> set[Digest]:
        """Return those digests that are there, durable and not known to be damaged."""
        names = {blob_name(digest): digest for digest in digests}
        sizes = self._volume.sizes(names)
        distrusted = {name for name, _ in self._catalog.distrusted()} if sizes else set()
        return {names[name] for name in sizes.keys() - distrusted}

    def open(self, digest: Digest) -> BinaryIO | None:
        """Return a verified reader, or ``None`` if there is no such blob."""
        name = blob_name(digest)
        try:
            source, size_bytes = self._volume.stream(name)
        except FileNotFoundError:
            return None
        where = f"{self._volume.location}/{name}"
        return verified(source, size_bytes, digest, where, lambda: self._catalog.distrust(name))

    def size_bytes(self, digest: Digest) -> int | None:
        """Return a blob's size, or ``None`` if there is no such blob."""
        name = blob_name(digest)
        return self._volume.sizes([name]).get(name)

    def digests(self) -> Iterator[Digest]:
        """Iterate over all of them; other files are passed over."""
        for name in self._volume.names(FOLDER):
            digest = blob_digest(name)
            if digest is not None:
                yield digest
