"""The run: one execution that logs and uses artifacts."""

from typing import Self
from uuid import UUID

from attrs import evolve, frozen

from .aggregates.aggregate import Recording, envelope, foreign
from .aggregates.attribution import Attribution
from .errors import InvalidNameError, InvalidValueError, RunFinishedError
from .events import (
    ArtifactLogged,
    ArtifactUsed,
    Event,
    MetricsLogged,
    RunFinished,
    RunStarted,
)
from .metadata.metadata import LARGEST_INTEGER, JsonObject
from .names.names import ProjectName
from .names.text import is_label, plain
from .versions.version import VersionRef


@frozen(kw_only=True)
class Run:
    """Head of a run. What it logged and used is in the read tables, not here.

    Attributes:
        last_step: the last step that has metrics.
        is_step_open: whether metrics without a step go to that step too.
    """

    id: UUID
    version: int
    entity_id: UUID
    project: str
    name: str
    is_finished: bool = False
    last_step: int | None = None
    is_step_open: bool = False

    @classmethod
    def begin(cls, event: RunStarted) -> Self:
        """Return the state after the first event."""
        return cls(
            id=event.originator_id,
            version=event.originator_version,
            entity_id=event.entity_id,
            project=event.project,
            name=event.name,
        )

    def apply(self, event: Event) -> Self:
        """Return the state after one more event."""
        head = evolve(self, version=event.originator_version)
        match event:
            case RunFinished():
                return evolve(head, is_finished=True)
            case MetricsLogged(step=step, is_complete=is_complete):
                return evolve(head, last_step=step, is_step_open=not is_complete)
            case RunStarted() | ArtifactLogged() | ArtifactUsed():
                return head
            case _:
                raise foreign(event, self.id)

    @classmethod
    def start(
        cls,
        stream_id: UUID,
        *,
        entity_id: UUID,
        project: ProjectName,
        name: str,
        job_type: str | None,
        by: Attribution,
    ) -> RunStarted:
        """Begin a run.

        Raises:
            InvalidNameError: name or job type is not one visible line.
        """
        for what, text in (("run name", name), ("job type", job_type)):
            if text is not None and not is_label(plain(text) or "", "", longest=256):
                raise InvalidNameError(
                    what, text, "use 1 to 256 visible characters on one line", "Shorten it, say."
                )
        return RunStarted(
            **envelope(stream_id, 1, by),
            entity_id=entity_id,
            project=str(project),
            name=name,
            job_type=job_type,
        )

    def log(self, version: VersionRef, by: Attribution, *, is_logged: bool) -> list[Event]:
        """Note a version as an output, unless it ``is_logged`` by this run already."""
        self._require_running("log an artifact")
        recording = Recording(self, by)
        if not is_logged:
            recording.add(
                ArtifactLogged(
                    **recording.envelope(),
                    collection_id=version.collection_id,
                    index=version.index,
                    step=self.last_step,
                )
            )
        return recording.events

    def use(self, version: VersionRef, by: Attribution, *, is_used: bool) -> list[Event]:
        """Note a version as an input, unless it ``is_used`` already."""
        self._require_running("use an artifact")
        recording = Recording(self, by)
        if not is_used:
            recording.add(
                ArtifactUsed(
                    **recording.envelope(),
                    collection_id=version.collection_id,
                    index=version.index,
                )
            )
        return recording.events

    @property
    def next_step(self) -> int:
        """Where metrics without a step go."""
        if self.last_step is None:
            return 0
        return self.last_step if self.is_step_open else self.last_step + 1

    def log_metrics(
        self, metrics: JsonObject, by: Attribution, *, step: int | None, commit: bool
    ) -> list[Event]:
        """Note metrics at a step, by default the next one.

        Args:
            metrics: name → value; without any, nothing but an open step is completed.
            by: who and when.
            step: the last step or a later one.
            commit: whether that completes the step.

        Raises:
            InvalidValueError: the step is no whole number, or is before the last one.
        """
        self._require_running("log metrics")
        at = self.next_step if step is None else self._checked_step(step)
        recording = Recording(self, by)
        completes = commit and self.is_step_open and at == self.last_step
        if metrics or completes:
            recording.add(
                MetricsLogged(**recording.envelope(), step=at, metrics=metrics, is_complete=commit)
            )
        return recording.events

    def _checked_step(self, step: int) -> int:
        lowest = self.last_step or 0
        if type(step) is not int or not lowest <= step < LARGEST_INTEGER:
            raise InvalidValueError(
                "step",
                step,
                f"it is a whole number, {lowest} or more: a run's steps do not go back",
                "Leave it out for the next step, or log a metric of your own to count with.",
            )
        return step

    def finish(self, exit_code: int, by: Attribution) -> list[Event]:
        """End the run; ending it again changes nothing."""
        recording = Recording(self, by)
        if not self.is_finished:
            recording.add(RunFinished(**recording.envelope(), exit_code=exit_code))
        return recording.events

    def _require_running(self, attempted: str) -> None:
        if self.is_finished:
            raise RunFinishedError(self.name, attempted)
