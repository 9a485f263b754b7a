"""Logging, changing and deleting versions."""

from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from typing import Protocol, cast

from attrs import evolve, frozen

from fingerpost.domain.collection import Collection
from fingerpost.domain.errors import (
    ContentMismatchError,
    VersionHasAliasesError,
)
from fingerpost.domain.events import VersionLogged
from fingerpost.domain.manifest.digest import Digest
from fingerpost.domain.manifest.digest_algorithm import DigestAlgorithm
from fingerpost.domain.manifest.entry import Entry
from fingerpost.domain.metadata.metadata import JsonObject
from fingerpost.domain.names.alias import Alias
from fingerpost.domain.names.names import ArtifactName, ArtifactTypeName, ProjectName, Tag
from fingerpost.domain.organization.entity import Entity
from fingerpost.domain.run import Run
from fingerpost.domain.versions.origin import Origin
from fingerpost.domain.versions.ttl import TimeToLive
from fingerpost.domain.versions.version import NewVersion, VersionRef

from ..access.authority import over_collection, over_entity
from ..access.lookup import label_of
from ..access.qualify_errors import full_names
from ..manifests.manifests import PendingManifest
from ..ports.content_store import BytesWritten, ContentStore, ContentWriter
from ..read_models.rows import VersionRow
from ..transactions.command_subjects import Subject
from ..transactions.idempotency import Logged, next_command
from ..transactions.transaction import Session, Transaction
from .collection_names import unlink_with_source
from .collections import existing, link_labels, source_collection


class BlobSource(Protocol):
    """Where the bytes of a draft's entry are until they are stored."""

    def deliver(self, writer: ContentWriter) -> Digest:
        """Write the bytes to a writer, and return their digest."""
        ...


@frozen(kw_only=True)
class Draft:
    """An artifact that is about to be logged.

    Attributes:
        entries: by path.
        sources: where the bytes of entries are, by digest.
        ttl: its time to live; ``None`` leaves it to the entity's default.
        base: the version that its draft was made from, if any.
        digest_algorithm: the algorithm of the artifact's and its entries' digests.
        origin: its origin in another registry, if it was imported.
    """

    name: ArtifactName
    type: ArtifactTypeName
    description: str | None
    metadata: JsonObject
    entries: Mapping[str, Entry]
    sources: Mapping[Digest, BlobSource]
    aliases: Sequence[Alias] = ()
    tags: Sequence[Tag] = ()
    ttl: TimeToLive | None = None
    base: VersionRef | None = None
    digest_algorithm: DigestAlgorithm = DigestAlgorithm.BLAKE3
    origin: Origin | None = None


LinkTo = Callable[[Transaction, VersionRef], VersionRef]
"""Links a version in the transaction that logs it, so that both exist or neither."""


def log(
    session: Session,
    entity: Entity,
    project: ProjectName,
    draft: Draft,
    *,
    link_to: LinkTo | None = None,
    reason: str | None = None,
    progress: BytesWritten | None = None,
) -> Logged:
    """Log an artifact: its content becomes durable first, then the version is recorded.

    Rules are checked before any content is written. Content equal to the current ``latest`` makes
    no new version: ``latest`` gets the aliases and tags.

    Raises:
        FingerpostError: a rule refuses it, or a store fails.
    """
    manifest = PendingManifest(draft.entries, session.store.hash_bytes, draft.digest_algorithm)
    new = NewVersion(
        type=str(draft.type),
        digest=manifest.digest,
        manifest=str(manifest.stored_as),
        size_bytes=manifest.root.size_bytes,
        file_count=manifest.root.count,
        description=draft.description,
        metadata=draft.metadata,
        base=draft.base,
        origin=draft.origin,
    )

    def decide(transaction: Transaction) -> Logged:
        logged = _decide_to_log(transaction, session, entity, project, draft, new)
        return evolve(logged, link=link_to(transaction, logged.ref)) if link_to else logged

    command = next_command(session.actor)
    earlier = session.earlier_outcome(command, subject=Subject.VERSIONS)
    if earlier is not None:
        return cast("Logged", earlier.result)
    session.dry_run(decide, reason)
    # Content found in the store must still be there when the event that names it is stored.
    with session.store.content.hold():
        store_content(session.store.content, manifest, draft.sources, progress)
        return session.transact(decide, reason, subject=Subject.VERSIONS, command=command)


