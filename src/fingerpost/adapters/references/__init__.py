"""References: data that stays where it is, and how to know that it is still the same."""

from .artifact import ArtifactReferences
from .azure import AzureReferences
from .defaults import default_resolvers
from .file import FileReferences
from .gcs import GCSReferences
from .http import HttpReferences
from .resolvers import Resolvers
from .s3 import S3References
from .tracked import TrackedReferences

__all__ = [
    "ArtifactReferences",
    "AzureReferences",
    "FileReferences",
    "GCSReferences",
    "HttpReferences",
    "Resolvers",
    "S3References",
    "TrackedReferences",
    "default_resolvers",
]
