"""``file://`` URIs."""

import os
from pathlib import Path
from urllib.parse import quote, unquote_to_bytes, urlsplit

from fingerpost.domain.errors import InvalidReferenceError


def local_path(uri: str) -> Path:
    """Return the path of a ``file://`` URI.

    Raises:
        InvalidReferenceError: it names another host, or no absolute path.
    """
    try:
        # urlsplit drops tabs and line ends, and takes ? and # for what they are in other schemes.
        parts = urlsplit(quote(uri, safe="/:%[]@!$&'()*+,;=~"))
    except ValueError:
        parts = urlsplit("")
    if parts.netloc not in {"", "localhost"} or not parts.path.startswith("/"):
        raise InvalidReferenceError(
            "file URI",
            uri,
            "it is 'file:///' and an absolute path",
            "Write it with three slashes, such as file:///data/train.csv.",
        )
    # Names of files are bytes: what is not UTF-8 stays what it is.
    return Path(os.fsdecode(unquote_to_bytes(parts.path)))
