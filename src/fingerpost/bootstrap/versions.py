"""Which formats a store has, beside those that this Fingerpost writes."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from .content_location import is_url

if TYPE_CHECKING:
    from .store import OpenStore


class FormatVersion(NamedTuple):
    """One format.

    Attributes:
        what: such as ``read tables``.
        found: the version that the store has.
        newest: the one that this Fingerpost writes.
    """

    what: str
    found: int
    newest: int


def versions_of(opened: "OpenStore") -> Iterator[FormatVersion]:
    """Iterate over the formats of a store that is open, and so in formats that are known."""
    from fingerpost.adapters.content.claim import LAYOUT
    from fingerpost.adapters.content.pack import VERSION
    from fingerpost.adapters.read_tables import SCHEMA_VERSION
    from fingerpost.adapters.store_marker.facts import STORE_FORMAT
    from fingerpost.adapters.store_marker.folder import read_facts

    facts = None if is_url(opened.location) else read_facts(Path(opened.location))
    yield FormatVersion("store", STORE_FORMAT if facts is None else facts.format, STORE_FORMAT)
    # Opening brings these up to date, or refuses them.
    yield FormatVersion("read tables", SCHEMA_VERSION, SCHEMA_VERSION)
    yield FormatVersion("content layout", LAYOUT, LAYOUT)
    yield FormatVersion("packs", VERSION, VERSION)
