"""All errors that Fingerpost raises on purpose: one root, six families, typed attributes."""

from fingerpost.domain import errors as _errors
from fingerpost.domain.errors import *  # noqa: F403 - the facade is the list itself
from fingerpost.domain.names.paths import InvalidArtifactPathError

__all__ = [*_errors.__all__, "InvalidArtifactPathError"]  # noqa: PLE0604 - names from one list
