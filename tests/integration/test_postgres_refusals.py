"""What is wrong with a PostgreSQL is said, with what to do, and without the password."""

from contextlib import closing
from uuid import uuid4

import psycopg
import pytest

from fingerpost.adapters.event_store.postgres import PostgresAddress, PostgresEventStore
from fingerpost.adapters.event_store.postgres.schema import LEDGER_VERSION
from fingerpost.adapters.read_tables import SCHEMA_VERSION
from fingerpost.domain.errors import (
    StoreFormatError,
    StoreNotFoundError,
    StoreUnavailableError,
)
from fingerpost.testing.history import History, eventful
from servers.postgres import LocalPostgres, schema_of

SECRET = "s3cr:t/%"
QUOTED = "s3cr%3At%2F%25"


def refusal(url, error=StoreUnavailableError, **options):
    with pytest.raises(error) as caught:
        PostgresEventStore(url, **options)
    seen, said = caught.value, ""
    while seen is not None:
        said += f"{seen} {seen!r} {vars(seen)}"
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)
    assert SECRET not in said
    assert QUOTED not in said
    return str(caught.value)


@pytest.fixture
def role(postgres_server):
    """Return how to make a role with options."""
    made = []

    def make(options):
        made.append(f"r{uuid4().hex[:12]}")
        with postgres_server.connect() as connection:
            connection.execute(f"CREATE ROLE {made[-1]} LOGIN PASSWORD '{SECRET}' {options}")
        return made[-1]

    yield make
    with postgres_server.connect() as connection:
        for name in made:
            connection.execute(f"DROP OWNED BY {name}")
            connection.execute(f"DROP ROLE {name}")


def as_role(url, role):
    head, _, tail = url.partition("://")
    return f"{head}://{role}:{QUOTED}@{tail.partition('@')[2]}"


def test_a_server_that_is_not_there():
    said = refusal(f"postgresql://me:{QUOTED}@127.0.0.1:1/db")
    assert "Connection refused" in said
    assert "Check that the server runs, and its host and port" in said
    assert "postgresql://me@127.0.0.1:1/db" in said


def test_a_host_that_there_is_not():
    said = refusal(f"postgresql://me:{QUOTED}@no-such-host.invalid/db")
    assert "Check the name of the host" in said


def test_a_database_that_there_is_not(postgres_server):
    url = postgres_server.url.replace("/postgres?", "/missing?")
    said = refusal(url)
    assert '"missing" does not exist' in said
    assert "CREATE DATABASE" in said


def test_a_user_that_there_is_not(postgres_server):
    said = refusal(postgres_server.url.replace("postgres@", f"nobody:{QUOTED}@"))
    assert 'role "nobody" does not exist' in said
    assert "Create the role" in said


def test_a_wrong_password():
    with LocalPostgres() as server:
        hba = server.folder / "data" / "pg_hba.conf"
        hba.write_text("local all postgres trust\nlocal all all scram-sha-256\n")
        server.start()
        with psycopg.connect(server.url, autocommit=True) as connection:
            connection.execute("CREATE ROLE me LOGIN PASSWORD 'another'")
        said = refusal(as_role(server.url, "me"))
        assert 'password authentication failed for user "me"' in said
        assert "PGPASSWORD or in ~/.pgpass" in said


def test_a_user_who_may_not_make_a_schema(postgres_url, role):
    said = refusal(as_role(postgres_url, role("")))
    assert "permission denied for database" in said
    assert "CREATE on the database" in said


def test_a_user_who_may_not_use_the_schema(postgres_url, role):
    PostgresEventStore(postgres_url).close()
    said = refusal(as_role(postgres_url, role("")))
    assert "permission denied for schema" in said
    assert "Ask the owner" in said


def test_too_many_connections(postgres_url, role):
    said = refusal(as_role(postgres_url, role("CONNECTION LIMIT 0")))
    assert "too many connections" in said
    assert "max_connections" in said


def test_a_server_that_only_reads_is_read_and_says_so_when_it_is_written_to(
    postgres_server, postgres_url, role
):
    history = eventful()
    with closing(PostgresEventStore(postgres_url)) as store:
        store.append(history.events)
    reader, schema = role(""), schema_of(postgres_url)
    with postgres_server.connect() as connection:
        connection.execute(f"ALTER ROLE {reader} SET default_transaction_read_only = on")
        connection.execute(f"GRANT USAGE ON SCHEMA {schema} TO {reader}")
        connection.execute(f"GRANT ALL ON ALL TABLES IN SCHEMA {schema} TO {reader}")
    with closing(PostgresEventStore(as_role(postgres_url, reader))) as store:
        assert [each.event for each in store.events()] == history.events
        with pytest.raises(StoreUnavailableError, match="Name the primary") as caught:
            store.append(History().claims("name", 1))
    assert "read-only transaction" in str(caught.value)


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("mysql://u@h/db", "begins with neither of postgresql, postgres"),
        (f"postgresql://u:{QUOTED}@h/db?schema=Caps", "the schema 'Caps' is not"),
        (f"postgresql://u:{QUOTED}@h/db?schema=pg_own", "the schema 'pg_own' is not"),
        (f"postgresql://u:{QUOTED}@h/db?schema=", "the schema '' is not"),
        (f"postgresql://u:{QUOTED}@h/db#x", "has to be written as '%23'"),
        (f"postgresql://u:{QUOTED}@[::1/db", "cannot be read"),
        (f"postgresql://u:{QUOTED}@h:99999/db", "99999"),
        (f"postgresql://u:{SECRET}@h/db", "its port or its database is none"),
        (f"postgresql://u:?{SECRET}@h/db", "its parameters are not NAME=VALUE"),
        (f"postgresql://u:{QUOTED}@h/db?frobnicate=1", "frobnicate"),
    ],
)
def test_a_url_that_is_none(url, problem):
    assert problem in refusal(url)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        (f"postgres://u:{QUOTED}@h:1/db", "postgresql://u@h:1/db"),
        (f"postgresql://h/db?user=u&password={QUOTED}", "postgresql://h/db?user=u"),
        ("postgresql:///db?host=/run/pg&schema=s", "postgresql:///db?host=/run/pg&schema=s"),
        ("postgresql://u%40x@h1:1,h2:2/db", "postgresql://u%40x@h1:1,h2:2/db"),
    ],
)
def test_a_location_is_the_url_without_the_password(url, shown):
    address = PostgresAddress.parse(url)
    assert address.shown == shown
    assert SECRET not in repr(address)
    assert QUOTED not in repr(address)
    assert address.without_secrets(f"a{SECRET}b{QUOTED}").count("***") == url.count(QUOTED) * 2


