"""Two people who change one version: nothing is lost, nothing overwritten in silence."""

from datetime import timedelta

import pytest

import fingerpost
from fingerpost import Api, Artifact, errors


@pytest.fixture
def store(tmp_path):
    with fingerpost.open_store(tmp_path / "store") as opened:
        artifact = Artifact("m", "model", "first", {"lr": 1, "epochs": 3})
        with fingerpost.init("team", "p", store=opened) as run:
            run.log_artifact(artifact)
        yield opened


@pytest.fixture
def two(store):
    return [Api(store, actor).artifact("team/p/m:v0") for actor in ("alice", "bob")]


@pytest.fixture
def now(store):
    return lambda: Api(store).artifact("team/p/m:v0")


def test_different_keys_of_metadata_are_both_kept(two, now):
    mine, theirs = two
    mine.metadata["lr"] = 2
    theirs.metadata["epochs"] = 4
    mine.save()
    theirs.save()
    assert now().metadata == {"lr": 2, "epochs": 4}
    assert theirs.metadata == {"lr": 2, "epochs": 4}


def test_the_same_key_changed_differently_is_refused_and_names_all_three_values(two, now):
    mine, theirs = two
    mine.metadata["lr"] = 2
    theirs.metadata = {"lr": 3, "epochs": 3, "new": True}
    theirs.tags.append("seen")
    mine.save()
    with pytest.raises(errors.EditConflictError) as caught:
        theirs.save()
    (clash,) = caught.value.clashes
    assert (clash.what, clash.before, clash.theirs, clash.mine) == ("metadata['lr']", "1", "2", "3")
    assert "Nothing was saved" in str(caught.value)
    assert (now().metadata, now().tags) == ({"lr": 2, "epochs": 3}, [])
    assert theirs.metadata["lr"] == 3  # what they had in mind is still there


def test_after_reading_it_again_the_decision_can_be_made_anew(two, store, now):
    mine, theirs = two
    mine.description = "mine"
    mine.save()
    theirs.description = "theirs"
    with pytest.raises(errors.EditConflictError, match="description was 'first', is now 'mine'"):
        theirs.save()
    again = Api(store, "bob").artifact("team/p/m:v0")
    again.description = "theirs"
    again.save()
    assert now().description == "theirs"


def test_the_same_change_made_twice_is_no_conflict(two, now):
    for each in two:
        each.metadata["lr"] = 5
        each.description = None
        each.ttl = timedelta(days=1)
        each.save()
    assert (now().metadata["lr"], now().description) == (5, None)


def test_a_time_to_live_that_both_changed_is_refused(two, now):
    mine, theirs = two
    mine.ttl = timedelta(days=1)
    theirs.ttl = None
    mine.save()
    with pytest.raises(
        errors.EditConflictError,
        match="ttl was inherited, is now 1 day, 0:00:00, was to be for ever",
    ):
        theirs.save()
    assert now().ttl == timedelta(days=1)


def test_tags_and_aliases_of_both_are_kept(two, now):
    mine, theirs = two
    mine.tags.append("a")
    mine.aliases.append("x")
    theirs.tags.append("b")
    theirs.aliases = ["y"]
    mine.save()
    theirs.save()
    assert (now().tags, now().aliases) == (["a", "b"], ["x", "y"])


def test_an_edit_through_a_link_meets_one_of_the_source(store, now):
    source = now()
    link = source.link("wandb-registry-Model/Zoo")
    source.description = "of the source"
    link.description = "of the link"
    source.save()
    with pytest.raises(errors.EditConflictError, match="'team/p/m:v0'"):
        link.save()


def test_logging_a_logged_artifact_again_saves_what_was_changed_on_it(store, now):
    with fingerpost.init("team", "p", store=store) as run:
        artifact = run.use_artifact("m")
        artifact.description = "changed"
        artifact.metadata["lr"] = 9
        artifact.tags.append("seen")
        run.log_artifact(artifact, aliases=["best"], tags=["again"])
    assert (now().description, now().metadata["lr"]) == ("changed", 9)
    assert (now().tags, now().aliases) == (["again", "seen"], ["latest", "best"])
    assert artifact.description == "changed"


def test_what_a_draft_says_of_content_that_is_there_already_is_lost_with_a_warning(store, caplog):
    draft = Artifact("m", "model", "second", {"lr": 2})
    with fingerpost.init("team", "p", store=store) as run:
        run.log_artifact(draft)
        assert (draft.version, draft.description) == ("v0", "first")
        assert "v0 has this content already" in caplog.text
        assert "this draft's description and metadata went nowhere" in caplog.text
        caplog.clear()
        run.log_artifact(Artifact("m", "model"))
        assert caplog.text == ""
