"""Where the store is, who acts in it, and what a folder that is no store is told."""

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

import fingerpost
from fingerpost.errors import (
    InvalidNameError,
    StoreFormatError,
    StoreNotFoundError,
    StoreUnavailableError,
)

MARKER = "fingerpost.json"


def log(store=None, text="one", **kwargs):
    with fingerpost.init(entity="team", project="p", store=store, **kwargs) as run:
        artifact = fingerpost.Artifact("data", "dataset")
        with artifact.new_file("a.txt") as file:
            file.write(text)
        return run.log_artifact(artifact)


# -- which store -------------------------------------------------------------------------------


def test_without_any_hint_the_store_is_in_the_users_data_folder(monkeypatch, tmp_path):
    # XDG Base Directory Specification: $XDG_DATA_HOME.
    with fingerpost.open_store() as opened:
        assert Path(opened.location) == tmp_path / "home" / "data" / "fingerpost"
    monkeypatch.delenv("XDG_DATA_HOME")
    with fingerpost.open_store() as opened:
        assert Path(opened.location) == tmp_path / "home" / ".local" / "share" / "fingerpost"


def test_the_nearest_fingerpost_folder_above_comes_before_that(monkeypatch, tmp_path):
    deep = tmp_path / "outer" / "inner" / "deep"
    deep.mkdir(parents=True)
    (tmp_path / "outer" / ".fingerpost").mkdir()
    monkeypatch.chdir(deep)
    with fingerpost.open_store() as opened:
        assert Path(opened.location) == tmp_path / "outer" / ".fingerpost"
    (tmp_path / "outer" / "inner" / ".fingerpost").mkdir()
    with fingerpost.open_store() as opened:
        assert Path(opened.location) == tmp_path / "outer" / "inner" / ".fingerpost"


def test_a_file_called_fingerpost_is_no_store_above(monkeypatch, tmp_path):
    Path(".fingerpost").write_text("")
    with fingerpost.open_store() as opened:
        assert Path(opened.location).is_relative_to(tmp_path / "home")


def test_the_environment_comes_before_a_folder_above(monkeypatch, tmp_path):
    Path(".fingerpost").mkdir()
    monkeypatch.setenv("FINGERPOST_STORE", str(tmp_path / "named"))
    with fingerpost.open_store() as opened:
        assert Path(opened.location) == tmp_path / "named"


def test_an_argument_comes_before_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("FINGERPOST_STORE", str(tmp_path / "named"))
    with fingerpost.open_store(tmp_path / "given") as opened:
        assert Path(opened.location) == tmp_path / "given"
    assert not (tmp_path / "named").exists()


def test_an_empty_setting_is_none(monkeypatch, tmp_path):
    monkeypatch.setenv("FINGERPOST_STORE", "")
    with fingerpost.open_store() as opened:
        assert Path(opened.location).is_relative_to(tmp_path / "home")


@pytest.mark.parametrize("as_given", [str, Path, lambda path: f"file://{path}"])
def test_a_store_is_named_by_text_a_path_or_a_file_url(tmp_path, as_given):
    log(as_given(tmp_path / "s"))
    assert (tmp_path / "s" / MARKER).is_file()


def test_a_relative_folder_and_one_below_home_are_made_absolute(tmp_path):
    with fingerpost.open_store("below") as opened:
        assert Path(opened.location) == tmp_path / "work" / "below"
    with fingerpost.open_store("~/mine") as opened:
        assert Path(opened.location) == tmp_path / "home" / "mine"


def test_a_file_url_is_percent_decoded(tmp_path):
    folder = tmp_path / "with space"
    with fingerpost.open_store(folder.as_uri()) as opened:
        assert Path(opened.location) == folder


@pytest.mark.parametrize("url", ["s3://bucket/store", "http://example.org", "memory:///x", ""])
def test_a_url_that_can_hold_no_store_is_refused_with_those_that_can(url):
    with pytest.raises(StoreUnavailableError) as caught:
        fingerpost.open_store(url)
    assert repr(url) in str(caught.value)
    assert "Give a folder, a file:// URL" in str(caught.value)


