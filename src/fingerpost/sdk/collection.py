"""A collection: its versions, its aliases, and their history."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Literal

from fingerpost import application, domain
from fingerpost.domain.errors import CollectionTypeError, InvalidValueError
from fingerpost.domain.names.alias import LATEST, Alias, version_label
from fingerpost.domain.names.names import ArtifactTypeName, Tag
from fingerpost.domain.unset import UNSET

from .arguments import listed
from .collection_alias_moves import CollectionAliasMoves
from .collection_annotations import CollectionAnnotations
from .collection_history import CollectionHistory
from .paging import Page, Paged
from .snippets import ALIAS, link_snippet, use_snippet

if TYPE_CHECKING:
    from fingerpost.application.json_form import Json
    from fingerpost.domain.collection import Unset

    from .artifact import Artifact


class Collection(CollectionAnnotations, CollectionAliasMoves, CollectionHistory):
    """Ordered versions of one name and type, and the aliases that point at them.

    What it says is read when it is asked. Setting its name, description or tags writes them at
    once; :meth:`save` writes what was changed in the list of its tags.
    """

    @property
    def name(self) -> str:
        """Its name; setting it renames it."""
        return self._row.name

    @name.setter
    def name(self, name: str) -> None:
        self.rename(name)

    @property
    def type(self) -> str:
        """The artifact type that it keeps; empty until its first link decides.

        Setting it is :meth:`change_type`.
        """
        return self._row.type or self._now().type

    @type.setter  # noqa: A003 - the property above
    def type(self, type: str) -> None:
        self.change_type(type)

    @property
    def entity(self) -> str:
        """Its entity; of a registry collection, the organization's identifier."""
        return self._row.entity

    @property
    def project(self) -> str:
        """Its project; of a registry collection, ``wandb-registry-NAME``."""
        return self._row.project

    @property
    def path(self) -> str:
        """``entity/project/name``."""
        return self._row.path

    @property
    def is_registry_collection(self) -> bool:
        """Whether it takes links (W&B: portfolio), not logged versions (sequence)."""
        return self._row.kind is domain.collection.CollectionKind.REGISTRY

    @property
    def created_at(self) -> datetime:
        """When it was made; UTC."""
        return self._row.created_at

    @property
    def updated_at(self) -> datetime:
        """When something was last said or done in it; UTC."""
        return self._now().updated_at

    @property
    def created_by(self) -> str:
        """Who made it."""
        return self._row.created_by

    @property
    def aliases(self) -> dict[str, str]:
        """Alias → version (``vN``), sorted by alias."""
        held = application.collections.reading.aliases(self._workspace.session(), self._row.id)
        return {alias: version_label(index) for alias, index in held.items()}

    @property
    def id(self) -> str:
        """Identity: stable, and the same for everybody."""
        return str(self._row.id)

    def is_sequence(self) -> bool:
        """Whether it takes logged versions, not links."""
        return not self.is_registry_collection

    def is_portfolio(self) -> bool:
        """Whether it takes links, not logged versions."""
        return self.is_registry_collection

    def change_type(self, new_type: str) -> None:
        """Refuse every type but the one that it has: a name keeps its type.

        Args:
            new_type: an artifact type.

        Raises:
            CollectionTypeError: it is another type (a ``ValueError``).
            InvalidNameError: it is no type.
        """
        if ArtifactTypeName(new_type) != self.type:
            raise CollectionTypeError(self.path, self.type, str(new_type))

    def artifacts(
        self,
        per_page: int = 50,
        start: str | None = None,
        *,
        tags: "str | Iterable[str] | None" = None,
    ) -> "Paged[Artifact]":
        """Return the versions, newest first.

        Args:
            per_page: how many to fetch at once.
            start: the ``cursor`` of such a list, to go on from there.
            tags: only versions that have all of these.
        """
        session, wanted = self._workspace.session(), _tags(tags)

        def page(below: int | None, limit: int) -> "Page[Artifact]":
            rows = application.collections.reading.page_of_versions(
                session, self._row.id, below, limit, wanted
            )
            return [(row.index, self._workspace.artifact(self._row, row)) for row in rows]

        count = partial(
            application.collections.reading.version_count, session, self._row.id, wanted
        )
        return Paged(page, count, per_page, start)

    def versions(self) -> "Iterator[Artifact]":
        """Iterate over the versions, newest first."""
        for row in application.collections.reading.versions(
            self._workspace.session(), self._row.id
        ):
            yield self._workspace.artifact(self._row, row)

    def set_alias(
        self,
        alias: str,
        version: "str | Artifact",
        *,
        expected: "str | Unset | None" = UNSET,
        reason: str | None = None,
    ) -> None:
        """Let an alias point at a version, wherever it pointed before, in one step.

        Args:
            alias: a custom or protected alias.
            version: ``vN``, another alias, whose version is meant, or an artifact of this
                collection or linked to it.
            expected: the version that must hold the alias now, or ``None`` for "none may"; without
                it the move is unconditional.
            reason: why, for the history.

        Raises:
            AliasExpectationError: another version holds it; names that one.
            VersionNotFoundError: there is no such version.
            AliasNotFoundError: nothing has the alias that was given for the version.
            RoleRequiredError: the alias is protected, and the actor is no admin.
        """
        custom = Alias(alias)
        application.collections.aliases.move_several(
            self._workspace.session(),
            self._row.id,
            {custom: self._holder(version)},
            expected={} if isinstance(expected, domain.collection.Unset) else {custom: expected},
            reason=reason,
        )

    def remove_alias(
        self,
        alias: str,
        *,
        expected: "str | Unset | None" = UNSET,
        reason: str | None = None,
    ) -> None:
        """Take an alias off; ``latest`` too, and then nothing is latest until the next version.

        Raises:
            AliasNotFoundError: nothing holds it.
            AliasExpectationError: another version holds it; names that one.
            RoleRequiredError: the alias is protected, and the actor is no admin.
        """
        session = self._workspace.session()
        application.collections.aliases.remove(
            session, Alias(alias), self._row.id, expected=expected, reason=reason
        )

    def rename(self, name: str, *, reason: str | None = None) -> None:
        """Give it another name; versions, aliases and history stay as they are.

        The old name is free from then on: whatever is logged or linked to it next is a new
        collection.

        Raises:
            InvalidNameError: the name is not valid.
            AlreadyExistsError: another collection in the same place has it.
            CollectionNotFoundError: the collection was deleted.
            RoleRequiredError: it holds a protected alias, and the actor is no admin.
        """
        session = self._workspace.session()
        application.collections.collection_names.rename(session, self._row, name, reason)
        self._row = self._now()

    def delete(self, *, delete_links: bool = False, reason: str | None = None) -> None:
        """Delete it with its versions and aliases; its name is free from then on.

        Of a registry collection the links are deleted, and their sources stay. The ledger keeps
        the history; content that nothing else holds is removed by garbage collection.

        Args:
            delete_links: whether to delete the links in registries that point at its versions,
                too; without it a collection with links is refused.
            reason: why, for the history.

        Raises:
            CollectionLinkedError: versions of it are linked; names where.
            ProtectedVersionError: such a link holds a protected alias.
            CollectionNotFoundError: it was deleted already.
            RoleRequiredError: it holds a protected alias, and the actor is no admin.
        """
        application.collections.collection_names.delete(
            self._workspace.session(), self._row, delete_links=delete_links, reason=reason
        )

    def code_snippet(self, purpose: Literal["link", "use"] | None = None) -> str:
        """Return code to paste that links to this registry collection, or that uses its newest.

        What is in angle brackets is to be replaced.

        Args:
            purpose: ``link`` or ``use``; by default ``link`` in a registry, and ``use`` for a
                collection that takes logged versions.

        Raises:
            InvalidValueError: nothing can be linked to a collection that takes logged versions.

        *Source*: W&B's linking document, "Confirm the path of a registry".
        """
        possible = ("link", "use") if self.is_registry_collection else ("use",)
        wanted = possible[0] if purpose is None else purpose
        if wanted not in possible:
            expected = " or ".join(map(repr, possible))
            raise InvalidValueError("purpose", purpose, f"it is {expected} here", "Leave it out.")
        if wanted == "use":
            return use_snippet(f"{self.path}:{self._newest()}", self.type)
        return link_snippet(self.path, [self.type] if self.type else self._permitted())

    def _permitted(self) -> Sequence[str]:
        return application.registries.reading.registry_of(
            self._workspace.session(), self._row.home_id
        ).artifact_types

    def _newest(self) -> str:
        if LATEST in self.aliases:
            return LATEST
        session = self._workspace.session()
        newest = application.collections.reading.page_of_versions(session, self._row.id, None, 1)
        return newest[0].label if newest else ALIAS

    def to_dict(self) -> "Json":
        """Return its JSON form."""
        return application.json_form.plain_json(
            {
                "path": self.path,
                "type": self.type or None,
                "description": self.description,
                "tags": self.tags,
                "aliases": self.aliases,
                "created_at": self.created_at,
                "created_by": self.created_by,
            }
        )

    def __repr__(self) -> str:
        return f"<Collection {self.path} type={self.type!r}>"


def _tags(tags: "str | Iterable[str] | None") -> tuple[Tag, ...]:
    several = [tags] if isinstance(tags, str) else listed(tags, "tags")
    return tuple(dict.fromkeys(map(Tag, several)))
