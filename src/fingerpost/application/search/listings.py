"""Finding projects, types and runs by the names that people write."""

from collections.abc import Sequence
from uuid import UUID

from attrs import frozen

from fingerpost.domain.aggregates.permissions import Action
from fingerpost.domain.errors import (
    ArtifactTypeNotFoundError,
    CollectionNotFoundError,
    EntityNotFoundError,
    InvalidValueError,
    ProjectNotFoundError,
    RunNotFoundError,
)
from fingerpost.domain.names.paths import (
    CollectionPath,
    ProjectPath,
    RegistryProjectPath,
    parse_project_path,
)

from ..access.lookup import NameScope, nearest, registry_named
from ..read_models.rows import CollectionRow, RunRow
from ..transactions.transaction import Session
from ..visibility import require_in_entity, require_in_registry, seen_collection_at, visible_homes

_RUN_FORM = "a run is named 'ID', 'PROJECT/ID' or 'ENTITY/PROJECT/ID'"


@frozen
class CollectionHome:
    """Where collections are: a project, or a registry.

    Attributes:
        id: the entity or registry; ``None`` for an entity that does not exist yet.
        entity: the entity, or the organization's identifier.
        project: the project, or ``wandb-registry-NAME``.
        key: the project as the read tables have it: empty in a registry.
    """

    id: UUID | None
    entity: str
    project: str
    key: str

    @property
    def path(self) -> str:
        """``entity/project``."""
        return f"{self.entity}/{self.project}"


def home_at(session: Session, text: str | None, place: NameScope) -> CollectionHome:
    """Return the project or registry at a path; without one, where bare names are looked for.

    Raises:
        RoleRequiredError: the actor may not look at it; the attempt itself is recorded.
        EntityNotFoundError: there is no such entity.
        ProjectNotFoundError: nothing was ever logged in such a project; names the nearest.
        RegistryNotFoundError: there is no such registry; names the nearest.
    """
    if text is None:
        entity = session.queries.entity(place.entity)
        if entity is None:
            return _project(None, place.entity, place.project)
        require_in_entity(session, entity.id, Action.VIEW)
        return _project(entity.id, place.entity, place.project)
    path = parse_project_path(text)
    if isinstance(path, RegistryProjectPath):
        row = registry_named(session.queries, path.registry, path.organization)
        require_in_registry(session, row.id, Action.VIEW)
        return CollectionHome(row.id, row.organization, f"wandb-registry-{row.name}", "")
    return _existing_project(session, path, place)


def _project(entity_id: UUID | None, entity: str, project: str) -> CollectionHome:
    return CollectionHome(entity_id, str(entity), str(project), str(project))


def _existing_project(session: Session, path: ProjectPath, place: NameScope) -> CollectionHome:
    queries, name = session.queries, path.entity or place.entity
    entity = queries.entity(name)
    if entity is None:
        raise EntityNotFoundError(
            "entity", str(name), (), "Check the name, or log something under it first."
        )
    require_in_entity(session, entity.id, Action.VIEW)  # before it is said what there is
    if not queries.has_project(entity.id, path.project):
        raise ProjectNotFoundError(
            "project",
            f"{name}/{path.project}",
            nearest(path.project, queries.projects(entity.id)),
            "Log something there first, or check entity and project.",
        )
    return _project(entity.id, name, path.project)


def require_home(session: Session, home: CollectionHome) -> None:
    """Return if the actor may look at a project or registry.

    Raises:
        RoleRequiredError: not permitted; the attempt itself is recorded.
    """
    if home.id is None:
        return  # it does not exist yet, so there is nothing to see
    if home.key:
        require_in_entity(session, home.id, Action.VIEW)
    else:
        require_in_registry(session, home.id, Action.VIEW)


def types_in(session: Session, home: CollectionHome) -> Sequence[str]:
    """Return the artifact types that collections there have, sorted.

    Raises:
        RoleRequiredError: the actor may not look at it; the attempt itself is recorded.
    """
    require_home(session, home)
    return () if home.id is None else session.queries.types(home.id, home.key)


