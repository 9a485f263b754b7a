"""Tables that follow from the events, and can be made again from them at any time.

Identities are 32 hex digits, moments are microseconds since 1970 UTC, metadata is JSON text.
"""

from typing import Final

from .cursor import Cursor
from .search.grams import clear_grams, create_grams, drop_grams

SCHEMA_VERSION: Final = 6
"""Raised with every change below; a store with an older number is rebuilt when it is opened."""

TABLES: Final = {
    "organizations": """(
        id TEXT PRIMARY KEY, position INTEGER NOT NULL, name TEXT NOT NULL,
        entity_name TEXT NOT NULL, default_role TEXT)""",
    "entities": """(
        id TEXT PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL UNIQUE,
        organization_id TEXT, owner TEXT, default_ttl_s INTEGER)""",
    "registries": """(
        id TEXT PRIMARY KEY, organization_id TEXT NOT NULL, name TEXT NOT NULL,
        name_key TEXT NOT NULL, description TEXT, visibility TEXT NOT NULL,
        created_at INTEGER NOT NULL, created_by TEXT NOT NULL, updated_at INTEGER NOT NULL,
        position INTEGER NOT NULL, is_deleted INTEGER NOT NULL,
        requires_reasons INTEGER NOT NULL DEFAULT 0)""",
    "registry_types": """(
        registry_id TEXT NOT NULL, type TEXT NOT NULL, PRIMARY KEY (registry_id, type))""",
    "protected_aliases": """(
        registry_id TEXT NOT NULL, alias TEXT NOT NULL, PRIMARY KEY (registry_id, alias))""",
    "required_approvals": """(
        registry_id TEXT NOT NULL, alias TEXT NOT NULL, count INTEGER NOT NULL,
        PRIMARY KEY (registry_id, alias))""",
    "members": """(
        scope_id TEXT NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL, team_id TEXT,
        role TEXT NOT NULL, since INTEGER NOT NULL, added_by TEXT NOT NULL)""",
    "approvals": """(
        collection_id TEXT NOT NULL, idx INTEGER NOT NULL, alias TEXT NOT NULL,
        actor TEXT NOT NULL, position INTEGER NOT NULL, manifest TEXT NOT NULL,
        at INTEGER NOT NULL, reason TEXT, PRIMARY KEY (collection_id, idx, alias, actor))""",
    "collections": """(
        id TEXT PRIMARY KEY, kind TEXT NOT NULL, home_id TEXT NOT NULL, project TEXT NOT NULL,
        name TEXT NOT NULL, type TEXT NOT NULL, description TEXT, created_at INTEGER NOT NULL,
        created_by TEXT NOT NULL, updated_at INTEGER NOT NULL, position INTEGER NOT NULL,
        is_deleted INTEGER NOT NULL)""",
    "collection_tags": """(
        collection_id TEXT NOT NULL, tag TEXT NOT NULL, PRIMARY KEY (collection_id, tag))""",
    "versions": """(
        collection_id TEXT NOT NULL, idx INTEGER NOT NULL, position INTEGER NOT NULL,
        digest TEXT, manifest TEXT,
        size_bytes INTEGER, file_count INTEGER, description TEXT, metadata TEXT,
        source_collection_id TEXT, source_idx INTEGER, base_collection_id TEXT, base_idx INTEGER,
        ttl_inherits INTEGER NOT NULL DEFAULT 1, ttl_s INTEGER, run_id TEXT, origin TEXT,
        origin_key TEXT, created_at INTEGER NOT NULL, created_by TEXT NOT NULL,
        updated_at INTEGER NOT NULL, is_deleted INTEGER NOT NULL,
        PRIMARY KEY (collection_id, idx))""",
    "version_tags": """(
        collection_id TEXT NOT NULL, idx INTEGER NOT NULL, tag TEXT NOT NULL,
        PRIMARY KEY (collection_id, idx, tag))""",
    "aliases": """(
        collection_id TEXT NOT NULL, alias TEXT NOT NULL, idx INTEGER NOT NULL,
        PRIMARY KEY (collection_id, alias))""",
    "alias_history": """(
        position INTEGER PRIMARY KEY, collection_id TEXT NOT NULL, alias TEXT NOT NULL,
        from_idx INTEGER, to_idx INTEGER, actor TEXT NOT NULL, at INTEGER NOT NULL, reason TEXT,
        run_id TEXT, policy_version INTEGER, effective_at INTEGER NOT NULL,
        approved_by TEXT NOT NULL, event_version INTEGER NOT NULL, undoes INTEGER,
        command_id TEXT)""",
    "policy_history": """(
        scope_id TEXT NOT NULL, position INTEGER NOT NULL, at INTEGER NOT NULL,
        actor TEXT NOT NULL, reason TEXT, what TEXT NOT NULL, facts TEXT NOT NULL,
        PRIMARY KEY (scope_id, position))""",
    "runs": """(
        id TEXT PRIMARY KEY, entity_id TEXT NOT NULL, project TEXT NOT NULL, name TEXT NOT NULL,
        job_type TEXT, actor TEXT NOT NULL, started_at INTEGER NOT NULL, finished_at INTEGER,
        exit_code INTEGER, position INTEGER NOT NULL)""",
    "run_artifacts": """(
        run_id TEXT NOT NULL, direction TEXT NOT NULL, collection_id TEXT NOT NULL,
        idx INTEGER NOT NULL, position INTEGER NOT NULL, step INTEGER,
        PRIMARY KEY (run_id, direction, collection_id, idx))""",
    "run_metrics": """(
        run_id TEXT NOT NULL, step INTEGER NOT NULL, metrics TEXT NOT NULL,
        PRIMARY KEY (run_id, step))""",
    "denials": """(
        position INTEGER PRIMARY KEY, scope_id TEXT NOT NULL, actor TEXT NOT NULL,
        action TEXT NOT NULL, target TEXT NOT NULL, role TEXT, required TEXT NOT NULL,
        at INTEGER NOT NULL)""",
    "search_items": """(
        id INTEGER PRIMARY KEY, kind TEXT NOT NULL, home_id TEXT NOT NULL, owner_id TEXT NOT NULL,
        idx INTEGER NOT NULL)""",
    "search_words": """(
        id INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE, folded TEXT NOT NULL)""",
    "search_texts": """(
        item INTEGER NOT NULL, field TEXT NOT NULL, part TEXT NOT NULL, word INTEGER NOT NULL,
        PRIMARY KEY (item, field, part)) WITHOUT ROWID""",
    "automations": """(
        id TEXT PRIMARY KEY, position INTEGER NOT NULL, scope_kind TEXT NOT NULL,
        scope_id TEXT NOT NULL, project TEXT NOT NULL, name TEXT NOT NULL,
        trigger_kind TEXT NOT NULL, alias TEXT, alias_pattern TEXT, tag TEXT, tag_pattern TEXT,
        action TEXT NOT NULL, description TEXT, is_enabled INTEGER NOT NULL,
        is_deleted INTEGER NOT NULL, since INTEGER NOT NULL, created_at INTEGER NOT NULL,
        created_by TEXT NOT NULL)""",
    "secrets": """(
        owner_id TEXT NOT NULL, name TEXT NOT NULL, id TEXT NOT NULL, set_at INTEGER NOT NULL,
        set_by TEXT NOT NULL, PRIMARY KEY (owner_id, name))""",
}
"""Table → columns and constraints."""

