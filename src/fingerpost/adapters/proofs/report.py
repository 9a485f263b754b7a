"""What a check of the ledger found."""

from attrs import field, frozen

from fingerpost.application.json_form import Json, JsonForm
from fingerpost.domain.errors import LedgerChangedError


@frozen(kw_only=True)
class LedgerProblem(JsonForm):
    """Something about the ledger that is not what it was.

    Attributes:
        where: such as ``"event 812"`` or a checkpoint.
        problem: what is wrong with it.
        position: of the event, where one is meant.
    """

    where: str
    problem: str
    position: int | None = None

    def __str__(self) -> str:
        return f"{self.where}: {self.problem}"


@frozen(kw_only=True)
class LedgerReport(JsonForm):
    """What a check of the ledger looked at, and found.

    Attributes:
        origin: name of the ledger.
        size: events that were read.
        root: root hash of their Merkle tree, computed from them; 32 bytes.
        checkpoints: sizes of the checkpoints that the ledger agrees with.
        problems: in the order in which they were found; empty when all is well.
    """

    origin: str
    size: int
    root: bytes
    checkpoints: tuple[int, ...] = ()
    problems: tuple[LedgerProblem, ...] = field(default=())

    @property
    def is_ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems

    def require_ok(self) -> None:
        """Return if nothing is wrong.

        Raises:
            LedgerChangedError: something is.
        """
        if self.problems:
            raise LedgerChangedError(self.origin, [str(problem) for problem in self.problems])

    def to_dict(self) -> Json:
        """Return its JSON form."""
        return {**super().to_dict(), "is_ok": self.is_ok}
