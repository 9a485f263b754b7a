"""Self-describing digests: ``blake3:<hex>``, ``sha256:<hex>``, ``md5:<hex>``."""

import re
from base64 import b64decode, b64encode
from typing import Final, Self

from ..errors import InvalidValueError
from ..names.text import plain

DIGEST_SIZES_BYTES: Final = {"blake3": 32, "sha256": 32, "md5": 16}
"""Length of the raw digest of each algorithm. md5 is for W&B's own digests only."""

_FORM: Final = re.compile(r"(blake3|sha256|md5):([0-9a-f]+)")


class Digest(str):
    """A digest that names its algorithm; compares and sorts as its text.

    Raises:
        InvalidValueError: if the text is not ``algorithm:lowercase-hex`` of the right length.
    """

    __slots__ = ()

    def __new__(cls, text: str) -> Self:
        """Check the text and return it as this kind of value."""
        digest = plain(text) or ""
        match = _FORM.fullmatch(digest)
        if match is None or len(match[2]) != 2 * DIGEST_SIZES_BYTES[match[1]]:
            raise InvalidValueError(
                "digest",
                text,
                "it has the form 'blake3:<64 hex digits>' (or sha256, md5)",
                "Copy the digest whole.",
            )
        return super().__new__(cls, digest)

    @classmethod
    def of(cls, algorithm: str, raw: bytes) -> Self:
        """Return the digest for raw bytes that a hash function gave."""
        return cls(f"{algorithm}:{raw.hex()}")

    @classmethod
    def of_base64_md5(cls, text: str) -> Self | None:
        """Return the digest that W&B writes for a file's content; ``None`` if it is none."""
        try:
            raw = b64decode(text, validate=True)
        except ValueError:
            return None
        return cls.of("md5", raw) if len(raw) == DIGEST_SIZES_BYTES["md5"] else None

    @property
    def algorithm(self) -> str:
        """Name of the hash function."""
        return self.partition(":")[0]

    @property
    def hex(self) -> str:
        """The lowercase hexadecimal part."""
        return self.partition(":")[2]

    @property
    def base64(self) -> str:
        """The raw digest in base64, as W&B writes md5 digests of files."""
        return b64encode(bytes.fromhex(self.hex)).decode()
