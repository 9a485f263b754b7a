"""No query of the listings and the lineage reads what it was not asked about.

What SQLite says of its plan is the witness: ``SCAN`` of a stored table is a cost that grows with
everything in the store.
"""

import sqlite3
from contextlib import contextmanager
from datetime import UTC, datetime
from uuid import UUID

import pytest

from fingerpost.adapters.read_tables import SqlQueries, create_tables
from fingerpost.domain.lineage import EdgeKind
from fingerpost.domain.versions.version import VersionRef

ID = UUID(int=7)
NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
REF = VersionRef(collection_id=ID, index=3)
ASKED = {
    "run": lambda q: q.run(ID),
    "runs": lambda q: q.runs(ID, "p", below=9, limit=5),
    "run_count": lambda q: q.run_count(ID, "p"),
    "logged_step": lambda q: q.logged_step(ID, REF),
    "artifacts_of": lambda q: q.artifacts_of(ID, EdgeKind.USED, after=3, limit=5),
    "artifact_count": lambda q: q.artifact_count(ID, EdgeKind.LOGGED),
    "runs that logged": lambda q: q.runs_of(REF, EdgeKind.LOGGED, 5),
    "runs that used": lambda q: q.used_by(REF),
    "history": lambda q: q.history(ID, from_step=3, below_step=9, limit=5),
    "collections_of_type": lambda q: q.collections_of_type(ID, "p", "model", after=3, limit=5),
    "collection_count": lambda q: q.collection_count(ID, "p", "model"),
    "collection": lambda q: q.collection(ID),
    "source_of": lambda q: q.source_of(REF),
    "types": lambda q: q.types(ID, "p"),
    "has_project": lambda q: q.has_project(ID, "p"),
    "projects": lambda q: q.projects(ID),
    "versions_below": lambda q: q.versions_below(ID, 9, limit=5),
    "versions_below with tags": lambda q: q.versions_below(ID, None, tags=["a", "b"], limit=5),
    "version_count": lambda q: q.version_count(ID, ["a"]),
    "alias_changes_at": lambda q: q.alias_changes_at(ID, NOON),
    "alias_changes_at of one": lambda q: q.alias_changes_at(ID, NOON, "best"),
    "alias_change_below": lambda q: q.alias_change_below(ID, "best", 9),
    "first_alias_change": lambda q: q.first_alias_change(ID, "best"),
    "last_moment": lambda q: q.last_moment(ID),
    "version_record": lambda q: q.version_record(REF),
    "policy_history": lambda q: q.policy_history(ID),
    "alias_history": lambda q: q.alias_history(ID, "best"),
    "links_of": lambda q: q.links_of(REF, 5),
}


class Explaining:
    """A cursor that keeps the plan of each statement before it runs it."""

    def __init__(self, cursor):
        self._cursor, self.plan = cursor, []

    def execute(self, sql, parameters=()):
        self._cursor.execute(f"EXPLAIN QUERY PLAN {sql}", parameters)
        self.plan += [row["detail"] for row in self._cursor.fetchall()]
        return self._cursor.execute(sql, parameters)

    def fetchone(self):
        return self._cursor.fetchone()

    def fetchall(self):
        return self._cursor.fetchall()


@pytest.fixture
def cursor():
    connection = sqlite3.connect(":memory:")
    connection.row_factory = sqlite3.Row
    create_tables(connection.cursor())
    yield Explaining(connection.cursor())
    connection.close()


@pytest.mark.parametrize("ask", ASKED.values(), ids=ASKED)
def test_a_query_searches_by_an_index_and_scans_no_table(cursor, ask):
    @contextmanager
    def reading():
        yield cursor

    ask(SqlQueries(reading))
    # What a statement put together itself may be read through: it is what was asked for.
    made = [step.split() for step in cursor.plan]
    derived = {words[1] for words in made if words[0] in ("MATERIALIZE", "CO-ROUTINE")}
    scanned = {words[1] for words in made if words[0] == "SCAN"}
    assert any(words[0] == "SEARCH" for words in made)
    assert scanned <= {*derived, "CONSTANT"}


@pytest.mark.parametrize(
    "ask", [ASKED[name] for name in ("runs", "artifacts_of", "collections_of_type", "history")]
)
def test_a_page_comes_out_of_its_index_in_order(cursor, ask):
    @contextmanager
    def reading():
        yield cursor

    ask(SqlQueries(reading))
    assert [step for step in cursor.plan if "TEMP B-TREE" in step] == []


@pytest.mark.parametrize(
    "ask",
    [lambda q: q.standing(ID, "bob"), lambda q: q.standing_over(ID, "bob")],
    ids=["a home", "a collection"],
)
def test_a_role_is_found_by_an_index_whatever_else_is_in_the_store(cursor, ask):
    @contextmanager
    def reading():
        yield cursor

    ask(SqlQueries(reading))
    searched = {step.split()[1] for step in cursor.plan if step.startswith("SEARCH")}
    scanned = {step.split()[1] for step in cursor.plan if step.startswith("SCAN")}
    assert {"entities", "registries"} <= searched
    # The default organization is the first of a few.
    assert scanned <= {"CONSTANT", "a", "h", "organizations"}
