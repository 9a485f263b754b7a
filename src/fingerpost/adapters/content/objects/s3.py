"""Content in S3, and in whatever speaks its protocol, through the client that s3fs makes."""

import base64
import hashlib
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from fingerpost.domain.errors import StoreUnavailableError

from ...object_stores.failures import TransientError
from ...references.s3.failures import S3AnswerError, translated
from .client import Found, Part

_NOT_FOUND: Final = 404
_NO_RANGE: Final = 416
_NO_KEY: Final = {"NoSuchKey", "404"}
_REGION: Final = "Set AWS_DEFAULT_REGION to the bucket's region."
_CREDENTIALS: Final = "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE."
_POLICY: Final = (
    "Check the credentials; what they have to permit below the prefix is s3:ListBucket, "
    "s3:GetObject, s3:PutObject, s3:AbortMultipartUpload and s3:DeleteObject."
)
_BUCKET: Final = "Create the bucket, or check its name and the endpoint (AWS_ENDPOINT_URL)."
_REMEDIES: Final = {
    "NoSuchBucket": _BUCKET,
    "InvalidBucketName": _BUCKET,
    "PermanentRedirect": _REGION,
    "AuthorizationHeaderMalformed": _REGION,
    "IllegalLocationConstraintException": _REGION,
    "301": _REGION,
    "NoCredentialsError": _CREDENTIALS,
    "PartialCredentialsError": _CREDENTIALS,
    "ProfileNotFound": _CREDENTIALS,
    "InvalidObjectState": "It is archived: restore it in S3 first.",
    "QuotaExceeded": "Make room there, and try again.",
}


class _Upload(NamedTuple):
    key: str
    id: str
    size_bytes: int