def test_a_store_that_there_is_not_is_made_only_when_asked_for(postgres_server, postgres_url):
    said = refusal(postgres_url, StoreNotFoundError, create=False)
    assert schema_of(postgres_url) in said
    with postgres_server.connect() as connection:
        found = connection.execute(
            "SELECT 1 FROM pg_namespace WHERE nspname=%s", [schema_of(postgres_url)]
        ).fetchall()
    assert found == []


def test_a_schema_with_something_else_in_it_is_left_alone(postgres_server, postgres_url):
    with postgres_server.connect() as connection:
        connection.execute(f"CREATE SCHEMA {schema_of(postgres_url)}")
        connection.execute(f"CREATE TABLE {schema_of(postgres_url)}.events (name TEXT)")
    said = refusal(postgres_url, StoreFormatError)
    assert "has 'events' in it" in said
    assert "?schema=NAME" in said


def test_an_empty_schema_that_somebody_made_is_used(postgres_server, postgres_url, role):
    name = role("")
    with postgres_server.connect() as connection:
        connection.execute(f"CREATE SCHEMA {schema_of(postgres_url)} AUTHORIZATION {name}")
    with closing(PostgresEventStore(as_role(postgres_url, name))) as store:
        assert store.append(History().claims("name", 1)) == 1


@pytest.mark.parametrize(
    ("fact", "known"), [("ledger_version", LEDGER_VERSION), ("tables_version", SCHEMA_VERSION)]
)
def test_a_store_of_a_newer_fingerpost_is_refused(postgres_server, postgres_url, fact, known):
    PostgresEventStore(postgres_url).close()
    set_fact(postgres_server, postgres_url, fact, known + 1)
    said = refusal(postgres_url, StoreFormatError)
    assert f"is {known + 1}, and {known} is known. Upgrade Fingerpost." in said


def test_read_tables_of_an_older_fingerpost_are_made_again(postgres_server, postgres_url):
    history = eventful()
    with closing(PostgresEventStore(postgres_url)) as store:
        store.append(history.events)
    schema = schema_of(postgres_url)
    with postgres_server.connect() as connection:
        connection.execute(f"DROP TABLE {schema}.versions")
        connection.execute(f"ALTER TABLE {schema}.aliases DROP COLUMN idx")
    set_fact(postgres_server, postgres_url, "tables_version", SCHEMA_VERSION - 1)
    with closing(PostgresEventStore(postgres_url)) as store:
        assert store.differing_tables() == []
        assert [each.event for each in store.events()] == history.events


def set_fact(server, url, name, value):
    with server.connect() as connection:
        connection.execute(
            f"UPDATE {schema_of(url)}.fingerpost_meta SET value=%s WHERE name=%s",
            [str(value), name],
        )


def test_a_closed_store_says_so(postgres_url):
    store = PostgresEventStore(postgres_url)
    store.close()
    with pytest.raises(StoreUnavailableError, match="open it again"):
        store.events()


def test_a_writer_that_waits_in_vain_for_another_one(postgres_server, postgres_url):
    history = History()
    with closing(PostgresEventStore(postgres_url)) as store:
        with store._datastore.statement() as cursor:
            cursor.execute("SET lock_timeout = '100ms'")
        with postgres_server.connect() as other, other.transaction():
            other.execute(f"LOCK TABLE {schema_of(postgres_url)}.events IN EXCLUSIVE MODE")
            with pytest.raises(StoreUnavailableError, match="Another process has been writing"):
                store.append(history.claims("name", 1))
            # Readers wait for nobody.
            assert list(store.events()) == []
        assert store.append(history.events) == 1


def test_a_recorder_swallows_no_condition_that_it_does_not_know(postgres_url):
    with (
        closing(PostgresEventStore(postgres_url)) as store,
        pytest.raises(TypeError, match="fence"),
    ):
        store._recorder.insert_events([], fence=[])


@pytest.mark.parametrize("setting", ["off", "on", "local"])
def test_what_is_acknowledged_is_on_the_disk_whatever_the_servers_default_is(
    postgres_server, postgres_url, role, setting
):
    name = role("SUPERUSER")
    with postgres_server.connect() as connection:
        connection.execute(f"ALTER ROLE {name} SET synchronous_commit = {setting}")
    url = as_role(postgres_url, name)
    with closing(PostgresEventStore(url)) as store, store._datastore.statement() as cursor:
        cursor.execute("SELECT current_setting('synchronous_commit')")
        assert cursor.fetchone()[0] == ("on" if setting == "off" else setting)
    with postgres_server.connect() as connection:
        connection.execute(f"REASSIGN OWNED BY {name} TO CURRENT_USER")
