"""``fingerpost search``."""

import json
from itertools import islice
from typing import TYPE_CHECKING, Final

import click

from ..parameters.options import TaughtCommand
from ..terminal.invocation import Invocation, pass_invocation
from ..terminal.output import emit_json
from ..terminal.table import print_table

if TYPE_CHECKING:
    from fingerpost.application.read_models.search_results import SearchResult

_EXAMPLE: Final = """
echo 'a,b' > table.csv
fingerpost log table table.csv --type dataset --alias production-us --metadata rows=1
fingerpost search prod
fingerpost search prod --kind version --filter '{"metadata.rows": {"$gte": 1}}'
"""

_KINDS: Final = ("registry", "collection", "version")
_RESULTS: Final = 20


@click.command(
    "search",
    cls=TaughtCommand,
    short_help="Find registries, collections and versions.",
    example=_EXAMPLE,
)
@click.argument("text")
@click.option("-k", "--kind", "kinds", type=click.Choice(_KINDS), multiple=True, help="Only these")
@click.option("--registry", metavar="NAME", help="Only this registry and what is in it")
@click.option("--filter", "said", metavar="JSON", help="What the one --kind has to pass, too")
@click.option(
    "-n", "--limit", type=click.IntRange(min=1), default=_RESULTS, help="At most this many [20]"
)
@click.option("--cursor", help="Go on where a search with the same words and options ended")
@pass_invocation
def search(
    invocation: Invocation,
    text: str,
    kinds: tuple[str, ...],
    registry: str | None,
    said: str | None,
    limit: int,
    cursor: str | None,
) -> None:
    """Find registries, collections and versions by words.

    Searches names, aliases, tags, descriptions and metadata, in the middle of words, too; letter
    case and accents do not matter. What is named just TEXT comes first. Finding nothing is no
    failure.
    """
    wanted = None if said is None else _filter(said)
    with invocation.api() as api:
        found = api.search(
            text,
            kinds=kinds,
            registry=registry,
            filter=wanted,
            # One more, so that it is known whether there are more.
            per_page=limit + 1,
            start=cursor,
        )
        walk = iter(found)
        results = list(islice(walk, limit))
        cursor = found.cursor
        following = cursor if next(walk, None) is not None else None
    if invocation.is_json:
        told = [result.to_dict() for result in results]
        emit_json({"query": text, "results": told, "cursor": following})
    elif results:
        print_table(("kind", "path", "found in", "text"), [_row(result) for result in results])
    else:
        invocation.hint(f"nothing was found for {text!r}")
    if following is not None:
        invocation.hint(f"there is more: --cursor {following}")


def _filter(said: str) -> dict[str, object]:
    from fingerpost.domain.errors import InvalidValueError

    remedy = """For example '{"alias": "production"}'."""
    try:
        found = json.loads(said)
    except ValueError as error:
        raise InvalidValueError("--filter", said, f"it is JSON ({error})", remedy) from None
    if not isinstance(found, dict):
        raise InvalidValueError("--filter", said, "it is a JSON object", remedy)
    return found


def _row(result: "SearchResult") -> tuple[str, ...]:
    return (result.kind, result.path, result.field, result.snippet)
