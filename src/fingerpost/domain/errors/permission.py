"""The actor may not do this: for want of a role, or of approvals. Each attempt is recorded."""

from collections.abc import Sequence

from attrs import define

from .base import PermissionDeniedError, listed


@define(slots=False, repr=False)
class RoleRequiredError(PermissionDeniedError):
    """The action needs a higher role than the actor has.

    Attributes:
        actor: who tried.
        action: what was tried, as a phrase.
        scope: where, such as ``"registry 'Model'"``.
        role: the actor's effective role there, or ``None``.
        required: the lowest role that would do.
        remedy: whom to ask, or what to run.
    """

    code = "role_required"
    actor: str
    action: str
    scope: str
    role: str | None
    required: str
    remedy: str = ""

    def _message(self) -> str:
        has = f"has the role {self.role!r}" if self.role else "has no role"
        remedy = self.remedy or f"Ask an admin of {self.scope} to do it."
        return (
            f"{self.actor!r} may not {self.action} in {self.scope}: needs {self.required!r} and "
            f"{has}. {remedy}"
        )


@define(slots=False, repr=False)
class ApprovalsMissingError(PermissionDeniedError):
    """A protected alias moves only to a version that enough other people approved.

    Attributes:
        actor: who tried to move it.
        alias: the alias.
        version: the version it was to move to.
        scope: where, such as ``"registry 'Model'"``.
        count: how many other people have to approve.
        approved_by: other people who did, and whose approval counts today.
    """

    code = "approvals_missing"
    actor: str
    alias: str
    version: str
    scope: str
    count: int
    approved_by: Sequence[str]

    @property
    def action(self) -> str:
        """What was tried, as a phrase."""
        return f"move {self.alias!r} to {self.version!r}"

    @property
    def role(self) -> None:
        """No role would have sufficed."""

    @property
    def required(self) -> str:
        """What would have been needed."""
        return f"{self.count} approvals"

    def _message(self) -> str:
        have = f"{len(self.approved_by)} ({listed(self.approved_by)})" if self.approved_by else "0"
        return (
            f"{self.alias!r} moves to {self.version!r} only after {self.count} other people "
            f"approved exactly that version, as {self.scope} requires; approvals that count: "
            f"{have}. If it is not linked yet, link it without this alias first; others then "
            f"approve with `fingerpost approve VERSION {self.alias}`."
        )


@define(slots=False, repr=False)
class NotAPersonError(PermissionDeniedError):
    """People do this; a service account does not.

    Attributes:
        actor: the service account.
        action: what it tried, as a phrase.
    """

    code = "not_a_person"
    actor: str
    action: str

    @property
    def role(self) -> None:
        """No role would have sufficed."""

    @property
    def required(self) -> str:
        """What would have been needed."""
        return "a person"

    @property
    def scope(self) -> str:
        """On what it was tried."""
        return "approvals"

    def _message(self) -> str:
        return (
            f"{self.actor!r} is a service account and may not {self.action}: people do. Let "
            f"somebody else approve."
        )
