"""What the aliases of a collection pointed at, and when."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from fingerpost import application
from fingerpost.domain.names.alias import Alias

from . import render
from .workspace import Workspace

if TYPE_CHECKING:
    from fingerpost.application.read_models.rows import AliasChange, CollectionRow


class CollectionHistory:
    """See :class:`~fingerpost.Collection`."""

    _workspace: Workspace
    _row: "CollectionRow"

    def alias_history(self, alias: str | None = None) -> "list[AliasChange]":
        """Return every placing, move and removal, oldest first.

        Args:
            alias: only this one; all of them by default.

        Returns:
            Rows with ``alias, from_version, to_version, actor, at, reason, approved_by`` and more;
            an alias that never was has none.
        """
        checked = None if alias is None else Alias(alias)
        return list(
            application.history.reading.alias_history(
                self._workspace.session(), self._row.id, checked
            )
        )

    def aliases_at(self, at: datetime) -> dict[str, str]:
        """Return alias → version (``vN``) as it was at a moment, sorted by alias.

        A change counts from the time that its row's ``effective_at`` names, that moment included.
        Versions that were deleted since are among them.

        Args:
            at: with a time zone, and not in the future.

        Raises:
            InvalidValueError: it has no time zone, or is in the future (a ``ValueError``).
        """
        return {
            change.alias: change.to_version
            for change in self.alias_changes_at(at)
            if change.to_version is not None
        }

    def alias_changes_at(self, at: datetime, alias: str | None = None) -> "list[AliasChange]":
        """Return, of one or all aliases, the last change until a moment: who put it there, and why.

        Sorted by alias. Removals are among them, with ``to_version=None``; aliases of which
        nothing was known then are missing.

        Args:
            at: with a time zone, and not in the future.
            alias: only this one; all of them by default.

        Raises:
            InvalidValueError: it has no time zone, or is in the future (a ``ValueError``).
        """
        checked = None if alias is None else Alias(alias)
        session = self._workspace.session()
        return list(
            application.history.reading.alias_changes_at(session, self._row.id, at, checked)
        )

    def timeline_svg(self, alias: str | None = None) -> str:
        """Return a picture of which version held which alias when, as a document of its own.

        One row an alias, one bar a version that held it; what holds it now is open at its end.
        Times are UTC, and those from when on a change counts. Changes too close to each other to
        be told apart are drawn as one bar that says how many they are.

        Args:
            alias: only this one; all of them by default, of which the first 500 are drawn.

        Returns:
            SVG, in UTF-8 when it is written to a file.
        """
        changes: Sequence[AliasChange] = self.alias_history(alias)
        return render.timeline.timeline_svg(
            self._row.path, changes, self._workspace.opened.store.clock()
        )
