"""Wiring: which adapters make up a store. Each kind of ledger has a module of its own."""

import os
from collections.abc import Callable, Iterable

from attrs import evolve

from fingerpost.adapters.references.plugins import checked
from fingerpost.application.ports.references import ReferenceResolver
from fingerpost.application.store import Store
from fingerpost.domain.errors import InvalidValueError

from . import settings as settings_module
from .content_location import content_location
from .ledger_kinds import ledger_kind
from .opening import Opening
from .settings import actor_name, store_location
from .store import OpenStore

__all__ = ["OpenStore", "migrate_store", "open_store"]


def open_store(
    store: "str | os.PathLike[str] | OpenStore | None" = None,
    *,
    actor: str | None = None,
    create: bool = True,
    resolvers: Iterable[ReferenceResolver] = (),
    content: "str | os.PathLike[str] | None" = None,
    organization: str | None = None,
) -> OpenStore:
    """Open a store, and create it if there is none.

    Args:
        store: a folder, a ``file://`` URL, ``memory://``, the URL of a PostgreSQL database, or a
            store that is open already; else ``FINGERPOST_STORE``, else the nearest
            ``.fingerpost/`` above the working directory, else a folder of the user's own.
        actor: who administers the store if it is created now; else ``FINGERPOST_ACTOR``, else the
            operating system's user.
        create: whether to create it.
        resolvers: know kinds of references, for whatever is done with the store that is returned;
            asked before those that Fingerpost knows and those that are installed.
        content: where a store that is created now keeps its content: a folder, or a URL such as
            ``s3://bucket/prefix``, ``gs://bucket/prefix`` or ``az://container/prefix``; else
            ``FINGERPOST_CONTENT``, else the store's own folder. The store remembers the place, so
            it is not needed again; where it is given, it has to be that place.
        organization: name of the default organization of a store that is created now; else
            ``FINGERPOST_ORGANIZATION``, else ``default``.

    Raises:
        InvalidValueError: what is to resolve references is no resolver, the place of the content
            or a setting makes no sense, or the store is open already (a ``ValueError``).
        StoreNotFoundError: there is none, and ``create`` is false.
        StoreFormatError: it was written by a newer Fingerpost.
        StoreUnavailableError: it cannot be opened or created, or its content is elsewhere.
        MissingExtraError: the library for where its content is, is not installed.
    """
    given = [checked(resolver) for resolver in resolvers]
    if isinstance(store, OpenStore):
        _require_unasked(given, content)
        return store
    opening = _opening(store, actor, content, create=create)
    opened = ledger_kind(opening.location).open(evolve(opening, organization=organization))
    opened.resolvers = given
    return opened


def open_begun(
    store: "str | os.PathLike[str] | None",
    begin: Callable[[Store], None],
    actor: str | None,
    content: "str | os.PathLike[str] | None",
) -> OpenStore:
    """Open a store; one that is created now is given what it begins with by ``begin``.

    If that raises, there is no store; what was kept of it is gone on from the next time.

    Raises:
        StoreFormatError: it was written by a newer Fingerpost.
        StoreUnavailableError: it cannot be opened or created.
    """
    opening = _opening(store, actor, content, create=True)
    return ledger_kind(opening.location).open(evolve(opening, begin=begin))


def migrate_store(
    store: "str | os.PathLike[str] | None" = None, *, actor: str | None = None
) -> list[str]:
    """Bring a store to the formats of this Fingerpost.

    Opening a store rebuilds derived tables anyway; the rest is only changed here, because an older
    Fingerpost cannot read it then.

    Args:
        store: see :func:`open_store`.
        actor: likewise.

    Returns:
        What was done, in sentences; nothing where there was nothing to do.

    Raises:
        StoreNotFoundError: there is none.
        StoreFormatError: it was written by a newer Fingerpost.
        StoreUnavailableError: it cannot be opened or written.
    """
    opening = _opening(store, actor, None, create=False)
    return ledger_kind(opening.location).migrate(opening)


def _require_unasked(resolvers: list[ReferenceResolver], content: object) -> None:
    for what, given in (("resolvers", resolvers), ("content", content)):
        if given:
            problem = f"the store is open already, with {what} of its own"
            raise InvalidValueError(what, given, problem, "Pass them when it is opened.")


def _opening(
    store: "str | os.PathLike[str] | None",
    actor: str | None,
    content: "str | os.PathLike[str] | None",
    *,
    create: bool,
) -> Opening:
    settings = settings_module.current_settings()
    location = store_location(store, settings)
    place = settings.content if content is None else content
    return Opening(
        location=location,
        content=None if place is None else content_location(place),
        founder=actor_name(actor, settings),
        create=create,
        settings=settings,
    )
