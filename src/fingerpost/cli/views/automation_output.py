"""What is said of an automation, for people."""

from typing import TYPE_CHECKING

from attrs import asdict, fields

from ..terminal.output import line

if TYPE_CHECKING:
    from fingerpost.sdk.automation import Automation


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
