"""What W&B says of an artifact beside its manifest: an optional JSON file, or options."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from attrs import frozen

from fingerpost.domain.errors import InvalidValueError
from fingerpost.domain.metadata.metadata import JsonObject, normalized
from fingerpost.domain.names.alias import LATEST, version_index
from fingerpost.domain.names.names import Tag
from fingerpost.domain.versions.origin import Origin

_PATH: Final = re.compile(r"(?P<name>[^:]+/[^:/]+):(?P<version>v(0|[1-9][0-9]*))", re.ASCII)
_DIGEST: Final = re.compile(r"[0-9a-f]{32}")


@frozen(kw_only=True)
class WandbAbout:
    """What W&B says of an artifact; the names are those of ``wandb.Artifact``.

    Attributes:
        qualified_name: ``entity/project/name:vN``; ``None`` if nobody said.
        aliases: without ``latest`` and version numbers, which follow from the order here.
        digest: W&B's digest of the artifact, to be compared with.
    """

    qualified_name: str | None = None
    type: str | None = None
    description: str | None = None
    metadata: JsonObject
    aliases: tuple[str, ...] = ()
    tags: tuple[Tag, ...] = ()
    digest: str | None = None
    created_at: datetime | None = None
    created_by: str | None = None

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> "WandbAbout":
        """Check what was told; keys that are not known are passed over.

        Raises:
            InvalidNameError: a tag is not valid.
            InvalidValueError: a value is not what ``wandb.Artifact`` has there.
        """
        return cls(
            qualified_name=_checked_path(_text(told, "qualified_name")),
            type=_text(told, "type"),
            description=_text(told, "description"),
            metadata=normalized(told.get("metadata")),
            aliases=tuple(alias for alias in _texts(told, "aliases") if not _is_automatic(alias)),
            tags=tuple(map(Tag, _texts(told, "tags"))),
            digest=_checked_digest(_text(told, "digest")),
            created_at=_moment(_text(told, "created_at")),
            created_by=_text(told, "created_by"),
        )

    @property
    def collection(self) -> str | None:
        """The last part of the qualified name, without the version."""
        name = (self.qualified_name or "").rpartition(":")[0]
        return name.rpartition("/")[2] or None

    def origin(self, digest: str) -> Origin:
        """Return what is recorded.

        Args:
            digest: W&B's digest, as it was computed from the manifest.
        """
        name, _, version = (self.qualified_name or "").rpartition(":")
        return Origin(
            system="wandb",
            name=name or None,
            version=version or None,
            digest=digest,
            created_at=self.created_at,
            created_by=self.created_by,
        )


def _is_automatic(alias: str) -> bool:
    return alias == LATEST or version_index(alias) is not None


def _text(told: Mapping[str, Any], key: str) -> str | None:
    text = told.get(key)
    if text is not None and not isinstance(text, str):
        raise InvalidValueError(key, text, "it is text", "Leave it out.")
    return text or None


def _texts(told: Mapping[str, Any], key: str) -> tuple[str, ...]:
    texts = told.get(key) or ()
    if not isinstance(texts, list | tuple) or not all(isinstance(text, str) for text in texts):
        raise InvalidValueError(key, texts, "it is a list of text", "Leave it out.")
    return tuple(texts)


def _checked_path(text: str | None) -> str | None:
    if text is not None and _PATH.fullmatch(text) is None:
        raise InvalidValueError(
            "qualified name",
            text,
            "it has the form 'entity/project/name:vN'",
            "Take artifact.qualified_name of wandb, with the version's number.",
        )
    return text


def _checked_digest(text: str | None) -> str | None:
    if text is not None and _DIGEST.fullmatch(text) is None:
        rule = "it is W&B's digest, 32 hex digits"
        raise InvalidValueError("digest", text, rule, "Take artifact.digest of wandb.")
    return text


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        rule = "it is a moment such as '2024-03-03T12:00:00Z'"
        raise InvalidValueError("created_at", text, rule, "Leave it out.") from None
    # W&B's are in UTC, whether they say so or not.
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
