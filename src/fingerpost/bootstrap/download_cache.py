"""The cache that the settings say, which all stores of a user share."""

from fingerpost.adapters.downloads.cache.cache import DownloadCache
from fingerpost.adapters.downloads.cache.sizes import parse_size

from .settings import CACHE_SIZE, cache_folder, current_settings


def user_cache() -> DownloadCache:
    """Return the cache that the settings say; with a limit of 0 bytes it is turned off.

    Raises:
        InvalidValueError: ``FINGERPOST_CACHE`` or ``FINGERPOST_CACHE_SIZE`` makes no sense.
    """
    settings = current_settings()
    limit_bytes = parse_size(settings.cache_size or CACHE_SIZE, "FINGERPOST_CACHE_SIZE")
    return DownloadCache(cache_folder(settings), limit_bytes)
