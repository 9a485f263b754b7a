"""Objects that ecosystems have: tables, arrays, images, figures, pages, sound."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO, Final, cast

from fingerpost.adapters.codecs import Codec
from fingerpost.application.manifests.manifests import StoredManifest
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

from .draft import as_text
from .entry import ArtifactEntry
from .filling import ArtifactFilling
from .reading import StrPath

_IN_MEMORY_BYTES: Final = 32 << 20


class ArtifactObjects(ArtifactFilling):
    """``add`` and ``get``. See :class:`~fingerpost.Artifact`."""

    def add(
        self, obj: Any, name: StrPath, overwrite: bool = False, *, codec: Codec | str | None = None
    ) -> ArtifactEntry:
        """Add an object: a table, an array, an image, a figure, a page, or sound.

        It is stored in its ecosystem's own file format, which is the one that the name's extension
        says, or else the usual one of its type, whose extension is appended to the name.

        Args:
            obj: of a type that there is a codec for.
            name: path in the artifact.
            overwrite: replace an entry that is there already.
            codec: a codec, or the name of one, instead of the one for its type.

        Returns:
            The entry, which says the path with the extension.

        Raises:
            ArtifactFinalizedError: it is logged already.
            NoCodecError: there is no codec for objects of this type (a ``ValueError``).
            UnencodableError: the format cannot hold this object (a ``ValueError``).
            LibraryMissingError: the codec needs a library that is not installed.
            EntryExistsError: other content is there already (a ``ValueError``).
            InvalidValueError: the name ends as files of other objects do (a ``ValueError``).
            PluginError: a codec that somebody installed cannot be loaded.
        """
        self._require_draft(f"add {str(name)!r}")
        writer, path = _writer(obj, EntryPath.clean(as_text(name)), codec)
        local = self._draft.spool.new_path()
        try:
            with local.open("x+b") as file, _failing_to_encode(writer, path):
                writer.encode(obj, file)
            entry = self._draft.add_file(local, path, policy="mutable", overwrite=overwrite)
        finally:
            local.unlink(missing_ok=True)
        return ArtifactEntry(self, entry)

    def get(self, name: StrPath, *, codec: Codec | str | None = None) -> Any:
        """Return an object: what :meth:`add` stored, or any file of such a format.

        Reading it runs no code that the file may bring with it.

        Args:
            name: path in the artifact; the extension can be left out.
            codec: a codec, or the name of one, instead of the one for the extension.

        Raises:
            ArtifactNotLoggedError: it is a draft.
            EntryNotFoundError: it has no such entry (a ``KeyError``).
            InvalidValueError: without an extension the name stands for several (a ``ValueError``).
            NoCodecError: there is no codec for files of this kind (a ``ValueError``).
            UndecodableError: the file is not what its extension says (a ``ValueError``).
            LibraryMissingError: the codec needs a library that is not installed.
            ContentMismatchError: stored content is damaged.
            PluginError: a codec that somebody installed cannot be loaded.
        """
        fetched = self._require_logged(f"get {str(name)!r}")
        entry, reader = _entry(fetched.manifest, as_text(name), codec)
        with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES) as spooled:
            file = cast("BinaryIO", spooled)
            with self._downloads(fetched).open(entry) as source:
                shutil.copyfileobj(source, file, 1 << 20)
            file.seek(0)
            with _failing_to_decode(reader, str(entry.path)):
                return reader.decode(file)


def _writer(obj: object, path: str, codec: Codec | str | None) -> tuple[Codec, str]:
    from fingerpost.adapters.codecs.plugins import installed
    from fingerpost.adapters.codecs.registry import Codecs

    if codec is None:
        return installed().for_object(obj, path)
    chosen = _chosen(codec)
    return Codecs.of(chosen).named_for([chosen], path)


def _entry(manifest: StoredManifest, name: str, codec: Codec | str | None) -> tuple[Entry, Codec]:
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


def _chosen(codec: Codec | str) -> Codec:
    from fingerpost.adapters.codecs.builtin import BUILT_IN
    from fingerpost.adapters.codecs.plugins import checked, installed

    if not isinstance(codec, str):
        return checked(codec)
    # One that ships is found although a plug-in is broken.
    shipped = (each for each in BUILT_IN if each.name == codec)
    return next(shipped, None) or installed().named(codec)


@contextmanager
def _failing_to_encode(codec: Codec, path: str) -> Iterator[None]:
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
def _failing_to_decode(codec: Codec, path: str) -> Iterator[None]:
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
