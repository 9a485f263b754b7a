"""References: data that stays where it is, and how to know that it is still the same."""

from .artifact import ArtifactReferences
from .defaults import default_resolvers
from .file import FileReferences
from .resolvers import Resolvers

__all__ = ["ArtifactReferences", "FileReferences", "Resolvers", "default_resolvers"]
