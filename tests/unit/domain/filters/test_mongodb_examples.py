"""The examples of MongoDB's manual, with the answers that it gives.

Each document is what is in ``metadata``. *Source*: MongoDB Manual, *Query an Array*, *Query an
Array of Embedded Documents*, *Query for Null or Missing Fields*, *$exists*, *$all*, *$size*.
"""

import pytest

from fingerpost.domain.filters import And, Condition, Kind, Not, Or, parse_filter
from fingerpost.domain.filters.documents import passes
from fingerpost.testing.filter_model import is_passing

ARRAYS = [
    {"item": "journal", "qty": 25, "tags": ["blank", "red"], "dim_cm": [14, 21]},
    {"item": "notebook", "qty": 50, "tags": ["red", "blank"], "dim_cm": [14, 21]},
    {"item": "paper", "qty": 100, "tags": ["red", "blank", "plain"], "dim_cm": [14, 21]},
    {"item": "planner", "qty": 75, "tags": ["blank", "red"], "dim_cm": [22.85, 30]},
    {"item": "postcard", "qty": 45, "tags": ["blue"], "dim_cm": [10, 15.25]},
]

STOCK = [
    {"item": "journal", "instock": [{"warehouse": "A", "qty": 5}, {"warehouse": "C", "qty": 15}]},
    {"item": "notebook", "instock": [{"warehouse": "C", "qty": 5}]},
    {"item": "paper", "instock": [{"warehouse": "A", "qty": 60}, {"warehouse": "B", "qty": 15}]},
    {"item": "planner", "instock": [{"warehouse": "A", "qty": 40}, {"warehouse": "B", "qty": 5}]},
    {"item": "postcard", "instock": [{"warehouse": "B", "qty": 15}, {"warehouse": "C", "qty": 35}]},
]

RECORDS = [
    {"n": 1, "a": 5, "b": 5, "c": None},
    {"n": 2, "a": 3, "b": None, "c": 8},
    {"n": 3, "a": None, "b": 3, "c": 9},
    {"n": 4, "a": 1, "b": 2, "c": 3},
    {"n": 5, "a": 2, "c": 5},
    {"n": 6, "a": 3, "b": 2},
    {"n": 7, "a": 4},
    {"n": 8, "b": 2, "c": 4},
    {"n": 9, "b": 2},
    {"n": 10, "c": 6},
]

NULLS = [{"n": 1, "item": None}, {"n": 2}]

ALL_ITEMS = ["journal", "notebook", "paper", "planner", "postcard"]

CASES = [
    (ARRAYS, {"tags": ["red", "blank"]}, ["notebook"]),
    (ARRAYS, {"tags": {"$all": ["red", "blank"]}}, ["journal", "notebook", "paper", "planner"]),
    (ARRAYS, {"tags": "red"}, ["journal", "notebook", "paper", "planner"]),
    (ARRAYS, {"dim_cm": {"$gt": 25}}, ["planner"]),
    # One element may be above 15 and another below 20.
    (ARRAYS, {"dim_cm": {"$gt": 15, "$lt": 20}}, ["journal", "notebook", "paper", "postcard"]),
    (ARRAYS, {"dim_cm.1": {"$gt": 25}}, ["planner"]),
    (ARRAYS, {"tags": {"$size": 3}}, ["paper"]),
    (STOCK, {"instock": {"warehouse": "A", "qty": 5}}, ["journal"]),
    (STOCK, {"instock.qty": {"$lte": 20}}, ALL_ITEMS),
    (STOCK, {"instock.0.qty": {"$lte": 20}}, ["journal", "notebook", "postcard"]),
    (STOCK, {"instock.qty": {"$gt": 10, "$lte": 20}}, ["journal", "paper", "planner", "postcard"]),
    (STOCK, {"instock.qty": 5, "instock.warehouse": "A"}, ["journal", "planner"]),
    (RECORDS, {"a": {"$exists": True}}, [1, 2, 3, 4, 5, 6, 7]),
    (RECORDS, {"b": {"$exists": False}}, [5, 7, 10]),
    (NULLS, {"item": None}, [1, 2]),
    (NULLS, {"item": {"$exists": False}}, [2]),
    # Types do not convert, and only values of one type have an order.
    ([{"n": 1, "x": 1}, {"n": 2, "x": "1"}, {"n": 3, "x": True}], {"x": 1}, [1]),
    ([{"n": 1, "x": 1}, {"n": 2, "x": "1"}, {"n": 3, "x": True}], {"x": {"$gte": "0"}}, [2]),
    ([{"n": 1, "x": 1}, {"n": 2, "x": 1.0}, {"n": 3, "x": 2}], {"x": 1}, [1, 2]),
    ([{"n": 1, "x": 3}, {"n": 2}, {"n": 3, "x": None}], {"x": {"$not": {"$gt": 1}}}, [2, 3]),
    ([{"n": 1, "x": 3}, {"n": 2}, {"n": 3, "x": None}], {"x": {"$ne": 3}}, [2, 3]),
    ([{"n": 1, "x": 3}, {"n": 2}, {"n": 3, "x": None}], {"x": {"$in": [None]}}, [2, 3]),
    ([{"n": 1, "x": 3}, {"n": 2}, {"n": 3, "x": 4}], {"x": {"$nin": [3]}}, [2, 3]),
    ([{"n": 1, "x": 3}], {"x": {"$all": []}}, []),
    ([{"n": 1, "x": 3}], {"x": {"$in": []}}, []),
    ([{"n": 1, "x": 3}], {"x": {"$nin": []}}, [1]),
    # From the tests of MongoDB's server: null on a path through arrays.
    (
        [{"n": 1, "a": {}}, {"n": 2, "a": [{}]}, {"n": 3, "a": {"b": None}}],
        {"a.b": None},
        [1, 2, 3],
    ),
    ([{"n": 1, "a": []}, {"n": 2, "a": [None]}, {"n": 3, "a": [1, 2]}], {"a.b": None}, []),
]


def holds(expression, document):
    match expression:
        case Condition():
            return passes(document, expression.path, expression.test)
        case And(of):
            return all(holds(each, document) for each in of)
        case Or(of):
            return any(holds(each, document) for each in of)
        case Not(of):
            return not holds(of, document)


@pytest.mark.parametrize(("documents", "said", "expected"), CASES)
def test_the_library_and_the_model_give_the_manuals_answer(documents, said, expected):
    inner = {f"metadata.{key}": value for key, value in said.items()}
    expression = parse_filter(Kind.VERSION, inner)
    found = [each for each in documents if holds(expression, each)]
    modelled = [each for each in documents if is_passing(inner, {"metadata": each})]
    assert [each.get("n") or each["item"] for each in found] == expected
    assert modelled == found
