r"""Check proofs about a Fingerpost ledger, offline, with nothing else of Fingerpost.

This one file is enough: give it to whoever has to check. It needs Python 3.11 and, for the
signatures, the package ``cryptography``::

    python verifier.py MOVE.tlog-proof --key 'NAME+HASH+KEY'
    python verifier.py MOVE.tlog-proof --key … --kept MINE.checkpoint --consistency STEP.txt

A proof says: "this event is in the ledger whose checkpoint this is". The key says whose checkpoints
are believed. A checkpoint that one kept says more: whoever has the key cannot have changed the
ledger since, because a consistency proof leads from the one kept to the one in the proof.

*Source*: RFC 6962, sections 2.1.1 and 2.1.2, and RFC 9162, sections 2.1.3.2 and 2.1.4.2, for the
trees; C2SP signed-note, tlog-checkpoint, tlog-cosignature, tlog-proof and tlog-witness for the
texts.
"""

import argparse
import base64
import binascii
import hashlib
import json
import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

HASH_BYTES: Final = 32
_KEY_ID_BYTES: Final = 4
_CHECKPOINT_LINES: Final = 3
MAX_NOTE_BYTES: Final = 1 << 20
MAX_SIGNATURES: Final = 100
MAX_PROOF_HASHES: Final = 63
ED25519: Final = 1
COSIGNATURE: Final = 4
_RECORD_FORMAT: Final = "fingerpost/event/v1"
_PROOF_HEADER: Final = "c2sp.org/tlog-proof@v1"
_KEY_TYPES: Final = {ED25519, COSIGNATURE}
_LARGEST: Final = 2**63 - 1


class ProofError(ValueError):
    """What was handed in does not prove what it should."""


# -- trees -----------------------------------------------------------------------------------------


def leaf_hash(data: bytes) -> bytes:
    """Return the hash of a leaf."""
    return hashlib.sha256(b"\x00" + data).digest()


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def check_inclusion(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes
) -> None:
    """Return if a leaf is in a tree.

    Args:
        leaf: hash of the leaf.
        index: of the leaf, from 0.
        size: leaves of the tree.
        proof: hashes from the leaf's sibling up to the root's child.
        root: of the tree.

    Raises:
        ProofError: it is not shown to be.
    """
    _require_hashes([leaf, *proof, root])
    if not 0 <= index < size:
        raise ProofError(f"a tree of {size} leaves has no leaf {index}")
    number, last, found = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            raise ProofError("the inclusion proof is too long")
        if number & 1 or number == last:
            found = _node(sibling, found)
            while not number & 1 and number:
                number, last = number >> 1, last >> 1
        else:
            found = _node(found, sibling)
        number, last = number >> 1, last >> 1
    if last:
        raise ProofError("the inclusion proof is too short")
    if found != root:
        raise ProofError("the record is not in that tree: another root follows from the proof")


def check_consistency(
    old_size: int, new_size: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes
) -> None:
    """Return if a tree begins with all leaves of an older one; each begins with the empty one.

    Args:
        old_size: leaves of the older tree.
        new_size: leaves of the newer tree.
        proof: the consistency proof.
        old_root: root of the older tree.
        new_root: root of the newer tree.

    Raises:
        ProofError: it is not shown to.
    """
    if old_size != new_size:
        _require_hashes([old_root, *proof, new_root])
    if not 0 <= old_size <= new_size:
        raise ProofError(f"a tree of {new_size} leaves does not begin with {old_size}")
    if old_size in {0, new_size}:
        _check_trivial(old_size, new_size, proof, old_root, new_root)
        return
    # The older tree is itself a node of the newer one if its size is a power of two.
    hashes = [old_root, *proof] if old_size.bit_count() == 1 else list(proof)
    if not hashes or not proof:
        raise ProofError("the consistency proof is empty")
    number, last = old_size - 1, new_size - 1
    while number & 1:
        number, last = number >> 1, last >> 1
    old, new, last = _climb(hashes, number, last)
    if last:
        raise ProofError("the consistency proof is too short")
    if old != old_root or new != new_root:
        raise ProofError("the ledger was changed: the newer tree does not begin with the older one")


