"""Paths of artifacts and registries, and paths inside of artifacts."""

import ntpath
import posixpath
import string
from collections.abc import Callable

from fingerpost.domain.manifest.entry_path import EntryPath, joined
from fingerpost.domain.names.paths import (
    parse_artifact_path,
    parse_collection_path,
    parse_project_path,
    parse_registry_path,
    parse_target_path,
)
from fingerpost.errors import FingerpostError

from .target import Target, read_by_one

_READERS: tuple[Callable[[str], object], ...] = (
    parse_target_path,
    parse_artifact_path,
    parse_collection_path,
    parse_project_path,
    parse_registry_path,
)


def read_path(data: bytes) -> None:
    """Read a path as each kind of path."""
    text = data.decode("utf-8", "surrogateescape")
    read_by_one([lambda path, read=read: str(read(path)) for read in _READERS], text)


def read_entry_path(data: bytes) -> None:
    """Read a path in an artifact; one that is accepted stays below any folder, on any system."""
    text = data.decode("utf-8", "surrogateescape")
    accepted = []
    refused = None
    for read in (EntryPath, EntryPath.clean, lambda path: joined("a", path)):
        try:
            accepted.append(read(text))
        except FingerpostError as error:
            refused = error
    for path in accepted:
        assert posixpath.normpath(posixpath.join("/root", path)) == f"/root/{path}"
        # Windows has drives of letters; Python takes any character before a colon for one.
        if path[0] in string.ascii_letters or path[1:2] != ":":
            assert ntpath.normpath(ntpath.join("C:\\root", path)).startswith("C:\\root\\")
        path.encode()
    if refused:
        raise refused


def _paths() -> list[bytes]:
    return [
        *(b"animals", b"animals:latest", b"census/animals:v3", b"zoo/census/animals:best"),
        *(b"wandb-registry-Model/zoo", b"acme/wandb-registry-model/zoo:v1", b"registry/Model/zoo"),
        *(b"acme/registry/Model/zoo", b"Model", "Übung/zöo".encode()),
    ]


def _entry_paths() -> list[bytes]:
    return [
        b"a",
        b"a/b.txt",
        b"./a//b/",
        b"a/../b",
        b"..",
        b"/a",
        b"C:/a",
        b"a\\b",
        b"CON",
        "é".encode(),
    ]


PATHS = Target(read=read_path, seeds=_paths, is_json=False)
ENTRY_PATHS = Target(read=read_entry_path, seeds=_entry_paths, is_json=False)
