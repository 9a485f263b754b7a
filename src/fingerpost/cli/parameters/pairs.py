"""Options of the form ``NAME=VALUE``."""

from collections.abc import Iterable
from typing import TypeVar

import click

V = TypeVar("V")


def pairs(given: Iterable[str], option: str, form: str = "ALIAS=VERSION") -> list[tuple[str, str]]:
    """Return names and values; a name may hold a ``=``, a value may not.

    Raises:
        click.BadParameter: there is no ``=``, or nothing on one side of it.
    """
    found = []
    for text in given:
        name, _, value = text.rpartition("=")
        if not (name and value):
            raise click.BadParameter(f"{text!r} is not {form}", param_hint=option)
        found.append((name, value))
    return found


def named_once(given: Iterable[tuple[str, V]], what: str) -> dict[str, V]:
    """Return the values by name.

    Raises:
        click.UsageError: a name is given twice.
    """
    found: dict[str, V] = {}
    for name, value in given:
        if name in found:
            raise click.UsageError(f"the {what} for {name!r} is given twice; name it once")
        found[name] = value
    return found


def renamed(given: Iterable[str], option: str) -> dict[str, str]:
    """Return what to call things instead: old name → new name.

    Raises:
        click.UsageError: a name is given twice, or without another.
    """
    return named_once(pairs(given, option, "OLD=NEW"), option)
