"""Paths that people write: ``entity/project/name:alias`` and target paths of registries.

*Source*: W&B's linking document (``{ORG}/wandb-registry-{REGISTRY}/{COLLECTION}``), the artifact
guides (``[[entity/]project/]name:alias``), and our own spelling ``registry/{REGISTRY}/…``.
"""

from attrs import frozen

from ..errors import InvalidValueError
from .alias import LATEST, Alias
from .names import (
    ArtifactName,
    EntityName,
    OrganizationName,
    ProjectName,
    RegistryCollectionName,
    RegistryName,
)

_WANDB_PREFIX = "wandb-registry-"
_OWN_PREFIX = "registry"
_TARGET_FORM = (
    "a target path is '[ORGANIZATION/]wandb-registry-REGISTRY/COLLECTION' or "
    "'[ORGANIZATION/]registry/REGISTRY/COLLECTION'"
)
_ARTIFACT_FORM = (
    "an artifact is named 'NAME:ALIAS', 'PROJECT/NAME:ALIAS', 'ENTITY/PROJECT/NAME:ALIAS' or "
    "'[ORGANIZATION/]wandb-registry-REGISTRY/COLLECTION:ALIAS'"
)

_PROJECT_FORM = (
    "a project is named 'PROJECT' or 'ENTITY/PROJECT', a registry "
    "'[ORGANIZATION/]wandb-registry-REGISTRY'"
)


_REGISTRY_FORM = (
    "a registry or a collection in it is named 'REGISTRY[/COLLECTION]' or "
    "'[ORGANIZATION/]wandb-registry-REGISTRY[/COLLECTION]'"
)


class InvalidArtifactPathError(InvalidValueError):
    """A path of an artifact, collection or registry does not have the form that is asked for."""

    code = "invalid_artifact_path"


@frozen
class SourcePath:
    """Path of a source collection; what is missing comes from the run or the settings."""

    name: ArtifactName
    project: ProjectName | None = None
    entity: EntityName | None = None


@frozen
class RegistryPath:
    """Path of a registry collection; without organization it is the only or default one."""

    registry: RegistryName
    collection: RegistryCollectionName
    organization: OrganizationName | None = None


CollectionPath = SourcePath | RegistryPath


@frozen
class ProjectPath:
    """Path of a project; without entity it is the one of the run or the settings."""

    project: ProjectName
    entity: EntityName | None = None


@frozen
class RegistryProjectPath:
    """Path of a registry, where a project is asked for."""

    registry: RegistryName
    organization: OrganizationName | None = None


def parse_target_path(text: str) -> RegistryPath:
    """Return the parts of a target path.

    Raises:
        InvalidArtifactPathError: shows the form.
    """
    path = _registry_path(_parts(text, "target path", _TARGET_FORM))
    if path is None:
        raise InvalidArtifactPathError(
            "target path",
            text,
            _TARGET_FORM,
            "For example 'wandb-registry-Model/my-collection'; `fingerpost registry list` shows "
            "the registries.",
        )
    return path


def parse_collection_path(text: str) -> CollectionPath:
    """Return the parts of a path without alias.

    Raises:
        InvalidArtifactPathError: shows the form.
    """
    if isinstance(text, str) and ":" in text:
        raise InvalidArtifactPathError(
            "collection path", text, "it has no ':ALIAS'", f"Use {text.partition(':')[0]!r}."
        )
    return _collection_path(text, "collection path")


def parse_artifact_path(text: str) -> tuple[CollectionPath, Alias]:
    """Return collection and alias of a path; without alias it is ``latest``.

    Raises:
        InvalidArtifactPathError: shows the forms.
    """
    if not isinstance(text, str):
        raise InvalidArtifactPathError("artifact path", text, _ARTIFACT_FORM, "Pass text.")
    collection, colon, alias = text.partition(":")
    return _collection_path(collection, "artifact path"), Alias(alias if colon else LATEST)


def parse_project_path(text: str) -> ProjectPath | RegistryProjectPath:
    """Return the parts of ``[ENTITY/]PROJECT``, or of a registry's path.

    Raises:
        InvalidArtifactPathError: shows the forms.
    """
    if isinstance(text, str):
        in_registry = _registry_path([*text.split("/"), "any"])
        if in_registry is not None:
            return RegistryProjectPath(in_registry.registry, in_registry.organization)
    match _parts(text, "project path", _PROJECT_FORM):
        case [project]:
            return ProjectPath(ProjectName(project))
        case [entity, project]:
            return ProjectPath(ProjectName(project), EntityName(entity))
        case _:
            raise InvalidArtifactPathError("project path", text, _PROJECT_FORM, "Check the '/'s.")


def parse_registry_path(text: str) -> RegistryProjectPath | RegistryPath:
    """Return the parts of ``REGISTRY[/COLLECTION]``, or of a full path of either.

    Raises:
        InvalidArtifactPathError: shows the forms.
    """
    parts = _parts(text, "registry path", _REGISTRY_FORM)
    path, whole = _registry_path(parts), _registry_path([*parts, "any"])
    if path is not None:
        return path
    if whole is not None:
        return RegistryProjectPath(whole.registry, whole.organization)
    match parts:
        case [registry]:
            return RegistryProjectPath(RegistryName(registry))
        case [registry, collection]:
            return _in_registry(None, registry, collection)
        case _:
            raise InvalidArtifactPathError(
                "registry path", text, _REGISTRY_FORM, "`fingerpost registry list` shows them."
            )


def _collection_path(text: str, what: str) -> CollectionPath:
    parts = _parts(text, what, _ARTIFACT_FORM)
    in_registry = _registry_path(parts)
    if in_registry is not None:
        return in_registry
    match parts:
        case [name]:
            return SourcePath(ArtifactName(name))
        case [project, name]:
            return SourcePath(ArtifactName(name), ProjectName(project))
        case [entity, project, name]:
            return SourcePath(ArtifactName(name), ProjectName(project), EntityName(entity))
        case _:
            raise InvalidArtifactPathError(what, text, _ARTIFACT_FORM, "Check the '/'s.")


def _parts(text: str, what: str, form: str) -> list[str]:
    if not isinstance(text, str) or not text:
        raise InvalidArtifactPathError(what, text, form, "Pass text of that form.")
    return text.split("/")


def _registry_path(parts: list[str]) -> RegistryPath | None:
    match parts:
        case [project, collection] if project.casefold().startswith(_WANDB_PREFIX):
            return _in_registry(None, project[len(_WANDB_PREFIX) :], collection)
        case [organization, project, collection] if project.casefold().startswith(_WANDB_PREFIX):
            return _in_registry(organization, project[len(_WANDB_PREFIX) :], collection)
        case [own, registry, collection] if own == _OWN_PREFIX:
            return _in_registry(None, registry, collection)
        case [organization, own, registry, collection] if own == _OWN_PREFIX:
            return _in_registry(organization, registry, collection)
        case _:
            return None


def _in_registry(organization: str | None, registry: str, collection: str) -> RegistryPath:
    return RegistryPath(
        RegistryName(registry),
        RegistryCollectionName(collection),
        OrganizationName(organization) if organization is not None else None,
    )
