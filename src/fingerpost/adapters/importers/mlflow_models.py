"""MLflow's registered models as collections of another registry."""

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Final

from attrs import frozen

from fingerpost.application.importing import PeerCollection, PeerVersion
from fingerpost.domain.errors import ImportSourceError, InvalidInputError
from fingerpost.domain.errors.base import listed
from fingerpost.domain.metadata.metadata import JsonObject, normalized
from fingerpost.domain.versions.origin import Origin

from .mlflow_locations import LocationError, Locations
from .mlflow_registry import MlflowModel, MlflowRegistry, MlflowVersion

_DEFAULT_WORKSPACE: Final = "default"
_NO_STAGE: Final = "None"
_READY: Final = "READY"
_IS_PROMPT: Final = "mlflow.prompt.is_prompt"
_LOCATION_FREE: Final = ("runs:", "models:")


@frozen(kw_only=True)
class Chosen:
    """Which models, and what of them.

    Attributes:
        models: names of models; empty for all.
        workspace: MLflow's workspace; ``None`` where there is but one.
        has_stages: whether stages become aliases.
    """

    models: Sequence[str] = ()
    workspace: str | None = None
    has_stages: bool = False


def mlflow_collections(
    registry: MlflowRegistry, chosen: Chosen, locations: Locations
) -> list[PeerCollection]:
    """Return the models of a registry that have versions.

    Prompts, which MLflow keeps as models without files, are left out.

    Raises:
        ImportSourceError: a chosen model or workspace is not there.
    """
    models = [model for model in _chosen(registry, chosen) if _IS_PROMPT not in model.tags]
    found = [_collection(model, chosen, locations) for model in models]
    return [collection for collection in found if collection.versions]


def _chosen(registry: MlflowRegistry, chosen: Chosen) -> list[MlflowModel]:
    path, workspaces = str(registry.path), sorted({model.workspace for model in registry.models})
    workspace = chosen.workspace
    if workspace is None and len(workspaces) > 1:
        problem = f"has models in the workspaces {listed(workspaces)}"
        remedy = "Name one: workspace='…' in Python, --workspace on the command line."
        raise ImportSourceError(path, problem, remedy)
    if workspace is not None and workspace not in workspaces:
        problem = f"has no models in a workspace {workspace!r}"
        raise ImportSourceError(path, problem, f"It has some in {listed(workspaces)}.")
    models = [model for model in registry.models if workspace in {None, model.workspace}]
    names = [model.name for model in models]
    for wanted in chosen.models:
        if wanted not in names:
            near = get_close_matches(wanted, names) or names
            raise ImportSourceError(path, f"has no model {wanted!r}", f"It has {listed(near)}.")
    return [model for model in models if not chosen.models or model.name in chosen.models]


def _collection(model: MlflowModel, chosen: Chosen, locations: Locations) -> PeerCollection:
    there = [version for version in model.versions if not version.is_deleted]
    staged = _staged(there) if chosen.has_stages else {}
    aliases = {**staged, **{alias: str(number) for alias, number in model.aliases.items()}}
    return PeerCollection(
        name=model.name,
        description=model.description,
        versions=[_version(model, version, locations) for version in there],
        aliases=aliases,
        gone={str(each.number): "deleted there" for each in model.versions if each.is_deleted},
    )


def _staged(versions: Iterable[MlflowVersion]) -> dict[str, str]:
    # In the order of their numbers: of several in a stage MLflow's clients take the newest.
    return {
        version.stage.lower(): str(version.number)
        for version in versions
        if version.stage != _NO_STAGE
    }


def _version(model: MlflowModel, version: MlflowVersion, locations: Locations) -> PeerVersion:
    problem, location, metadata = None, "", JsonObject()
    try:
        metadata = _metadata(model.tags, version.tags)
        location = str(locations.resolve(version.location))
    except LocationError as error:
        problem = str(error)
    except InvalidInputError as error:
        problem = f"its tags cannot be kept ({error})"
    if version.status != _READY:
        problem = f"it is no whole version: its status is {version.status!r}"
    return PeerVersion(
        origin=_origin(model, version),
        location=location,
        description=version.description,
        metadata=metadata,
        problem=problem,
    )


def _metadata(model_tags: Mapping[str, str], tags: Mapping[str, str]) -> JsonObject:
    # Below a key each: MLflow has no limit on their number, and metadata has one at its top.
    told = {"tags": dict(tags), "model_tags": dict(model_tags)}
    return normalized({key: value for key, value in told.items() if value})


def _origin(model: MlflowModel, version: MlflowVersion) -> Origin:
    is_default = model.workspace == _DEFAULT_WORKSPACE
    told = {
        "run_id": version.run_id,
        "stage": None if version.stage == _NO_STAGE else version.stage,
        "source": version.source if version.source.startswith(_LOCATION_FREE) else None,
        "updated_at": version.updated_at.isoformat() if version.updated_at else None,
    }
    return Origin(
        system="mlflow",
        name=model.name if is_default else f"{model.workspace}/{model.name}",
        version=str(version.number),
        created_at=version.created_at,
        created_by=version.user,
        facts={key: value for key, value in told.items() if value is not None},
    )
