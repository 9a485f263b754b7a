"""The value that stands for "not given"."""

from enum import Enum
from typing import Final


class Unset(Enum):
    """Stands for "not given" where ``None`` has a meaning of its own."""

    UNSET = "unset"


UNSET: Final = Unset.UNSET
