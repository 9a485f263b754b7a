"""The collection aggregate."""

from ..unset import UNSET, Unset
from .alias_steps import MOST_ALIASES
from .collection import Collection
from .head import CollectionKind

__all__ = ["MOST_ALIASES", "UNSET", "Collection", "CollectionKind", "Unset"]
