"""The kinds of commands, under the names that the ledger stores."""

from enum import StrEnum


class Subject(StrEnum):
    """The kind of a command.

    The value is stored with each command that has a key, and compared when the key is used again.
    Never change a value: modules can be renamed, stored names cannot.
    """

    ALIASES = "aliases"
    APPROVALS = "approvals"
    AUTOMATION_LETTERS = "automation_letters"
    AUTOMATION_SECRETS = "automation_secrets"
    AUTOMATIONS = "automations"
    COLLECTION_EDITS = "collection_edits"
    COLLECTION_NAMES = "collection_names"
    EDITS = "edits"
    EMPTY_COLLECTIONS = "empty_collections"
    EXPIRY = "expiry"
    GARBAGE = "garbage"
    LINKS = "links"
    MEMBERS = "members"
    ORGANIZATIONS = "organizations"
    REGISTRIES = "registries"
    ROLLBACKS = "rollbacks"
    RUNS = "runs"
    TEAMS = "teams"
    VERSIONS = "versions"
