"""References to objects in S3, and in whatever speaks its protocol: ``s3://`` URIs."""

from .resolver import S3References

__all__ = ["S3References"]
