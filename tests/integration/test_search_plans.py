"""Looking for an exact alias or tag costs the same however much is in the store.

What SQLite says of its plan is the witness: it names no ``SCAN`` of a stored table.
"""

import sqlite3
from contextlib import closing
from uuid import UUID

import pytest

from fingerpost.adapters.read_tables import create_tables
from fingerpost.adapters.read_tables.filters.selects import count, page
from fingerpost.adapters.read_tables.functions import add_functions
from fingerpost.adapters.read_tables.search.ranking import Exact, Ranked
from fingerpost.adapters.read_tables.search.words import Plan, frequency
from fingerpost.application.ports.search_queries import SearchQuery
from fingerpost.application.read_models.selection import Selection
from fingerpost.domain.filters import Kind, parse_filter

ID = UUID(int=7)
ALIAS, TAG = {"alias": "production"}, {"tag": "prod"}
EXACT = {
    "alias": ALIAS,
    "tag": TAG,
    "alias and tag": {**ALIAS, **TAG},
    "alias or tag": {"$or": [TAG, ALIAS]},
    "one of several": {"alias": {"$in": ["production", "staging"]}},
    "with what is looked at afterwards": {**ALIAS, "metadata.f1": {"$gt": 0.9}},
}


def plan_of(asked):
    with closing(sqlite3.connect(":memory:")) as connection:
        create_tables(connection.cursor())
        add_functions(connection)
        rows = connection.execute(f"EXPLAIN QUERY PLAN {asked.text}", asked.values)
        return [row[3] for row in rows]


def scanned(asked):
    # An FTS5 index is always said to be scanned; that with a MATCH it has an index number > 0.
    return [
        step
        for step in plan_of(asked)
        if step.startswith("SCAN") and "VIRTUAL TABLE INDEX 0:M" not in step
    ]


@pytest.mark.parametrize("homes", [None, [ID]], ids=["all homes", "some homes"])
@pytest.mark.parametrize("said", EXACT.values(), ids=EXACT)
def test_an_exact_alias_or_tag_is_found_by_an_index(said, homes):
    selection = Selection(
        organization_id=ID,
        homes=homes,
        filters={Kind.VERSION: parse_filter(Kind.VERSION, said)},
    )
    allowed = ["SCAN json_each VIRTUAL TABLE INDEX 1:"] if homes else []
    asked, _ = page(Kind.VERSION, "v.idx", selection, (9,), 5)
    for statement in (asked, count(Kind.VERSION, selection)):
        assert [step for step in scanned(statement) if step not in allowed] == []
        assert any("versions_by_" in step for step in plan_of(statement))


def query(*terms):
    return SearchQuery(whole=" ".join(terms), terms=terms, kinds=(), where=Selection())


def test_what_is_named_just_so_is_found_by_an_index():
    asked = Exact(query("production")).page(None, 5)
    assert scanned(asked) == []
    assert any("texts_by_word" in step for step in plan_of(asked))


@pytest.mark.parametrize("terms", [("production",), ("pr",), ("production", "model")])
@pytest.mark.parametrize("is_narrow", [True, False])
def test_words_are_found_by_the_full_text_index(terms, is_narrow):
    for asked in (Ranked(Plan(query(*terms), is_narrow)).page((3, 9), 5), frequency(terms[0])):
        stored = [step for step in scanned(asked) if " search_" in step or "SCAN t" in step]
        assert stored == []
        assert any("SCAN g VIRTUAL TABLE INDEX" in step for step in plan_of(asked))
