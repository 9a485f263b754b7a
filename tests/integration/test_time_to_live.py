"""Times to live: setting them, inheriting them, and what expires when. The clock is set by hand."""

from datetime import timedelta

import attrs
import pytest

import fingerpost
from fingerpost import Api, ArtifactTTL, OpenStore, errors
from fingerpost.domain.events import TtlChanged
from stores import NOON, on_sqlite

DAY = timedelta(days=1)


@pytest.fixture
def store(clocked_store):
    return clocked_store


@pytest.fixture
def api(store):
    return Api(store, entity="team", project="p")


@pytest.fixture
def log(store):
    def make(text="1", *, ttl=ArtifactTTL.INHERIT, entity="team", **options):
        artifact = fingerpost.Artifact("m", "model")
        with artifact.new_file("x") as file:
            file.write(text)
        if ttl is not ArtifactTTL.INHERIT:
            artifact.ttl = ttl
        with fingerpost.init(entity, "p", store=store) as run:
            return run.log_artifact(artifact, **options)

    return make


def ttl_events(store):
    recorded = store.store.events.events(limit=10_000)
    return [each.event for each in recorded if isinstance(each.event, TtlChanged)]


def paths(versions):
    return [version.path for version in versions]


def test_a_time_to_live_set_on_a_draft_is_logged_with_it(log, api):
    log(ttl=30 * DAY)
    assert api.artifact("m").ttl == 30 * DAY


def test_what_was_set_is_persisted_by_save_and_only_as_a_difference(log, api, store):
    artifact = log()
    artifact.ttl = 7 * DAY
    artifact.save()
    artifact.save()
    again = api.artifact("m")
    again.ttl = 7 * DAY
    again.save()
    assert api.artifact("m").ttl == 7 * DAY
    assert [event.duration_s for event in ttl_events(store)] == [7 * 86_400]


def test_logging_the_same_content_again_sets_a_time_to_live_and_without_one_leaves_it(log, api):
    log(ttl=7 * DAY)
    log()
    assert api.artifact("m:v0").ttl == 7 * DAY
    log(ttl=None)
    assert api.artifact("m:v0").ttl is None
    with pytest.raises(errors.VersionNotFoundError):
        api.artifact("m:v1")


def test_without_one_of_its_own_a_version_has_the_default_of_its_team(log, api):
    artifact = log()
    assert artifact.ttl is None
    api.entity("team").default_ttl = 90 * DAY
    assert api.artifact("m").ttl == 90 * DAY
    artifact = api.artifact("m")
    artifact.ttl = None
    artifact.save()
    assert api.artifact("m").ttl is None
    artifact.ttl = ArtifactTTL.INHERIT
    artifact.save()
    assert api.artifact("m").ttl == 90 * DAY


def test_what_a_draft_inherits_is_not_known_before_it_is_logged():
    draft = fingerpost.Artifact("m", "model")
    with pytest.raises(errors.ArtifactNotLoggedError, match="ttl that it inherits"):
        _ = draft.ttl
    draft.ttl = None
    assert draft.ttl is None


@on_sqlite
@pytest.mark.parametrize(
    "ttl", [timedelta(0), -DAY, timedelta(milliseconds=999), timedelta(days=365_001), 30, "30d"]
)
def test_only_durations_of_a_second_to_a_thousand_years_are_taken(ttl, log):
    artifact = log()
    with pytest.raises(ValueError, match=r"ttl .* is not valid") as caught:
        artifact.ttl = ttl
    assert isinstance(caught.value, errors.InvalidValueError)
    assert artifact.ttl is None


def test_a_version_expires_when_its_time_has_passed_and_not_a_moment_before(log, api, clock):
    log(ttl=DAY)
    log("2")
    clock.now = NOON + DAY - timedelta(microseconds=1)
    assert api.expired() == []
    assert api.expire() == []
    clock.now = NOON + DAY
    (found,) = api.expired()
    assert (found.path, found.logged_at, found.expired_at) == ("team/p/m:v0", NOON, NOON + DAY)
    assert paths(api.expire()) == ["team/p/m:v0"]
    assert [each.version for each in api.collection("m").versions()] == ["v1"]
    assert api.expire() == []


def test_what_expires_loses_its_aliases_and_the_history_says_why(log, api, clock):
    log(ttl=DAY, aliases=["best"])
    clock.now = NOON + 2 * DAY
    api.expire()
    collection = api.collection("m")
    assert collection.aliases == {}
    assert [(each.alias, each.to_version, each.reason) for each in collection.alias_history()][
        -2:
    ] == [
        ("latest", None, "its time to live ended on 2026-03-04 12:00:00 UTC"),
        ("best", None, "its time to live ended on 2026-03-04 12:00:00 UTC"),
    ]


def test_a_default_counts_for_what_was_logged_before_it(log, api, clock):
    log()
    log("2", ttl=None)
    clock.now = NOON + 10 * DAY
    assert api.expired() == []
    api.entity("team").default_ttl = 5 * DAY
    assert paths(api.expired()) == ["team/p/m:v0"]
    api.entity("team").default_ttl = None
    assert api.expired() == []


