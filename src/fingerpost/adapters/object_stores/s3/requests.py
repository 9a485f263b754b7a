"""One request to S3, through the client that s3fs makes."""

from typing import Any

from .failures import translated
from .pages import LISTINGS, page_is_wanted, read_page


class S3Requests:
    """Makes requests with the credentials, the endpoint and the settings of a file system.

    Args:
        fs: of s3fs.
    """

    def __init__(self, fs: Any) -> None:
        self.fs = fs

    async def send(self, operation: str, bucket: str, **parameters: Any) -> dict[str, Any]:
        """Return the answer; a body is read whole, and is under ``Data``.

        Args:
            operation: method of botocore's client.
            bucket: name, or ARN of an access point.
            parameters: of the operation; ``None`` means not given.

        Raises:
            TransientError: the attempt failed, and may succeed later.
            RefusedError: it will never succeed.
        """
        try:
            return await self._sent(operation, bucket, parameters)
        except Exception as error:
            meaning = translated(error)
            if meaning is error:
                raise
            raise meaning from error

    async def _sent(
        self, operation: str, bucket: str, parameters: dict[str, Any]
    ) -> dict[str, Any]:
        await self.fs.set_session()
        client = await self.fs.get_s3(bucket)
        if operation in LISTINGS:
            event = f"before-parse.s3.{LISTINGS[operation]}"
            client.meta.events.register_first(event, read_page, unique_id=f"fingerpost-{event}")
            page_is_wanted.set(True)
        given = {name: value for name, value in parameters.items() if value is not None}
        configured = _configured(self.fs, client, operation)
        answer: dict[str, Any] = await getattr(client, operation)(
            **{**configured, "Bucket": bucket, **given}
        )
        if "Body" in answer:
            async with answer.pop("Body") as body:
                answer["Data"] = await body.read()
        return answer


def _configured(fs: Any, client: Any, operation: str) -> dict[str, Any]:
    """Return what the user configured for such requests: encryption, who pays, storage class."""
    settings = {**fs.s3_additional_kwargs, **fs.req_kw}
    if not settings:
        return {}
    model = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[operation])
    known = model.input_shape.members
    return {name: value for name, value in settings.items() if name in known and value is not None}
