"""Recording moves and removals of aliases, for every command that makes any.

Each step starts from the state that the steps before it left.
"""

from collections.abc import Iterable
from typing import Final

from ..aggregates.aggregate import Recording
from ..aggregates.permissions import Authority
from ..errors import LimitExceededError
from ..events import AliasMoved, AliasRemoved
from ..names.alias import LATEST, Alias
from .head import CollectionHead

MOST_ALIASES: Final = 10_000
"""Aliases of one collection. They are user data inside the head; tags have no such limit."""


def assign(
    recording: Recording[CollectionHead],
    aliases: Iterable[Alias],
    index: int,
    authority: Authority,
) -> None:
    """Move the custom aliases that a caller asked for to a version.

    ``latest`` is accepted when it points at the version already, because snippets pass it along.
    """
    aliases = list(aliases)
    if len(aliases) > MOST_ALIASES:
        raise _too_many(recording.state, len(aliases))  # before there are as many events
    for alias in aliases:
        if alias == LATEST and recording.state.aliases.get(LATEST) == index:
            continue
        move(recording, alias.custom(), index, authority)


def move(
    recording: Recording[CollectionHead],
    alias: Alias,
    index: int,
    authority: Authority,
    undoes: int | None = None,
) -> None:
    """Move an alias to a version; record nothing if it points there already.

    Args:
        recording: where the event is added.
        alias: the alias.
        index: N of the version.
        authority: the acting user's authority.
        undoes: for a rollback: version in the stream of the oldest change that it undoes.
    """
    authority.require_alias(alias)
    head = recording.state
    holder = head.aliases.get(alias)
    if holder == index:
        return
    if not alias.is_automatic:  # 'latest' moves because there is a new version
        authority.require_reason(f"move {str(alias)!r}")
    if holder is None and len(head.aliases) >= MOST_ALIASES:
        raise _too_many(head, len(head.aliases) + 1)
    recording.add(
        AliasMoved(
            **recording.envelope(),
            alias=str(alias),
            from_version=holder,
            to_version=index,
            policy_version=authority.policy_version,
            approved_by=authority.approved_by(alias, index, head.label(index)),
            undoes=undoes,
        )
    )


def remove(recording: Recording[CollectionHead], alias: str, authority: Authority) -> None:
    """Remove an alias that points at a version."""
    authority.require_alias(alias)
    authority.require_reason(f"take {str(alias)!r} off")
    recording.add(
        AliasRemoved(
            **recording.envelope(),
            alias=str(alias),
            from_version=recording.state.aliases[alias],
            policy_version=authority.policy_version,
        )
    )


def _too_many(head: CollectionHead, count: int) -> LimitExceededError:
    return LimitExceededError(
        f"aliases of {head.path!r}",
        MOST_ALIASES,
        count,
        "Use tags for labels that many versions share, or remove aliases.",
    )
