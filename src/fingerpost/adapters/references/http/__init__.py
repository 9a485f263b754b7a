"""References to what web servers have: ``http://`` and ``https://``."""

from .limits import HttpLimits
from .references import HttpReferences

__all__ = ["HttpLimits", "HttpReferences"]
