"""URLs of ledgers and content: their scheme, and showing them without what is secret."""


def scheme_of(location: str) -> str:
    """Return the scheme of a URL in small letters; empty for the path of a folder."""
    scheme, separator, _ = location.partition("://")
    return scheme.lower() if separator else ""


def masked(url: str) -> str:
    """Return a URL without what may be a password or a token."""
    scheme, _, rest = url.partition("://")
    before, at, after = rest.rpartition("@")
    shown = f"…@{after}" if at and before else after
    return f"{scheme}://{shown.partition('?')[0].partition('#')[0]}"
