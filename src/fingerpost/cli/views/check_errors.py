"""The errors with which a check ends that found something, or could not look."""

from collections.abc import Sequence

from attrs import define

from fingerpost.domain.errors import IntegrityError, StorageError
from fingerpost.domain.errors.base import listed

from ..terminal.output import count


@define(slots=False)
class DamageFoundError(IntegrityError):
    """Bytes are not what was recorded; the report says which.

    Attributes:
        target: what was checked.
        where: what is damaged, missing or extra.
    """

    code = "damage_found"
    target: str
    where: Sequence[str]

    def _message(self) -> str:
        what = count(len(self.where), "problem")
        return (
            f"{what} in {self.target}: {listed(self.where)}. Restore from a backup, download "
            f"again, or log the data again."
        )


@define(slots=False)
class DriftFoundError(IntegrityError):
    """References do not point at what was recorded; the report says which.

    Attributes:
        target: what was checked.
        where: paths of the entries.
    """

    code = "drift_found"
    target: str
    where: Sequence[str]

    def _message(self) -> str:
        what = count(len(self.where), "reference")
        return (
            f"{what} of {self.target} cannot be found as recorded: {listed(self.where)}. Restore "
            f"what they point at, or log the references again."
        )


@define(slots=False)
class NotComparedError(StorageError):
    """References could not be compared: their providers refused, or could not be reached.

    Attributes:
        target: what was checked.
        where: paths of the entries.
    """

    code = "not_compared"
    target: str
    where: Sequence[str]

    def _message(self) -> str:
        what = count(len(self.where), "reference")
        return (
            f"{what} of {self.target} could not be compared: {listed(self.where)}. Check "
            f"credentials and network, and try again."
        )
