"""What an alias pointed at at a moment, and what the errors say. The clock is set by hand."""

import xml.dom.minidom
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

import fingerpost
from fingerpost import Api, errors
from stores import NOON

HOUR = timedelta(hours=1)
TICK = timedelta(microseconds=1)
LEGS = "wandb-registry-Model/legs"


@pytest.fixture
def store(clocked_store):
    return clocked_store


@pytest.fixture
def api(store):
    return Api(store, entity="team", project="p")


@pytest.fixture
def legs(store, api, clock):
    """A registry collection: v0, v1, v2 an hour apart, ``best`` at v0, v2, nothing, v1."""
    with fingerpost.init("team", "p", store=store) as run:
        for number in range(3):
            artifact = fingerpost.Artifact("m", "model")
            with artifact.new_file("x") as file:
                file.write(str(number))
            run.log_artifact(artifact).link(LEGS)
            clock.now += HOUR
    collection = api.collection(LEGS)
    for to in ("v0", "v2", None, "v1"):
        collection.move_aliases({"best": to}, reason=f"to {to}")
        clock.now += HOUR
    return collection


@pytest.mark.parametrize(
    ("hours", "alias", "expected"),
    [
        (3, "best", "v0"),
        (4, "best", "v2"),
        (6, "best", "v1"),
        (0, "latest", "v0"),
        (1, "latest", "v1"),
        (7, "latest", "v2"),
        (1, "v1", "v1"),
    ],
)
def test_at_the_exact_moment_and_later_it_is_the_new_version(api, legs, hours, alias, expected):
    at = NOON + hours * HOUR
    assert api.artifact(f"{LEGS}:{alias}", at=at).version == expected
    assert api.artifact(f"{LEGS}:{alias}", at=at + HOUR / 2 if hours < 7 else at).version
    zoned = at.astimezone(timezone(timedelta(hours=-7)))
    assert api.artifact(f"{LEGS}:{alias}", at=zoned).version == expected


def test_a_microsecond_before_it_is_the_old_one(api, legs):
    assert api.artifact(f"{LEGS}:best", at=NOON + 4 * HOUR - TICK).version == "v0"
    assert api.artifact(LEGS, at=NOON + HOUR - TICK).version == "v0"


def test_before_the_first_placing_the_error_says_when_that_was(api, legs):
    with pytest.raises(
        errors.AliasNotFoundError, match=r"first placed, on v0, at 2026-03-03T15:00"
    ):
        api.artifact(f"{LEGS}:best", at=NOON + 3 * HOUR - TICK)
    assert not api.artifact_exists(f"{LEGS}:best", at=NOON)
    with pytest.raises(errors.AliasNotFoundError, match="first placed"):
        api.artifact(LEGS, at=NOON - TICK)


def test_while_nothing_had_it_the_error_says_who_took_it_off(api, legs):
    with pytest.raises(errors.AliasNotFoundError, match=r"'alice' took it off v2 at 2026-03-03T17"):
        api.artifact(f"{LEGS}:best", at=NOON + 5 * HOUR)


def test_an_alias_that_never_was_is_not_found(api, legs):
    with pytest.raises(errors.AliasNotFoundError, match="bset"):
        api.artifact(f"{LEGS}:bset", at=NOON + 5 * HOUR)


def test_a_version_that_was_not_there_yet_is_not_found(api, legs):
    for alias in ("v1", "v2"):
        with pytest.raises(errors.VersionNotFoundError, match="none yet at 2026-03-03T12:00"):
            api.artifact(f"{LEGS}:{alias}", at=NOON)
    with pytest.raises(errors.VersionNotFoundError):
        api.artifact(f"{LEGS}:v9", at=NOON)


@pytest.mark.parametrize("at", [datetime(2026, 3, 3), date(2026, 3, 3), "2026-03-03", 0])  # noqa: DTZ001 - refused
def test_what_names_no_moment_is_refused(api, legs, at):
    with pytest.raises(errors.InvalidValueError, match="time zone"):
        api.artifact(f"{LEGS}:best", at=at)
    with pytest.raises(ValueError, match="time zone"):
        legs.aliases_at(at)


