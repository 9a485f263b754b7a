"""What is in a store, asked from outside of a run."""

import os
from datetime import datetime, timedelta
from types import TracebackType
from typing import TYPE_CHECKING, Self

from fingerpost import application
from fingerpost.application.content import grace_period
from fingerpost.domain.errors import NotFoundError, TypeMismatchError
from fingerpost.domain.names.names import EntityName

from .artifact import Artifact
from .automations import Automations
from .collection import Collection
from .entity import Entity
from .homes import Homes
from .listings import Listings
from .searching import Searching
from .workspace import StoreLike, open_workspace

if TYPE_CHECKING:
    from fingerpost.application.content.garbage_report import GarbageReport
    from fingerpost.application.read_models.rows import ExpiredVersion


class Api(Listings, Homes, Searching, Automations):
    """Reads and administers a store on behalf of an actor.

    Args:
        store: a folder, a URL or an open store; else ``FINGERPOST_STORE``, else the nearest
            ``.fingerpost/`` above the working directory, else a folder of the user's own. It is
            created, with its first registries, if there is none.
        actor: on whose behalf; else ``FINGERPOST_ACTOR``, else the operating system's user.
        entity: where names without an entity are looked for; else ``FINGERPOST_ENTITY``, else the
            actor's personal entity.
        project: where names without a project are looked for; else ``FINGERPOST_PROJECT``, else
            ``uncategorized``.
        content: where a store that is created now keeps its content; see :func:`open_store`.

    Raises:
        StoreUnavailableError: the store cannot be opened or created.
    """

    def __init__(
        self,
        store: StoreLike = None,
        actor: str | None = None,
        *,
        entity: str | None = None,
        project: str | None = None,
        content: str | os.PathLike[str] | None = None,
    ) -> None:
        self._workspace = open_workspace(
            Artifact._of, store, actor, entity, project, content=content
        )
        self._is_owner = self._workspace.opened is not store

    @property
    def store(self) -> str:
        """Where the store is."""
        return self._workspace.opened.location

    @property
    def actor(self) -> str:
        """On whose behalf commands run."""
        return str(self._workspace.actor)

    def artifact(
        self, name: str, type: str | None = None, *, at: datetime | None = None
    ) -> Artifact:
        """Return a version.

        Args:
            name: ``[[ENTITY/]PROJECT/]NAME[:ALIAS]``, or
                ``[ORG/]wandb-registry-REGISTRY/COLLECTION[:ALIAS]``; the alias may be ``vN``, and
                without one ``latest`` is meant.
            type: the type that is expected.
            at: the version that the alias stood for at that moment, which has a time zone and is
                not in the future. Only the alias is of that moment: names of collections are those
                of today, and so is what the artifact says of its aliases, tags and metadata.

        Raises:
            CollectionNotFoundError: there is no such collection; names the nearest ones.
            AliasNotFoundError: nothing has the alias, or had it at that moment.
            VersionNotFoundError: there is no such version, or it was deleted; of one that was
                deleted since that moment the error tells what it was.
            InvalidValueError: the moment has no time zone, or is in the future (a ``ValueError``).
            TypeMismatchError: it has another type.
        """
        collection, row, aliases = self._workspace.version(name, at)
        if type is not None and row.type != type:
            raise TypeMismatchError(collection.path, row.type, type)
        return self._workspace.artifact(collection, row, aliases)

    def artifact_exists(
        self, name: str, type: str | None = None, *, at: datetime | None = None
    ) -> bool:
        """Whether :meth:`artifact` would return a version."""
        try:
            self.artifact(name, type, at=at)
        except (NotFoundError, TypeMismatchError):
            return False
        return True

    def collection(self, path: str) -> Collection:
        """Return a collection by its path without alias.

        Raises:
            CollectionNotFoundError: there is none; names the nearest ones.
        """
        return Collection(self._workspace, self._workspace.collection(path))

    def entity(self, name: str | None = None) -> Entity:
        """Return a team or personal entity, by default that of the API.

        Raises:
            EntityNotFoundError: there is none of that name; nothing was logged under it yet.
        """
        wanted = self._workspace.place.entity if name is None else EntityName(name)
        return Entity(
            self._workspace,
            application.organizations.reading.find_entity(self._workspace.session(), wanted),
        )

    def expired(self) -> "list[ExpiredVersion]":
        """Return the versions that :meth:`expire` would delete now, oldest first.

        Who does not administer the store is told of those that they may see.

        A version expires when its time to live has passed and nothing holds it: linked versions,
        and so whatever a protected alias points at, never expire.

        Returns:
            Rows with ``path, logged_at, expired_at, size_bytes`` and more.
        """
        return list(application.content.expiry.expired(self._workspace.session()))

    def expire(self) -> "list[ExpiredVersion]":
        """Delete the versions whose time to live has passed; return them, oldest first.

        Each is deleted in a step of its own, with the aliases that it has. Their content is
        removed by garbage collection. There is no background process: run this, or
        ``fingerpost gc``, from a scheduler.

        Raises:
            RoleRequiredError: the actor does not administer the default organization.
        """
        return list(application.content.expiry.expire(self._workspace.session()))

    def denied(self) -> list[str]:
        """Return attempts that were refused for want of a role, oldest first.

        Who administers the store is told of all of them, everybody else of their own.
        """
        return list(application.organizations.reading.denied_attempts(self._workspace.session()))

    def gc(self, grace: timedelta = grace_period.GRACE, *, dry_run: bool = True) -> "GarbageReport":
        """Say which content nothing reaches any more, and remove it if ``dry_run`` is false.

        Content that a version reaches stays, and so does what was deleted or stored within the
        grace period. Safe while others log. What was removed is recorded in the ledger.

        Args:
            grace: how long ago the last version that named the content has to be deleted.
            dry_run: whether to remove nothing; anybody may do that.

        Raises:
            RoleRequiredError: the actor does not administer the default organization.
            UnreadableManifestError: what a version holds cannot be told; nothing was removed.
            StoreUnavailableError: others have been logging all the while, another collection is
                going on, or the store is on a system without file locks.
        """
        return application.content.garbage.collect(
            self._workspace.session(), grace, dry_run=dry_run
        )

    def close(self) -> None:
        """Release what it opened; a store that was handed to it open stays open. Idempotent."""
        if self._is_owner:
            self._workspace.opened.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
