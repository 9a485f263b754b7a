"""What another registry said of a version that came from there."""

import hashlib
import json
import re
from datetime import datetime
from typing import Final

from attrs import field, frozen

from ..errors import InvalidValueError
from ..metadata.metadata import JsonObject, normalized
from ..names.text import is_unicode
from ..timestamps import timestamp

LONGEST_ORIGIN_TEXT: Final = 1024
"""Characters of a name, version, digest or user of another registry."""

_SYSTEM: Final = re.compile(r"[a-z][a-z0-9-]{0,31}")


def _system(_: "Origin", __: object, value: str) -> None:
    if not (isinstance(value, str) and _SYSTEM.fullmatch(value)):
        rule = "it is 1 to 32 small letters, digits and '-'"
        raise InvalidValueError("system of an origin", value, rule, "For example 'mlflow'.")


def _text(_: "Origin", __: object, value: str | None) -> None:
    if value is None:
        return
    if not (isinstance(value, str) and is_unicode(value) and len(value) <= LONGEST_ORIGIN_TEXT):
        rule = f"it is valid Unicode text of at most {LONGEST_ORIGIN_TEXT:,} characters"
        raise InvalidValueError("text of an origin", value, rule, "Leave it out.")


def _facts(given: JsonObject) -> JsonObject:
    return normalized(given, "facts of an origin")


def _moment(_: "Origin", __: object, value: datetime | None) -> None:
    if value is not None and not (isinstance(value, datetime) and value.tzinfo is not None):
        raise InvalidValueError(
            "time of an origin", value, "it is a moment with a time zone", "Leave it out."
        )


@frozen(kw_only=True)
class Origin:
    """What the registry that a version was imported from said of it, as it was then.

    It says nothing of where that registry is: no paths of a machine, no addresses, no passwords.
    Who imported it, and when, is said by the event that has it: nobody's clock or name is forged.

    Attributes:
        system: kind of registry: ``wandb`` or ``mlflow``.
        name: what the registry calls the collection or model, with what it takes to tell it from
            others there; ``None`` if nobody said.
        version: what it calls the version, such as ``v3`` or ``12``.
        digest: its own digest of the content, if it has one.
        created_at: when it was made there, by the clock there.
        created_by: who made it there, as that registry names people.
        facts: what else it said, as JSON.

    *Source*: ADR 0033.
    """

    system: str = field(validator=_system)
    name: str | None = field(default=None, validator=_text)
    version: str | None = field(default=None, validator=_text)
    digest: str | None = field(default=None, validator=_text)
    created_at: datetime | None = field(default=None, validator=_moment)
    created_by: str | None = field(default=None, validator=_text)
    facts: JsonObject = field(factory=dict, converter=_facts)

    @property
    def key(self) -> str:
        """What tells it from the others of a collection: 64 hex digits.

        The digest tells versions apart, and where there is none the moment: a model that was
        deleted and made again under its name counts its versions from 1 again.
        """
        made_at = None if self.created_at is None else self.created_at.timestamp()
        told_by = self.digest if self.digest is not None else made_at
        parts = [self.system, self.name, self.version, told_by]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()

    @property
    def label(self) -> str:
        """For people: ``mlflow iris 3``."""
        told = (self.system, self.name, self.version or self.digest)
        return " ".join(part for part in told if part)

    def to_dict(self) -> JsonObject:
        """Return its JSON form."""
        return {
            "system": self.system,
            "name": self.name,
            "version": self.version,
            "digest": self.digest,
            "created_at": None if self.created_at is None else timestamp(self.created_at),
            "created_by": self.created_by,
            "facts": self.facts,
        }
