"""Which events of the ledger are what automations watch for."""

from collections.abc import Iterator, Sequence

from attrs import frozen

from ..events import (
    AliasMoved,
    AliasRemoved,
    Event,
    Linked,
    Unlinked,
    VersionLogged,
    VersionTagged,
)
from .trigger import Trigger, TriggerKind


@frozen(kw_only=True)
class Occurrence:
    """Something that automations may watch for.

    Attributes:
        kind: what happened.
        event: the event that says so.
        index: N of the ``vN`` that it is about.
        aliases: the aliases that it is about: the one that moved, or those that were given or
            came off in the same step.
        tags: likewise.
        previous: index of the version that held the alias before, if any.
    """

    kind: TriggerKind
    event: Event
    index: int
    aliases: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    previous: int | None = None

    def sets_off(self, trigger: Trigger) -> bool:
        """Whether a trigger takes it."""
        return trigger.kind is self.kind and trigger.takes(self.aliases, self.tags)


def occurrences(step: Sequence[Event]) -> Iterator[Occurrence]:
    """Iterate over what happened in a step: the events that one command stored at once.

    What came along with a link, a version or an unlink counts as part of it: a version that is
    linked with the alias ``staging`` is a link about ``staging``, and then an alias that was added.
    An alias that moves is added to where it goes and not removed from where it was: it is removed
    when nothing has it any more.
    """
    for event in step:
        match event:
            case Linked(index=index):
                yield Occurrence(
                    kind=TriggerKind.LINK, event=event, index=index, aliases=_placed(step, event)
                )
            case Unlinked(index=index):
                yield Occurrence(
                    kind=TriggerKind.UNLINK, event=event, index=index, aliases=_removed(step, event)
                )
            case AliasMoved(alias=alias, to_version=index, from_version=before):
                yield Occurrence(
                    kind=TriggerKind.ALIAS_ADDED,
                    event=event,
                    index=index,
                    aliases=(alias,),
                    previous=before,
                )
            case AliasRemoved(alias=alias, from_version=index):
                yield Occurrence(
                    kind=TriggerKind.ALIAS_REMOVED,
                    event=event,
                    index=index,
                    aliases=(alias,),
                    previous=index,
                )
            case VersionTagged(index=index, tag=tag):
                yield Occurrence(kind=TriggerKind.TAG_ADDED, event=event, index=index, tags=(tag,))
            case VersionLogged(index=index):
                yield Occurrence(
                    kind=TriggerKind.VERSION_LOGGED,
                    event=event,
                    index=index,
                    aliases=_placed(step, event),
                    tags=_tagged(step, event),
                )


def _placed(step: Sequence[Event], about: Linked | VersionLogged) -> tuple[str, ...]:
    return tuple(
        event.alias
        for event in step
        if isinstance(event, AliasMoved)
        and (event.originator_id, event.to_version) == (about.originator_id, about.index)
    )


def _removed(step: Sequence[Event], about: Unlinked) -> tuple[str, ...]:
    return tuple(
        event.alias
        for event in step
        if isinstance(event, AliasRemoved)
        and (event.originator_id, event.from_version) == (about.originator_id, about.index)
    )


def _tagged(step: Sequence[Event], about: VersionLogged) -> tuple[str, ...]:
    return tuple(
        event.tag
        for event in step
        if isinstance(event, VersionTagged)
        and (event.originator_id, event.index) == (about.originator_id, about.index)
    )
