"""What is said of a collection as a whole, and how it is changed."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from fingerpost import application, domain
from fingerpost.domain.metadata.merge import Change
from fingerpost.domain.names.names import Tag
from fingerpost.domain.unset import UNSET

from .arguments import listed
from .workspace import Workspace

if TYPE_CHECKING:
    from fingerpost.application.collections.collection_edits import CollectionEdit
    from fingerpost.application.read_models.rows import CollectionRow
    from fingerpost.domain.collection import Unset


class CollectionAnnotations:
    """Description and tags. See :class:`~fingerpost.Collection`.

    Assigning writes at once; what is changed inside the list of tags is written by :meth:`save`.
    Either way only the difference to what was read here is written, so what others changed
    meanwhile stays.
    """

    def __init__(self, workspace: Workspace, row: "CollectionRow") -> None:
        self._workspace = workspace
        self._row = row
        self._description = row.description
        self._tags_read = row.tags
        self._tags: list[str] = sorted(row.tags)

    @property
    def description(self) -> str | None:
        """Free text; setting it writes it.

        Raises:
            EditConflictError: (setting) somebody else changed it since it was read here.
        """
        self._description = self._now().description
        return self._description

    @description.setter
    def description(self, description: str | None) -> None:
        self._edit(
            application.collections.collection_edits.CollectionEdit(
                description=Change(self._description, description)
            )
        )
        self._description = description

    @property
    def tags(self) -> list[str]:
        """The collection's own tags, sorted; setting them writes the difference.

        The list can be changed too; :meth:`save` writes it then.

        Raises:
            InvalidNameError: (setting) a tag is not valid.
            RoleRequiredError: (setting) the actor may not change it.
        """
        if self._tags_read == frozenset(self._tags):
            self._read_tags()
        return self._tags

    @tags.setter
    def tags(self, tags: Iterable[str]) -> None:
        self._retag([Tag(tag) for tag in listed(tags, "tags")])

    def save(self, reason: str | None = None) -> None:
        """Write what was changed in the list of tags; all else is written when it is set.

        Code for W&B that sets description, tags or name and then calls this works as it stands.

        Args:
            reason: why, for the history.

        Raises:
            CollectionNotFoundError: the collection was deleted.
            InvalidNameError: a tag is not valid.
            RoleRequiredError: the actor may not change it.
        """
        self._retag([Tag(tag) for tag in listed(self._tags, "tags")], reason)

    def edit(
        self,
        *,
        description: "str | Unset | None" = UNSET,
        add_tags: Iterable[str] | None = None,
        remove_tags: Iterable[str] | None = None,
        reason: str | None = None,
    ) -> None:
        """Change description and tags in one step, and say why.

        Args:
            description: free text; ``None`` takes it away, and without it the description stays.
            add_tags: tags to give it; those that it has already change nothing.
            remove_tags: tags to take off it; likewise.
            reason: why, for the history.

        Raises:
            EditConflictError: somebody else changed the description since it was read here;
                nothing is changed.
            InvalidNameError: a tag is not valid.
            RoleRequiredError: the actor may not change it.
        """
        said = None
        if not isinstance(description, domain.collection.Unset):
            said = Change(self._description, description)
        self._edit(
            application.collections.collection_edits.CollectionEdit(
                description=said,
                add_tags=[Tag(tag) for tag in listed(add_tags, "add_tags")],
                remove_tags=[Tag(tag) for tag in listed(remove_tags, "remove_tags")],
            ),
            reason,
        )
        self._description = self._now().description
        self._read_tags()

    def _retag(self, wanted: Sequence[Tag], reason: str | None = None) -> None:
        had = self._tags_read
        add = [tag for tag in wanted if tag not in had]
        remove = [Tag(tag) for tag in sorted(had.difference(wanted))]
        if add or remove:
            self._edit(
                application.collections.collection_edits.CollectionEdit(
                    add_tags=add, remove_tags=remove
                ),
                reason,
            )
        self._read_tags()

    def _edit(self, changes: "CollectionEdit", reason: str | None = None) -> None:
        application.collections.collection_edits.edit(
            self._workspace.session(), self._row.id, changes, reason
        )

    def _read_tags(self) -> None:
        self._tags_read = self._now().tags
        # The same list as before: whoever holds it goes on with it.
        self._tags[:] = sorted(self._tags_read)

    def _now(self) -> "CollectionRow":
        return application.collections.reading.collection_of(
            self._workspace.session(), self._row.id
        )
