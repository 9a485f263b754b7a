"""References: data that stays where it is, and how to know that it is still the same."""

from .defaults import default_resolvers
from .resolvers import Resolvers

__all__ = ["Resolvers", "default_resolvers"]
