"""Ed25519 keys that sign checkpoints, and their text.

*Source*: C2SP signed-note; the text of private keys is that of golang.org/x/mod/sumdb/note.
"""

import base64
import os
import secrets
from pathlib import Path
from typing import Final, Self

from attrs import field, frozen

from fingerpost.domain.errors import (
    AlreadyExistsError,
    InvalidValueError,
    MissingExtraError,
    StoreUnavailableError,
)
from fingerpost.verifier import (
    COSIGNATURE,
    ED25519,
    Signature,
    VerifierKey,
    cosigned_text,
    is_key_name,
    key_id,
)

_PREFIX: Final = "PRIVATE+KEY+"
_SEED_BYTES: Final = 32
_KINDS: Final = {"ledger": ED25519, "witness": COSIGNATURE}


@frozen
class SigningKey:
    """A private key: of a ledger, or of a witness.

    Whoever has it can sign checkpoints, so it does not belong beside the ledger.

    Attributes:
        name: whose it is; the origin of the ledger, or a name of the witness such as
            ``witness.example/w1``.
    """

    name: str
    _type: int
    _seed: bytes = field(repr=False)

    @classmethod
    def generate(cls, name: str, kind: str = "ledger") -> Self:
        """Make a new key.

        Args:
            name: without spaces and plus signs.
            kind: ``"ledger"`` or ``"witness"``; witnesses sign with the time.

        Raises:
            InvalidValueError: one of them is not valid (a ``ValueError``).
        """
        if not isinstance(name, str) or not is_key_name(name):
            expected = "it is text without spaces and plus signs"
            raise InvalidValueError("name of a key", name, expected, "Say 'example.com/ledger'.")
        if kind not in _KINDS:
            raise InvalidValueError("kind", kind, "it is 'ledger' or 'witness'", "Leave it out.")
        return cls(name, _KINDS[kind], secrets.token_bytes(_SEED_BYTES))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a key from its text, ``PRIVATE+KEY+NAME+HASH+KEY``.

        Raises:
            InvalidValueError: it is none (a ``ValueError``). The message does not show it.
        """
        name, _, rest = text.strip().removeprefix(_PREFIX).partition("+")
        digits, _, encoded = rest.partition("+")
        try:
            data = base64.b64decode(encoded, validate=True)
            key = cls(name, data[0], data[1:])
            is_key = text.strip().startswith(_PREFIX) and len(key._seed) == _SEED_BYTES
            is_whole = is_key_name(name) and key._type in _KINDS.values()
            if not (is_key and is_whole and key._verifier.id.hex() == digits):
                raise ValueError  # noqa: TRY301 - all that is wrong is told in one way
        except (ValueError, IndexError):
            raise InvalidValueError(
                "signing key",
                "(not shown)",
                "it is one line, PRIVATE+KEY+NAME+HASH+KEY",
                "Make one: fingerpost ledger keygen FILE.",
            ) from None
        return key

    @classmethod
    def read(cls, path: str | os.PathLike[str]) -> Self:
        """Read a key from a file.

        Raises:
            InvalidValueError: there is none in it (a ``ValueError``).
            StoreUnavailableError: it cannot be read.
        """
        try:
            text = Path(path).read_bytes().decode("utf-8", "replace")
        except OSError as error:
            remedy = "Make a key there: fingerpost ledger keygen FILE."
            problem = f"the signing key cannot be read ({error.strerror})"
            raise StoreUnavailableError(os.fspath(path), problem, remedy) from error
        return cls.parse(text)

    def write(self, path: str | os.PathLike[str]) -> None:
        """Write the key to a new file that its owner alone can read.

        Raises:
            AlreadyExistsError: the file is there already; it is left alone.
            StoreUnavailableError: it cannot be written.
        """
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError as error:
            remedy = "It was left alone: name another file."
            raise AlreadyExistsError("file", os.fspath(path), remedy) from error
        except OSError as error:
            problem = f"the key cannot be written ({error.strerror})"
            raise StoreUnavailableError(
                os.fspath(path), problem, "Name a file in a folder that you may write to."
            ) from error
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(self.secret + "\n")
            file.flush()
            os.fsync(descriptor)

    @property
    def secret(self) -> str:
        """The private key as text."""
        encoded = base64.b64encode(bytes([self._type]) + self._seed).decode()
        return f"{_PREFIX}{self.name}+{self._verifier.id.hex()}+{encoded}"

    @property
    def public(self) -> str:
        """The public key as text: what those who check are given."""
        return str(self._verifier)

    @property
    def is_witness(self) -> bool:
        """Whether it is a witness's."""
        return self._type == COSIGNATURE

    @property
    def _verifier(self) -> VerifierKey:
        public = _ed25519(self._seed).public_key().public_bytes_raw()
        return VerifierKey(self.name, key_id(self.name, self._type, public), self._type, public)

    def sign(self, text: str, time_s: int = 0) -> str:
        """Return the line that says that this key signed a note's text.

        Args:
            text: of the note, with its last newline.
            time_s: when, seconds since 1970 UTC; for witnesses.
        """
        data = b""
        if self.is_witness:
            text, data = cosigned_text(text, time_s), time_s.to_bytes(8, "big")
        signed = data + _ed25519(self._seed).sign(text.encode())
        return signature_line(Signature(self.name, self._verifier.id, signed))


def signature_line(signature: Signature) -> str:
    """Return a signature as the line below a note."""
    encoded = base64.b64encode(signature.id + signature.data).decode()
    return f"— {signature.name} {encoded}\n"


def _ed25519(seed: bytes):  # type: ignore[no-untyped-def]  # noqa: ANN202 - the package is optional
    try:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    except ImportError as error:
        raise MissingExtraError("signed checkpoints", "proofs", str(error)) from error
    return Ed25519PrivateKey.from_private_bytes(seed)
