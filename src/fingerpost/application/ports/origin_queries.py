"""The part of the port to the read tables that is about where versions came from."""

from collections.abc import Mapping
from typing import Protocol
from uuid import UUID

from ..read_models.rows import VersionRow


class OriginQueries(Protocol):
    """What can be asked of imported versions."""

    def version_of_origin(self, collection_id: UUID, key: str) -> VersionRow | None:
        """Return the version of a collection with an origin, given as ``Origin.key``."""
        ...

    def origins(self, collection_id: UUID) -> Mapping[str, int]:
        """Return what was imported into a collection: ``Origin.key`` → index of the version.

        Of deleted versions, too: what somebody deleted here does not come back by itself.
        """
        ...
