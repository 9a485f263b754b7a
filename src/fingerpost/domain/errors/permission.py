"""The actor's role does not allow the action."""

from attrs import define

from .base import PermissionDeniedError


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
