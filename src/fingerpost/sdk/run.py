"""The run: one execution that logs and uses artifacts."""

import os
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Self
from uuid import UUID, uuid4

from fingerpost.adapters.drafts.staging_area import StagingArea
from fingerpost.adapters.references import Resolvers
from fingerpost.application.collections import edits, versions
from fingerpost.application.collections.versions import LinkTo
from fingerpost.application.ports.content_store import BytesWritten
from fingerpost.application.registries import links
from fingerpost.application.runs import runs
from fingerpost.bootstrap.store import OpenStore
from fingerpost.domain.errors import (
    ForeignStoreError,
    InvalidValueError,
    RunFinishedError,
    TypeMismatchError,
    VersionNotFoundError,
)
from fingerpost.domain.names.alias import LATEST, Alias
from fingerpost.domain.names.names import ArtifactName, Tag
from fingerpost.domain.names.paths import parse_target_path
from fingerpost.domain.organization.entity import Entity
from fingerpost.domain.versions.version import VersionRef

from . import current
from .arguments import listed
from .artifact import Artifact
from .run_record import RunRecord
from .workspace import StoreLike, Workspace, open_workspace


class Run(RunRecord):
    """An execution in a project. Start one with :func:`init`; a context manager.

    Attributes:
        id: identity, 32 hex digits.
        name: for people.
        entity: the team or personal entity.
        project: the project.
        job_type: what kind of step it is, or ``None``.
    """

    def __init__(self, workspace: Workspace, entity: Entity, name: str, run_id: UUID) -> None:
        self.id = run_id.hex
        self.name = name
        self.entity = entity.name
        self.project = str(workspace.project)
        self.job_type: str | None = None
        self._workspace = workspace
        self._entity = entity
        self._run_id = run_id
        self._is_finished = False

    @property
    def path(self) -> str:
        """``entity/project/id``."""
        return f"{self.entity}/{self.project}/{self.id}"

    @property
    def actor(self) -> str:
        """On whose behalf it runs."""
        return str(self._workspace.actor)

    @property
    def store(self) -> OpenStore:
        """The store that it is in."""
        return self._workspace.opened

    @property
    def is_finished(self) -> bool:
        """Whether it takes no more artifacts."""
        return self._is_finished

    @property
    def resolvers(self) -> Resolvers:
        """How references are resolved."""
        return self._workspace.resolvers

    def new_spool(self) -> StagingArea:
        """Return a place for the files of a draft."""
        return self._workspace.new_spool()

    def log_artifact(
        self,
        artifact_or_path: "Artifact | str | Path",
        name: str | None = None,
        type: str | None = None,
        aliases: Iterable[str] | None = None,
        tags: Iterable[str] | None = None,
        *,
        progress: BytesWritten | None = None,
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
            _require_artifact(artifact, self._workspace.opened)
        custom = [Alias(alias) for alias in listed(aliases, "aliases")]
        labels = [Tag(tag) for tag in listed(tags, "tags")]
        if artifact.is_draft():
            self._log(artifact, custom, labels, progress)
        else:
            self._log_again(artifact, custom, labels)
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

    def _log(
        self,
        artifact: Artifact,
        aliases: list[Alias],
        tags: list[Tag],
        progress: BytesWritten | None = None,
        link_to: LinkTo | None = None,
        reason: str | None = None,
    ) -> VersionRef | None:
        logged = versions.log(
            self._session,
            self._entity,
            self._workspace.project,
            artifact._as_draft(aliases, tags, self._workspace.opened),
            link_to=link_to,
            reason=reason,
            progress=progress,
        )
        queries = self._workspace.opened.store.queries
        collection, row = queries.collection(logged.ref.collection_id), queries.version(logged.ref)
        if collection is None or row is None:
            remedy = "It was logged, and somebody else deleted it a moment later."
            raise VersionNotFoundError("version", artifact.name, (), remedy)
        if not logged.is_new:
            artifact._warn_of_what_is_not_said(row)
        artifact._become(self._workspace, collection, row)
        artifact._draft.close()
        return logged.link

    def _log_again(self, artifact: Artifact, aliases: list[Alias], tags: list[Tag]) -> None:
        fetched = artifact._require_logged("log it")
        custom = [alias for alias in aliases if alias != LATEST]
        edits.edit(self._session, fetched.row.ref, artifact._edit(custom, tags))
        runs.log(self._session, self._run_id, fetched.row.ref)
        fetched.refresh()
        artifact._read_editable()

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
        _require_artifact(artifact, self._workspace.opened)
        if type is not None and artifact.type != type:
            raise TypeMismatchError(artifact.name, artifact.type, type)
        if artifact.is_draft():
            self._log(artifact, [Alias(alias) for alias in listed(aliases, "aliases")], [])
        fetched = artifact._require_logged("use it")
        runs.use(self._session, self._run_id, fetched.row.ref)
        return artifact

    def _fetch(self, path: str) -> Artifact:
        return Artifact._of(self._workspace, *self._workspace.version(path))

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
        _require_artifact(artifact, self._workspace.opened)
        target = parse_target_path(target_path)
        checked = [Alias(alias) for alias in listed(aliases, "aliases")]
        if not artifact.is_draft():
            return artifact._link(self._session, target, checked, reason)
        link = self._log(
            artifact,
            [],
            [],
            link_to=lambda transaction, ref: links.link_in(transaction, ref, target, checked),
            reason=reason,
        )
        fetched = artifact._require_logged("link it")
        return Artifact._of(self._workspace, *fetched.at(link or fetched.row.ref))

    def finish(self, exit_code: int | None = None) -> None:
        """Finish the run; the second time changes nothing.

        Args:
            exit_code: 0 by default.
        """
        current.leave(self)
        if not self._is_finished:
            runs.finish(self._session, self._run_id, exit_code or 0)
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


def _require_artifact(given: object, store: OpenStore) -> None:
    if not isinstance(given, Artifact):
        raise InvalidValueError(
            "artifact",
            given,
            "it is an Artifact",
            "Make one with Artifact(…), or fetch one with run.use_artifact('NAME:ALIAS').",
        )
    given._require_referred_in(store)
    fetched = given._fetched
    if fetched is not None and fetched.workspace.opened.identity != store.identity:
        # Identities of collections follow from their names: it could pass for one of ours.
        home = fetched.workspace.opened.location
        raise ForeignStoreError(fetched.qualified_name, home, store.location)


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
    workspace = open_workspace(store, actor, entity, project, content=content)
    run_id = uuid4()
    session = workspace.session()
    run_name = f"run-{run_id.hex[:8]}" if name is None else name
    home = runs.start(session, run_id, workspace.entity, workspace.project, run_name, job_type)
    run = Run(workspace.within(home.name), home, run_name, run_id)
    run.job_type = job_type
    current.enter(run)
    return run
