"""``fingerpost import wandb``."""

from typing import Any, Final

import click

from ..parameters.metadata import parse_metadata
from ..parameters.options import TaughtCommand
from ..parameters.pairs import renamed
from ..terminal.invocation import Invocation, pass_invocation
from ..terminal.progress import progress_bar
from ..views.imported import answer

_EXAMPLE: Final = """
mkdir data && printf hello > data/hello.txt
echo '{"version": 1, "storagePolicy": "wandb-storage-policy-v1", "contents": \
{"hello.txt": {"digest": "XUFAKrxLKna5cZ2REBfFkg==", "size": 5}}}' > wandb_manifest.json
fingerpost import wandb wandb_manifest.json --files data --type dataset \
--qualified-name zoo/census/animals:v3 --alias checked
"""


@click.command(
    "wandb",
    cls=TaughtCommand,
    short_help="Import a W&B artifact by its manifest.",
    example=_EXAMPLE,
)
@click.argument("manifest")
@click.option("--files", metavar="FOLDER", help="Folder with its files, as wandb downloads them")
@click.option("--about", metavar="FILE", help="JSON with what W&B says beside the manifest")
@click.option("--qualified-name", metavar="ENTITY/PROJECT/NAME:vN", help="What W&B calls it")
@click.option("--name", help="Name of the artifact here [default: as in W&B]")
@click.option("-t", "--type", "kind", help="What it is: dataset, model, …")
@click.option("-a", "--alias", "aliases", multiple=True, help="Custom alias; may be repeated")
@click.option("--tag", "tags", multiple=True, help="Tag; may be repeated")
@click.option(
    "-m",
    "--metadata",
    multiple=True,
    metavar="JSON|KEY=VALUE",
    help="A JSON object, or KEY=VALUE; may be repeated",
)
@click.option("-d", "--description", help="Free text")
@click.option("--rename-alias", multiple=True, metavar="OLD=NEW", help="What to call an alias here")
@click.option(
    "--keep-missing", is_flag=True, help="Keep files that are not there as references to W&B"
)
@click.option("--dry-run", is_flag=True, help="Change nothing, and say what would be done")
@pass_invocation
def wandb(invocation: Invocation, /, manifest: str, **given: Any) -> None:
    """Import a version of a W&B artifact from its manifest and its files.

    Each file is compared with the md5 in the manifest. The version has W&B's own digest, and what
    W&B says of it is recorded as its origin. A second time nothing is imported.
    """
    from fingerpost.sdk.import_wandb import import_wandb_manifest

    with progress_bar(invocation, "storing", None) as progress:
        imported = import_wandb_manifest(
            manifest,
            name=given["name"],
            type=given["kind"],
            files=given["files"],
            about=given["about"],
            qualified_name=given["qualified_name"],
            aliases=given["aliases"] or None,
            tags=given["tags"] or None,
            description=given["description"],
            metadata=parse_metadata(given["metadata"]) or None,
            alias_names=renamed(given["rename_alias"], "--rename-alias"),
            keep_missing=given["keep_missing"],
            dry_run=given["dry_run"],
            store=invocation.store,
            actor=invocation.actor,
            entity=invocation.entity,
            project=invocation.project,
            progress=progress,
        )
    answer(invocation, imported)
