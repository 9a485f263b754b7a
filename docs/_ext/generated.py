"""Write what is known of events, errors and commands from the code, so that it cannot fall behind.

A page asks for it with a line of its own: ``<!-- generated: events collection -->`` (the part of
the wire name before the dot), ``<!-- generated: errors NotFoundError -->`` (a family),
``<!-- generated: commands all -->`` ``<!-- generated: topic json -->`` or
``<!-- generated: variables all -->``.
"""

import builtins
import inspect
import re
from collections.abc import Iterator
from typing import Final

import attrs
import click
from sphinx.application import Sphinx

from fingerpost import errors
from fingerpost.domain.automation import VARIABLES
from fingerpost.domain.automation.facts import METADATA
from fingerpost.domain.events import EVENT_CLASSES, Event
from fingerpost.domain.metadata.metadata import JsonObject

_WANTED: Final = re.compile(
    r"^<!-- generated: (events|errors|commands|topic|variables) ([\w-]+) -->$", re.MULTILINE
)
_ROLE: Final = re.compile(r":\w+:`~?(?:[\w.]+\.)?(\w+)`")
_ATTRIBUTE: Final = re.compile(r"^    (\w+): (.*(?:\n {5,}.*)*)", re.MULTILINE)
_COMMON: Final = {
    "alias": "the alias",
    "collection_id": "the collection's stream",
    "description": "free text",
    "entity_id": "the entity that the run belongs to",
    "from_version": "index of the version that held it",
    "holder_id": "the stream of what had the name",
    "index": "N of `vN`",
    "job_type": "kind of step, such as `train`",
    "link_index": "N of `vN` in the registry collection",
    "metadata": "what somebody attached to the version",
    "name": "the name",
    "policy_version": "version of the registry's stream that this was decided against",
    "project": "the project",
    "registry_collection_id": "the registry collection's stream",
    "tag": "the tag",
    "type": "the artifact type",
    "visibility": "who sees it; always `organization` so far",
}
"""Meanings of fields that the classes do not explain, because their names do."""

_SHARED: Final = frozenset(attrs.fields_dict(Event))


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the extension."""
    app.connect("source-read", _fill_in)
    return {"parallel_read_safe": True}


def _fill_in(_app: Sphinx, _name: str, source: list[str]) -> None:
    source[0] = _WANTED.sub(lambda match: _table(match[1], match[2]), source[0])


def _table(kind: str, what: str) -> str:
    makers = {
        "events": _events,
        "errors": _errors,
        "commands": _commands,
        "topic": _topic,
        "variables": _variables,
    }
    text = "\n\n".join(makers[kind](what))
    if not text:
        raise ValueError(f"nothing to generate for {kind} {what}")
    return text


def _events(prefix: str) -> Iterator[str]:
    for wire_name, cls in EVENT_CLASSES.items():
        if wire_name.partition(".")[0] == prefix:
            yield f"### `{wire_name}`"
            yield f"{_prose(cls)} (`{cls.__name__}`, class version {cls.class_version})"
            yield _fields(cls, _SHARED)


def _errors(family: str) -> Iterator[str]:
    root = getattr(errors, family)
    yield f"{_prose(root)} Its own code is `{root.code}`."
    rows = [
        f"| `{cls.__name__}` | `{cls.code}` | {_builtins(cls)} | {_prose(cls)} | {_names(cls)} |"
        for cls in _classes(root)
    ]
    header = "| class | code | also | meaning | attributes |\n|---|---|---|---|---|"
    yield "\n".join([header, *rows])


def _commands(_: str) -> Iterator[str]:
    from fingerpost.cli.app import app  # noqa: PLC0415 - for this page alone

    yield from _command(app, "fingerpost", None)


def _command(command: click.Command, name: str, parent: click.Context | None) -> Iterator[str]:
    context = click.Context(command, parent, name, terminal_width=100, max_content_width=100)
    yield f"## {context.command_path}"
    yield f"```text\n{command.get_help(context)}\n```"
    if isinstance(command, click.Group):
        for each in command.list_commands(context):
            yield from _command(command.commands[each], each, context)


def _topic(name: str) -> Iterator[str]:
    from fingerpost.cli.commands.help import TOPICS  # noqa: PLC0415 - likewise

    yield f"```text\n{TOPICS[name].strip(chr(10))}\n```"


def _variables(_: str) -> Iterator[str]:
    yield "| variable | stands for |\n|---|---|\n" + "\n".join(
        [
            *(f"| `${{{name}}}` | {meaning} |" for name, meaning in VARIABLES.items()),
            f"| `${{{METADATA}KEY}}` | metadata by top-level key; alone it keeps its type |",
            "| `${ACCESS_TOKEN}` | the bearer token |",
            "| `${SECRET_NAME}` | the value of a secret |",
        ]
    )


def _classes(root: type[Exception]) -> Iterator[type[errors.FingerpostError]]:
    for name in sorted(errors.__all__):
        found = getattr(errors, name)
        if inspect.isclass(found) and issubclass(found, root) and found is not root:
            yield found


def _builtins(cls: type) -> str:
    plain = [base for base in cls.__mro__ if getattr(builtins, base.__name__, None) is base]
    telling = [base for base in plain if base not in {Exception, BaseException, object}]
    # A KeyError is a LookupError anyway: the most special ones say it all.
    special = [
        base
        for base in telling
        if not any(other is not base and issubclass(other, base) for other in telling)
    ]
    return ", ".join(f"`{base.__name__}`" for base in special) or "none"


def _names(cls: type) -> str:
    names = [field.name for field in attrs.fields(cls)] if attrs.has(cls) else []
    return ", ".join(f"`{name}`" for name in names) or "none"


def _fields(cls: type[Event], without: frozenset[str]) -> str:
    meanings = dict(_meanings(cls))
    own = [field for field in attrs.fields(cls) if field.name not in without]
    meant = {field.name: meanings.get(field.name) or _COMMON[field.name] for field in own}
    rows = [f"| `{field.name}` | `{_type(field.type)}` | {meant[field.name]} |" for field in own]
    if not rows:
        return "No fields of its own."
    return "\n".join(["| field | type | meaning |\n|---|---|---|", *rows])


def _type(hint: object) -> str:
    if hint == JsonObject:
        return "JSON object"
    text = hint.__name__ if isinstance(hint, type) and not hasattr(hint, "__args__") else str(hint)
    return text.replace("uuid.", "").replace("datetime.", "").replace("|", "or")


def _meanings(cls: type) -> Iterator[tuple[str, str]]:
    _, _, section = (inspect.cleandoc(cls.__doc__ or "")).partition("Attributes:\n")
    for name, text in _ATTRIBUTE.findall(section):
        yield name, _markdown(" ".join(text.split()))


def _prose(cls: type) -> str:
    text, _, _ = inspect.cleandoc(cls.__doc__ or "").partition("Attributes:\n")
    return _markdown(" ".join(text.split()))


def _markdown(text: str) -> str:
    return _ROLE.sub(r"`\1`", text).replace("|", "\\|")