def _climb(hashes: Sequence[bytes], number: int, last: int) -> tuple[bytes, bytes, int]:
    old = new = hashes[0]
    for sibling in hashes[1:]:
        if last == 0:
            raise ProofError("the consistency proof is too long")
        if number & 1 or number == last:
            old, new = _node(sibling, old), _node(sibling, new)
            while not number & 1 and number:
                number, last = number >> 1, last >> 1
        else:
            new = _node(new, sibling)
        number, last = number >> 1, last >> 1
    return old, new, last


def _require_hashes(hashes: Sequence[bytes]) -> None:
    if any(len(each) != HASH_BYTES for each in hashes):
        raise ProofError(f"a hash has {HASH_BYTES} bytes")


def _check_trivial(
    old_size: int, new_size: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes
) -> None:
    if proof:
        raise ProofError("the consistency proof is too long")
    if old_size == new_size and old_root != new_root:
        raise ProofError(f"two different ledgers of {old_size} events: one of them was changed")
    if old_size == 0 and old_root != hashlib.sha256().digest():
        raise ProofError("the root of an empty tree is another")


# -- notes -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class VerifierKey:
    """A public key, by its name: ``NAME+HASH+KEY``.

    Attributes:
        name: whose it is.
        id: four bytes that tell keys of one name apart.
        type: 1 for those who sign notes, 4 for witnesses.
        public: 32 bytes.
    """

    name: str
    id: bytes
    type: int
    public: bytes

    @classmethod
    def parse(cls, text: str) -> "VerifierKey":
        """Read a key.

        Raises:
            ProofError: it is none.
        """
        # The name holds no plus sign; the base64 at the end may.
        name, _, rest = text.strip().partition("+")
        digits, _, encoded = rest.partition("+")
        data = _decoded(encoded, "a key")
        if not is_key_name(name) or not re.fullmatch("[0-9a-f]{8}", digits):
            raise ProofError(f"{text[:200]!r} is no key: NAME+8 HEX DIGITS+BASE64 was expected")
        key = cls(name, bytes.fromhex(digits), data[0] if data else 0, data[1:])
        if key.type not in _KEY_TYPES or len(key.public) != HASH_BYTES:
            raise ProofError(f"{text[:200]!r} is no Ed25519 key")
        if key.id != key_id(name, key.type, key.public):
            raise ProofError(f"{text[:200]!r} is damaged: its hash is not that of its name and key")
        return key

    def __str__(self) -> str:
        encoded = base64.b64encode(bytes([self.type]) + self.public).decode()
        return f"{self.name}+{self.id.hex()}+{encoded}"


@dataclass(frozen=True)
class Signature:
    """A line below a note: who signed, and what."""

    name: str
    id: bytes
    data: bytes


@dataclass(frozen=True)
class Note:
    """A text and the signatures of it."""

    text: str
    signatures: tuple[Signature, ...]

    @classmethod
    def parse(cls, note: str) -> "Note":
        """Read a note.

        Raises:
            ProofError: it is none.
        """
        if len(note) > MAX_NOTE_BYTES:
            raise ProofError(f"a note of {len(note):,} characters is too long")
        if any(character < " " and character != "\n" for character in note):
            raise ProofError("the note holds control characters")
        if any("\ud800" <= character <= "\udfff" for character in note):
            raise ProofError("the note is not UTF-8")
        text, separator, below = note.rpartition("\n\n")
        lines = below.removesuffix("\n").split("\n")
        if not separator or not below.endswith("\n") or len(lines) > MAX_SIGNATURES:
            raise ProofError("a note is text, an empty line, and lines of signatures")
        return cls(text + "\n", tuple(map(_signature, lines)))

    def signed_by(self, key: VerifierKey) -> int | None:
        """Return whether a key signed the text.

        Returns:
            ``None`` if not; else when, seconds since 1970 UTC, or 0 for those who do not say.

        Raises:
            ProofError: there is a signature by that key, of something else.
        """
        found = [line for line in self.signatures if (line.name, line.id) == (key.name, key.id)]
        times = [_checked(key, line.data, self.text) for line in found]
        return max(times, default=None)


