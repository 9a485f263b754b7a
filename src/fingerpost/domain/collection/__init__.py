"""The collection aggregate."""

from .collection import UNSET, Collection, Unset
from .head import CollectionKind
from .steps import MOST_ALIASES

__all__ = ["MOST_ALIASES", "UNSET", "Collection", "CollectionKind", "Unset"]
