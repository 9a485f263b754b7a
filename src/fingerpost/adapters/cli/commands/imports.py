"""``fingerpost import``: what other stores and registries hold."""

import click

from ..options import TaughtGroup, teach
from .imports_mlflow import mlflow
from .imports_wandb import wandb


@click.group("import", cls=TaughtGroup, short_help="Bring what another registry holds.")
@click.pass_context
def imports(context: click.Context) -> None:
    """Bring what another registry holds into this store.

    What is here already is not brought twice: the same command brings what is new, and goes on
    where it was interrupted.
    """
    teach(context)


for _command in (wandb, mlflow):
    imports.add_command(_command)
