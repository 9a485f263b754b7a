"""Which resolver knows which scheme."""

from collections.abc import Iterable, Iterator
from typing import BinaryIO
from urllib.parse import urlsplit

from fingerpost.application.ports.references import Reference, ReferenceResolver
from fingerpost.domain.entry import Entry
from fingerpost.domain.errors import InvalidReferenceError


class Resolvers:
    """Dispatches on the scheme of a URI."""

    def __init__(self, resolvers: Iterable[ReferenceResolver]) -> None:
        self._by_scheme = {
            scheme: resolver for resolver in resolvers for scheme in resolver.schemes
        }

    def resolve(self, reference: Reference) -> Iterator[Entry]:
        """Iterate over the entries that a reference stands for."""
        return self._for(reference.uri).resolve(reference)

    def open(self, entry: Entry) -> BinaryIO:
        """Open what an entry refers to."""
        return self._for(entry.ref or "").open(entry)

    def is_local(self, entry: Entry) -> bool:
        """Whether what an entry refers to is on this machine."""
        return self._for(entry.ref or "").is_local

    def _for(self, uri: str) -> ReferenceResolver:
        scheme = urlsplit(uri).scheme.lower() if _has_scheme(uri) else ""
        resolver = self._by_scheme.get(scheme)
        if resolver is None:
            known = ", ".join(f"{name}://" for name in sorted(self._by_scheme))
            raise InvalidReferenceError(
                "reference",
                uri,
                f"this version of Fingerpost tracks {known}",
                "For a local path use add_file or add_dir, or write it as file:///….",
            )
        return resolver


def _has_scheme(uri: str) -> bool:
    # "file:data.csv" is a URI, and "C:data.csv" none.
    return "://" in uri or uri[:5].lower() == "file:"
