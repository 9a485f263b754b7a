"""``fingerpost cache``: what it shows, and what it removes."""

import json
from pathlib import Path

import pytest

from fingerpost.adapters.downloads.cache import DownloadCache
from fingerpost.adapters.files.hashing import hash_bytes
from fingerpost.cli import main


@pytest.fixture
def folder(monkeypatch, tmp_path) -> Path:
    """Return the folder of a cache with ten contents of 4 KiB each."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("FINGERPOST_CACHE", str(folder))
    cache = DownloadCache(folder, 1 << 20)
    for number in range(10):
        data = bytes([number]) * 4096
        Path("content").write_bytes(data)
        cache.add(hash_bytes(data), Path("content"), lambda _: None)
    return folder


@pytest.fixture
def ok(capsys):
    """Run a command line that must succeed; returns what it printed."""

    def call(*arguments):
        assert main(arguments) == 0
        return capsys.readouterr().out

    return call


def test_alone_it_shows_where_it_is_and_how_full(ok, folder, monkeypatch):
    monkeypatch.setenv("FINGERPOST_CACHE_SIZE", "20GiB")
    # 4 KiB of content and a block for its name, ten times.
    assert ok("cache") == f"{folder}\n10 entries, 80.0 KiB of 20.0 GiB\n"
    assert json.loads(ok("cache", "--json")) == {
        "cache": {
            "folder": str(folder),
            "limit_bytes": 20 << 30,
            "entries": 10,
            "size_bytes": 81_920,
        }
    }


def test_without_settings_it_is_the_users_own_and_ten_gibibytes(ok, tmp_path):
    about = json.loads(ok("cache", "--json"))["cache"]
    assert about["folder"] == str(tmp_path / "home" / "cache" / "fingerpost" / "downloads")
    assert about["limit_bytes"] == 10_737_418_240
    assert not Path(about["folder"]).exists()


def test_cleaning_leaves_as_much_as_is_said(ok, folder):
    assert ok("cache", "clean", "--to", "30kB") == "removed 7 entries, 56.0 KiB\n"
    assert len(list(folder.glob("blake3/*/*"))) == 3
    answer = json.loads(ok("cache", "clean", "--json"))
    assert answer == {"removed": {"entries": 3, "size_bytes": 24_576}}
    assert list(folder.glob("blake3/*/*")) == []


def test_a_cache_that_is_off_says_so(ok, folder, monkeypatch):
    monkeypatch.setenv("FINGERPOST_CACHE_SIZE", "0")
    assert ok("cache") == f"{folder}\n10 entries, 80.0 KiB; off: FINGERPOST_CACHE_SIZE is 0\n"
    assert json.loads(ok("cache", "--json"))["cache"]["limit_bytes"] == 0


def test_cleaning_a_cache_that_is_off_removes_what_it_held(ok, folder, monkeypatch):
    monkeypatch.setenv("FINGERPOST_CACHE_SIZE", "0")
    assert ok("cache", "clean") == "removed 10 entries, 80.0 KiB\n"


@pytest.mark.parametrize(
    ("variable", "value", "arguments"),
    [
        ("FINGERPOST_CACHE_SIZE", "lots", ["cache"]),
        ("FINGERPOST_CACHE", "s3://bucket/cache", ["cache"]),
        ("FINGERPOST_CACHE", "~nobody-of-this-name/cache", ["cache", "clean"]),
        ("FINGERPOST_CACHE", "cache", ["cache", "clean", "--to", "much"]),
    ],
)
def test_a_setting_that_makes_no_sense_is_named(capsys, monkeypatch, variable, value, arguments):
    monkeypatch.setenv(variable, value)
    assert main(arguments) == 2
    shown = capsys.readouterr().err
    assert ("--to 'much'" if "--to" in arguments else f"{variable} {value!r}") in shown


def test_a_download_takes_skip_cache(ok, monkeypatch, tmp_path):
    monkeypatch.setenv("FINGERPOST_STORE", str(tmp_path / "store"))
    Path("table.csv").write_text("a,b\n")
    ok("log", "table", "table.csv", "-t", "dataset")
    assert ok("download", "table", "--root", "copy", "--skip-cache") == "copy\n"
    assert Path("copy/table.csv").read_text() == "a,b\n"
