"""References: data that stays where it is, and how to know that it is still the same."""

from .file import FileReferences
from .resolvers import Resolvers

__all__ = ["FileReferences", "Resolvers"]
