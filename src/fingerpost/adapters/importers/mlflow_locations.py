"""Where the files of MLflow's model versions are: what its URIs stand for."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from attrs import field, frozen

from fingerpost.domain.errors import InvalidReferenceError

from ..files.uris import local_path
from .mlflow_registry import MlflowRegistry

_SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):", re.ASCII)
"""At least two letters: ``C:`` is a drive."""

_ARTIFACTS: Final = "mlartifacts"
"""Where a server puts them that was not told otherwise. *Source*: ``mlflow server --help``."""

_LONGEST_CHAIN: Final = 16
"""URIs that stand for each other."""


def is_uri(location: str) -> bool:
    """Whether what was resolved is a URI, and no path."""
    return bool(_scheme(location))


def _scheme(location: str) -> str:
    match = _SCHEME.match(location)
    return match[1].lower() if match else ""


def _absolute(given: str) -> str:
    # What the caller names is relative to where they are; what MLflow does, to where that was.
    return given if is_uri(given) else str(Path(given).absolute())


def _place(given: str | None) -> str | None:
    return None if given is None else _absolute(given)


def _places(given: Mapping[str, str]) -> Mapping[str, str]:
    return {old: _absolute(new) for old, new in given.items()}


class LocationError(Exception):
    """What a URI stands for cannot be told, or is not there. The message ends a sentence."""


@frozen(kw_only=True)
class Locations:
    """Tells what a URI of MLflow's stands for: a local path, or a URI that others know.

    A database may be somebody else's, and name any file of this machine. So local files are read
    only below the folder that it is in, and below those that the caller named.

    Attributes:
        registry: says where runs and models have their files.
        artifacts: what ``mlflow-artifacts:/`` stands for: a folder, or a URI; by default the
            folder ``mlartifacts`` beside the database, if it is there.
        moved: beginning of a location → what to put in its place, for what was moved since.
    """

    registry: MlflowRegistry
    artifacts: str | None = field(default=None, converter=_place)
    moved: Mapping[str, str] = field(factory=dict, converter=_places)

    def resolve(self, location: str) -> Path | str:
        """Return the file or folder, or a URI of something that is not on this machine.

        Raises:
            LocationError: it stands for nothing, for nothing that is there, or for a file that
                is not to be read.
        """
        for _ in range(_LONGEST_CHAIN):
            location = self._moved(location)
            scheme = _scheme(location)
            match scheme:
                case "runs":
                    location = self._of_run(location)
                case "models":
                    location = self._of_model(location)
                case "mlflow-artifacts":
                    location = self._of_server(location)
                case "" | "file":
                    return self._local(location)
                case _:
                    return location
        msg = f"{location!r} leads in a circle"
        raise LocationError(msg)

    def _moved(self, location: str) -> str:
        # The longest one that fits says the most.
        for old in sorted(self.moved, key=len, reverse=True):
            plain = old.rstrip("/")
            if location == plain or location.startswith(f"{plain}/"):
                return self.moved[old].rstrip("/") + location[len(plain) :]
        return location

    def _of_run(self, location: str) -> str:
        run, _, rest = location.partition(":")[2].lstrip("/").partition("/")
        if run not in self.registry.runs:
            msg = f"run {run!r} is not in the database"
            raise LocationError(msg)
        return f"{self.registry.runs[run].rstrip('/')}/{rest}".rstrip("/")

    def _of_model(self, location: str) -> str:
        name, _, version = location.partition(":")[2].lstrip("/").partition("/")
        if not version or name in self.registry.logged_models:
            return self._of_logged(name, version)
        for model in self.registry.models:
            for held in model.versions:
                if (model.name, str(held.number)) == (name, version) and not held.is_deleted:
                    return held.location
        msg = f"{location!r} names no version of the database"
        raise LocationError(msg)

    def _of_logged(self, model_id: str, rest: str) -> str:
        if model_id not in self.registry.logged_models:
            msg = f"model {model_id!r} is not in the database"
            raise LocationError(msg)
        return f"{self.registry.logged_models[model_id].rstrip('/')}/{rest}".rstrip("/")

    def _of_server(self, location: str) -> str:
        root = self.artifacts or self._usual_artifacts()
        if root is None:
            msg = f"{location!r} is on MLflow's server: say where its artifacts are"
            raise LocationError(msg)
        rest = location.partition(":")[2]
        if rest.startswith("//"):
            rest = rest[2:].partition("/")[2]
        return f"{root.rstrip('/')}/{rest.lstrip('/')}"

    def _usual_artifacts(self) -> str | None:
        folder = self.registry.path.absolute().parent / _ARTIFACTS
        return str(folder) if folder.is_dir() else None

    def _local(self, location: str) -> Path:
        path = self._beside(location)
        try:
            real = path.resolve(strict=True)
        except (OSError, ValueError, RuntimeError):
            msg = f"{str(path)!r} is not there"
            raise LocationError(msg) from None
        if not self.may_read(real):
            msg = f"{str(path)!r} is outside of the folders that may be read"
            raise LocationError(msg)
        return real

    def may_read(self, path: Path) -> bool:
        """Whether a file or folder is, links followed, below one of those that may be read."""
        real = path.resolve()
        return any(real.is_relative_to(root) for root in self._roots())

    def _beside(self, location: str) -> Path:
        if location.lower().startswith("file:"):
            try:
                return local_path(location if "//" in location[:7] else f"file://{location[5:]}")
            except InvalidReferenceError:
                msg = f"{location!r} is on another machine"
                raise LocationError(msg) from None
        # Relative ones are so to where MLflow ran: where its database is, more often than not.
        return self.registry.path.absolute().parent / location

    def _roots(self) -> list[Path]:
        given = [self.artifacts, *self.moved.values()]
        named = [Path(root) for root in given if root and not _scheme(root)]
        named += [local_path(root) for root in given if root and _scheme(root) == "file"]
        folders = [self.registry.path.resolve().parent, *named]
        return [folder.resolve() for folder in folders]
