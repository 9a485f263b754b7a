"""An automation as the store has it."""

from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from fingerpost import application, domain
from fingerpost.domain.errors import InvalidValueError

from .automation_parts import (
    AutomationAction,
    AutomationEvent,
    SendNotification,
    SendWebhook,
    action_of,
    event_of,
)
from .workspace import Workspace

if TYPE_CHECKING:
    from fingerpost.application.json_form import Json
    from fingerpost.application.ports.deliveries import DeliveryState, Execution
    from fingerpost.application.read_models.automation_rows import AutomationRow


T = TypeVar("T")


class Automation:
    """Something that is done whenever something happens in a scope.

    What it says is read when it is asked: nothing is remembered.
    """

    def __init__(self, workspace: Workspace, row: "AutomationRow") -> None:
        self._workspace = workspace
        self._row = row

    @property
    def id(self) -> str:
        """Identity, 32 hex digits."""
        return self._row.id.hex

    @property
    def name(self) -> str:
        """Its name; unique in its scope."""
        return self._row.name

    @property
    def scope(self) -> str:
        """Where it watches, such as ``registry default/wandb-registry-Model``."""
        return str(
            application.automations.scopes.name_of_scope(self._workspace.session(), self._row.scope)
        )

    @property
    def event(self) -> AutomationEvent:
        """What it watches for; that never changes."""
        return event_of(self._row.trigger)

    @property
    def action(self) -> AutomationAction:
        """What it does; it names secrets and does not have their values."""
        return action_of(domain.automation.action_from_json(self._current().action))

    @property
    def description(self) -> str | None:
        """Free text."""
        return self._current().description

    @property
    def enabled(self) -> bool:
        """Whether it acts; setting it writes it, which an admin of the scope may.

        Enabled again, it acts on what happens from then on. Disabled, it gives up what it had not
        delivered.
        """
        return self._current().is_enabled

    @enabled.setter
    def enabled(self, enabled: bool) -> None:
        self.enable() if enabled else self.disable()

    @property
    def created_at(self) -> datetime:
        """When it was made; UTC."""
        return self._row.created_at

    @property
    def created_by(self) -> str:
        """Who made it."""
        return self._row.created_by

    def enable(self, reason: str | None = None) -> None:
        """Let it act on what happens from here on.

        Raises:
            RoleRequiredError: the actor does not administer the scope.
        """
        application.automations.automations.enable(self._workspace.session(), self._row, reason)

    def disable(self, reason: str | None = None) -> None:
        """Let it do nothing, not even what it was about to.

        Raises:
            RoleRequiredError: the actor does not administer the scope.
        """
        application.automations.automations.disable(self._workspace.session(), self._row, reason)

    def update(
        self, *, action: AutomationAction | None = None, description: str | None = None
    ) -> None:
        """Change what it does or how it is described; what is not given stays.

        What it has still to deliver is delivered in the new way.

        Raises:
            RoleRequiredError: the actor does not administer the scope.
        """
        row = self._current()
        wanted = (
            domain.automation.action_from_json(row.action)
            if action is None
            else checked_action(action).action()
        )
        said = row.description if description is None else description or None
        application.automations.automations.change(
            self._workspace.session(), self._row, wanted, said
        )

    def delete(self, reason: str | None = None) -> None:
        """Delete it, with what it was about to do; its name is free then.

        Raises:
            RoleRequiredError: the actor does not administer the scope.
        """
        application.automations.automations.delete(self._workspace.session(), self._row, reason)

    def executions(self, state: str | None = None, limit: int = 100) -> "list[Execution]":
        """Return what it has delivered, or tried to, newest first.

        Args:
            state: only ``pending``, ``delivered``, ``dead``, ``cancelled`` or ``discarded`` ones.
            limit: at most this many.
        """
        kept = self._workspace.opened.automations.deliveries
        return list(kept.executions(self._row.id, state=state_named(state), limit=limit))

    def test(self) -> str:
        """Send a made-up event to its receiver, once and now; return what came of it.

        Nothing of it is kept.

        Returns:
            ``delivered (200)``, or what was wrong.

        Raises:
            RoleRequiredError: the actor does not administer the scope.
            MissingExtraError: what it needs is not installed.
        """
        application.automations.dead_letters.require_authority(
            self._workspace.session(), self._row.id
        )
        opened = self._workspace.opened
        worker = opened.automations.worker(opened.store)
        row, actor = self._current(), str(self._workspace.actor)
        answer = run_async(lambda: worker.test(row, actor))
        if application.automations.response_classification.is_delivered(answer):
            return f"delivered ({answer.status})"
        return application.automations.response_classification.problem_of(answer) or "not delivered"

    def preview(self) -> str:
        """Return what would be sent for a made-up event, with ``***`` in place of secrets.

        Raises:
            RoleRequiredError: the actor does not administer the scope.
        """
        session = self._workspace.session()
        application.automations.dead_letters.require_authority(session, self._row.id)
        row, moment = self._current(), session.store.clock()
        facts = application.automations.planning.example_facts(
            row, UUID(int=0), moment.isoformat(), str(self._workspace.actor)
        )
        action = domain.automation.action_from_json(row.action)
        masked = "https://***" if isinstance(action, domain.automation.SlackAction) else "***"
        request = application.automations.requests.request_for(
            action,
            facts.as_json(),
            dict.fromkeys(action.secrets, masked),
            source_id=self._workspace.opened.identity,
            kind=row.trigger.kind.value,
            now=moment,
        )
        headers = [f"{name}: {value}" for name, value in request.headers.items()]
        return "\n".join([f"POST {request.url}", *headers, "", request.body.decode()])

    def to_dict(self) -> "Json":
        """Return its JSON form; it names secrets and shows none."""
        return application.json_form.plain_json(
            {
                "id": self.id,
                "name": self.name,
                "scope": self.scope,
                "event": self.event,
                "action": self.action,
                "description": self.description,
                "is_enabled": self.enabled,
                "created_at": self.created_at,
                "created_by": self.created_by,
            }
        )

    def _current(self) -> "AutomationRow":
        return application.automations.automations.existing(self._workspace.session(), self._row.id)

    def __repr__(self) -> str:
        return f"<Automation {self.name!r} in {self.scope}>"


