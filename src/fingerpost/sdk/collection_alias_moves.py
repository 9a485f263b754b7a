"""Moving several aliases of a collection at once."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, TypeVar

from fingerpost import application
from fingerpost.domain.errors import ForeignStoreError, InvalidAliasError, InvalidValueError
from fingerpost.domain.names.alias import Alias, version_label
from fingerpost.domain.unset import UNSET

from .version_holder import VersionHolder
from .workspace import Workspace

if TYPE_CHECKING:
    from fingerpost.application.collections.aliases import Holder
    from fingerpost.application.read_models.rows import CollectionRow
    from fingerpost.domain.collection import Unset

    from .artifact import Artifact

T = TypeVar("T")

_FORM: Final = "it maps aliases to versions, or to None"


class CollectionAliasMoves:
    """See :class:`~fingerpost.Collection`."""

    _workspace: Workspace
    _row: "CollectionRow"

    def move_aliases(
        self,
        moves: "Mapping[str, str | Artifact | None]",
        *,
        expected: Mapping[str, str | None] | None = None,
        reason: str | None = None,
    ) -> None:
        """Place, move and remove several aliases in one step: all of them, or none.

        Nobody ever sees some of them moved and others not, and the history has them side by side,
        with one reason. Aliases that stay where they are make no entry.

        Args:
            moves: alias → the version that is to hold it: ``vN``, another alias, whose version as
                it is before this step is meant, or an artifact of this collection or linked to it;
                ``None`` takes the alias off. ``{"blue": "green", "green": "blue"}`` swaps two.
            expected: alias → the version that must hold it beforehand, or ``None`` for "none may".
                Aliases that are not to be moved may be among them: those are conditions only.
            reason: why, for the history.

        Raises:
            AliasExpectationError: another version holds an alias; names both.
            InvalidAliasError: an alias is not valid, or is given in two spellings.
            AliasNotFoundError: nothing holds an alias that is to be taken off, or the one that was
                given for a version.
            VersionNotFoundError: there is no such version in this collection.
            RoleRequiredError: an alias is protected, and the actor is no admin.
        """
        checked = {
            alias: None if to is None else self._holder(to)
            for alias, to in _by_alias(moves, "moves").items()
        }
        wanted = _by_alias({} if expected is None else expected, "expected")
        session = self._workspace.session()
        application.collections.aliases.move_several(
            session, self._row.id, checked, expected=wanted, reason=reason
        )

    def rollback(
        self,
        alias: str,
        *,
        to: str | None = None,
        expected: "str | Unset | None" = UNSET,
        reason: str | None = None,
    ) -> str:
        """Return an alias to the version that it held before the last move that was not undone.

        The history is a pile: each move puts a version on it, a rollback takes the topmost off.
        So a second rollback goes one step further back, and does not undo the first. Removals are
        undone too; a rollback never takes an alias off. It is itself a move: it shows in the
        history (``undoes``), erases nothing, and needs the same role and approvals as any other.

        Args:
            alias: a custom or protected alias.
            to: go back as far as this version (``vN``), which has to be on the pile; where the
                alias is there already nothing happens.
            expected: the version that must hold the alias now, or ``None`` for "none may": so that
                of two people who roll back at once only one does.
            reason: why, for the history.

        Returns:
            The version (``vN``) that holds the alias now.

        Raises:
            RollbackError: there is nothing to go back to, or it was deleted; names the next
                earlier version.
            AliasNotFoundError: nothing ever had the alias.
            AliasExpectationError: another version holds it; names that one.
            RoleRequiredError: the alias is protected, and the actor is no admin.
            ApprovalsMissingError: too few other people approved the version that would come back.
            ReasonRequiredError: the registry requires a reason (a ``ValueError``).
        """
        index = application.collections.rollbacks.rollback(
            self._workspace.session(),
            Alias(alias),
            self._row.id,
            to=to,
            expected=expected,
            reason=reason,
        )
        return version_label(index)

    def _holder(self, to: "str | Artifact") -> "Holder":
        if not isinstance(to, VersionHolder):
            return Alias(to)
        fetched, opened = to._require_logged("give it an alias"), self._workspace.opened
        if fetched.workspace.opened.identity != opened.identity:
            home = fetched.workspace.opened.location
            raise ForeignStoreError(fetched.qualified_name, home, opened.location)
        is_here = fetched.row.collection_id == self._row.id
        return fetched.row.ref if is_here else fetched.source_ref


def _by_alias(given: Mapping[str, T], what: str) -> dict[Alias, T]:
    if not isinstance(given, Mapping):
        raise InvalidValueError(what, given, _FORM, "Write {'production': 'v3'}, say.")
    found: dict[Alias, T] = {}
    for text, value in given.items():
        alias = Alias(text)
        if alias in found:
            raise InvalidAliasError(
                "alias", text, "it is given twice, in two spellings of Unicode", "Name it once."
            )
        found[alias] = value
    return found
