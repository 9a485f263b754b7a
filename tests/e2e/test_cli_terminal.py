"""What people see: plain tables when piped, a bar on a terminal, and no traceback on Ctrl-C."""

import json
import os
import pty
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from fingerpost.cli import main
from waiting import LIMIT_S, until

FINGERPOST = [sys.executable, "-m", "fingerpost"]
COLUMNS = ("version", "aliases", "tags", "files", "size", "logged", "by", "digest")
LONG = "a-name-that-is-longer-than-any-terminal-is-wide-" + "x" * 72


@pytest.fixture(autouse=True)
def store(monkeypatch, tmp_path):
    folder = tmp_path / "store"
    monkeypatch.setenv("FINGERPOST_STORE", str(folder))
    return folder


@pytest.fixture
def logged(capsys):
    Path("table.csv").write_text("a,b\n")
    arguments = ["log", "table", "table.csv", "-t", "dataset", "--entity", "team"]
    assert main([*arguments, "--alias", LONG, "--alias", "größe→∞"]) == 0
    capsys.readouterr()
    return "team/uncategorized/table"


def bytes_below(folder):
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def on_terminal(*arguments, **variables):
    """Run on a pseudo-terminal; returns what appeared on it."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "80", **variables}
    with subprocess.Popen(
        [*FINGERPOST, *arguments], stdin=theirs, stdout=theirs, stderr=theirs, env=environment
    ) as process:
        os.close(theirs)
        shown = b""
        try:
            while data := os.read(ours, 65536):
                shown += data
        except OSError:
            pass
        os.close(ours)
    assert process.returncode == 0, shown
    return shown.decode()


def test_a_piped_table_has_a_line_a_row_and_nothing_cut_off(logged, capsys):
    assert main(["versions", logged]) == 0
    header, row = capsys.readouterr().out.splitlines()
    assert [word.lower() for word in header.split()] == list(COLUMNS)
    assert f"latest, {LONG}, größe→∞" in row
    assert row.split()[-1].startswith("blake3:")
    assert len(row.split()[-1]) == len("blake3:") + 64


def test_on_a_terminal_the_table_is_drawn_and_no_name_is_cut_off(logged):
    shown = on_terminal("alias", "list", logged)
    assert "\x1b[" in shown
    assert shown.count("x") >= 72
    assert "…" not in shown


@pytest.mark.parametrize("variables", [{"TERM": "dumb"}, {"NO_COLOR": "1"}])
def test_a_terminal_that_wants_it_plain_gets_it_plain(logged, variables):
    shown = on_terminal("alias", "list", logged, **variables)
    assert "\x1b" not in shown
    assert LONG in shown


def test_a_bar_is_shown_on_long_work_and_taken_away(tmp_path):
    with Path("large.bin").open("wb") as file:
        file.truncate(48 << 20)
    shown = on_terminal("log", "large", "large.bin", "-t", "dataset")
    assert "reading" in shown
    assert "storing" in shown
    assert "reading" not in on_terminal("-q", "log", "large", "large.bin", "-t", "dataset")


def test_a_terminal_without_unicode_gets_codes_not_a_crash(logged):
    def printed(*flags):
        environment = {**os.environ, "PYTHONIOENCODING": "latin-1"}
        command = [*FINGERPOST, *flags, "alias", "list", logged]
        return subprocess.run(command, env=environment, capture_output=True, check=True).stdout

    assert b"gr\xf6\xdfe\\u2192\\u221e" in printed()
    assert json.loads(printed("--json").decode("ascii"))["aliases"]["größe→∞"] == "v0"


def test_text_of_others_does_not_steer_the_terminal(logged, capsys):
    reason = "\x1b]0;title\x07\x1b[2J\u202egnp"
    assert main(["alias", "set", logged, "good", "v0", "--reason", reason]) == 0
    assert main(["history", logged]) == 0
    shown = capsys.readouterr().out
    assert not {"\x1b", "\x07", "\u202e"} & set(shown)
    assert r"\x1b[2J" in shown


def test_a_reader_that_stops_reading_is_no_error(logged):
    command = f"{sys.executable} -m fingerpost help | head -n 1; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert done.stdout.splitlines()[-1] in {"0", "141"}


def test_output_that_nobody_reads_ends_quietly(logged):
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run([*FINGERPOST, "help"], check=False, stdout=writer, stderr=subprocess.PIPE)
    os.close(writer)
    assert (done.returncode, done.stderr) == (141, b"")


@pytest.mark.parametrize("flags", [[], ["--json"]])
def test_ctrl_c_while_logging_ends_cleanly_and_shows_nothing_half_done(store, flags, capsys):
    # A pipe that never ends: it is being read when the signal comes.
    command = [*FINGERPOST, *flags, "log", "endless", "-", "-t", "dataset"]
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        # A shell that puts the tests in the background has the signal ignored, by children too.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
    ) as process:
        process.stdin.write(b"x" * (4 << 20))
        process.stdin.flush()
        until(lambda: bytes_below(store / "staging"))
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=LIMIT_S)
    assert process.returncode == 130
    assert b"Traceback" not in err
    assert b"interrupted" in err
    assert main(["versions", "endless"]) == 3
    assert bytes_below(store / "staging") == 0
    assert main(["--json", "verify"]) == 0
    assert json.loads(capsys.readouterr().out)["checked"]["versions"] == 0


def test_standard_input_is_logged_under_the_name_that_is_given():
    command = [*FINGERPOST, "-q", "log", "piped", "-", "-t", "text", "--stdin-name", "in.txt"]
    done = subprocess.run(command, input=b"piped\n", capture_output=True, check=True)
    assert done.stdout == b"logged alice/uncategorized/piped:v0\n"
    assert done.stderr == b""
    assert main(["-q", "download", "piped", "--root", "copy"]) == 0
    assert Path("copy/in.txt").read_bytes() == b"piped\n"


def test_help_does_not_wait_for_what_it_does_not_need():
    code = (
        "import sys; from fingerpost.cli import main; main(['--help']); "
        "print([name for name in ('rich.table', 'rich.progress') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.endswith("[]\n")
