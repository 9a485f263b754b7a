"""``fingerpost approve`` and ``fingerpost approvals``."""

from typing import TYPE_CHECKING, Final

import click

from ..parameters.options import TaughtCommand
from ..terminal.invocation import Invocation, pass_invocation
from ..terminal.output import emit_json, iso, line
from ..terminal.table import print_table

if TYPE_CHECKING:
    from fingerpost.sdk.approving import Approval

_LINKED: Final = """
echo weights > model.bin
fingerpost log model model.bin --type model --entity team
fingerpost link team/uncategorized/model registry/Model/classifier
fingerpost registry protect Model production
"""
_APPROVE: Final = f"{_LINKED}fingerpost approve registry/Model/classifier:v0 production"


@click.command(
    "approve",
    cls=TaughtCommand,
    short_help="Approve a version for a protected alias.",
    example=_APPROVE,
)
@click.argument("path")
@click.argument("alias")
@click.option("--withdraw", is_flag=True, help="Take your approval back")
@click.option("--reason", help="Why, for the history")
@pass_invocation
def approve(
    invocation: Invocation, path: str, alias: str, *, withdraw: bool, reason: str | None
) -> None:
    """Approve that a protected alias of a registry moves to exactly this version.

    `fingerpost registry require-approvals` says how many other people have to.
    """
    with invocation.api() as api:
        artifact = api.artifact(path)
        if withdraw:
            artifact.withdraw_approval(alias, reason)
        else:
            artifact.approve(alias, reason)
        if invocation.is_json:
            _emit(artifact.qualified_name, artifact.approvals())
        else:
            done = "withdrew the approval of" if withdraw else "approved"
            line(f"{done} {artifact.qualified_name} for {alias}")


@click.command(
    "approvals",
    cls=TaughtCommand,
    short_help="Show who approved a version.",
    example=f"{_APPROVE}\nfingerpost approvals registry/Model/classifier:v0",
)
@click.argument("path")
@pass_invocation
def approvals(invocation: Invocation, path: str) -> None:
    """Show who approved a version of a registry, for which alias, and whether it counts today."""
    with invocation.api() as api:
        artifact = api.artifact(path)
        found = artifact.approvals()
        if invocation.is_json:
            _emit(artifact.qualified_name, found)
            return
        if not found:
            invocation.hint(f"nobody approved {artifact.qualified_name!r}")
            return
        rows = [
            (each.alias, each.by, iso(each.at), "yes" if each.counts else "no", each.reason or "-")
            for each in found
        ]
        print_table(("alias", "approved by", "at", "counts", "reason"), rows)


def _emit(name: str, found: "list[Approval]") -> None:
    emit_json({"artifact": name, "approvals": [each.to_dict() for each in found]})
