"""Automations cannot be delivered, or their secrets not be read."""

from attrs import define

from .base import ConflictError, StorageError
from .missing import NoSuchThingError


@define(slots=False, repr=False)
class AutomationNotFoundError(NoSuchThingError):
    """No automation has this name, or several have."""

    code = "automation_not_found"


@define(slots=False, repr=False)
class DeliveryNotFoundError(NoSuchThingError):
    """No delivery of this identity was given up."""

    code = "delivery_not_found"


@define(slots=False, repr=False)
class SecretsKeyError(StorageError):
    """Secrets cannot be read or written: the key is missing, malformed, or another one.

    Attributes:
        problem: what is wrong; never a key, never a secret.
        remedy: what to do.
    """

    code = "secrets_key"
    problem: str
    remedy: str

    def _message(self) -> str:
        return f"secrets cannot be used: {self.problem}. {self.remedy}"


@define(slots=False, repr=False)
class SecretUnavailableError(ConflictError):
    """An automation needs a secret that has no value.

    Attributes:
        name: the secret's name.
        owner: whose it would be.
    """

    code = "secret_unavailable"
    name: str
    owner: str

    def _message(self) -> str:
        return (
            f"secret {self.name!r} of {self.owner!r} has no value. Set it with `fingerpost "
            f"automations secret set {self.name} --owner {self.owner!r}`."
        )
