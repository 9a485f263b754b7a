"""``fingerpost import mlflow``."""

from typing import Any, Final

import click

from ..parameters.options import TaughtCommand
from ..parameters.pairs import renamed
from ..terminal.invocation import Invocation, pass_invocation
from ..terminal.progress import counting_bar
from ..views.imported import answer

_EXAMPLE: Final = """
fingerpost import mlflow mlflow.db --model legs --dry-run
fingerpost import mlflow mlflow.db --model legs
"""


@click.command(
    "mlflow", cls=TaughtCommand, short_help="Import MLflow's model registry.", example=_EXAMPLE
)
@click.argument("database")
@click.option("--model", "models", multiple=True, metavar="NAME", help="Only this; may be repeated")
@click.option("-t", "--type", "kind", default="model", show_default=True, help="What they are")
@click.option(
    "--artifacts", metavar="FOLDER|URI", help="What mlflow-artifacts:/ is; files there may be read"
)
@click.option("--moved", multiple=True, metavar="OLD=NEW", help="Where files were moved since")
@click.option("--rename", multiple=True, metavar="OLD=NEW", help="What to call a model here")
@click.option("--rename-alias", multiple=True, metavar="OLD=NEW", help="What to call an alias here")
@click.option(
    "--stages", is_flag=True, help="Make aliases of stages, on the newest version in each"
)
@click.option("--skip-missing", is_flag=True, help="Import the rest where files are not there")
@click.option("--unchecked", is_flag=True, help="Record URIs, and do not look at what is there")
@click.option("--workspace", metavar="NAME", help="MLflow's workspace, where there are several")
@click.option("--dry-run", is_flag=True, help="Change nothing, and say what would be done")
@pass_invocation
def mlflow(invocation: Invocation, /, database: str, **given: Any) -> None:
    """Import the model registry in MLflow's SQLite database: versions, aliases and tags.

    The database is only read. Each model becomes a collection; MLflow's version numbers are
    recorded as origin. Only files below the database's folder, --artifacts and --moved are read.
    The same command imports what is new, and moves aliases to where MLflow has them by then.
    """
    from fingerpost.sdk.import_mlflow import import_mlflow

    with counting_bar(invocation, "importing", None) as progress:
        imported = import_mlflow(
            database,
            models=given["models"] or None,
            type=given["kind"],
            artifacts=given["artifacts"],
            moved=renamed(given["moved"], "--moved"),
            names=renamed(given["rename"], "--rename"),
            alias_names=renamed(given["rename_alias"], "--rename-alias"),
            stages=given["stages"],
            skip_missing=given["skip_missing"],
            unchecked=given["unchecked"],
            workspace=given["workspace"],
            dry_run=given["dry_run"],
            store=invocation.store,
            actor=invocation.actor,
            entity=invocation.entity,
            project=invocation.project,
            progress=progress,
        )
    answer(invocation, imported)
