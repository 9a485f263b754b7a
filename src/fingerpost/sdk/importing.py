"""Carrying out an import: one version after the other, each durable when the next one begins."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Final

from attrs import field, frozen

from fingerpost import application
from fingerpost.application.importing import Choices, PeerCollection, PeerVersion
from fingerpost.application.ports.content_store import BytesWritten
from fingerpost.domain.errors import CollectionNotFoundError, StoreNotFoundError
from fingerpost.domain.metadata.merge import Change
from fingerpost.domain.names.alias import Alias, version_index, version_label
from fingerpost.domain.names.names import ArtifactName, ArtifactTypeName
from fingerpost.domain.versions.version import VersionRef

from .artifact import Artifact
from .import_report import Imported, ImportedAlias, ImportedVersion
from .run import Run, init
from .workspace import StoreLike, Workspace, open_workspace

if TYPE_CHECKING:
    from fingerpost.application.importing import PlannedCollection, PlannedVersion
    from fingerpost.application.read_models.rows import CollectionRow


Fill = Callable[[Artifact, PeerVersion], None]
"""Puts a version's files into a draft."""

Progress = Callable[[int], None]
"""Receives the number of versions that were imported since the last call."""

JOB_TYPE: Final = "import"


@frozen(kw_only=True)
class Destination:
    """Where versions go, and on whose behalf; see :func:`fingerpost.init`.

    Attributes:
        type: type of the artifacts.
        digest_algorithm: what their digests are made with.
    """

    type: ArtifactTypeName = field(converter=ArtifactTypeName)
    digest_algorithm: str = "blake3"
    store: StoreLike = None
    actor: str | None = None
    entity: str | None = None
    project: str | None = None


@frozen(kw_only=True)
class Import:
    """An import that can be carried out, or looked at.

    Attributes:
        source: the file, for messages.
        peers: what the other registry holds.
        fill: puts a version's files into a draft.
        choices: what the caller said.
        destination: where versions go.
        progress: told of each version.
        storing: told of the bytes that are handled.
    """

    source: str
    peers: Sequence[PeerCollection]
    fill: Fill
    choices: Choices
    destination: Destination
    progress: Progress | None = None
    storing: BytesWritten | None = None

    def look(self) -> Imported:
        """Return what :meth:`carry_out` would do; makes and changes nothing."""
        with self._workspace(create=False) as workspace:
            planned = self._planned(workspace)
            versions = [_reported(each, version) for each in planned for version in each.versions]
            moves = [move for each in planned for move in _moves(workspace, each, _known(each))]
        return Imported(is_dry_run=True, versions=versions, aliases=moves)

    def carry_out(self) -> Imported:
        """Log what is new, and move the aliases to where the other registry has them."""
        with self._workspace(create=False) as there:
            planned = self._planned(there)  # What is refused leaves no new store behind.
            if there is not None:
                return self._done(there, planned)
        with self._workspace(create=True) as made:
            if made is None:  # pragma: no cover - it was just made
                msg = "a store that was opened is there"
                raise LookupError(msg)
            return self._done(made, planned)

    def _done(self, workspace: Workspace, planned: "Sequence[PlannedCollection]") -> Imported:
        is_new = any(collection.new for collection in planned)
        with ExitStack() as stack:
            run = stack.enter_context(self._run(workspace)) if is_new else None
            done = [self._bring(workspace, run, collection) for collection in planned]
        return Imported(
            is_dry_run=False,
            versions=[version for versions, _ in done for version in versions],
            aliases=[move for _, moves in done for move in moves],
        )

    def _run(self, workspace: Workspace) -> Run:
        to = self.destination
        return init(to.entity, to.project, JOB_TYPE, store=workspace.opened, actor=to.actor)

    @contextmanager
    def _workspace(self, *, create: bool) -> Iterator[Workspace | None]:
        to = self.destination
        try:
            workspace = open_workspace(
                Artifact._of, to.store, to.actor, to.entity, to.project, create=create
            )
        except StoreNotFoundError:
            if create:
                raise
            yield None
            return
        try:
            yield workspace
        finally:
            if workspace.opened is not to.store:
                workspace.opened.close()

    def _planned(self, workspace: Workspace | None) -> "list[PlannedCollection]":
        def find(name: ArtifactName) -> "CollectionRow | None":
            return None if workspace is None else _found(workspace, name)

        session = None if workspace is None else workspace.session()
        return application.importing.plan(self.source, self.peers, self.choices, find, session)

    def _bring(
        self, workspace: Workspace, run: Run | None, collection: "PlannedCollection"
    ) -> tuple[Sequence[ImportedVersion], Sequence[ImportedAlias]]:
        held, versions = _known(collection), []
        for version in collection.versions:
            logged = None
            if version.standing is application.importing.ImportStatus.NEW and run is not None:
                logged = self._logged(run, collection, version.peer)
                held[version.peer.label] = version_index(logged) or 0
                if self.progress is not None:
                    self.progress(1)
            versions.append(_reported(collection, version, logged))
        row = _found(workspace, collection.name)
        if row is None:
            return versions, []
        if collection.new:
            _describe(workspace, row, collection.peer.description)
        moves = _moves(workspace, collection, held)
        for move in moves:
            _move(workspace, run, row, move, collection.peer)
        return versions, moves

    def _logged(self, run: Run, collection: "PlannedCollection", peer: PeerVersion) -> str:
        to = self.destination
        draft = Artifact(
            collection.name,
            str(to.type),
            peer.description,
            peer.metadata,
            digest_algorithm=to.digest_algorithm,
        )
        draft._require_draft("import it").origin = peer.origin
        self.fill(draft, peer)
        return run.log_artifact(draft, progress=self.storing).version


