"""``fingerpost ttl``: show, set, default, expired."""

from datetime import timedelta
from typing import TYPE_CHECKING, Final

import click

from ..parameters.durations import Duration
from ..parameters.durations import kept as said
from ..parameters.options import TaughtGroup, teach
from ..terminal.invocation import Invocation, pass_invocation
from ..terminal.output import clock, emit_json, line, size
from ..terminal.table import print_table

if TYPE_CHECKING:
    from fingerpost.application.read_models.rows import ExpiredVersion
    from fingerpost.domain.versions.ttl import ArtifactTTL

_FOR_EVER: Final = "never"
_INHERIT: Final = "inherit"

_LOGGED: Final = """
echo 'a,b' > table.csv
fingerpost log table table.csv --type dataset --entity team
"""
_SET: Final = f"{_LOGGED}fingerpost ttl set table:v0 30d --entity team"
_SHOW: Final = f"{_SET}\nfingerpost ttl show table:v0 --entity team"
_DEFAULT: Final = f"{_LOGGED}fingerpost ttl default team 90d"
_EXPIRED: Final = f"{_SET}\nfingerpost ttl expired"


class TimeToLiveType(click.ParamType[timedelta | str]):
    """A duration, ``never``, or ``inherit``."""

    name = "ttl"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> timedelta | str:
        """Return a duration or the word; the words are read by :func:`meant`."""
        if isinstance(value, str) and value.casefold() in {_FOR_EVER, _INHERIT}:
            return value.casefold()
        return Duration().convert(value, param, ctx)


def meant(given: timedelta | str) -> "timedelta | ArtifactTTL | None":
    """Return what a time to live on the command line stands for."""
    from fingerpost.domain.versions.ttl import ArtifactTTL

    if isinstance(given, timedelta):
        return given
    return ArtifactTTL.INHERIT if given == _INHERIT else None


@click.group("ttl", cls=TaughtGroup, short_help="Say how long versions are kept.")
@click.pass_context
def ttl(context: click.Context) -> None:
    """Say how long versions are kept, and see which have expired.

    A version that is linked to a registry is kept for ever. Nothing is deleted by the clock
    alone: `fingerpost ttl expired --delete` and `fingerpost gc` do it.
    """
    teach(context)


@ttl.command("set", short_help="Set how long a version is kept.", example=_SET)
@click.argument("path")
@click.argument("kept", metavar="30d|never|inherit", type=TimeToLiveType())
@pass_invocation
def set_ttl(invocation: Invocation, path: str, kept: timedelta | str) -> None:
    """Set how long a version is kept from when it was logged.

    `never` never expires; `inherit` takes the default of its team.
    """
    with invocation.api() as api:
        artifact = api.artifact(path)
        artifact.ttl = meant(kept)
        artifact.save()
        _answer(invocation, artifact.qualified_name, artifact.ttl)


@ttl.command("show", short_help="Show how long a version is kept.", example=_SHOW)
@click.argument("path")
@pass_invocation
def show(invocation: Invocation, path: str) -> None:
    """Show how long a version is kept, its team's default included."""
    with invocation.api() as api:
        artifact = api.artifact(path)
        _answer(invocation, artifact.qualified_name, artifact.ttl)


@ttl.command("default", short_help="Show or set the default of a team.", example=_DEFAULT)
@click.argument("name", metavar="ENTITY")
@click.argument("kept", metavar="[90d|never]", type=TimeToLiveType(), required=False)
@pass_invocation
def default(invocation: Invocation, name: str, kept: timedelta | str | None) -> None:
    """Show or set how long an entity keeps versions of which nobody said otherwise.

    It counts for versions that are there already, too: look at `fingerpost ttl expired` next.
    """
    if kept == _INHERIT:
        raise click.BadParameter("an entity inherits from nobody: write 90d or never, say")
    with invocation.api() as api:
        entity = api.entity(name)
        if kept is not None:
            entity.default_ttl = kept if isinstance(kept, timedelta) else None
        _answer(invocation, entity.name, entity.default_ttl)


@ttl.command("expired", short_help="Show or delete what has expired.", example=_EXPIRED)
@click.option("--delete", is_flag=True, help="Delete them, with the aliases that they have")
@pass_invocation
def expired(invocation: Invocation, delete: bool) -> None:
    """Show the versions whose time to live has passed, oldest first; with --delete, delete them.

    Their content stays until `fingerpost gc` removes it.
    """
    with invocation.api() as api:
        found = api.expire() if delete else api.expired()
        if invocation.is_json:
            emit_json({"expired": [each.to_dict() for each in found], "is_deleted": delete})
        elif found:
            print_table(("version", "size", "logged", "expired"), [_row(each) for each in found])
            if not delete:
                invocation.hint("add --delete to delete them")
        else:
            invocation.hint("nothing has expired")


def _answer(invocation: Invocation, name: str, kept: timedelta | None) -> None:
    if invocation.is_json:
        emit_json({"name": name, "ttl_s": None if kept is None else int(kept.total_seconds())})
    else:
        line(f"{name}: {said(kept)}")


def _row(version: "ExpiredVersion") -> tuple[str, ...]:
    moments = clock(version.logged_at), clock(version.expired_at)
    return (version.path, size(version.size_bytes), *moments)