# -- who ---------------------------------------------------------------------------------------


def test_the_actor_is_the_argument_or_the_setting_or_the_systems_user(monkeypatch, tmp_path):
    store = tmp_path / "s"
    assert fingerpost.Api(store, actor="carol").actor == "carol"
    assert fingerpost.Api(store).actor == "alice"
    monkeypatch.delenv("FINGERPOST_ACTOR")
    monkeypatch.setenv("LOGNAME", "os-user")  # what getpass.getuser() looks at first
    assert fingerpost.Api(store).actor == "os-user"


def test_an_actor_that_is_no_name_is_refused_before_anything_is_made(monkeypatch, tmp_path):
    monkeypatch.setenv("FINGERPOST_ACTOR", "al\u202eice")
    with pytest.raises(InvalidNameError, match="FINGERPOST_ACTOR"):
        fingerpost.open_store(tmp_path / "s")
    assert not (tmp_path / "s").exists()


def test_whoever_creates_the_store_administers_it(tmp_path):
    fingerpost.open_store(tmp_path / "s", actor="founder").close()
    fingerpost.Api(tmp_path / "s", actor="founder").create_registry("R")
    with pytest.raises(fingerpost.errors.RoleRequiredError):
        fingerpost.Api(tmp_path / "s", actor="later").create_registry("S")


def test_entity_and_project_come_from_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("FINGERPOST_ENTITY", "team")
    monkeypatch.setenv("FINGERPOST_PROJECT", "bikes")
    with fingerpost.init(store=tmp_path / "s") as run:
        assert (run.entity, run.project) == ("team", "bikes")
    with fingerpost.init(store=tmp_path / "s", entity="other", project="cars") as run:
        assert (run.entity, run.project) == ("other", "cars")


def test_a_new_stores_organization_is_called_default_or_what_the_environment_says(
    monkeypatch, tmp_path
):
    assert fingerpost.Api(tmp_path / "a").organization().name == "default"
    monkeypatch.setenv("FINGERPOST_ORGANIZATION", "acme")
    assert fingerpost.Api(tmp_path / "b").organization().name == "acme"
    assert fingerpost.Api(tmp_path / "a").organization().name == "default"


# -- what is there -----------------------------------------------------------------------------


def test_a_store_is_reopened_with_all_that_was_logged(tmp_path):
    log(tmp_path / "s")
    log(tmp_path / "s", "two")
    collection = fingerpost.Api(tmp_path / "s").collection("team/p/data")
    assert [artifact.version for artifact in collection.versions()] == ["v1", "v0"]


def test_two_that_have_it_open_see_what_the_other_wrote_at_once(tmp_path):
    with (
        fingerpost.open_store(tmp_path / "s") as one,
        fingerpost.open_store(tmp_path / "s") as two,
    ):
        assert log(one, "one").version == "v0"
        assert log(two, "two").version == "v1"
        assert log(one, "three").version == "v2"
        assert fingerpost.Api(two).artifact("team/p/data").version == "v2"


def test_many_that_create_it_at_once_end_up_with_one_store(tmp_path):
    failures = []

    def create():
        try:
            fingerpost.open_store(tmp_path / "s").close()
        except Exception as error:  # noqa: BLE001 - handed to the assertion below
            failures.append(error)

    threads = [threading.Thread(target=create) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    registries = fingerpost.Api(tmp_path / "s").registries()
    assert sorted(registry.name for registry in registries) == ["Dataset", "Model"]


def test_a_store_that_is_not_to_be_created_is_not(tmp_path):
    with pytest.raises(StoreNotFoundError) as caught:
        fingerpost.open_store(tmp_path / "s", create=False)
    assert repr(str(tmp_path / "s")) in str(caught.value)
    assert "FINGERPOST_STORE" in str(caught.value)
    assert not (tmp_path / "s").exists()


@pytest.mark.parametrize("number", [3, 99])
def test_a_store_of_a_later_format_is_left_alone(tmp_path, number):
    log(tmp_path / "s")
    (tmp_path / "s" / MARKER).write_text(json.dumps({"format": number}))
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "s").rglob("*")}
    with pytest.raises(StoreFormatError, match=f"format {number}.*Upgrade Fingerpost"):
        fingerpost.open_store(tmp_path / "s")
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "s").rglob("*")} == before


