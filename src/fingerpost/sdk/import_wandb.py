"""Importing an artifact of W&B by its manifest."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from attrs import evolve, frozen

from fingerpost import adapters, application
from fingerpost.adapters.importers.wandb_about import WandbAbout
from fingerpost.adapters.importers.wandb_manifest import WandbManifest
from fingerpost.domain.errors import (
    ContentMismatchError,
    InvalidValueError,
    NotImportableError,
    SourceFileError,
)
from fingerpost.domain.manifest.entry import Entry
from fingerpost.domain.manifest.wandb_manifest import manifest_digest

from .arguments import StrPath, listed
from .artifact import Artifact
from .import_report import Imported
from .importing import Destination, Import
from .workspace import StoreLike

if TYPE_CHECKING:
    from fingerpost.application.importing import PeerVersion


_WANDB_SCHEME: Final = "wandb-artifact:"
_NAME_REMEDY: Final = "Say what to call it here, with name= or --name"
_NO_FILES: Final = (
    "Fetch them, with `wandb artifact get` say, and name their folder with files='FOLDER' or "
    "--files FOLDER; or keep references to W&B with keep_missing=True or --keep-missing."
)


def import_wandb_manifest(
    manifest: StrPath,
    *,
    name: str | None = None,
    type: str | None = None,
    files: StrPath | None = None,
    about: "StrPath | Mapping[str, Any] | None" = None,
    qualified_name: str | None = None,
    aliases: "str | Iterable[str] | None" = None,
    tags: "str | Iterable[str] | None" = None,
    description: str | None = None,
    metadata: Mapping[str, Any] | None = None,
    alias_names: Mapping[str, str] | None = None,
    keep_missing: bool = False,
    dry_run: bool = False,
    store: StoreLike = None,
    actor: str | None = None,
    entity: str | None = None,
    project: str | None = None,
    progress: Callable[[int], None] | None = None,
) -> Imported:
    """Import a version of a W&B artifact from its manifest, and the files that belong to it.

    Each file is compared with the md5 of the manifest before anything is logged. References stay
    references, with what W&B recorded of them; nothing of them is looked at. The version has W&B's
    own digest. A second time nothing is logged; aliases are moved to where they are said to be.

    Args:
        manifest: ``wandb_manifest.json``.
        name: name of the artifact; by default that in ``qualified_name``.
        type: its type; by default that in ``about``.
        files: folder with the files, as ``artifact.download()`` of wandb makes it.
        about: what W&B says beside the manifest: a JSON file, or a mapping, with any of
            ``qualified_name``, ``type``, ``aliases``, ``tags``, ``description``, ``metadata``,
            ``digest``, ``created_at`` and ``created_by``. The arguments come before it.
        qualified_name: ``entity/project/name:vN`` in W&B, for the recorded origin.
        aliases: custom aliases.
        tags: tags.
        description: free text.
        metadata: JSON.
        alias_names: alias in W&B → alias here.
        keep_missing: keep files that are not in ``files`` as references to W&B, which can be
            seen, and not be downloaded; needs ``qualified_name``.
        dry_run: change nothing, and return what would be done.
        store: as for :func:`fingerpost.init`, like the next three.
        actor: on whose behalf.
        entity: team or personal entity.
        project: the project.
        progress: receives the number of bytes stored since the last call.

    Returns:
        What was done.

    Raises:
        ImportSourceError: it is no manifest, or has entries that cannot be kept.
        NotImportableError: files are missing, or names are not valid; nothing was changed.
        ContentMismatchError: a file, or the artifact, is not what W&B recorded.
        RoleRequiredError: the actor may not log there.

    *Source*: ADR 0033.
    """
    given = {
        "qualified_name": qualified_name,
        "type": type,
        "aliases": None if aliases is None else _several("aliases", aliases),
        "tags": None if tags is None else _several("tags", tags),
        "description": description,
        "metadata": metadata,
    }
    said = WandbAbout.of(
        {**_told(about), **{key: value for key, value in given.items() if value is not None}}
    )
    read = adapters.importers.wandb_manifest.read_wandb_manifest(Path(manifest))
    digest = manifest_digest(read.entries)
    if said.digest not in {None, digest}:
        remedy = "Fetch manifest and digest of the same version."
        raise ContentMismatchError(read.path, str(said.digest), digest, remedy)
    called = _required("name", name or said.collection, "Pass name= or qualified_name=.")
    content = _Content(read, None if files is None else Path(files), said, is_kept=keep_missing)
    version = application.importing.PeerVersion(
        origin=said.origin(digest), description=said.description, metadata=said.metadata
    )
    peer = application.importing.PeerCollection(
        name=called, versions=[version], aliases=dict.fromkeys(said.aliases, version.label)
    )
    work = Import(
        source=read.path,
        peers=[peer],
        fill=content.fill,
        choices=application.importing.Choices(
            alias_names=alias_names or {}, name_remedy=_NAME_REMEDY
        ),
        destination=Destination(
            type=_required("type", said.type, "Pass type='dataset', say."),
            digest_algorithm="md5",
            store=store,
            actor=actor,
            entity=entity,
            project=project,
        ),
        storing=progress,
    )
    content.require_files()
    return work.look() if dry_run else work.carry_out()


@frozen
class _Content:
    manifest: WandbManifest
    files: Path | None
    about: WandbAbout
    is_kept: bool

    def require_files(self) -> None:
        """Raise unless every file is there, or is to be kept as a reference."""
        if self.is_kept:
            _required(
                "qualified name",
                self.about.qualified_name,
                "Pass qualified_name='entity/project/name:vN': references to W&B hold it.",
            )
            return
        missing = [
            f"{str(entry.path)!r} is not there"
            for entry in self.manifest.entries
            if entry.ref is None and self._file(entry) is None
        ]
        if missing:
            raise NotImportableError(self.manifest.path, missing, _NO_FILES)

    def fill(self, draft: Artifact, version: "PeerVersion") -> None:
        """Put files and references into a draft."""
        del version
        draft.tags = list(self.about.tags)
        for entry in self.manifest.entries:
            file = self._file(entry)
            is_elsewhere = entry.ref is not None and not _is_wandb(entry)
            if is_elsewhere or file is None:
                draft._require_draft("import it").put(self._referred(entry), overwrite=False)
            else:
                self._add(draft, entry, file)

    def _add(self, draft: Artifact, entry: Entry, file: Path) -> None:
        added = draft.add_file(file, entry.path, policy="immutable")._entry
        if added.digest != entry.digest or entry.size_bytes not in {None, added.size_bytes}:
            expected = f"{entry.digest} of {entry.size_bytes} bytes"
            actual = f"{added.digest} of {added.size_bytes} bytes"
            raise ContentMismatchError(str(file), expected, actual, "Fetch the files again.")
        if entry.ref is not None:
            kept = evolve(added, ref=entry.ref, extra=entry.extra)
            draft._require_draft("import it").put(kept, overwrite=True)

    def _file(self, entry: Entry) -> Path | None:
        if self.files is None:
            return None
        file = self.files / entry.path
        try:
            return file if file.is_file() else None
        except OSError as error:
            problem = f"cannot be read ({error.strerror or error})"
            raise SourceFileError(str(file), problem, "Check its permissions.") from None

    def _referred(self, entry: Entry) -> Entry:
        if entry.ref is not None:
            return entry
        return evolve(entry, ref=f"{_WANDB_SCHEME}//{self.about.qualified_name}/{entry.path}")


def _is_wandb(entry: Entry) -> bool:
    return (entry.ref or "").lower().startswith(_WANDB_SCHEME)


def _told(about: "StrPath | Mapping[str, Any] | None") -> Mapping[str, Any]:
    if about is None or isinstance(about, Mapping):
        return about or {}
    return adapters.importers.wandb_manifest.read_json_object(Path(about))


def _several(what: str, given: "str | Iterable[str]") -> list[str]:
    return [given] if isinstance(given, str) else list(listed(given, what))


def _required(what: str, value: str | None, remedy: str) -> str:
    if not value:
        raise InvalidValueError(what, value, "it is not said anywhere", remedy)
    return value
