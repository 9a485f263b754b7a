"""Checking a bundle before anything of it is stored."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final
from uuid import UUID

from attrs import define, evolve, field

from fingerpost.application.history.event_sequence_check import LedgerSense
from fingerpost.application.ports.event_store import EventStore
from fingerpost.domain.errors import (
    CorruptLedgerError,
    InvalidBundleError,
    StoreFormatError,
    UnprovenError,
)
from fingerpost.domain.events import Event, OrganizationCreated
from fingerpost.domain.ledger.merkle import Frontier, stored_index
from fingerpost.domain.ledger.record import LedgerRecord

from ..proofs.ledger import ORIGIN
from ..proofs.parsing import read_checkpoint, read_key, unproven
from .bundle import CHECKPOINT, Header, read_page
from .versions import LiveVersions

_PAGE: Final = 1_000
_MOST_HELD_BYTES: Final = 16 << 20


@define
class BundleCheck:
    """One pass over the events of a bundle, beside the ledger that they are to be stored in.

    Attributes:
        folder: the bundle.
        header: what it says of itself.
        events: the ledger; empty, or the beginning of the one in the bundle.
        versions: those that are there at the end, as far as the bundle tells.
    """

    folder: Path
    header: Header
    events: EventStore
    versions: LiveVersions
    _have: int = 0
    _is_founded: bool = False
    _streams: dict[UUID, int] = field(factory=dict)
    _sense: LedgerSense = field(factory=LedgerSense)

    @classmethod
    def of(cls, folder: Path, header: Header, events: EventStore) -> "BundleCheck":
        """Return a check that has not begun."""
        return cls(folder, header, events, LiveVersions(events))

    def run(self, keys: Iterable[str]) -> None:
        """Read every event; return if all fit each other, the header and the ledger.

        Raises:
            InvalidBundleError: they do not; says at which event.
            UnprovenError: the bundle has no checkpoint that one of the keys signed.
        """
        self._check_checkpoint(list(keys))
        self._is_founded = self.header.first > 1
        self._have = self.events.tree_size()
        if self._have < self.header.first - 1:
            self._fail(
                f"it begins at event {self.header.first}, and the store has {self._have}: export "
                f"with --after {self._have}"
            )
        frontier = Frontier(self.header.first - 1, self.events.tree_hashes)
        for records in self._pages():
            self._check_known(records)
            for record in records:
                self._follow(record)
                frontier.add(record.leaf)
        if not self._is_founded:
            self._fail("no event makes an organization: it is not the ledger of a store")
        if frontier.root() != self.header.root:
            self._fail(
                f"the events up to {self.header.last} do not have the root that it says: one of "
                f"them was changed, or the store's own events are others"
            )

    def beside(self, events: EventStore) -> "BundleCheck":
        """Return what was found beside an empty ledger as what is found beside another one.

        Raises:
            InvalidBundleError: that one is not empty, and differs.
        """
        if events.tree_size():
            check = BundleCheck.of(self.folder, self.header, events)
            check.run(())
            return check
        return evolve(self, events=events)

    def records(self) -> Iterator[LedgerRecord]:
        """Iterate over the events that the ledger does not have."""
        for page in self.header.pages:
            if page.last > self._have:
                for record in read_page(self.folder, page):
                    if record.position > self._have:
                        yield record

    def _pages(self) -> Iterator[list[LedgerRecord]]:
        # Not a file at a time: a few bytes of zstd can stand for any number of events.
        held: list[LedgerRecord] = []
        size_bytes = 0
        for page in self.header.pages:
            for record in read_page(self.folder, page):
                held.append(record)
                size_bytes += len(record.state)
                if len(held) >= _PAGE or size_bytes >= _MOST_HELD_BYTES:
                    yield held
                    held, size_bytes = [], 0
        if held:
            yield held

    def _check_checkpoint(self, keys: list[str]) -> None:
        path, header = self.folder / CHECKPOINT, self.header
        if not path.is_file():
            if keys:
                raise UnprovenError(f"the bundle {str(self.folder)!r}", "it has no checkpoint")
            return
        checkpoint = read_checkpoint(path.read_bytes().decode("utf-8", "replace"))
        said = (checkpoint.origin, checkpoint.size, checkpoint.root)
        if said != (header.origin, header.last, header.root):
            self._fail("its checkpoint is of another ledger, or of another moment")
        if keys:
            with unproven(f"the checkpoint of the bundle {str(self.folder)!r}"):
                checkpoint.require_signed([read_key(key) for key in keys])

    def _check_known(self, records: list[LedgerRecord]) -> None:
        known = [record for record in records if record.position <= self._have]
        stored = self.events.tree_hashes([stored_index(0, r.position - 1) for r in known])
        for record, leaf in zip(known, stored, strict=True):
            if record.leaf != leaf:
                self._fail(
                    f"event {record.position} is another than in the store: the store went on "
                    f"by itself after event {record.position - 1}"
                )

    def _follow(self, record: LedgerRecord) -> None:
        event = self._read(record)
        if isinstance(event, OrganizationCreated) and not self._is_founded:
            self._check_origin(event)
        self._check_next(record)
        if self.header.first == 1:
            problem = self._sense.problem(event)
            if problem is not None:
                self._fail(f"event {record.position} ({record.kind!r}) {problem}")
        self.versions.follow(record, event)

    def _read(self, record: LedgerRecord) -> Event:
        try:
            return self.events.readable(record)
        except (CorruptLedgerError, StoreFormatError) as error:
            raise InvalidBundleError(
                str(self.folder), f"event {record.position} cannot be read: {error}"
            ) from error

    def _check_origin(self, event: OrganizationCreated) -> None:
        # The first organization is what tells a store from all others.
        self._is_founded = True
        if self.header.origin != f"{ORIGIN}{event.originator_id.hex}":
            self._fail(f"it is not the beginning of {self.header.origin!r}")

    def _check_next(self, record: LedgerRecord) -> None:
        last = self._streams.get(record.stream_id)
        is_first = last is None and (self.header.first > 1 or record.version == 1)
        if not is_first and record.version != (last or 0) + 1:
            self._fail(
                f"event {record.position} is number {record.version} of its stream "
                f"{record.stream_id}, after {last or 0}"
            )
        self._streams[record.stream_id] = record.version

    def _fail(self, problem: str) -> None:
        raise InvalidBundleError(str(self.folder), problem)
