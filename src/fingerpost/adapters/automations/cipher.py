"""Encryption of secrets: AES-256-GCM, with keys that are never stored."""

import base64
import binascii
import hashlib
import os
from typing import Final
from uuid import UUID

from fingerpost.domain.errors import MissingExtraError, SecretsKeyError

VARIABLE: Final = "FINGERPOST_SECRETS_KEY"
KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12
_GENERATE: Final = "`fingerpost automations secret generate-key` prints one"


def generate_key() -> str:
    """Return a new random key, as text."""
    return base64.urlsafe_b64encode(os.urandom(KEY_BYTES)).decode()


class SecretCipher:
    """Encrypts with the first key, and decrypts with whichever key it was.

    Owner and name of a secret are authenticated with it: a value that was moved to another place
    in the file does not decrypt there.

    Args:
        keys: one or several, separated by commas or white space; the text of the variable.

    Raises:
        SecretsKeyError: there is none, or one of them is malformed. No message shows a key.
    """

    def __init__(self, keys: str | None) -> None:
        found = [_parsed(text) for text in (keys or "").replace(",", " ").split()]
        if not found:
            raise SecretsKeyError("there is no key", f"Set {VARIABLE}; {_GENERATE}.")
        self._keys = {key_id(key): key for key in found}
        self.current = key_id(found[0])

    def seal(self, owner_id: UUID, name: str, value: str) -> bytes:
        """Return a value encrypted with the first key."""
        nonce = os.urandom(_NONCE_BYTES)
        sealed = _aead(self._keys[self.current]).encrypt(
            nonce, value.encode(), _place(owner_id, name)
        )
        return nonce + bytes(sealed)

    def unseal(self, owner_id: UUID, name: str, made_with: str, sealed: bytes) -> str:
        """Return the value.

        Raises:
            SecretsKeyError: its key is not among the keys, or it was changed.
        """
        key = self._keys.get(made_with)
        if key is None:
            raise SecretsKeyError(
                f"secret {name!r} was encrypted with another key ({made_with})",
                f"Add that key to {VARIABLE}, behind the first, or set the secret again.",
            )
        from cryptography.exceptions import InvalidTag

        try:
            value = _aead(key).decrypt(
                sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], _place(owner_id, name)
            )
        except (InvalidTag, ValueError):
            problem = f"what is stored of secret {name!r} was changed or damaged"
            raise SecretsKeyError(problem, "Set the secret again.") from None
        return bytes(value).decode()

    def __repr__(self) -> str:
        return f"SecretCipher(keys={len(self._keys)})"


def key_id(key: bytes) -> str:
    """Return what tells a key from others and says nothing of it."""
    return hashlib.sha256(b"fingerpost secrets key\0" + key).hexdigest()[:16]


def _place(owner_id: UUID, name: str) -> bytes:
    return b"fingerpost secret 1\0" + owner_id.bytes + name.encode()


def _parsed(text: str) -> bytes:
    try:
        key = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        problem = f"{VARIABLE} holds what is no key of {KEY_BYTES} bytes in base64"
        raise SecretsKeyError(problem, f"Check it; {_GENERATE}.")
    return key


def _aead(key: bytes):  # type: ignore[no-untyped-def]  # noqa: ANN202
    try:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    except ImportError as error:
        raise MissingExtraError("secrets of automations", "automations", str(error)) from error
    return AESGCM(key)
