"""What can be read of an artifact."""

from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from fingerpost.adapters.files.hashing import hash_bytes
from fingerpost.application.manifests.manifests import PendingManifest
from fingerpost.domain.manifest.digest import Digest
from fingerpost.domain.versions.origin import Origin

from .collection import Collection
from .state import ArtifactState


class ArtifactFacts(ArtifactState):
    """Read-only properties. See :class:`~fingerpost.Artifact`; *Source*: W&B's class reference."""

    @property
    def type(self) -> str:
        """Type, such as ``dataset``."""
        return str(self._type)

    @property
    def id(self) -> str | None:
        """Identity of the version: stable, and the same for everybody; ``None`` for a draft."""
        return self._fetched.id if self._fetched else None

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
        fetched = self._require_logged("read its collection")
        return Collection(fetched.workspace, fetched.collection)

    @property
    def source_collection(self) -> Collection:
        """The collection that it was logged to."""
        fetched = self._require_logged("read its source collection")
        return Collection(fetched.workspace, fetched.source_collection)

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
        return self._fetched.source_name if self._fetched else str(self._name)

    @property
    def source_qualified_name(self) -> str:
        """``entity/project/name:vN`` of the source artifact."""
        fetched = self._require_logged("read its source")
        return f"{self.source_entity}/{self.source_project}/{fetched.source_name}"

    @property
    def source_version(self) -> str:
        """``vN`` of the source artifact."""
        return self._require_logged("read its source").source_label

    @property
    def is_link(self) -> bool:
        """Whether it was fetched through a registry."""
        return self._fetched is not None and self._fetched.row.source is not None

    @property
    def state(self) -> str:
        """``PENDING`` for a draft, ``COMMITTED`` once logged, ``DELETED`` after deletion."""
        return self._fetched.state if self._fetched else "PENDING"

    @property
    def digest(self) -> str:
        """Digest over all that decides what one gets back; known of drafts too.

        W&B's own with ``digest_algorithm="md5"``: over paths and digests alone.
        """
        if self._fetched is not None:
            return self._fetched.row.digest
        draft = self._draft
        return PendingManifest(draft.entries, hash_bytes, draft.digest_algorithm).digest

    @property
    def digest_algorithm(self) -> str:
        """``blake3``, ``sha256`` or ``md5``."""
        return self._draft.digest_algorithm.value

    @property
    def size(self) -> int:
        """Total size in bytes, references included."""
        if self._fetched is not None:
            return self._fetched.row.size_bytes
        return self._draft.entries.size_bytes

    @property
    def file_count(self) -> int:
        """Number of entries, references included."""
        return self._fetched.row.file_count if self._fetched else len(self._draft.entries)

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
        fetched = self._require_logged("read its URL")
        return f"{_url(fetched.workspace.opened.location)}#{quote(fetched.qualified_name, '/:')}"

    @property
    def origin(self) -> Origin | None:
        """What another registry said of it, if it was imported from there; of a link, its source's.

        ``None`` for a draft.
        """
        return self._fetched.row.origin if self._fetched else None

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
        fetched = self._require_logged("encode it")
        return {
            "_type": "artifactVersion",
            "_version": "v0",
            "id": fetched.id,
            "version": fetched.source_label,
            "sequenceName": fetched.source_collection.name,
            "usedAs": self.use_as,
        }


def _url(location: str) -> str:
    return location if "://" in location else Path(location).absolute().as_uri()
