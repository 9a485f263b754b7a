"""Reading ``wandb_manifest.json``: what W&B keeps of an artifact's files.

*Source*: ``ArtifactManifestV1`` of W&B's client, 0.31.0.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import orjson
from attrs import frozen

from fingerpost.domain.errors import ImportSourceError, InvalidInputError, shown
from fingerpost.domain.manifest.digest import Digest
from fingerpost.domain.manifest.entry import Entry
from fingerpost.domain.manifest.entry_path import EntryPath
from fingerpost.domain.metadata.metadata import normalized
from fingerpost.domain.names.text import is_unicode

from ..references.http.urls import require_no_login

LARGEST_JSON_BYTES: Final = 1 << 30
"""Millions of entries; a document is read into memory as a whole."""

_LONGEST_TEXT: Final = 8192
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")
_LARGEST_SIZE_BYTES: Final = 1 << 62
_REMEDY: Final = "Fetch the manifest again; docs/how-to shows how."


@frozen
class WandbManifest:
    """A manifest that was read.

    Attributes:
        path: the file, for messages.
        entries: as W&B has them, sorted by path. Those without ``ref`` are files, whose digest is
            the base64 md5 of their bytes.
    """

    path: str
    entries: tuple[Entry, ...]


def read_wandb_manifest(path: Path) -> WandbManifest:
    """Read and check a manifest.

    Raises:
        ImportSourceError: it is missing, too large, no JSON, or no manifest of version 1.
    """
    document = read_json_object(path)
    version = document.get("version")
    if version != 1 or isinstance(version, bool):
        problem = f"is no manifest of version 1 (its version is {shown(version):.40})"
        raise ImportSourceError(str(path), problem, _REMEDY)
    contents = document.get("contents")
    if not isinstance(contents, dict):
        raise ImportSourceError(str(path), "has no object 'contents'", _REMEDY)
    entries = [_entry(path, name, told) for name, told in contents.items()]
    return WandbManifest(str(path), tuple(sorted(entries, key=lambda entry: entry.path)))


def read_json_object(path: Path) -> dict[str, Any]:
    """Read a file that holds one JSON object.

    Raises:
        ImportSourceError: it does not.
    """
    try:
        size_bytes = path.stat().st_size
        if size_bytes > LARGEST_JSON_BYTES:
            problem = f"is larger than {LARGEST_JSON_BYTES:,} bytes"
            raise ImportSourceError(str(path), problem, "Log the files themselves.")
        document = orjson.loads(path.read_bytes())
    except OSError as error:
        problem = f"cannot be read ({error.strerror or error})"
        raise ImportSourceError(str(path), problem, "Check the path.") from None
    except ValueError as error:  # orjson says so of too deep nesting, too
        remedy = "Check that it is the right file."
        raise ImportSourceError(str(path), f"is no JSON ({error})", remedy) from None
    if not isinstance(document, dict):
        raise ImportSourceError(str(path), "holds no JSON object", "Check the file.")
    return document


def _entry(path: Path, name: str, told: object) -> Entry:
    if not isinstance(told, dict):
        problem = f"has an entry {name[:200]!r} that is no manifest entry"
        raise ImportSourceError(str(path), problem, _REMEDY)
    try:
        return _checked(EntryPath(name), told)
    except InvalidInputError as error:
        problem = f"has an entry {name[:200]!r} that cannot be kept ({error})"
        raise ImportSourceError(str(path), problem, _REMEDY) from error


def _checked(path: EntryPath, told: Mapping[str, Any]) -> Entry:
    digest, ref = _text(path, told, "digest"), told.get("ref")
    extra = normalized(told.get("extra"), "extra")
    if ref is not None:
        ref = _text(path, told, "ref")
        require_no_login(ref, is_user_permitted=True)
    elif extra.get("alg", "MD5") != "MD5":
        problem = f"is hashed with {shown(extra['alg']):.40}, and only md5 can be checked"
        raise _unfit(path, problem)
    elif Digest.of_base64_md5(digest) is None:
        raise _unfit(path, f"has a digest {digest[:60]!r} that is no base64 md5")
    return Entry(path=path, digest=digest, size_bytes=_size(path, told), ref=ref, extra=extra)


def _size(path: EntryPath, told: Mapping[str, Any]) -> int | None:
    size = told.get("size")
    if size is None:
        return None
    if type(size) is not int or not 0 <= size <= _LARGEST_SIZE_BYTES:
        raise _unfit(path, f"has a size {shown(size):.40} that is no number of bytes")
    return size


def _text(path: EntryPath, told: Mapping[str, Any], key: str) -> str:
    text = told.get(key)
    # A line end in a digest would be another entry to W&B's digest of the whole.
    if not isinstance(text, str) or not is_unicode(text) or _CONTROL.search(text):
        raise _unfit(path, f"has no {key} of visible characters")
    if not 0 < len(text) <= _LONGEST_TEXT:
        raise _unfit(path, f"has no {key} of 1 to {_LONGEST_TEXT:,} characters")
    return text


def _unfit(path: EntryPath, problem: str) -> ImportSourceError:
    return ImportSourceError(str(path), problem, "Log its bytes with `fingerpost log`.")
