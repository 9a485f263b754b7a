"""The artifact: a draft that is being put together, or one logged version."""

import logging
import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final, Literal, Self

from fingerpost import application
from fingerpost.domain.errors import (
    ArtifactFinalizedError,
    ArtifactNotLoggedError,
    ForeignStoreError,
    InvalidValueError,
    LinkedVersionError,
    NotALinkError,
)
from fingerpost.domain.manifest.digest import Digest
from fingerpost.domain.manifest.digest_algorithm import DigestAlgorithm
from fingerpost.domain.metadata.metadata import is_same, normalized
from fingerpost.domain.names.alias import Alias
from fingerpost.domain.names.names import ArtifactName, ArtifactTypeName, Tag
from fingerpost.domain.names.paths import RegistryPath, parse_target_path
from fingerpost.domain.versions.origin import Origin
from fingerpost.domain.versions.ttl import ArtifactTTL, TimeToLive
from fingerpost.domain.versions.version import VersionRef

from .added_paths import AddedPaths
from .annotations import Annotations
from .approving import Approval, approvals_of
from .arguments import StrPath, checked_local_path, listed
from .artifact_draft import ArtifactDraft
from .collection import Collection
from .comparing import side_of_draft, side_of_version
from .current import Home, current_run
from .diff import Diff
from .difference import Side
from .draft_entries import as_text
from .entry import ArtifactEntry, Manifest, entries_of
from .files import Files, prefix_of_paths, require_page_size
from .lineage import Lineage, lineage_of
from .logged_version import LoggedVersion
from .objects import read_object
from .recorded_run import RecordedRun
from .started_run import StartedRun, start_run
from .version_files import VersionFiles
from .version_holder import VersionHolder
from .workspace import Workspace

if TYPE_CHECKING:
    from fingerpost.adapters.codecs import Codec
    from fingerpost.adapters.downloads.drift import DriftReport, ReferencesCompared
    from fingerpost.application.collections.versions import LinkTo
    from fingerpost.application.json_form import Json
    from fingerpost.application.manifests.ordered_entries import OrderedEntries
    from fingerpost.application.ports.content_store import BytesWritten
    from fingerpost.application.ports.references import ObjectsFound
    from fingerpost.application.read_models.rows import CollectionRow, VersionRow
    from fingerpost.application.transactions.transaction import Session
    from fingerpost.bootstrap.store import OpenStore


_LOG: Final = logging.getLogger("fingerpost")


