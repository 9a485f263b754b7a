"""``fingerpost automations``: create, list, show, enable, disable, delete, test."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from ..parameters.options import TaughtGroup, teach
from ..terminal.confirmation import confirm
from ..terminal.invocation import Invocation, pass_invocation
from ..terminal.output import emit_json, line
from ..terminal.table import print_table
from ..views.automation_output import event_text, print_automation
from .automations_letters import dead_letters, history
from .automations_run import run
from .automations_secret import secret

if TYPE_CHECKING:
    from fingerpost.sdk.automation_parts import AutomationAction, AutomationEvent
    from fingerpost.sdk.automations import ScopeLike

_EVENTS: Final = (
    "link",
    "unlink",
    "alias_added",
    "alias_removed",
    "tag_added",
    "version_logged",
)
_CREATED: Final = """
fingerpost registry create Golden --type model
fingerpost automations create deploy --registry Golden --on alias_added --alias production \
--webhook https://ci.example.com/hooks/deploy
"""
_ENABLED: Final = f"""{_CREATED}fingerpost automations disable deploy
fingerpost automations enable deploy
"""


@click.group("automations", cls=TaughtGroup, short_help="Act on what happens.")
@click.pass_context
def automations(context: click.Context) -> None:
    """Tell others whenever something happens: by a webhook, or in a Slack channel.

    An automation watches a collection, a project, a registry or an organization. `fingerpost
    automations run` follows the ledger and delivers; without it nothing is sent.
    """
    teach(context)


@automations.command("create", short_help="Make an automation.", example=_CREATED)
@click.argument("name")
@click.option("--collection", metavar="PATH", help="Watch a collection")
# Not called `project`: it would be taken for the global option of that name as well.
@click.option(
    "--in-project",
    "in_project",
    metavar="[ENTITY/]PROJECT",
    help="Watch all collections of a project",
)
@click.option("--registry", metavar="NAME", help="Watch all collections of a registry")
@click.option("--organization", metavar="NAME", help="Watch a whole organization")
@click.option("--on", "event", required=True, type=click.Choice(_EVENTS), help="What to watch for")
@click.option("--alias", help="Only about this alias")
@click.option("--alias-pattern", help="Only about aliases like this, such as 'release-*'")
@click.option("--tag", help="Only about this tag")
@click.option("--tag-pattern", help="Only about tags like this")
@click.option("--webhook", "url", metavar="URL", help="Send an HTTP POST there")
@click.option("--payload", metavar="FILE", help="JSON with variables to send, not a CloudEvent")
@click.option("--header", "headers", multiple=True, metavar="NAME:VALUE", help="A further header")
@click.option("--token-secret", metavar="SECRET", help="Send this secret as bearer token")
@click.option("--signing-secret", metavar="SECRET", help="Sign the body with this secret")
@click.option("--slack-secret", metavar="SECRET", help="Post to the Slack webhook in this secret")
@click.option("--title", help="First line of the Slack message, with variables")
@click.option("--message", help="What follows, with variables")
@click.option("--level", type=click.Choice(("info", "warn", "error")), default="info")
@click.option("--description", help="Free text")
@pass_invocation
def create(invocation: Invocation, /, name: str, **given: Any) -> None:
    """Make an automation, which acts on what happens from here on.

    Secrets are named, and never given here: see `fingerpost automations secret set --help`.
    """
    with invocation.api() as api:
        made = api.create_automation(
            name=name,
            scope=_scope(given),
            event=_event(given),
            action=_action(given),
            description=given["description"],
        )
        if invocation.is_json:
            emit_json({"automation": made.to_dict()})
            return
        line(f"created automation {made.name}")
        if not invocation.is_quiet:
            print_automation(made)
        invocation.hint("`fingerpost automations run` carries it out")


def _scope(given: dict[str, Any]) -> "ScopeLike":
    from fingerpost.sdk.automation_parts import (
        CollectionScope,
        OrgScope,
        ProjectScope,
        RegistryScope,
    )

    makers = {
        "collection": CollectionScope,
        "in_project": ProjectScope,
        "registry": RegistryScope,
        "organization": OrgScope,
    }
    named = [what for what in makers if given[what] is not None]
    if len(named) != 1:
        options = "--collection, --in-project, --registry or --organization"
        raise click.UsageError(f"say what to watch with one of {options}")
    scope: ScopeLike = makers[named[0]](given[named[0]])
    return scope


def _event(given: dict[str, Any]) -> "AutomationEvent":
    from fingerpost.domain.automation import Trigger, TriggerKind
    from fingerpost.sdk.automation_parts import event_of

    wanted = {key: given[key] for key in ("alias", "alias_pattern", "tag", "tag_pattern")}
    return event_of(Trigger(kind=TriggerKind.parse(given["event"]), **wanted))


def _action(given: dict[str, Any]) -> "AutomationAction":
    from fingerpost.sdk.automation_parts import SendNotification, SendWebhook

    if (given["url"] is None) == (given["slack_secret"] is None):
        raise click.UsageError("say what to do with one of --webhook or --slack-secret")
    if given["slack_secret"] is not None:
        return SendNotification(
            channel=given["slack_secret"],
            title=given["title"],
            message=given["message"],
            level=given["level"],
        )
    return SendWebhook(
        url=given["url"],
        payload=None if given["payload"] is None else _payload(given["payload"]),
        headers=dict(_header(text) for text in given["headers"]),
        access_token=given["token_secret"],
        signing_secret=given["signing_secret"],
    )


def _payload(path: str) -> dict[str, object]:
    try:
        told = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise click.BadParameter(f"{path!r} is no JSON file: {error}") from error
    if not isinstance(told, dict):
        raise click.BadParameter(f"{path!r} holds no JSON object")
    return told


def _header(text: str) -> tuple[str, str]:
    name, colon, value = text.partition(":")
    if not colon:
        raise click.BadParameter(f"{text!r} is no header: write 'X-Team: ml', say")
    return name.strip(), value.strip()


@automations.command(
    "list", short_help="List the automations.", example=f"{_CREATED}fingerpost automations list"
)
@pass_invocation
def list_automations(invocation: Invocation) -> None:
    """List the automations, where they watch, for what, and what they do."""
    with invocation.api() as api:
        found = api.automations()
        if invocation.is_json:
            emit_json({"automations": [each.to_dict() for each in found]})
        elif found:
            rows = [
                (
                    each.name,
                    each.scope,
                    event_text(each),
                    type(each.action).__name__,
                    "yes" if each.enabled else "no",
                )
                for each in found
            ]
            print_table(("automation", "scope", "event", "action", "enabled"), rows)
        else:
            invocation.hint("there are no automations")


@automations.command(
    "show",
    short_help="Show an automation.",
    example=f"{_CREATED}fingerpost automations show deploy",
)
@click.argument("name")
@pass_invocation
def show(invocation: Invocation, name: str) -> None:
    """Show an automation; NAME may also be its identity. Secrets are shown by name."""
    with invocation.api() as api:
        held = api.automation(name)
        if invocation.is_json:
            emit_json({"automation": held.to_dict()})
        else:
            line(held.name)
            print_automation(held)


@automations.command(
    "enable",
    short_help="Let it act again.",
    example=_ENABLED,
)
@click.argument("name")
@click.option("--reason", help="Why, for the history")
@pass_invocation
def enable(invocation: Invocation, name: str, reason: str | None) -> None:
    """Let an automation act on what happens from here on; not on what it missed."""
    with invocation.api() as api:
        held = api.automation(name)
        held.enable(reason)
        _answer(invocation, held.name, "enabled")


@automations.command(
    "disable",
    short_help="Let it do nothing.",
    example=f"{_CREATED}fingerpost automations disable deploy --reason 'too loud'",
)
@click.argument("name")
@click.option("--reason", help="Why, for the history")
@pass_invocation
def disable(invocation: Invocation, name: str, reason: str | None) -> None:
    """Let an automation do nothing, not even what it was about to."""
    with invocation.api() as api:
        held = api.automation(name)
        held.disable(reason)
        _answer(invocation, held.name, "disabled")


@automations.command(
    "delete",
    short_help="Delete an automation.",
    example=f"{_CREATED}fingerpost automations delete deploy --yes",
)
@click.argument("name")
@click.option("--reason", help="Why, for the history")
@click.option("-y", "--yes", "is_sure", is_flag=True, help="Do not ask")
@pass_invocation
def delete(invocation: Invocation, name: str, reason: str | None, is_sure: bool) -> None:
    """Delete an automation, with what it was about to do."""
    with invocation.api() as api:
        held = api.automation(name)
        confirm(invocation, f"delete automation {held.name}?", is_sure=is_sure)
        held.delete(reason)
        _answer(invocation, held.name, "deleted")


@automations.command(
    "test",
    short_help="Send an example.",
    example=f"{_CREATED}fingerpost automations test deploy --dry-run",
)
@click.argument("name")
@click.option("--dry-run", is_flag=True, help="Show what would be sent, secrets masked")
@pass_invocation
def test(invocation: Invocation, name: str, dry_run: bool) -> None:
    """Send a made-up event to an automation's receiver, once and now.

    Nothing of it is kept. The exit code is 7 when it was not delivered.
    """
    with invocation.api() as api:
        held = api.automation(name)
        said = held.preview() if dry_run else held.test()
        if invocation.is_json:
            emit_json({"automation": held.name, "result": said})
        else:
            for text in (said if dry_run else f"{held.name}: {said}").splitlines():
                line(text)
        if not dry_run and not said.startswith("delivered"):
            raise click.exceptions.Exit(7)


def _answer(invocation: Invocation, name: str, done: str) -> None:
    if invocation.is_json:
        emit_json({"automation": name, f"is_{done}": True})
    else:
        line(f"{done} automation {name}")


for _command in (run, history, dead_letters, secret):
    automations.add_command(_command)
