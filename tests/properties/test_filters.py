"""The filters in SQL find what a model of them in plain Python finds."""

from contextlib import closing
from datetime import datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fingerpost.adapters.event_store import InMemoryEventStore
from fingerpost.application.read_models.selection import Selection
from fingerpost.domain.events import Linked, VersionTagged
from fingerpost.domain.filters import Kind, parse_filter
from fingerpost.testing.filter_model import is_passing
from fingerpost.testing.history import BEGINNING, History
from stores import event_store_on

LABELS = ("a", "b", "prod", "é", "x%_'\"")
KEYS = ("a", "b", "0", "1", "k y")
TEXTS = ("", "a", "A", "ab\0c", "é", "1", "true", "prod\nuction", "%", "'")
NUMBERS = (0, 1, -1, 2, 1.0, 0.1, 0.30000000000000004, 2**53 + 1, float(2**53), -(2**62), 1e300)

scalars = st.sampled_from((None, True, False, *NUMBERS, *TEXTS))
documents = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=3)
    ),
    max_leaves=8,
)
patterns = st.sampled_from(("", "a", "^a", "c$", "A", ".", "u.*n", "^$", "[^a]", "a|é", r"\d"))


ORDERS = ("$gt", "$gte", "$lt", "$lte")
COMBINED = ("$and", "$or", "$nor")


@st.composite
def said(draw, values, ordered, *, is_text=False, is_array=False, depth=2):
    """Give operators for a field whose values are among these."""
    names = ["$eq", "$ne", "$in", "$nin", "$all", "$exists", *ORDERS]
    names += ["$regex", "$contains"] if is_text else []
    names += ["$size"] if is_array else []
    names += ["$not", *COMBINED] if depth else []
    name = draw(st.sampled_from(names))
    inner = said(values, ordered, is_text=is_text, is_array=is_array, depth=depth - 1)
    operands = {
        "$exists": st.booleans(),
        "$regex": patterns,
        "$contains": st.sampled_from(TEXTS),
        "$size": st.integers(1, 3),
        "$not": inner,
        **dict.fromkeys(("$in", "$nin", "$all"), st.lists(values, max_size=3)),
        **dict.fromkeys(ORDERS, ordered),
        **dict.fromkeys(COMBINED, st.lists(inner, min_size=1, max_size=2)),
    }
    found = {name: draw(operands.get(name, values))}
    if name == "$regex":
        found["$options"] = draw(st.sampled_from(("", "i", "m", "s", "ims")))
    return found


moments = st.integers(0, 40).map(lambda seconds: BEGINNING + timedelta(seconds=seconds))
times = moments | moments.map(datetime.isoformat) | st.just("2024-03-03")
labels = st.sampled_from(LABELS)
versions = st.integers(0, 4)
sizes = st.integers(0, 4) | st.sampled_from((1.0, 1.5))
some_text = st.sampled_from(TEXTS)

FIELDS = {
    "metadata": (documents, scalars.filter(lambda value: value is not None), True, True),
    "alias": (labels | st.none(), labels, True, True),
    "tag": (labels | st.none(), labels, True, True),
    "description": (some_text | st.none(), some_text, True, False),
    "created_at": (times, times, False, False),
    "version": (versions | versions.map("v{}".format), versions, False, False),
    "size": (sizes, sizes, False, False),
}


@st.composite
def conditions(draw):
    """Give a field and what is said of it."""
    field = draw(st.sampled_from(["metadata"] * 6 + list(FIELDS)))
    values, ordered, is_text, is_array = FIELDS[field]
    keys = draw(st.lists(st.sampled_from(KEYS), max_size=3)) if field == "metadata" else []
    operators = said(values, ordered, is_text=is_text, is_array=is_array)
    return {".".join([field, *keys]): draw(operators | values)}


@st.composite
def filters(draw, depth=2):
    """Give filters of up to two levels."""
    name = draw(st.sampled_from(["", "", "both", *(["$not", *COMBINED] if depth else [])]))
    inner = filters(depth=depth - 1)
    match name:
        case "":
            return draw(conditions())
        case "both":
            return {**draw(conditions()), **draw(conditions())}
        case "$not":
            return {name: draw(inner)}
        case _:
            return {name: draw(st.lists(inner, min_size=1, max_size=3))}


contents = st.fixed_dictionaries(
    {
        "metadata": st.dictionaries(st.sampled_from(KEYS), documents, max_size=3),
        "description": st.sampled_from((None, *TEXTS)),
        "tags": st.sets(labels),
        "aliases": st.sets(labels),
    }
)


class Scene:
    """Versions in a registry, and what the model has to know of each."""

    def __init__(self, events, several):
        self.events = events
        self.history = History()
        self.history.organization()
        self.history.collection("source")
        self.history.collection("target", "registry")
        self.expected = {}
        for index, content in enumerate(several):
            self.add(index, content)
        events.append(self.history.events)

    def add(self, index, content):
        facts = {name: content[name] for name in ("metadata", "description")}
        self.history.log("source", index, **facts)
        for tag in sorted(content["tags"]):
            self.history.add(VersionTagged, "source", index=index, tag=tag)
        linked = self.history.add(
            Linked,
            "target",
            index=index,
            source_collection_id=self.history.stream("source"),
            source_index=index,
            type="model",
            policy_version=1,
        )
        for alias in sorted(content["aliases"]):
            holder = next(
                (n for n, d in self.expected.items() if alias in d.get("alias", ())), None
            )
            self.history.move("target", alias, holder, index, policy_version=1)
            if holder is not None:
                self.taken(holder, alias)
            self.expected.setdefault(index, {}).setdefault("alias", []).append(alias)
        document = self.expected.setdefault(index, {})
        document |= {"version": index, "size": index, "created_at": linked.at}
        document |= {"metadata": content["metadata"]}
        if content["description"] is not None:
            document["description"] = content["description"]
        if content["tags"]:
            document["tag"] = sorted(content["tags"])

    def taken(self, holder, alias):
        self.expected[holder]["alias"].remove(alias)
        if not self.expected[holder]["alias"]:
            del self.expected[holder]["alias"]

    def found(self, said):
        selection = Selection(
            organization_id=self.history.stream("org"),
            filters={Kind.VERSION: parse_filter(Kind.VERSION, said)},
        )
        hits = self.events.queries.versions_where(selection, limit=99)
        count = self.events.queries.count_where(Kind.VERSION, selection)
        assert count == len(hits)
        return [hit.version.index for hit in hits]


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.lists(contents, min_size=1, max_size=4), st.lists(filters(), min_size=1, max_size=6))
def test_the_versions_that_are_found_are_those_that_the_model_lets_pass(several, asked):
    lets_pass_what_the_model_does(closing(InMemoryEventStore()), several, asked)


@settings(
    deadline=None,
    max_examples=25,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(
    several=st.lists(contents, min_size=1, max_size=4),
    asked=st.lists(filters(), min_size=1, max_size=6),
)
def test_postgres_lets_the_same_versions_pass(postgres_server, several, asked):
    lets_pass_what_the_model_does(event_store_on(postgres_server), several, asked)


def lets_pass_what_the_model_does(opened, several, asked):
    with opened as events:
        scene = Scene(events, several)
        for said in asked:
            passing = [n for n, doc in scene.expected.items() if is_passing(said, doc)]
            assert scene.found(said) == sorted(passing, reverse=True), said
