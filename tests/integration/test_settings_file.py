"""Settings from a file: where it is found, what may be in it, and what comes before it."""

import os
from pathlib import Path

import pytest

import fingerpost
from fingerpost.cli import main
from fingerpost.errors import InvalidValueError

FILE = "fingerpost.toml"


def opened_at():
    with fingerpost.open_store() as opened:
        return Path(opened.location), Path(opened.store.content.location)


def test_the_nearest_file_above_says_where_ledger_and_content_are(tmp_path, monkeypatch):
    (tmp_path / FILE).write_text('store = "far"\n')
    project = tmp_path / "project"
    (project / "deep" / "deeper").mkdir(parents=True)
    (project / FILE).write_text('store = "registry"\ncontent = "shared/content"\n')
    monkeypatch.chdir(project / "deep" / "deeper")
    # Relative to the file, wherever one works below it.
    assert opened_at() == (project / "registry", project / "shared" / "content")


def test_every_setting_can_be_in_it(tmp_path, monkeypatch):
    Path(FILE).write_text(
        'store = "s"\nactor = "carol"\nentity = "team"\nproject = "bikes"\norganization = "acme"\n'
        'cache = "downloads"\ncache_size = "1GB"\nallow_webhook_hosts = "localhost"\n'
        'allow_network_file_systems = "no"\ncontent = ""\n'
    )
    monkeypatch.delenv("FINGERPOST_ACTOR")
    with fingerpost.init() as run:
        assert (run.entity, run.project) == ("team", "bikes")
    api = fingerpost.Api()
    assert (api.actor, api.organization().name) == ("carol", "acme")
    with fingerpost.open_store() as store:
        assert store.download_cache.limit_bytes == 10**9


def test_the_environment_comes_before_the_file_and_an_argument_before_both(tmp_path, monkeypatch):
    Path(FILE).write_text('store = "from-file"\n')
    monkeypatch.setenv("FINGERPOST_STORE", str(tmp_path / "from-environment"))
    assert opened_at()[0] == tmp_path / "from-environment"
    with fingerpost.open_store(tmp_path / "from-argument") as opened:
        assert opened.location == str(tmp_path / "from-argument")
    monkeypatch.delenv("FINGERPOST_STORE")
    assert opened_at()[0] == Path("from-file").absolute()


def test_a_file_comes_before_a_fingerpost_folder(tmp_path):
    Path(".fingerpost").mkdir()
    Path(FILE).write_text('store = "from-file"\n')
    assert opened_at()[0].name == "from-file"


def test_a_variable_names_a_file_and_then_none_is_looked_for(tmp_path, monkeypatch):
    Path(FILE).write_text('store = "found"\n')
    (tmp_path / "named.toml").write_text('store = "named"\n')
    monkeypatch.setenv("FINGERPOST_SETTINGS", str(tmp_path / "named.toml"))
    assert opened_at()[0] == tmp_path / "named"


def test_a_variable_that_names_no_file_is_an_error(tmp_path, monkeypatch):
    monkeypatch.setenv("FINGERPOST_SETTINGS", str(tmp_path / "absent.toml"))
    with pytest.raises(InvalidValueError, match=r"FINGERPOST_SETTINGS.*absent\.toml"):
        fingerpost.open_store(tmp_path / "s")


@pytest.mark.parametrize("url", ["file:///srv/s", "memory://"])
def test_a_url_in_it_is_taken_as_it_stands(url):
    from fingerpost.bootstrap.settings import current_settings

    Path(FILE).write_text(f'store = "{url}"\n')
    assert current_settings().store == url


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('stoer = "x"', r"key 'stoer'.*the keys are actor, .*store.*Correct it"),
        ("store = 5", r"value of store 5.*store is text.*quotes"),
        ("store = ['x']", r"value of store.*store is text"),
        ("[store]\npath = 'x'", r"value of store.*store is text"),
        ('secrets_key = "hunter2"', r"key 'secrets_key'.*secret.*FINGERPOST_SECRETS_KEY"),
        ("store =", r"is TOML in UTF-8"),
        (b"store = '\xff'", r"is TOML in UTF-8"),
    ],
)
def test_what_makes_no_sense_is_named_with_file_key_and_remedy(text, problem, tmp_path):
    Path(FILE).write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(InvalidValueError, match=problem) as caught:
        fingerpost.open_store(tmp_path / "s")
    assert str(Path(FILE).absolute()) in str(caught.value)
    assert "hunter2" not in str(caught.value)
    assert not (tmp_path / "s").exists()


def test_on_the_command_line_it_is_an_error_of_input(capsys):
    Path(FILE).write_text('stoer = "x"')
    assert main(["versions", "table"]) == 2
    assert "stoer" in capsys.readouterr().err


@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="only root gives files away")
def test_a_file_of_somebody_else_is_not_followed_unless_it_is_named(tmp_path, monkeypatch):
    path = Path(FILE).absolute()
    path.write_text('store = "theirs"')
    os.chown(path, 12345, 12345)
    with pytest.raises(InvalidValueError, match="belongs to this user"):
        fingerpost.open_store(tmp_path / "s")
    monkeypatch.setenv("FINGERPOST_SETTINGS", str(path))
    assert opened_at()[0].name == "theirs"
