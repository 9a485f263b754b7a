"""Being a witness: signing checkpoints of ledgers, and never two that contradict each other.

*Source*: C2SP tlog-witness and tlog-cosignature.
"""

import hashlib
import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from fingerpost.domain.errors import InvalidValueError, StoreUnavailableError, UnprovenError
from fingerpost.verifier import Checkpoint, ConsistencyProof, Note, ProofError

from ..files.durability import sync_file, sync_folder
from ..files.locks import is_locked_now
from .keys import SigningKey, signature_line
from .parsing import read_checkpoint, read_key, unproven

_LOCK_TIMEOUT_S: Final = 30
_PAUSE_S: Final = 0.02


class Witness:
    """Signs a checkpoint only if it goes on from the newest that it signed of that ledger.

    Args:
        key: of the witness.
        folder: keeps the newest checkpoint of each ledger, one file each; made when it is not
            there. Whoever can write to it can make the witness forget.
        clock: returns seconds since 1970 UTC.
    """

    def __init__(
        self,
        key: SigningKey,
        folder: str | os.PathLike[str],
        clock: Callable[[], float] = time.time,
    ) -> None:
        if not key.is_witness:
            remedy = "Make one: fingerpost ledger keygen FILE --witness."
            raise InvalidValueError("key", key.name, "it is not the key of a witness", remedy)
        self._key = key
        self._folder = Path(folder)
        self._clock = clock

    def cosign(self, request: str, keys: Iterable[str]) -> str:
        """Check a request, remember its checkpoint, and return the line that cosigns it.

        Args:
            request: what :meth:`Ledger.prove_consistency` returns, or a bare checkpoint when it is
                the first that this witness sees of the ledger.
            keys: public keys of ledgers that are witnessed.

        Raises:
            UnprovenError: it is not signed by one of the keys, or does not go on from what this
                witness signed before; nothing is signed (a ``ValueError``).
            StoreUnavailableError: what was signed cannot be remembered; nothing is signed.
        """
        known = [read_key(text) for text in keys]
        proof = _read_request(request)
        what = f"the checkpoint of {proof.checkpoint.origin!r}"
        with unproven(what):
            proof.checkpoint.require_signed(known)
        with self._held(proof.checkpoint.origin) as path:
            with unproven(what):
                self._require_next(path, proof)
            # Remembered before it is handed out: after a crash it is refused, not contradicted.
            _replace(path, _as_text(proof.checkpoint.note))
        return self._key.sign(proof.checkpoint.note.text, int(self._clock()))

    def newest(self, origin: str) -> str | None:
        """Return the newest checkpoint of a ledger that was signed here, or ``None``."""
        path = self._path(origin)
        return path.read_text(encoding="utf-8") if path.is_file() else None

    @staticmethod
    def _require_next(path: Path, proof: ConsistencyProof) -> None:
        if path.is_file():
            seen = Checkpoint.parse(path.read_text(encoding="utf-8"))
            if seen.size != proof.old_size:
                said = f"this witness signed {seen.size} events, and it starts at {proof.old_size}"
                raise ProofError(said)
            proof.require(seen)
        elif proof.old_size:
            expected = "this witness has not seen that ledger: the first request starts at 0"
            raise UnprovenError("the request", expected)

    def _path(self, origin: str) -> Path:
        # An origin is anybody's text, and no file name.
        return self._folder / f"{hashlib.sha256(origin.encode()).hexdigest()}.checkpoint"

    @contextmanager
    def _held(self, origin: str) -> Iterator[Path]:
        path = self._path(origin)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with path.with_suffix(".lock").open("a", encoding="utf-8") as lock:
                _wait_for(lock.fileno(), path)
                yield path
        except OSError as error:
            remedy = "Name a folder that the witness may write to."
            problem = f"what the witness signed cannot be remembered ({error.strerror})"
            raise StoreUnavailableError(str(self._folder), problem, remedy) from error


def add_signatures(checkpoint: str, lines: str) -> str:
    """Return a checkpoint with more signatures of the same text, such as those of witnesses.

    They are not checked: whoever uses the checkpoint does that. A signature that is there already
    is not added twice.

    Raises:
        UnprovenError: one of the two is not what it should be (a ``ValueError``).
    """
    note = read_checkpoint(checkpoint).note
    with unproven("what was handed in as signatures"):
        added = Note.parse(f"{note.text}\n{lines}").signatures
    return _as_text(Note(note.text, tuple(dict.fromkeys((*note.signatures, *added)))))


def _read_request(request: str) -> ConsistencyProof:
    if request.startswith("old "):
        with unproven("the request"):
            return ConsistencyProof.parse(request)
    return ConsistencyProof(0, (), read_checkpoint(request))


def _as_text(note: Note) -> str:
    return note.text + "\n" + "".join(map(signature_line, note.signatures))


def _wait_for(descriptor: int, path: Path) -> None:
    deadline = time.monotonic() + _LOCK_TIMEOUT_S
    while is_locked_now(descriptor) is False:
        if time.monotonic() > deadline:
            remedy = "Nothing was signed: try again."
            raise StoreUnavailableError(str(path), "another process holds it", remedy)
        time.sleep(_PAUSE_S)


def _replace(path: Path, text: str) -> None:
    unfinished = path.with_suffix(".new")
    unfinished.write_text(text, encoding="utf-8")
    sync_file(unfinished)
    unfinished.replace(path)
    sync_folder(path.parent)
