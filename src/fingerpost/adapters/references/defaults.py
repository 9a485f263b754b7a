"""The resolvers that every store has."""

from fingerpost.application.ports.references import ReferenceResolver
from fingerpost.application.store import Store

from .artifact import ArtifactReferences
from .file import FileReferences
from .http import HttpReferences
from .resolvers import Resolvers
from .tracked import TrackedReferences


def default_resolvers(store: Store | None = None) -> Resolvers:
    """Return the resolvers for drafts of a store, or of none yet.

    Nothing is imported or connected to before a URI of its kind is seen.
    """
    resolvers: list[ReferenceResolver] = [
        ArtifactReferences(store),
        FileReferences(),
        HttpReferences(),
    ]
    known = [scheme for resolver in resolvers for scheme in resolver.schemes]
    return Resolvers(resolvers, TrackedReferences(known))
