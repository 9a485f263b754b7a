"""The resolvers that every store has."""

from collections.abc import Callable, Sequence
from functools import partial
from uuid import UUID

from fingerpost.application.ports.references import ReferenceResolver
from fingerpost.application.store import Store
from fingerpost.domain.aggregates.permissions import Action

from .resolvers import Resolvers

Requirement = Callable[[UUID, Action], None]


def default_resolvers(
    store: Store | None = None,
    given: Sequence[ReferenceResolver] = (),
    require: Requirement | None = None,
) -> Resolvers:
    """Return the resolvers for drafts of a store, or of none yet.

    None is imported before a URI is seen, and no client of a provider before one of its kind.

    Args:
        store: where other artifacts are.
        given: those that a program handed in; they come first.
        require: raises unless the actor may do something with what is in a collection.
    """
    return _DeferredResolvers(partial(_made, store, given, require))


class _DeferredResolvers(Resolvers):
    """Resolvers that are made when the first URI is seen: most programs never see one."""

    def __init__(self, make: Callable[[], Resolvers]) -> None:
        super().__init__([])
        self._make = make
        self._are: Resolvers | None = None

    def resolver_of(self, uri: str) -> ReferenceResolver:
        """Return who knows a URI."""
        if self._are is None:
            self._are = self._make()
        return self._are.resolver_of(uri)


def _made(
    store: Store | None, given: Sequence[ReferenceResolver], require: Requirement | None
) -> Resolvers:
    from .artifact import ArtifactReferences
    from .azure import AzureReferences
    from .file import FileReferences
    from .gcs import GCSReferences
    from .http import HttpReferences
    from .plugins import find_installed
    from .s3 import S3References
    from .tracked import TrackedReferences

    built_in: list[ReferenceResolver] = [
        ArtifactReferences(store, require),
        FileReferences(),
        S3References(),
        GCSReferences(),
        # Before HTTP: Azure's URIs are of the scheme https.
        AzureReferences(),
        HttpReferences(),
    ]
    known = [scheme for resolver in built_in for scheme in resolver.schemes]
    return Resolvers([*given, *built_in], find_installed, TrackedReferences(known))
