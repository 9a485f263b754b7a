"""Importing MLflow's model registry."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from fingerpost import adapters, application
from fingerpost.domain.errors import (
    ImportStoppedError,
    InvalidReferenceError,
    InvalidValueError,
    MissingExtraError,
    ReferenceRefusedError,
    ReferenceUnavailableError,
)

from .arguments import StrPath, listed
from .artifact import Artifact
from .import_report import Imported
from .importing import Destination, Import
from .workspace import StoreLike

if TYPE_CHECKING:
    from fingerpost.adapters.importers.mlflow_locations import Locations
    from fingerpost.application.importing import PeerVersion


_REMEDY: Final = (
    "Say where the files are: artifacts='FOLDER' or moved={'OLD': 'NEW'} in Python, --artifacts or "
    "--moved OLD=NEW on the command line; or import the rest with skip_missing=True or "
    "--skip-missing."
)
_LINK: Final = "Replace it by the file, or name its folder in moved= or --moved."
_UNCHECKED: Final = (
    "Make it reachable, or record its URI without looking at it: unchecked=True in Python, "
    "--unchecked on the command line."
)


def import_mlflow(
    database: StrPath,
    *,
    models: "str | Iterable[str] | None" = None,
    type: str = "model",
    artifacts: StrPath | None = None,
    moved: Mapping[str, str] | None = None,
    names: Mapping[str, str] | None = None,
    alias_names: Mapping[str, str] | None = None,
    stages: bool = False,
    skip_missing: bool = False,
    unchecked: bool = False,
    workspace: str | None = None,
    dry_run: bool = False,
    store: StoreLike = None,
    actor: str | None = None,
    entity: str | None = None,
    project: str | None = None,
    progress: Callable[[int], None] | None = None,
) -> Imported:
    """Import the model registry in MLflow's SQLite database: versions, aliases and tags.

    Each registered model becomes a collection, each version of it that is there a version, in
    MLflow's order. MLflow counts from 1 and leaves gaps where versions were deleted, and
    collections count from v0: what MLflow calls a version is in its ``origin``. Files on this
    machine are logged; what is elsewhere becomes references. Tags become metadata. Aliases are
    moved to where MLflow has them now.

    A second time only what is new is imported, and after a crash the import goes on where it was:
    each version is durable before the next one begins. The database is only read.

    Files of this machine are read only below the folder that the database is in, and below those
    in ``artifacts`` and ``moved``: a database may name any file.

    Args:
        database: usually ``mlflow.db``; of any version of MLflow with a model registry.
        models: names of the models; all by default.
        type: type of the artifacts.
        artifacts: folder or URI that ``mlflow-artifacts:/`` stands for, by default
            ``mlartifacts`` beside the database; files below a folder may be read.
        moved: beginning of a path or URI → what to put in its place, for what was moved since.
        names: name of a model → name of the collection.
        alias_names: alias in MLflow → alias here.
        stages: make an alias of each stage, in small letters, on the newest version in it.
        skip_missing: import the rest where the files of a version are not there.
        unchecked: record the URIs of what is elsewhere, and do not look at it.
        workspace: MLflow's workspace, where there are several.
        dry_run: change nothing, and return what would be done.
        store: as for :func:`fingerpost.init`, like the next three.
        actor: on whose behalf.
        entity: team or personal entity.
        project: the project.
        progress: receives the number of versions that were imported since the last call.

    Returns:
        What was done with each version and alias.

    Raises:
        ImportSourceError: it is no such database, or lacks a model that was named.
        NotImportableError: names, aliases or files stand in the way; nothing was changed.
        ImportStoppedError: a reference could not be looked at; what was imported before stays.
        RoleRequiredError: the actor may not log there.

    *Source*: ADR 0033.
    """
    registry = adapters.importers.mlflow_registry.read_mlflow_registry(Path(database))
    locations = adapters.importers.mlflow_locations.Locations(
        registry=registry,
        artifacts=None if artifacts is None else str(artifacts),
        moved=_texts("moved", moved),
    )
    chosen = adapters.importers.mlflow_models.Chosen(
        models=[models] if isinstance(models, str) else listed(models, "models"),
        workspace=workspace,
        has_stages=stages,
    )
    work = Import(
        source=str(database),
        peers=adapters.importers.mlflow_models.mlflow_collections(registry, chosen, locations),
        fill=partial(_fill, locations=locations, unchecked=unchecked),
        choices=application.importing.Choices(
            names=_texts("names", names),
            alias_names=_texts("alias_names", alias_names),
            skips_missing=skip_missing,
            remedy=_REMEDY,
        ),
        destination=Destination(
            type=type, store=store, actor=actor, entity=entity, project=project
        ),
        progress=progress,
    )
    return work.look() if dry_run else work.carry_out()


def _fill(
    draft: Artifact, version: "PeerVersion", *, locations: "Locations", unchecked: bool
) -> None:
    if adapters.importers.mlflow_locations.is_uri(version.location):
        _refer(draft, version, unchecked=unchecked)
        return
    path = Path(version.location)
    if path.is_dir():
        for found in adapters.drafts.walk.walk(path):
            if not locations.may_read(found.path):
                problem = f"{str(found.path)!r} is a link to a file that may not be read."
                raise ImportStoppedError(version.origin.label, problem, _LINK)
        draft.add_dir(path, policy="immutable")
    else:
        draft.add_file(path, policy="immutable")


def _refer(draft: Artifact, version: "PeerVersion", *, unchecked: bool) -> None:
    uri = version.location
    try:
        adapters.references.http.urls.require_no_login(uri, is_user_permitted=True)
        name = uri.rstrip("/").rpartition("/")[2] if unchecked else None
        draft.add_reference(uri, name, checksum=not unchecked)
    except (
        InvalidReferenceError,
        MissingExtraError,
        ReferenceRefusedError,
        ReferenceUnavailableError,
    ) as error:
        raise ImportStoppedError(version.origin.label, str(error), _UNCHECKED) from error


def _texts(what: str, given: Mapping[str, str] | None) -> Mapping[str, str]:
    if given is None:
        return {}
    if not isinstance(given, Mapping) or not all(
        isinstance(text, str) and text for pair in given.items() for text in pair
    ):
        raise InvalidValueError(what, given, "it maps text to text", "Pass {'OLD': 'NEW'}, say.")
    return given
