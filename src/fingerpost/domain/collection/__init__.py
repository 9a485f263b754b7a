"""The collection aggregate."""

from .alias_steps import MOST_ALIASES
from .collection import Collection
from .head import CollectionKind
from .unset import UNSET, Unset

__all__ = ["MOST_ALIASES", "UNSET", "Collection", "CollectionKind", "Unset"]
