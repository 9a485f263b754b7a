"""Runs as the API shows them: what went in, what came out, and what they measured."""

import math
from datetime import UTC, datetime
from itertools import islice

import pytest

import fingerpost
from fingerpost import errors


@pytest.fixture
def opened(tmp_path):
    with fingerpost.open_store(tmp_path / "store") as opened:
        yield opened


@pytest.fixture
def api(opened):
    return fingerpost.Api(opened, entity="team", project="p")


@pytest.fixture
def start(opened):
    def start(name=None, job_type=None, project="p"):
        return fingerpost.init("team", project, job_type, name, store=opened)

    return start


def draft(name, text="1"):
    artifact = fingerpost.Artifact(name, "dataset")
    with artifact.new_file("f") as file:
        file.write(text)
    return artifact


def qualified(artifacts):
    return [artifact.qualified_name for artifact in artifacts]


# -- what is known of a run ------------------------------------------------------------------


def test_a_run_is_found_by_its_path_and_says_what_it_is(start, api):
    before = datetime.now(UTC)
    with start("fit it", "train") as run:
        running = api.run(run.path)
        assert (running.state, running.finished_at, running.exit_code) == ("running", None, None)
    found = api.run(run.path)
    assert (found.id, found.name, found.job_type) == (run.id, "fit it", "train")
    assert (found.entity, found.project, found.path) == ("team", "p", run.path)
    assert (found.actor, found.state, found.exit_code) == ("alice", "finished", 0)
    assert before <= found.created_at <= found.finished_at <= datetime.now(UTC)
    assert found == running == api.run(f"p/{run.id}") == api.run(run.id)
    assert len({found, running}) == 1


def test_a_run_that_ended_with_another_exit_code_than_0_has_failed(start, api):
    run = start()
    run.finish(exit_code=3)
    assert (api.run(run.id).state, api.run(run.id).exit_code) == ("failed", 3)


def test_a_run_that_is_not_there_is_an_error_that_says_where_to_look(start, api):
    with start() as run:
        pass
    nobody = "0" * 32
    for path in (nobody, f"team/p/{nobody}", run.id[:8], run.id.upper(), f"nobody/p/{run.id}"):
        with pytest.raises(errors.RunNotFoundError, match=r"Api\(\)\.runs|That run is"):
            api.run(path)
    with pytest.raises(errors.RunNotFoundError, match=f"That run is 'team/p/{run.id}'"):
        api.run(f"team/q/{run.id}")
    for path in ("a/b/c/d", None, 3):
        with pytest.raises(errors.InvalidValueError, match="ENTITY/PROJECT/ID"):
            api.run(path)


def test_logged_by_and_used_by_are_runs_with_their_inputs_and_outputs(start):
    with start("make") as maker:
        artifact = maker.log_artifact(draft("data"))
    with start("use", "train") as user:
        user.use_artifact("data:latest")
        user.log_artifact(draft("model"))
    assert artifact.logged_by().id == maker.id
    (found,) = artifact.used_by()
    assert (found.id, found.name, found.job_type) == (user.id, "use", "train")
    assert qualified(found.used_artifacts()) == ["team/p/data:v0"]
    assert qualified(found.logged_artifacts()) == ["team/p/model:v0"]
    assert qualified(user.used_artifacts()) == ["team/p/data:v0"]
    assert qualified(user.logged_artifacts()) == ["team/p/model:v0"]


def test_inputs_and_outputs_come_in_order_a_page_at_a_time_and_each_once(start, api):
    with start() as run:
        for number in range(7):
            run.log_artifact(draft(f"a{6 - number}"))
        run.log_artifact(draft("a3"))
    found = api.run(run.id).logged_artifacts(per_page=2)
    assert qualified(found) == [f"team/p/a{6 - number}:v0" for number in range(7)]
    assert (len(found), found[0].name, found[-1].name) == (7, "a6:v0", "a0:v0")
    assert list(api.run(run.id).used_artifacts()) == []


def test_deleted_inputs_are_left_out_and_a_link_that_is_gone_is_its_source(start, api):
    with start() as run:
        gone, kept = run.log_artifact(draft("gone")), run.log_artifact(draft("kept"))
        link = kept.link("wandb-registry-Dataset/Kept")
    with start() as user:
        for artifact in (gone, link):
            user.use_artifact(artifact)
    assert qualified(user.used_artifacts()) == ["team/p/gone:v0", link.qualified_name]
    gone.delete(delete_aliases=True)
    link.unlink()
    found = api.run(user.id).used_artifacts()
    assert (qualified(found), len(found)) == (["team/p/kept:v0"], 1)


# -- the runs of a project --------------------------------------------------------------------


def test_the_runs_of_a_project_come_newest_first(start, api):
    for number in range(5):
        start(f"r{number}").finish()
    start("elsewhere", project="q").finish()
    found = api.runs("team/p", per_page=2)
    assert [run.name for run in found] == ["r4", "r3", "r2", "r1", "r0"]
    assert len(found) == 5
    assert [run.name for run in api.runs()] == [run.name for run in found]
    assert [run.name for run in api.runs("q")] == ["elsewhere"]


def test_runs_that_start_meanwhile_are_not_in_a_list_in_hand_and_nothing_comes_twice(start, api):
    for number in range(4):
        start(f"r{number}").finish()
    found, seen = api.runs("team/p", per_page=1), []
    for run in found:
        seen.append(run.name)
        start("new").finish()
    assert seen == ["r3", "r2", "r1", "r0"]


def test_a_list_goes_on_at_a_cursor(start, api):
    for number in range(5):
        start(f"r{number}").finish()
    first = api.runs("team/p")
    assert [run.name for run in islice(first, 2)] == ["r4", "r3"]
    rest = api.runs("team/p", start=first.cursor)
    assert [run.name for run in rest] == ["r2", "r1", "r0"]
    assert list(api.runs("team/p", start=rest.cursor)) == []


