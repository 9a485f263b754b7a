"""The Python interface: runs, artifacts, and the API over what was logged."""

from .api import Api
from .artifact import Artifact
from .collection import Collection
from .entity import Entity
from .entry import ArtifactEntry
from .registry import Registry
from .run import Run, init

__all__ = ["Api", "Artifact", "ArtifactEntry", "Collection", "Entity", "Registry", "Run", "init"]
