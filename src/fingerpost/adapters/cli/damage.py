"""The error with which a check ends that found something."""

from collections.abc import Sequence

from attrs import define

from fingerpost.domain.errors import IntegrityError
from fingerpost.domain.errors.base import listed


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
        number = len(self.where)
        what = "1 problem" if number == 1 else f"{number:,} problems"
        return (
            f"{what} in {self.target}: {listed(self.where)}. Restore from a backup, download "
            f"again, or log the data again."
        )
