"""References: data that stays where it is, and how to know that it is still the same."""

from .artifact import ArtifactReferences
from .defaults import default_resolvers
from .file import FileReferences
from .http import HttpReferences
from .resolvers import Resolvers
from .s3 import S3References
from .tracked import TrackedReferences

__all__ = [
    "ArtifactReferences",
    "FileReferences",
    "HttpReferences",
    "Resolvers",
    "S3References",
    "TrackedReferences",
    "default_resolvers",
]
