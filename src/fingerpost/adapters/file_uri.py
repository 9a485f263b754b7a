"""``file://`` URIs."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

from fingerpost.domain.errors import InvalidReferenceError


def local_path(uri: str) -> Path:
    """Return the path of a ``file://`` URI.

    Raises:
        InvalidReferenceError: it names another host, or no absolute path.
    """
    parts = urlsplit(uri.replace("?", "%3F").replace("#", "%23"))
    if parts.netloc not in {"", "localhost"} or not parts.path.startswith("/"):
        raise InvalidReferenceError(
            "file URI",
            uri,
            "it is 'file:///' and an absolute path",
            "Write it with three slashes, such as file:///data/train.csv.",
        )
    return Path(unquote(parts.path))
