"""What an artifact object knows: a draft's entries, or the version that was fetched."""

from collections.abc import Iterable, Sequence
from copy import deepcopy
from typing import Any, Self

from fingerpost.application.rows import CollectionRow, VersionRow
from fingerpost.domain.alias import Alias
from fingerpost.domain.digest_algorithm import DigestAlgorithm
from fingerpost.domain.errors import (
    ArtifactFinalizedError,
    ArtifactNotLoggedError,
    ForeignStoreError,
)
from fingerpost.domain.metadata import normalized
from fingerpost.domain.names import ArtifactName, ArtifactType, Tag

from ..bootstrap import OpenStore
from ..local_files.spool import Spool
from ..references import ArtifactReferences, FileReferences, Resolvers
from .arguments import listed
from .current import current_run
from .draft import DraftEntries
from .fetched import Fetched
from .workspace import Workspace


class ArtifactState:
    """The state, and what of it can be changed. See :class:`~fingerpost.Artifact`."""

    def __init__(
        self,
        name: str,
        type: str,
        description: str | None = None,
        metadata: dict[str, Any] | None = None,
        incremental: bool = False,
        use_as: str | None = None,
        storage_region: str | None = None,
        digest_algorithm: str = "blake3",
    ) -> None:
        del incremental, use_as, storage_region
        self._name = ArtifactName(name)
        self._type = ArtifactType(type)
        self._description = description
        self._metadata: dict[str, Any] = dict(normalized(metadata))
        self._aliases: list[str] = []
        self._tags: list[str] = []
        self._is_final = False
        self._fetched: Fetched | None = None
        self._referred: list[tuple[str, OpenStore]] = []
        run = self._home = current_run()
        self._draft = DraftEntries(
            run.new_spool if run else Spool,
            run.resolvers if run else Resolvers([FileReferences(), ArtifactReferences(None)]),
            DigestAlgorithm.named(digest_algorithm),
        )

    @classmethod
    def _of(
        cls,
        workspace: Workspace,
        collection: CollectionRow,
        row: VersionRow,
        aliases: Sequence[str] | None = None,
    ) -> Self:
        self = cls.__new__(cls)
        self._home = None
        self._referred = []
        algorithm = DigestAlgorithm.of_artifact(row.digest)
        self._draft = DraftEntries(Spool, workspace.resolvers, algorithm)
        self._become(workspace, collection, row, aliases)
        return self

    def _become(
        self,
        workspace: Workspace,
        collection: CollectionRow,
        row: VersionRow,
        aliases: Sequence[str] | None = None,
    ) -> None:
        self._fetched = Fetched(workspace, collection, row)
        self._is_final = True
        self._name = ArtifactName(self._fetched.source_collection.name)
        self._type = ArtifactType(row.type)
        self._read_editable(aliases)

    def _read_editable(self, aliases: Sequence[str] | None = None) -> None:
        fetched = self._require_logged("read it")
        held = fetched.aliases() if aliases is None else aliases
        self._baseline = fetched.editable(held)
        self._description = self._baseline.description
        self._metadata = deepcopy(self._baseline.metadata)
        self._aliases = list(held)
        self._tags = sorted(self._baseline.tags)

    def _require_draft(self, attempted: str) -> None:
        if self._is_final:
            raise ArtifactFinalizedError(self.name, attempted)

    def _require_logged(self, attempted: str) -> Fetched:
        if self._fetched is None:
            raise ArtifactNotLoggedError(str(self._name), attempted)
        return self._fetched

    def _require_referred_in(self, opened: OpenStore) -> None:
        for what, store in self._referred:
            if store.identity != opened.identity:
                raise ForeignStoreError(what, store.location, opened.location)

    @property
    def name(self) -> str:
        """``collection:vN``; of a draft, the name alone."""
        return self._fetched.name if self._fetched else str(self._name)

    @property
    def description(self) -> str | None:
        """Free text; of a link, its source's."""
        return self._description

    @description.setter
    def description(self, description: str | None) -> None:
        self._description = description

    @property
    def metadata(self) -> dict[str, Any]:
        """JSON that somebody attached; a dictionary to change in place, or to replace."""
        return self._metadata

    @metadata.setter
    def metadata(self, metadata: dict[str, Any] | None) -> None:
        self._metadata = dict(normalized(metadata))

    @property
    def aliases(self) -> list[str]:
        """Aliases; a list to change in place, or to replace. Version numbers are not in it."""
        return self._aliases

    @aliases.setter
    def aliases(self, aliases: Iterable[str]) -> None:
        self._aliases = [str(Alias(alias)) for alias in listed(aliases, "aliases")]

    @property
    def tags(self) -> list[str]:
        """Tags; a list to change in place, or to replace. Of a link, its source's."""
        return self._tags

    @tags.setter
    def tags(self, tags: Iterable[str]) -> None:
        self._tags = [str(Tag(tag)) for tag in listed(tags, "tags")]
