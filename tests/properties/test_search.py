"""Search finds what looking into every text finds, and its pages stay true while things change."""

import unicodedata
from contextlib import closing, suppress
from itertools import islice

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import fingerpost
from fingerpost import errors
from fingerpost.adapters.event_store import InMemoryEventStore
from fingerpost.application.ports.search_queries import SearchQuery
from fingerpost.application.read_models.selection import Selection
from fingerpost.domain.events import (
    Linked,
    MetadataChanged,
    Unlinked,
    VersionDescribed,
    VersionTagged,
    VersionUntagged,
)
from fingerpost.domain.filters import Kind
from fingerpost.domain.search import folded, terms_of
from fingerpost.testing.history import History
from stores import event_store_on

PIECES = ("prod", "Prod", "uction", "US", "-", " ", "é", "e\u0301", "数据", "Straße", "%", '"', "*")
SIZE = 3

words = st.lists(st.sampled_from(PIECES), min_size=1, max_size=4).map("".join)
labels = words.map(str.strip).filter(bool)
changes = st.one_of(
    st.tuples(st.just("describe"), st.none() | words),
    st.tuples(st.just("tag"), labels),
    st.tuples(st.just("untag"), labels),
    st.tuples(st.just("set"), labels),
    st.tuples(st.just("unset"), labels),
    st.tuples(st.just("alias"), labels),
    st.tuples(st.just("unlink"), labels),
)
several_changes = st.lists(st.tuples(st.integers(0, SIZE - 1), changes), max_size=12)
queries = st.lists(words, min_size=1, max_size=2).map(" ".join).filter(str.strip)


def plain(text):
    """Fold text in another way than the library: letter by letter."""
    wide = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    bare = "".join(letter for letter in wide if not "\u0300" <= letter <= "\u036f")
    return " ".join(unicodedata.normalize("NFKC", bare).split())


class Scene:
    """Versions and links to them, and what the model knows of each."""

    def __init__(self, store):
        self.store = store
        self.history = History()
        self.history.organization()
        self.history.collection("source")
        self.history.collection("target", "registry")
        self.content = [{"said": None, "tags": set(), "data": {}} for _ in range(SIZE)]
        self.links = [{"aliases": set()} for _ in range(SIZE)]
        for index in range(SIZE):
            self.history.log("source", index)
            source_id = self.history.stream("source")
            link = {"source_collection_id": source_id, "source_index": index, "type": "model"}
            self.history.add(Linked, "target", index=index, policy_version=1, **link)
        self.touched = set()
        self.flush()

    def flush(self):
        if self.history.events:
            self.store.append(self.history.events)
            self.history.events.clear()

    def change(self, index, what, text):
        self.touched.add(index)
        getattr(self, what)(index, text)
        self.flush()

    def describe(self, index, text):
        self.content[index]["said"] = text
        self.history.add(VersionDescribed, "source", index=index, description=text)

    def tag(self, index, text):
        if text not in self.content[index]["tags"]:
            self.content[index]["tags"].add(text)
            self.history.add(VersionTagged, "source", index=index, tag=text)

    def untag(self, index, text):
        if text in self.content[index]["tags"]:
            self.content[index]["tags"].discard(text)
            self.history.add(VersionUntagged, "source", index=index, tag=text)

    def set(self, index, text):
        self.content[index]["data"][text[:2]] = text
        self.history.add(MetadataChanged, "source", index=index, changed={text[:2]: text})

    def unset(self, index, text):
        self.content[index]["data"].pop(text[:2], None)
        gone = (text[:2],)
        self.history.add(MetadataChanged, "source", index=index, changed={}, removed=gone)

    def alias(self, index, text):
        holders = [n for n, link in enumerate(self.links) if text in link.get("aliases", ())]
        if self.links[index] and holders != [index]:
            self.touched.update(holders)
            for number in holders:
                self.links[number]["aliases"].discard(text)
            self.links[index]["aliases"].add(text)
            holder = holders[0] if holders else None
            self.history.move("target", text, holder, index, policy_version=1)

    def unlink(self, index, _):
        # What has an alias is not unlinked before that is gone.
        if self.links[index] == {"aliases": set()}:
            self.links[index] = {}
            self.history.add(Unlinked, "target", index=index, policy_version=1)

    def expected(self, query):
        """Return source and index of what has all the words, and whether it is named so."""
        terms, whole, found = plain(query).split(), plain(query), {}
        for index, content in enumerate(self.content):
            data = [f"{key}: {value}" for key, value in content["data"].items()]
            told = [*data, *([content["said"]] if content["said"] else [])]
            latest = {"latest"} if index == SIZE - 1 else set()
            own = {"source": latest, "target": self.links[index].get("aliases")}
            for stream, aliases in own.items():
                if aliases is not None:
                    named = [plain(text) for text in [*content["tags"], *aliases]]
                    every = [*named, *map(plain, told)]
                    if all(any(term in text for text in every) for term in terms):
                        found[stream, index] = whole in named
        return found


