"""How much of a draft is kept in memory."""

from typing import Final

MOST_IN_MEMORY: Final = 50_000
"""Entries that a draft holds in memory: some 900 bytes each."""
