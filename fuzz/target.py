"""What is fuzzed: a function of bytes, and what it may raise."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final

from attrs import frozen

from fingerpost.errors import FingerpostError

GOLDEN: Final = Path(__file__).parent.parent / "tests" / "golden"


@frozen(kw_only=True)
class Target:
    """One kind of untrusted input.

    Attributes:
        read: handles the input; returns, or raises what it may.
        seeds: valid inputs, from which others are made.
        permitted: what it may raise. Everything else is a finding.
        is_json: whether the inputs are JSON, or lines of it, and are changed as such too.
    """

    read: Callable[[bytes], object]
    seeds: Callable[[], list[bytes]]
    permitted: tuple[type[Exception], ...] = (FingerpostError,)
    is_json: bool = True

    def run(self, data: bytes) -> bool:
        """Read an input; return whether it was accepted."""
        try:
            self.read(data)
        except self.permitted as error:
            str(error)  # what the user would see has to be there, too
            return False
        return True


def read_by_one(
    readers: Iterable[Callable[[Any], object]],
    value: object,
    permitted: type[Exception] = FingerpostError,
) -> None:
    """Have every reader read a value; raise what the last one raised if all refuse it."""
    refused, is_accepted = None, False
    for read in readers:
        try:
            read(value)
            is_accepted = True
        except permitted as error:
            str(error)
            refused = error
    if refused is not None and not is_accepted:
        raise refused
