"""References: data that stays where it is, and how to know that it is still the same."""

from .artifact import ArtifactReferences
from .defaults import default_resolvers
from .file import FileReferences
from .resolvers import Resolvers
from .s3 import S3References

__all__ = ["ArtifactReferences", "FileReferences", "Resolvers", "S3References", "default_resolvers"]
