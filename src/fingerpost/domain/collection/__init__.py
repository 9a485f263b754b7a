"""The collection aggregate."""

from .collection import Collection
from .head import CollectionKind
from .steps import MOST_ALIASES
from .unset import UNSET, Unset

__all__ = ["MOST_ALIASES", "UNSET", "Collection", "CollectionKind", "Unset"]
