"""Filters that cannot be understood say what is wrong, and where."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerpost import errors
from fingerpost.domain.filters import FIELDS, Condition, Equals, Kind, parse_filter

VERSION, COLLECTION, REGISTRY = Kind.VERSION, Kind.COLLECTION, Kind.REGISTRY


@pytest.mark.parametrize(
    ("kind", "said", "told"),
    [
        (VERSION, {"alais": "a"}, ["'alais'", "a version has the fields", "Did you mean 'alias'?"]),
        (VERSION, {"$or": [{"tag": "a"}, {"tga": "b"}]}, ["at $or[1].tga", "'tag'"]),
        (VERSION, {"$not": {"$and": [{"nam": 1}]}}, ["at $not.$and[0].nam"]),
        (VERSION, {"name": "x"}, ["no field 'name'"]),
        (VERSION, {1: "x"}, ["no field 1"]),
        (VERSION, {"tag": {"$gte": "a", "$lk": "b"}}, ["at tag.$lk", "no operator '$lk'", "$lt"]),
        (VERSION, {"tag": {"$not": {"$rgx": "b"}}}, ["at tag.$not.$rgx", "'$regex'"]),
        (VERSION, {"$where": "1"}, ["no operator '$where'", "$and, $or, $nor, $not"]),
        (VERSION, {"$orr": []}, ["Did you mean '$or'?"]),
        (VERSION, {"tag": {"$in": "a"}}, ["at tag.$in", "'a'", "a list"]),
        (VERSION, {"tag": {"$in": ["a", 1]}}, ["at tag.$in[1]", "1 does not fit", "text"]),
        (VERSION, {"tag": ["a", "b"]}, ["$in", "$all"]),
        (VERSION, {"tag": 1}, ["at tag", "1 does not fit"]),
        (VERSION, {"tag": {"$exists": "yes"}}, ["at tag.$exists", "'yes'", "True or False"]),
        (VERSION, {"tag": {"$size": 1.5}}, ["at tag.$size", "whole number"]),
        (VERSION, {"tag": {"$size": True}}, ["at tag.$size", "True"]),
        (VERSION, {"digest": {"$size": 1}}, ["only arrays"]),
        (VERSION, {"size": {"$regex": "1"}}, ["looks into text"]),
        (VERSION, {"size": "1"}, ["'1' does not fit", "without quotes"]),
        (VERSION, {"size": True}, ["True does not fit"]),
        (VERSION, {"size": float("nan")}, ["nan"]),
        (VERSION, {"size": 2**63}, ["does not fit"]),
        (VERSION, {"version": "3"}, ["'3' does not fit", "'v3'"]),
        (VERSION, {"created_at": {"$gt": "yesterday"}}, ["at created_at.$gt", "ISO 8601"]),
        (VERSION, {"created_at": 5}, ["5 does not fit"]),
        (VERSION, {"tag": {"$gt": None}}, ["None", "order"]),
        (VERSION, {"metadata.a": {"$lt": [1]}}, ["at metadata.a.$lt", "order"]),
        (VERSION, {"metadata": {"a": {"$gt": 1}}}, ["'$gt' stands inside a value"]),
        (VERSION, {"metadata.a": float("nan")}, ["nan", "None"]),
        (VERSION, {"metadata.a": 1j}, ["1j", "JSON"]),
        (VERSION, {"metadata..a": 1}, ["'metadata..a'"]),
        (VERSION, {"tag.a": 1}, ["'tag.a'", "only metadata"]),
        (VERSION, {"tag": {"$regex": "("}}, ["at tag.$regex", "'('", "no ')'"]),
        (VERSION, {"tag": {"$regex": "a", "$options": "x"}}, ["no option 'x'"]),
        (VERSION, {"tag": {"$regex": 1}}, ["at tag.$regex", "1 does not fit"]),
        (VERSION, {"tag": {"$options": "i"}}, ["at tag.$options", "$regex"]),
        (VERSION, {"tag": {"$not": "a"}}, ["at tag.$not", "'a'", "$ne"]),
        (VERSION, {"tag": "\ud800"}, ["does not fit"]),
        (VERSION, {"$and": []}, ["at $and", "empty"]),
        (VERSION, {"$or": {"tag": "a"}}, ["at $or", "a list"]),
        (VERSION, {"$and": ["tag"]}, ["at $and[0]", "'tag' is no filter"]),
        (VERSION, [{"tag": "a"}], ["is no filter", "dictionary"]),
        (VERSION, "alias", ["'alias' is no filter"]),
        (COLLECTION, {"alias": "a"}, ["a collection has the fields"]),
        (COLLECTION, {"tagz": "a"}, ["'tag'"]),
        (REGISTRY, {"tag": "a"}, ["a registry has the fields"]),
    ],
)
def test_the_error_names_what_is_wrong_where_and_what_to_write(kind, said, told):
    with pytest.raises(errors.InvalidFilterError) as caught:
        parse_filter(kind, said)
    assert isinstance(caught.value, ValueError)
    for part in told:
        assert part in str(caught.value)


# Source: BASIC_… and ADVANCED_…_FILTER_FIELDS of W&B's client.
SPELLINGS = {
    REGISTRY: "id project_id name entity_id description created_at updated_at",
    COLLECTION: "artifact_collection_id collection_id id name collection_name "
    "artifact_collection_name tag tags description created_at updated_at",
    VERSION: "id artifact_id version version_index tag tags alias aliases metadata "
    "artifact_metadata created_at artifact_created_at updated_at artifact_size",
}


@pytest.mark.parametrize("kind", SPELLINGS)
def test_every_spelling_of_a_field_that_wandb_takes_is_taken(kind):
    assert set(SPELLINGS[kind].split()) <= set(FIELDS[kind])


@pytest.mark.parametrize(
    "said",
    [
        {"name": {"$in": ["a", "b"], "$or": [{"$regex": "c"}, {"$eq": "wandb-registry-d"}]}},
        {"$not": {"name": "a"}},
        {"$nor": [{"name": "a"}, {"description": {"$exists": False}}]},
        {"name": {"$not": {"$contains": "a"}}},
        {},
        None,
    ],
)
def test_what_wandb_takes_is_taken(said):
    parse_filter(REGISTRY, said)


@pytest.mark.parametrize(
    "written",
    [
        "2024-03-03T12:00:00Z",
        "2024-03-03T12:00:00",
        "2024-03-03T13:00:00+01:00",
        datetime(2024, 3, 3, 12),  # noqa: DTZ001 - UTC is meant where nothing else is said
        datetime(2024, 3, 3, 13, tzinfo=timezone(timedelta(hours=1))),
    ],
)
def test_a_time_is_utc_unless_it_says_otherwise(written):
    found = parse_filter(VERSION, {"created_at": written})
    assert isinstance(found, Condition)
    assert found.test == Equals(datetime(2024, 3, 3, 12, tzinfo=UTC))


def nested(levels):
    said = {"tag": "a"}
    for _ in range(levels):
        said = {"$and": [said]}
    return said


@pytest.mark.parametrize(
    "said",
    [
        nested(21),
        nested(5_000),
        {"$or": [{"tag": "a"}] * 201},
        {"tag": {"$in": ["a"] * 10_001}},
        {"$and": [{"tag": {"$in": ["a"] * 6_000}}] * 2},
    ],
    ids=["deep", "very deep", "many conditions", "many values", "many values together"],
)
def test_a_filter_beyond_the_limits_is_refused(said):
    with pytest.raises(errors.LimitExceededError):
        parse_filter(VERSION, said)


def test_a_filter_within_the_limits_is_understood():
    parse_filter(VERSION, nested(20))
    parse_filter(VERSION, {"$or": [{"tag": "a"}] * 200})
    parse_filter(VERSION, {"tag": {"$in": ["a"] * 10_000}})


FIELD_LIKE = "tag alias metadata metadata.a size created_at version name x $"
OPERATOR_LIKE = "$and $or $not $in $gt $regex $options $exists $size $all $x"
keys = st.sampled_from(["", *FIELD_LIKE.split(), *OPERATOR_LIKE.split()])
junk = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.binary(max_size=2)
    | st.datetimes()
    | st.just("2024-01-01"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys | st.integers(), inner),
    max_leaves=15,
)


@given(st.sampled_from(Kind), junk)
def test_no_input_at_all_raises_anything_else(kind, said):
    with suppress(errors.InvalidInputError):
        parse_filter(kind, said)
