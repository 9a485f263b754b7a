"""Matching beside a naive model, and templates whatever names hold."""

import fnmatch
import json
from datetime import UTC, datetime
from uuid import UUID

from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from fingerpost.domain.automation import (
    VARIABLES,
    Scope,
    ScopeKind,
    Surroundings,
    Template,
    Trigger,
    TriggerKind,
    occurrences,
)
from fingerpost.domain.events import (
    AliasMoved,
    AliasRemoved,
    CollectionDescribed,
    Linked,
    Unlinked,
    VersionLogged,
    VersionTagged,
    VersionUntagged,
)
from fingerpost.testing import strategies

NAMES = st.sampled_from(["latest", "a", "ab", "b*", "release-1", "A"])
PATTERNS = st.sampled_from(["*", "a*", "?", "[ab]*", "release-[0-9]", "lat*", "latest", "b[*]"])
STREAMS = st.sampled_from([UUID(int=1), UUID(int=2)])
INDEXES = st.integers(0, 2)
DIGEST = {"digest": "blake3:0", "manifest": "blake3:0", "size_bytes": 0, "file_count": 0}


def made(kind, **fields):
    base = {"originator_version": st.just(1), "actor": st.just("a")}
    at = st.just(datetime(2026, 3, 3, tzinfo=UTC))
    return st.builds(kind, originator_id=STREAMS, at=at, **base, **fields)


def fixed(**values):
    return {name: st.just(value) for name, value in values.items()}


EVENTS = st.one_of(
    made(AliasMoved, alias=NAMES, from_version=st.none() | INDEXES, to_version=INDEXES),
    made(AliasRemoved, alias=NAMES, from_version=INDEXES),
    made(VersionTagged, index=INDEXES, tag=NAMES),
    made(VersionUntagged, index=INDEXES, tag=NAMES),
    made(VersionLogged, index=INDEXES, **fixed(**DIGEST)),
    made(
        Linked,
        index=INDEXES,
        **fixed(source_collection_id=UUID(int=9), source_index=0, type="t", policy_version=1),
    ),
    made(Unlinked, index=INDEXES, **fixed(policy_version=1)),
    made(CollectionDescribed, **fixed(description=None)),
)


def naive(step, event, kind, alias, alias_pattern, tag, tag_pattern):  # noqa: C901 - on purpose
    """What the documentation says, one sentence after the other."""
    wire = {
        "link": "collection.linked",
        "unlink": "collection.unlinked",
        "alias_added": "collection.alias_moved",
        "alias_removed": "collection.alias_removed",
        "tag_added": "collection.version_tagged",
        "version_logged": "collection.version_logged",
    }
    if event.wire_name != wire[kind]:
        return False
    same = [other for other in step if other.originator_id == event.originator_id]
    aliases, tags = [], []
    if kind in ("alias_added", "alias_removed"):
        aliases = [event.alias]
    if kind in ("link", "version_logged"):
        aliases = [
            other.alias
            for other in same
            if other.wire_name == "collection.alias_moved" and other.to_version == event.index
        ]
    if kind == "unlink":
        aliases = [
            other.alias
            for other in same
            if other.wire_name == "collection.alias_removed" and other.from_version == event.index
        ]
    if kind == "tag_added":
        tags = [event.tag]
    if kind == "version_logged":
        tags = [
            other.tag
            for other in same
            if other.wire_name == "collection.version_tagged" and other.index == event.index
        ]
    if kind in ("alias_added", "alias_removed") and aliases == ["latest"]:
        return alias == "latest"
    if alias is not None and alias not in aliases:
        return False
    if alias_pattern is not None and not any(
        fnmatch.fnmatchcase(each, alias_pattern) for each in aliases if each != "latest"
    ):
        return False
    if tag is not None and tag not in tags:
        return False
    return tag_pattern is None or any(fnmatch.fnmatchcase(each, tag_pattern) for each in tags)


@st.composite
def triggers(draw):
    kind = draw(st.sampled_from(TriggerKind))
    wanted = dict.fromkeys(["alias", "alias_pattern", "tag", "tag_pattern"])
    for what, is_taken in (("alias", kind.takes_alias), ("tag", kind.takes_tag)):
        if is_taken:
            choice = draw(st.sampled_from(["any", "exact", "pattern"]))
            if choice == "exact":
                wanted[what] = draw(NAMES)
            elif choice == "pattern":
                wanted[f"{what}_pattern"] = draw(PATTERNS)
    return Trigger(kind=kind, **wanted), (kind.value, *wanted.values())


@given(st.lists(EVENTS, max_size=8), triggers())
def test_a_trigger_takes_what_the_naive_model_takes(events, drawn):
    # Each event is itself alone, though two may say the same.
    step = [evolve(event, originator_version=number + 1) for number, event in enumerate(events)]
    trigger, wanted = drawn
    found = [each.event for each in occurrences(step) if each.sets_off(trigger)]
    assert found == [event for event in step if naive(step, event, *wanted)]


IDS = [UUID(int=number) for number in range(1, 4)]


@given(
    st.builds(
        Scope,
        kind=st.sampled_from(ScopeKind),
        id=st.sampled_from(IDS),
        project=st.sampled_from(["", "p"]),
    ),
    st.builds(
        Surroundings,
        collection_id=st.sampled_from(IDS),
        home_id=st.sampled_from(IDS),
        project=st.sampled_from(["", "p", "q"]),
        organization_id=st.none() | st.sampled_from(IDS),
    ),
)
def test_a_scope_covers_what_its_kind_says(scope, place):
    expected = {
        "collection": place.collection_id == scope.id,
        "project": place.home_id == scope.id and place.project == scope.project,
        "registry": place.home_id == scope.id,
        "organization": place.organization_id is not None and place.organization_id == scope.id,
    }
    assert scope.covers(place) == expected[scope.kind.value]


HOSTILE = st.text(st.characters(exclude_categories=["Cs"])) | st.sampled_from(
    ['"', '","a":"', "\\", "${alias}", "$${", "${TOKEN}", "\n", "\u2028", "}", "]]>"]
)


@given(st.dictionaries(st.sampled_from(sorted(VARIABLES)), HOSTILE), HOSTILE, HOSTILE)
def test_whatever_values_hold_the_document_keeps_its_form(facts, secret, around):
    plain = around.replace("$", "")
    template = Template(
        {"a": plain + "${alias}" + plain, "b": ["${tag}", 1, None], "c": {"d": "${TOKEN}"}}
    )
    told = json.loads(json.dumps(template.render(facts, {"TOKEN": secret})))
    assert told == {
        "a": plain + facts.get("alias", "") + plain,
        "b": [facts.get("tag", ""), 1, None],
        "c": {"d": secret},
    }


@given(strategies.metadata())
def test_metadata_keeps_its_own_type_where_it_stands_alone(metadata):
    for key, value in metadata.items():
        if "}" not in key and key:
            template = Template(f"${{artifact_metadata.{key}}}")
            template.check("payload")
            assert template.render({"artifact_metadata": metadata}, {}) == value
