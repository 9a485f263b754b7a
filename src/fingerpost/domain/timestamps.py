"""How moments are written for programs."""

from datetime import UTC, datetime


def timestamp(moment: datetime) -> str:
    """Return a moment as text: UTC, with microseconds, and with ``Z`` at the end.

    All such texts of four-digit years have the same length, and sort as the moments do.

    Args:
        moment: it has a time zone.

    *Source*: RFC 3339.
    """
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
