"""The file system of s3fs, with the settings that Fingerpost needs."""

from typing import Any, Final

from ..failures import RefusedError

_CONNECTIONS: Final = 64
_CONNECT_S, _READ_S = 20, 60


def s3_file_system(account: str) -> Any:
    """Return a new file system; nothing is connected yet.

    Credentials, endpoint and region are found as s3fs and botocore find them: ``AWS_…`` in the
    environment, profiles, roles, and fsspec's configuration of ``s3``.

    Args:
        account: always empty: bucket names are enough.

    Raises:
        ImportError: s3fs is not installed.
        RefusedError: fsspec's configuration is wrong.
    """
    del account
    from fsspec.config import conf
    from s3fs import S3FileSystem

    # Fingerpost retries by itself, for all providers alike, and waits as long as a server asks.
    # Newer checksums go into trailers, which some servers take for content: an MD5 is sent instead.
    ours = {
        "max_pool_connections": _CONNECTIONS,
        "retries": {"total_max_attempts": 1},
        "connect_timeout": _CONNECT_S,
        "read_timeout": _READ_S,
        "request_checksum_calculation": "when_required",
        "response_checksum_validation": "when_required",
    }
    theirs = conf.get("s3", {}).get("config_kwargs", {})
    try:
        return S3FileSystem(
            use_listings_cache=False, skip_instance_cache=True, config_kwargs=ours | theirs
        )
    except ValueError as error:
        remedy = "Check fsspec's configuration of s3."
        raise RefusedError(str(error).rstrip("."), remedy=remedy) from error
