"""A run that was started: artifacts are logged and used in it until it is finished."""

import os
from types import TracebackType
from typing import TYPE_CHECKING, Self
from uuid import UUID, uuid4

from attrs import frozen

from fingerpost import application
from fingerpost.domain.errors import VersionNotFoundError
from fingerpost.domain.versions.version import VersionRef

from .workspace import MakeArtifact, StoreLike, Workspace, open_workspace

if TYPE_CHECKING:
    from fingerpost.application.collections.edits import Edit
    from fingerpost.application.collections.resolving import ResolvedVersion
    from fingerpost.application.collections.versions import Draft, LinkTo
    from fingerpost.application.ports.content_store import BytesWritten
    from fingerpost.application.transactions.transaction import Session
    from fingerpost.domain.organization.entity import Entity


@frozen(kw_only=True)
class LoggedDraft:
    """What a draft became.

    Attributes:
        found: the version, its collection and its aliases.
        is_new: whether a version was made of it; if not, its content was there already.
        link: the link that was made in the same step, if any.
    """

    found: "ResolvedVersion"
    is_new: bool
    link: VersionRef | None


@frozen(kw_only=True)
class StartedRun:
    """An execution in a project. A context manager, which finishes it.

    :class:`fingerpost.Run` is this for users; ``artifact.save()`` outside of a run does with it
    alone.
    """

    workspace: Workspace
    entity: "Entity"
    id: UUID
    name: str

    @property
    def session(self) -> "Session":
        """A session whose commands are recorded as part of the run."""
        return self.workspace.session(self.id)

    def log(
        self,
        draft: "Draft",
        *,
        link_to: "LinkTo | None" = None,
        reason: str | None = None,
        progress: "BytesWritten | None" = None,
    ) -> LoggedDraft:
        """Log a draft as an output of the run."""
        logged = application.collections.versions.log(
            self.session,
            self.entity,
            self.workspace.project,
            draft,
            link_to=link_to,
            reason=reason,
            progress=progress,
        )
        try:
            found = application.collections.resolving.version_of(self.session, logged.ref)
        except VersionNotFoundError:
            remedy = "It was logged, and another actor deleted it a moment later."
            raise VersionNotFoundError("version", draft.name, (), remedy) from None
        return LoggedDraft(found=found, is_new=logged.is_new, link=logged.link)

    def log_version(self, ref: VersionRef, changed: "Edit") -> None:
        """Note a version that is logged already as an output, and write what was changed of it."""
        application.collections.edits.edit(self.session, ref, changed)
        application.runs.runs.log(self.session, self.id, ref)

    def use_version(self, ref: VersionRef) -> None:
        """Note a version as an input."""
        application.runs.runs.use(self.session, self.id, ref)

    def finish(self, exit_code: int) -> None:
        """Record that the run has ended."""
        application.runs.runs.finish(self.session, self.id, exit_code)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.finish(0 if kind is None else 1)


def start_run(
    make_artifact: MakeArtifact,
    entity: str | None = None,
    project: str | None = None,
    job_type: str | None = None,
    name: str | None = None,
    store: StoreLike = None,
    actor: str | None = None,
    content: str | os.PathLike[str] | None = None,
) -> StartedRun:
    """Start a run. :func:`fingerpost.init` documents the arguments and errors."""
    workspace = open_workspace(make_artifact, store, actor, entity, project, content=content)
    run_id = uuid4()
    run_name = f"run-{run_id.hex[:8]}" if name is None else name
    home = application.runs.runs.start(
        workspace.session(), run_id, workspace.entity, workspace.project, run_name, job_type
    )
    return StartedRun(workspace=workspace.within(home.name), entity=home, id=run_id, name=run_name)