def is_key_name(name: str) -> bool:
    """Whether a key may be called that."""
    return bool(name) and "+" not in name and not re.search(r"\s", name) and name.isprintable()


def key_id(name: str, type: int, public: bytes) -> bytes:
    """Return the four bytes that tell keys of one name apart."""
    return hashlib.sha256(name.encode() + b"\n" + bytes([type]) + public).digest()[:_KEY_ID_BYTES]


def cosigned_text(text: str, time_s: int) -> str:
    """Return what a witness signs."""
    return f"cosignature/v1\ntime {time_s}\n{text}"


def _signature(line: str) -> Signature:
    matched = re.fullmatch(r"— ([^\s+]+) (\S+)", line)
    data = _decoded(matched[2], "a signature") if matched else b""
    if matched is None or len(data) <= _KEY_ID_BYTES:
        raise ProofError(f"{line[:200]!r} is no line of a signature")
    return Signature(matched[1], data[:_KEY_ID_BYTES], data[_KEY_ID_BYTES:])


def _checked(key: VerifierKey, data: bytes, text: str) -> int:
    time_s = 0
    if key.type == COSIGNATURE:
        time_s, data = int.from_bytes(data[:8], "big"), data[8:]
        text = cosigned_text(text, time_s)
    if time_s > _LARGEST or not _is_signature(key.public, data, text.encode()):
        raise ProofError(f"the signature by {key.name!r} is not of this text: it was changed")
    return time_s


def _is_signature(public: bytes, signature: bytes, message: bytes) -> bool:
    try:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    except ImportError:
        raise ProofError("signatures need a package: pip install cryptography") from None
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


# -- checkpoints and proofs ------------------------------------------------------------------------


@dataclass(frozen=True)
class Checkpoint:
    """How long a ledger was, and the root of its tree then.

    Attributes:
        origin: whose ledger.
        size: events.
        root: root hash.
        note: with its signatures.
    """

    origin: str
    size: int
    root: bytes
    note: Note

    @classmethod
    def parse(cls, text: str) -> "Checkpoint":
        """Read a checkpoint. Its signatures are not looked at: see :meth:`require_signed`.

        Raises:
            ProofError: it is none.
        """
        note = Note.parse(text)
        lines = note.text.split("\n")[:-1]
        if len(lines) < _CHECKPOINT_LINES or not all(lines):
            raise ProofError("a checkpoint has three lines: origin, size, root")
        return cls(lines[0], _whole(lines[1], "the size"), _hash(lines[2]), note)

    def require_signed(
        self, keys: Iterable[VerifierKey], witnesses: Iterable[VerifierKey] = (), quorum: int = 0
    ) -> dict[str, int]:
        """Return if one of the keys signed it, and enough of the witnesses.

        Args:
            keys: of the ledger; one is enough, so that keys can change.
            witnesses: keys of witnesses.
            quorum: how many of the witnesses have to have signed.

        Returns:
            Name of each witness who signed, and when: seconds since 1970 UTC.

        Raises:
            ProofError: not.
        """
        known = list(keys)
        if all(self.note.signed_by(key) is None for key in known):
            names = ", ".join(key.name for key in known) or "no key"
            raise ProofError(f"the checkpoint of {self.origin[:200]!r} is not signed by {names}")
        times = {key.name: self.note.signed_by(key) for key in witnesses}
        signed = {name: at for name, at in times.items() if at is not None}
        if len(signed) < quorum:
            raise ProofError(f"{len(signed)} of the witnesses signed, and {quorum} have to")
        return signed