def state_named(state: str | None) -> "DeliveryState | None":
    """Return the state with this name.

    Raises:
        InvalidValueError: names the states there are.
    """
    try:
        return None if state is None else application.ports.deliveries.DeliveryState(state)
    except ValueError:
        names = ", ".join(repr(each.value) for each in application.ports.deliveries.DeliveryState)
        raise InvalidValueError("state", state, f"it is one of {names}", "Pick one.") from None


def checked_action(action: object) -> AutomationAction:
    """Return what is an action.

    Raises:
        InvalidValueError: it is none.
    """
    if not isinstance(action, SendWebhook | SendNotification):
        remedy = "For example SendWebhook(url='https://ci.example.com/hooks')."
        problem = "it is a SendWebhook or SendNotification of fingerpost.automations"
        raise InvalidValueError("action", action, problem, remedy)
    return action


def run_async(make: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run a coroutine to its end, whether or not the caller is inside of an event loop."""
    import asyncio
    from concurrent.futures import ThreadPoolExecutor

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(make())
    with ThreadPoolExecutor(1) as executor:
        return executor.submit(lambda: asyncio.run(make())).result()


def parsed_id(text: str) -> UUID:
    """Return the identity of a delivery.

    Raises:
        InvalidValueError: it is none.
    """
    try:
        return UUID(text)
    except (ValueError, AttributeError, TypeError):
        remedy = "`fingerpost automations dead-letters` lists them."
        raise InvalidValueError("delivery", text, "it is a UUID", remedy) from None