_INDEXES: Final = {
    "teams_by_organization": "entities (organization_id, name)",
    "collections_by_tag": "collection_tags (tag, collection_id)",
    "versions_by_origin": "versions (collection_id, origin_key) WHERE origin_key IS NOT NULL",
    "links_by_source": "versions (source_collection_id, source_idx)",
    "aliases_by_version": "aliases (collection_id, idx)",
    "history_by_alias": "alias_history (collection_id, alias, position)",
    "history_by_moment": "alias_history (collection_id, effective_at, position)",
    "uses_by_version": "run_artifacts (collection_id, idx, direction, position)",
    "artifacts_by_run": "run_artifacts (run_id, direction, position)",
    "runs_by_project": "runs (entity_id, project, position)",
    "versions_by_tag": "version_tags (tag, collection_id, idx)",
    "versions_by_alias": "aliases (alias, collection_id, idx)",
    "texts_by_word": "search_texts (word, item, field)",
    "collections_by_type": "collections (home_id, project, type, position) WHERE is_deleted=0",
}


_UNIQUE_INDEXES: Final = {
    # A deleted collection keeps its row, for its history, and not its name.
    "registry_names": "registries (organization_id, name_key) WHERE is_deleted=0",
    "actors_of_scopes": "members (scope_id, name) WHERE team_id IS NULL",
    "teams_of_scopes": "members (scope_id, team_id) WHERE team_id IS NOT NULL",
    "history_by_event": "alias_history (collection_id, event_version)",
    "version_positions": "versions (position)",
    "collection_positions": "collections (position)",
    "search_owners": "search_items (owner_id, idx)",
    "collection_names": "collections (home_id, project, name) WHERE is_deleted=0",
}


def create_tables(cursor: Cursor) -> None:
    """Create what is not there yet."""
    for table, columns in TABLES.items():
        cursor.execute(f"CREATE TABLE IF NOT EXISTS {table} {columns}")
    for index, columns in _INDEXES.items():
        cursor.execute(f"CREATE INDEX IF NOT EXISTS {index} ON {columns}")
    for index, columns in _UNIQUE_INDEXES.items():
        cursor.execute(f"CREATE UNIQUE INDEX IF NOT EXISTS {index} ON {columns}")
    create_grams(cursor)


def drop_tables(cursor: Cursor) -> None:
    """Drop all read tables, and with them their indexes."""
    drop_grams(cursor)
    for table in TABLES:
        cursor.execute(f"DROP TABLE IF EXISTS {table}")


def clear_tables(cursor: Cursor) -> None:
    """Empty all read tables, and leave them there for whoever is reading."""
    for table in TABLES:
        cursor.execute(f"DELETE FROM {table}")
    clear_grams(cursor)


def has_table(cursor: Cursor, name: str) -> bool:
    """Whether there is a table of that name."""
    cursor.execute("SELECT 1 FROM sqlite_master WHERE type='table' AND name=?", (name,))
    return cursor.fetchone() is not None
