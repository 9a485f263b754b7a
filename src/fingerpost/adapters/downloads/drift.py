"""Whether what references point at is still what was recorded."""

from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum, unique
from threading import Lock
from typing import ClassVar

from attrs import define, field, frozen

from fingerpost.application.json_form import Json, JsonForm, plain_json
from fingerpost.application.manifests.manifests import StoredManifest
from fingerpost.application.ports.content_store import ContentStore
from fingerpost.application.ports.references import Observation, ReferenceState
from fingerpost.domain.errors import (
    ContentMismatchError,
    ContentNotFoundError,
    IntegrityError,
    InvalidReferenceError,
    ReferenceRefusedError,
    ReferenceUnavailableError,
    SourceFileError,
    StorageError,
)
from fingerpost.domain.manifest.entry import Entry

from ..files.hashing import BLOCK_BYTES
from ..references import Resolvers
from ..references.observing import recorded
from .download import LOCAL_THREADS, REMOTE_THREADS, SMALL_BYTES
from .workers import for_each

ReferencesCompared = Callable[[int], None]
"""Progress callback: receives the number of references compared since the last call."""


@unique
class Drift(StrEnum):
    """How what a reference points at compares with what was recorded."""

    SAME = "same"
    CHANGED = "changed"
    MISSING = "missing"
    UNVERIFIABLE = "unverifiable"
    """It may be there, and nothing was recorded that could tell whether it is the same."""
    REFUSED = "refused"
    """The provider would not tell; asking again would not help."""
    UNREACHABLE = "unreachable"
    """The provider could not be asked, again and again."""


@frozen(kw_only=True)
class DriftedReference(JsonForm):
    """A reference that was not found to be the same.

    Attributes:
        path: of the entry.
        uri: where it points.
        state: how it compares.
        recorded: what was recorded: checksum, size, version.
        found: what is there now, or what the provider said; ``None`` for nothing.
    """

    _json_keys: ClassVar = {"path": "where", "state": "problem"}

    path: str
    uri: str
    state: Drift
    recorded: str
    found: str | None


@frozen(kw_only=True)
class DriftReport:
    """What comparing the references of an artifact showed.

    Attributes:
        artifact: its qualified name.
        same: how many references are as they were.
        drifted: all the others, by path.
    """

    artifact: str
    same: int
    drifted: Sequence[DriftedReference]

    def count(self, state: Drift | str) -> int:
        """Return how many references have a state, such as ``"changed"``.

        Raises:
            ValueError: there is no such state.
        """
        wanted = Drift(state)
        if wanted is Drift.SAME:
            return self.same
        return sum(each.state is wanted for each in self.drifted)

    @property
    def total(self) -> int:
        """How many references were compared."""
        return self.same + len(self.drifted)

    @property
    def is_same(self) -> bool:
        """Whether every reference was found to be as it was."""
        return not self.drifted

    @property
    def is_damaged(self) -> bool:
        """Whether a reference has changed or is missing."""
        return any(each.state in {Drift.CHANGED, Drift.MISSING} for each in self.drifted)

    @property
    def is_told(self) -> bool:
        """Whether every provider answered."""
        silent = {Drift.REFUSED, Drift.UNREACHABLE}
        return not any(each.state in silent for each in self.drifted)

    def to_dict(self) -> Json:
        """Return its JSON form, with the keys of other checks.

        ``is_ok`` says that nothing is damaged and every provider answered.
        """
        return plain_json(
            {
                "target": self.artifact,
                "is_ok": self.is_told and not self.is_damaged,
                "checked": {state.value: self.count(state) for state in Drift},
                "problems": self.drifted,
            }
        )


def compare_references(
    manifest: StoredManifest,
    artifact: str,
    content: ContentStore,
    resolvers: Resolvers,
    progress: ReferencesCompared | None = None,
) -> DriftReport:
    """Compare every reference of a manifest with what is there now.

    Memory grows with what is not the same only.

    Args:
        manifest: read page by page.
        artifact: its name, for the report.
        content: holds what references to other artifacts' entries stand for.
        resolvers: know the others.
        progress: receives the number of references compared since the last call, in the caller's
            thread.

    Raises:
        MissingExtraError: a library that is needed is not installed; names the extra.
        PluginError: a resolver that is needed cannot be loaded.
    """
    found = _Drifted()

    def compare(entry: Entry, handled: ReferencesCompared) -> None:
        found.note(_observed(entry, content, resolvers))
        handled(1)

    def is_small(entry: Entry) -> bool:
        is_tiny = entry.size_bytes is not None and entry.size_bytes < SMALL_BYTES
        return is_tiny and _is_local(entry, content, resolvers)

    for_each(
        compare,
        _references(manifest),
        threads=min(max(LOCAL_THREADS, REMOTE_THREADS), max(1, len(manifest))),
        is_small=is_small,
        progress=progress,
    )
    drifted = sorted(found.drifted, key=lambda each: each.path)
    return DriftReport(artifact=artifact, same=found.same, drifted=tuple(drifted))


@define
class _Drifted:
    same: int = 0
    drifted: list[DriftedReference] = field(factory=list)
    lock: Lock = field(factory=Lock)

    def note(self, observed: DriftedReference) -> None:
        with self.lock:
            if observed.state is Drift.SAME:
                self.same += 1
            else:
                self.drifted.append(observed)


def _references(manifest: StoredManifest) -> Iterator[Entry]:
    return (entry for entry in manifest.values_in_order() if entry.is_reference)


def _is_local(entry: Entry, content: ContentStore, resolvers: Resolvers) -> bool:
    if entry.content is not None:
        return content.is_local
    try:
        return resolvers.is_local(entry)
    except InvalidReferenceError:
        return True  # nothing will be asked


def _observed(entry: Entry, content: ContentStore, resolvers: Resolvers) -> DriftedReference:
    try:
        if entry.content is not None:
            return _of(entry, _observed_in_store(entry, content))
        return _of(entry, resolvers.observe(entry))
    except InvalidReferenceError as error:
        return _untold(entry, Drift.UNVERIFIABLE, str(error))
    except (ReferenceRefusedError, SourceFileError) as error:
        return _untold(entry, Drift.REFUSED, error.problem)
    except ReferenceUnavailableError as error:
        return _untold(entry, Drift.UNREACHABLE, error.problem)
    except StorageError:
        raise
    except OSError as error:
        return _untold(entry, Drift.UNREACHABLE, error.strerror or str(error))


def _observed_in_store(entry: Entry, content: ContentStore) -> Observation:
    told = recorded(entry)
    digest = entry.content
    assert digest is not None  # noqa: S101 - for the type checker
    try:
        with content.open(digest) as source:
            while source.read(BLOCK_BYTES):
                pass
    except ContentNotFoundError:
        return Observation(state=ReferenceState.MISSING, recorded=told)
    except ContentMismatchError as error:
        return Observation(state=ReferenceState.CHANGED, recorded=told, found=error.actual)
    except IntegrityError as error:  # such as a pack that is cut off
        return Observation(state=ReferenceState.CHANGED, recorded=told, found=str(error))
    return Observation(state=ReferenceState.SAME, recorded=told, found=told)


def _of(entry: Entry, observed: Observation) -> DriftedReference:
    return DriftedReference(
        path=str(entry.path),
        uri=entry.ref or "",
        state=Drift(observed.state.value),
        recorded=observed.recorded,
        found=observed.found,
    )


def _untold(entry: Entry, state: Drift, problem: str) -> DriftedReference:
    return DriftedReference(
        path=str(entry.path),
        uri=entry.ref or "",
        state=state,
        recorded=recorded(entry),
        found=problem,
    )
