"""Content that is not in the store's own folder: naming it, remembering it, keeping it apart."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import pytest
from fsspec.implementations.memory import MemoryFileSystem

import fingerpost
from fingerpost.bootstrap.content_location import content_location
from fingerpost.cli import main
from fingerpost.errors import (
    InvalidValueError,
    StoreFormatError,
    StoreNotFoundError,
    StoreUnavailableError,
)
from servers.places import azure_place, gcs_place, s3_place

MARKER = "fingerpost.json"
CLAIM = "fingerpost-content.json"


def log(store=None, text="one", **kwargs):
    with fingerpost.init(entity="team", project="p", store=store, **kwargs) as run:
        artifact = fingerpost.Artifact("data", "dataset")
        with artifact.new_file("a.txt") as file:
            file.write(text)
        return run.log_artifact(artifact)


def read(store):
    with fingerpost.open_store(store, create=False) as opened:
        artifact = fingerpost.Api(opened).artifact("team/p/data")
        return (Path(artifact.download()) / "a.txt").read_text()


@pytest.fixture
def elsewhere(tmp_path):
    return tmp_path / "elsewhere"


@pytest.fixture(params=["folder", "moto", "azurite", "google"])
def place(request, tmp_path, monkeypatch):
    if request.param == "folder":
        return str(tmp_path / "elsewhere")
    if request.param == "moto":
        return s3_place(request.getfixturevalue("moto_s3"), monkeypatch).location
    if request.param == "azurite":
        return azure_place(request.getfixturevalue("azure_container")).location
    return gcs_place(request.getfixturevalue("gcs_bucket")).location


# -- where it is -----------------------------------------------------------------------------


def test_after_a_store_was_created_with_a_place_for_content_its_folder_alone_suffices(
    tmp_path, place
):
    log(tmp_path / "s", content=place)
    assert not (tmp_path / "s" / "content").exists()
    assert read(tmp_path / "s") == "one"
    log(tmp_path / "s", "two")
    assert read(tmp_path / "s") == "two"
    assert json.loads((tmp_path / "s" / MARKER).read_text())["content"] == place


def test_garbage_is_collected_there(tmp_path, place):
    log(tmp_path / "s", content=place)
    log(tmp_path / "s", "two")
    with fingerpost.open_store(tmp_path / "s") as opened:
        api = fingerpost.Api(opened)
        api.artifact("team/p/data:v0").delete()
        report = api.gc(timedelta(), dry_run=False)
        assert report.files > 0
        assert api.gc(timedelta()).is_empty
    assert read(tmp_path / "s") == "two"


def test_the_api_and_the_environment_name_a_place_as_well(tmp_path, elsewhere, monkeypatch):
    assert fingerpost.Api(tmp_path / "a", content=elsewhere / "a").store == str(tmp_path / "a")
    monkeypatch.setenv("FINGERPOST_CONTENT", str(elsewhere / "b"))
    log(tmp_path / "b")
    assert (elsewhere / "a" / CLAIM).is_file()
    assert (elsewhere / "b" / "packs").is_dir()


def test_an_argument_comes_before_the_environment(tmp_path, elsewhere, monkeypatch):
    monkeypatch.setenv("FINGERPOST_CONTENT", str(elsewhere / "no"))
    log(tmp_path / "s", content=elsewhere / "yes")
    assert [path.name for path in elsewhere.iterdir()] == ["yes"]


@pytest.mark.parametrize("spelling", ["{}", "{}/", "file://{}", "{}/./x/.."])
def test_the_same_place_may_be_spelled_otherwise_later(tmp_path, elsewhere, spelling):
    log(tmp_path / "s", content=elsewhere)
    if ".." not in spelling:
        log(tmp_path / "s", content=spelling.format(elsewhere))


def test_another_place_is_an_error_and_never_a_second_content_store(tmp_path, elsewhere):
    log(tmp_path / "s", content=elsewhere)
    with pytest.raises(StoreUnavailableError, match="keeps the place") as caught:
        log(tmp_path / "s", content=tmp_path / "other")
    assert repr(str(elsewhere)) in str(caught.value)
    assert repr(str(tmp_path / "other")) in str(caught.value)
    assert not (tmp_path / "other").exists()


def test_another_place_in_the_environment_is_the_same_error(tmp_path, elsewhere, monkeypatch):
    log(tmp_path / "s")
    monkeypatch.setenv("FINGERPOST_CONTENT", str(elsewhere))
    with pytest.raises(StoreUnavailableError, match=r"in its own folder.*FINGERPOST_CONTENT"):
        log(tmp_path / "s")


def test_the_stores_own_folder_for_content_may_be_named(tmp_path):
    log(tmp_path / "s", content=tmp_path / "s" / "content")
    log(tmp_path / "s")
    assert "content" not in json.loads((tmp_path / "s" / MARKER).read_text())


def test_an_open_store_takes_no_place(tmp_path, elsewhere):
    with (
        fingerpost.open_store(tmp_path / "s") as opened,
        pytest.raises(InvalidValueError, match="open already"),
    ):
        fingerpost.open_store(opened, content=elsewhere)


def test_without_create_no_place_is_touched(tmp_path, elsewhere):
    with pytest.raises(StoreNotFoundError):
        fingerpost.open_store(tmp_path / "s", create=False, content=elsewhere)
    assert not elsewhere.exists()


@pytest.mark.parametrize(
    ("given", "recorded"),
    [
        ("s3://bucket", "s3://bucket"),
        ("s3a://bucket//a/b/", "s3://bucket/a/b"),
        ("gcs://bucket/p/", "gs://bucket/p"),
        ("abfs://container/p", "az://container/p"),
        ("S3://bucket/p", "s3://bucket/p"),
        (
            "abfss://c@account.dfs.core.windows.net/p",
            "az://c@account.dfs.core.windows.net/p",
        ),
    ],
)
def test_two_spellings_of_a_place_are_one_place(given, recorded):
    assert content_location(given) == recorded


@pytest.mark.parametrize("given", ["ftp://host/x", "s3://", "http://example.org/x", "", "s3:///p"])
def test_what_is_no_place_for_content_is_refused_with_what_is(tmp_path, given):
    with pytest.raises(InvalidValueError, match="s3://bucket/prefix"):
        fingerpost.open_store(tmp_path / "s", content=given)
    assert not (tmp_path / "s").exists()


@pytest.mark.parametrize(
    "given",
    ["s3://AKIDEXAMPLE:hunter2@bucket/p", "s3://bucket/p?secret=hunter2", "az://:hunter2@c/p"],
)
def test_credentials_in_a_place_are_refused_and_not_repeated(tmp_path, given):
    with pytest.raises(InvalidValueError) as caught:
        fingerpost.open_store(tmp_path / "s", content=given)
    assert "hunter2" not in str(caught.value)
    assert "AKIDEXAMPLE" not in str(caught.value)


def test_content_that_is_lost_with_the_process_belongs_to_a_ledger_that_is(tmp_path):
    with pytest.raises(StoreUnavailableError, match="lost when the process ends"):
        fingerpost.open_store(tmp_path / "s", content="memory://")
    with fingerpost.open_store("memory://", content="memory://") as opened:
        log(opened)
    with fingerpost.open_store("memory://", content="memory://somewhere") as opened:
        log(opened)
    assert MemoryFileSystem().find("/somewhere")
    MemoryFileSystem().rm("/somewhere", recursive=True)


def test_a_ledger_in_memory_removes_nothing_from_content_that_stays(elsewhere):
    with fingerpost.open_store("memory://", content="memory://kept") as opened:
        log(opened)
        with pytest.raises(StoreUnavailableError, match="who is logging"):
            fingerpost.Api(opened).gc(dry_run=False)
    MemoryFileSystem().rm("/kept", recursive=True)


# -- whose it is -----------------------------------------------------------------------------


def test_two_stores_never_share_a_place(tmp_path, place):
    log(tmp_path / "a", content=place)
    with pytest.raises(StoreUnavailableError, match="content of another store"):
        log(tmp_path / "b", "two", content=place)
    assert read(tmp_path / "a") == "one"
    assert not (tmp_path / "b" / MARKER).exists()


def test_a_store_whose_place_was_taken_over_neither_logs_nor_removes(tmp_path, elsewhere):
    log(tmp_path / "a", content=elsewhere)
    (elsewhere / CLAIM).unlink()
    with pytest.raises(StoreUnavailableError, match="whose content this is, is missing"):
        log(tmp_path / "a", "two")
    assert main(["--store", str(tmp_path / "a"), "store", "check"]) == 7
    log(tmp_path / "b", content=elsewhere)
    with pytest.raises(StoreUnavailableError, match="content of another store"):
        log(tmp_path / "a", "two")
    with pytest.raises(StoreUnavailableError, match="content of another store"):
        fingerpost.Api(tmp_path / "a").gc(dry_run=False)
    assert read(tmp_path / "a") == "one"


def test_creating_goes_on_where_it_was_interrupted(tmp_path, elsewhere):
    log(tmp_path / "s", content=elsewhere)
    (tmp_path / "s" / MARKER).unlink()
    (tmp_path / "s" / "stat-cache.sqlite").unlink(missing_ok=True)
    log(tmp_path / "s", "two", content=elsewhere)
    assert read(tmp_path / "s") == "two"


def test_a_later_layout_of_content_is_left_alone(tmp_path, elsewhere):
    log(tmp_path / "s", content=elsewhere)
    facts = json.loads((elsewhere / CLAIM).read_text())
    (elsewhere / CLAIM).write_text(json.dumps(facts | {"format": 2}))
    with pytest.raises(StoreFormatError, match=r"layout 2.*Upgrade Fingerpost"):
        log(tmp_path / "s", "two")


@pytest.mark.parametrize("written", [b"", b"[]", b"{}", b"\xff"])
def test_a_damaged_claim_is_said_to_be_damaged(tmp_path, elsewhere, written):
    log(tmp_path / "s", content=elsewhere)
    (elsewhere / CLAIM).write_bytes(written)
    with pytest.raises(StoreFormatError, match="is damaged"):
        log(tmp_path / "s", "two")


def test_what_is_prepared_waits_beside_the_ledger_and_the_catalog_is_the_users(
    tmp_path, moto_s3, monkeypatch
):
    place = s3_place(moto_s3, monkeypatch)
    log(tmp_path / "s", content=place.location)
    catalogs = list((tmp_path / "home" / "cache" / "fingerpost" / "catalogs").glob("*.sqlite"))
    assert len(catalogs) == 1
    # Derived: without it everything is found again.
    for path in catalogs[0].parent.iterdir():
        path.unlink()
    assert read(tmp_path / "s") == "one"
    assert [name for name in place.names() if name.startswith("packs/")]


def test_of_several_that_create_a_store_with_different_places_one_has_its_way(tmp_path):
    start = Barrier(6)

    def create(number):
        start.wait()
        with fingerpost.open_store(tmp_path / "s", content=tmp_path / f"place{number}") as opened:
            return opened.store.content.location

    with ThreadPoolExecutor(6) as threads:
        attempts = [threads.submit(create, number) for number in range(6)]
    won = [each.result() for each in attempts if each.exception() is None]
    lost = [each.exception() for each in attempts if each.exception() is not None]
    assert won == [json.loads((tmp_path / "s" / MARKER).read_text())["content"]]
    assert all("keeps the place" in str(error) for error in lost)
    assert not list((tmp_path / "s").glob(f"{MARKER}.*"))