def test_the_ends_of_the_calendar_are_moments(api, legs):
    with pytest.raises(errors.AliasNotFoundError):
        api.artifact(f"{LEGS}:best", at=datetime.min.replace(tzinfo=UTC))
    with pytest.raises(errors.InvalidValueError):
        api.artifact(f"{LEGS}:best", at=datetime.min.replace(tzinfo=timezone(timedelta(hours=9))))


def test_of_the_future_nothing_is_known(api, legs, clock):
    with pytest.raises(errors.InvalidValueError, match="not in the future"):
        api.artifact(f"{LEGS}:best", at=clock.now + TICK)
    assert api.artifact(f"{LEGS}:best", at=clock.now).version == "v1"


def test_a_version_that_was_deleted_since_is_told_with_what_it_was(api, legs, clock):
    digest = api.artifact("m:v2").digest
    api.artifact(f"{LEGS}:v2").unlink()
    with pytest.raises(errors.VersionNotFoundError) as caught:
        api.artifact(f"{LEGS}:best", at=NOON + 4 * HOUR)
    assert "legs:v2" in str(caught.value)
    assert "a link to 'team/p/m:v2'" in str(caught.value)
    assert "unlinked at 2026-03-03T19:00" in str(caught.value)
    api.artifact("m:v2").delete(delete_aliases=True)
    with pytest.raises(
        errors.VersionNotFoundError, match=f"held {digest}.*deleted at 2026-03-03T19"
    ):
        api.artifact("m", at=NOON + 6 * HOUR)
    assert api.collection("m").aliases_at(NOON + 6 * HOUR) == {"latest": "v2"}


def test_names_of_collections_are_those_of_today(api, legs):
    legs.rename("feet")
    found = api.artifact("wandb-registry-Model/feet:best", at=NOON + 4 * HOUR)
    assert (found.version, found.name) == ("v2", "feet:v2")
    with pytest.raises(errors.CollectionNotFoundError, match="Names are those of today"):
        api.artifact(f"{LEGS}:best", at=NOON + 4 * HOUR)


def test_a_collection_that_took_over_a_name_has_no_past_of_the_old_one(api, legs, clock, store):
    legs.delete()
    clock.now += HOUR
    with pytest.raises(errors.CollectionNotFoundError, match="deleted"):
        api.artifact(f"{LEGS}:best", at=NOON + 4 * HOUR)
    api.artifact("m:v0").link(LEGS, ["best"])
    with pytest.raises(errors.AliasNotFoundError, match="first placed"):
        api.artifact(f"{LEGS}:best", at=NOON + 4 * HOUR)


def test_where_a_clock_went_back_the_ledger_decides_and_both_times_are_told(api, legs, clock):
    clock.now = datetime(1970, 1, 1, tzinfo=UTC)
    legs.set_alias("best", "v0")
    *_, before, change = legs.alias_history("best")
    assert (change.at, change.effective_at) == (clock.now, before.effective_at)
    assert legs.aliases_at(clock.now) == {}
    clock.now = NOON + 8 * HOUR
    assert legs.aliases_at(change.effective_at) == {"best": "v0", "latest": "v2"}
    assert legs.aliases_at(change.effective_at - TICK) == {"latest": "v2"}


def test_what_a_clock_ahead_wrote_counts_from_then_and_can_be_asked_for(api, legs, clock):
    clock.now = datetime(2099, 1, 1, tzinfo=UTC)
    legs.set_alias("best", "v0")
    ahead, clock.now = clock.now, NOON + 8 * HOUR
    legs.set_alias("best", "v2")
    assert legs.aliases["best"] == "v2"
    assert legs.aliases_at(clock.now)["best"] == "v1"
    assert legs.aliases_at(ahead)["best"] == "v2"
    assert legs.alias_history("best")[-1].at == clock.now


