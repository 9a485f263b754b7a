"""What an artifact holds before it is logged: files, references and objects, added one by one."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any, Literal, Self

from fingerpost import adapters, application
from fingerpost.domain.errors import EntryExistsError, EntryOpenError, ForeignStoreError
from fingerpost.domain.manifest.artifact_reference import referring_to
from fingerpost.domain.manifest.digest_algorithm import DigestAlgorithm
from fingerpost.domain.manifest.entry import Entry
from fingerpost.domain.manifest.entry_path import EntryPath
from fingerpost.domain.metadata.metadata import normalized
from fingerpost.domain.names.alias import Alias
from fingerpost.domain.names.names import ArtifactName, ArtifactTypeName, Tag
from fingerpost.domain.versions.origin import Origin

from .added_paths import AddedPaths
from .adding_arguments import checked_encoding, checked_mode, checked_reference
from .annotations import Annotations
from .arguments import StrPath, checked_local_path
from .current import Home, current_run
from .draft_entries import DraftEntries, as_text
from .logged_version import LoggedVersion
from .objects import add_object

if TYPE_CHECKING:
    from fingerpost.adapters.codecs import Codec
    from fingerpost.adapters.drafts.entries import RecordedEntries, SpillingEntries
    from fingerpost.application.collections.versions import Draft
    from fingerpost.application.manifests.entry_pages import DraftPages
    from fingerpost.application.manifests.manifests import PendingManifest
    from fingerpost.application.ports.content_store import BytesWritten
    from fingerpost.application.ports.references import ObjectsFound
    from fingerpost.bootstrap.store import OpenStore


class ArtifactDraft:
    """Files, references and objects that are to be logged as a version.

    Attributes:
        added: local paths, and the entries that they became.
        base: the version that it was made from, if any.
        home: where it is logged when it is saved outside of a run.
        is_final: whether nothing more is to be added.
        origin: where it was imported from, if it was.
    """

    def __init__(
        self, contents: DraftEntries, home: Home | None = None, base: LoggedVersion | None = None
    ) -> None:
        self.added = AddedPaths()
        self.base = base
        self.home = home
        self.is_final = False
        self.origin: Origin | None = None
        self._contents = contents
        self._referred: list[tuple[str, OpenStore]] = []

    @classmethod
    def empty(cls, algorithm: DigestAlgorithm) -> Self:
        """Return an empty draft, which belongs to the current run, if there is one."""
        run = current_run()
        contents = DraftEntries(
            run.new_spool if run else adapters.drafts.staging_area.StagingArea,
            run.resolvers if run else adapters.references.default_resolvers(),
            algorithm,
        )
        return cls(contents, Home.of(run) if run else None)

    @classmethod
    def of_version(cls, version: LoggedVersion) -> Self:
        """Return a draft that begins with the entries of a version, and goes where that is."""
        workspace, source = version.workspace, version.source_collection
        home = Home(
            entity=source.entity,
            project=source.project,
            actor=str(workspace.actor),
            store=workspace.opened,
        )
        contents = DraftEntries(
            workspace.new_staging_area, workspace.resolvers, version.digest_algorithm
        )
        draft = cls(contents, home, version)
        if contents.fill(version.manifest.values_in_order()):
            # Such a reference means nothing in another store.
            draft._referred.append((version.qualified_name, workspace.opened))
        return draft

    @property
    def entries(self) -> "SpillingEntries":
        """What was added so far, by path."""
        return self._contents.entries

    @property
    def digest_algorithm(self) -> DigestAlgorithm:
        """What digests are made with."""
        return self._contents.digest_algorithm

    def add_file(
        self,
        path: StrPath,
        name: StrPath | None,
        *,
        policy: str,
        is_tmp: bool,
        overwrite: bool,
        progress: "BytesWritten | None",
    ) -> Entry:
        """Add a local file."""
        local = checked_local_path(path)
        entry = self._contents.add_file(
            local, name, policy=policy, overwrite=overwrite, is_tmp=is_tmp, progress=progress
        )
        self.added.add_file(local, entry.path)
        return entry

    def add_dir(
        self,
        path: StrPath,
        name: StrPath | None,
        *,
        policy: str,
        overwrite: bool,
        progress: "BytesWritten | None",
    ) -> None:
        """Add all files below a local folder, or none."""
        local = checked_local_path(path)
        self._contents.add_dir(local, name, policy=policy, overwrite=overwrite, progress=progress)
        self.added.add_folder(local, None if name is None else as_text(name))

    @contextmanager
    def new_file(self, name: str, mode: str, encoding: str | None) -> Iterator[IO[Any]]:
        """Open a new file to write into, and add it at the end of the block."""
        overwrite = checked_mode(mode).startswith("w")
        path = EntryPath.clean(name)
        if path in self.entries and not overwrite:
            raise EntryExistsError(name, "Use mode='w' to replace it.")
        local = self._contents.staging_area.new_path()
        text = None if "b" in mode else checked_encoding(encoding)
        self._contents.being_written.append(str(path))
        try:
            with local.open("xb" if text is None else "x", encoding=text) as file:
                yield file
            self._contents.add_file(local, path, policy="mutable", overwrite=overwrite)
        finally:
            self._contents.being_written.remove(str(path))
            local.unlink(missing_ok=True)

    def add_object(
        self, obj: Any, name: StrPath, *, overwrite: bool, codec: "Codec | str | None"
    ) -> Entry:
        """Add an object as a file of its ecosystem's own format."""
        return add_object(self._contents, obj, as_text(name), overwrite=overwrite, codec=codec)

    def add_reference(
        self,
        uri: object,
        name: StrPath | None,
        checksum: bool | Literal["content"],
        max_objects: int | None,
        progress: "ObjectsFound | None",
    ) -> "RecordedEntries":
        """Add what a URI stands for, or nothing."""
        wanted = checked_reference(
            uri, name, checksum, max_objects, self.digest_algorithm, progress
        )
        entries = self._contents.add_reference(wanted)
        if self.home is not None and entries.has_content:
            self._referred.append((wanted.uri, self.home.store))
        return entries

    def refer_to(self, version: LoggedVersion, entry: Entry, name: StrPath | None) -> Entry:
        """Add a reference to an entry of a logged version of the same store."""
        version.require_use()
        opened = version.workspace.opened
        if self.home is not None and self.home.store.identity != opened.identity:
            raise ForeignStoreError(
                version.qualified_name, opened.location, self.home.store.location
            )
        _, source = version.source()
        path = None if name is None else EntryPath.clean(as_text(name))
        wanted = referring_to(entry, source.ref, path)
        added = self._contents.refer(wanted, opened.store.content)
        self._referred.append((version.qualified_name, opened))
        return added

    def put(self, entry: Entry, *, overwrite: bool) -> None:
        """Add an entry as it is, whose bytes are elsewhere or were added before."""
        self._contents.put(entry, None, overwrite=overwrite)

    def remove(self, path: str) -> None:
        """Remove an entry, or all entries below a folder."""
        self._contents.remove(path)

    def require_closed(self, name: str) -> None:
        """Return unless a file of :meth:`new_file` is still being written.

        Raises:
            EntryOpenError: one is.
        """
        if self._contents.being_written:
            raise EntryOpenError(name, tuple(self._contents.being_written))

    def require_known_in(self, opened: "OpenStore") -> None:
        """Return if what is referred to means the same in this store.

        Raises:
            ForeignStoreError: an entry of an artifact in another store is referred to.
        """
        for what, store in self._referred:
            if store.identity != opened.identity:
                raise ForeignStoreError(what, store.location, opened.location)

    def manifest(self) -> "PendingManifest":
        """Return the manifest that it would have if it were logged now."""
        return application.manifests.manifests.PendingManifest(
            self.entries, adapters.files.hashing.hash_bytes, self.digest_algorithm
        )

    def pages(self) -> "DraftPages":
        """Return the pages of that manifest."""
        return application.manifests.entry_pages.DraftPages(self.entries, self.manifest())

    def to_log(
        self,
        name: ArtifactName,
        type: ArtifactTypeName,
        annotations: Annotations,
        aliases: Sequence[Alias],
        tags: Sequence[Tag],
        store: "OpenStore",
    ) -> "Draft":
        """Return what is to be logged in a store, with these aliases and tags added."""
        base = self.base
        is_base_here = base is not None and base.workspace.opened.identity == store.identity
        return application.collections.versions.Draft(
            name=name,
            type=type,
            description=annotations.description,
            metadata=normalized(annotations.metadata),
            entries=self.entries,
            sources=adapters.drafts.staging_area.Sources(
                self._contents.sources, base.workspace.opened.store.content if base else None
            ),
            aliases=[*map(Alias, annotations.aliases), *aliases],
            tags=[*map(Tag, annotations.tags), *tags],
            ttl=None if annotations.ttl.inherits else annotations.ttl,
            base=base.source_ref if base is not None and is_base_here else None,
            digest_algorithm=self.digest_algorithm,
            origin=self.origin,
        )

    def close(self) -> None:
        """Forget the entries, and remove the copies of their files: they are logged."""
        self._contents.close()
