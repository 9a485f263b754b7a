"""What is said of automations and deliveries: for people, and as JSON."""

from typing import TYPE_CHECKING

from attrs import asdict, fields

from ..terminal.output import iso, line
from .described import Json

if TYPE_CHECKING:
    from fingerpost.application.ports.deliveries import Execution
    from fingerpost.sdk.automation import Automation


def automation_json(held: "Automation") -> Json:
    """Return what there is to say of an automation; it names secrets and shows none."""
    return {
        "id": held.id,
        "name": held.name,
        "scope": held.scope,
        "event": {"kind": held.event.trigger().kind.value, **asdict(held.event)},
        "action": {"kind": type(held.action).__name__, **asdict(held.action)},
        "description": held.description,
        "is_enabled": held.enabled,
        "created_at": iso(held.created_at),
        "created_by": held.created_by,
    }


def event_text(held: "Automation") -> str:
    """Return what an automation watches for, such as ``alias_added alias=production``."""
    wanted = [
        f"{each.name}={getattr(held.event, each.name)}"
        for each in fields(type(held.event))
        if getattr(held.event, each.name) is not None
    ]
    return " ".join([held.event.trigger().kind.value, *wanted])


def print_automation(held: "Automation") -> None:
    """Print the facts of an automation, for people."""
    line(f"  scope     {held.scope}")
    line(f"  event     {event_text(held)}")
    line(f"  action    {type(held.action).__name__}")
    for name, value in asdict(held.action).items():
        if value:
            line(f"            {name}: {value}")
    line(f"  enabled   {'yes' if held.enabled else 'no'}")
    if held.description:
        line(f"  about     {held.description}")


def execution_json(execution: "Execution") -> Json:
    """Return what there is to say of a delivery."""
    delivery = execution.delivery
    return {
        "id": str(delivery.id),
        "automation": delivery.facts["automation_name"],
        "position": delivery.position,
        "event": delivery.facts["event_type"],
        "version": delivery.facts["artifact_version_string"],
        "state": execution.state.value,
        "planned_at": iso(execution.planned_at),
        "next_at": iso(execution.next_at) if execution.state.value == "pending" else None,
        "attempts": [
            {
                "number": each.number,
                "at": iso(each.at),
                "duration_s": each.duration_s,
                "status": each.status,
                "problem": each.problem,
            }
            for each in execution.history
        ],
    }
