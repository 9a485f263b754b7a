"""The artifact: a draft that is being put together, or one logged version."""

import logging
from collections.abc import Iterable, Sequence
from typing import Final, Self

from fingerpost.adapters.drafts.staging_area import Sources
from fingerpost.application.collections import edits, versions
from fingerpost.application.collections.versions import Draft
from fingerpost.application.json_form import Json, plain_json
from fingerpost.application.read_models.rows import VersionRow
from fingerpost.application.registries import links
from fingerpost.application.transactions.transaction import Session
from fingerpost.bootstrap.store import OpenStore
from fingerpost.domain.errors import EntryOpenError, InvalidValueError, NotALinkError
from fingerpost.domain.metadata.metadata import is_same, normalized
from fingerpost.domain.names.alias import Alias
from fingerpost.domain.names.names import ArtifactName, Tag
from fingerpost.domain.names.paths import RegistryPath, parse_target_path

from .approving import Approvable
from .arguments import listed
from .comparing import ArtifactComparing
from .current import current_run
from .edits import Editable
from .fetched import Fetched
from .objects import ArtifactObjects
from .provenance import ArtifactProvenance

_LOG: Final = logging.getLogger("fingerpost")


class Artifact(ArtifactObjects, ArtifactProvenance, ArtifactComparing, Approvable):
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

    def is_draft(self) -> bool:
        """Whether it has not been logged yet."""
        return self._fetched is None

    def finalize(self) -> None:
        """Let nothing more be added; logging does it too.

        Raises:
            EntryOpenError: a file of :meth:`new_file` is still being written.
        """
        self._require_closed()
        self._is_final = True

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
        if self._fetched is None:
            self._log_in_some_run(project)
            return
        fetched = self._fetched
        edits.edit(fetched.session(), fetched.row.ref, self._edit(), reason)
        fetched.refresh()
        self._read_editable()

    def _log_in_some_run(self, project: str | None) -> None:
        from .run import init

        home = self._home
        run = current_run() or (None if home is None else home.running)
        if run is not None:
            run.log_artifact(self)
            return
        # A draft that was made in a run, or from a version, goes where that is, whichever thread
        # saves it and however late.
        if home is None:
            auto = init(project=project, job_type="auto")
        else:
            auto = init(
                home.entity, project or home.project, "auto", store=home.store, actor=home.actor
            )
        with auto:
            auto.log_artifact(self)

    def new_draft(self) -> Self:
        """Return a draft with the same files, to be changed and logged as the next version.

        Logging it stores only what changed, and the new version remembers this one as its
        :attr:`base_artifact`. Name, type, description and metadata are the same; aliases, tags
        and time to live are not taken over. Of a link it is a draft of the source. Saved outside
        of a run, it goes where the source is.

        Raises:
            ArtifactNotLoggedError: it is a draft itself.
        """
        fetched = self._require_logged("make a new draft of it")
        fetched.require_use()
        return self._draft_of(fetched)

    @property
    def base_artifact(self) -> "Artifact | None":
        """The version that this one was made from with :meth:`new_draft`, if any.

        Raises:
            ArtifactNotLoggedError: it is a draft that was made from scratch.
            VersionNotFoundError: that version was deleted.
        """
        base = self._base
        if base is not None:
            return Artifact._of(base.workspace, *base.source())
        fetched = self._require_logged("read what it was made from")
        if fetched.row.base is None:
            return None
        return Artifact._of(fetched.workspace, *fetched.at(fetched.row.base))

    def _require_closed(self) -> None:
        if self._draft.being_written:
            raise EntryOpenError(str(self._name), tuple(self._draft.being_written))

    def _edit(self, aliases: Sequence[Alias] = (), tags: Sequence[Tag] = ()) -> edits.Edit:
        """Return what was changed since it was read, and these aliases and tags."""
        wanted = Editable.of(
            self._description,
            self._metadata,
            self._ttl,
            [*self._aliases, *aliases],
            [*self._tags, *tags],
        )
        return self._baseline.edit_to(wanted)

    def _follow_renamed(self, base: Fetched | None) -> None:
        """Go where the base of a new draft is by now, if its collection was renamed."""
        if base is not None and str(self._name) == base.source_collection.name:
            self._name = ArtifactName(base.collection_now().name)

    def _warn_of_what_is_not_said(self, row: VersionRow) -> None:
        """Warn that what a draft says of its content is not what the version with it says."""
        lost = []
        if self._description is not None and self._description != row.description:
            lost.append("description")
        if self._metadata and not is_same(normalized(self._metadata), row.metadata):
            lost.append("metadata")
        if lost:
            _LOG.warning(
                "%s: %s has this content already, so no version was made, and this draft's %s "
                "went nowhere: set what is to be changed on that version, and call save()",
                self._name,
                row.label,
                " and ".join(lost),
            )

    def _as_draft(self, aliases: Sequence[Alias], tags: Sequence[Tag], store: OpenStore) -> Draft:
        self._require_closed()
        base = self._base
        self._follow_renamed(base)
        is_base_here = base is not None and base.workspace.opened.identity == store.identity
        return Draft(
            name=self._name,
            type=self._type,
            description=self._description,
            metadata=normalized(self._metadata),
            entries=self._draft.entries,
            sources=Sources(
                self._draft.sources, base.workspace.opened.store.content if base else None
            ),
            aliases=[*map(Alias, self._aliases), *aliases],
            tags=[*map(Tag, self._tags), *tags],
            ttl=None if self._ttl.inherits else self._ttl,
            base=base.source_ref if base is not None and is_base_here else None,
            digest_algorithm=self._draft.digest_algorithm,
            origin=self._origin,
        )

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
        fetched = self._require_logged("link it")
        checked = [Alias(alias) for alias in listed(aliases, "aliases")]
        return self._link(fetched.session(), parse_target_path(target_path), checked, reason)

    def _link(
        self,
        session: Session,
        target: RegistryPath,
        aliases: Sequence[Alias],
        reason: str | None,
    ) -> "Artifact":
        fetched = self._require_logged("link it")
        source = fetched.row.source or fetched.row.ref
        ref = links.link(session, source, target, aliases, reason=reason)
        return Artifact._of(fetched.workspace, *fetched.at(ref))

    def unlink(self, *, reason: str | None = None) -> None:
        """Take this link out of its registry collection; the source stays.

        Args:
            reason: why, for the history; a registry may require one.

        Raises:
            ReasonRequiredError: the registry requires a reason (a ``ValueError``).
            ArtifactNotLoggedError: it is a draft.
            NotALinkError: it is a source artifact (a ``ValueError``).
        """
        fetched = self._require_logged("unlink it")
        if not self.is_link:
            raise NotALinkError(self.name)
        links.unlink(fetched.session(), fetched.row.ref, reason=reason)
        fetched.is_deleted = True

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
        fetched = self._require_logged("delete it")
        if self.is_link:
            self.unlink(reason=reason)
            return
        ref, session = fetched.row.ref, fetched.session()
        versions.delete(session, ref, delete_aliases=delete_aliases, reason=reason)
        fetched.is_deleted = True

    @property
    def source_artifact(self) -> "Artifact":
        """The artifact that was logged; itself if it is no link."""
        fetched = self._require_logged("read its source")
        if not self.is_link:
            return self
        return Artifact._of(fetched.workspace, *fetched.source())

    @property
    def linked_artifacts(self) -> list["Artifact"]:
        """The links to a source artifact, oldest first, at most 500; none for a link."""
        fetched = self._require_logged("read its links")
        return [Artifact._of(fetched.workspace, *link) for link in fetched.links()]

    def to_dict(self) -> Json:
        """Return the JSON form of a logged artifact.

        Raises:
            ArtifactNotLoggedError: it is a draft.
        """
        return plain_json(
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
        what = self.qualified_name if self._fetched else f"{self._name} (draft)"
        return f"<Artifact {what} type={self.type!r}>"