def _found(workspace: Workspace, name: ArtifactName) -> "CollectionRow | None":
    try:
        return workspace.collection(name)
    except CollectionNotFoundError:
        return None


def _known(collection: "PlannedCollection") -> dict[str, int]:
    return {
        version.peer.label: version.index
        for version in collection.versions
        if version.index is not None
        and version.standing is application.importing.ImportStatus.KNOWN
    }


def _reported(
    collection: "PlannedCollection", version: "PlannedVersion", logged: str | None = None
) -> ImportedVersion:
    known = None if version.index is None else version_label(version.index)
    return ImportedVersion(
        collection=str(collection.name),
        version=logged or known,
        standing=version.standing.value,
        origin=version.peer.origin,
        problem=version.peer.problem
        if version.standing is application.importing.ImportStatus.SKIPPED
        else None,
    )


def _moves(
    workspace: Workspace | None, collection: "PlannedCollection", held: Mapping[str, int]
) -> list[ImportedAlias]:
    """Return the aliases that are not where they are to be."""
    row = None if workspace is None else _found(workspace, collection.name)
    now: Mapping[str, int] = {}
    if workspace is not None and row is not None:
        now = application.collections.reading.aliases(workspace.session(), row.id)
    moves = []
    for alias, label in collection.aliases.items():
        to, source = held.get(label), now.get(alias)
        is_coming = label in {version.peer.label for version in collection.new}
        if to is not None and to == source:
            continue
        move = ImportedAlias(
            collection=str(collection.name),
            alias=str(alias),
            from_version=None if source is None else version_label(source),
            to_version=None if to is None else version_label(to),
            peer_version=label,
            problem=None if to is not None or is_coming else _absence(collection, label),
        )
        moves.append(move)
    return moves


def _absence(collection: "PlannedCollection", label: str) -> str:
    gone = collection.peer.gone.get(label)
    standings = {version.peer.label: version.standing for version in collection.versions}
    what = gone or {
        application.importing.ImportStatus.DELETED: "deleted here",
        application.importing.ImportStatus.SKIPPED: "skipped",
    }.get(standings.get(label, application.importing.ImportStatus.NEW), "not there")
    return f"version {label} is {what}"


def _move(
    workspace: Workspace,
    run: Run | None,
    row: "CollectionRow",
    move: ImportedAlias,
    peer: PeerCollection,
) -> None:
    index = version_index(move.to_version or "")
    if move.problem is not None or index is None:
        return
    session = workspace.session(None if run is None else run._started.id)
    reason = f"imported: {move.alias!r} of {peer.name!r} is on version {move.peer_version} there"
    to = VersionRef(collection_id=row.id, index=index)
    application.collections.aliases.move(session, Alias(move.alias), to, reason=reason)


def _describe(workspace: Workspace, row: "CollectionRow", description: str | None) -> None:
    if description is None or row.description is not None:
        return
    changes = application.collections.collection_edits.CollectionEdit(
        description=Change(None, description)
    )
    application.collections.collection_edits.edit(workspace.session(), row.id, changes, "imported")
