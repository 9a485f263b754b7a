"""Names that only one thing may have: a claim is a stream whose identity is made from the name."""

from typing import Self
from uuid import UUID

from attrs import evolve, frozen

from ..errors import AlreadyExistsError, ConcurrencyError
from ..events import Event, NameClaimed, NameReleased
from .aggregate import envelope, foreign
from .attribution import Attribution


@frozen(kw_only=True)
class NameClaim:
    """Who holds a name in its scope, if anybody does.

    Its stream's identity is made from scope and name, so that two claims at once are two inserts
    of the same primary key, and one of them fails.
    """

    id: UUID
    version: int
    holder_id: UUID | None

    @classmethod
    def unclaimed(cls, stream_id: UUID) -> Self:
        """Return the state of a name that was never claimed."""
        return cls(id=stream_id, version=0, holder_id=None)

    @classmethod
    def begin(cls, event: NameClaimed) -> Self:
        """Return the state after the first event."""
        return cls.unclaimed(event.originator_id).apply(event)

    def apply(self, event: Event) -> Self:
        """Return the state after one more event."""
        match event:
            case NameClaimed(holder_id=holder):
                return evolve(self, version=event.originator_version, holder_id=holder)
            case NameReleased():
                return evolve(self, version=event.originator_version, holder_id=None)
            case _:
                raise foreign(event, self.id)

    def claim(self, holder_id: UUID, *, scope: str, name: str, by: Attribution) -> NameClaimed:
        """Take the name.

        Raises:
            AlreadyExistsError: something holds it.
        """
        if self.holder_id is not None:
            raise AlreadyExistsError(scope, name, "Choose another name, or use what is there.")
        return NameClaimed(
            **envelope(self.id, self.version + 1, by),
            scope=scope,
            name=name,
            holder_id=holder_id,
        )

    def release(self, holder_id: UUID, by: Attribution) -> NameReleased:
        """Give the name back.

        Raises:
            ConcurrencyError: somebody else has it by now, or nobody: whoever thought otherwise
                has to look again.
        """
        if self.holder_id != holder_id:
            raise ConcurrencyError(f"the name of claim {self.id} changed hands")
        return NameReleased(**envelope(self.id, self.version + 1, by), holder_id=holder_id)
