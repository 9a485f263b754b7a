"""The resolvers that every store has."""

from fingerpost.application.store import Store

from .artifact import ArtifactReferences
from .azure import AzureReferences
from .file import FileReferences
from .gcs import GCSReferences
from .resolvers import Resolvers


def default_resolvers(store: Store | None = None) -> Resolvers:
    """Return the resolvers for drafts of a store, or of none yet.

    Nothing is imported or connected to before a URI of its kind is seen.
    """
    return Resolvers(
        [ArtifactReferences(store), FileReferences(), GCSReferences(), AzureReferences()]
    )
