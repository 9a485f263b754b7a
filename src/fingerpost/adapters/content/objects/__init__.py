"""Content on object storage: what S3, Google Cloud Storage and Azure have in common, and each."""

from .clients import Connection, speaks_objects
from .volume import ObjectVolume

__all__ = ["Connection", "ObjectVolume", "speaks_objects"]
