"""Gathers what of the package is public, and what can be reached from there."""

from types import FunctionType

import annotations_as_written as written
import fingerpost
from described_things import about, functions_of, has_fields, members_of
from fingerpost import automations, errors, imports, testing, verifier
from fingerpost.testing import strategies

PARTS = {"AutomationsState", "DownloadCache", "NoCache", "Resolvers", "StagingArea", "Store"}
"""Parts of the package that public objects hold for the package itself."""


def described():
    """Return the lines of the description."""
    return _gathered().lines


def classes():
    """Return the public classes, and those that can be reached from them."""
    return set(_gathered().classes)


def _gathered():
    surface = _Surface()
    for title, module, names in (
        ("fingerpost", fingerpost, fingerpost.__all__),
        ("fingerpost.errors", errors, errors.__all__),
        ("fingerpost.automations", automations, automations.__all__),
        ("fingerpost.imports", imports, imports.__all__),
        ("fingerpost.testing", testing, testing.__all__),
        ("fingerpost.testing.strategies", strategies, _own_names(strategies)),
        ("fingerpost.verifier", verifier, _own_names(verifier)),
    ):
        surface.add(title, {name: getattr(module, name) for name in sorted(names)})
    surface.add_reached()
    surface.add_aliases()
    return surface


def _own_names(module):
    """Return the public names that a module without ``__all__`` defines."""
    return [name for name in vars(module) if not name.startswith("_") and _is_own(module, name)]


def _is_own(module, name):
    home = getattr(getattr(module, name), "__module__", None)
    if isinstance(home, str):
        return home == module.__name__
    return (written.definition(module.__name__, name) or [None])[0] == module.__name__


class _Surface:
    def __init__(self):
        self.lines = []
        self.classes = set()
        self._mentioned = set()
        self._returned = set()

    def add(self, title, things):
        self.lines += [f"# {title}", ""]
        self.classes |= {thing for thing in things.values() if isinstance(thing, type)}
        for name, thing in things.items():
            self.lines += [*about(name, thing), ""]
            if not _is_for_tests(thing):
                self._note(thing)

    def _note(self, thing):
        for module, annotation, is_result in _annotations_of(thing):
            names = set(_names_in(module, annotation))
            self._mentioned |= names
            if is_result:
                self._returned |= names

    def add_reached(self):
        """Add the classes that public functions and attributes return."""
        self.lines += ["# returned by these, and importable from no public module", ""]
        reached = set()
        while more := self._classes_returned() - self.classes:
            self.classes |= more
            reached |= more
            for thing in more:
                self._note(thing)
        for thing in sorted(reached, key=lambda each: each.__name__):
            self.lines += [*about(thing.__name__, thing), ""]

    def _classes_returned(self):
        found = {
            written.class_named(module, name)
            for module, name in self._returned
            if name not in PARTS
        }
        return found - {None}

    def add_aliases(self):
        self.lines += ["# types that have a name", ""]
        found = {(name, written.alias(module, name)) for module, name in self._mentioned}
        self.lines += [f"{name} = {said}" for name, said in sorted(found, key=str) if said]


def _names_in(module, annotation):
    """Iterate over the names in an annotation and in the type aliases that it names."""
    for name in written.names_in(annotation):
        yield module, name
        said = written.alias(module, name)
        if said is not None and name not in written.names_in(said):
            yield from _names_in(written.definition(module, name)[0], said)


def _is_for_tests(thing):
    """Whether it is of ``fingerpost.testing``, whose suites and machines reach far inside."""
    return getattr(thing, "__module__", "").startswith(testing.__name__)


def _annotations_of(thing):
    """Iterate over the annotations of a thing: the module, the text, and whether it is a result."""
    if isinstance(thing, FunctionType):
        for name, annotation in written.of_function(thing).items():
            yield thing.__module__, annotation, name == "return"
    elif isinstance(thing, type) and written.is_ours(thing):
        for argument in written.arguments_of_bases(thing):
            yield thing.__module__, argument, True
        for name, annotation in written.of_class(thing).items():
            is_result = has_fields(thing) and not name.startswith("_")
            yield thing.__module__, annotation, is_result
        for _, member in members_of(thing):
            for each in functions_of(member):
                yield from _annotations_of(each)
