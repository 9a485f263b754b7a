"""Whose content is in a place, and which layout it has."""

import json
from typing import Any, Final

from fingerpost.domain.errors import StoreFormatError, StoreUnavailableError

from .volume import Volume, as_unavailable

CLAIM: Final = "fingerpost-content.json"
LAYOUT: Final = 1
"""Version of packs, blobs and their names; a place with a higher one is refused."""


class OwnershipMarker:
    """A store's mark on a place that its content has to itself.

    Two stores must not share one: each takes what only the other needs for garbage.

    Args:
        volume: the place.
        store_id: what tells the store from all others.
    """

    def __init__(self, volume: Volume, store_id: str) -> None:
        self._volume = volume
        self._store_id = store_id
        self._is_known = False

    def make(self) -> bool:
        """Claim the place, or find that it is this store's already. Idempotent.

        Returns:
            Whether it was not claimed before.

        Raises:
            StoreUnavailableError: it is another store's, or cannot be written.
            StoreFormatError: a newer Fingerpost made it.
        """
        is_new = not self._read()
        if is_new:
            data = json.dumps({"format": LAYOUT, "store": self._store_id}) + "\n"
            with as_unavailable(self._volume.location):
                self._volume.write_note(CLAIM, data.encode())
            # Of two that claimed it at once, one finds the other's mark.
            self._read()
        return is_new

    def require(self) -> None:
        """Return if the place is this store's; asked once.

        Raises:
            StoreUnavailableError: it is not, or cannot be read.
            StoreFormatError: a newer Fingerpost made it.
        """
        if not self._is_known and not self._read():
            raise StoreUnavailableError(
                self._volume.location,
                f"{CLAIM}, which says whose content this is, is missing there",
                "Check that this is the place (a lost one is written by `fingerpost store "
                "migrate`).",
            )

    def _read(self) -> bool:
        with as_unavailable(self._volume.location):
            written = self._volume.read_note(CLAIM)
        if written is None:
            return False
        facts = _parsed(written, self._volume.location)
        if facts["format"] != LAYOUT:
            raise StoreFormatError(
                self._volume.location,
                f"its content has the layout {facts['format']!r}, and this Fingerpost knows "
                f"{LAYOUT}",
                "Upgrade Fingerpost.",
            )
        if facts["store"] != self._store_id:
            raise StoreUnavailableError(
                self._volume.location,
                f"it holds the content of another store ({facts['store']!r})",
                f"Give each store a folder or prefix of its own. If that store is no more, remove "
                f"{CLAIM} there.",
            )
        self._is_known = True
        return True


def _parsed(written: bytes, location: str) -> dict[str, Any]:
    try:
        facts: dict[str, Any] = json.loads(written)
        return {"format": facts["format"], "store": facts["store"]}
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        remedy = "Remove it, and have it written again by `fingerpost store migrate`."
        raise StoreFormatError(location, f"{CLAIM} there is damaged", remedy) from error
