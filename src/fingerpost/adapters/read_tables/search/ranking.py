"""What comes first: what is just the query; then by where the words are; then the newest.

An item's class depends on the query and on what the item says, and on nothing else in the store.
(Measures such as BM25 change for every item when one comes or goes, and pages would not fit
together.) So the sort key, class and position, is the same from page to page.
"""

from fingerpost.application.ports.search_queries import SearchQuery
from fingerpost.application.read_models.cursors import SortKey

from ..filters.sql import TRUE, Sql, both
from .items import key_of
from .words import LABEL_FIELDS, Plan, found, joined, shown

_COLUMNS = "i.id AS id, i.kind AS kind, i.owner_id AS owner_id, i.idx AS idx"
_WORD = "(SELECT id FROM search_words WHERE key=?)"


class Exact:
    """Items with a name, an alias or a tag that is the whole query: class 0, by an index."""

    def __init__(self, query: SearchQuery) -> None:
        self._query = query

    def page(self, after: SortKey | None, limit: int) -> Sql | None:
        """Return the statement for a page, or ``None`` if all of them come before a sort key."""
        if after is not None and after[0] != 0:
            return None
        condition = both(shown(self._query), _below("t.item", after))
        text = (
            f"SELECT DISTINCT 0 AS class, {_COLUMNS} FROM search_texts t "
            f"CROSS JOIN search_items i WHERE i.id=t.item AND t.word={_WORD} "
            f"AND t.field IN ({LABEL_FIELDS}) AND {condition.text} ORDER BY id DESC LIMIT ?"
        )
        return Sql(text, (key_of(self._query.whole), *condition.values, limit))


class Ranked:
    """All other items with all of the words: class 1 and more."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._query = plan.query

    def page(self, after: SortKey | None, limit: int) -> Sql:
        """Return the statement for a page."""
        tables, condition = found(self._plan), shown(self._query)
        value = "+".join(["1", *(f"h{number}.class" for number in range(len(self._query.terms)))])
        text = (
            f"{tables.text} SELECT * FROM (SELECT {value} AS class, {_COLUMNS} "
            f"FROM {joined(self._query)} WHERE {condition.text} AND NOT EXISTS ("
            f"SELECT 1 FROM search_texts x WHERE x.item=i.id AND x.field IN ({LABEL_FIELDS}) "
            f"AND x.word={_WORD})) ranked WHERE "
        )
        values = (*tables.values, *condition.values, key_of(self._query.whole))
        behind = TRUE
        if after is not None and after[0] != 0:
            behind = Sql("(class>? OR (class=? AND id<?))", (after[0], *after))
        return Sql(
            f"{text}{behind.text} ORDER BY class, id DESC LIMIT ?",
            (*values, *behind.values, limit),
        )


def _below(column: str, after: SortKey | None) -> Sql:
    return TRUE if after is None else Sql(f"{column}<?", (after[1],))
