"""Whether events can have followed each other: what a replayed or forged event gives away."""

from uuid import UUID

from fingerpost.domain.events import AliasMoved, AliasRemoved, Event, Linked, VersionLogged
from fingerpost.domain.names.alias import version_label


class LedgerSense:
    """Follows the aliases and version numbers of all collections through a ledger.

    An event says what was there before it, so one that is stored a second time contradicts what
    it had brought about itself.
    """

    def __init__(self) -> None:
        self._aliases: dict[tuple[UUID, str], int] = {}
        self._next: dict[UUID, int] = {}

    def problem(self, event: Event) -> str | None:
        """Take the next event in; return what it contradicts, or ``None``."""
        match event:
            case AliasMoved():
                held = self._aliases.get((event.originator_id, event.alias))
                self._aliases[event.originator_id, event.alias] = event.to_version
                return _contradiction(event.alias, event.from_version, held)
            case AliasRemoved():
                held = self._aliases.pop((event.originator_id, event.alias), None)
                return _contradiction(event.alias, event.from_version, held)
            case VersionLogged() | Linked():
                expected = self._next.get(event.originator_id, 0)
                self._next[event.originator_id] = event.index + 1
                if event.index != expected:
                    return f"makes {version_label(event.index)} after v{expected - 1}"
        return None


def _contradiction(alias: str, said: int | None, held: int | None) -> str | None:
    if said == held:
        return None
    return f"takes {alias!r} from {_label(said)}, and {_label(held)} held it"


def _label(index: int | None) -> str:
    return "nothing" if index is None else version_label(index)
