"""What sets an automation off."""

import re
from enum import Enum
from fnmatch import translate
from functools import lru_cache
from typing import Self

from attrs import field, frozen

from ..errors import InvalidValueError
from ..metadata.metadata import JsonObject
from ..names.alias import LATEST, Alias
from ..names.names import Tag
from ..names.text import is_label


class TriggerKind(Enum):
    """Kinds of events that can set an automation off.

    *Source*: W&B's document on events and scopes, where they are called ``LINK_ARTIFACT`` and so
    on; :attr:`wandb_name` is that spelling.
    """

    LINK = "link"
    UNLINK = "unlink"
    ALIAS_ADDED = "alias_added"
    ALIAS_REMOVED = "alias_removed"
    TAG_ADDED = "tag_added"
    VERSION_LOGGED = "version_logged"

    @property
    def wandb_name(self) -> str:
        """What ``${event_type}`` is in W&B's templates."""
        return {
            TriggerKind.LINK: "LINK_ARTIFACT",
            TriggerKind.UNLINK: "UNLINK_ARTIFACT",
            TriggerKind.ALIAS_ADDED: "ADD_ARTIFACT_ALIAS",
            TriggerKind.ALIAS_REMOVED: "REMOVE_ARTIFACT_ALIAS",
            TriggerKind.TAG_ADDED: "ADD_ARTIFACT_TAG",
            TriggerKind.VERSION_LOGGED: "CREATE_ARTIFACT",
        }[self]

    @property
    def takes_alias(self) -> bool:
        """Whether aliases are part of what happens, so that one can be asked for."""
        return self is not TriggerKind.TAG_ADDED

    @property
    def takes_tag(self) -> bool:
        """Whether tags are part of what happens."""
        return self in {TriggerKind.TAG_ADDED, TriggerKind.VERSION_LOGGED}

    @classmethod
    def parse(cls, text: object) -> Self:
        """Return the kind with this name.

        Raises:
            InvalidValueError: names the kinds there are.
        """
        try:
            return cls(text)
        except ValueError:
            names = ", ".join(repr(kind.value) for kind in cls)
            raise InvalidValueError("event", text, f"it is one of {names}", "Pick one.") from None


def _alias(text: str | None) -> str | None:
    return None if text is None else str(Alias(text))


def _tag(text: str | None) -> str | None:
    return None if text is None else str(Tag(text))


def _pattern(text: str | None) -> str | None:
    if text is not None and not (isinstance(text, str) and is_label(text, "/:")):
        raise InvalidValueError(
            "pattern",
            text,
            "it is 1 to 128 visible characters with '*', '?' or '[…]' for what may vary",
            "For example 'release-*'.",
        )
    return text


@frozen(kw_only=True)
class Trigger:
    """A kind of event, and perhaps the alias or tag that it has to be about.

    Attributes:
        kind: what has to happen.
        alias: the alias that it has to be about, exactly.
        alias_pattern: or a pattern of aliases, with ``*``, ``?`` and ``[…]``; letter case counts.
        tag: the tag that it has to be about, exactly.
        tag_pattern: or a pattern of tags.

    Raises:
        InvalidValueError: a name and a pattern for the same, or one for what such events do not
            have.
    """

    kind: TriggerKind
    alias: str | None = field(default=None, converter=_alias)
    alias_pattern: str | None = field(default=None, converter=_pattern)
    tag: str | None = field(default=None, converter=_tag)
    tag_pattern: str | None = field(default=None, converter=_pattern)

    def __attrs_post_init__(self) -> None:
        for what, exact, pattern, is_taken in (
            ("alias", self.alias, self.alias_pattern, self.kind.takes_alias),
            ("tag", self.tag, self.tag_pattern, self.kind.takes_tag),
        ):
            given = exact if exact is not None else pattern
            if given is not None and not is_taken:
                raise InvalidValueError(
                    what,
                    given,
                    f"an event {self.kind.value!r} is about no {what}",
                    f"Leave it out, or watch for an event that has one, such as '{what}_added'.",
                )
            if exact is not None and pattern is not None:
                problem = f"there is a pattern too, {pattern!r}"
                raise InvalidValueError(what, exact, problem, "Give one of the two.")

    def takes(self, aliases: tuple[str, ...], tags: tuple[str, ...]) -> bool:
        """Whether it is set off by an event of its kind about these aliases and tags.

        ``latest`` moves with every version: only who asks for it by name is told.
        """
        if self.kind in {TriggerKind.ALIAS_ADDED, TriggerKind.ALIAS_REMOVED}:
            unasked = self.alias is None and aliases == (LATEST,)
            if unasked:
                return False
        chosen = tuple(alias for alias in aliases if alias != LATEST or self.alias == LATEST)
        return _is_met(self.alias, self.alias_pattern, chosen) and _is_met(
            self.tag, self.tag_pattern, tags
        )

    def to_dict(self) -> JsonObject:
        """Return its JSON form."""
        return {
            "kind": self.kind.value,
            "alias": self.alias,
            "alias_pattern": self.alias_pattern,
            "tag": self.tag,
            "tag_pattern": self.tag_pattern,
        }


def _is_met(exact: str | None, pattern: str | None, names: tuple[str, ...]) -> bool:
    if exact is not None:
        return exact in names
    if pattern is not None:
        return any(_compiled(pattern).match(name) for name in names)
    return True


@lru_cache(maxsize=1_000)
def _compiled(pattern: str) -> "re.Pattern[str]":
    # What the standard library makes of a pattern does not backtrack into its stars, so that no
    # pattern can keep a worker busy.
    return re.compile(translate(pattern))
