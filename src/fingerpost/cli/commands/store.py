"""``fingerpost store``: create, info, check, rebuild, migrate."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import click

from ..parameters.options import TaughtGroup, teach
from ..terminal.invocation import Invocation, pass_invocation
from ..terminal.output import emit_json, line
from ..terminal.table import print_table
from .verify import verify_store

if TYPE_CHECKING:
    from fingerpost.application.json_form import Json
    from fingerpost.bootstrap.store import OpenStore

_CREATE: Final = """
fingerpost store create --store shared --content ./content --organization acme
fingerpost store info --store shared
"""
_INFO: Final = """
fingerpost store create
fingerpost store info
"""
_CHECK: Final = """
fingerpost store create
fingerpost store check
"""
_REBUILD: Final = """
fingerpost store create
fingerpost store rebuild
"""
_MIGRATE: Final = """
fingerpost store create
fingerpost store migrate     # nothing to do
"""


@click.group("store", cls=TaughtGroup, short_help="Create, check and migrate stores.")
@click.pass_context
def store(context: click.Context) -> None:
    """Create a store, see what is in it, check it, and bring it up to date."""
    teach(context)


@store.command("create", short_help="Create a store.", example=_CREATE)
@click.option("--organization", metavar="NAME", help="Its organization [FINGERPOST_ORGANIZATION]")
@pass_invocation
def create(invocation: Invocation, organization: str | None) -> None:
    """Create a store, with an organization and its first registries, which you administer.

    --store says where its ledger is, --content where its content is: a folder, or a URL such as
    s3://bucket/prefix, gs://bucket/prefix or az://container/prefix. The store remembers that, so
    that --store alone suffices from then on.
    """
    from fingerpost.bootstrap.open_store import open_store
    from fingerpost.domain.errors import AlreadyExistsError, StoreNotFoundError

    try:
        with open_store(invocation.store, actor=invocation.actor, create=False) as there:
            remedy = "Name another place with --store, or go on with this one."
            raise AlreadyExistsError("store", there.location, remedy)
    except StoreNotFoundError:
        pass
    with open_store(
        invocation.store,
        actor=invocation.actor,
        content=invocation.content,
        organization=organization,
    ) as made:
        if invocation.is_json:
            emit_json({"store": _facts(made)})
        else:
            line(f"created {made.location}, with content in {made.store.content.location}")


@store.command("info", short_help="Show where it is and what it holds.", example=_INFO)
@pass_invocation
def info(invocation: Invocation) -> None:
    """Show where ledger and content are, which formats they have, and how much there is.

    Beside each version stands the one that this Fingerpost writes.
    """
    with invocation.opened() as opened:
        facts = _facts(opened)
    if invocation.is_json:
        emit_json({"store": facts})
        return
    print_table(("", ""), list(_rows(facts)))


@store.command("check", short_help="Read everything and compare.", example=_CHECK)
@pass_invocation
def check(invocation: Invocation) -> None:
    """Check every event of the ledger and every stored byte, as `fingerpost verify` does.

    What is damaged is named, and the exit code is 6. Nothing is changed.
    """
    verify_store(invocation)


@store.command("rebuild", short_help="Make derived tables anew.", example=_REBUILD)
@pass_invocation
def rebuild(invocation: Invocation) -> None:
    """Make the tables that are read, and the search index, anew from the ledger alone.

    For when `fingerpost store check` says that a table is not what the events say. Others may go
    on meanwhile; those who write wait.
    """
    with invocation.opened() as opened:
        events = opened.rebuild()
    if invocation.is_json:
        emit_json({"rebuilt": {"events": events}})
    else:
        line(f"made anew from {events:,} events")


@store.command("migrate", short_help="Bring it to the newest formats.", example=_MIGRATE)
@pass_invocation
def migrate(invocation: Invocation) -> None:
    """Bring a store that an older Fingerpost made to the formats of this one.

    Says what was done; a second time there is nothing to do. An older Fingerpost cannot open it
    any more then, so migrate when all who share it have upgraded.
    """
    from fingerpost.bootstrap.open_store import migrate_store

    done = migrate_store(invocation.store, actor=invocation.actor)
    if invocation.is_json:
        emit_json({"done": done})
        return
    for sentence in done or ["nothing to do"]:
        line(sentence)


def _facts(opened: "OpenStore") -> "Json":
    from fingerpost.application.organizations.reading import counts, default_organization
    from fingerpost.bootstrap.versions import versions_of

    versions = {
        each.what: {"is": each.found, "newest": each.newest} for each in versions_of(opened)
    }
    return {
        "location": opened.location,
        "content": opened.store.content.location,
        "organization": default_organization(opened.store).name,
        "versions": versions,
        "counts": dict(counts(opened.store)),
    }


def _rows(facts: "Json") -> Iterator[tuple[str, str]]:
    for name in ("location", "content", "organization"):
        yield name, facts[name]
    for what, version in facts["versions"].items():
        yield f"version of the {what}", f"{version['is']} (newest: {version['newest']})"
    for name, number in facts["counts"].items():
        yield name, f"{number:,}"
