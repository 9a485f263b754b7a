"""A secret: its name, and whether it has a value. The value is never here."""

from typing import Self
from uuid import UUID

from attrs import evolve, frozen

from ..aggregates.aggregate import envelope, foreign
from ..aggregates.permissions import Action, Authority
from ..errors import NoSuchThingError
from ..events import Event, SecretRemoved, SecretSet
from .names import SecretName


@frozen(kw_only=True)
class Secret:
    """Head of a secret.

    Attributes:
        owner_id: the organization or entity whose automations may use it.
        is_set: whether it has a value.
    """

    id: UUID
    version: int
    owner_id: UUID
    name: str
    is_set: bool

    @classmethod
    def begin(cls, event: SecretSet) -> Self:
        """Return the state after the first event."""
        return cls(
            id=event.originator_id,
            version=event.originator_version,
            owner_id=event.owner_id,
            name=event.name,
            is_set=True,
        )

    @classmethod
    def create(
        cls, stream_id: UUID, *, owner_id: UUID, name: SecretName, authority: Authority
    ) -> SecretSet:
        """Note that a new secret has a value."""
        authority.require(Action.AUTOMATE)
        return SecretSet(**envelope(stream_id, 1, authority.by), owner_id=owner_id, name=str(name))

    def apply(self, event: Event) -> Self:
        """Return the state after one more event."""
        match event:
            case SecretSet():
                return evolve(self, version=event.originator_version, is_set=True)
            case SecretRemoved():
                return evolve(self, version=event.originator_version, is_set=False)
            case _:
                raise foreign(event, self.id)

    def set(self, authority: Authority) -> list[Event]:
        """Note that it has another value."""
        authority.require(Action.AUTOMATE)
        envelope_ = envelope(self.id, self.version + 1, authority.by)
        return [SecretSet(**envelope_, owner_id=self.owner_id, name=self.name)]

    def remove(self, authority: Authority) -> list[Event]:
        """Note that it has no value any more.

        Raises:
            NoSuchThingError: it has none.
        """
        authority.require(Action.AUTOMATE)
        if not self.is_set:
            raise NoSuchThingError("secret", self.name)
        return [SecretRemoved(**envelope(self.id, self.version + 1, authority.by))]
