"""Texts with variables, as ``${project_name}``."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Final

from attrs import frozen

from ..errors import InvalidValueError
from ..metadata.metadata import JsonObject, JsonValue
from .facts import METADATA, VARIABLES
from .names import ACCESS_TOKEN, SecretName

_VARIABLE: Final = re.compile(r"\$(\$(?=\{)|\{([^}]*)\})")
_SECRET: Final = re.compile(r"[A-Z][A-Z0-9_]*")


@frozen
class Template:
    """JSON with variables in its texts.

    Variables are replaced in the texts of a document that has been parsed, and the result is
    written as JSON again: whatever a value holds, it stays the inside of a text. A text that is
    nothing but one ``${artifact_metadata.KEY}`` becomes that value with its own type. ``$${`` is
    a plain ``${``.

    *Source*: W&B's document on webhook automations, payload variables.
    """

    value: JsonValue

    @property
    def names(self) -> frozenset[str]:
        """The variables in it, secrets too."""
        return frozenset(_names(self.value))

    @property
    def secrets(self) -> frozenset[str]:
        """The names of the secrets in it, ``ACCESS_TOKEN`` too."""
        return frozenset(name for name in self.names if _SECRET.fullmatch(name))

    def check(self, what: str, *, only_secrets: bool = False) -> None:
        """Return if every variable is known.

        Raises:
            InvalidValueError: names the unknown one, and those there are.
        """
        _refuse_keys(self.value, what)
        for name in sorted(self.names):
            if _SECRET.fullmatch(name):
                if name != ACCESS_TOKEN:
                    SecretName(name)
            elif only_secrets:
                problem = "only secrets can stand there, such as ${API_KEY}"
                raise InvalidValueError(what, f"${{{name}}}", problem, "Use a secret, or text.")
            elif name not in VARIABLES and not _is_metadata(name):
                known = ", ".join(f"${{{each}}}" for each in VARIABLES)
                raise InvalidValueError(
                    what,
                    f"${{{name}}}",
                    f"there is no such variable; there are {known}, ${{{METADATA}KEY}}, "
                    f"${{{ACCESS_TOKEN}}} and secrets by their names",
                    "Write $${ for a plain ${.",
                )

    def render(self, facts: Mapping[str, JsonValue], secrets: Mapping[str, str]) -> JsonValue:
        """Return the JSON with every variable replaced; what a fact lacks is empty."""
        return _rendered(self.value, facts, secrets)


def _is_metadata(name: str) -> bool:
    return name.startswith(METADATA) and len(name) > len(METADATA)


def _names(value: JsonValue) -> Iterator[str]:
    if isinstance(value, str):
        for match in _VARIABLE.finditer(value):
            if match[2] is not None:
                yield match[2]
    elif isinstance(value, dict):
        for each in value.values():
            yield from _names(each)
    elif isinstance(value, list):
        for each in value:
            yield from _names(each)


def _refuse_keys(value: JsonValue, what: str) -> None:
    if isinstance(value, dict):
        for key, each in value.items():
            if any(True for _ in _names(key)):
                problem = "a variable stands in a value, not in a key"
                raise InvalidValueError(what, key, problem, "Write the key out.")
            _refuse_keys(each, what)
    elif isinstance(value, list):
        for each in value:
            _refuse_keys(each, what)


def _rendered(
    value: JsonValue, facts: Mapping[str, JsonValue], secrets: Mapping[str, str]
) -> JsonValue:
    if isinstance(value, str):
        return _rendered_text(value, facts, secrets)
    if isinstance(value, dict):
        return {key: _rendered(each, facts, secrets) for key, each in value.items()}
    if isinstance(value, list):
        return [_rendered(each, facts, secrets) for each in value]
    return value


def _rendered_text(
    text: str, facts: Mapping[str, JsonValue], secrets: Mapping[str, str]
) -> JsonValue:
    alone = _VARIABLE.fullmatch(text)
    if alone is not None and alone[2] is not None and alone[2].startswith(METADATA):
        return _value(alone[2], facts)

    def replaced(match: "re.Match[str]") -> str:
        name = match[2]
        if name is None:
            return "$"
        return secrets[name] if _SECRET.fullmatch(name) else as_text(_value(name, facts))

    return _VARIABLE.sub(replaced, text)


def _value(name: str, facts: Mapping[str, JsonValue]) -> JsonValue:
    if name.startswith(METADATA):
        metadata = facts.get("artifact_metadata")
        found: JsonObject = metadata if isinstance(metadata, dict) else {}
        return found.get(name[len(METADATA) :])
    return facts.get(name)


def as_text(value: JsonValue) -> str:
    """Return a value as part of a text: nothing for nothing, JSON for what is no text."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value

    return json.dumps(value, ensure_ascii=False)
