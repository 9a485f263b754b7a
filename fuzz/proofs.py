"""Keys, notes, checkpoints and proofs, from whoever has to be checked."""

import base64
from collections.abc import Callable
from uuid import UUID

from fingerpost import verifier
from fingerpost.domain.ledger.record import LedgerRecord

from .target import Target, read_by_one

_PUBLIC = bytes(range(32))
_NAME = "ledger.example"
_KEY = str(
    verifier.VerifierKey(
        _NAME, verifier.key_id(_NAME, verifier.ED25519, _PUBLIC), verifier.ED25519, _PUBLIC
    )
)
_OLD = verifier.Checkpoint("o", 1, verifier.leaf_hash(b"x"), verifier.Note("", ()))
_READERS: tuple[Callable[[str], object], ...] = (
    verifier.VerifierKey.parse,
    verifier.Note.parse,
    verifier.Checkpoint.parse,
    lambda text: verifier.Checkpoint.parse(text).require_signed([verifier.VerifierKey.parse(_KEY)]),
    lambda text: verifier.InclusionProof.parse(text).require(),
    lambda text: verifier.ConsistencyProof.parse(text).require(_OLD),
    lambda text: verifier.prove_offline(text, [_KEY]),
    lambda text: verifier.prove_offline(text, [text]),
)


def read(data: bytes) -> None:
    """Read a text as each kind of text."""
    text = data.decode("utf-8", "surrogateescape")
    read_by_one((*_READERS, lambda _: verifier.read_record(data)), text, verifier.ProofError)


def _seeds() -> list[bytes]:
    record = LedgerRecord(
        position=1, stream_id=UUID(int=1), version=1, kind="x", state=b'{"actor":"alice"}'
    ).as_bytes()
    root = base64.b64encode(verifier.leaf_hash(record)).decode()
    signature = base64.b64encode(verifier.VerifierKey.parse(_KEY).id + bytes(64)).decode()
    checkpoint = f"o\n1\n{root}\n\n— {_NAME} {signature}\n"
    extra = base64.b64encode(record).decode()
    proof = f"c2sp.org/tlog-proof@v1\nextra {extra}\nindex 0\n\n{checkpoint}"
    longer = proof.replace("index 0\n", f"index 0\n{root}\n").replace("o\n1\n", "o\n2\n")
    step = _step(root, checkpoint)
    return [text.encode() for text in (proof, longer, checkpoint, step, _KEY)] + [record]


def _step(root: str, checkpoint: str) -> str:
    newer = checkpoint.replace("o\n1\n", "o\n2\n")
    return f"old 1\n{root}\n\n{newer}"


PROOFS = Target(read=read, seeds=_seeds, permitted=(verifier.ProofError,), is_json=False)
