"""Reading the model registry in MLflow's SQLite database, which is never changed.

*Source*: ``mlflow.store.model_registry.dbmodels`` of MLflow 3.17; columns and tables that older
ones lack (aliases came with 2.3, workspaces later than 3.0) are done without.
"""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from attrs import field, frozen

from fingerpost.domain.errors import ImportSourceError

_MAGIC: Final = b"SQLite format 3\0"
_WAL: Final = b"\x02\x02"
_PATIENCE_S: Final = 10.0
_LONGEST_VALUE_BYTES: Final = 64 << 20
_DELETED: Final = "Deleted_Internal"
"""Stage of a version that was deleted: its row stays, with nothing in it that matters."""

_MODELS: Final = {"name", "creation_time", "description"}
_VERSIONS: Final = {"name", "version", "creation_time", "current_stage", "source", "status"}
_NOT_MLFLOW: Final = "Give the database of MLflow's backend store, usually mlflow.db."
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

Row = Mapping[str, Any]


@frozen(kw_only=True)
class MlflowVersion:
    """A row of ``model_versions`` with its tags.

    Attributes:
        location: ``storage_location`` where MLflow has one, else ``source``.
    """

    number: int
    created_at: datetime | None
    updated_at: datetime | None
    description: str | None
    user: str | None
    stage: str
    source: str
    location: str
    run_id: str | None
    status: str
    tags: Mapping[str, str] = field(factory=dict)

    @property
    def is_deleted(self) -> bool:
        """Whether it was deleted, and only its number is still there."""
        return self.stage == _DELETED


@frozen(kw_only=True)
class MlflowModel:
    """A row of ``registered_models`` with what belongs to it; versions by number."""

    workspace: str
    name: str
    description: str | None
    tags: Mapping[str, str]
    aliases: Mapping[str, int]
    versions: Sequence[MlflowVersion]


@frozen(kw_only=True)
class MlflowRegistry:
    """What a database holds.

    Attributes:
        path: the database.
        models: by workspace and name.
        runs: run → where its artifacts are.
        logged_models: identity of a logged model (MLflow 3) → where its artifacts are.
    """

    path: Path
    models: Sequence[MlflowModel]
    runs: Mapping[str, str]
    logged_models: Mapping[str, str]


def read_mlflow_registry(path: Path) -> MlflowRegistry:
    """Read a registry, all of it as it was at one moment.

    The database is opened for reading alone, and no file is made beside it. A server may go on
    using it.

    Raises:
        ImportSourceError: it is missing, no SQLite database, not MLflow's, damaged, or in a state
            that only a writer can end.
    """
    try:
        with _opened(path) as connection:
            return _registry(path, _Tables(path, connection))
    except (sqlite3.Error, UnicodeDecodeError) as error:
        problem = f"cannot be read ({error})"
        remedy = "If something is writing to it, try again; else check it with `sqlite3`."
        raise ImportSourceError(str(path), problem, remedy) from error


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(
        f"file:{quote(str(path.absolute()))}?{_mode(path)}",
        uri=True,
        timeout=_PATIENCE_S,
        isolation_level=None,
    )
    try:
        connection.row_factory = sqlite3.Row
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST_VALUE_BYTES)
        # The schema may be anybody's: it is not to call functions, and nothing is to be written.
        connection.execute("PRAGMA trusted_schema=OFF")
        connection.execute("PRAGMA query_only=ON")
        connection.execute("BEGIN")
        yield connection
    finally:
        connection.close()


def _mode(path: Path) -> str:
    try:
        with path.open("rb") as file:
            header = file.read(100)
    except OSError as error:
        problem = f"cannot be read ({error.strerror or error})"
        raise ImportSourceError(str(path), problem, "Check the path.") from None
    if not header.startswith(_MAGIC):
        raise ImportSourceError(str(path), "is no SQLite database", _NOT_MLFLOW)
    if header[18:20] != _WAL:
        return "mode=ro"
    log, index = (path.with_name(f"{path.name}{suffix}") for suffix in ("-wal", "-shm"))
    if not log.exists():
        # Closed by its last writer. Opened any other way SQLite would make both files.
        return "immutable=1"
    if not index.exists():
        problem = "was not closed by its last writer"
        raise ImportSourceError(str(path), problem, "Open it once with MLflow, and try again.")
    return "mode=ro"


