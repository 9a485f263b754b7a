"""Openers of event stores and content stores that other distributions bring, by entry point.

The name of an entry point is the scheme of a URL. Its object is called with a
:class:`~fingerpost.adapters.event_store.shared.LedgerOpening` or a
:class:`~fingerpost.adapters.content.placed.ContentOpening`, and returns a
:class:`~fingerpost.adapters.event_store.shared.SharedEventStore` or a
:class:`~fingerpost.adapters.content.placed.PlacedContentStore`.
"""

from collections.abc import Callable
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Final

from attrs import frozen

from fingerpost.domain.errors import FingerpostError, PluginError

EVENT_STORES: Final = "fingerpost.event_stores"
CONTENT_STORES: Final = "fingerpost.content_stores"

_CONTENT_MEMBERS: Final = (
    *("location", "is_local", "writer", "missing", "open", "read", "size_bytes", "digests"),
    *("hold", "can_sweep", "sweep", "close", "require_promises", "claimed_by"),
)
_LEDGER_MEMBERS: Final = (
    *("location", "queries", "load", "append", "stream", "events", "records", "readable"),
    *("restore", "tree_size", "tree_hashes", "tree_hashes_from", "rebuild", "forged_snapshots"),
    *("differing_tables", "close", "store_id", "holds", "automations", "fact", "add_fact"),
)
MEMBERS: Final = {EVENT_STORES: _LEDGER_MEMBERS, CONTENT_STORES: _CONTENT_MEMBERS}
"""By group, what an object that a plug-in returns has to have."""


@frozen
class Plugin:
    """An installed opener.

    Attributes:
        group: of its entry point.
        point: the entry point.
    """

    group: str
    point: EntryPoint

    def open(self, opening: Any) -> Any:
        """Return what the plug-in opens.

        Raises:
            PluginError: it cannot be loaded, fails otherwise than with an error of Fingerpost, or
                returns something that lacks a method.
            FingerpostError: what the plug-in says about the place.
        """
        try:
            opened = self._opener()(opening)
        except FingerpostError:
            raise
        except Exception as error:
            # Without its text: there may be a password in it. The cause has it.
            raise self.broken(f"opening a store raised {type(error).__name__}") from error
        missing = [name for name in MEMBERS[self.group] if not hasattr(opened, name)]
        if missing:
            raise self.broken(f"what it opens has no {', '.join(missing)}")
        return opened

    def _opener(self) -> Callable[[Any], Any]:
        try:
            opener = self.point.load()
        except Exception as error:
            raise self.broken(f"{type(error).__name__}: {error}") from error
        if not callable(opener):
            raise self.broken("it has to be a function or a class")
        return opener  # type: ignore[no-any-return]  # checked as far as it can be

    def broken(self, problem: str) -> PluginError:
        """Return the error of a plug-in that cannot be used."""
        name = f"{self.group}: {self.point.name} = {self.point.value}"
        return PluginError(name, distribution_of(self.point), problem)


def find_plugin(group: str, scheme: str) -> Plugin | None:
    """Return the installed opener of a scheme, not loaded yet.

    Raises:
        PluginError: two distributions have one.
    """
    found = [Plugin(group, point) for point in _installed(group) if point.name == scheme]
    if len({plugin.point.value for plugin in found}) > 1:
        other = distribution_of(found[1].point)
        raise found[0].broken(f"{other} has one of the same name ({found[1].point.value})")
    return found[0] if found else None


def installed_schemes(group: str) -> list[str]:
    """Return the schemes that installed plug-ins bring, sorted."""
    return sorted({point.name for point in _installed(group)})


def distribution_of(point: EntryPoint) -> str:
    """Return name and version of what installed an entry point."""
    dist = point.dist
    return f"{dist.name} {dist.version}" if dist else "an unknown distribution"


@cache
def _installed(group: str) -> tuple[EntryPoint, ...]:
    # Looked for once in a process, when a scheme is named that is not built in.
    return tuple(sorted(entry_points(group=group), key=lambda point: (point.name, point.value)))
