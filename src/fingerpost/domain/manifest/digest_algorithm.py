"""Which hash function an artifact's digests are made with."""

from enum import StrEnum, unique
from typing import Self

from ..errors import InvalidValueError
from ..names.text import plain
from .digest import DIGEST_SIZES_BYTES


@unique
class DigestAlgorithm(StrEnum):
    """What the digests of an artifact and of its entries are made with.

    *Source*: ADR 0016.
    """

    BLAKE3 = "blake3"
    SHA256 = "sha256"
    MD5 = "md5"
    """W&B's own digests, to compare with. The bytes are stored, and verified, under blake3."""

    @classmethod
    def named(cls, name: object) -> Self:
        """Return the algorithm with a name, whatever the letter case.

        Raises:
            InvalidValueError: there is none; names those there are.
        """
        try:
            return cls((plain(name) or "").lower())
        except ValueError:
            known = " or ".join(repr(each) for each in DIGEST_SIZES_BYTES)
            raise InvalidValueError(
                "digest algorithm", name, f"it is {known}", "Leave it out for 'blake3'."
            ) from None

    @classmethod
    def of_artifact(cls, digest: str) -> Self:
        """Return what an artifact's digest was made with; W&B's alone does not name it."""
        name, colon, _ = digest.partition(":")
        return cls(name if colon else "md5")

    @property
    def storage(self) -> str:
        """Name of the algorithm under whose digests the bytes are stored."""
        return "blake3" if self is DigestAlgorithm.MD5 else self.value

    @property
    def hashes(self) -> tuple[str, ...]:
        """Names of the algorithms that bytes are hashed with: that of :attr:`storage` first."""
        return (self.storage, "md5") if self is DigestAlgorithm.MD5 else (self.storage,)
