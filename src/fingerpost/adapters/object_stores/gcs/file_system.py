"""The file system of gcsfs, with the settings that Fingerpost needs."""

from typing import Any


def gcs_file_system(account: str) -> Any:
    """Return a new file system; nothing is connected yet.

    Credentials and endpoint are found as gcsfs finds them: ``GOOGLE_APPLICATION_CREDENTIALS``,
    ``STORAGE_EMULATOR_HOST``, and fsspec's configuration of ``gs``.

    Args:
        account: always empty: bucket names are enough.

    Raises:
        ImportError: gcsfs is not installed.
    """
    del account
    # Not gcsfs.GCSFileSystem: that one asks another service about each bucket first, which
    # stalls for a minute where only the JSON API is (emulators, gcsfs 2026.10). Its switch is
    # an environment variable that is read on import, and would apply to the whole process.
    from gcsfs.core import GCSFileSystem

    return GCSFileSystem(skip_instance_cache=True, use_listings_cache=False)
