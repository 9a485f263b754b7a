"""Asking before something is deleted."""

import sys

import click

from .invocation import Invocation
from .output import visible


def confirm(invocation: Invocation, question: str, *, is_sure: bool) -> None:
    """Return if somebody is sure.

    Raises:
        click.UsageError: nobody is there to be asked.
        click.exceptions.Exit: they said no.
    """
    if is_sure:
        return
    if invocation.is_json or not sys.stdin.isatty():
        msg = f"nobody is there to be asked: {visible(question)} Add --yes to go ahead."
        raise click.UsageError(msg)
    if not click.confirm(visible(question), err=True):
        invocation.hint("nothing was changed")
        raise click.exceptions.Exit(1)
