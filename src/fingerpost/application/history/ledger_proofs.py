"""The ledger's Merkle tree, as far as an event store keeps it: roots and proofs."""

from attrs import frozen

from fingerpost.domain.errors import CorruptLedgerError, InvalidValueError
from fingerpost.domain.ledger import merkle
from fingerpost.domain.ledger.record import LedgerRecord

from ..ports.event_store import EventStore


@frozen
class LedgerTree:
    """The tree over the events of a store.

    All that is asked of it costs a logarithmic number of hashes, read in one question.
    """

    _events: EventStore

    @property
    def size(self) -> int:
        """Number of events."""
        return self._events.tree_size()

    def root(self, size: int) -> bytes:
        """Return the root hash of the tree of the first ``size`` events.

        Raises:
            InvalidValueError: there are not so many.
        """
        return merkle.root(self._checked(size), self._events.tree_hashes)

    def inclusion_proof(self, position: int, size: int) -> list[bytes]:
        """Return the audit path of the event at a position, in the tree of the first ``size``.

        Raises:
            InvalidValueError: there are not so many, or the position is not among them.
        """
        self._checked(size)
        if not 1 <= position <= size:
            expected = f"the checkpoint has the positions 1 to {size}"
            remedy = "Take a newer checkpoint, or another position."
            raise InvalidValueError("position", position, expected, remedy)
        return merkle.inclusion_proof(position - 1, size, self._events.tree_hashes)

    def consistency_proof(self, old: int, new: int) -> list[bytes]:
        """Return the proof that the first ``new`` events begin with the first ``old``.

        Raises:
            InvalidValueError: there are not so many, or ``old`` is larger.
        """
        self._checked(new)
        if not 0 <= old <= new:
            expected = f"it is at most the {new} of the newer one"
            raise InvalidValueError("older size", old, expected, "Name the older one first.")
        return merkle.consistency_proof(old, new, self._events.tree_hashes)

    def record(self, position: int) -> LedgerRecord:
        """Return what stands for the event at a position.

        Raises:
            CorruptLedgerError: it is not there, though the tree has a leaf for it.
        """
        found = self._events.records(after=position - 1, limit=1)
        if not found or found[0].position != position:
            raise CorruptLedgerError(f"event {position} of the ledger", "is not there")
        return found[0]

    def _checked(self, size: int) -> int:
        have = self.size
        if not 0 <= size <= have:
            expected = f"this ledger has {have} events"
            remedy = "Take a checkpoint of this ledger, or restore what it has lost."
            raise InvalidValueError("size of the ledger", size, expected, remedy)
        return size