class _Tables:
    """The tables of a database, as far as they are there."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self._path = path
        self._connection = connection
        # Views are no tables of MLflow's, and can be made so that reading them never ends.
        sql = "SELECT name FROM sqlite_master WHERE type='table'"
        self._names = {row["name"] for row in connection.execute(sql)}

    def rows(self, table: str, needed: AbstractSet[str] = frozenset()) -> list[Row]:
        """Return the rows of a table, of one that is not there none.

        Raises:
            ImportSourceError: it has not the columns that are needed.
        """
        described = self._connection.execute(f"PRAGMA table_info({table})")
        there = {row["name"] for row in described} if table in self._names else set()
        if not needed <= there:
            problem = f"is no MLflow database: it has no {table} as MLflow's"
            raise ImportSourceError(str(self._path), problem, _NOT_MLFLOW)
        if not there:
            return []
        return [dict(row) for row in self._connection.execute(f"SELECT * FROM {table}")]  # noqa: S608 - our own names


def _registry(path: Path, tables: _Tables) -> MlflowRegistry:
    models = tables.rows("registered_models", _MODELS)
    versions = tables.rows("model_versions", _VERSIONS)
    tags = _by_model(tables.rows("registered_model_tags"))
    aliases = _by_model(tables.rows("registered_model_aliases"))
    version_tags = _by_model(tables.rows("model_version_tags"))
    of_model = _by_model(versions)
    found = []
    for row in sorted(models, key=_key):
        key = _key(row)
        found.append(
            MlflowModel(
                workspace=key[0],
                name=key[1],
                description=_text(row, "description"),
                tags=_tags(tags.get(key, ())),
                aliases={str(each["alias"]): _number(path, each) for each in aliases.get(key, ())},
                versions=_versions(path, of_model.get(key, ()), version_tags.get(key, ())),
            )
        )
    return MlflowRegistry(
        path=path,
        models=found,
        runs=_locations(tables.rows("runs"), "run_uuid", "artifact_uri"),
        logged_models=_locations(tables.rows("logged_models"), "model_id", "artifact_location"),
    )


def _versions(path: Path, rows: Sequence[Row], tags: Sequence[Row]) -> Sequence[MlflowVersion]:
    tags_of: dict[int, list[Row]] = {}
    for tag in tags:
        tags_of.setdefault(_number(path, tag), []).append(tag)
    made = [_version(_number(path, row), row, tags_of) for row in rows]
    return sorted(made, key=lambda version: version.number)


def _version(number: int, row: Row, tags_of: Mapping[int, Sequence[Row]]) -> MlflowVersion:
    source = _text(row, "source") or ""
    return MlflowVersion(
        number=number,
        created_at=_moment(row, "creation_time"),
        updated_at=_moment(row, "last_updated_time"),
        description=_text(row, "description"),
        user=_text(row, "user_id"),
        stage=_text(row, "current_stage") or "None",
        source=source,
        location=_text(row, "storage_location") or source,
        run_id=_text(row, "run_id"),
        status=_text(row, "status") or "READY",
        tags=_tags(tags_of.get(number, ())),
    )


def _by_model(rows: Sequence[Row]) -> dict[tuple[str, str], list[Row]]:
    found: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        found.setdefault(_key(row), []).append(row)
    return found


def _key(row: Row) -> tuple[str, str]:
    return str(row.get("workspace") or "default"), str(row["name"])


def _tags(rows: Sequence[Row]) -> dict[str, str]:
    return {str(row["key"]): str(row["value"] or "") for row in rows}


def _locations(rows: Sequence[Row], key: str, value: str) -> dict[str, str]:
    return {str(row.get(key)): str(row.get(value)) for row in rows if row.get(value)}


def _number(path: Path, row: Row) -> int:
    number = row["version"]
    if type(number) is not int or number < 0:
        problem = f"has a version {number!r:.40} of {row['name']!r:.80} that is no number"
        raise ImportSourceError(str(path), problem, _NOT_MLFLOW)
    return number


def _text(row: Row, column: str) -> str | None:
    value = row.get(column)
    return None if value is None or value == "" else str(value)


def _moment(row: Row, column: str) -> datetime | None:
    milliseconds = row.get(column)
    if type(milliseconds) is not int:
        return None
    try:
        return _EPOCH + timedelta(milliseconds=milliseconds)
    except OverflowError:
        return None