def page_of_type(
    session: Session, home: CollectionHome, kind: str, after: int, limit: int
) -> Sequence[CollectionRow]:
    """Return collections of one type that were made after a position, oldest first.

    Raises:
        RoleRequiredError: the actor may not look at it; the attempt itself is recorded.
    """
    require_home(session, home)
    if home.id is None:
        return ()
    queries = session.queries
    return queries.collections_of_type(home.id, home.key, kind, after=after, limit=limit)


def count_of_type(session: Session, home: CollectionHome, kind: str) -> int:
    """Return the number of collections of one type.

    Raises:
        RoleRequiredError: the actor may not look at it; the attempt itself is recorded.
    """
    require_home(session, home)
    if home.id is None:
        return 0
    return session.queries.collection_count(home.id, home.key, kind)


def page_of_runs(
    session: Session, home: CollectionHome, below: int | None, limit: int
) -> Sequence[RunRow]:
    """Return runs of a project that began before a position in the ledger, newest first.

    Raises:
        RoleRequiredError: the actor may not look at it; the attempt itself is recorded.
    """
    require_home(session, home)
    if home.id is None:
        return ()
    return session.queries.runs(home.id, home.key, below=below, limit=limit)


def run_count(session: Session, home: CollectionHome) -> int:
    """Return the number of runs of a project.

    Raises:
        RoleRequiredError: the actor may not look at it; the attempt itself is recorded.
    """
    require_home(session, home)
    return 0 if home.id is None else session.queries.run_count(home.id, home.key)


def require_type(session: Session, home: CollectionHome, kind: str) -> None:
    """Check that a collection there has this type.

    Raises:
        ArtifactTypeNotFoundError: none has; names the nearest types.
        RoleRequiredError: the actor may not look at it; the attempt itself is recorded.
    """
    there = types_in(session, home)
    if kind not in there:
        raise ArtifactTypeNotFoundError(
            "artifact type",
            kind,
            nearest(str(kind), there),
            f"{home.path} has no collection of that type.",
        )


def collection_of_type(
    session: Session, kind: str, path: CollectionPath, place: NameScope
) -> CollectionRow:
    """Return the collection at a path, if it has this type and the actor may look at it.

    Raises:
        RoleRequiredError: not permitted; the attempt itself is recorded.
        CollectionNotFoundError: there is none, or it has another type; names the nearest.
    """
    found = seen_collection_at(session, path, place)
    if found.type != kind:
        has = (
            f"It has the type {found.type!r}." if found.type else "Its first link decides its type."
        )
        raise CollectionNotFoundError(f"collection of type {kind!r}", found.path, (), has)
    return found


def run_at(session: Session, text: str, place: NameScope) -> RunRow:
    """Return the run at ``[[ENTITY/]PROJECT/]ID``; the entity and project have to be its own.

    Raises:
        RunNotFoundError: there is none, or it is elsewhere, and then the error says where.
        RoleRequiredError: the actor may not look at it; the attempt itself is recorded.
    """
    entity, project, run_id = _run_parts(text, place)
    row = session.queries.run(run_id) if run_id else None
    if row is not None and (row.entity, row.project) == (entity, project):
        require_in_entity(session, row.entity_id, Action.VIEW)
        return row
    remedy = f"Api().runs('{entity}/{project}') lists those of that project."
    if row is not None and row.entity_id in visible_homes(session):
        remedy = f"That run is {row.path!r}."
    raise RunNotFoundError("run", text, (), remedy)


def _run_parts(text: str, place: NameScope) -> tuple[str, str, UUID | None]:
    parts = text.split("/") if isinstance(text, str) else []
    match parts:
        case [entity, project, identity]:
            return entity, project, _as_uuid(identity)
        case [project, identity]:
            return str(place.entity), project, _as_uuid(identity)
        case [identity]:
            return str(place.entity), str(place.project), _as_uuid(identity)
    raise InvalidValueError("run path", text, _RUN_FORM, "Pass the `path` of a run, say.")


def _as_uuid(identity: str) -> UUID | None:
    try:
        found = UUID(identity)
    except ValueError:
        return None
    return found if found.hex == identity else None