@dataclass(frozen=True)
class InclusionProof:
    """That a record is in the ledger of a checkpoint.

    Attributes:
        record: bytes of the event with its place.
        index: of its leaf, from 0.
        hashes: the audit path.
        checkpoint: of the ledger.
    """

    record: bytes
    index: int
    hashes: tuple[bytes, ...]
    checkpoint: Checkpoint

    @classmethod
    def parse(cls, text: str) -> "InclusionProof":
        """Read a proof.

        Raises:
            ProofError: it is none.
        """
        above, separator, checkpoint = text.partition("\n\n")
        lines = above.split("\n")
        if lines.pop(0) != _PROOF_HEADER or not separator:
            raise ProofError(f"a proof begins with the line {_PROOF_HEADER!r}")
        record = _decoded(_after("extra ", lines), "the record")
        index = _whole(_after("index ", lines), "the index")
        return cls(record, index, _hashes(lines), Checkpoint.parse(checkpoint))

    def require(self) -> dict[str, Any]:
        """Return the event, if it is in the checkpoint's ledger; its signatures are not looked at.

        Raises:
            ProofError: it is not shown to be.
        """
        event = read_record(self.record)
        if event["position"] != self.index + 1:
            raise ProofError(
                f"the record says position {event['position']}, and the proof {self.index + 1}"
            )
        size, root = self.checkpoint.size, self.checkpoint.root
        check_inclusion(leaf_hash(self.record), self.index, size, self.hashes, root)
        return event


@dataclass(frozen=True)
class ConsistencyProof:
    """That the ledger of a checkpoint begins with an older one; what witnesses are sent.

    Attributes:
        old_size: events of the older ledger.
        hashes: the proof.
        checkpoint: the newer one.
    """

    old_size: int
    hashes: tuple[bytes, ...]
    checkpoint: Checkpoint

    @classmethod
    def parse(cls, text: str) -> "ConsistencyProof":
        """Read a proof.

        Raises:
            ProofError: it is none.
        """
        above, separator, checkpoint = text.partition("\n\n")
        lines = above.split("\n")
        old_size = _whole(_after("old ", lines), "the old size")
        if not separator:
            raise ProofError("the checkpoint is missing below the consistency proof")
        return cls(old_size, _hashes(lines), Checkpoint.parse(checkpoint))

    def require(self, old: Checkpoint) -> None:
        """Return if the ledger of the newer checkpoint begins with that of ``old``.

        Raises:
            ProofError: it is not shown to.
        """
        new = self.checkpoint
        if old.origin != new.origin:
            raise ProofError(f"{old.origin[:200]!r} and {new.origin[:200]!r} are different ledgers")
        if old.size != self.old_size:
            raise ProofError(f"the proof starts at {self.old_size} events, not at {old.size}")
        check_consistency(old.size, new.size, self.hashes, old.root, new.root)


def read_record(record: bytes) -> dict[str, Any]:
    """Return an event and its place, as plain JSON.

    Raises:
        ProofError: the bytes are no record.
    """
    line, separator, state = record.partition(b"\n")
    try:
        said = json.loads(line)
        data = json.loads(state)
    except (ValueError, RecursionError):
        raise ProofError("the record cannot be read") from None
    is_place = isinstance(said, list) and list(map(type, said)) == [str, int, str, int, str]
    if not (separator and is_place and said[0] == _RECORD_FORMAT and isinstance(data, dict)):
        raise ProofError("the record is no event of a ledger")
    names = ("position", "stream", "version", "kind")
    return {**dict(zip(names, said[1:], strict=True)), "event": data}


def _after(word: str, lines: list[str]) -> str:
    if not lines or not lines[0].startswith(word):
        raise ProofError(f"a line that begins with {word!r} was expected")
    return lines.pop(0).removeprefix(word)


def _hashes(lines: Sequence[str]) -> tuple[bytes, ...]:
    if len(lines) > MAX_PROOF_HASHES:
        raise ProofError(f"a proof has at most {MAX_PROOF_HASHES} hashes, not {len(lines)}")
    return tuple(map(_hash, lines))


def _hash(text: str) -> bytes:
    data = _decoded(text, "a hash")
    if len(data) != HASH_BYTES:
        raise ProofError(f"{text[:200]!r} is no hash of {HASH_BYTES} bytes")
    return data


def _whole(text: str, what: str) -> int:
    if not re.fullmatch("0|[1-9][0-9]{0,18}", text) or int(text) > _LARGEST:
        raise ProofError(f"{what} is {text[:40]!r}, and no whole number")
    return int(text)