def _decide_to_log(
    transaction: Transaction,
    session: Session,
    entity: Entity,
    project: ProjectName,
    draft: Draft,
    new: NewVersion,
) -> Logged:
    head = source_collection(transaction, entity, project, draft.name, draft.type)
    row = _held(transaction, head, new)
    authority = over_entity(transaction, entity)
    # Links matter only if a time to live is set: most logging needs no query here.
    links = link_labels(transaction, row) if row and draft.ttl is not None else ()
    held = row.as_domain(links) if row else None
    with full_names(transaction, head):
        events = head.log_version(new, draft.aliases, draft.tags, authority, held, draft.ttl)
    transaction.record(events)
    made = next((event.index for event in events if isinstance(event, VersionLogged)), None)
    index = made if made is not None else _required(row).index
    ref = VersionRef(collection_id=head.id, index=index)
    if session.run_id is not None:
        run = transaction.load(Run, session.run_id)
        is_logged = made is None and transaction.queries.is_logged(run.id, ref)
        transaction.record(run.log(ref, transaction.by, is_logged=is_logged))
    return Logged(ref, made is not None)


def _required(row: VersionRow | None) -> VersionRow:
    if row is None:
        msg = "nothing was logged, and nothing has the content"
        raise LookupError(msg)
    return row


def _held(transaction: Transaction, head: Collection, new: NewVersion) -> VersionRow | None:
    """Return the version that may have the content already."""
    if new.origin is not None:
        return transaction.queries.version_of_origin(head.id, new.origin.key)
    latest = head.aliases.get("latest")
    return None if latest is None else _row(transaction, head, latest)


def _row(transaction: Transaction, head: Collection, index: int) -> VersionRow | None:
    # A collection that this transaction creates has no rows and no aliases.
    return transaction.queries.version(VersionRef(collection_id=head.id, index=index))


def store_content(
    content: ContentStore,
    manifest: PendingManifest,
    sources: Mapping[Digest, BlobSource],
    progress: BytesWritten | None = None,
) -> None:
    """Make an artifact's content durable: the blobs that the store lacks, and the manifest.

    For an unchanged artifact the store lacks nothing, unless content was lost or damaged: logging
    the artifact again repairs that.

    Raises:
        ContentMismatchError: a file has changed since it was added.
    """
    named = (digest for digest, _ in manifest.contents())
    missing = content.missing(chain(named, manifest.digests()))
    if missing:
        sizes = {digest: size for digest, size in manifest.contents() if digest in missing}
        with content.writer() as writer:
            # The largest last: they are moved and not copied, after which nothing should fail.
            for digest in sorted(sizes, key=sizes.__getitem__):
                _deliver(writer, digest, sources[digest])
                _report(progress, sizes[digest])
            manifest.write(writer)
            writer.commit()
    if progress is not None:
        progress(sum(size for digest, size in manifest.contents() if digest not in missing))


def _report(progress: BytesWritten | None, size_bytes: int) -> None:
    if progress is not None:
        progress(size_bytes)


def _deliver(writer: ContentWriter, digest: Digest, source: BlobSource) -> None:
    actual = source.deliver(writer)
    if actual != digest:
        raise ContentMismatchError(
            str(source),
            digest,
            actual,
            "It changed after it was added: add it again, or use policy='mutable'.",
        )


def delete(
    session: Session, ref: VersionRef, *, delete_aliases: bool, reason: str | None = None
) -> None:
    """Delete a version and its links.

    Raises:
        VersionHasAliasesError: it has aliases, or a link to it has custom ones, and
            ``delete_aliases`` is false.
        ProtectedVersionError: a link to it has a protected alias.
    """

    def decide(transaction: Transaction) -> None:
        head = transaction.load(Collection, ref.collection_id)
        row = existing(transaction, ref)
        for link in transaction.queries.links_of(ref):
            chosen = unlink_with_source(transaction, link)
            if chosen and not delete_aliases:
                raise VersionHasAliasesError(label_of(transaction.queries, link), chosen)
        authority = over_collection(transaction, head)
        with full_names(transaction, head):
            events = head.delete_version(row.as_domain(), authority, delete_aliases=delete_aliases)
        transaction.record(events)

    session.transact(decide, reason, subject=Subject.VERSIONS)
