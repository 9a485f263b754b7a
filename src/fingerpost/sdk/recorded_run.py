"""A run as the store has it: running still, or long finished."""

from collections.abc import Callable, Collection, Iterator
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from fingerpost import application, domain

from .arguments import listed
from .paging import Page, Paged
from .workspace import Workspace

if TYPE_CHECKING:
    from fingerpost.application.json_form import Json
    from fingerpost.application.read_models.rows import RunRow
    from fingerpost.domain.lineage import EdgeKind

    from .artifact import Artifact

STEP: Final = "_step"
"""*Source*: W&B's name for the step in a row of history."""


class RecordedRun:
    """A run that was recorded: who ran what, when, and what went in and came out.

    Read only. ``state``, ``finished_at`` and ``exit_code`` are as they were when it was fetched;
    the rest is read when it is asked for. *Source*: W&B's ``Run`` of the public API.
    """

    def __init__(self, workspace: Workspace, row: "RunRow") -> None:
        self._workspace = workspace
        self._row = row

    @property
    def id(self) -> str:
        """Identity, 32 hex digits."""
        return self._row.id.hex

    @property
    def name(self) -> str:
        """Name for people."""
        return self._row.name

    @property
    def entity(self) -> str:
        """Team or personal entity."""
        return self._row.entity

    @property
    def project(self) -> str:
        """Project."""
        return self._row.project

    @property
    def path(self) -> str:
        """``entity/project/id``."""
        return self._row.path

    @property
    def job_type(self) -> str | None:
        """What kind of step it is, such as ``train``."""
        return self._row.job_type

    @property
    def actor(self) -> str:
        """On whose behalf it ran."""
        return self._row.actor

    @property
    def created_at(self) -> datetime:
        """When it began; UTC."""
        return self._row.started_at

    @property
    def finished_at(self) -> datetime | None:
        """When it ended; UTC. ``None`` while it runs, and for ever if its process was killed."""
        return self._row.finished_at

    @property
    def exit_code(self) -> int | None:
        """0, or another number if it failed; ``None`` while it runs."""
        return self._row.exit_code

    @property
    def state(self) -> str:
        """``running``, ``finished``, or ``failed`` when it ended with an exit code but 0."""
        return self._row.state

    def logged_artifacts(self, per_page: int = 100) -> "Paged[Artifact]":
        """Return the artifacts that it logged, in that order; deleted ones are left out."""
        return self._artifacts(domain.lineage.EdgeKind.LOGGED, per_page)

    def used_artifacts(self, per_page: int = 100) -> "Paged[Artifact]":
        """Return the artifacts that it used, in that order.

        Those that were deleted, or that the actor may not see, are left out.
        What was used through a registry is the link, or its source once the link is taken away.
        """
        return self._artifacts(domain.lineage.EdgeKind.USED, per_page)

    def _artifacts(self, kind: "EdgeKind", per_page: int) -> "Paged[Artifact]":
        count = partial(
            application.runs.reading.artifact_count, self._workspace.session(), self._row.id, kind
        )
        return Paged(partial(self._page, kind), count, per_page)

    def _page(self, kind: "EdgeKind", after: int | None, limit: int) -> "Page[Artifact]":
        session, make = self._workspace.session(), self._workspace.artifact
        page = application.runs.reading.page_of_artifacts(
            session, self._row.id, kind, after or 0, limit
        )
        return [(each.position, make(*each.found) if each.found else None) for each in page]

    def scan_history(
        self,
        keys: Collection[str] | None = None,
        page_size: int = 1000,
        min_step: int | None = None,
        max_step: int | None = None,
    ) -> Iterator[dict[str, Any]]:
        """Iterate over what ``run.log`` noted, one row a step, in order.

        Args:
            keys: only rows that have all of these metrics, and only these of them.
            page_size: rows fetched at once.
            min_step: the first step.
            max_step: the step before which to stop.

        Returns:
            Dictionaries of metrics, with the step as ``_step``.
        """
        wanted = listed(keys, "keys")
        fetch = self._history_page(min_step or 0, max_step)
        for row in Paged(fetch, lambda: 0, page_size):
            if all(key in row for key in wanted):
                yield {key: row[key] for key in (STEP, *wanted)} if wanted else row

    def _history_page(
        self, min_step: int, max_step: int | None
    ) -> Callable[[int | None, int], Page[dict[str, Any]]]:
        def page(after: int | None, limit: int) -> Page[dict[str, Any]]:
            first = min_step if after is None else after + 1
            rows = application.runs.reading.page_of_metrics(
                self._workspace.session(),
                self._row.id,
                from_step=first,
                below_step=max_step,
                limit=limit,
            )
            return [(row.step, {STEP: row.step, **row.metrics}) for row in rows]

        return page

    def history(self, keys: Collection[str] | None = None) -> list[dict[str, Any]]:
        """Return all of :meth:`scan_history`."""
        return list(self.scan_history(keys))

    @property
    def summary(self) -> dict[str, Any]:
        """The last value of each metric, and the last step as ``_step``; empty if there is none."""
        last: dict[str, Any] = {}
        for row in self.scan_history():
            last |= row
        return last

    def __eq__(self, other: object) -> bool:
        """Whether it is the same run."""
        return isinstance(other, RecordedRun) and other.id == self.id

    def __hash__(self) -> int:
        return hash(self.id)

    def to_dict(self) -> "Json":
        """Return its JSON form; what it measured is in :meth:`history`."""
        return application.json_form.plain_json(
            {
                "id": self.id,
                "path": self.path,
                "name": self.name,
                "job_type": self.job_type,
                "actor": self.actor,
                "entity": self.entity,
                "project": self.project,
                "state": self.state,
                "created_at": self.created_at,
                "finished_at": self.finished_at,
                "exit_code": self.exit_code,
            }
        )

    def __repr__(self) -> str:
        return f"<RecordedRun {self.path} {self.state}>"
