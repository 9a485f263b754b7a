"""Names of automations and of secrets."""

import re
from typing import Final, Self

from ..errors import InvalidNameError
from ..names.names import Title
from ..names.text import LONGEST_NAME, plain

_SECRET: Final = re.compile(r"[A-Z][A-Z0-9_]{0,127}")
_NOT_SECRET: Final = re.compile(r"[^A-Z0-9]+")

ACCESS_TOKEN: Final = "ACCESS_TOKEN"  # noqa: S105 - the name of a variable
"""What stands for the bearer token in a template, whatever its secret is called. *Source*: W&B's
document on webhook automations, payload variables."""


class AutomationName(Title):
    """Name of an automation; unique in its scope."""

    __slots__ = ()
    what = "automation name"


class SecretName(str):
    """Name of a secret: capital letters, digits and ``_``, a letter first; 1 to 128 of them.

    Variables are lower case, so that a template can hold both.
    """

    __slots__ = ()

    def __new__(cls, text: str) -> Self:
        """Check the text and return it as this kind of value."""
        name = plain(text) or ""
        if not _SECRET.fullmatch(name) or name == ACCESS_TOKEN:
            raise InvalidNameError(
                "secret name",
                text,
                f"use 1 to {LONGEST_NAME} capital letters, digits and '_', a letter first, and not "
                f"{ACCESS_TOKEN!r}, which stands for any bearer token",
                f"For example {_suggested(name)!r}.",
            )
        return super().__new__(cls, name)


def _suggested(text: str) -> str:
    fitting = _NOT_SECRET.sub("_", text.upper()).strip("_0123456789")[:LONGEST_NAME]
    return fitting if fitting and fitting != ACCESS_TOKEN else "DEPLOY_TOKEN"
