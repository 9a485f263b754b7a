"""What an artifact object knows: a draft's entries, or the version that was fetched."""

import warnings
from collections.abc import Iterable, Sequence
from copy import deepcopy
from datetime import timedelta
from typing import Any, Self

from fingerpost.adapters.drafts.staging_area import StagingArea
from fingerpost.adapters.references import default_resolvers
from fingerpost.application.read_models.rows import CollectionRow, VersionRow
from fingerpost.bootstrap.store import OpenStore
from fingerpost.domain.errors import (
    ArtifactFinalizedError,
    ArtifactNotLoggedError,
    ForeignStoreError,
    LinkedVersionError,
)
from fingerpost.domain.manifest.digest_algorithm import DigestAlgorithm
from fingerpost.domain.metadata.metadata import normalized
from fingerpost.domain.names.alias import Alias
from fingerpost.domain.names.names import ArtifactName, ArtifactTypeName, Tag
from fingerpost.domain.versions.origin import Origin
from fingerpost.domain.versions.ttl import INHERITED, ArtifactTTL, TimeToLive

from .arguments import listed
from .current import Home, current_run
from .draft import DraftEntries
from .fetched import Fetched
from .workspace import Workspace


class ArtifactState:
    """The state, and what of it can be changed. See :class:`~fingerpost.Artifact`."""

    _origin: Origin | None = None
    """Of a draft that is imported: what the other registry says of it."""

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
        del use_as
        _warn_of_no_effect(incremental, storage_region)
        self._name = ArtifactName(name)
        self._type = ArtifactTypeName(type)
        self._description = description
        self._metadata: dict[str, Any] = dict(normalized(metadata))
        self._aliases: list[str] = []
        self._tags: list[str] = []
        self._ttl = INHERITED
        self._is_final = False
        self._fetched: Fetched | None = None
        self._base: Fetched | None = None
        self._referred: list[tuple[str, OpenStore]] = []
        run = current_run()
        self._home = Home.of(run) if run else None
        self._draft = DraftEntries(
            run.new_spool if run else StagingArea,
            run.resolvers if run else default_resolvers(),
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
        self._base = None
        self._referred = []
        algorithm = DigestAlgorithm.of_artifact(row.digest)
        self._draft = DraftEntries(StagingArea, workspace.resolvers, algorithm)
        self._become(workspace, collection, row, aliases)
        return self

    def _draft_of(self, fetched: Fetched) -> Self:
        workspace, source = fetched.workspace, fetched.source_collection
        algorithm = DigestAlgorithm.of_artifact(fetched.row.digest)
        draft = type(self)(str(self._name), str(self._type), self._description, self._metadata)
        draft._base = fetched
        draft._home = Home(
            entity=source.entity,
            project=source.project,
            actor=str(workspace.actor),
            store=workspace.opened,
        )
        draft._draft = DraftEntries(workspace.new_spool, workspace.resolvers, algorithm)
        if draft._draft.fill(fetched.manifest.values_in_order()):
            # Such a reference means nothing in another store.
            draft._referred.append((fetched.qualified_name, workspace.opened))
        return draft

    def _become(
        self,
        workspace: Workspace,
        collection: CollectionRow,
        row: VersionRow,
        aliases: Sequence[str] | None = None,
    ) -> None:
        self._fetched = Fetched(workspace, collection, row)
        self._base = None
        self._is_final = True
        self._name = ArtifactName(self._fetched.source_collection.name)
        self._type = ArtifactTypeName(row.type)
        self._read_editable(aliases)

    def _read_editable(self, aliases: Sequence[str] | None = None) -> None:
        fetched = self._require_logged("read it")
        held = fetched.aliases() if aliases is None else aliases
        self._baseline = fetched.editable(held)
        self._description = self._baseline.description
        self._metadata = deepcopy(self._baseline.metadata)
        self._aliases = list(held)
        self._tags = sorted(self._baseline.tags)
        self._ttl = self._baseline.ttl

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

    @property
    def ttl(self) -> timedelta | None:
        """How long it is kept from when it was logged; ``None`` for ever. Of a link, its source's.

        Set it to a ``timedelta``, to ``None``, or to ``ArtifactTTL.INHERIT`` for the team's
        default, which is also what counts while nothing was set. Linking a version to a registry
        sets it to ``None``.

        Raises:
            ArtifactNotLoggedError: it is inherited, and of a draft nobody knows yet from where.
            InvalidValueError: (setting) not a duration of at least a second (a ``ValueError``).
            LinkedVersionError: (setting) it is a link: those are kept (a ``ValueError``).
        """
        default_s = None
        if self._ttl.inherits:
            default_s = self._require_logged("read the ttl that it inherits").row.default_ttl_s
        kept_s = self._ttl.effective_s(default_s)
        return None if kept_s is None else timedelta(seconds=kept_s)

    @ttl.setter
    def ttl(self, ttl: timedelta | ArtifactTTL | None) -> None:
        wanted = TimeToLive.of(ttl)
        fetched = self._fetched
        if fetched is not None and fetched.row.source is not None and wanted != self._ttl:
            raise LinkedVersionError(fetched.source_name, [fetched.qualified_name])
        self._ttl = wanted


def _warn_of_no_effect(incremental: object, storage_region: object) -> None:
    if incremental:
        warnings.warn(
            "incremental=True has no effect: fetch the version to build on and call its "
            "new_draft()",
            UserWarning,
            stacklevel=3,
        )
    if storage_region is not None:
        warnings.warn(
            f"storage_region={storage_region!r} has no effect: content is where the store is",
            UserWarning,
            stacklevel=3,
        )
