"""Which resolver knows which URI."""

from collections.abc import Iterable, Iterator
from typing import BinaryIO
from urllib.parse import urlsplit

from fingerpost.application.ports.references import Observation, Reference, ReferenceResolver
from fingerpost.domain.entry import Entry
from fingerpost.domain.errors import InvalidReferenceError


class Resolvers:
    """Dispatches on a URI: by its scheme, and among those that know that, to the first.

    Args:
        resolvers: in order; the more special ones first.
    """

    def __init__(self, resolvers: Iterable[ReferenceResolver]) -> None:
        self._resolvers = tuple(resolvers)

    def resolve(self, reference: Reference) -> Iterator[Entry]:
        """Iterate over the entries that a reference stands for."""
        return self._for(reference.uri).resolve(reference)

    def open(self, entry: Entry) -> BinaryIO:
        """Open what an entry refers to."""
        return self._for(entry.ref or "").open(entry)

    def observe(self, entry: Entry) -> Observation:
        """Compare what there is now with what an entry recorded."""
        return self._for(entry.ref or "").observe(entry)

    def is_local(self, entry: Entry) -> bool:
        """Whether what an entry refers to is on this machine."""
        return self._for(entry.ref or "").is_local

    def _for(self, uri: str) -> ReferenceResolver:
        scheme = urlsplit(uri).scheme.lower() if _has_scheme(uri) else ""
        for resolver in self._resolvers:
            if scheme in resolver.schemes and resolver.handles(uri):
                return resolver
        known = sorted(name for resolver in self._resolvers for name in resolver.schemes)
        raise InvalidReferenceError(
            "reference",
            uri,
            f"this version of Fingerpost tracks {', '.join(f'{name}://' for name in known)}",
            "For a local path use add_file or add_dir, or write it as file:///….",
        )


def _has_scheme(uri: str) -> bool:
    # "file:data.csv" is a URI, and "C:data.csv" none.
    return "://" in uri or uri[:5].lower() == "file:"
