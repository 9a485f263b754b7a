"""What a search or a filter found."""

from collections.abc import Sequence

from attrs import frozen

from .cursors import SortKey
from .rows import CollectionRow, RegistryRow, VersionRow


@frozen(kw_only=True)
class Hit:
    """Something that was found: a registry, a collection, or a version in its collection."""

    key: SortKey
    registry: RegistryRow | None = None
    collection: CollectionRow | None = None
    version: VersionRow | None = None
    aliases: Sequence[str] = ()
