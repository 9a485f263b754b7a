"""Which resolver knows which URI."""

from collections.abc import Iterable, Iterator
from typing import BinaryIO

from fingerpost.application.ports.references import Observation, Reference, ReferenceResolver
from fingerpost.domain.entry import Entry
from fingerpost.domain.errors import InvalidReferenceError


class Resolvers:
    """Dispatches on a URI: by its scheme, and among those that know that, to the first.

    Args:
        resolvers: in order; the more special ones first.
        fallback: for URIs of schemes that none of them knows.
    """

    def __init__(
        self, resolvers: Iterable[ReferenceResolver], fallback: ReferenceResolver | None = None
    ) -> None:
        self._resolvers = tuple(resolvers)
        self._fallback = fallback

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
        scheme = uri.partition(":")[0].lower() if _has_scheme(uri) else ""
        for resolver in self._resolvers:
            if scheme in resolver.schemes and resolver.handles(uri):
                return resolver
        if self._fallback is not None and self._fallback.handles(uri):
            return self._fallback
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
