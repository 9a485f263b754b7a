"""Where the fields of filters are in the read tables.

Tables go by the names that the queries give them: ``r`` registries, ``c`` collections, ``v``
versions, ``s`` the versions with the content (for a link, its source), ``k`` the collections of
those.
"""

from collections.abc import Mapping
from typing import Final, TypeAlias

from attrs import frozen

from fingerpost.domain.filters import Kind

from ..functions import VERSION_ID


@frozen
class Column:
    """One value a row.

    Attributes:
        text: the expression.
        is_null: whether it may be missing.
        identity: for identities, the expression of the 32 hex digits that are stored.
    """

    text: str
    is_null: bool = False
    identity: str | None = None


@frozen
class Array:
    """Several values a row.

    Attributes:
        members: rows of one row's values, as ``value``.
        key: what identifies a row.
        holders: the keys of the rows with a value for which ``{test}``, a condition on
            ``value``, holds. Asked for first, so that an index on the value is used.
    """

    members: str
    key: str
    holders: str
    value: str


Place: TypeAlias = Column | Array


def _identity(column: str) -> Column:
    parts = "||'-'||".join(
        f"substr({column},{start},{length})"
        for start, length in ((1, 8), (9, 4), (13, 4), (17, 4), (21, 12))
    )
    return Column(f"({parts})", identity=column)


_REGISTRY: Final[Mapping[str, Place]] = {
    "id": _identity("r.id"),
    "name": Column("r.name_key"),
    "full_name": Column("('wandb-registry-'||r.name_key)"),
    "entity_id": _identity("r.organization_id"),
    "description": Column("r.description", is_null=True),
    "artifact_type": Array(
        "SELECT t.type AS value FROM registry_types t WHERE t.registry_id=r.id",
        "r.id",
        "SELECT t.registry_id FROM registry_types t WHERE {test}",
        "t.type",
    ),
    "visibility": Column("r.visibility"),
    "created_at": Column("r.created_at"),
    "created_by": Column("r.created_by"),
    "updated_at": Column("r.updated_at"),
}

_COLLECTION: Final[Mapping[str, Place]] = {
    "id": _identity("c.id"),
    "name": Column("c.name"),
    "type": Column("c.type"),
    "tag": Array(
        "SELECT t.tag AS value FROM collection_tags t WHERE t.collection_id=c.id",
        "c.id",
        "SELECT t.collection_id FROM collection_tags t WHERE {test}",
        "t.tag",
    ),
    "description": Column("c.description", is_null=True),
    "created_at": Column("c.created_at"),
    "created_by": Column("c.created_by"),
    "updated_at": Column("c.updated_at"),
}

_VERSION: Final[Mapping[str, Place]] = {
    "id": Column(f"{VERSION_ID}(v.collection_id, v.idx)"),
    "version": Column("v.idx"),
    "alias": Array(
        "SELECT a.alias AS value FROM aliases a "
        "WHERE a.collection_id=v.collection_id AND a.idx=v.idx",
        "v.position",
        "SELECT p.position FROM aliases a CROSS JOIN versions p "
        "WHERE p.collection_id=a.collection_id AND p.idx=a.idx AND {test}",
        "a.alias",
    ),
    "tag": Array(
        "SELECT t.tag AS value FROM version_tags t "
        "WHERE t.collection_id=s.collection_id AND t.idx=s.idx",
        "v.position",
        "SELECT p.position FROM version_tags t CROSS JOIN versions p "
        "WHERE p.collection_id=t.collection_id AND p.idx=t.idx AND {test} "
        "UNION ALL SELECT l.position FROM version_tags t CROSS JOIN versions l "
        "WHERE l.source_collection_id=t.collection_id AND l.source_idx=t.idx AND {test}",
        "t.tag",
    ),
    "metadata": Column("s.metadata"),
    "description": Column("s.description", is_null=True),
    "type": Column("k.type"),
    "digest": Column("s.digest"),
    "size": Column("s.size_bytes"),
    "file_count": Column("s.file_count"),
    "created_at": Column("v.created_at"),
    "created_by": Column("v.created_by"),
    "updated_at": Column("s.updated_at"),
}

PLACES: Final[Mapping[Kind, Mapping[str, Place]]] = {
    Kind.REGISTRY: _REGISTRY,
    Kind.COLLECTION: _COLLECTION,
    Kind.VERSION: _VERSION,
}
"""Kind → field → where it is."""
