"""``fingerpost log``."""

import logging
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import click

from ..parameters.metadata import parse_metadata
from ..parameters.options import TaughtCommand
from ..parameters.sources import Looking, ReferencedData, Source, parse_sources
from ..terminal.invocation import Invocation, pass_invocation
from ..terminal.output import emit_json, line
from ..terminal.progress import counting_bar, is_watched, progress_bar
from ..views.described import print_artifact
from .ttl import TimeToLiveType, meant

if TYPE_CHECKING:
    from fingerpost.sdk import Artifact, Run

_LOG: Final = logging.getLogger("fingerpost")

_EXAMPLE: Final = """
echo 'a,b' > table.csv
fingerpost log table table.csv --type dataset --alias checked --metadata rows=1
"""


@click.command(
    "log", cls=TaughtCommand, short_help="Log files as the next version.", example=_EXAMPLE
)
@click.argument("name")
@click.argument("files", nargs=-1, required=True, metavar="FILES...")
@click.option("-t", "--type", "kind", required=True, help="What it is: dataset, model, …")
@click.option("-a", "--alias", "aliases", multiple=True, help="Custom alias; may be repeated")
@click.option("--tag", "tags", multiple=True, help="Tag; may be repeated")
@click.option(
    "-m",
    "--metadata",
    "metadata",
    multiple=True,
    metavar="JSON|KEY=VALUE",
    help="A JSON object, or KEY=VALUE (the value read as JSON if it is); may be repeated",
)
@click.option("-d", "--description", help="Free text")
@click.option(
    "--ttl", "kept", metavar="30d|never|inherit", type=TimeToLiveType(), help="Keep it so long"
)
@click.option(
    "--name",
    "as_name",
    metavar="PATH",
    help="Path in the artifact of what is given, or of the folder for what is below it; with one "
    "FILE or URI",
)
@click.option("--stdin-name", default="stdin", show_default=True, help="What to call `-`")
@click.option(
    "--digest-algorithm",
    type=click.Choice(["blake3", "sha256", "md5"]),
    default="blake3",
    show_default=True,
    help="What digests are made with; md5 gives W&B's own",
)
@click.option(
    "--no-checksum", is_flag=True, help="References: record the URI alone, and do not look at it"
)
@click.option(
    "--content-checksum",
    is_flag=True,
    help="References: read all bytes once, and record a digest of them, too",
)
@click.option(
    "--max-objects",
    type=click.IntRange(min=1),
    help="References: more objects below one URI are an error [default: 10,000,000]",
)
@click.option("--job-type", help="What kind of step this is, for the lineage")
@pass_invocation
def log(
    invocation: Invocation,
    name: str,
    files: tuple[str, ...],
    kind: str,
    aliases: tuple[str, ...],
    tags: tuple[str, ...],
    metadata: tuple[str, ...],
    description: str | None,
    kept: timedelta | str | None,
    as_name: str | None,
    stdin_name: str,
    digest_algorithm: str,
    no_checksum: bool,
    content_checksum: bool,
    max_objects: int | None,
    job_type: str | None,
) -> None:
    """Log files as the next version of an artifact.

    A single folder gives its content; among several FILES a folder keeps its name, and a file has
    its base name. `-` is standard input. A URI, such as s3://bucket/images/ or file:///…, is
    tracked where it is, not copied; one of a kind that nothing is known of needs --name.
    Content that `latest` has already makes no new version: aliases and tags are given to that
    one.
    """
    from fingerpost.sdk import Artifact

    def new_draft() -> "Artifact":
        draft = Artifact(
            name,
            kind,
            description,
            parse_metadata(metadata),
            digest_algorithm=digest_algorithm,
        )
        draft.aliases, draft.tags = list(aliases), list(tags)
        if kept is not None:
            draft.ttl = meant(kept)
        return draft

    if no_checksum and content_checksum:
        raise click.UsageError("--no-checksum and --content-checksum exclude each other")
    if as_name is not None and len(files) > 1:
        raise click.UsageError(f"--name {as_name!r} is for one FILE or URI, not for {len(files)}")
    looking = Looking(
        checksum="content" if content_checksum else not no_checksum,
        max_objects=max_objects,
        counting=lambda uri: counting_bar(invocation, f"finding {uri}", None),
    )
    sources = parse_sources(files, stdin_name, looking, as_name)
    new_draft()  # Most that is not valid is refused before a store is made or a run started.

    def look_first() -> None:
        for source in sources:
            source.look_first(digest_algorithm)

    with invocation.opened(create=True, before_making=look_first) as opened:
        with invocation.run(opened, job_type, None) as run:
            draft = new_draft()
            _fill(invocation, draft, sources)
            if not draft.file_count:
                _LOG.warning("%s holds no files: what was given is empty", name)
            with progress_bar(invocation, "storing", draft.size) as progress:
                run.log_artifact(draft, progress=progress)
        _answer(invocation, draft, run)


def _fill(invocation: Invocation, draft: "Artifact", sources: list[Source]) -> None:
    # Two bars at once would draw over each other: references have one of their own.
    referenced = [source for source in sources if isinstance(source, ReferencedData)]
    copied = [source for source in sources if source not in referenced]
    expected = sum(source.size_bytes() for source in copied) if is_watched(invocation) else None
    with progress_bar(invocation, "reading", expected) as progress:
        for source in copied:
            source.add_to(draft, progress)
    for source in referenced:
        source.add_to(draft, None)


def _answer(invocation: Invocation, artifact: "Artifact", run: "Run") -> None:
    maker = artifact.logged_by()
    is_new = maker is not None and maker.id == run.id
    if invocation.is_json:
        emit_json({"artifact": artifact.to_dict(), "is_new": is_new, "run": run.to_dict()})
        return
    what = "logged" if is_new else "unchanged, no new version:"
    line(f"{what} {artifact.qualified_name}")
    if not invocation.is_quiet:
        print_artifact(artifact)
