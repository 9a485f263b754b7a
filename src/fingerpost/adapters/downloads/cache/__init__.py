"""A cache of downloaded content that is not on a local disk otherwise."""

from .cache import DownloadCache, NoCache
from .room import CacheUsage
from .sizes import parse_size

__all__ = ["CacheUsage", "DownloadCache", "NoCache", "parse_size"]
