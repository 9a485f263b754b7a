"""Automations: what is to be done whenever something happens in a scope."""

from .action import Action, SlackAction, WebhookAction, action_from_json
from .automation import Automation
from .facts import VARIABLES, EventFacts
from .matching import Occurrence, occurrences
from .names import AutomationName, SecretName
from .scope import Scope, ScopeKind, Surroundings
from .secret import Secret
from .template import Template
from .trigger import Trigger, TriggerKind

__all__ = [
    "VARIABLES",
    "Action",
    "Automation",
    "AutomationName",
    "EventFacts",
    "Occurrence",
    "Scope",
    "ScopeKind",
    "Secret",
    "SecretName",
    "SlackAction",
    "Surroundings",
    "Template",
    "Trigger",
    "TriggerKind",
    "WebhookAction",
    "action_from_json",
    "occurrences",
]
