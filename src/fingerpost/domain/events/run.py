"""Events of a run: one execution that logs and uses artifacts."""

from typing import ClassVar
from uuid import UUID

from attrs import field, frozen

from ..metadata.metadata import JsonObject
from .base import ADDED, Event, free_text, whole_number


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
    """The run put a version out, or put out what was there already.

    Attributes:
        step: last step of the run that had metrics by then; ``None`` when none had.
    """

    wire_name: ClassVar[str] = "run.artifact_logged"
    collection_id: UUID
    index: int
    step: int | None = field(default=None, metadata=ADDED)


@frozen(kw_only=True)
class ArtifactUsed(Event):
    """The run took a version in."""

    wire_name: ClassVar[str] = "run.artifact_used"
    collection_id: UUID
    index: int


@frozen(kw_only=True)
class MetricsLogged(Event):
    """The run noted metrics at a step, beside those that it noted there before.

    Attributes:
        step: never below the step of the event before.
        metrics: name → value.
        is_complete: whether what comes next without a step goes to the step after this one.
    """

    wire_name: ClassVar[str] = "run.metrics_logged"
    step: int = field(validator=whole_number)
    metrics: JsonObject
    is_complete: bool = True


@frozen(kw_only=True)
class RunFinished(Event):
    """The run ended.

    Attributes:
        exit_code: 0, or 1 when the run's block was left by an exception.
    """

    wire_name: ClassVar[str] = "run.finished"
    exit_code: int = field(validator=whole_number)
