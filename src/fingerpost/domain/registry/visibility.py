"""Who has access to a registry."""

from enum import StrEnum
from typing import Self

from ..errors import InvalidValueError


class Visibility(StrEnum):
    """Who has access to a registry. *Source*: W&B's registry visibility types."""

    ORGANIZATION = "organization"
    RESTRICTED = "restricted"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the visibility with this name.

        Raises:
            InvalidValueError: names the visibilities.
        """
        try:
            return cls(text)
        except ValueError:
            raise InvalidValueError(
                "visibility",
                text,
                "it is 'organization' (everybody in it) or 'restricted' (members alone)",
                "Pick one.",
            ) from None