def _decoded(text: str, what: str) -> bytes:
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise ProofError(f"{what} is no base64: {text[:80]!r}") from None
    if base64.b64encode(data).decode() != text:
        raise ProofError(f"{what} is not written as base64 is: {text[:80]!r}")
    return data


# -- the command -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Proven:
    """What was shown.

    Attributes:
        event: the event and its place, as plain JSON.
        checkpoint: of the ledger that it is in.
        witnesses: who cosigned it, and when: seconds since 1970 UTC.
    """

    event: dict[str, Any]
    checkpoint: Checkpoint
    witnesses: dict[str, int]


def prove_offline(
    proof: str,
    keys: Iterable[str],
    witnesses: Iterable[str] = (),
    quorum: int | None = None,
    kept: str | None = None,
    consistency: str | None = None,
) -> Proven:
    """Check a proof, and that its checkpoint is that of a ledger one trusts.

    Args:
        proof: text of the proof.
        keys: public keys of the ledger; one of them has to have signed.
        witnesses: public keys of witnesses.
        quorum: how many of them have to have signed; by default all.
        kept: text of a checkpoint that one kept.
        consistency: text of the proof that leads from the kept one to that of the proof, or back.

    Raises:
        ProofError: it is not proven.
    """
    found = InclusionProof.parse(proof)
    event = found.require()
    signers, watchers = list(map(VerifierKey.parse, keys)), list(map(VerifierKey.parse, witnesses))
    wanted = len(watchers) if quorum is None else quorum
    seen = found.checkpoint.require_signed(signers, watchers, wanted)
    if kept is not None:
        mine = Checkpoint.parse(kept)
        mine.require_signed(signers)
        _require_one_ledger(mine, found.checkpoint, consistency)
    return Proven(event, found.checkpoint, seen)


def _require_one_ledger(kept: Checkpoint, other: Checkpoint, consistency: str | None) -> None:
    if (kept.origin, kept.size, kept.root) == (other.origin, other.size, other.root):
        return
    if consistency is None:
        raise ProofError("the proof is of another checkpoint than the one kept: add --consistency")
    older, newer = sorted((kept, other), key=lambda each: each.size)
    step = ConsistencyProof.parse(consistency)
    led_to = step.checkpoint
    if (led_to.origin, led_to.size, led_to.root) != (newer.origin, newer.size, newer.root):
        raise ProofError("the consistency proof leads to another checkpoint")
    step.require(older)


def main(arguments: Sequence[str] | None = None) -> int:
    """Check a proof; print the event and return 0, or say what is wrong and return 1."""
    options = _parser().parse_args(arguments)
    try:
        found = prove_offline(
            _text(options.proof),
            options.key,
            options.witness,
            options.quorum,
            _text(options.kept) if options.kept else None,
            _text(options.consistency) if options.consistency else None,
        )
    except (ProofError, OSError, UnicodeDecodeError) as error:
        print(f"NOT PROVEN: {error}", file=sys.stderr)
        return 1
    size, origin = found.checkpoint.size, found.checkpoint.origin
    print(json.dumps(found.event, indent=2, ensure_ascii=True))
    print(f"proven: event {found.event['position']} of the {size} of {origin}", file=sys.stderr)
    for name, at in found.witnesses.items():
        print(f"witness: {name} at {at} seconds since 1970 UTC", file=sys.stderr)
    return 0


def _text(path: str) -> str:
    return sys.stdin.read() if path == "-" else Path(path).read_bytes().decode()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="verifier.py",
        description="Check offline that an event is in a Fingerpost ledger.",
        epilog="Prints the event and exits with 0 if it is proven, with 1 if not.",
    )
    add = parser.add_argument
    add("proof", metavar="PROOF", help="file from `fingerpost ledger prove`, or - for stdin")
    add("--key", action="append", required=True, help="public key of the ledger; may be repeated")
    add("--witness", action="append", default=[], help="public key of a witness; may be repeated")
    add("--quorum", type=int, help="how many witnesses have to have signed; all by default")
    add("--kept", metavar="CHECKPOINT", help="a checkpoint that you kept")
    add("--consistency", metavar="FILE", help="proof that leads from one checkpoint to the other")
    return parser


if __name__ == "__main__":
    sys.exit(main())
