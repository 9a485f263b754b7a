"""The steps that the commands of a collection are made of.

Each looks at the state that the steps before it left, and records what follows.
"""

from collections.abc import Iterable
from typing import Final

from ..aggregates.aggregate import Recording
from ..aggregates.permissions import Authority
from ..errors import LimitExceededError
from ..events import AliasMoved, AliasRemoved, MetadataChanged, TtlChanged, VersionTagged
from ..metadata.metadata import JsonObject, is_same
from ..names.alias import LATEST, Alias
from ..versions.ttl import TimeToLive
from ..versions.version import Version
from .head import Head

MOST_ALIASES: Final = 10_000
"""Aliases of one collection. They are user data inside the head; tags have no such limit."""


def place(
    recording: Recording[Head], aliases: Iterable[Alias], index: int, authority: Authority
) -> None:
    """Give a version several aliases that somebody asked for.

    ``latest`` is let through where it says nothing new, because snippets pass it along.
    """
    aliases = list(aliases)
    if len(aliases) > MOST_ALIASES:
        raise _too_many(recording.state, len(aliases))  # before there are as many events
    for alias in aliases:
        if alias == LATEST and recording.state.aliases.get(LATEST) == index:
            continue
        point(recording, alias.custom(), index, authority)


def point(
    recording: Recording[Head],
    alias: Alias,
    index: int,
    authority: Authority,
    undoes: int | None = None,
) -> None:
    """Let an alias point at a version; where it does already nothing is recorded.

    Args:
        recording: what it is added to.
        alias: the alias.
        index: N of the version.
        authority: on whose behalf.
        undoes: for a rollback: version in the stream of the oldest change that it undoes.
    """
    authority.require_alias(alias)
    head = recording.state
    holder = head.aliases.get(alias)
    if holder == index:
        return
    if not alias.is_automatic:
        # 'latest' moves by itself, for the reason that there is a new version.
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


def take_off(recording: Recording[Head], alias: str, authority: Authority) -> None:
    """Remove an alias that something holds."""
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


def tag(recording: Recording[Head], tags: Iterable[str], index: int) -> None:
    """Give a version tags that it does not have."""
    for label in sorted(tags):
        recording.add(VersionTagged(**recording.envelope(), index=index, tag=str(label)))


def change_metadata(recording: Recording[Head], version: Version, metadata: JsonObject) -> None:
    """Record which top-level keys differ, if any."""
    old = version.metadata
    changed = {
        key: new for key, new in metadata.items() if key not in old or not is_same(old[key], new)
    }
    removed = tuple(sorted(key for key in old if key not in metadata))
    if changed or removed:
        recording.add(
            MetadataChanged(
                **recording.envelope(), index=version.index, changed=changed, removed=removed
            )
        )


def keep(recording: Recording[Head], index: int, held: TimeToLive, wanted: TimeToLive) -> None:
    """Record how long a version is to be kept, unless that was said already."""
    if wanted != held:
        recording.add(
            TtlChanged(
                **recording.envelope(),
                index=index,
                inherits=wanted.inherits,
                duration_s=wanted.duration_s,
            )
        )


def _too_many(head: Head, count: int) -> LimitExceededError:
    return LimitExceededError(
        f"aliases of {head.path!r}",
        MOST_ALIASES,
        count,
        "Use tags for labels that many versions share, or remove aliases.",
    )
