"""Packages whose modules, or names, are imported when they are first used (PEP 562)."""

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from types import ModuleType


def lazy_modules(package: str) -> Callable[[str], ModuleType]:
    """Return the ``__getattr__`` of a package that imports its modules on first use.

    Args:
        package: full name of the package.
    """

    def module(name: str) -> ModuleType:
        if name.startswith("_"):
            raise _missing(package, name)
        try:
            return import_module(f"{package}.{name}")
        except ModuleNotFoundError as error:
            if error.name != f"{package}.{name}":
                raise
            raise _missing(package, name) from None

    return module


def lazy_names(package: str, homes: Mapping[str, tuple[str, ...]]) -> Callable[[str], object]:
    """Return the ``__getattr__`` of a package that imports its public names on first use.

    Args:
        package: full name of the package.
        homes: the names by module; modules are relative to the package. A module without names
            is a public name itself.
    """
    home_of = {name: module for module, names in homes.items() for name in names}

    def public(name: str) -> object:
        if name in homes and not homes[name]:
            return import_module(f"{package}.{name}")
        if name not in home_of:
            raise _missing(package, name)
        found = getattr(import_module(f"{package}.{home_of[name]}"), name)
        # Found there from now on, so that this is asked once.
        setattr(sys.modules[package], name, found)
        return found

    return public


def _missing(package: str, name: str) -> AttributeError:
    return AttributeError(f"module {package!r} has no attribute {name!r}")