class S3Client:
    """See :class:`~.client.ObjectClient`.

    What is sent carries its MD5, which the server compares: ETags and newer checksums are not the
    same everywhere.

    Args:
        fs: of s3fs.
        root: bucket and prefix.
    """

    parts_at_once = 4

    def __init__(self, fs: Any, root: str) -> None:
        self._fs = fs
        self._bucket, _, prefix = root.partition("/")
        self._prefix = prefix.rstrip("/") + "/" if prefix else ""
        self.location = f"s3://{root.rstrip('/')}"

    @property
    def loop(self) -> Any:
        """The event loop that all requests are made in."""
        return self._fs.loop

    async def find(self, key: str) -> Found | None:
        """Return what there is under a key."""
        try:
            answer = await self._ask("head_object", Key=self._prefix + key)
        except S3AnswerError as problem:
            if problem.status == _NOT_FOUND:
                return None
            raise await self._explained(key, problem) from problem
        return Found(key, int(answer["ContentLength"]), answer["LastModified"].timestamp())

    async def read(self, key: str, offset: int, length: int) -> bytes:
        """Return a part of an object; shorter where the object ends."""
        span = f"bytes={offset}-{offset + length - 1}"
        try:
            answer = await self._ask("get_object", Key=self._prefix + key, Range=span)
        except S3AnswerError as problem:
            if problem.status == _NO_RANGE:
                return b""
            if problem.code in _NO_KEY:
                raise FileNotFoundError(key) from problem
            raise self._refused(problem) from problem
        return _checked(answer, offset, length)

    async def put(self, key: str, data: bytes) -> None:
        """Store an object."""
        await self._told("put_object", Key=self._prefix + key, Body=data, ContentMD5=_md5(data))

    async def begin(self, key: str, size_bytes: int) -> _Upload:
        """Begin a multipart upload."""
        answer = await self._told("create_multipart_upload", Key=self._prefix + key)
        return _Upload(key, answer["UploadId"], size_bytes)

    async def put_part(self, upload: _Upload, part: Part) -> dict[str, Any]:
        """Upload a part; one of the same number replaces it."""
        answer = await self._told(
            "upload_part",
            Key=self._prefix + upload.key,
            UploadId=upload.id,
            PartNumber=part.number,
            Body=part.data,
            ContentMD5=_md5(part.data),
        )
        return {"PartNumber": part.number, "ETag": answer["ETag"]}

    async def complete(self, upload: _Upload, receipts: Sequence[dict[str, Any]]) -> None:
        """Make the parts an object."""
        try:
            await self._ask(
                "complete_multipart_upload",
                Key=self._prefix + upload.key,
                UploadId=upload.id,
                MultipartUpload={"Parts": list(receipts)},
            )
        except S3AnswerError as problem:
            # An attempt whose answer was lost may have completed it.
            found = await self.find(upload.key) if problem.code == "NoSuchUpload" else None
            if found is None or found.size_bytes != upload.size_bytes:
                raise self._refused(problem) from problem

    async def abort(self, upload: _Upload) -> None:
        """Throw the parts away."""
        try:
            await self._ask(
                "abort_multipart_upload", Key=self._prefix + upload.key, UploadId=upload.id
            )
        except S3AnswerError as problem:
            if problem.status != _NOT_FOUND:
                raise self._refused(problem) from problem

    async def remove(self, key: str) -> None:
        """Remove an object."""
        await self._told("delete_object", Key=self._prefix + key)

    async def page(self, prefix: str, token: str | None) -> tuple[list[Found], str | None]:
        """Return objects whose keys begin with a prefix, and how to go on."""
        following = {} if token is None else {"ContinuationToken": token}
        answer = await self._told("list_objects_v2", Prefix=self._prefix + prefix, **following)
        found = [
            Found(
                each["Key"][len(self._prefix) :],
                int(each["Size"]),
                each["LastModified"].timestamp(),
            )
            for each in answer.get("Contents", ())
        ]
        return found, answer.get("NextContinuationToken") if answer.get("IsTruncated") else None

    async def _told(self, operation: str, **parameters: Any) -> dict[str, Any]:
        try:
            return await self._ask(operation, **parameters)
        except S3AnswerError as problem:
            raise self._refused(problem) from problem

    async def _ask(self, operation: str, **parameters: Any) -> dict[str, Any]:
        try:
            await self._fs.set_session()
            client = await self._fs.get_s3(self._bucket)
            method = getattr(client, operation)
            # What the user configured for such requests: encryption, who pays, storage class.
            given = self._fs._get_s3_method_kwargs(method, **parameters)  # noqa: SLF001
            answer: dict[str, Any] = await method(**{"Bucket": self._bucket, **given})
            if "Body" in answer:
                async with answer.pop("Body") as body:
                    answer["Data"] = await body.read()
        except Exception as error:
            meaning = translated(error)
            if meaning is error:
                raise
            raise _lasting(meaning) from error
        return answer

    async def _explained(self, key: str, problem: S3AnswerError) -> StoreUnavailableError:
        # An answer to HEAD has no body to say why; one to GET has.
        try:
            await self._ask("get_object", Key=self._prefix + key, Range="bytes=0-0")
        except S3AnswerError as explained:
            return self._refused(explained)
        return self._refused(problem)

    def _refused(self, problem: S3AnswerError) -> StoreUnavailableError:
        said = f"{problem.code}: {problem.message}".strip(": .")
        status = (
            "" if not problem.status or said.startswith(str(problem.status)) else problem.status
        )
        return StoreUnavailableError(
            self.location, f"{status} {said}".strip(), _REMEDIES.get(problem.code, _POLICY)
        )


def _lasting(meaning: Exception) -> Exception:
    # Damaged on its way: what was sent is right, so sending it again helps.
    if isinstance(meaning, S3AnswerError) and meaning.code in {"BadDigest", "IncompleteBody"}:
        return TransientError(f"{meaning.code}: {meaning.message}")
    return meaning


def _checked(answer: dict[str, Any], offset: int, length: int) -> bytes:
    data: bytes = answer["Data"]
    if len(data) != int(answer["ContentLength"]):
        raise TransientError(f"{len(data):,} of {answer['ContentLength']:,} bytes came")
    if "ContentRange" not in answer:
        # A server that ignores ranges sends all of it.
        return data[offset : offset + length]
    return data[:length]


def _md5(data: bytes) -> str:
    # Against accidents on the way, not against anybody: the digest is what counts in the end.
    return base64.b64encode(hashlib.md5(data, usedforsecurity=False).digest()).decode()
