"""What a run measures, and what is recorded of it so far."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from fingerpost.application.json_form import Json
from fingerpost.application.runs import runs
from fingerpost.application.transactions.transaction import Session

from .recorded_run import RecordedRun
from .workspace import Workspace

if TYPE_CHECKING:
    from .artifact import Artifact
    from .paging import Paged


class RunRecord:
    """Metrics and lineage of a run that is going on. See :class:`~fingerpost.Run`."""

    _workspace: Workspace
    _run_id: UUID

    @property
    def _session(self) -> Session:
        return self._workspace.session(self._run_id)

    def log(
        self, data: Mapping[str, Any], step: int | None = None, commit: bool | None = None
    ) -> None:
        """Note metrics at a step of this run.

        For a handful of milestones (epochs, an evaluation), so that an artifact's
        ``history_step`` says how far the run was: each call is an event of its own, durable when
        this returns, which takes milliseconds. It is no store for a metric of every batch.

        Args:
            data: metric → value; numbers, text and other JSON, at most 100 metrics. NaN becomes
                ``None``, infinities are refused.
            step: the last step, whose metrics these are added to, or a later one; by default the
                next one, from 0.
            commit: whether that completes the step, so that the next call without a step goes to
                the one after it. ``True`` by default, ``False`` with a step.

        Raises:
            RunFinishedError: the run is finished.
            InvalidMetadataError: a name or value is not JSON.
            InvalidValueError: the step is before the last one. (W&B drops the data.)

        *Source*: W&B's ``Run.log``.
        """
        completes = step is None if commit is None else bool(commit)
        runs.log_metrics(self._session, self._run_id, data, step=step, commit=completes)

    @property
    def summary(self) -> dict[str, Any]:
        """The last value of each metric, and the last step as ``_step``; a copy."""
        return self._recorded.summary

    def logged_artifacts(self, per_page: int = 100) -> "Paged[Artifact]":
        """Return the artifacts that it logged so far, in that order; deleted ones are left out."""
        return self._recorded.logged_artifacts(per_page)

    def used_artifacts(self, per_page: int = 100) -> "Paged[Artifact]":
        """Return the artifacts that it used so far, in that order; deleted ones are left out."""
        return self._recorded.used_artifacts(per_page)

    def to_dict(self) -> Json:
        """Return its JSON form, as it is recorded so far."""
        return self._recorded.to_dict()

    @property
    def _recorded(self) -> RecordedRun:
        row = self._workspace.opened.store.queries.run(self._run_id)
        if row is None:
            msg = f"the read tables have no run {self._run_id}"
            raise LookupError(msg)
        return RecordedRun(self._workspace, row)
