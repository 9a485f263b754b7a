"""What to do when S3 refuses a request."""

from typing import Final

from ..remedies import Remedies

_REGION: Final = "Set AWS_DEFAULT_REGION to the bucket's region."
_ARCHIVED: Final = "It is archived: restore it in S3 first."
_CREDENTIALS: Final = "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE."
_BUCKET: Final = "Create the bucket, or check its name and the endpoint (AWS_ENDPOINT_URL)."
_OTHER_REGION: Final[dict[str | int, str]] = {
    "PermanentRedirect": _REGION,
    "AuthorizationHeaderMalformed": _REGION,
    "IllegalLocationConstraintException": _REGION,
    "301": _REGION,
}

READING: Final = Remedies(
    "Check the credentials, what they may read, the region and the endpoint.",
    {
        **_OTHER_REGION,
        "NoSuchBucket": "Check the bucket's name, and the endpoint (AWS_ENDPOINT_URL).",
        "InvalidObjectState": _ARCHIVED,
        "NoCredentialsError": (
            "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE; for public buckets "
            "put anon=true into fsspec's configuration of s3."
        ),
    },
)

STORING: Final = Remedies(
    "Check the credentials; what they have to permit below the prefix is s3:ListBucket, "
    "s3:GetObject, s3:PutObject, s3:AbortMultipartUpload and s3:DeleteObject.",
    {
        **_OTHER_REGION,
        "NoSuchBucket": _BUCKET,
        "InvalidBucketName": _BUCKET,
        "NoCredentialsError": _CREDENTIALS,
        "PartialCredentialsError": _CREDENTIALS,
        "ProfileNotFound": _CREDENTIALS,
        "InvalidObjectState": _ARCHIVED,
        "QuotaExceeded": "Make room there, and try again.",
    },
)
