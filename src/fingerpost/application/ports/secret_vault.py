"""The port to the values of secrets."""

from typing import Protocol
from uuid import UUID


class SecretVault(Protocol):
    """Keeps values encrypted; what is written to a disk or returned by mistake tells nothing."""

    def check(self) -> None:
        """Return if values can be encrypted now.

        Raises:
            SecretsKeyError: there is no key, or it is malformed.
            MissingExtraError: the library is not installed.
        """
        ...

    def put(self, owner_id: UUID, name: str, value: str) -> None:
        """Keep a value, in place of the one before; durable when it returns."""
        ...

    def get(self, owner_id: UUID, name: str) -> str | None:
        """Return a value, or ``None`` when there is none.

        Raises:
            SecretsKeyError: the key is missing, or is not the one that it was encrypted with.
        """
        ...

    def remove(self, owner_id: UUID, name: str) -> None:
        """Forget a value, if there is one."""
        ...

    def rotate(self) -> int:
        """Encrypt all values anew with the first key; return how many were not so before."""
        ...
