"""Warnings of the library, said the way the command line says things."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from .invocation import Invocation
from .output import warn, warn_json

_LOG: Final = logging.getLogger("fingerpost")


class _Warnings(logging.Handler):
    def __init__(self, invocation: Invocation) -> None:
        super().__init__(logging.WARNING)
        self._invocation = invocation

    def emit(self, record: logging.LogRecord) -> None:
        if self._invocation.is_json:
            warn_json("warning", {"message": record.getMessage()})
        elif not self._invocation.is_quiet:
            warn("warning", record.getMessage())


@contextmanager
def warnings_shown(invocation: Invocation) -> Iterator[None]:
    """Print what the library warns of while the block runs."""
    handler = _Warnings(invocation)
    _LOG.addHandler(handler)
    try:
        yield
    finally:
        _LOG.removeHandler(handler)