def test_linking_clears_it_and_unlinking_does_not_bring_it_back(log, api, clock):
    artifact = log(ttl=DAY)
    link = artifact.link("wandb-registry-Model/m", ["production"])
    assert (link.ttl, api.artifact("m").ttl) == (None, None)
    clock.now = NOON + 2 * DAY
    assert api.expired() == []
    link.unlink()
    assert api.artifact("m").ttl is None
    assert api.expired() == []


def test_a_linked_version_gets_no_time_to_live(log, api):
    artifact = log()
    link = artifact.link("wandb-registry-Model/m")
    link.ttl = None  # as it is
    with pytest.raises(errors.LinkedVersionError, match="Unlink it first"):
        link.ttl = DAY
    artifact = api.artifact("m")
    artifact.ttl = DAY
    artifact.description = "not saved either"
    with pytest.raises(ValueError, match="is linked to 'default/wandb-registry-Model/m:v0'"):
        artifact.save()
    assert (api.artifact("m").ttl, api.artifact("m").description) == (None, None)
    with pytest.raises(errors.LinkedVersionError):
        log(ttl=DAY)


def test_a_team_default_does_not_reach_what_is_linked(log, api, clock):
    log().link("wandb-registry-Model/m")
    api.entity("team").default_ttl = DAY
    clock.now = NOON + 2 * DAY
    assert (api.artifact("m").ttl, api.expired()) == (None, [])


def test_a_version_that_is_linked_or_kept_while_others_expire_stays(log, api, store, clock):
    first, second = log(ttl=DAY), log("2", ttl=DAY)
    clock.now = NOON + 2 * DAY
    # What somebody found expired is looked at again in the step that deletes it.
    stale = api.expired()
    first.link("wandb-registry-Model/m")
    second.ttl = None
    second.save()
    assert paths(stale) == ["team/p/m:v0", "team/p/m:v1"]
    queries = store.store.queries
    faked = attrs.evolve(store.store, events=Stale(store.store.events, stale))
    assert Api(OpenStore(faked, None, None)).expire() == []
    assert len(list(queries.versions(api.collection("m")._row.id))) == 2


class Stale:
    """An event store whose list of expired versions is from before."""

    def __init__(self, events, expired):
        self._events, self._expired = events, expired

    def __getattr__(self, name):
        return getattr(self._events, name)

    @property
    def queries(self):
        return StaleQueries(self._events.queries, self._expired)


class StaleQueries:
    def __init__(self, queries, expired):
        self._queries, self._expired = queries, expired

    def __getattr__(self, name):
        return getattr(self._queries, name)

    def expired(self, now):
        return self._expired


def test_who_does_not_administer_the_organization_expires_nothing(log, api, store, clock):
    log(ttl=DAY)
    clock.now = NOON + 2 * DAY
    bob = Api(store, "bob")
    with pytest.raises(errors.RoleRequiredError, match="time to live has passed"):
        bob.expire()
    assert paths(bob.expired()) == ["team/p/m:v0"]
    assert "bob may not delete versions whose time to live has passed" in api.denied()[0]


def test_who_does_not_administer_the_team_sets_no_default(log, api, store):
    log()
    with pytest.raises(errors.RoleRequiredError, match="settings of the entity"):
        Api(store, "bob").entity("team").default_ttl = DAY
    assert api.entity("team").default_ttl is None


def test_an_entity_that_nobody_made_is_not_found(api):
    with pytest.raises(errors.EntityNotFoundError, match="'nobody'"):
        api.entity("nobody")


def test_the_actors_own_entity_has_a_default_too(log, store, clock):
    log(entity="alice")
    api = Api(store, "alice")
    api.entity().default_ttl = DAY
    assert (api.entity().is_team, api.entity().default_ttl) == (False, DAY)
    clock.now = NOON + 2 * DAY
    assert paths(api.expire()) == ["alice/p/m:v0"]


def test_times_to_live_survive_a_rebuild(log, api, store):
    log(ttl=DAY)
    log("2").link("wandb-registry-Model/m")
    api.entity("team").default_ttl = 3 * DAY
    store.rebuild()
    assert [api.artifact(f"m:v{index}").ttl for index in (0, 1)] == [DAY, None]
    assert api.entity("team").default_ttl == 3 * DAY


def test_collecting_garbage_deletes_what_has_expired_and_then_its_content(log, api, store, clock):
    log(ttl=DAY)
    log("2")
    clock.now = NOON + 2 * DAY
    plan = api.gc(timedelta(0))
    assert paths(plan.expired) == ["team/p/m:v0"]
    assert len(list(api.collection("m").versions())) == 2
    done = api.gc(timedelta(0), dry_run=False)
    assert paths(done.expired) == ["team/p/m:v0"]
    assert [each.version for each in api.collection("m").versions()] == ["v1"]
    assert api.gc(timedelta(0), dry_run=False).expired == ()
