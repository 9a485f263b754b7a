"""Ctrl-C at the worst moment."""

from pathlib import Path

import pytest
from eventsourcing.sqlite import SQLiteCursor

import fingerpost


@pytest.mark.parametrize("statement", ["BEGIN", "INSERT INTO events", "SELECT"])
def test_an_interrupted_command_leaves_a_ledger_that_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, statement: str
) -> None:
    api = fingerpost.Api(tmp_path / "store", actor="alice")
    execute = SQLiteCursor.execute
    pending = [statement]

    def interrupted_once(self: SQLiteCursor, sql: str, *rest: object) -> None:
        execute(self, sql, *rest)
        if pending and sql.startswith(pending[0]):
            pending.clear()
            raise KeyboardInterrupt

    # The library's cursor, not ours: a signal may arrive as any of its calls returns.
    monkeypatch.setattr(SQLiteCursor, "execute", interrupted_once)
    with pytest.raises(KeyboardInterrupt):
        api.create_registry("interrupted")
    assert not pending
    api.create_registry("after")
    other = fingerpost.Api(tmp_path / "store", actor="alice")
    other.create_registry("by another")
    names = {registry.name for registry in api.registries()}
    assert names == {"Model", "Dataset", "after", "by another"}
