"""An open store."""

import os
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from fingerpost.adapters.downloads.cache import DownloadCache, NoCache
from fingerpost.adapters.files.stat_cache import StatCache
from fingerpost.application.ports.references import ReferenceResolver
from fingerpost.application.store import Store

from .download_cache import user_cache
from .followed_ledger import FollowedLedger
from .settings import MEMORY, allowed_webhook_hosts, secrets_key

if TYPE_CHECKING:
    from fingerpost.adapters.automations import AutomationsState
    from fingerpost.adapters.bundles import ExportedBundle
    from fingerpost.adapters.proofs import SigningKey
    from fingerpost.application.verification.report import VerificationReport


class OpenStore(FollowedLedger):
    """An open store: what ``store=`` takes wherever a folder or URL is taken.

    One store may be open many times, in several threads and processes. A context manager;
    closing is optional, and is done when the last reference goes away.

    Attributes:
        store: the ports.
        stat_cache: digests of local files that have not changed; ``None`` in memory.
        folder: where drafts may put files that a rename brings into the store; ``None`` where
            there is no such place.
        resolvers: know kinds of references, before those that Fingerpost knows.
    """

    def __init__(
        self,
        store: Store,
        folder: Path | None,
        stat_cache: StatCache | None,
        resolvers: Sequence[ReferenceResolver] = (),
    ) -> None:
        self.store = store
        self.folder = folder
        self.stat_cache = stat_cache
        self.resolvers = resolvers

    @property
    def location(self) -> str:
        """Folder or URL."""
        return self.store.location

    @cached_property
    def download_cache(self) -> DownloadCache | NoCache:
        """Copies of content that is not on this machine; shared by all stores of a user."""
        cache = user_cache()
        return cache if cache.limit_bytes else NoCache()

    @cached_property
    def automations(self) -> "AutomationsState":
        """What automations have delivered and owe, and the values of their secrets."""
        from fingerpost.adapters.automations import AutomationsState

        folder = None if self.store.location == MEMORY else Path(self.store.location)
        return AutomationsState.in_folder(folder, secrets_key, allowed_webhook_hosts)

    def rebuild(self) -> int:
        """Recreate the read tables from the ledger alone; return the number of events."""
        return self.store.events.rebuild()

    def verify(self, progress: Callable[[int], None] | None = None) -> "VerificationReport":
        """Read everything again and compare it with what was recorded; nothing is changed.

        Every event is read, the ledger's Merkle tree is computed again, the read tables are
        compared with the events, every stored byte is hashed, and the content of every version is
        looked for. Those who hold the store are asked for no role.

        Args:
            progress: called with the number of bytes of content read since the last call.

        Returns:
            A report with ``is_ok``, ``problems`` (each with ``where`` and ``problem``) and
            ``checked``: the numbers of events, versions and bytes that were looked at.

        Raises:
            StoreUnavailableError: ledger or content cannot be read.
        """
        from fingerpost.application.verification.whole_store import verify_store

        return verify_store(self.store, lambda: self.ledger.verify().problems, progress)

    def export(
        self,
        folder: str | os.PathLike[str],
        *,
        files: bool = True,
        after: int = 0,
        key: "SigningKey | None" = None,
        progress: Callable[[int], None] | None = None,
    ) -> "ExportedBundle":
        """Write all that happened, and the content, into a folder that can be carried elsewhere.

        :func:`fingerpost.imports.import_bundle` brings it into another store. Versions that are
        logged while it runs are left out. Interrupted, it goes on the next time from what is there.
        A folder with an earlier bundle of this store gets what is new.

        Args:
            folder: made when it is not there.
            files: whether the files of the versions come along, and not only their manifests.
            after: position; only events above it come, for who has the others already.
            key: signs a checkpoint of exactly what is in the bundle.
            progress: called with the number of bytes of files copied since the last call.

        Raises:
            InvalidBundleError: the folder holds something else (a ``ValueError``).
            InvalidValueError: ``after`` is beyond the end (a ``ValueError``).
            ContentNotFoundError: a version lacks content.
            CorruptLedgerError: an event cannot be read.
            StoreUnavailableError: the folder cannot be written.
        """
        from fingerpost.adapters.bundles import export_bundle

        return export_bundle(
            self.store,
            self.ledger,
            folder,
            files=files,
            after=after,
            key=key,
            progress=progress,
        )

    def close(self) -> None:
        """Release what is held open. Idempotent."""
        if self.stat_cache is not None:
            self.stat_cache.close()
        if "automations" in self.__dict__:
            self.automations.close()
        self.store.close()

    def __repr__(self) -> str:
        return f"OpenStore({self.location!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
