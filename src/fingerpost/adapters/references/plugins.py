"""Resolvers that other distributions bring: the entry point group ``fingerpost.references``."""

from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Final, cast

from fingerpost.application.ports.references import ReferenceResolver
from fingerpost.domain.errors import InvalidValueError, PluginError

GROUP: Final = "fingerpost.references"

_METHODS: Final = ("handles", "resolve", "open", "observe")


def find_installed(scheme: str, uri: str) -> ReferenceResolver | None:
    """Return the first installed resolver that knows a URI, by the names of their entry points.

    Raises:
        PluginError: none knows it, and one cannot be loaded or is no resolver: it might have.
    """
    found = _installed()
    for each in found:
        if not isinstance(each, PluginError) and scheme in each.schemes and each.handles(uri):
            return each
    for each in found:
        if isinstance(each, PluginError):
            raise each
    return None


def checked(resolver: object) -> ReferenceResolver:
    """Return a resolver that a program hands in.

    Raises:
        InvalidValueError: it is none (a ``ValueError``).
    """
    problem = _problem_of(resolver)
    if problem is not None:
        remedy = "See fingerpost.application.ports.references.ReferenceResolver for what one has."
        raise InvalidValueError("resolver", resolver, problem, remedy)
    return cast("ReferenceResolver", resolver)


@cache
def _installed() -> tuple[ReferenceResolver | PluginError, ...]:
    # Looked for once in a process, when a URI is seen that nothing else knows.
    points = sorted(entry_points(group=GROUP), key=lambda point: point.name)
    return tuple(_loaded(point) for point in points)


def _loaded(point: EntryPoint) -> ReferenceResolver | PluginError:
    try:
        found = point.load()
        is_factory = isinstance(found, type) or not hasattr(found, "resolve")
        resolver = found() if is_factory else found
        problem = _problem_of(resolver)
    except Exception as error:  # noqa: BLE001 - whatever importing somebody's module raises
        return _broken(point, f"{type(error).__name__}: {error}")
    if problem is not None:
        return _broken(point, f"it gives no resolver: {problem}")
    return cast("ReferenceResolver", resolver)


def _broken(point: EntryPoint, problem: str) -> PluginError:
    dist = point.dist
    where = f"{dist.name} {dist.version}" if dist else "an unknown distribution"
    return PluginError(f"{GROUP}: {point.name} = {point.value}", where, problem)


def _problem_of(resolver: object) -> str | None:
    if isinstance(resolver, type):
        return "it has to be an object, not its class"
    if not all(callable(getattr(resolver, name, None)) for name in _METHODS):
        return f"it has to have the methods {', '.join(_METHODS)}"
    if not isinstance(getattr(resolver, "is_local", None), bool):
        return "its is_local has to be True or False"
    schemes = getattr(resolver, "schemes", None)
    if not isinstance(schemes, frozenset | set) or not schemes:
        return "its schemes have to be a set of text"
    if any(not isinstance(name, str) or name != name.lower() or ":" in name for name in schemes):
        return "its schemes have to be in lower case, without '://'"
    return None
