"""Kinds of places for content, by the scheme of their URL: built in, plugged in, or fsspec's."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from attrs import frozen

from fingerpost.adapters.files.uris import local_path
from fingerpost.domain.errors import InvalidValueError

from .plugins import CONTENT_STORES, find_plugin, installed_schemes
from .urls import masked

if TYPE_CHECKING:
    from fingerpost.adapters.content.placed import ContentOpening, PlacedContentStore

REMEDY: Final = (
    "Give a folder, or a URL such as s3://bucket/prefix, gs://bucket/prefix, "
    "az://container/prefix, sftp://host/folder or file:///folder."
)


@frozen
class ContentKind:
    """One kind of place.

    Attributes:
        normal_form: given what a caller named, returns the place as it is recorded.
        open: opens the content there.
    """

    normal_form: Callable[[str], str]
    open: "Callable[[ContentOpening], PlacedContentStore]"


def content_kind(scheme: str) -> ContentKind | None:
    """Return the kind of a scheme in small letters; ``None`` where it is not known.

    Raises:
        PluginError: two plug-ins have it.
    """
    if scheme in _KINDS:
        return _KINDS[scheme]
    plugin = find_plugin(CONTENT_STORES, scheme)
    if plugin is not None:
        return ContentKind(lambda named: _plain(named, scheme), plugin.open)
    if scheme in _fsspec_schemes():
        recorded = _ALIASES.get(scheme, scheme)
        return ContentKind(lambda named: _on_fsspec(named, recorded), _open_fsspec)
    return None


def unknown_kind(named: str) -> InvalidValueError:
    """Return the error for a place whose kind is not known; lists those that are."""
    known = sorted({*filter(None, _KINDS), *installed_schemes(CONTENT_STORES)})
    return InvalidValueError(
        "content",
        masked(named),
        f"its scheme is one of {', '.join(known)}, or one that fsspec knows",
        f"{REMEDY} Others come with distributions that have an entry point in {CONTENT_STORES}: "
        f"install the one for this scheme.",
    )


def _open_fsspec(opening: "ContentOpening") -> "PlacedContentStore":
    from fingerpost.adapters.content import FsspecContentStore
    from fingerpost.adapters.content.file_systems import file_system

    fs, root = file_system(opening.url)
    return FsspecContentStore(
        fs, root, opening.catalog, holds=opening.holds, staging=opening.staging
    )


def _fsspec_schemes() -> set[str]:
    # Also those of installed distributions, which fsspec finds by its own entry points.
    from fsspec import available_protocols

    return set(available_protocols())


# Normal forms


def _folder(named: str) -> str:
    if not named or "\0" in named:
        raise InvalidValueError("content", named, "it is the path of a folder", REMEDY)
    return str(Path(named).expanduser().absolute())


def _in_bucket(named: str, recorded: str) -> str:
    # az://container@account.dfs.core.windows.net/prefix is a place; others are credentials.
    _require_recordable(named, takes_user=recorded == "az")
    bucket, _, prefix = named.partition("://")[2].partition("/")
    if recorded != "memory" and not bucket:
        raise InvalidValueError("content", named, "it names no bucket", REMEDY)
    prefix = "/".join(part for part in prefix.split("/") if part)
    return f"{recorded}://{bucket}{'/' if prefix else ''}{prefix}"


def _plain(named: str, recorded: str) -> str:
    _require_recordable(named, takes_user=True)
    rest = named.partition("://")[2]
    return f"{recorded}://{rest.rstrip('/')}"


def _on_fsspec(named: str, recorded: str) -> str:
    from fingerpost.adapters.content.promises import KNOWN_TO_BREAK

    broken = KNOWN_TO_BREAK.get(recorded)
    if broken is not None:
        raise InvalidValueError("content", masked(named), broken.sentence(), REMEDY)
    if "::" in named:
        raise InvalidValueError("content", masked(named), "it is one URL, not a chain", REMEDY)
    place = _plain(named, recorded)
    if place.endswith(":/"):
        raise InvalidValueError("content", named, "it names a folder of a server", REMEDY)
    return place


def _require_recordable(named: str, *, takes_user: bool) -> None:
    """Return if a URL may be recorded.

    Raises:
        InvalidValueError: there is a password, a query or a fragment in it, or it is no URL.
    """
    try:
        parts = urlsplit(named)
        has_password = parts.password is not None
        parts.port  # noqa: B018 - a password with a slash ends the host early: no port then
    except ValueError:
        raise InvalidValueError("content", masked(named), "it is no URL", REMEDY) from None
    if has_password or (parts.username is not None and not takes_user):
        raise InvalidValueError(
            "content",
            masked(named),
            "a place that is recorded holds no user, password or key",
            "Give credentials in the environment, as the provider's own tools take them, or in "
            "fsspec's configuration.",
        )
    if "?" in named or "#" in named:
        raise InvalidValueError("content", masked(named), "it has no query and no fragment", REMEDY)


_ALIASES: Final = {"ssh": "sftp"}
"""Two spellings of a place are one place: by scheme, the one that is recorded."""


def _bucket_kind(recorded: str) -> ContentKind:
    return ContentKind(lambda named: _in_bucket(named, recorded), _open_fsspec)


_KINDS: Final[dict[str, ContentKind]] = {
    "": ContentKind(_folder, _open_fsspec),
    **dict.fromkeys(
        ("file", "local"),
        ContentKind(lambda named: str(local_path(named)), _open_fsspec),
    ),
    **dict.fromkeys(("s3", "s3a"), _bucket_kind("s3")),
    **dict.fromkeys(("gs", "gcs"), _bucket_kind("gs")),
    **dict.fromkeys(("az", "abfs", "abfss"), _bucket_kind("az")),
    "memory": _bucket_kind("memory"),
}
"""What is built in. Everything else is plugged in, or a file system of fsspec."""
