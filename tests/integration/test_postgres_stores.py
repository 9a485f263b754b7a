"""A whole store with its ledger in PostgreSQL, opened by its URL."""

import json

import pytest

import fingerpost
from fingerpost import errors
from fingerpost.cli import main
from servers.postgres import schema_of, with_parameters


def log(store, text="1"):
    with fingerpost.init("team", "p", store=store, actor="alice") as run:
        artifact = fingerpost.Artifact("data", "dataset")
        with artifact.new_file("x") as file:
            file.write(text)
        return run.log_artifact(artifact)


def test_a_store_is_made_once_and_then_opened_by_its_url_alone(postgres_url, tmp_path):
    with fingerpost.open_store(postgres_url, content=tmp_path / "content") as store:
        assert log(store).qualified_name == "team/p/data:v0"
    with fingerpost.Api(postgres_url, "alice", entity="team", project="p") as api:
        assert api.artifact("data:v0").verify(api.artifact("data:v0").download()) is None
    assert (tmp_path / "content").is_dir()


def test_without_a_place_for_its_content_no_store_is_made(postgres_server, postgres_url):
    with pytest.raises(errors.StoreUnavailableError, match="its content has no place") as caught:
        fingerpost.open_store(postgres_url)
    assert "FINGERPOST_CONTENT" in str(caught.value)
    with postgres_server.connect() as connection:
        sql = "SELECT 1 FROM pg_namespace WHERE nspname=%s"
        assert connection.execute(sql, [schema_of(postgres_url)]).fetchall() == []


def test_content_that_is_lost_with_the_process_is_refused(postgres_url):
    with pytest.raises(errors.StoreUnavailableError, match="is lost when the process ends"):
        fingerpost.open_store(postgres_url, content="memory://x")


def test_content_stays_where_it_was_put(postgres_url, tmp_path):
    fingerpost.open_store(postgres_url, content=tmp_path / "one").close()
    with pytest.raises(errors.StoreUnavailableError, match="a store keeps the place"):
        fingerpost.open_store(postgres_url, content=tmp_path / "other")


def test_a_store_that_there_is_not_is_not_found(postgres_url, tmp_path):
    for content in (None, tmp_path / "content"):
        with pytest.raises(errors.StoreNotFoundError):
            fingerpost.open_store(postgres_url, create=False, content=content)


def test_two_stores_in_one_database_know_nothing_of_each_other(postgres_server, tmp_path):
    with (
        postgres_server.lent_url() as one,
        postgres_server.lent_url() as other,
        fingerpost.open_store(one, content=tmp_path / "one") as mine,
        fingerpost.open_store(other, content=tmp_path / "other") as theirs,
    ):
        log(mine)
        assert len(list(mine.events())) > len(list(theirs.events()))
        assert mine.identity != theirs.identity


def test_a_password_is_said_nowhere(postgres_url, tmp_path, monkeypatch, capsys):
    secret = "s3cret"
    url = with_parameters(postgres_url, password=secret)
    with fingerpost.open_store(url, content=tmp_path / "content") as store:
        log(store)
        assert secret not in f"{store!r} {store.location} {store.store!r}"
    monkeypatch.setenv("FINGERPOST_STORE", url)
    for command in (["versions", "team/p/data"], ["use", "team/p/none:v0"], ["history", "x"]):
        main(command)
    out, err = capsys.readouterr()
    assert secret not in out + err


def test_a_password_in_a_url_of_another_kind_is_not_said_either():
    with pytest.raises(errors.StoreUnavailableError) as caught:
        fingerpost.open_store("postgresq://me:s3cret@db/registry")
    assert "s3cret" not in str(caught.value)
    assert "postgresql:// URL" in str(caught.value)


def test_the_command_line_works_on_it(postgres_url, tmp_path, capsys):
    fingerpost.open_store(postgres_url, content=tmp_path / "content").close()
    (tmp_path / "f").write_text("x")
    store = ["--store", postgres_url]
    assert main(["log", "data", str(tmp_path / "f"), "--type", "dataset", *store]) == 0
    capsys.readouterr()
    assert main(["versions", "data", "--json", *store]) == 0
    assert [each["version"] for each in json.loads(capsys.readouterr().out)["versions"]] == ["v0"]
    assert main(["gc", "--apply", *store]) == 0
    assert main(["store", "check", *store]) == 0
    assert main(["store", "migrate", *store]) == 0
    assert main(["store", "rebuild", *store]) == 0
    assert main(["ledger", "verify", *store]) == 0


def test_what_was_asked_for_does_not_show_a_password_when_it_is_printed(monkeypatch):
    from fingerpost.bootstrap.settings import current_settings

    monkeypatch.setenv("FINGERPOST_STORE", "postgresql://ada:sesame@db.example/zoo")
    assert "sesame" not in repr(current_settings())
