"""The command line as a whole: its help, and its commands."""

from typing import Any, Final

import click

from .commands.alias import alias
from .commands.approve import approvals, approve
from .commands.automations import automations
from .commands.cache import cache
from .commands.collection import collection
from .commands.delete import delete, unlink
from .commands.demo import demo
from .commands.diff import diff
from .commands.download import download
from .commands.events import events
from .commands.export import export
from .commands.gc import gc
from .commands.help import help_command
from .commands.history import history
from .commands.imports import imports
from .commands.ledger_witness import ledger
from .commands.lineage import lineage
from .commands.link import link
from .commands.log import log
from .commands.members import members
from .commands.organization import organization, team
from .commands.registry import registry
from .commands.search import search
from .commands.store import store
from .commands.ttl import ttl
from .commands.use import use
from .commands.verify import verify
from .commands.versions import versions
from .parameters.options import TaughtGroup, global_options, teach, write_verbatim

_FIRST_STEPS: Final = """
echo 'a,b' > table.csv
fingerpost log table table.csv --type dataset --alias checked
fingerpost history table
fingerpost demo             # the whole tour, on real data, leaving nothing behind
"""

_SEE_ALSO: Final = """
fingerpost COMMAND --help        what a command does, with an example to paste
fingerpost help paths            how artifacts and registries are named
fingerpost help exit-codes       0 ok, 2 input, 3 not found, 4 conflict, 5 permission, …
fingerpost help environment      FINGERPOST_STORE, FINGERPOST_ACTOR, …
fingerpost help json             what --json prints
"""


class _App(TaughtGroup):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        hidden = {option.name for option in global_options(is_hidden=True)}
        others = [option for option in self.params if option.name not in hidden]
        self.params = [*global_options(is_hidden=False), *others]

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click asks so
        # In the order in which one needs them.
        return list(self.commands)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        write_verbatim(formatter, "First steps", _FIRST_STEPS)
        self.format_commands(ctx, formatter)
        click.Command.format_options(self, ctx, formatter)

    def format_epilog(
        self,
        ctx: click.Context,  # noqa: ARG002 - click passes it
        formatter: click.HelpFormatter,
    ) -> None:
        write_verbatim(formatter, "More help", _SEE_ALSO)


@click.group(
    cls=_App,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(None, "-V", "--version", package_name="fingerpost")
@click.pass_context
def app(context: click.Context) -> None:
    """Keep datasets and models as immutable, checksummed versions.

    Aliases such as `production` point at versions; registries publish them; and every move of
    every alias is kept: who moved what, when, from where and why.
    """
    teach(context)


for _command in (
    log,
    use,
    download,
    versions,
    diff,
    search,
    history,
    events,
    ledger,
    lineage,
    alias,
    link,
    unlink,
    registry,
    approve,
    approvals,
    members,
    team,
    organization,
    collection,
    automations,
    ttl,
    delete,
    export,
    imports,
    verify,
    gc,
    store,
    cache,
    demo,
    help_command,
):
    app.add_command(_command)
