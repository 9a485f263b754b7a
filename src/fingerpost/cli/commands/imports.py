"""``fingerpost import``: what other stores and registries hold."""

from pathlib import Path

import click

from ..parameters.options import TaughtGroup, teach
from .imports_bundle import bundle
from .imports_mlflow import mlflow
from .imports_wandb import wandb


class _Imports(TaughtGroup):
    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        # `fingerpost import FOLDER`: the counterpart of `fingerpost export FOLDER`.
        if args and args[0] not in self.commands and Path(args[0]).is_dir():
            args = [str(bundle.name), *args]
        return super().resolve_command(ctx, args)


@click.group("import", cls=_Imports, short_help="Bring a bundle, or what another registry holds.")
@click.pass_context
def imports(context: click.Context) -> None:
    """Bring a bundle into a new store, or what another registry holds into this one.

    What is here already is not brought twice: the same command brings what is new, and goes on
    where it was interrupted. `fingerpost import FOLDER` is short for `import bundle FOLDER`.
    """
    teach(context)


for _command in (bundle, wandb, mlflow):
    imports.add_command(_command)
