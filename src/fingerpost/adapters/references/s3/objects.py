"""Asking a bucket what it has."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Final

from attrs import frozen

from .client import S3Client
from .failures import S3AnswerError
from .location import S3Location
from .pages import PAGE, Listed, Page, unquoted, version_of

_GONE: Final = {404, 405}
"""405 is the answer for a version that is a delete marker."""

_NOT_IMPLEMENTED: Final = 501
_HEADS_AT_ONCE: Final = 16


@frozen
class Found:
    """What HEAD says of an object."""

    etag: str
    size_bytes: int
    version_id: str | None
    content_type: str = ""

    @property
    def is_folder_marker(self) -> bool:
        """Whether some tool put it there to stand for a folder."""
        return self.size_bytes == 0 and "x-directory" in self.content_type


class S3Objects:
    """What there is in buckets.

    Args:
        client: makes the requests.
    """

    def __init__(self, client: S3Client) -> None:
        self.client = client

    def head(self, uri: str, at: S3Location, version_id: str | None) -> Found | None:
        """Return what there is of an object, or ``None`` if there is none.

        Raises:
            ReferenceRefusedError: it may not be looked at.
            ReferenceUnavailableError: S3 could not be reached, again and again.
        """
        try:
            answer = self.client.call(
                uri, "head_object", Bucket=at.bucket, Key=at.key, VersionId=version_id
            )
        except S3AnswerError as problem:
            explained = self._explained(uri, at, version_id, problem)
            if explained.status in _GONE:
                return None
            raise explained.refused(uri) from problem
        return Found(
            unquoted(answer["ETag"]),
            int(answer["ContentLength"]),
            version_of(answer.get("VersionId")),
            answer.get("ContentType", ""),
        )

    def _explained(
        self, uri: str, at: S3Location, version_id: str | None, problem: S3AnswerError
    ) -> S3AnswerError:
        # An answer to HEAD has no body to say why; one to GET has.
        if problem.status in _GONE:
            return problem
        try:
            self.client.call(
                uri,
                "get_object",
                Bucket=at.bucket,
                Key=at.key,
                VersionId=version_id,
                Range="bytes=0-0",
            )
        except S3AnswerError as explained:
            return explained
        return problem

    def require_bucket(self, uri: str, bucket: str) -> None:
        """Raise if there is no such bucket: HEAD of an object does not tell the two apart.

        Raises:
            ReferenceRefusedError: there is none.
        """
        try:
            self.client.call(uri, "head_bucket", Bucket=bucket)
        except S3AnswerError as problem:
            if problem.status in _GONE:
                absent = S3AnswerError(404, "NoSuchBucket", "there is no such bucket")
                raise absent.refused(uri) from problem

    def pages(self, uri: str, at: S3Location) -> Iterator[list[Listed]]:
        """Iterate over the objects below a prefix, a page at a time, one page ahead.

        Versions are told where the bucket has them. Where asking for that is refused, each object
        is asked for its version.

        Raises:
            ReferenceRefusedError: it may not be listed, or there is no such bucket.
            ReferenceUnavailableError: S3 could not be reached, again and again.
        """
        has_versions = self._has_versions(uri, at.bucket)
        operation = "list_object_versions" if has_versions else "list_objects_v2"
        page = partial(self._page, uri, operation, at)
        with ThreadPoolExecutor(1) as ahead, ThreadPoolExecutor(_HEADS_AT_ONCE) as heads:
            current = page({})
            while True:
                coming = ahead.submit(page, current.following) if current.following else None
                if has_versions is None:
                    with_version = partial(self._with_version, uri, at)
                    yield list(heads.map(with_version, current.objects))
                else:
                    yield current.objects
                if coming is None:
                    return
                current = coming.result()

    def _has_versions(self, uri: str, bucket: str) -> bool | None:
        try:
            answer = self.client.call(uri, "get_bucket_versioning", Bucket=bucket)
        except S3AnswerError as problem:
            return False if problem.status == _NOT_IMPLEMENTED else None
        return bool(answer.get("Status"))

    def _page(self, uri: str, operation: str, at: S3Location, following: dict[str, str]) -> Page:
        # Encoded, because keys may hold characters that XML does not.
        where = {"Bucket": at.bucket, "Prefix": at.prefix, "EncodingType": "url"}
        try:
            answer = self.client.call(uri, operation, **where, **following)
        except S3AnswerError as problem:
            raise problem.refused(uri) from problem
        if PAGE not in answer:
            strange = S3AnswerError(200, "no listing", "what answered does not speak S3's protocol")
            raise strange.refused(uri)
        page: Page = answer[PAGE]
        return page

    def _with_version(self, uri: str, at: S3Location, listed: Listed) -> Listed:
        # What HEAD says is used whole: it may be another version than the one that was listed.
        found = self.head(uri, at.below(listed.key), None)
        if found is None:
            return listed
        return Listed(listed.key, found.etag, found.size_bytes, found.version_id)
