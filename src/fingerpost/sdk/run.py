"""The run: one execution that logs and uses artifacts."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from fingerpost import application
from fingerpost.domain.errors import (
    InvalidValueError,
    RunFinishedError,
    TypeMismatchError,
)
from fingerpost.domain.names.alias import LATEST, Alias
from fingerpost.domain.names.names import ArtifactName, Tag
from fingerpost.domain.names.paths import parse_target_path

from . import current
from .arguments import listed
from .artifact import Artifact
from .paging import Paged
from .recorded_run import RecordedRun
from .started_run import StartedRun, start_run
from .workspace import StoreLike

if TYPE_CHECKING:
    from fingerpost.adapters.drafts.staging_area import StagingArea
    from fingerpost.adapters.references import Resolvers
    from fingerpost.application.json_form import Json
    from fingerpost.application.ports.content_store import BytesWritten
    from fingerpost.bootstrap.store import OpenStore


class Run:
    """An execution in a project. Start one with :func:`init`; a context manager.

    Attributes:
        id: identity, 32 hex digits.
        name: for people.
        entity: the team or personal entity.
        project: the project.
        job_type: what kind of step it is, or ``None``.
    """

    def __init__(self, started: StartedRun, job_type: str | None) -> None:
        self.id = started.id.hex
        self.name: str = started.name
        self.entity = started.entity.name
        self.project = str(started.workspace.project)
        self.job_type = job_type
        self._started = started
        self._is_finished = False

    @property
    def path(self) -> str:
        """``entity/project/id``."""
        return f"{self.entity}/{self.project}/{self.id}"

    @property
    def actor(self) -> str:
        """On whose behalf it runs."""
        return str(self._started.workspace.actor)

    @property
    def store(self) -> "OpenStore":
        """The store that it is in."""
        return self._started.workspace.opened

    @property
    def is_finished(self) -> bool:
        """Whether it takes no more artifacts."""
        return self._is_finished

    @property
    def resolvers(self) -> "Resolvers":
        """How references are resolved."""
        return self._started.workspace.resolvers

    def new_spool(self) -> "StagingArea":
        """Return a place for the files of a draft."""
        return self._started.workspace.new_staging_area()

    def log_artifact(
        self,
        artifact_or_path: "Artifact | str | Path",
        name: str | None = None,
        type: str | None = None,
        aliases: Iterable[str] | None = None,
        tags: Iterable[str] | None = None,
        *,
        progress: "BytesWritten | None" = None,
    ) -> Artifact:
        """Log an artifact as an output of this run.

        If its content is that of the current ``latest``, no version is made; aliases and tags are
        given to that version then, description and metadata are not, and a warning says so. A new
        version takes ``latest``. When this returns, the version is durable. Of an artifact that is
        logged already, what was changed is saved, as :meth:`Artifact.save` does.

        Args:
            artifact_or_path: a draft, or the path of a file or folder to make one of.
            name: for a path: the artifact's name; by default one made from run and file.
            type: for a path: the artifact's type.
            aliases: custom aliases for it; ``latest`` may be among them.
            tags: tags for it.
            progress: receives the number of bytes handled since the last call.

        Returns:
            The artifact, which is a logged version from here on.

        Raises:
            RunFinishedError: the run is finished.
            TypeMismatchError: versions of this name have another type.
            InvalidAliasError: an alias is not valid, or a version number.
            SourceFileError: the path does not exist.
        """
        self._require_running("log an artifact")
        if isinstance(artifact_or_path, str | os.PathLike):
            artifact = self._draft_of(Path(artifact_or_path), name, type)
        else:
            artifact = artifact_or_path
            _require_artifact(artifact, self._started.workspace.opened)
        custom = [Alias(alias) for alias in listed(aliases, "aliases")]
        labels = [Tag(tag) for tag in listed(tags, "tags")]
        if artifact.is_draft():
            artifact._log(self._started, custom, labels, progress=progress)
        else:
            named = [alias for alias in custom if alias != LATEST]
            artifact._log_again(self._started, named, labels)
        return artifact

    def _draft_of(self, path: Path, name: str | None, type: str | None) -> Artifact:
        if type is None:
            raise InvalidValueError(
                "type", type, "a path needs the type of the artifact", "Pass type='dataset', say."
            )
        default = ArtifactName.suggestion(f"run-{self.id[:8]}-{path.name}")
        artifact = Artifact(default if name is None else name, type)
        if path.is_dir():
            artifact.add_dir(path)
        else:
            artifact.add_file(path)
        return artifact

    def use_artifact(
        self,
        artifact_or_name: "Artifact | str | None" = None,
        type: str | None = None,
        aliases: Iterable[str] | None = None,
        use_as: str | None = None,
        *,
        name: str | None = None,
    ) -> Artifact:
        """Note an artifact as an input of this run, and return it.

        Args:
            artifact_or_name: ``[[ENTITY/]PROJECT/]NAME[:ALIAS]``, a registry path, a fetched
                artifact, or a draft, which is logged first unless its content is there already.
            type: the type that is expected.
            aliases: for a draft: aliases to log it with.
            use_as: accepted for code that passes it; has no effect.
            name: older spelling of the first argument.

        Raises:
            RunFinishedError: the run is finished.
            CollectionNotFoundError: there is no such collection; names the nearest ones.
            AliasNotFoundError: nothing has the alias.
            TypeMismatchError: it has another type.
        """
        del use_as
        self._require_running("use an artifact")
        wanted = artifact_or_name if artifact_or_name is not None else name
        if wanted is None:
            raise InvalidValueError(
                "artifact", wanted, "it is a name or an Artifact", "Pass 'NAME:ALIAS', say."
            )
        artifact = self._fetch(wanted) if isinstance(wanted, str) else wanted
        _require_artifact(artifact, self._started.workspace.opened)
        if type is not None and artifact.type != type:
            raise TypeMismatchError(artifact.name, artifact.type, type)
        if artifact.is_draft():
            custom = [Alias(alias) for alias in listed(aliases, "aliases")]
            artifact._log(self._started, custom)
        self._started.use_version(artifact._require_logged("use it").row.ref)
        return artifact

    def _fetch(self, path: str) -> Artifact:
        workspace = self._started.workspace
        return workspace.artifact(*workspace.version(path))

    def link_artifact(
        self,
        artifact: Artifact,
        target_path: str,
        aliases: Iterable[str] | None = None,
        *,
        reason: str | None = None,
    ) -> Artifact:
        """Link an artifact to a registry collection, which is created by its first link.

        A draft is logged in the same step: there are both, version and link, or neither. Linking
        the same version again returns the link that exists, and applies the aliases.

        Args:
            artifact: a draft, or a logged or fetched artifact; of a link, its source is linked.
            target_path: ``[ORG/]wandb-registry-REGISTRY/COLLECTION``, or
                ``[ORG/]registry/REGISTRY/COLLECTION``.
            aliases: custom aliases for the link.
            reason: why, for the history; a registry may require one for the aliases.

        Returns:
            The linked artifact.

        Raises:
            ReasonRequiredError: the registry requires a reason for aliases (a ``ValueError``).
            RunFinishedError: the run is finished.
            RegistryNotFoundError: the registry does not exist.
            TypeNotPermittedError: it does not permit the artifact's type.
            PersonalEntityLinkError: the artifact belongs to a personal entity.
            RoleRequiredError: the actor may not link there, or may not place one of the aliases.
        """
        self._require_running("link an artifact")
        _require_artifact(artifact, self._started.workspace.opened)
        target = parse_target_path(target_path)
        checked = [Alias(alias) for alias in listed(aliases, "aliases")]
        if not artifact.is_draft():
            return artifact._link(self._started.session, target, checked, reason)
        link = artifact._log(
            self._started,
            link_to=lambda transaction, ref: application.registries.links.link_in(
                transaction, ref, target, checked
            ),
            reason=reason,
        )
        version = artifact._require_logged("link it")
        return self._started.workspace.artifact(*version.at(link or version.row.ref))

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
        application.runs.runs.log_metrics(
            self._started.session, self._started.id, data, step=step, commit=completes
        )

    @property
    def summary(self) -> dict[str, Any]:
        """The last value of each metric, and the last step as ``_step``; a copy."""
        return self._recorded.summary

    def logged_artifacts(self, per_page: int = 100) -> Paged[Artifact]:
        """Return the artifacts that it logged so far, in that order; deleted ones are left out."""
        return self._recorded.logged_artifacts(per_page)

    def used_artifacts(self, per_page: int = 100) -> Paged[Artifact]:
        """Return the artifacts that it used so far, in that order; deleted ones are left out."""
        return self._recorded.used_artifacts(per_page)

    def to_dict(self) -> "Json":
        """Return its JSON form, as it is recorded so far."""
        return self._recorded.to_dict()

    @property
    def _recorded(self) -> RecordedRun:
        row = application.runs.reading.run_of(self._started.session, self._started.id)
        return RecordedRun(self._started.workspace, row)

    def finish(self, exit_code: int | None = None) -> None:
        """Finish the run; the second time changes nothing.

        Args:
            exit_code: 0 by default.
        """
        current.leave(self)
        if not self._is_finished:
            self._started.finish(exit_code or 0)
            self._is_finished = True

    def _require_running(self, attempted: str) -> None:
        if self._is_finished:
            raise RunFinishedError(self.name, attempted)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.finish(0 if kind is None else 1)

    def __repr__(self) -> str:
        return f"<Run {self.path}>"


def _require_artifact(given: object, store: "OpenStore") -> None:
    if not isinstance(given, Artifact):
        raise InvalidValueError(
            "artifact",
            given,
            "it is an Artifact",
            "Make one with Artifact(…), or fetch one with run.use_artifact('NAME:ALIAS').",
        )
    given._require_in(store)


def init(
    entity: str | None = None,
    project: str | None = None,
    job_type: str | None = None,
    name: str | None = None,
    store: StoreLike = None,
    actor: str | None = None,
    *,
    content: str | os.PathLike[str] | None = None,
) -> Run:
    """Start a run.

    Args:
        entity: team or personal entity; else ``FINGERPOST_ENTITY``, else the actor's personal
            entity. A team that does not exist is created in the store's default organization when
            the actor administers it.
        project: else ``FINGERPOST_PROJECT``, else ``uncategorized``.
        job_type: what kind of step it is, such as ``train``.
        name: for people; by default made from the run's identity.
        store: a folder, a URL or an open store; else ``FINGERPOST_STORE``, else the nearest
            ``.fingerpost/`` above the working directory, else a folder of the user's own.
        actor: on whose behalf; else ``FINGERPOST_ACTOR``, else the operating system's user.
        content: where a store that is created now keeps its content; see :func:`open_store`.

    Returns:
        The run: a context manager, finished when its block is left.

    Raises:
        RoleRequiredError: the actor may not log under this entity, or may not create the team.
        StoreUnavailableError: the store cannot be opened or created.
    """
    started = start_run(
        Artifact._of, entity, project, job_type, name, store=store, actor=actor, content=content
    )
    run = Run(started, job_type)
    current.enter(run)
    return run
