"""Where a ledger in PostgreSQL is: a URL, and the schema in the database."""

import re
from typing import Final
from urllib.parse import quote, unquote, urlsplit

from attrs import field, frozen

from fingerpost.domain.errors import StoreUnavailableError

SCHEMES: Final = ("postgresql", "postgres")
DEFAULT_SCHEMA: Final = "fingerpost"

_SCHEMA: Final = re.compile(r"[a-z_][a-z0-9_]{0,62}")
_HOST: Final = re.compile(r"(\[[^\]@]+\]|[^:\[\]@]*)(:\d+)?")
_SECRET: Final = frozenset({"password", "sslpassword", "passfile"})
_HIDDEN: Final = "***"


def is_postgres(location: str) -> bool:
    """Whether a location is the URL of a PostgreSQL database."""
    return location.partition("://")[0] in SCHEMES and "://" in location


@frozen
class PostgresAddress:
    """A database and a schema in it.

    Attributes:
        shown: the URL without what is secret, for people.
        schema: name of the schema.
        conninfo: the URL as libpq takes it.
        secrets: what must not be shown.
    """

    shown: str
    schema: str
    conninfo: str = field(repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)

    @classmethod
    def parse(cls, url: str) -> "PostgresAddress":
        """Return what a URL names.

        *Source*: PostgreSQL's manual, *Connection URIs*; ``schema`` is a parameter of ours.

        Raises:
            StoreUnavailableError: it is no URL of a PostgreSQL database.
        """
        try:
            parts = urlsplit(url)
            pairs = _pairs(parts.query)
            user, password = parts.username, parts.password
        except ValueError:
            raise _invalid("it cannot be read") from None
        if parts.scheme not in SCHEMES:
            raise _invalid("it begins with neither of " + ", ".join(SCHEMES))
        if parts.fragment:
            raise _invalid("a '#' in it has to be written as '%23'")
        hosts = parts.netloc.rpartition("@")[2]
        # A password that is not encoded ends up here, or behind the '/': not to be shown.
        if not all(map(_HOST.fullmatch, hosts.split(","))) or "@" in parts.path:
            raise _invalid("its host, its port or its database is none")
        given = dict(pairs)
        schema = given.get("schema", DEFAULT_SCHEMA)
        if not _SCHEMA.fullmatch(schema) or schema.startswith("pg_"):
            raise _invalid(
                f"the schema {schema!r} is not lower-case letters, digits and '_', 63 at most"
            )
        kept = [(name, value) for name, value in pairs if name != "schema"]
        plain = [(name, value) for name, value in pairs if name not in _SECRET]
        secrets = {password, *(value for name, value in kept if name in _SECRET)}
        netloc = f"{quote(unquote(user))}@{hosts}" if user else hosts
        return cls(
            shown=f"postgresql://{netloc}{parts.path}{_query(plain)}",
            schema=schema,
            conninfo=f"postgresql://{parts.netloc}{parts.path}{_query(kept)}",
            secrets=tuple(each for one in secrets if one for each in _spellings(one)),
        )

    def without_secrets(self, text: str) -> str:
        """Return a text with nothing in it that is secret."""
        for secret in sorted(self.secrets, key=len, reverse=True):
            text = text.replace(secret, _HIDDEN)
        return text


def _spellings(secret: str) -> set[str]:
    plain = unquote(secret)
    return {secret, plain, quote(plain), quote(plain, safe="")}


def _pairs(query: str) -> list[tuple[str, str]]:
    # As libpq reads them: a '+' is a '+'.
    found = [each.partition("=") for each in query.split("&") if each]
    if not all(is_pair for _, is_pair, _ in found):
        raise _invalid("its parameters are not NAME=VALUE")
    return [(unquote(name), unquote(value)) for name, _, value in found]


def _query(pairs: list[tuple[str, str]]) -> str:
    said = "&".join(f"{quote(name)}={quote(value, safe='/:')}" for name, value in pairs)
    return f"?{said}" if said else ""


def _invalid(problem: str) -> StoreUnavailableError:
    # Not what was given: there may be a password in it.
    return StoreUnavailableError(
        "postgresql://…",
        f"that is no URL of a PostgreSQL database: {problem}",
        "Write postgresql://USER@HOST:PORT/DATABASE; a password has its special characters "
        "percent-encoded, or is in ~/.pgpass or PGPASSWORD.",
    )
