"""``fingerpost use``."""

from datetime import datetime
from typing import Final

import click

from ..parameters.moments import AT
from ..parameters.options import TaughtCommand
from ..terminal.invocation import Invocation, pass_invocation
from ..terminal.output import emit_json, line
from ..views.described import print_artifact

_EXAMPLE: Final = """
echo 'a,b' > table.csv
fingerpost log table table.csv --type dataset
fingerpost use table:latest --job-type train
"""


@click.command(
    "use", cls=TaughtCommand, short_help="Note a version as a run's input.", example=_EXAMPLE
)
@click.argument("path", metavar="PATH[:ALIAS]")
@click.option("-t", "--type", "kind", help="The type that is expected")
@click.option("--job-type", help="What kind of step uses it, such as train")
@click.option("--run-name", help="Name of the run, for people")
@AT
@pass_invocation
def use(
    invocation: Invocation,
    path: str,
    kind: str | None,
    job_type: str | None,
    run_name: str | None,
    at: datetime | None,
) -> None:
    """Note a version as the input of a run, and print which one it is.

    Without ALIAS `latest` is meant; with --at, what the alias stood for at that moment. The run is
    part of the version's lineage from then on.
    """
    with invocation.opened() as opened:
        # Looked up first, so that a name that is not there starts no run.
        artifact = invocation.api_of(opened).artifact(path, kind, at=at)
        with invocation.run(opened, job_type, run_name) as run:
            run.use_artifact(artifact)
        if invocation.is_json:
            emit_json({"artifact": artifact.to_dict(), "run": run.to_dict()})
            return
        line(artifact.qualified_name)
        if not invocation.is_quiet:
            print_artifact(artifact)
            line(f"  run       {run.path}")
