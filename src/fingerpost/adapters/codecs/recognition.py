"""Telling what an object is without importing the library that it may be of."""

import sys
from collections.abc import Sequence


def rank(cls: type, types: Sequence[str]) -> int | None:
    """Return how far above a class the nearest of some named classes is; ``None`` if none is.

    An object's library is imported already, or there would be no object: so a class that is in no
    imported module is not above it.

    Args:
        cls: the class of an object.
        types: classes as ``module:Name``.

    Returns:
        The place in the method resolution order, 0 for the class itself.
    """
    named = [found for found in map(_imported, types) if found is not None]
    ranks = (place for place, above in enumerate(cls.__mro__) if any(above is it for it in named))
    return next(ranks, None)


def _imported(name: str) -> object | None:
    module, _, qualified = name.partition(":")
    found: object | None = sys.modules.get(module)
    for part in qualified.split("."):
        found = getattr(found, part, None)
    return found


def type_name(cls: type) -> str:
    """Return a class's name for people: without the module for a builtin."""
    return cls.__qualname__ if cls.__module__ == "builtins" else f"{cls.__module__}.{cls.__name__}"
