"""The ledger of an open store, for those who check it and prove things about it."""

import base64
from collections.abc import Callable, Iterable, Sequence
from typing import Final
from uuid import UUID

from fingerpost.application.history.ledger_proofs import LedgerTree
from fingerpost.application.ports.event_store import EventStore
from fingerpost.domain.errors import InvalidValueError, LedgerChangedError
from fingerpost.verifier import Checkpoint, InclusionProof, VerifierKey

from .checking import check_ledger_tree
from .keys import SigningKey
from .parsing import read_checkpoint, read_key, unproven
from .report import LedgerReport

ORIGIN: Final = "fingerpost.ledger/"
"""Before a store's identity, in the name of its ledger."""


class Ledger:
    """Checkpoints of a ledger, and proofs about it; ``store.ledger``.

    A checkpoint is what an auditor keeps: a few lines that stand for every event so far. Whoever
    has one can later be shown that an event was in the ledger then, and that the ledger still
    begins with what it held then. All but :meth:`verify` takes logarithmic time.

    *Source*: RFC 6962; C2SP tlog-checkpoint, tlog-proof and tlog-witness; ADR 0030.
    """

    def __init__(self, events: EventStore, identity: UUID) -> None:
        self._events = events
        self._tree = LedgerTree(events)
        self._identity = identity

    @property
    def origin(self) -> str:
        """Name of the ledger, which no other has: ``fingerpost.ledger/`` and 32 hex digits."""
        return f"{ORIGIN}{self._identity.hex}"

    @property
    def size(self) -> int:
        """Number of events."""
        return self._tree.size

    def root(self, size: int | None = None) -> bytes:
        """Return the root hash, 32 bytes, of the Merkle tree of the first ``size`` events, or all.

        Raises:
            InvalidValueError: there are not so many (a ``ValueError``).
        """
        return self._tree.root(self.size if size is None else size)

    def checkpoint(self, key: SigningKey, *, previous: str | None = None) -> str:
        """Return a signed checkpoint of the ledger as it is now.

        Args:
            key: of the ledger; see :class:`SigningKey`.
            previous: a checkpoint that was made before. The ledger has to begin with it: nobody
                should sign two ledgers that contradict each other.

        Raises:
            InvalidValueError: the key is a witness's (a ``ValueError``).
            LedgerChangedError: the ledger does not begin with ``previous``.
            UnprovenError: ``previous`` is no checkpoint (a ``ValueError``).
            MissingExtraError: ``cryptography`` is not installed.
        """
        size = self.size
        if previous is not None:
            self._require_beginning(read_checkpoint(previous), size)
        return self.checkpoint_at(key, size)

    def checkpoint_at(self, key: SigningKey, size: int) -> str:
        """Return a signed checkpoint of the first ``size`` events.

        Raises:
            InvalidValueError: there are not so many, or the key is a witness's (a ``ValueError``).
            MissingExtraError: ``cryptography`` is not installed.
        """
        if key.is_witness:
            remedy = "Sign with the key of the ledger; witnesses cosign what it signed."
            raise InvalidValueError("key", key.name, "it is the key of a witness", remedy)
        root = base64.b64encode(self._tree.root(size)).decode()
        text = f"{self.origin}\n{size}\n{root}\n"
        return f"{text}\n{key.sign(text)}"

    def prove(self, position: int, checkpoint: str) -> str:
        """Return the proof that the event at a position is in the ledger of a checkpoint.

        The proof holds the event itself and the checkpoint; ``fingerpost.verifier`` checks it
        offline.

        Args:
            position: of the event: that of a :class:`LedgerEvent`, or of a change in a history.
            checkpoint: text of a checkpoint of this ledger, old or new.

        Returns:
            Text in the format C2SP tlog-proof, for a file ``*.tlog-proof``.

        Raises:
            InvalidValueError: the checkpoint has no such position (a ``ValueError``).
            LedgerChangedError: the ledger is not that of the checkpoint any more.
            UnprovenError: it is no checkpoint of this ledger (a ``ValueError``).
        """
        wanted = read_checkpoint(checkpoint)
        self._require_beginning(wanted, self.size)
        hashes = self._tree.inclusion_proof(position, wanted.size)
        record = self._tree.record(position).as_bytes()
        proof = _proof_text(record, position - 1, hashes, checkpoint)
        with unproven(f"event {position} of the ledger"):
            # An event that was changed since would give a proof that proves nothing.
            InclusionProof.parse(proof).require()
        return proof

    def prove_consistency(self, old: str, new: str) -> str:
        """Return the proof that the ledger of a checkpoint begins with that of an older one.

        Returns:
            Text that C2SP witnesses take as a request to cosign the newer checkpoint.

        Raises:
            InvalidValueError: ``old`` is the newer one (a ``ValueError``).
            LedgerChangedError: the ledger does not begin with one of them.
            UnprovenError: one of them is no checkpoint of this ledger (a ``ValueError``).
        """
        older, newer = read_checkpoint(old), read_checkpoint(new)
        for each in (older, newer):
            self._require_beginning(each, self.size)
        hashes = self._tree.consistency_proof(older.size, newer.size)
        return f"old {older.size}\n{_lines(hashes)}\n{new}"

    def verify(
        self,
        checkpoints: Iterable[str] = (),
        *,
        keys: Iterable[str] = (),
        witnesses: Iterable[str] = (),
        quorum: int | None = None,
        progress: Callable[[int], None] | None = None,
    ) -> LedgerReport:
        """Read every event, compute the Merkle tree again, and compare.

        Without a checkpoint from elsewhere this finds what was changed beside Fingerpost, unless
        whoever did it made the tree again as well. With one, nothing up to it can have been.

        Args:
            checkpoints: texts of checkpoints that were kept elsewhere.
            keys: public keys; each checkpoint has to be signed by one of them. Without any the
                signatures are not looked at: the checkpoints are then believed as they are.
            witnesses: public keys of witnesses.
            quorum: how many of the witnesses have to have signed each checkpoint; by default all.
            progress: called with the number of events read since the last call.

        Raises:
            UnprovenError: something is no checkpoint or key, or is not signed (a ``ValueError``).
            StoreUnavailableError: the ledger cannot be read.
        """
        signers = [read_key(text) for text in keys]
        watchers = [read_key(text) for text in witnesses]
        believed = [_believed(text, signers, watchers, quorum) for text in checkpoints]
        return check_ledger_tree(self._events, self.origin, believed, progress)

    def _require_beginning(self, checkpoint: Checkpoint, size: int) -> None:
        where = f"the checkpoint of {checkpoint.size} events"
        if checkpoint.origin != self.origin:
            other = f"{where} is of another ledger, {checkpoint.origin!r}"
            raise LedgerChangedError(self.origin, [other])
        if checkpoint.size > size:
            raise LedgerChangedError(self.origin, [f"{where} has more than the {size} there are"])
        if self._tree.root(checkpoint.size) != checkpoint.root:
            raise LedgerChangedError(self.origin, [f"{where} was of other events"])

    def __repr__(self) -> str:
        return f"Ledger({self.origin!r})"


def _believed(
    text: str,
    signers: Sequence[VerifierKey],
    watchers: Sequence[VerifierKey],
    quorum: int | None,
) -> Checkpoint:
    checkpoint = read_checkpoint(text)
    if signers or watchers:
        wanted = len(watchers) if quorum is None else quorum
        with unproven(f"the checkpoint of {checkpoint.size} events"):
            checkpoint.require_signed(signers, watchers, wanted)
    return checkpoint


def _proof_text(record: bytes, index: int, hashes: Sequence[bytes], checkpoint: str) -> str:
    extra = base64.b64encode(record).decode()
    head = f"c2sp.org/tlog-proof@v1\nextra {extra}\nindex {index}\n"
    return f"{head}{_lines(hashes)}\n{checkpoint}"


def _lines(hashes: Sequence[bytes]) -> str:
    return "".join(base64.b64encode(each).decode() + "\n" for each in hashes)
