"""Nobody above the use cases asks the read tables: a use case looks at the actor's role first.

The library's objects, the command line and the wiring of a store are read as text, so that a new
module is looked at without being listed here.
"""

import ast
import inspect
from pathlib import Path

import pytest

import fingerpost
from fingerpost.application.access import lookup
from fingerpost.application.ports.queries import Queries

ROOT = Path(fingerpost.__file__).parent
ASKED = {name for name, _ in inspect.getmembers(Queries, inspect.isfunction) if name[0] != "_"}

BELOW_ROLES = {
    "bootstrap/content.py": "reads the default organization's identity, which marks content",
    "bootstrap/shared.py": "passes the read tables on to bootstrap/content.py",
    "bootstrap/plugins.py": "names the attributes that an event store of a plug-in needs",
    "bootstrap/migration.py": "likewise",
    "bootstrap/folder.py": "likewise, and sees whether a new store was founded",
    "bootstrap/store.py": "rebuilds the read tables from the ledger, and shows nobody anything",
    "bootstrap/bundles.py": "sees whether automations came with a bundle, to skip what is past",
    "bootstrap/followed_ledger.py": "the ledger itself: those who hold the store need no role",
    "bootstrap/ledger_event.py": "names the collection of an event that was handed out already",
}
"""Files that ask without a role, and why they may."""

MODULES = sorted(
    path.relative_to(ROOT).as_posix()
    for folder in ("sdk", "cli", "bootstrap")
    for path in (ROOT / folder).rglob("*.py")
)


def asks(path):
    """Return the lines of a module that get at the read tables."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return [f"{path}:{node.lineno}" for node in ast.walk(tree) if is_asking(node)]


def is_asking(node):
    match node:
        case ast.Attribute(attr="queries" | "_queries"):
            return True
        case ast.Attribute(attr=str(name), value=ast.Attribute(attr="lookup")):
            return name in TAKING_QUERIES
        case ast.Attribute(attr="events", value=ast.Attribute(attr="store")):
            return True
        case ast.Constant(value="queries"):  # getattr(store, "queries")
            return True
        case ast.ImportFrom(module=str(module)):
            names = {alias.name for alias in node.names}
            return module.endswith("_queries") or bool(names & TAKING_QUERIES)
    return False


TAKING_QUERIES = {"Queries", "SqlQueries", "queries"} | {
    name
    for name, function in inspect.getmembers(lookup, inspect.isfunction)
    if "queries" in inspect.signature(function).parameters
}
"""What needs the read tables to be handed in, and the port itself."""


@pytest.mark.parametrize("path", [path for path in MODULES if path not in BELOW_ROLES])
def test_no_module_above_the_use_cases_asks_the_read_tables(path):
    assert asks(path) == []


@pytest.mark.parametrize("path", BELOW_ROLES)
def test_a_module_with_a_reason_to_ask_does_ask(path):
    assert path.startswith("bootstrap/")
    assert asks(path)


def test_a_call_would_be_seen():
    assert {"version", "aliases", "members", "snapshot"} <= ASKED
    for text in (
        "session.queries.version(ref)",
        "self._workspace.opened.store.queries",
        "getattr(store, 'queries')",
        "from fingerpost.application.ports.queries import Queries",
        "from fingerpost.application.access.lookup import registry_named",
        "application.access.lookup.registry_named(found, name, None)",
    ):
        assert any(map(is_asking, ast.walk(ast.parse(text)))), text
