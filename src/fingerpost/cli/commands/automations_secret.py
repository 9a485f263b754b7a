"""``fingerpost automations secret``: set, list, remove, rotate, generate-key."""

import sys
from pathlib import Path
from typing import Final

import click

from ..parameters.options import TaughtGroup, teach
from ..terminal.invocation import Invocation, pass_invocation
from ..terminal.output import count, emit_json, line

_KEY: Final = """
export FINGERPOST_SECRETS_KEY="$(fingerpost automations secret generate-key)"
printf 's3cr3t' > token.txt
"""
_SET: Final = f"""{_KEY}fingerpost registry create Golden
fingerpost automations secret set DEPLOY_TOKEN --from-file token.txt
"""


@click.group("secret", cls=TaughtGroup, short_help="Keep secrets for automations.")
@click.pass_context
def secret(context: click.Context) -> None:
    """Keep tokens, signing keys and Slack URLs for automations, encrypted.

    Values are never shown again. The key is in FINGERPOST_SECRETS_KEY: keep it apart from the
    store. Several keys, the newest first, let older values be read until `rotate`.
    """
    teach(context)


@secret.command("set", short_help="Set a secret.", example=_SET)
@click.argument("name")
@click.option("--owner", metavar="NAME", help="Organization or entity [the default organization]")
@click.option("--from-file", "path", metavar="FILE", help="Read the value from a file")
@pass_invocation
def set_secret(invocation: Invocation, name: str, owner: str | None, path: str | None) -> None:
    """Set a secret, from standard input, a file, or a prompt; never from the command line.

    Automations of registries and organizations use their organization's secrets, those of
    projects and their collections their entity's. One line break at the end is left out.
    """
    with invocation.api() as api:
        api.set_secret(name, _value(path), owner)
        _answer(invocation, name, "set")


def _value(path: str | None) -> str:
    try:
        if path is not None:
            text = Path(path).read_text(encoding="utf-8")
        elif sys.stdin.isatty():
            text = click.prompt("Value", hide_input=True, err=True)
        else:
            text = sys.stdin.read()
    except UnicodeDecodeError:
        raise click.UsageError("the value is no UTF-8 text") from None
    return str(text).removesuffix("\n").removesuffix("\r")


@secret.command(
    "list", short_help="List names.", example=f"{_SET}fingerpost automations secret list"
)
@click.option("--owner", metavar="NAME", help="Organization or entity [the default organization]")
@pass_invocation
def list_secrets(invocation: Invocation, owner: str | None) -> None:
    """List the names of secrets; values are never shown."""
    with invocation.api() as api:
        names = api.secrets(owner)
        if invocation.is_json:
            emit_json({"secrets": names})
        else:
            for name in names:
                line(name)


@secret.command(
    "remove",
    short_help="Remove a secret.",
    example=f"{_SET}fingerpost automations secret remove DEPLOY_TOKEN",
)
@click.argument("name")
@click.option("--owner", metavar="NAME", help="Organization or entity [the default organization]")
@pass_invocation
def remove(invocation: Invocation, name: str, owner: str | None) -> None:
    """Remove a secret; automations that need it fail from here on."""
    with invocation.api() as api:
        api.remove_secret(name, owner)
        _answer(invocation, name, "removed")


@secret.command(
    "rotate",
    short_help="Encrypt with the first key.",
    example=f"{_SET}fingerpost automations secret rotate",
)
@pass_invocation
def rotate(invocation: Invocation) -> None:
    """Encrypt all secrets anew with the first of the keys; the others can go then."""
    with invocation.api() as api:
        number = api.rotate_secrets()
        if invocation.is_json:
            emit_json({"rotated": number})
        else:
            line(f"{count(number, 'secret')} encrypted anew")


@secret.command(
    "generate-key",
    short_help="Print a new key.",
    example="fingerpost automations secret generate-key",
)
@pass_invocation
def generate(invocation: Invocation) -> None:
    """Print a new random key for FINGERPOST_SECRETS_KEY; it is kept nowhere."""
    from fingerpost.adapters.automations.cipher import generate_key

    key = generate_key()
    if invocation.is_json:
        emit_json({"key": key})
    else:
        line(key)


def _answer(invocation: Invocation, name: str, done: str) -> None:
    if invocation.is_json:
        emit_json({"secret": name, f"is_{done}": True})
    else:
        line(f"{done} secret {name}")
