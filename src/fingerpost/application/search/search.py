"""Finding registries, collections and versions by words."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Final
from uuid import UUID

from attrs import frozen

from fingerpost.domain.errors import InvalidValueError
from fingerpost.domain.filters import Expression, Kind, parse_filter
from fingerpost.domain.search import (
    LABELS,
    SearchField,
    folded,
    is_found,
    metadata_text,
    snippet,
    terms_of,
)

from ..ports.search_queries import SearchQuery
from ..read_models.cursors import Question, SortKey
from ..read_models.hits import Hit
from ..read_models.search_results import Match, SearchResult
from ..read_models.selection import Filter, Selection
from ..transactions.transaction import Session
from ..visibility import visible_homes

_KINDS: Final = {kind.value: kind for kind in Kind}


@frozen(kw_only=True)
class Search:
    """What is searched for, and where.

    Attributes:
        whole: the folded text.
        terms: its words.
        kinds: what is searched for; empty is everything.
        registry_id: only this registry and what is in it.
        filter: what the one kind that is searched for has to pass.
    """

    whole: str
    terms: tuple[str, ...]
    kinds: tuple[Kind, ...]
    registry_id: UUID | None
    filter: Expression | None

    @classmethod
    def of(
        cls, text: str, kinds: Iterable[str], registry_id: UUID | None, filter: Filter | None
    ) -> "Search":
        """Return what people ask for.

        Raises:
            InvalidValueError: there is nothing to search for, or no such kind.
            InvalidFilterError: the filter is not understood.
            LimitExceededError: the text is longer than any that a person types.
        """
        terms = terms_of(text)
        known = tuple(sorted({_kind(kind) for kind in kinds}, key=list(Kind).index))
        if filter is not None and len(known) != 1:
            remedy = "Say which one: kinds='version', for example."
            raise InvalidValueError("kinds", tuple(kinds), "a filter is about one kind", remedy)
        expression = None if filter is None else parse_filter(known[0], filter)
        return cls(
            whole=folded(text),
            terms=terms,
            kinds=known,
            registry_id=registry_id,
            filter=expression,
        )


def question(session: Session, asked: Search) -> Question:
    """Return what cursors of a search belong to."""
    return Question.of(session.queries.organizations()[0].id, about="search", search=repr(asked))


def search(
    session: Session, asked: Search, after: SortKey | None, limit: int
) -> Sequence[tuple[SortKey, SearchResult]]:
    """Return a page of what was found, the most telling first."""
    with session.queries.snapshot() as queries:
        query = _query(asked, visible_homes(session, queries))
        found = queries.search(query, after=after, limit=limit)
    return [(hit.key, _result(hit, asked)) for hit in found]


def count(session: Session, asked: Search) -> int:
    """Return how many results there are now."""
    with session.queries.snapshot() as queries:
        return queries.search_count(_query(asked, visible_homes(session, queries)))


def _query(asked: Search, homes: Collection[UUID] | None) -> SearchQuery:
    return SearchQuery(
        whole=asked.whole,
        terms=asked.terms,
        kinds=asked.kinds,
        where=Selection(registry_id=asked.registry_id, homes=homes),
        filter=asked.filter,
    )


def _kind(name: str) -> Kind:
    found = _KINDS.get(name) if isinstance(name, str) else None
    if found is None:
        expected = f"it is one of {', '.join(_KINDS)}"
        raise InvalidValueError("kind", name, expected, "Leave it out to search for all of them.")
    return found


def _result(hit: Hit, asked: Search) -> SearchResult:
    texts = list(_texts(hit))
    exact = [
        Match(name, text)
        for field, name, text in texts
        if field in LABELS and folded(text) == asked.whole
    ]
    matches = exact or [match for term in asked.terms for match in _matches(term, texts)]
    kind, path, artifact_type = _said(hit)
    return SearchResult(
        kind=kind.value,
        path=path,
        type=artifact_type,
        is_exact=bool(exact),
        matches=tuple(dict.fromkeys(sorted(matches, key=_weight))),
    )


def _weight(match: Match) -> int:
    names = [field.value for field in SearchField]
    return names.index(match.field.partition(".")[0])


def _matches(term: str, texts: Sequence[tuple[SearchField, str, str]]) -> list[Match]:
    found = ((name, text) for _, name, text in texts if is_found(term, text))
    return [Match(name, snippet(_line(text, term), term)) for name, text in found]


def _line(text: str, term: str) -> str:
    return next((line for line in text.splitlines() if is_found(term, line)), text)


def _texts(hit: Hit) -> Iterator[tuple[SearchField, str, str]]:
    """Iterate over field, its name for people, and text."""
    described = hit.version or (None if hit.version else hit.collection) or hit.registry
    if hit.version is not None:
        for alias in hit.aliases:
            yield SearchField.ALIAS, "alias", alias
        for tag in sorted(hit.version.tags):
            yield SearchField.TAG, "tag", tag
    elif hit.collection is not None:
        yield SearchField.NAME, "name", hit.collection.name
        for tag in sorted(hit.collection.tags):
            yield SearchField.TAG, "tag", tag
    elif hit.registry is not None:
        yield SearchField.NAME, "name", hit.registry.name
    if described is not None and described.description:
        yield SearchField.DESCRIPTION, "description", described.description
    if hit.version is not None:
        for key, value in hit.version.metadata.items():
            yield SearchField.METADATA, f"metadata.{key}", metadata_text(key, value)


def _said(hit: Hit) -> tuple[Kind, str, str]:
    if hit.collection is None:
        registry = hit.registry
        if registry is None:
            raise LookupError("a hit is a registry, a collection or a version")
        return Kind.REGISTRY, f"{registry.organization}/wandb-registry-{registry.name}", ""
    if hit.version is None:
        return Kind.COLLECTION, hit.collection.path, hit.collection.type
    return Kind.VERSION, f"{hit.collection.path}:{hit.version.label}", hit.version.type