@pytest.mark.parametrize("written", [b"", b"{", b"[]", b"{}", b"null", b"\xff\xfe", b'"format"'])
def test_a_damaged_marker_is_said_to_be_damaged(tmp_path, written):
    log(tmp_path / "s")
    (tmp_path / "s" / MARKER).write_bytes(written)
    with pytest.raises(StoreFormatError, match=r"fingerpost\.json is damaged"):
        fingerpost.open_store(tmp_path / "s")


@pytest.mark.parametrize("below", ["", "deeper", "deeper/still"])
def test_a_file_in_the_way_is_named(tmp_path, below):
    (tmp_path / "s").write_text("not a folder")
    with pytest.raises(StoreUnavailableError) as caught:
        fingerpost.open_store(tmp_path / "s" / below)
    assert str(tmp_path / "s") in str(caught.value)
    assert "Name a folder that you may write to" in str(caught.value)
    assert (tmp_path / "s").read_text() == "not a folder"


def test_a_folder_in_place_of_the_ledger_is_named(tmp_path):
    (tmp_path / "s" / "ledger.sqlite").mkdir(parents=True)
    with pytest.raises(StoreUnavailableError) as caught:
        fingerpost.open_store(tmp_path / "s")
    assert "ledger.sqlite" in str(caught.value)
    assert "Check the place" in str(caught.value)


def test_a_folder_that_cannot_be_written_is_named():
    # Not even root makes folders in procfs; where there is none, nobody makes folders in `/`.
    with pytest.raises(StoreUnavailableError, match="it cannot be created"):
        fingerpost.open_store("/proc/fingerpost-store")


@pytest.mark.parametrize("name", ["a\0b", "x" * 300])
def test_a_name_that_no_folder_can_have_is_refused(name):
    with pytest.raises(StoreUnavailableError, match="Check the path"):
        fingerpost.open_store(name)


def test_other_files_in_the_folder_stay(tmp_path):
    (tmp_path / "s").mkdir()
    (tmp_path / "s" / "mine.txt").write_text("mine")
    log(tmp_path / "s")
    assert (tmp_path / "s" / "mine.txt").read_text() == "mine"


def test_a_store_in_memory_keeps_nothing_and_makes_no_files(tmp_path):
    opened = fingerpost.open_store("memory://")
    log(opened)
    assert fingerpost.Api(opened).artifact("team/p/data").version == "v0"
    assert not fingerpost.Api("memory://").artifact_exists("team/p/data")
    assert list(tmp_path.rglob("*")) == [tmp_path / "work"]


def test_a_closed_store_can_be_closed_again(tmp_path):
    opened = fingerpost.open_store(tmp_path / "s")
    opened.close()
    opened.close()


def test_a_closed_store_is_said_to_be_unusable(tmp_path):
    opened = fingerpost.open_store(tmp_path / "s")
    opened.close()
    with pytest.raises(StoreUnavailableError):
        fingerpost.Api(opened).artifact_exists("team/p/data")
    with pytest.raises(StoreUnavailableError):
        fingerpost.init("team", "p", store=opened)


def test_importing_makes_no_files_and_imports_no_cloud(tmp_path):
    code = """
import sys, fingerpost
cloud = {"boto3", "botocore", "s3fs", "gcsfs", "adlfs", "google.cloud", "azure", "aiohttp"}
print(sorted(cloud & set(sys.modules)))
"""
    home = tmp_path / "home"
    environment = {
        **os.environ,
        "PYTHONDONTWRITEBYTECODE": "1",
        # Settings that would be errors if somebody read them.
        "FINGERPOST_STORE": "s3://nowhere",
        "FINGERPOST_ACTOR": "\u202e",
    }
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path / "work",
    )
    assert done.stdout.strip() == "[]"
    assert not home.exists()
    assert list((tmp_path / "work").iterdir()) == []
