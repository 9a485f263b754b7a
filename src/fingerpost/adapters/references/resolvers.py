"""Which resolver knows which URI, and what is the same for all of them."""

from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO

from attrs import evolve

from fingerpost.application.ports.references import (
    Observation,
    Reference,
    ReferenceResolver,
    ReferenceState,
)
from fingerpost.domain.errors import InvalidReferenceError, ReferenceMissingError
from fingerpost.domain.manifest.entry import CONTENT_DIGEST, Entry

from .content_digest import checked_by_content, with_content_digest
from .observing import observed_by_reading, recorded

FindPlugin = Callable[[str, str], ReferenceResolver | None]
"""Given scheme and URI, returns the resolver of a plug-in, if any knows it."""


class Resolvers:
    """Dispatches on a URI: by its scheme, and among those that know that, to the first.

    Digests of the content, beside what a provider says of it, are made and checked here.

    Args:
        resolvers: in order; the more special ones first.
        find_plugin: asked when none of these knows a URI.
        fallback: for URIs that no plug-in knows either.
    """

    def __init__(
        self,
        resolvers: Iterable[ReferenceResolver],
        find_plugin: FindPlugin = lambda _scheme, _uri: None,
        fallback: ReferenceResolver | None = None,
    ) -> None:
        self._resolvers = tuple(resolvers)
        self._find_plugin = find_plugin
        self._fallback = fallback

    def resolve(self, reference: Reference) -> Iterator[Entry]:
        """Iterate over the entries that a reference stands for."""
        entries = self.resolver_of(reference.uri).resolve(reference)
        if not reference.is_content_hashed:
            return entries
        algorithm = reference.digest_algorithm.storage
        return (with_content_digest(entry, self.open, algorithm) for entry in entries)

    def open(self, entry: Entry) -> BinaryIO:
        """Open what an entry refers to."""
        try:
            source = self.resolver_of(entry.ref or "").open(entry)
        except ReferenceMissingError as error:
            if error.recorded is not None:
                raise
            raise evolve(error, recorded=recorded(entry)) from error
        return checked_by_content(source, entry)

    def observe(self, entry: Entry) -> Observation:
        """Compare what there is now with what an entry recorded.

        Where the content was hashed, that has to be the same too, and is read.
        """
        observed = self.resolver_of(entry.ref or "").observe(entry)
        is_there = observed.state in {ReferenceState.SAME, ReferenceState.UNVERIFIABLE}
        if is_there and CONTENT_DIGEST in entry.extra:
            return observed_by_reading(self, entry)
        return observed

    def is_local(self, entry: Entry) -> bool:
        """Whether what an entry refers to is on this machine."""
        return self.resolver_of(entry.ref or "").is_local

    def resolver_of(self, uri: str) -> ReferenceResolver:
        """Return who knows a URI.

        Raises:
            InvalidReferenceError: nobody does.
        """
        scheme = uri.partition(":")[0].lower() if _has_scheme(uri) else ""
        for resolver in self._resolvers:
            if scheme in resolver.schemes and resolver.handles(uri):
                return resolver
        plugin = self._find_plugin(scheme, uri) if scheme else None
        if plugin is not None:
            return plugin
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