def test_a_project_or_entity_that_is_not_there_is_an_error_that_names_the_nearest(start, api):
    start(project="census").finish()
    with pytest.raises(errors.ProjectNotFoundError, match=r"'team/cenus'.* There is: 'census'"):
        api.runs("team/cenus")
    with pytest.raises(errors.EntityNotFoundError, match="'taem'"):
        api.runs("taem/census")
    for path in ("a/b/c", ""):
        with pytest.raises(errors.InvalidValueError, match="ENTITY/PROJECT"):
            api.runs(path)


def test_where_nothing_was_logged_yet_there_are_no_runs(opened):
    api = fingerpost.Api(opened)
    assert (list(api.runs()), len(api.runs())) == ([], 0)
    assert api.artifact_types() == []


# -- metrics ------------------------------------------------------------------------------------


def test_the_history_has_a_row_for_each_step_and_the_summary_the_last_values(start, api):
    with start() as run:
        run.log({"loss": 0.5, "epoch": 1})
        run.log({"loss": 0.25}, commit=False)
        run.log({"acc": 0.9})
        run.log({"loss": 0.125}, step=10)
        run.log({"note": "done"})
        assert run.summary == {"_step": 10, "loss": 0.125, "epoch": 1, "acc": 0.9, "note": "done"}
    found = api.run(run.id)
    assert found.history() == [
        {"_step": 0, "loss": 0.5, "epoch": 1},
        {"_step": 1, "loss": 0.25, "acc": 0.9},
        {"_step": 10, "loss": 0.125, "note": "done"},
    ]
    assert found.summary == {"_step": 10, "loss": 0.125, "epoch": 1, "acc": 0.9, "note": "done"}
    assert found.history(keys=["acc"]) == [{"_step": 1, "acc": 0.9}]


def test_a_part_of_the_history_ends_before_its_last_step(start):
    # W&B's class reference reads one step with min_step=s, max_step=s + 1.
    with start() as run:
        for number in range(10):
            run.log({"n": number})
    found = run._recorded
    assert [row["n"] for row in found.scan_history(min_step=3, max_step=4)] == [3]
    assert [row["n"] for row in found.scan_history(page_size=3, min_step=2)] == list(range(2, 10))


def test_a_run_without_metrics_has_none(start):
    with start() as run:
        pass
    assert (run._recorded.history(), run.summary) == ([], {})


def test_metrics_are_normalized_as_metadata_is(start):
    with start() as run:
        run.log({"nan": math.nan, "shape": (2, 3), "raw": b"x", 7: True, "nested": {"a": 1}})
    (row,) = run._recorded.history()
    expected = {"nan": None, "shape": [2, 3], "raw": "x", "7": True, "nested": {"a": 1}}
    assert row == {"_step": 0, **expected}


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"loss": math.inf}, "metrics.*'loss'.*infinities are not JSON"),
        ({"loss": object()}, "metrics.*'loss'"),
        ([("loss", 1)], "metrics is a dictionary"),
        ({str(number): number for number in range(101)}, "metrics keys: 101 exceeds"),
    ],
)
def test_what_is_not_json_is_refused_and_nothing_is_noted(start, data, words):
    with start() as run:
        with pytest.raises(errors.InvalidInputError, match=words):
            run.log(data)
        assert run.summary == {}


def test_a_step_that_goes_back_is_refused_and_says_why(start):
    with start() as run:
        run.log({"a": 1}, step=5)
        with pytest.raises(errors.InvalidValueError, match=r"step 4 .*5 or more.*do not go back"):
            run.log({"a": 2}, step=4)
        assert run.summary == {"_step": 5, "a": 1}


def test_a_finished_run_takes_no_metrics(start):
    with start() as run:
        pass
    with pytest.raises(errors.RunFinishedError):
        run.log({"a": 1})


# -- history_step ----------------------------------------------------------------------------------


def test_the_history_step_is_the_last_step_with_metrics_when_it_was_logged(start, api):
    with start() as run:
        before = run.log_artifact(draft("before"))
        for loss in (3, 2, 1):
            run.log({"loss": loss})
        after = run.log_artifact(draft("after"))
        run.log({"loss": 0}, step=40)
        last = run.log_artifact(draft("last"))
    assert (before.history_step, after.history_step, last.history_step) == (None, 2, 40)
    assert api.artifact("after:v0").history_step == 2
    row = next(run._recorded.scan_history(min_step=2, max_step=3))
    assert row == {"_step": 2, "loss": 1}


def test_the_history_step_is_that_of_the_run_that_first_logged_it_through_links_too(start):
    with start() as run:
        run.log({"loss": 1}, step=3)
        artifact = run.log_artifact(draft("data"))
    with start() as other:
        other.log({"loss": 1}, step=9)
        again = other.log_artifact(draft("data"))
        link = other.link_artifact(again, "wandb-registry-Dataset/Data")
    assert (artifact.history_step, again.history_step, link.history_step) == (3, 3, 3)


def test_a_draft_has_no_history_step():
    with pytest.raises(errors.ArtifactNotLoggedError):
        draft("data").history_step  # noqa: B018 - it is the property that raises


def test_metrics_and_steps_survive_a_rebuild(start, opened, api):
    with start() as run:
        run.log({"a": 1}, commit=False)
        run.log({"b": 2})
        artifact = run.log_artifact(draft("data"))
    opened.rebuild()
    assert api.run(run.id).history() == [{"_step": 0, "a": 1, "b": 2}]
    assert artifact.history_step == 0
