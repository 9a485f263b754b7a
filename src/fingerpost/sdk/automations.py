"""What the API does with automations."""

from typing import TYPE_CHECKING, TypeAlias, Union
from uuid import UUID

from fingerpost import application, domain
from fingerpost.domain.errors import AutomationNotFoundError, InvalidValueError
from fingerpost.domain.names.names import RegistryName

from .collection import Collection
from .registry import Registry
from .workspace import Workspace

# What only automations need is imported when it is used: importing fingerpost is to stay quick.
if TYPE_CHECKING:
    from fingerpost.application.automations.retry_policy import Patience, Tally
    from fingerpost.application.ports.deliveries import Execution
    from fingerpost.application.read_models.automation_rows import AutomationRow
    from fingerpost.domain.automation import Scope

    from .automation import Automation
    from .automation_parts import (
        AutomationAction,
        AutomationEvent,
        CollectionScope,
        OrgScope,
        ProjectScope,
        RegistryScope,
    )

ScopeLike: TypeAlias = Union[
    "CollectionScope", "ProjectScope", "RegistryScope", "OrgScope", Collection, Registry
]


class Automations:
    """The part of :class:`~fingerpost.Api` about automations. *Source*: W&B's public API."""

    _workspace: Workspace

    def create_automation(
        self,
        *,
        name: str,
        scope: ScopeLike,
        event: "AutomationEvent",
        action: "AutomationAction",
        description: str | None = None,
    ) -> "Automation":
        """Create an automation, which acts on what happens from here on.

        It is carried out by a worker, ``fingerpost automations run`` or :meth:`run_automations`.

        Args:
            name: unique in the scope.
            scope: a collection or registry, or a scope of :mod:`fingerpost.automations`.
            event: what to watch for, such as ``OnAddArtifactAlias(alias="production")``.
            action: what to do, such as ``SendWebhook(url="https://ci.example.com/hooks")``.
            description: free text.

        Raises:
            AlreadyExistsError: the scope has one of that name.
            InvalidValueError: something is not what it has to be; names the value.
            RoleRequiredError: the actor does not administer the scope.
        """
        from fingerpost.application.automations import automations

        from .automation import Automation, checked_action

        row = automations.create(
            self._workspace.session(),
            self._scope(scope),
            domain.automation.AutomationName(name),
            _checked_event(event).trigger(),
            checked_action(action).action(),
            description,
        )
        return Automation(self._workspace, row)

    def automations(
        self, name: str | None = None, scope: ScopeLike | None = None
    ) -> "list[Automation]":
        """Return the automations of what the actor may see, oldest first.

        Args:
            name: only those of this name.
            scope: only those of exactly this scope.
        """
        from .automation import Automation

        return [Automation(self._workspace, row) for row in self._automation_rows(name, scope)]

    def automation(self, name: str, scope: ScopeLike | None = None) -> "Automation":
        """Return the automation of this name, or with this identity.

        Raises:
            AutomationNotFoundError: there is none, or several scopes have one; names the nearest.
        """
        from .automation import Automation

        found = self._automation_rows(name, scope)
        if len(found) == 1:
            return Automation(self._workspace, found[0])
        several = [Automation(self._workspace, row) for row in found]
        if several:
            there = [f"{each.id} in {each.scope}" for each in several]
            raise AutomationNotFoundError(
                "single automation", name, there, "Say which with its scope, or with its identity."
            )
        known = application.access.lookup.nearest(
            name, {row.name for row in self._automation_rows(None, None)}
        )
        remedy = "`fingerpost automations list` shows them."
        raise AutomationNotFoundError("automation", name, known, remedy)

    def _automation_rows(self, name: str | None, scope: ScopeLike | None) -> "list[AutomationRow]":
        from fingerpost.application.automations.scopes import visible_automations

        wanted = None if scope is None else self._scope(scope)
        return [
            row
            for row in visible_automations(self._workspace.session())
            if name in {None, row.name, row.id.hex, str(row.id)} and wanted in {None, row.scope}
        ]

    def run_automations(self, patience: "Patience | None" = None) -> "Tally":
        """Deliver all that automations owe now, and return; what has to wait is left for later.

        Returns:
            Numbers of what was ``planned, delivered, failed, dead, cancelled``.

        Raises:
            MissingExtraError: what it needs is not installed.
        """
        from .automation import run_async

        opened = self._workspace.opened
        worker = opened.automations.worker(opened.store, patience)
        return run_async(worker.run_once)

    def automation_executions(
        self, state: str | None = None, limit: int = 100
    ) -> "list[Execution]":
        """Return what all automations have delivered, or tried to, newest first.

        Args:
            state: only ``pending``, ``delivered``, ``dead``, ``cancelled`` or ``discarded`` ones.
            limit: at most this many.
        """
        from .automation import state_named

        kept = self._workspace.opened.automations.deliveries
        return list(kept.executions(state=state_named(state), limit=limit))

    def dead_letters(self) -> "list[Execution]":
        """Return the deliveries that were given up, newest first."""
        from fingerpost.application.automations.dead_letters import ALL
        from fingerpost.application.ports.deliveries import DeliveryState

        kept = self._workspace.opened.automations.deliveries
        return list(kept.executions(state=DeliveryState.DEAD, limit=ALL))

    def retry_dead_letters(self, delivery_id: str | None = None) -> int:
        """Let a worker try one or all dead letters again; return how many.

        Raises:
            DeliveryNotFoundError: it was not given up.
            RoleRequiredError: the actor does not administer the automation's scope.
        """
        from fingerpost.application.automations import dead_letters as automation_letters

        kept = self._workspace.opened.automations.deliveries
        return automation_letters.retry(self._workspace.session(), kept, _letter(delivery_id))

    def discard_dead_letters(self, delivery_id: str | None = None) -> int:
        """Take one or all dead letters off the list; return how many.

        Raises:
            DeliveryNotFoundError: it was not given up.
            RoleRequiredError: the actor does not administer the automation's scope.
        """
        from fingerpost.application.automations import dead_letters as automation_letters

        kept = self._workspace.opened.automations.deliveries
        return automation_letters.discard(self._workspace.session(), kept, _letter(delivery_id))

    def set_secret(self, name: str, value: str, owner: str | None = None) -> None:
        """Give a secret its value, or another one; it is kept encrypted.

        Args:
            name: capital letters, digits and ``_``.
            value: never shown again, by anything.
            owner: the organization or entity whose automations may use it; by default the default
                organization, whose registries' automations may.

        Raises:
            SecretsKeyError: ``FINGERPOST_SECRETS_KEY`` is missing or malformed.
            RoleRequiredError: the actor does not administer the owner.
        """
        from fingerpost.application.automations import secrets as automation_secrets

        session = self._workspace.session()
        whose = automation_secrets.owner_named(session, owner)
        vault = self._workspace.opened.automations.vault
        automation_secrets.put(session, vault, whose, domain.automation.SecretName(name), value)

    def remove_secret(self, name: str, owner: str | None = None) -> None:
        """Take a secret's value away.

        Raises:
            NoSuchThingError: it has none.
            RoleRequiredError: the actor does not administer the owner.
        """
        from fingerpost.application.automations import secrets as automation_secrets

        session = self._workspace.session()
        whose = automation_secrets.owner_named(session, owner)
        vault = self._workspace.opened.automations.vault
        automation_secrets.remove(session, vault, whose, domain.automation.SecretName(name))

    def secrets(self, owner: str | None = None) -> list[str]:
        """Return the names of an owner's secrets, sorted."""
        from fingerpost.application.automations import secrets as automation_secrets

        session = self._workspace.session()
        whose = automation_secrets.owner_named(session, owner)
        return [row.name for row in automation_secrets.names(session, whose)]

    def rotate_secrets(self) -> int:
        """Encrypt all secrets anew with the first key; return how many were not so before.

        Raises:
            SecretsKeyError: one cannot be decrypted with any of the keys; nothing was changed.
            RoleRequiredError: the actor does not administer the default organization.
        """
        from fingerpost.application.automations import secrets as automation_secrets

        vault = self._workspace.opened.automations.vault
        return automation_secrets.rotate(self._workspace.session(), vault)

    def _scope(self, scope: object) -> "Scope":
        from fingerpost.application.automations.scopes import (
            organization_scope,
            project_scope,
            registry_scope,
        )

        from .automation_parts import CollectionScope, OrgScope, ProjectScope, RegistryScope

        session = self._workspace.session()
        match scope:
            case Collection() | CollectionScope():
                row = self._workspace.collection(scope.path)
                return domain.automation.Scope(
                    kind=domain.automation.ScopeKind.COLLECTION, id=row.id
                )
            case Registry() | RegistryScope():
                return registry_scope(session, RegistryName(scope.name), scope.organization)
            case ProjectScope():
                return project_scope(session, scope.path, self._workspace.place)
            case OrgScope():
                return organization_scope(session, scope.name)
            case _:
                problem = "it is a collection, a registry, or a scope of fingerpost.automations"
                raise InvalidValueError("scope", scope, problem, "For example OrgScope().")


def _checked_event(event: object) -> "AutomationEvent":
    from .automation_parts import OnAddArtifactTag, OnCreateArtifact, _AliasEvent

    if not isinstance(event, _AliasEvent | OnAddArtifactTag | OnCreateArtifact):
        problem = "it is an event of fingerpost.automations"
        raise InvalidValueError("event", event, problem, "For example OnLinkArtifact().")
    return event


def _letter(delivery_id: str | None) -> UUID | None:
    from .automation import parsed_id

    return None if delivery_id is None else parsed_id(delivery_id)
