"""The rules for moving and removing aliases."""

from collections.abc import Mapping

from ..aggregates.aggregate import Recording
from ..aggregates.permissions import Action, Authority
from ..errors import AliasExpectationError, AliasNotFoundError, InvalidValueError
from ..events import Event
from ..names.alias import Alias, version_index, version_label
from ..names.text import plain
from ..unset import Unset
from ..versions.version import Version
from .alias_steps import move, remove
from .head import CollectionHead


def move_alias(
    head: CollectionHead,
    alias: Alias,
    to: Version,
    authority: Authority,
    expected: str | Unset | None,
) -> list[Event]:
    """See :meth:`.Collection.move_alias`."""
    expect(head, alias, expected)
    recording = Recording(head, authority.by)
    move(recording, alias.custom(), to.index, authority)
    return recording.events


def remove_alias(
    head: CollectionHead, alias: Alias, authority: Authority, expected: str | Unset | None
) -> list[Event]:
    """See :meth:`.Collection.remove_alias`."""
    authority.require_alias(alias)
    expect(head, alias, expected)
    _require_removable(head, alias)
    recording = Recording(head, authority.by)
    remove(recording, alias, authority)
    return recording.events


def move_aliases(
    head: CollectionHead,
    moves: Mapping[Alias, Version | None],
    authority: Authority,
    expected: Mapping[Alias, str | None],
) -> list[Event]:
    """See :meth:`.Collection.move_aliases`."""
    authority.require(Action.SET_ALIAS)
    for alias in moves:
        authority.require_alias(alias)
    for alias, holder in expected.items():
        expect(head, alias, holder)
    recording = Recording(head, authority.by)
    # Removals come first: they make room below the limit for the aliases that are added.
    for alias in sorted(alias for alias, to in moves.items() if to is None):
        _require_removable(head, alias)
        remove(recording, alias, authority)
    for alias, to in sorted(moves.items()):
        if to is not None:
            move(recording, alias.custom(), to.index, authority)
    return recording.events


def roll_back(
    head: CollectionHead, alias: Alias, to: Version, undoes: int, authority: Authority
) -> list[Event]:
    """See :meth:`.Collection.roll_back`."""
    recording = Recording(head, authority.by)
    move(recording, alias.custom(), to.index, authority, undoes)
    return recording.events


def expect(head: CollectionHead, alias: Alias, expected: str | Unset | None) -> None:
    """See :meth:`.Collection.expect`."""
    if isinstance(expected, Unset):
        return
    if expected is not None and version_index(plain(expected) or "") is None:
        # No version has such a label: the caller made a mistake, and lost no race.
        raise InvalidValueError(
            "expected version", expected, "it is 'vN', or None for none", "For example 'v0'."
        )
    holder = head.aliases.get(alias)
    actual = None if holder is None else version_label(holder)
    if actual != expected:
        raise AliasExpectationError(str(alias), expected, actual)


def _require_removable(head: CollectionHead, alias: Alias) -> None:
    if version_index(alias) is not None:
        alias.custom()
    if alias not in head.aliases:
        raise AliasNotFoundError("alias", alias, sorted(head.aliases))
