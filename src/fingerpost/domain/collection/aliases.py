"""Moving and removing the aliases that point at a collection's versions."""

from collections.abc import Mapping

from attrs import frozen

from ..aggregates.aggregate import Recording
from ..aggregates.permissions import Action, Authority
from ..errors import AliasExpectationError, AliasNotFoundError, InvalidValueError
from ..events import Event
from ..names.alias import Alias, version_index, version_label
from ..names.text import plain
from ..versions.version import Version
from .annotations import AnnotationCommands
from .head import Head
from .steps import point, take_off
from .unset import UNSET, Unset


@frozen(kw_only=True)
class AliasCommands(AnnotationCommands):
    """Commands about aliases. See :class:`~fingerpost.domain.collection.Collection`."""

    def move_alias(
        self,
        alias: Alias,
        to: Version,
        authority: Authority,
        expected: str | Unset | None = UNSET,
    ) -> list[Event]:
        """Place or move a custom alias; where it is there already nothing happens.

        Args:
            alias: a custom alias.
            to: the version that is to hold it.
            authority: on whose behalf.
            expected: the version (``vN``) that must hold it now, ``None`` for "nothing may".

        Raises:
            AliasExpectationError: names the version that does hold it.
        """
        self.expect(alias, expected)
        recording = Recording[Head](self, authority.by)
        point(recording, alias.custom(), to.index, authority)
        return recording.events

    def remove_alias(
        self, alias: Alias, authority: Authority, expected: str | Unset | None = UNSET
    ) -> list[Event]:
        """Take an alias off; ``latest`` too, and then nothing is latest until the next version.

        Raises:
            AliasNotFoundError: nothing has it.
        """
        authority.require_alias(alias)
        self.expect(alias, expected)
        self._require_removable(alias)
        recording = Recording[Head](self, authority.by)
        take_off(recording, alias, authority)
        return recording.events

    def move_aliases(
        self,
        moves: Mapping[Alias, Version | None],
        authority: Authority,
        expected: Mapping[Alias, str | None],
    ) -> list[Event]:
        """Place, move and remove several aliases in one step: all of them, or none.

        Args:
            moves: alias → the version that is to hold it, or ``None`` to take it off.
            authority: on whose behalf.
            expected: alias → the version (``vN``) that must hold it before any of them is moved,
                ``None`` for "nothing may". An alias that is not moved may be among them.

        Raises:
            AliasExpectationError: names the alias, and the version that does hold it.
            AliasNotFoundError: nothing has an alias that is to be taken off.
            RoleRequiredError: one of them is protected, and the actor is no admin.
        """
        authority.require(Action.SET_ALIAS)
        for alias in moves:
            authority.require_alias(alias)
        for alias, holder in expected.items():
            self.expect(alias, holder)
        recording = Recording[Head](self, authority.by)
        # Off before on: what makes room, makes room for the others.
        for alias in sorted(alias for alias, to in moves.items() if to is None):
            self._require_removable(alias)
            take_off(recording, alias, authority)
        for alias, to in sorted(moves.items()):
            if to is not None:
                point(recording, alias.custom(), to.index, authority)
        return recording.events

    def roll_back(
        self, alias: Alias, to: Version, undoes: int, authority: Authority
    ) -> list[Event]:
        """Return an alias to a version that it held before.

        Args:
            alias: a custom alias.
            to: the version.
            undoes: version, in this stream, of the oldest change that this undoes.
            authority: on whose behalf.
        """
        recording = Recording[Head](self, authority.by)
        point(recording, alias.custom(), to.index, authority, undoes)
        return recording.events

    def _require_removable(self, alias: Alias) -> None:
        if version_index(alias) is not None:
            alias.custom()
        if alias not in self.aliases:
            raise AliasNotFoundError("alias", alias, sorted(self.aliases))

    def expect(self, alias: Alias, expected: str | Unset | None) -> None:
        """Return if an alias is where it is expected to be.

        Raises:
            AliasExpectationError: names the version that does hold it.
            InvalidValueError: what is expected could never hold it.
        """
        if isinstance(expected, Unset):
            return
        if expected is not None and version_index(plain(expected) or "") is None:
            # Not a lost race but a slip: it could never be what holds the alias.
            raise InvalidValueError(
                "expected version", expected, "it is 'vN', or None for none", "For example 'v0'."
            )
        holder = self.aliases.get(alias)
        actual = None if holder is None else version_label(holder)
        if actual != expected:
            raise AliasExpectationError(str(alias), expected, actual)