def test_aliases_that_moved_in_one_step_did_so_at_one_moment(api, legs, clock):
    clock.now = NOON
    legs.move_aliases({"blue": "v0", "best": "v2"})
    rows = legs.alias_history()[-2:]
    assert len({row.effective_at for row in rows}) == 1
    clock.now = NOON + 8 * HOUR
    assert "blue" not in legs.aliases_at(rows[0].effective_at - TICK)


def test_the_history_of_a_registry_says_what_happened_in_order_and_why(api, clock, legs):
    registry = api.registry("Model")
    registry.add_protected_alias("production", "it is in use")
    registry.require_approvals("production", 2)
    registry.add_members("bob", role="viewer")
    registry.update_member("bob", "admin")
    registry.remove_members("bob")
    registry.visibility = "restricted"
    legs.rename("feet")
    legs.delete(reason="unused")
    history = registry.history()
    assert [row.sentence for row in history][1:] == [
        "alice added the collection 'legs'",
        *(["alice linked the first artifact of type 'model', which stays permitted"]),
        "alice protected 'production'",
        "alice required 2 approvals for 'production'",
        "alice added 'bob' as 'viewer'",
        "alice changed the role of 'bob' from 'viewer' to 'admin'",
        "alice removed 'bob', who had 'admin'",
        "alice changed who has access to 'restricted'",
        "alice renamed the collection 'legs' to 'feet'",
        "alice deleted the collection 'feet'",
    ]
    assert "created the registry 'Model' for the artifact types 'model'" in history[0].sentence
    assert [row.reason for row in history if row.reason] == ["it is in use", "unused"]
    assert [row.position for row in history] == sorted({row.position for row in history})
    registry.delete("nobody uses it")
    told = api.organization().history()
    assert (told[-1].sentence, told[-1].reason) == (
        "alice deleted the registry 'Model'",
        "nobody uses it",
    )
    assert "alice created the team 'team'" in [row.sentence for row in told]


def test_a_policy_history_is_for_who_may_look(store, api, legs):
    api.organization().default_role = None
    with pytest.raises(errors.RoleRequiredError):
        Api(store, "eve").registry("Model").history()
    with pytest.raises(errors.RoleRequiredError):
        Api(store, "eve").organization().history()


def test_a_rebuilt_store_has_the_same_past(store, api, legs):
    api.registry("Model").add_protected_alias("production")
    legs.rename("feet")
    before = legs.alias_history(), api.registry("Model").history(), api.organization().history()
    store.rebuild()
    assert store.store.events.differing_tables() == []
    after = legs.alias_history(), api.registry("Model").history(), api.organization().history()
    assert after == before


# -- the picture


def bars(svg):
    document = xml.dom.minidom.parseString(svg)
    titles = document.getElementsByTagName("title")
    return [title.firstChild.data for title in titles if " from " in title.firstChild.data]


def test_the_picture_has_a_bar_for_each_version_and_says_what_holds_now(legs):
    svg = legs.timeline_svg("best")
    assert bars(svg) == [
        "best at v0 from 2026-03-03 15:00:00Z to 2026-03-03 16:00:00Z, by alice: to v0",
        "best at v2 from 2026-03-03 16:00:00Z to 2026-03-03 17:00:00Z, by alice: to v2",
        "best at v1 from 2026-03-03 18:00:00Z to now, by alice: to v1",
    ]
    assert 'role="img"' in svg
    assert "At the end: best v1." in svg


def test_hostile_names_and_reasons_cannot_get_out_of_their_text(legs):
    legs.set_alias('<script>"&]]>', "v0", reason="</title><script>\x00\x1b\ufffe x")
    svg = legs.timeline_svg()
    assert "<script" not in svg
    document = xml.dom.minidom.parseString(svg)
    names = {each.firstChild.data for each in document.getElementsByTagName("title")}
    assert '<script>"&]]>' in names


def test_an_empty_history_is_a_picture_too(api, legs, clock):
    assert "no alias was ever set" in legs.timeline_svg("never")
    xml.dom.minidom.parseString(api.registry("Model").create_collection("new").timeline_svg())
