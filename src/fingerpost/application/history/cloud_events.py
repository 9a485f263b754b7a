"""CloudEvents: the one envelope in which anything that happened is told to others.

*Source*: CloudEvents 1.0.2, JSON event format, and its extension ``sequence``.
"""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from fingerpost.domain.metadata.metadata import JsonObject, JsonValue

TYPE_PREFIX: Final = "fingerpost."
"""Before what happened, in ``type``."""


def cloud_event(
    data: JsonObject,
    *,
    id: str,
    source_id: UUID,
    kind: str,
    subject: str,
    time: str,
    position: int,
    **extensions: JsonValue,
) -> JsonObject:
    """Return a CloudEvent as JSON.

    Args:
        data: what is told.
        id: with the source unique, and the same whenever it is told.
        source_id: identity of the store.
        kind: what happened, such as ``artifact.alias_added``.
        subject: what it happened to.
        time: when, ISO 8601 in UTC.
        position: place in the ledger.
        extensions: further attributes; names are lower-case letters and digits, at most 20.
    """
    return {
        "specversion": "1.0",
        "id": id,
        "source": source_id.urn,
        "type": f"{TYPE_PREFIX}{kind}",
        "subject": subject,
        "time": time,
        "datacontenttype": "application/json",
        # As text of one length, so that it can be compared as text.
        "sequence": f"{position:020}",
        **extensions,
        "data": data,
    }


def timestamp(moment: datetime) -> str:
    """Return a time as CloudEvents have it. *Source*: RFC 3339."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
