"""Asking a bucket which objects it has."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from typing import Final

from ...object_stores.client import ObjectPage, StoredObject
from ...object_stores.prefetch import one_ahead
from ..object_reader import ObjectReader
from .location import S3Location

_HEADS_AT_ONCE: Final = 16


class S3Objects:
    """The objects of buckets.

    Args:
        reader: makes the requests.
    """

    def __init__(self, reader: ObjectReader) -> None:
        self._reader = reader

    def head(self, uri: str, at: S3Location, version: str | None) -> StoredObject | None:
        """Return an object as S3 describes it, or ``None`` if there is none.

        Raises:
            ReferenceRefusedError: S3 refuses.
            ReferenceUnavailableError: S3 could not be reached, again and again.
        """
        return self._reader.ask(uri, lambda client: client.head(at.bucket, at.key, version))

    def read(
        self, uri: str, at: S3Location, pinned: StoredObject, offset: int, length: int
    ) -> bytes:
        """Return a range of exactly one version of an object.

        Raises:
            FileNotFoundError: it is gone, or it is another one now.
            ReferenceRefusedError: S3 refuses.
            ReferenceUnavailableError: S3 could not be reached, again and again.
        """
        return self._reader.ask(
            uri, lambda client: client.read(at.bucket, at.key, offset, length, pinned)
        )

    def require_bucket(self, uri: str, bucket: str) -> None:
        """Raise if there is no such bucket: HEAD of an object gives the same answer for both.

        Raises:
            ReferenceRefusedError: there is none.
        """
        self._reader.ask(uri, lambda client: client.require_bucket(bucket))

    def pages(self, uri: str, at: S3Location) -> Iterator[list[StoredObject]]:
        """Iterate over the objects below a prefix, a page at a time, one page ahead.

        The version is included where the bucket has versions. Where S3 refuses to say whether it
        has, each object is asked for its version.

        Raises:
            ReferenceRefusedError: S3 refuses, or there is no such bucket.
            ReferenceUnavailableError: S3 could not be reached, again and again.
        """
        has_versions = self._reader.ask(uri, lambda client: client.has_versions(at.bucket))
        pages = one_ahead(self._listed(uri, at, with_versions=bool(has_versions)))
        if has_versions is not None:
            yield from pages
            return
        with closing(pages), ThreadPoolExecutor(_HEADS_AT_ONCE) as heads:
            for page in pages:
                yield list(heads.map(partial(self._with_version, uri, at), page))

    def _listed(
        self, uri: str, at: S3Location, *, with_versions: bool
    ) -> Iterator[list[StoredObject]]:
        following = None
        while True:
            page = self._page(uri, at, following, with_versions=with_versions)
            yield page.objects
            following = page.following
            if following is None:
                return

    def _page(
        self, uri: str, at: S3Location, following: object, *, with_versions: bool
    ) -> ObjectPage:
        return self._reader.ask(
            uri,
            lambda client: client.list_page(
                at.bucket, at.prefix, following, with_versions=with_versions
            ),
        )

    def _with_version(self, uri: str, at: S3Location, listed: StoredObject) -> StoredObject:
        # All of the answer to HEAD is used: it may be another version than the listed one.
        return self.head(uri, at.below(listed.key), None) or listed
