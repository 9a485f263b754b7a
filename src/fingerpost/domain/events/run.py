"""Events of a run: one execution that logs and uses artifacts."""

from typing import ClassVar
from uuid import UUID

from attrs import field, frozen

from .base import Event, free_text, whole_number


@frozen(kw_only=True)
class RunStarted(Event):
    """A run began."""

    wire_name: ClassVar[str] = "run.started"
    entity_id: UUID
    project: str
    name: str = field(validator=free_text)
    job_type: str | None = field(validator=free_text)


@frozen(kw_only=True)
class ArtifactLogged(Event):
    """The run put a version out, or put out what was there already."""

    wire_name: ClassVar[str] = "run.artifact_logged"
    collection_id: UUID
    index: int


@frozen(kw_only=True)
class ArtifactUsed(Event):
    """The run took a version in."""

    wire_name: ClassVar[str] = "run.artifact_used"
    collection_id: UUID
    index: int


@frozen(kw_only=True)
class RunFinished(Event):
    """The run ended.

    Attributes:
        exit_code: 0, or 1 when the run's block was left by an exception.
    """

    wire_name: ClassVar[str] = "run.finished"
    exit_code: int = field(validator=whole_number)
