"""What is to be done so that a store holds what another registry does."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from enum import StrEnum
from typing import Final

from attrs import field, frozen

from fingerpost.domain.errors import InvalidAliasError, InvalidNameError, NotImportableError
from fingerpost.domain.metadata.metadata import JsonObject
from fingerpost.domain.names.alias import Alias
from fingerpost.domain.names.names import ArtifactName
from fingerpost.domain.versions.origin import Origin

from .read_models.rows import CollectionRow
from .transactions.transaction import Session
from .visibility import require_to_see

_NAME_REMEDY: Final = (
    "Say what to call it here: names={'OLD': 'NEW'} in Python, --rename OLD=NEW on the command line"
)
_ALIAS_REMEDY: Final = (
    "Say what to call it here: alias_names={'OLD': 'NEW'} in Python, --rename-alias OLD=NEW on the "
    "command line"
)


@frozen(kw_only=True)
class PeerVersion:
    """A version as another registry has it.

    Attributes:
        origin: what that registry says of it; its ``version`` tells it from the others.
        location: where its files are, in a form that the reader knows.
        problem: why it cannot be brought here; ``None`` if it can.
    """

    origin: Origin
    location: str = ""
    description: str | None = None
    metadata: JsonObject = field(factory=dict)
    problem: str | None = None

    @property
    def label(self) -> str:
        """What that registry calls the version."""
        return self.origin.version or self.origin.digest or self.origin.system


@frozen(kw_only=True)
class PeerCollection:
    """A collection, or model, as another registry has it.

    Attributes:
        name: its name there.
        versions: in the order in which they were made.
        aliases: alias → what that registry calls the version.
        gone: what was there and is not any more: name of a version → what became of it.
    """

    name: str
    description: str | None = None
    versions: Sequence[PeerVersion] = ()
    aliases: Mapping[str, str] = field(factory=dict)
    gone: Mapping[str, str] = field(factory=dict)


class ImportStatus(StrEnum):
    """How a version of another registry stands to what is here."""

    NEW = "new"
    """It is not here yet."""
    KNOWN = "known"
    """It was imported before."""
    DELETED = "deleted"
    """It was imported before, and somebody deleted it here: it stays deleted."""
    SKIPPED = "skipped"
    """It cannot be brought here, and the others are to be all the same."""


@frozen(kw_only=True)
class PlannedVersion:
    """A version, and how it stands to what is here.

    Attributes:
        peer: the version there.
        standing: how it stands.
        index: index of the version here, if it is known or was deleted.
    """

    peer: PeerVersion
    standing: ImportStatus
    index: int | None = None


@frozen(kw_only=True)
class PlannedCollection:
    """A collection that is to hold what one of another registry does.

    Attributes:
        peer: the collection there.
        name: what to call it here.
        row: the collection here, if there is one.
        versions: those of ``peer``, in the same order.
        aliases: alias here → what the other registry calls the version.
    """

    peer: PeerCollection
    name: ArtifactName
    row: CollectionRow | None
    versions: Sequence[PlannedVersion]
    aliases: Mapping[Alias, str]

    @property
    def new(self) -> Sequence[PlannedVersion]:
        """The versions that are to be logged."""
        return [version for version in self.versions if version.standing is ImportStatus.NEW]


@frozen(kw_only=True)
class Choices:
    """What the caller said about names, and about what cannot be brought here.

    Attributes:
        names: name there → name here.
        alias_names: alias there → alias here.
        skips_missing: whether to bring the rest where something cannot be brought.
        remedy: what to do where something cannot be.
        name_remedy: what to do where a name is not valid.
    """

    names: Mapping[str, str] = field(factory=dict)
    alias_names: Mapping[str, str] = field(factory=dict)
    skips_missing: bool = False
    remedy: str = ""
    name_remedy: str = _NAME_REMEDY


FindCollection = Callable[[ArtifactName], CollectionRow | None]
"""Returns the collection of a name in the place where versions go, if it is there."""


def plan(
    source: str,
    peers: Iterable[PeerCollection],
    choices: Choices,
    find: FindCollection,
    session: Session | None,
) -> list[PlannedCollection]:
    """Return what is to be done, or say all that stands in the way.

    Args:
        source: what is imported, for messages.
        peers: what the other registry holds.
        choices: what the caller said.
        find: finds collections.
        session: on whose behalf; ``None`` where there is no store yet.

    Raises:
        NotImportableError: names and versions that cannot be brought here.
        RoleRequiredError: the actor may not see a collection; the attempt itself is recorded.
    """
    collections = list(peers)
    names = _names(source, collections, choices)
    aliases = _aliases(source, collections, choices)
    planned = [
        _planned(peer, name, placed, choices, find(name), session)
        for peer, name, placed in zip(collections, names, aliases, strict=True)
    ]
    problems = [
        f"{version.peer.origin.label}: {version.peer.problem}"
        for collection in planned
        for version in collection.new
        if version.peer.problem is not None
    ]
    if problems:
        raise NotImportableError(source, problems, choices.remedy)
    return planned


def _names(
    source: str, peers: Sequence[PeerCollection], choices: Choices
) -> Sequence[ArtifactName]:
    names, problems = [], []
    for peer in peers:
        wanted = choices.names.get(peer.name, peer.name)
        try:
            names.append(ArtifactName(wanted))
        except InvalidNameError as error:
            problems.append(f"{error.what} {wanted!r} is not valid: {error.expected}")
    twice = sorted({str(name) for name in names if names.count(name) > 1})
    problems += [f"several would be called {name!r} here" for name in twice]
    if problems:
        raise NotImportableError(source, problems, f"{choices.name_remedy}.")
    return names


def _aliases(
    source: str, peers: Sequence[PeerCollection], choices: Choices
) -> Sequence[Mapping[Alias, str]]:
    found, problems = [], []
    for peer in peers:
        placed: dict[Alias, str] = {}
        for alias, version in peer.aliases.items():
            wanted = choices.alias_names.get(alias, alias)
            try:
                checked = Alias(wanted).custom()
            except InvalidAliasError as error:
                problems.append(f"alias {wanted!r} of {peer.name!r} is not valid: {error.expected}")
                continue
            if placed.setdefault(checked, version) != version:
                problems.append(f"alias {str(checked)!r} of {peer.name!r} would be on two versions")
        found.append(placed)
    if problems:
        raise NotImportableError(source, problems, f"{_ALIAS_REMEDY}.")
    return found


def _planned(
    peer: PeerCollection,
    name: ArtifactName,
    aliases: Mapping[Alias, str],
    choices: Choices,
    row: CollectionRow | None,
    session: Session | None,
) -> PlannedCollection:
    known, there = _imported(session, row)
    versions = []
    for version in peer.versions:
        index = known.get(version.origin.key)
        standing = ImportStatus.NEW if index is None else ImportStatus.KNOWN
        if index is not None and index not in there:
            standing = ImportStatus.DELETED
        elif index is None and version.problem is not None and choices.skips_missing:
            standing = ImportStatus.SKIPPED
        versions.append(PlannedVersion(peer=version, standing=standing, index=index))
    return PlannedCollection(peer=peer, name=name, row=row, versions=versions, aliases=aliases)


def _imported(
    session: Session | None, row: CollectionRow | None
) -> tuple[Mapping[str, int], AbstractSet[int]]:
    """Return what was imported into a collection before, and which versions it has now."""
    if session is None or row is None:
        return {}, set()
    require_to_see(session, row.id)
    known = session.queries.origins(row.id)
    there = {held.index for held in session.queries.versions(row.id)} if known else set()
    return known, there
