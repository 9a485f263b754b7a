"""Describes functions and classes: signatures, attributes, bases and codes.

What an internal base gives to a class is described as the class's own, and no module is named: code
may move, and the description stays the same.
"""

import dataclasses
import functools
import inspect
from enum import Enum
from types import BuiltinFunctionType, FunctionType, ModuleType

import attrs

import annotations_as_written as written
import fingerpost
from fingerpost import automations, errors, imports, testing

# Written by attrs, or of no concern to whoever uses an object.
NOT_LISTED = {"__init__", "__post_init__", "__attrs_post_init__", "__attrs_pre_init__"}
NOT_LISTED |= {"__init_subclass__", "__class_getitem__", "__getstate__", "__setstate__"}


def functions_of(member):
    if isinstance(member, property):
        return [each for each in (member.fget, member.fset) if each]
    if isinstance(member, functools.cached_property):
        return [member.func]
    function = getattr(member, "__func__", member)
    return [function] if isinstance(function, FunctionType) else []


def about(name, thing):
    """Return what there is to say of a public thing, under the name that it has."""
    if isinstance(thing, ModuleType):
        return [f"module {name}"]
    if isinstance(thing, type):
        return [f"class {name}{_bases(thing)}", *(f"    {line}" for line in _in_class(thing))]
    if inspect.isfunction(thing) or callable(getattr(thing, "__wrapped__", None)):
        return [f"def {name}{_signature(thing)}"]
    return [f"{name} = {_shown(thing)}"]


def _bases(cls):
    names = sorted(set(_public_bases(cls)))
    return f"({', '.join(names)})" if names else ""


def _public_bases(cls):
    """Iterate over the bases that others can name; bases of an internal one stand for it."""
    for base in cls.__bases__:
        if base in _public_classes() or not written.is_ours(base):
            if base is not object:
                yield base.__name__
        else:
            yield from _public_bases(base)


@functools.cache
def _public_classes():
    modules = (fingerpost, errors, automations, imports, testing)
    found = (getattr(module, name) for module in modules for name in module.__all__)
    return {each for each in found if isinstance(each, type)}


def _in_class(cls):
    if issubclass(cls, errors.FingerpostError):
        yield f"code = {cls.code!r}"
    if issubclass(cls, Enum):
        yield from (f"{member.name} = {member.value!r}" for member in cls)
    elif has_fields(cls) or _is_made_by_callers(cls):
        yield f"def __init__{_signature(cls)}"
    for name, said in sorted(_attributes(cls).items()):
        yield f"{name}: {said}" if said else name
    for name, member in members_of(cls):
        yield from _member(name, member)


def has_fields(cls):
    return attrs.has(cls) or dataclasses.is_dataclass(cls) or hasattr(cls, "_fields")


def _is_made_by_callers(cls):
    """Whether it is public, and its constructor takes nothing that only the package has."""
    if cls not in _public_classes():
        return False
    constructor = vars(_definer(cls, "__init__"))["__init__"]
    if not isinstance(constructor, FunctionType) or not written.is_ours(constructor):
        return False
    said = written.of_function(constructor).values()
    names = {name for each in said for name in written.names_in(each)}
    taken = {written.class_named(constructor.__module__, name) for name in names}
    return not taken - {None} - _public_classes()


def _definer(cls, name):
    return next((each for each in cls.__mro__ if name in vars(each)), object)


def _attributes(cls):
    """Return the public attributes that are neither methods nor properties, with annotations."""
    found = {}
    for each in reversed(cls.__mro__):
        if written.is_ours(each) and isinstance(vars(each).get("__init__"), FunctionType):
            found |= written.assigned_in(vars(each)["__init__"])
    found |= written.of_class(cls)
    members = {name for name, _ in members_of(cls)} | ({"code"} if hasattr(cls, "code") else set())
    public = {name: said for name, said in found.items() if not name.startswith("_")}
    return {name: said for name, said in public.items() if name not in members}


@functools.cache
def members_of(cls):
    """Return the methods and properties of a class and its internal bases, sorted by name.

    What it inherits from a public base is listed there.
    """
    found = {}
    for each in reversed(_own_part(cls)):
        held = vars(each) if written.is_ours(each) else {}
        found |= {name: held[name] for name in held if _is_listed(name, held[name])}
    kinds = (FunctionType, property, classmethod, staticmethod, functools.cached_property)
    return sorted(
        (name, member)
        for name, member in found.items()
        if isinstance(member, kinds) or hasattr(member, "__wrapped__")
    )


def _own_part(cls):
    listed = {
        each for base in cls.__mro__[1:] if base in _public_classes() for each in base.__mro__
    }
    return [each for each in cls.__mro__ if each not in listed]


def _is_listed(name, member):
    """Whether it is public: of special methods those in the source, others are made by attrs."""
    if not name.startswith("_"):
        return True
    if name in NOT_LISTED or not name.endswith("__") or not isinstance(member, FunctionType):
        return False
    return member.__code__.co_filename.startswith(str(written.SOURCES))


def _member(name, member):
    if isinstance(member, property | functools.cached_property):
        getter, *setter = functions_of(member)
        said = written.of_function(getter).get("return", "")
        yield f"property {name}: {said}"
        for each in setter:
            taken = [said for name, said in written.of_function(each).items() if name != "return"]
            yield f"property {name} can be set: {', '.join(taken)}"
        return
    kind = {classmethod: "classmethod ", staticmethod: "staticmethod "}.get(type(member), "")
    function = getattr(member, "__func__", member)
    yield f"{kind}def {name}{_signature(function, is_method=not isinstance(member, staticmethod))}"


def _signature(thing, *, is_method=False):
    """Return a signature with annotations as they are written and defaults as values."""
    try:
        found = inspect.signature(thing)
    except (TypeError, ValueError):
        return "(...)"
    said = _parameters_of(thing)
    parameters = [
        each.replace(
            annotation=_Text(said[name]) if name in said else inspect.Parameter.empty,
            default=each.default if each.default is each.empty else _Text(_shown(each.default)),
        )
        for name, each in found.parameters.items()
    ]
    result = said.get("return")
    is_function = not isinstance(thing, type)
    return str(
        found.replace(
            parameters=parameters[1:] if is_method else parameters,
            return_annotation=_Text(result) if result and is_function else found.empty,
        )
    )


def _parameters_of(thing):
    if not isinstance(thing, type):
        return written.of_function(thing)
    if attrs.has(thing) and "__attrs_attrs__" in vars(_definer(thing, "__init__")):
        fields = written.of_class(thing)
        return {each.alias: fields[each.name] for each in attrs.fields(thing)}
    if has_fields(thing):
        return written.of_class(thing)
    return written.of_function(_definer(thing, "__init__").__init__)


class _Text:
    """Shown as it is."""

    def __init__(self, text):
        self._text = text

    def __repr__(self):
        return self._text


def _shown(value):
    """Return a value for the list, the same in every version of Python."""
    if isinstance(value, Enum):
        return f"{type(value).__name__}.{value.name}"
    if isinstance(value, attrs.Factory):
        return "..."
    if isinstance(value, type | FunctionType | BuiltinFunctionType):
        return value.__name__
    return "..." if " at 0x" in repr(value) else repr(value)
