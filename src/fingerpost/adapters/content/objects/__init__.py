"""Content on object storage: what S3, Google Cloud Storage and Azure have in common, and each."""

from .connection import Connection, open_file_system, speaks_objects
from .volume import ObjectVolume

__all__ = ["Connection", "ObjectVolume", "open_file_system", "speaks_objects"]
