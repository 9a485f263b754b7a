"""Texts in PostgreSQL stand to each other as they do in Python, those with a NUL too."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fingerpost.adapters.event_store.postgres import PostgresEventStore
from fingerpost.adapters.event_store.postgres.cursor import translated
from fingerpost.adapters.event_store.postgres.text import escaped, unescaped

# The characters of the escape, beside others that come before, after and far behind them.
texts = st.text(
    st.sampled_from("\0\1\2\3\4 aé\ud7ff\ue000\uffff\U0010fffe\U0010ffff"), max_size=6
) | st.text(st.characters(exclude_categories=["Cs"]), max_size=6)


@given(texts, texts)
@example("\0", "\1\2\2")
@example("\1\2", "\0")
def test_an_escape_keeps_order_beginnings_and_what_is_in_what(one, other):
    assert unescaped(escaped(one)) == one
    assert "\0" not in escaped(one)
    # PostgreSQL compares bytes of UTF-8 with COLLATE "C".
    bytes_of = [escaped(each).encode() for each in (one, other)]
    assert (bytes_of[0] < bytes_of[1]) == (one < other)
    assert (bytes_of[0] == bytes_of[1]) == (one == other)
    assert (bytes_of[1] in bytes_of[0]) == (other in one)
    assert bytes_of[0].startswith(bytes_of[1]) == one.startswith(other)


@pytest.fixture(scope="module")
def cursor(postgres_server):
    with postgres_server.lent_url() as url:
        store = PostgresEventStore(url)
        with store._datastore.statement() as cursor:
            cursor.execute("CREATE TABLE texts (id INTEGER PRIMARY KEY, said TEXT, raw BLOB)")
            yield cursor
            cursor.execute("DROP TABLE texts")
        store.close()


@given(several=st.lists(texts, max_size=8), asked=texts)
def test_the_server_sorts_and_finds_what_python_does(cursor, several, asked):
    cursor.execute("DELETE FROM texts")
    for number, said in enumerate(several):
        cursor.execute("INSERT INTO texts VALUES (?, ?, ?)", (number, said, said.encode()))
    cursor.execute("SELECT said, raw FROM texts ORDER BY said")
    found = cursor.fetchall()
    assert [row["said"] for row in found] == sorted(several)
    assert [row["raw"] for row in found] == [each.encode() for each in sorted(several)]
    cursor.execute("SELECT said FROM texts WHERE instr(said, ?)>0 ORDER BY id", (asked,))
    assert [row[0] for row in cursor.fetchall()] == [each for each in several if asked in each]
    cursor.execute("SELECT COUNT(*) FROM texts WHERE said<?", (asked,))
    assert cursor.fetchone()[0] == sum(each < asked for each in several)


def test_rows_have_names_and_numbers_and_truths_are_numbers(cursor):
    cursor.execute("SELECT 1 AS one, ? AS two, 1=1 AS one, EXISTS (SELECT 1 WHERE 1=0)", ("?",))
    row = cursor.fetchone()
    assert (row["one"], row["two"], row[2], row[3]) == (1, "?", 1, 0)
    assert [type(each) for each in row] == [int, str, int, int]
    assert tuple(row) == (1, "?", 1, 0)
    assert cursor.fetchone() is None


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (
            "SELECT '?', ?, '''?', \"?\" FROM a WHERE b=?",
            "SELECT '?', $1, '''?', \"?\" FROM a WHERE b=$2",
        ),
        ("SELECT 'instr(TEXT)', instr(a, ?)", "SELECT 'instr(TEXT)', strpos(a, $1)"),
        ("SELECT a % 2, '%s'", "SELECT a % 2, '%s'"),
        (
            "CREATE TABLE t (a INTEGER, b BLOB, c TEXT DEFAULT 'TEXT') WITHOUT ROWID",
            "CREATE TABLE t (a BIGINT, b BYTEA, c TEXT COLLATE \"C\" DEFAULT 'TEXT') ",
        ),
        ("CREATE INDEX TEXT ON t (INTEGER)", "CREATE INDEX TEXT ON t (INTEGER)"),
    ],
)
def test_only_what_differs_is_put_otherwise_and_never_in_a_literal(said, expected):
    assert translated(said) == expected
