"""Named steps of an append, at which crash tests kill the process."""

from collections.abc import Callable
from typing import Final

Failpoint = Callable[[str], None]
"""Called with the name of each step that is reached."""

FAILPOINTS: Final = (
    "before_insert",
    "after_insert",
    "after_fences",
    "after_tree",
    "after_tables",
    "before_commit",
    "after_commit",
    "before_snapshot",
    "after_snapshot",
)
"""The steps of an append, in order; ``after_tree`` and ``after_tables`` once an event."""


def no_failpoint(name: str) -> None:
    """Do nothing."""
    del name
