"""Pages stay true while things come and go between them."""

from itertools import chain, repeat

from hypothesis import given, settings
from hypothesis import strategies as st

import fingerpost

PLACES = 5


def draft(name, text):
    artifact = fingerpost.Artifact(name, "dataset")
    with artifact.new_file("f") as file:
        file.write(text)
    return artifact


def changes():
    """Give what happens before each step: a version comes, or the one at a place goes."""
    one = st.just("come") | st.integers(0, 2 * PLACES)
    return st.lists(st.lists(one, max_size=3), max_size=3 * PLACES)


class Scene:
    """A store in memory with some versions, all of which count as being there from the start."""

    def __init__(self, opened):
        self.run = fingerpost.init("team", "p", store=opened)
        self.api = fingerpost.Api(opened, entity="team", project="p")
        self.there = set()
        self.next = 0
        for _ in range(PLACES):
            self.come()

    def come(self):
        artifact = self.run.log_artifact(draft("data", str(self.next)), tags=["t"])
        artifact.link("wandb-registry-Dataset/Data")
        self.there.add(self.next)
        self.next += 1

    def change(self, what):
        if what == "come":
            self.come()
        elif what in self.there:
            self.api.artifact(f"data:v{what}").delete(delete_aliases=True)
            self.there.remove(what)


LISTS = {
    "versions": lambda api, **kw: api.artifacts("dataset", "data", **kw),
    "tagged": lambda api, **kw: api.artifacts("dataset", "data", tags=["t"], **kw),
    "filtered": lambda api, **kw: api.registries().versions({"tag": "t"}, **kw),
    "filtered in order": lambda api, **kw: (
        api.registries(order="-name").collections(order="created_at").versions(**kw)
    ),
    "links": lambda api, **kw: api.artifacts("dataset", "wandb-registry-Dataset/Data", **kw),
}


@given(
    st.sampled_from(sorted(LISTS)),
    st.integers(1, PLACES + 1),
    changes(),
    st.sets(st.integers(1, 3 * PLACES)),
)
@settings(max_examples=30)
def test_nothing_that_stays_is_missed_or_comes_twice_and_nothing_new_comes_in(
    which, per_page, changed, resumed
):
    with fingerpost.open_store("memory://") as opened:
        scene = Scene(opened)
        at_start, seen = set(scene.there), []
        pages = LISTS[which](scene.api, per_page=per_page)
        # The list begins with its first page: changes come after that.
        for number, happening in enumerate(chain([[]], changed, repeat([]))):
            for what in happening:
                scene.change(what)
            if number in resumed:
                # In another process, so to speak.
                pages = LISTS[which](scene.api, per_page=per_page, start=pages.cursor)
            found = next(pages, None)
            if found is None:
                break
            seen.append(int(found.source_version[1:]))
        stayed = at_start & scene.there
        assert seen == sorted(set(seen), reverse=True)
        assert stayed <= set(seen) <= at_start
        scene.run.finish()


@given(st.integers(1, 5), st.lists(st.sampled_from("ab"), min_size=1, max_size=9), st.booleans())
@settings(max_examples=30)
def test_collections_types_and_outputs_are_all_listed_whatever_the_page(per_page, kinds, comes):
    with (
        fingerpost.open_store("memory://") as opened,
        fingerpost.init("team", "p", store=opened) as run,
    ):
        for number, kind in enumerate(kinds):
            run.log_artifact(fingerpost.Artifact(f"n{number}", kind))
        api = fingerpost.Api(opened, entity="team", project="p")
        outputs = []
        for artifact in run.logged_artifacts(per_page):
            outputs.append(artifact.source_collection.name)
            if comes and len(outputs) == 1:
                run.log_artifact(fingerpost.Artifact("late", "late"))
        # What comes behind the page in hand is part of the list.
        assert outputs == [f"n{number}" for number in range(len(kinds))] + ["late"] * comes
        types = [found.name for found in api.artifact_types()]
        assert types == sorted({*kinds, *["late"] * comes})
        for kind in sorted(set(kinds)):
            found = api.artifact_collections("team/p", kind, per_page)
            expected = [f"n{number}" for number, each in enumerate(kinds) if each == kind]
            assert [collection.name for collection in found] == expected
