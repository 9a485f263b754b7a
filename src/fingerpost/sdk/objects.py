"""Objects that ecosystems have: tables, arrays, images, figures, pages, sound."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, BinaryIO, Final, cast

from fingerpost.domain.errors import (
    EntryNotFoundError,
    FingerpostError,
    InvalidValueError,
    LibraryMissingError,
    UndecodableError,
    UnencodableError,
    listed,
)
from fingerpost.domain.manifest.entry import Entry
from fingerpost.domain.manifest.entry_path import EntryPath

from .draft_entries import DraftEntries
from .logged_version import LoggedVersion
from .version_files import VersionFiles

if TYPE_CHECKING:
    from fingerpost.adapters.codecs import Codec
    from fingerpost.application.manifests.manifests import StoredManifest


_IN_MEMORY_BYTES: Final = 32 << 20


def add_object(
    entries: DraftEntries, obj: Any, name: str, *, overwrite: bool, codec: "Codec | str | None"
) -> Entry:
    """Add an object to a draft. :meth:`fingerpost.Artifact.add` documents it."""
    writer, path = _writer(obj, EntryPath.clean(name), codec)
    local = entries.staging_area.new_path()
    try:
        with local.open("x+b") as file, _failing_to_encode(writer, path):
            writer.encode(obj, file)
        return entries.add_file(local, path, policy="mutable", overwrite=overwrite)
    finally:
        local.unlink(missing_ok=True)


def read_object(version: LoggedVersion, name: str, codec: "Codec | str | None") -> Any:
    """Return an object of a version. :meth:`fingerpost.Artifact.get` documents it."""
    entry, reader = _entry(version.manifest, name, codec)
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES) as spooled:
        file = cast("BinaryIO", spooled)
        with VersionFiles(version).stream(entry) as source:
            shutil.copyfileobj(source, file, 1 << 20)
        file.seek(0)
        with _failing_to_decode(reader, str(entry.path)):
            return reader.decode(file)


def _writer(obj: object, path: str, codec: "Codec | str | None") -> "tuple[Codec, str]":
    from fingerpost.adapters.codecs.plugins import installed
    from fingerpost.adapters.codecs.registry import Codecs

    if codec is None:
        return installed().for_object(obj, path)
    chosen = _chosen(codec)
    return Codecs.of(chosen).named_for([chosen], path)


def _entry(
    manifest: "StoredManifest", name: str, codec: "Codec | str | None"
) -> "tuple[Entry, Codec]":
    from fingerpost.adapters.codecs.plugins import installed
    from fingerpost.adapters.codecs.registry import Codecs, longest

    codecs = installed() if codec is None else Codecs.of(_chosen(codec))
    if name in manifest and (codec is not None or longest(codecs.known, name)):
        return manifest[name], codecs.known[0] if codec is not None else codecs.for_file(name)
    found = [path for end in codecs.extensions if (path := name + end) in manifest]
    if not found and name not in manifest:
        remedy = f"Nor one with an extension such as {codecs.extensions[0]!r}."
        raise EntryNotFoundError("entry", name, (), remedy)
    if len(found) > 1:
        expected = f"it stands for one entry, and there are {listed(found)}"
        raise InvalidValueError("name", name, expected, f"Ask for {found[0]!r}, say.")
    path = found[0] if found else name
    return manifest[path], codecs.for_file(path)


def _chosen(codec: "Codec | str") -> "Codec":
    from fingerpost.adapters.codecs.builtin import BUILT_IN
    from fingerpost.adapters.codecs.plugins import checked, installed

    if not isinstance(codec, str):
        return checked(codec)
    # One that ships is found although a plug-in is broken.
    shipped = (each for each in BUILT_IN if each.name == codec)
    return next(shipped, None) or installed().named(codec)


@contextmanager
def _failing_to_encode(codec: "Codec", path: str) -> Iterator[None]:
    try:
        yield
    except (FingerpostError, MemoryError):
        raise
    except ImportError as error:
        raise LibraryMissingError(codec.name, tuple(codec.packages), str(error)) from error
    except Exception as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise  # of the disk, not of the object
        raise UnencodableError(path, codec.name, _said(error)) from error


@contextmanager
def _failing_to_decode(codec: "Codec", path: str) -> Iterator[None]:
    try:
        yield
    except FingerpostError:
        raise
    except ImportError as error:
        raise LibraryMissingError(codec.name, tuple(codec.packages), str(error)) from error
    except Exception as error:  # whatever a library raises when bytes are not what they should be
        raise UndecodableError(path, codec.name, _said(error)) from error


def _said(error: Exception) -> str:
    return " ".join(f"{error}".split()).rstrip(".") or type(error).__name__