def found(store, text, limit=99, homes=None):
    after, every = None, []
    query = SearchQuery(
        whole=folded(text),
        terms=terms_of(text),
        kinds=(Kind.VERSION,),
        where=Selection(homes=homes),
    )
    while page := store.queries.search(query, after=after, limit=limit):
        every += page
        after = page[-1].key
    assert store.queries.search_count(query) == len(every)
    return every


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(several_changes, st.lists(queries, min_size=1, max_size=4), st.integers(1, 3))
def test_what_is_found_is_what_has_all_words_in_some_text_and_what_is_named_so_is_first(
    happened, asked, limit
):
    finds_what_has_all_words(closing(InMemoryEventStore()), happened, asked, limit)


@settings(deadline=None, max_examples=20, suppress_health_check=[HealthCheck.too_slow])
@given(
    happened=several_changes,
    asked=st.lists(queries, min_size=1, max_size=4),
    limit=st.integers(1, 3),
)
def test_the_same_is_found_in_postgres(postgres_server, happened, asked, limit):
    finds_what_has_all_words(event_store_on(postgres_server), happened, asked, limit)


def finds_what_has_all_words(opened, happened, asked, limit):
    with opened as store:
        scene = Scene(store)
        for index, (what, text) in happened:
            scene.change(index, what, text)
        streams = {scene.history.stream(name): name for name in ("source", "target")}
        for text in asked:
            hits = found(store, text, limit)
            named = [(streams[hit.collection.id], hit.version.index) for hit in hits]
            expected = scene.expected(text)
            assert sorted(named) == sorted(expected), text
            exact = [expected[each] for each in named]
            assert exact == sorted(exact, reverse=True), text
            assert [hit.key for hit in hits] == [hit.key for hit in found(store, text)]
            registry = scene.history.stream("registry")
            links = [hit.key for hit in hits if streams[hit.collection.id] == "target"]
            assert [hit.key for hit in found(store, text, homes=[registry])] == links
        assert store.differing_tables() == []


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(several_changes, several_changes, queries, st.integers(1, 2))
def test_what_stays_as_it_is_comes_once_whatever_changes_between_two_pages(
    before, between, text, limit
):
    with closing(InMemoryEventStore()) as store:
        scene = Scene(store)
        for index, (what, said) in before:
            scene.change(index, what, said)
        at_start = {place(hit) for hit in found(store, text)}
        scene.touched.clear()
        seen, after, happening = [], None, iter(between)
        query = SearchQuery(
            whole=folded(text), terms=terms_of(text), kinds=(Kind.VERSION,), where=Selection()
        )
        while page := store.queries.search(query, after=after, limit=limit):
            seen += [place(hit) for hit in page]
            after = page[-1].key
            for index, (what, said) in islice(happening, 2):
                scene.change(index, what, said)
        untouched = [each for each in seen if each[1] not in scene.touched]
        assert sorted(untouched) == sorted(
            each for each in at_start if each[1] not in scene.touched
        )


def place(hit):
    return hit.collection.id, hit.version.index


@settings(deadline=None)
@given(st.text())
@example('"')
@example('prod" OR "x')
@example("NEAR(a b)")
@example("a*")
@example("name : x")
@example("a AND NOT b")
@example("\0")
@example("^a")
@example("{a b}: c")
@example("'; DROP TABLE search_items; --")
@example("\ud800")
@example("🚲")
@example("x" * 1_000_000)
@example(" " * 1_000)
@example(" ".join(map(str, range(100))))
def test_no_text_is_syntax_or_raises_anything_but_an_error_of_ours(text):
    with suppress(errors.InvalidInputError):
        assert all(result.field == "name" for result in API.search(text))


API = fingerpost.Api("memory://", actor="alice")
