"""Where a store's content is: what ``content=`` takes, and what is recorded of it."""

import os
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from fingerpost.adapters.files.uris import local_path
from fingerpost.domain.errors import InvalidValueError, StoreUnavailableError

_PROTOCOLS: Final = {
    "s3": "s3",
    "s3a": "s3",
    "gs": "gs",
    "gcs": "gs",
    "az": "az",
    "abfs": "az",
    "abfss": "az",
    "memory": "memory",
}
"""By scheme of a URL, the one that is recorded: two spellings of a place are one place."""

_AZURE: Final = "az"
_REMEDY: Final = (
    "Give a folder, or a URL such as s3://bucket/prefix, gs://bucket/prefix, az://container/prefix "
    "or file:///folder."
)


def content_location(given: "str | os.PathLike[str]") -> str:
    """Return the normal form of a place for content: an absolute path, or a URL without a slash.

    Raises:
        InvalidValueError: it is no folder, and no URL of a kind that is known; or it holds a
            password or key.
    """
    if not isinstance(given, str | os.PathLike):
        raise InvalidValueError("content", given, "it is a folder or a URL", _REMEDY)
    named = os.fspath(given)
    scheme, separator, rest = named.partition("://")
    if not separator:
        return _folder(named)
    if scheme.lower() == "file":
        return str(local_path(named))
    protocol = _PROTOCOLS.get(scheme.lower())
    if protocol is None:
        raise InvalidValueError("content", _masked(named), "its kind is not known", _REMEDY)
    _require_plain(named, protocol)
    bucket, _, prefix = rest.partition("/")
    if protocol != "memory" and not bucket:
        raise InvalidValueError("content", named, "it names no bucket", _REMEDY)
    prefix = "/".join(part for part in prefix.split("/") if part)
    return f"{protocol}://{bucket}{'/' if prefix else ''}{prefix}"


def is_url(location: str) -> bool:
    """Whether a normal form is a URL, and no folder of this machine."""
    return "://" in location


def agreed_content(store: str, recorded: str | None, asked: str | None) -> str | None:
    """Return where a store's content is, if that is where the caller thinks it is.

    Args:
        store: the store, for the message.
        recorded: what was recorded when it was created; ``None`` for its own folder.
        asked: the caller's, in its normal form; ``None`` for what was recorded.

    Raises:
        StoreUnavailableError: the two differ. Nothing is ever stored in a second place.
    """
    if asked is None or asked == recorded:
        return recorded
    here = "its own folder" if recorded is None else repr(recorded)
    raise StoreUnavailableError(
        store,
        f"its content is in {here}, not in {asked!r}: a store keeps the place that it was created "
        f"with",
        "Leave out content=, --content and FINGERPOST_CONTENT, or create another store.",
    )


def _folder(named: str) -> str:
    if not named or "\0" in named:
        raise InvalidValueError("content", named, "it is the path of a folder", _REMEDY)
    return str(Path(named).expanduser().absolute())


def _require_plain(named: str, protocol: str) -> None:
    try:
        parts = urlsplit(named)
        has_password = parts.password is not None
    except ValueError:
        raise InvalidValueError("content", _masked(named), "it is no URL", _REMEDY) from None
    # az://container@account.dfs.core.windows.net/prefix is a place; others are credentials.
    if has_password or (parts.username is not None and protocol != _AZURE):
        raise InvalidValueError(
            "content",
            _masked(named),
            "a place that is recorded holds no user, password or key",
            "Give credentials in the environment, as the provider's own tools take them.",
        )
    if "?" in named or "#" in named:
        expected = "it has no query and no fragment"
        raise InvalidValueError("content", named.partition("?")[0], expected, _REMEDY)


def _masked(named: str) -> str:
    """Return a URL without what may be a password or a token."""
    scheme, _, rest = named.partition("://")
    place, slash, path = rest.partition("?")[0].partition("#")[0].partition("/")
    user, at, host = place.rpartition("@")
    return f"{scheme}://{'…@' if at and user else ''}{host}{slash}{path}"
