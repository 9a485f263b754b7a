"""The command line, ``fingerpost``."""

from .main import main

__all__ = ["main"]
