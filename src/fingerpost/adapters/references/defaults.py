"""The resolvers that every store has."""

from collections.abc import Sequence

from fingerpost.application.ports.references import ReferenceResolver
from fingerpost.application.store import Store

from .artifact import ArtifactReferences
from .azure import AzureReferences
from .file import FileReferences
from .gcs import GCSReferences
from .http import HttpReferences
from .plugins import find_installed
from .resolvers import Resolvers
from .s3 import S3References
from .tracked import TrackedReferences


def default_resolvers(
    store: Store | None = None, given: Sequence[ReferenceResolver] = ()
) -> Resolvers:
    """Return the resolvers for drafts of a store, or of none yet.

    Nothing is imported or connected to before a URI of its kind is seen.

    Args:
        store: where other artifacts are.
        given: those that a program handed in; they come first.
    """
    built_in: list[ReferenceResolver] = [
        ArtifactReferences(store),
        FileReferences(),
        S3References(),
        GCSReferences(),
        # Before HTTP: Azure's URIs are of the scheme https.
        AzureReferences(),
        HttpReferences(),
    ]
    known = [scheme for resolver in built_in for scheme in resolver.schemes]
    return Resolvers([*given, *built_in], find_installed, TrackedReferences(known))