class Artifact(VersionHolder):
    """A versioned folder of files and references.

    Made with its constructor it is a draft: fill it with the methods that begin with ``add``, then
    log it with ``run.log_artifact(artifact)`` or :meth:`save`. Logged or fetched it is one
    version: its files never change; ``description``, ``metadata``, ``aliases`` and ``tags`` can be
    set and are persisted by :meth:`save`. Not shared between threads.

    Args:
        name: letters, digits, ``_ - .``, 1 to 128 characters; unique in its project.
        type: what kind of artifact it is, such as ``dataset`` or ``model``.
        description: free text.
        metadata: JSON, at most 100 top-level keys.
        incremental: accepted with a warning that it has no effect; see :meth:`new_draft`.
        use_as: accepted; deprecated, and nothing is done with it.
        storage_region: accepted with a warning that it has no effect: content is where the
            store is.
        digest_algorithm: what digests are made with: ``blake3``, ``sha256`` where a standard asks
            for it, or ``md5`` for W&B's own digests and manifest, to compare with.

    Raises:
        InvalidNameError: name or type is not valid; offers one that is.
        InvalidValueError: the digest algorithm is unknown (a ``ValueError``).
        InvalidMetadataError: metadata is not JSON.

    *Source*: W&B's class reference.
    """

    # A facade. Its parts are a draft or a logged version, never both, and the annotations that
    # either of them has.
    _draft: ArtifactDraft | None
    _logged: LoggedVersion | None

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
        self._annotations = Annotations(
            description=description, metadata=dict(normalized(metadata))
        )
        self._become_draft(ArtifactDraft.empty(DigestAlgorithm.named(digest_algorithm)))

    @classmethod
    def _of(
        cls,
        workspace: Workspace,
        collection: "CollectionRow",
        row: "VersionRow",
        aliases: Sequence[str] | None = None,
        /,
    ) -> Self:
        """Return the artifact that stands for a version, as it was read from the store."""
        artifact = cls.__new__(cls)
        artifact._become_version(LoggedVersion(workspace, collection, row), aliases)
        artifact._added = AddedPaths()
        return artifact

    def _become_draft(self, draft: ArtifactDraft) -> None:
        self._draft, self._logged = draft, None
        self._added = draft.added

    def _become_version(self, version: LoggedVersion, aliases: Sequence[str] | None = None) -> None:
        self._draft, self._logged = None, version
        self._name = ArtifactName(version.source_collection.name)
        self._type = ArtifactTypeName(version.row.type)
        self._annotations = Annotations.of_version(version, aliases)

    def _require_logged(self, attempted: str) -> LoggedVersion:
        if self._logged is None:
            raise ArtifactNotLoggedError(str(self._name), attempted)
        return self._logged

    def _require_draft(self, attempted: str) -> ArtifactDraft:
        if self._draft is None or self._draft.is_final:
            raise ArtifactFinalizedError(self.name, attempted)
        return self._draft

    # --- what it is -----------------------------------------------------------------------------

    def is_draft(self) -> bool:
        """Whether it has not been logged yet."""
        return self._draft is not None

    @property
    def state(self) -> str:
        """``PENDING`` for a draft, ``COMMITTED`` once logged, ``DELETED`` after deletion."""
        return self._logged.state if self._logged else "PENDING"

    @property
    def name(self) -> str:
        """``collection:vN``; of a draft, the name alone."""
        return self._logged.name if self._logged else str(self._name)

    @property
    def type(self) -> str:
        """Type, such as ``dataset``."""
        return str(self._type)

    @property
    def id(self) -> str | None:
        """Identity of the version: it never changes. ``None`` for a draft."""
        return self._logged.id if self._logged else None

    @property
    def entity(self) -> str:
        """Entity of the collection that it was fetched from; for a link, the organization's."""
        return self._require_logged("read its entity").collection.entity

    @property
    def project(self) -> str:
        """Project of the collection that it was fetched from."""
        return self._require_logged("read its project").collection.project

    @property
    def qualified_name(self) -> str:
        """``entity/project/name:vN``."""
        return self._require_logged("read its qualified name").qualified_name

    @property
    def version(self) -> str:
        """``vN``; of a link, the number in the registry collection."""
        return self._require_logged("read its version").row.label

    @property
    def collection(self) -> Collection:
        """The collection that it was fetched from."""
        version = self._require_logged("read its collection")
        return Collection(version.workspace, version.collection)

    @property
    def is_link(self) -> bool:
        """Whether it was fetched through a registry."""
        return self._logged is not None and self._logged.row.source is not None

    @property
    def source_collection(self) -> Collection:
        """The collection that it was logged to."""
        version = self._require_logged("read its source collection")
        return Collection(version.workspace, version.source_collection)

    @property
    def source_entity(self) -> str:
        """Entity of the source artifact."""
        return self._require_logged("read its source").source_collection.entity

    @property
    def source_project(self) -> str:
        """Project of the source artifact."""
        return self._require_logged("read its source").source_collection.project

    @property
    def source_name(self) -> str:
        """``collection:vN`` of the source artifact; of a draft, the name alone."""
        return self._logged.source_name if self._logged else str(self._name)

    @property
    def source_qualified_name(self) -> str:
        """``entity/project/name:vN`` of the source artifact."""
        version = self._require_logged("read its source")
        return f"{self.source_entity}/{self.source_project}/{version.source_name}"

    @property
    def source_version(self) -> str:
        """``vN`` of the source artifact."""
        return self._require_logged("read its source").source_label

    @property
    def source_artifact(self) -> "Artifact":
        """The artifact that was logged; itself if it is no link."""
        version = self._require_logged("read its source")
        if not self.is_link:
            return self
        return Artifact._of(version.workspace, *version.source())

    @property
    def linked_artifacts(self) -> list["Artifact"]:
        """The links to a source artifact, oldest first, at most 500; none for a link."""
        version = self._require_logged("read its links")
        return [Artifact._of(version.workspace, *link) for link in version.links()]

    @property
    def base_artifact(self) -> "Artifact | None":
        """The version that this one was made from with :meth:`new_draft`, if any.

        Raises:
            ArtifactNotLoggedError: it is a draft that was made from scratch.
            VersionNotFoundError: that version was deleted.
        """
        if self._draft is not None and self._draft.base is not None:
            base = self._draft.base
            return Artifact._of(base.workspace, *base.source())
        version = self._require_logged("read what it was made from")
        if version.row.base is None:
            return None
        return Artifact._of(version.workspace, *version.at(version.row.base))

    @property
    def digest(self) -> str:
        """Digest over all that decides what one gets back; known of drafts too.

        W&B's own with ``digest_algorithm="md5"``: over paths and digests alone.
        """
        if self._draft is not None:
            return self._draft.manifest().digest
        return self._require_logged("read its digest").row.digest

    @property
    def digest_algorithm(self) -> str:
        """``blake3``, ``sha256`` or ``md5``."""
        if self._draft is not None:
            return self._draft.digest_algorithm.value
        return self._require_logged("read its digest").digest_algorithm.value

    @property
    def size(self) -> int:
        """Total size in bytes, references included."""
        if self._draft is not None:
            return self._draft.entries.size_bytes
        return self._require_logged("read its size").row.size_bytes

    @property
    def file_count(self) -> int:
        """Number of entries, references included."""
        if self._draft is not None:
            return len(self._draft.entries)
        return self._require_logged("count its files").row.file_count

    @property
    def created_at(self) -> datetime:
        """When it was logged, or linked; UTC."""
        return self._require_logged("read when it was made").row.created_at

    @property
    def created_by(self) -> str:
        """Who logged it, or linked it."""
        return self._require_logged("read who made it").row.created_by

    @property
    def updated_at(self) -> datetime:
        """When something was last said of it; UTC."""
        return self._require_logged("read when it was changed").row.updated_at

    @property
    def url(self) -> str:
        """The store's URL, and in it the artifact's path: ``file:///…/store#entity/project/name:vN``.

        It tells this version from every other in the world, in a report say. Nothing serves it: to
        fetch the artifact, open the store and ask for the path behind ``#``.
        """
        from urllib.parse import quote

        version = self._require_logged("read its URL")
        return f"{_url(version.workspace.opened.location)}#{quote(version.qualified_name, '/:')}"

    @property
    def origin(self) -> Origin | None:
        """What another registry said of it, if it was imported from there; of a link, its source's.

        ``None`` for a draft.
        """
        return self._logged.row.origin if self._logged else None

    @property
    def commit_hash(self) -> str:
        """Hex digits of the content digest under which its manifest was stored.

        What is in the artifact decides it and nothing else, so the same content has the same one.
        """
        row = self._require_logged("read its commit hash").row
        return Digest(row.manifest).hex

    @property
    def use_as(self) -> None:
        """Always ``None``: nothing is done with it. Deprecated in W&B, where it is so too."""
        return

    def json_encode(self) -> dict[str, Any]:
        """Return what stands for the artifact in JSON documents, in W&B's form.

        Raises:
            ArtifactNotLoggedError: it is a draft.

        *Source*: ``artifact_to_json`` of W&B's client.
        """
        version = self._require_logged("encode it")
        return {
            "_type": "artifactVersion",
            "_version": "v0",
            "id": version.id,
            "version": version.source_label,
            "sequenceName": version.source_collection.name,
            "usedAs": self.use_as,
        }

    # --- what its owner writes about it ---------------------------------------------------------

    @property
    def description(self) -> str | None:
        """Free text; of a link, its source's."""
        return self._annotations.description

    @description.setter
    def description(self, description: str | None) -> None:
        self._annotations.description = description

    @property
    def metadata(self) -> dict[str, Any]:
        """JSON; a dictionary to change in place, or to replace."""
        return self._annotations.metadata

    @metadata.setter
    def metadata(self, metadata: dict[str, Any] | None) -> None:
        self._annotations.metadata = dict(normalized(metadata))

    @property
    def aliases(self) -> list[str]:
        """Aliases; a list to change in place, or to replace. Version numbers are not in it."""
        return self._annotations.aliases

    @aliases.setter
    def aliases(self, aliases: Iterable[str]) -> None:
        self._annotations.aliases = [str(Alias(alias)) for alias in listed(aliases, "aliases")]

    @property
    def tags(self) -> list[str]:
        """Tags; a list to change in place, or to replace. Of a link, its source's."""
        return self._annotations.tags

    @tags.setter
    def tags(self, tags: Iterable[str]) -> None:
        self._annotations.tags = [str(Tag(tag)) for tag in listed(tags, "tags")]

    @property
    def ttl(self) -> timedelta | None:
        """How long it is kept after it was logged; ``None`` for no limit. Of a link, its source's.

        Set it to a ``timedelta``, to ``None``, or to ``ArtifactTTL.INHERIT`` for the team's
        default, which is also what counts while nothing was set. Linking a version to a registry
        sets it to ``None``.

        Raises:
            ArtifactNotLoggedError: it is inherited, and a draft has no team to inherit it from yet.
            InvalidValueError: (setting) not a duration of at least a second (a ``ValueError``).
            LinkedVersionError: (setting) it is a link: those are kept (a ``ValueError``).
        """
        default_s = None
        if self._annotations.ttl.inherits:
            default_s = self._require_logged("read the ttl that it inherits").row.default_ttl_s
        kept_s = self._annotations.ttl.effective_s(default_s)
        return None if kept_s is None else timedelta(seconds=kept_s)

    @ttl.setter
    def ttl(self, ttl: timedelta | ArtifactTTL | None) -> None:
        wanted, version = TimeToLive.of(ttl), self._logged
        is_link = version is not None and version.row.source is not None
        if version is not None and is_link and wanted != self._annotations.ttl:
            raise LinkedVersionError(version.source_name, [version.qualified_name])
        self._annotations.ttl = wanted

    # --- adding to a draft ----------------------------------------------------------------------

    def add_file(
        self,
        local_path: StrPath,
        name: StrPath | None = None,
        is_tmp: bool | None = False,
        skip_cache: bool | None = False,
        policy: str | None = "mutable",
        overwrite: bool = False,
        *,
        progress: "BytesWritten | None" = None,
    ) -> ArtifactEntry:
        """Add a local file.

        Args:
            local_path: the file; a link to a file is followed.
            name: path in the artifact; by default the file's base name.
            is_tmp: name it after its content instead of its random temporary name.
            skip_cache: accepted; there is no staging cache to skip.
            policy: ``mutable`` takes a private copy now, so that later changes to the file do not
                matter; ``immutable`` reads it again when it is logged, and refuses a changed one.
            overwrite: replace an entry that is there already.
            progress: receives the number of bytes handled since the last call.

        Raises:
            ArtifactFinalizedError: it is logged already.
            SourceFileError: the path is missing or no file (a ``FileNotFoundError``).
            InvalidPathError: the name is not a path inside an artifact (a ``ValueError``).
            EntryExistsError: other content is there already (a ``ValueError``).
            InvalidValueError: unknown policy (a ``ValueError``).
        """
        del skip_cache
        entry = self._require_draft(f"add {str(local_path)!r}").add_file(
            local_path,
            name,
            policy=policy or "mutable",
            is_tmp=bool(is_tmp),
            overwrite=overwrite,
            progress=progress,
        )
        return ArtifactEntry(self, entry)

    def add_dir(
        self,
        local_path: StrPath,
        name: StrPath | None = None,
        skip_cache: bool | None = False,
        policy: str | None = "mutable",
        merge: bool = False,
        *,
        progress: "BytesWritten | None" = None,
    ) -> None:
        """Add all files below a local folder; if one cannot be added, none is.

        Links to files are followed, links to folders are not (each is named in a warning).

        Args:
            local_path: the folder.
            name: path in the artifact to put them under; by default its root.
            skip_cache: accepted; there is no staging cache to skip.
            policy: as for :meth:`add_file`.
            merge: replace entries whose content differs.
            progress: receives the number of bytes handled since the last call.

        Raises:
            ArtifactFinalizedError: it is logged already.
            SourceFileError: the path is missing or no folder (a ``FileNotFoundError``).
            EntryExistsError: other content is there already (a ``ValueError``).
        """
        del skip_cache
        draft = self._require_draft(f"add {str(local_path)!r}")
        draft.add_dir(
            local_path, name, policy=policy or "mutable", overwrite=merge, progress=progress
        )

    @contextmanager
    def new_file(
        self, name: str, mode: str = "x", encoding: str | None = None
    ) -> Iterator[IO[Any]]:
        """Open a new file to write into; it is added when the block ends without an exception.

        Args:
            name: path in the artifact.
            mode: ``x`` or ``w``, with ``b`` for bytes; ``w`` replaces an entry that is there.
            encoding: of text; UTF-8 by default.

        Raises:
            ArtifactFinalizedError: it is logged already.
            InvalidValueError: another mode.
            EntryExistsError: (``x``) something is there already.
        """
        draft = self._require_draft(f"write {name!r}")
        with draft.new_file(name, mode, encoding) as file:
            yield file

    def add_reference(
        self,
        uri: str | ArtifactEntry,
        name: StrPath | None = None,
        checksum: bool | Literal["content"] = True,
        max_objects: int | None = None,
        *,
        progress: "ObjectsFound | None" = None,
    ) -> Sequence[ArtifactEntry]:
        """Track data that stays where it is.

        What a URI stands for is added as a whole or, if anything goes wrong, not at all. However
        many objects that are, memory does not grow with them.

        Args:
            uri: ``file:///…``, a file or a folder; an ``https://…`` URL; any other URI under a
                ``name``, tracked without being looked at; or an entry of another logged artifact
                of the same store. Its content stays stored for as long as this artifact does,
                whatever becomes of the other. Of a linked artifact, the source's entry is
                referred to; an entry that is a reference itself is recorded as that.
            name: path in the artifact, or prefix for the files of a folder.
            checksum: whether to look at the data; if not, a change of it is not noticed.
                ``"content"`` reads all of it once and records a digest of the bytes as well as what
                the provider says of them; it is compared whenever they are read.
            max_objects: more files than this are an error; 10,000,000 by default.
            progress: receives the number of objects found since the last call.

        Returns:
            The entries that were added. Of more than 50,000, those that are asked for are read from
            a temporary file, which is there for as long as this is held.

        Raises:
            ArtifactFinalizedError: it is logged already.
            InvalidReferenceError: the URI resolves to nothing, or is of an unknown kind.
            InvalidValueError: an argument is not one of those above (a ``ValueError``).
            PluginError: no installed resolver knows the URI, and one that might is broken.
            LimitExceededError: it stands for too many files.
            EntryExistsError: something else is at the path already (a ``ValueError``).
            StoreUnavailableError: there is no room for the entries of a large folder.
            ArtifactNotLoggedError: the entry is a draft's.
            VersionNotFoundError: the entry's artifact was deleted.
            ForeignStoreError: the entry is in another store than the run that this was made in.
        """
        draft = self._require_draft(f"add {uri!r}")
        if isinstance(uri, ArtifactEntry):
            version = uri._artifact._require_logged(f"refer to its entry {uri.path!r}")
            return [ArtifactEntry(self, draft.refer_to(version, uri._entry, name))]
        added = draft.add_reference(uri, name, checksum, max_objects, progress)
        return entries_of(self, added)

    def add(
        self,
        obj: Any,
        name: StrPath,
        overwrite: bool = False,
        *,
        codec: "Codec | str | None" = None,
    ) -> ArtifactEntry:
        """Add an object: a table, an array, an image, a figure, a page, or sound.

        It is stored in its ecosystem's own file format, which is the one that the name's extension
        says, or else the usual one of its type, whose extension is appended to the name.

        Args:
            obj: of a type that there is a codec for.
            name: path in the artifact.
            overwrite: replace an entry that is there already.
            codec: a codec, or the name of one, instead of the one for its type.

        Returns:
            The entry, which says the path with the extension.

        Raises:
            ArtifactFinalizedError: it is logged already.
            NoCodecError: there is no codec for objects of this type (a ``ValueError``).
            UnencodableError: the format cannot hold this object (a ``ValueError``).
            LibraryMissingError: the codec needs a library that is not installed.
            EntryExistsError: other content is there already (a ``ValueError``).
            InvalidValueError: the name ends as files of other objects do (a ``ValueError``).
            PluginError: an installed codec cannot be loaded.
        """
        draft = self._require_draft(f"add {str(name)!r}")
        return ArtifactEntry(self, draft.add_object(obj, name, overwrite=overwrite, codec=codec))

    def remove(self, item: StrPath | ArtifactEntry) -> None:
        """Remove an entry, or all entries below a folder.

        Args:
            item: an entry, or a path in the artifact.

        Raises:
            ArtifactFinalizedError: it is logged already.
            ItemNotFoundError: nothing is there (a ``FileNotFoundError``).
        """
        path = item.path if isinstance(item, ArtifactEntry) else str(item)
        self._require_draft(f"remove {path!r}").remove(path)

    def get_added_local_path_name(self, local_path: StrPath) -> str | None:
        """Return the path in the artifact of a local file that was added to this object.

        Known of drafts, and of the same object once it is logged.

        Args:
            local_path: as it was given to :meth:`add_file`, or of a file below a folder that was
                given to :meth:`add_dir`; relative paths start from the working directory.

        Returns:
            The path, or ``None`` if no such file was added, or its entry was removed.
        """
        return self._added.name_of(checked_local_path(local_path), self._entries())

    # --- reading a version ----------------------------------------------------------------------

    @property
    def manifest(self) -> Manifest:
        """What it holds. Of a draft what it holds now; of a large one, whatever it holds then."""
        if self._draft is None:
            return Manifest(self, self._entries())
        entries = self._draft.entries
        if entries.is_in_memory:
            return Manifest(self, {str(e.path): e for e in entries.values_in_order()})
        return Manifest(self, application.manifests.ordered_entries.EntriesNow(self._entries))

    def _entries(self) -> "OrderedEntries":
        if self._draft is not None:
            return self._draft.entries
        return self._require_logged("read its manifest").manifest

    def get_entry(self, name: StrPath) -> ArtifactEntry:
        """Return the entry at a path.

        Raises:
            ArtifactNotLoggedError: it is a draft.
            EntryNotFoundError: it has no such entry (a ``KeyError``).
        """
        self._require_logged(f"get {str(name)!r}")
        return self.manifest.entries[str(name)]

    def get_path(self, name: StrPath) -> ArtifactEntry:
        """Return the entry at a path; the older name of :meth:`get_entry`."""
        return self.get_entry(name)

    def get(self, name: StrPath, *, codec: "Codec | str | None" = None) -> Any:
        """Return an object: what :meth:`add` stored, or any file of such a format.

        Reading it runs no code that the file may bring with it.

        Args:
            name: path in the artifact; the extension can be left out.
            codec: a codec, or the name of one, instead of the one for the extension.

        Raises:
            ArtifactNotLoggedError: it is a draft.
            EntryNotFoundError: it has no such entry (a ``KeyError``).
            InvalidValueError: without an extension the name stands for several (a ``ValueError``).
            NoCodecError: there is no codec for files of this kind (a ``ValueError``).
            UndecodableError: the file is not what its extension says (a ``ValueError``).
            LibraryMissingError: the codec needs a library that is not installed.
            ContentMismatchError: stored content is damaged.
            PluginError: an installed codec cannot be loaded.
        """
        version = self._require_logged(f"get {str(name)!r}")
        return read_object(version, as_text(name), codec)

    def files(
        self, names: Iterable[str] | None = None, per_page: int = 50, start: str | None = None
    ) -> Files:
        """Iterate over the files, in order of their paths.

        Args:
            names: only these paths; one that the artifact does not have is left out.
            per_page: checked, and without effect: files are read as they are asked for.
            start: ``.cursor`` of an earlier iteration over the files of this version, to go on
                behind it.

        Raises:
            ArtifactNotLoggedError: it is a draft.
            InvalidValueError: ``per_page`` is no positive number, or the cursor is that of
                another artifact (a ``ValueError``).
        """
        require_page_size(per_page)
        version = self._require_logged("list its files")
        wanted = None if names is None else frozenset(listed(names, "names"))
        return Files(self, version.manifest, wanted, start)

    def download(
        self,
        root: StrPath | None = None,
        allow_missing_references: bool = False,
        skip_cache: bool | None = None,
        path_prefix: StrPath | None = None,
        multipart: bool | None = None,
        *,
        progress: "BytesWritten | None" = None,
    ) -> str:
        """Write the files to a folder; what is there already with the same content stays.

        A file that is an entry and has other content is replaced, since the folder would not be
        the artifact otherwise. All other files stay as they are. Each file appears whole or not
        at all, and only after its content was verified. What was interrupted is gone on with by
        the next download to the folder; several may write to it at once.

        Args:
            root: the folder; by default ``./artifacts/NAME:vN``.
            allow_missing_references: skip references whose data is gone; one whose data has
                changed is an error all the same.
            skip_cache: neither read nor fill the download cache. It keeps what is not on this
                machine; for a store in a local folder there is nothing to skip.
            path_prefix: only entries whose paths start with this text, ``/``-separated:
                ``images`` stands for ``images2/owl.png`` too, ``images/`` does not.
            multipart: ``False`` works in the caller's thread alone; otherwise large files are
                written side by side on several threads, each file in one piece.
            progress: receives the number of bytes handled since the last call, in the caller's
                thread; adds up to ``size`` for a whole artifact, files that are there included.

        Returns:
            The folder.

        Raises:
            ArtifactNotLoggedError: it is a draft.
            RoleRequiredError: the actor may look at it, but not use it.
            InvalidValueError: no path can have the prefix (a ``ValueError``).
            ContentMismatchError: stored content is damaged.
            ReferenceMissingError: a referenced file is gone.
            ReferenceChangedError: a referenced file is not the one that was recorded.
            DestinationError: the folder cannot be written.
        """
        version = self._require_logged("download it")
        return VersionFiles(version).download(
            root,
            path_prefix=prefix_of_paths(path_prefix),
            allow_missing_references=allow_missing_references,
            skip_cache=bool(skip_cache),
            is_parallel=multipart is not False,
            progress=progress,
        )

    def checkout(self, root: StrPath | None = None) -> str:
        """Make a folder hold this artifact and nothing else: all other files in it are removed.

        Downloads first, and removes when all is there. A folder with a store in it is refused.

        Args:
            root: the folder; by default ``./artifacts/NAME:vN``.

        Returns:
            The folder.

        Raises:
            ArtifactNotLoggedError: it is a draft.
            InvalidValueError: there is a store in the folder (a ``ValueError``).
            DestinationError: something cannot be written or removed.
        """
        return VersionFiles(self._require_logged("check it out")).checkout(root)

    def file(self, root: StrPath | None = None) -> str:
        """Download an artifact of one file.

        Args:
            root: the folder; by default ``./artifacts/NAME:vN``.

        Returns:
            The path of the file.

        Raises:
            ArtifactNotLoggedError: it is a draft.
            InvalidValueError: it has no file, or more than one (a ``ValueError``).
        """
        return VersionFiles(self._require_logged("download it")).download_only_file(root)

    def verify(self, root: StrPath | None = None) -> None:
        """Compare a folder with this artifact, reading every file. References are not looked at.

        Args:
            root: the folder; by default the artifact is downloaded to ``./artifacts/NAME:vN``
                first.

        Raises:
            ArtifactNotLoggedError: it is a draft.
            VerificationError: names every missing, extra and different file (a ``ValueError``).
            DestinationError: a folder in it cannot be read.
        """
        VersionFiles(self._require_logged("verify it")).verify(root)

    def verify_references(self, *, progress: "ReferencesCompared | None" = None) -> "DriftReport":
        """Compare every reference with what it points at now. Nothing is written.

        Providers are asked for checksum, size and version; bytes are read where only they can
        tell: of files, of other artifacts' entries, and of what was added with
        ``checksum="content"``.

        Args:
            progress: receives the number of references compared since the last call, in the
                caller's thread.

        Returns:
            How many are the same, and each one that is not: changed, missing, unverifiable,
            refused or unreachable.

        Raises:
            ArtifactNotLoggedError: it is a draft.
            MissingExtraError: a library that is needed is not installed; names the extra.
            PluginError: a resolver that is needed cannot be loaded.
        """
        version = self._require_logged("verify its references")
        return VersionFiles(version).verify_references(progress)

    def diff(self, other: "Artifact") -> Diff:
        """Return what has to be changed of this artifact to get another one.

        Entries, metadata, description and tags are compared, with what was set and is not saved
        yet. Aliases are not: they say who points at a version, not what it is. Drafts are compared
        as they would be logged now, links by what they link to; the two may be of different
        collections and stores. No content is read, and of the two lists of entries only those
        pages that the artifacts do not share.

        Args:
            other: a draft, a version, or a link.

        Raises:
            InvalidValueError: it is no artifact (a ``ValueError``).
            EntryOpenError: a file of a draft is still being written.
            InvalidPathError: a draft cannot be logged: a path is a file and also a folder.
            ContentNotFoundError: it was deleted, and its manifest collected as garbage.
        """
        if not isinstance(other, Artifact):
            raise InvalidValueError(
                "artifact", other, "it is an Artifact", "Fetch it first: Api().artifact(PATH)."
            )
        return Diff(self._side(), other._side())

    def _side(self) -> Side:
        if self._draft is not None:
            return side_of_draft(str(self._name), self._draft, self._annotations)
        return side_of_version(self._require_logged("compare it"), self._annotations)

    # --- logging, and the next version ----------------------------------------------------------

    def finalize(self) -> None:
        """Let nothing more be added; logging does it too.

        Raises:
            EntryOpenError: a file of :meth:`new_file` is still being written.
        """
        if self._draft is not None:
            self._draft.require_closed(str(self._name))
            self._draft.is_final = True

    def wait(self, timeout: float | None = None) -> Self:
        """Return itself: logging is complete when ``log_artifact`` returns.

        Args:
            timeout: seconds, 0 or more; never needed.

        Raises:
            ArtifactNotLoggedError: nothing is under way, since it was never logged.
            InvalidValueError: the timeout is no number of seconds.
        """
        if timeout is not None and not (type(timeout) in (int, float) and timeout >= 0):
            raise InvalidValueError(
                "timeout", timeout, "it is a number of seconds, 0 or more", "Leave it out."
            )
        self._require_logged("wait for it")
        return self

    def save(
        self, project: str | None = None, settings: object = None, *, reason: str | None = None
    ) -> None:
        """Log a draft, or persist what was changed on a logged artifact.

        A draft is logged by the current run, else by the run that it was made in, else by a run of
        its own (job type ``auto``), in the place where it was made if that was in a run. Of a
        logged artifact only differences to what was fetched are written, in one step.

        Args:
            project: for a draft outside of a run.
            settings: accepted for code that passes it; has no effect.
            reason: why, for the history, of what is changed on a logged artifact; a registry may
                require one where aliases are among it.

        Raises:
            ReasonRequiredError: the registry requires a reason for aliases (a ``ValueError``).
        """
        del settings
        version = self._logged
        if version is None:
            self._log_in_some_run(project)
            return
        application.collections.edits.edit(
            version.session(), version.row.ref, self._annotations.changes(), reason
        )
        self._read_again(version)

    def new_draft(self) -> Self:
        """Return a draft with the same files, to be changed and logged as the next version.

        Logging it stores only what changed, and the new version remembers this one as its
        :attr:`base_artifact`. Name, type, description and metadata are the same; aliases, tags
        and time to live are not taken over. Of a link it is a draft of the source. Saved outside
        of a run, it goes where the source is.

        Raises:
            ArtifactNotLoggedError: it is a draft itself.
        """
        version = self._require_logged("make a new draft of it")
        version.require_use()
        made = type(self)(str(self._name), str(self._type), self.description, self.metadata)
        made._become_draft(ArtifactDraft.of_version(version))
        return made

    def _log_in_some_run(self, project: str | None) -> None:
        home = self._draft.home if self._draft else None
        run = current_run() or (None if home is None else home.running)
        if run is not None:
            run.log_artifact(self)
            return
        with self._started_run(project, home) as auto:
            self._require_in(auto.workspace.opened)
            self._log(auto)

    @staticmethod
    def _started_run(project: str | None, home: Home | None) -> StartedRun:
        # A draft that was made in a run, or from a version, goes where that is, whichever thread
        # saves it and however late.
        if home is None:
            return start_run(Artifact._of, project=project, job_type="auto")
        return start_run(
            Artifact._of,
            home.entity,
            project or home.project,
            "auto",
            store=home.store,
            actor=home.actor,
        )

    def _log(
        self,
        run: StartedRun,
        aliases: Sequence[Alias] = (),
        tags: Sequence[Tag] = (),
        *,
        link_to: "LinkTo | None" = None,
        reason: str | None = None,
        progress: "BytesWritten | None" = None,
    ) -> VersionRef | None:
        """Log a draft in a run, and stand for the version from here on; return the link made."""
        draft = self._draft
        if draft is None:
            raise ArtifactFinalizedError(self.name, "log it")
        draft.require_closed(str(self._name))
        self._follow_renamed(draft.base)
        logged = run.log(
            draft.to_log(
                self._name, self._type, self._annotations, aliases, tags, run.workspace.opened
            ),
            link_to=link_to,
            reason=reason,
            progress=progress,
        )
        if not logged.is_new:
            self._warn_of_what_is_not_said(logged.found.version)
        version = LoggedVersion(run.workspace, logged.found.collection, logged.found.version)
        self._become_version(version, logged.found.aliases)
        draft.close()
        return logged.link

    def _log_again(self, run: StartedRun, aliases: Sequence[Alias], tags: Sequence[Tag]) -> None:
        """Note a version as an output of a run, and write what was changed of it."""
        version = self._require_logged("log it")
        run.log_version(version.row.ref, self._annotations.changes(aliases, tags))
        self._read_again(version)

    def _read_again(self, version: LoggedVersion) -> None:
        version.refresh()
        self._annotations = Annotations.of_version(version)

    def _require_in(self, opened: "OpenStore") -> None:
        """Return if it is a draft that can be logged in a store, or a version of it."""
        if self._draft is not None:
            self._draft.require_known_in(opened)
        version = self._logged
        if version is not None and version.workspace.opened.identity != opened.identity:
            # Identities of collections follow from their names: it could pass for one of ours.
            home = version.workspace.opened.location
            raise ForeignStoreError(version.qualified_name, home, opened.location)

    def _follow_renamed(self, base: LoggedVersion | None) -> None:
        """Go where the base of a new draft is by now, if its collection was renamed."""
        if base is not None and str(self._name) == base.source_collection.name:
            self._name = ArtifactName(base.collection_now().name)

    def _warn_of_what_is_not_said(self, row: "VersionRow") -> None:
        """Warn that what a draft says of its content is not what the version with it says."""
        lost = []
        if self.description is not None and self.description != row.description:
            lost.append("description")
        if self.metadata and not is_same(normalized(self.metadata), row.metadata):
            lost.append("metadata")
        if lost:
            _LOG.warning(
                "%s: %s has this content already, so no version was made, and this draft's %s "
                "went nowhere: set what is to be changed on that version, and call save()",
                self._name,
                row.label,
                " and ".join(lost),
            )

    # --- links, deletion and approvals ----------------------------------------------------------

    def link(
        self,
        target_path: str,
        aliases: Iterable[str] | None = None,
        *,
        reason: str | None = None,
    ) -> "Artifact":
        """Link this version to a registry collection.

        Args:
            target_path: ``[ORG/]wandb-registry-REGISTRY/COLLECTION``, or
                ``[ORG/]registry/REGISTRY/COLLECTION``.
            aliases: custom aliases for the link.
            reason: why, for the history; a registry may require one for the aliases.

        Returns:
            The linked artifact.

        Raises:
            ReasonRequiredError: the registry requires a reason for aliases (a ``ValueError``).
            ArtifactNotLoggedError: it is a draft.
            RegistryNotFoundError: the registry does not exist.
            TypeNotPermittedError: the registry does not permit its type.
            PersonalEntityLinkError: it was logged under a personal entity.
        """
        version = self._require_logged("link it")
        checked = [Alias(alias) for alias in listed(aliases, "aliases")]
        return self._link(version.session(), parse_target_path(target_path), checked, reason)

    def _link(
        self,
        session: "Session",
        target: RegistryPath,
        aliases: Sequence[Alias],
        reason: str | None,
    ) -> "Artifact":
        version = self._require_logged("link it")
        ref = application.registries.links.link(
            session, version.source_ref, target, aliases, reason=reason
        )
        return Artifact._of(version.workspace, *version.at(ref))

    def unlink(self, *, reason: str | None = None) -> None:
        """Take this link out of its registry collection; the source stays.

        Args:
            reason: why, for the history; a registry may require one.

        Raises:
            ReasonRequiredError: the registry requires a reason (a ``ValueError``).
            ArtifactNotLoggedError: it is a draft.
            NotALinkError: it is a source artifact (a ``ValueError``).
        """
        version = self._require_logged("unlink it")
        if not self.is_link:
            raise NotALinkError(self.name)
        application.registries.links.unlink(version.session(), version.row.ref, reason=reason)
        version.is_deleted = True

    def delete(self, delete_aliases: bool = False, *, reason: str | None = None) -> None:
        """Delete this version and its links; of a link, the link alone.

        Args:
            delete_aliases: whether to delete it although it has aliases.
            reason: why, for the history; a registry that it is linked to may require one.

        Raises:
            ReasonRequiredError: such a registry requires a reason (a ``ValueError``).
            ArtifactNotLoggedError: it is a draft.
            VersionHasAliasesError: it has aliases.
            ProtectedVersionError: a link to it holds a protected alias.
        """
        version = self._require_logged("delete it")
        if self.is_link:
            self.unlink(reason=reason)
            return
        ref, session = version.row.ref, version.session()
        application.collections.versions.delete(
            session, ref, delete_aliases=delete_aliases, reason=reason
        )
        version.is_deleted = True

    def approve(self, alias: str, reason: str | None = None) -> None:
        """Approve that a protected alias of the registry moves to this link; once more is the same.

        The approval is for exactly this version: for its number, and for the bytes that its
        manifest names. A registry says with ``require_approvals`` how many an alias needs.

        Args:
            alias: a protected alias of the registry.
            reason: why, for the history.

        Raises:
            NotARegistryVersionError: this is a source version (a ``ValueError``).
            NoSuchThingError: the registry does not protect the alias.
            NotAPersonError: the actor is a service account.
            RoleRequiredError: the actor may not approve there; the attempt itself is recorded.
        """
        version = self._require_logged("approve it")
        application.collections.approvals.approve(
            version.session(), version.row.ref, Alias(alias), reason
        )

    def withdraw_approval(self, alias: str, reason: str | None = None) -> None:
        """Take the actor's approval back. Where the alias is already it stays.

        Raises:
            ApprovalNotFoundError: the actor had not approved.
            NotARegistryVersionError: this is a source version (a ``ValueError``).
        """
        version = self._require_logged("withdraw its approval")
        application.collections.approvals.withdraw(
            version.session(), version.row.ref, Alias(alias), reason
        )

    def approvals(self, alias: str | None = None) -> list[Approval]:
        """Return who approved this link, by alias, then oldest first.

        Args:
            alias: only those for this alias.

        Raises:
            NotARegistryVersionError: this is a source version (a ``ValueError``).
        """
        return approvals_of(self._require_logged("read its approvals"), alias)

    # --- where it came from, and what became of it ----------------------------------------------

    def logged_by(self) -> RecordedRun | None:
        """Return the run that first logged it; ``None`` if the actor may not see that run.

        Raises:
            ArtifactNotLoggedError: it is a draft.
        """
        version = self._require_logged("ask who logged it")
        row = version.logged_by()
        return None if row is None else RecordedRun(version.workspace, row)

    def used_by(self) -> list[RecordedRun]:
        """Return the runs that used it or its links, oldest first, each once.

        Those that the actor may not see, such as in other organizations, are left out.

        Raises:
            ArtifactNotLoggedError: it is a draft.
        """
        version = self._require_logged("ask who used it")
        return [RecordedRun(version.workspace, row) for row in version.used_by()]

    @property
    def history_step(self) -> int | None:
        """The last step at which the run that first logged it had noted metrics by then.

        ``None`` when it had noted none. See :meth:`fingerpost.Run.log`.

        Raises:
            ArtifactNotLoggedError: it is a draft.
        """
        return self._require_logged("read its history step").history_step()

    def lineage(
        self, depth: int | None = None, direction: str = "both", limit: int | None = None
    ) -> Lineage:
        """Return the runs that made it, of what, and what became of it; of a link, its source's.

        Args:
            depth: how many runs to go in each direction; all of them by default.
            direction: ``both``, ``upstream`` (where it came from) or ``downstream``.
            limit: how many artifacts, links and runs to show at most; 500 by default.

        Raises:
            ArtifactNotLoggedError: it is a draft.
            InvalidValueError: an argument is not valid.
        """
        version = self._require_logged("trace its lineage")
        return lineage_of(version.workspace, version.row.ref, depth, direction, limit)

    def to_dict(self) -> "Json":
        """Return the JSON form of a logged artifact.

        Raises:
            ArtifactNotLoggedError: it is a draft.
        """
        return application.json_form.plain_json(
            {
                "name": self.name,
                "qualified_name": self.qualified_name,
                "version": self.version,
                "type": self.type,
                "digest": self.digest,
                "size_bytes": self.size,
                "file_count": self.file_count,
                "aliases": self.aliases,
                "tags": self.tags,
                "description": self.description,
                "metadata": self.metadata,
                "created_at": self.created_at,
                "created_by": self.created_by,
                "source": self.source_qualified_name if self.is_link else None,
                "origin": self.origin,
            }
        )

    def __repr__(self) -> str:
        what = self.qualified_name if self._logged else f"{self._name} (draft)"
        return f"<Artifact {what} type={self.type!r}>"


def _url(location: str) -> str:
    return location if "://" in location else Path(location).absolute().as_uri()


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
