"""What filters can ask of registries, collections and versions.

*Source*: W&B's document *Find registry items*; the other spellings are those of W&B's client.
"""

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType
from typing import Final

from attrs import frozen


class Kind(Enum):
    """What can be found."""

    REGISTRY = "registry"
    COLLECTION = "collection"
    VERSION = "version"


class FieldType(Enum):
    """What a field holds, and so which values it can be compared with."""

    TEXT = "text"
    NUMBER = "number"
    TIME = "time"
    VERSION = "version number"
    JSON = "JSON"


@frozen
class Field:
    """A field that a filter can name.

    Attributes:
        name: what it is called here.
        type: what it holds.
        is_array: whether there can be several values; then a condition holds if it holds for one,
            and nothing is there if there is none.
        is_caseless: whether letter case does not matter.
        is_label: whether it is a name, an alias or a tag, which are compared in Unicode's NFC.
        aliases: other spellings.
    """

    name: str
    type: FieldType = FieldType.TEXT
    is_array: bool = False
    is_caseless: bool = False
    is_label: bool = False
    aliases: tuple[str, ...] = ()


_CREATED_AT: Final = Field("created_at", FieldType.TIME)
_UPDATED_AT: Final = Field("updated_at", FieldType.TIME)
_CREATED_BY: Final = Field("created_by")
_DESCRIPTION: Final = Field("description")

FULL_NAME: Final = Field("full_name", is_caseless=True)
"""``wandb-registry-NAME``; what ``name`` means where a filter spells the prefix out."""

_REGISTRY: Final = (
    Field("id", aliases=("project_id",)),
    Field("name", is_caseless=True),
    FULL_NAME,
    Field("entity_id"),
    _DESCRIPTION,
    Field("artifact_type", is_array=True, is_label=True, aliases=("artifact_types",)),
    Field("visibility"),
    _CREATED_AT,
    _CREATED_BY,
    _UPDATED_AT,
)

_COLLECTION: Final = (
    Field("id", aliases=("collection_id", "artifact_collection_id")),
    Field("name", is_label=True, aliases=("collection_name", "artifact_collection_name")),
    Field("type"),
    Field("tag", is_array=True, is_label=True, aliases=("tags",)),
    _DESCRIPTION,
    _CREATED_AT,
    _CREATED_BY,
    _UPDATED_AT,
)

_VERSION: Final = (
    Field("id", aliases=("artifact_id",)),
    Field("version", FieldType.VERSION, aliases=("version_index",)),
    Field("alias", is_array=True, is_label=True, aliases=("aliases",)),
    Field("tag", is_array=True, is_label=True, aliases=("tags",)),
    Field("metadata", FieldType.JSON, aliases=("artifact_metadata",)),
    _DESCRIPTION,
    Field("type"),
    Field("digest"),
    Field("size", FieldType.NUMBER, aliases=("artifact_size",)),
    Field("file_count", FieldType.NUMBER),
    Field("created_at", FieldType.TIME, aliases=("artifact_created_at",)),
    _CREATED_BY,
    _UPDATED_AT,
)


def _spelled(fields: tuple[Field, ...]) -> Mapping[str, Field]:
    return MappingProxyType({name: each for each in fields for name in (each.name, *each.aliases)})


FIELDS: Final[Mapping[Kind, Mapping[str, Field]]] = MappingProxyType(
    {
        Kind.REGISTRY: _spelled(_REGISTRY),
        Kind.COLLECTION: _spelled(_COLLECTION),
        Kind.VERSION: _spelled(_VERSION),
    }
)
"""Kind → spelling → field."""
