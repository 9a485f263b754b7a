"""Describes the command line: commands, arguments and options."""

import click

from fingerpost.cli.app import app


def described():
    """Return the lines of the description."""
    return [line for each in _commands(app, ("fingerpost",)) for line in (*each, "")]


def _commands(command, path, parent=None):
    context = click.Context(command, parent, path[-1], **command.context_settings)
    parameters = sorted(command.get_params(context), key=_place)
    everywhere = [each for each in parameters if _is_global(each)]
    marks = [mark for mark in ("hidden", "deprecated") if getattr(command, mark)]
    yield [
        " ".join([*path, *(f"({mark})" for mark in marks)]),
        *(f"    {_parameter(each)}" for each in parameters if each not in everywhere),
        *([f"    hidden: {', '.join(map(_spelled, everywhere))}"] if everywhere else []),
    ]
    for name in sorted(getattr(command, "commands", {})):
        yield from _commands(command.commands[name], (*path, name), context)


def _is_global(parameter):
    """Whether it is an option of all commands, which only the help of ``fingerpost`` lists."""
    own = {_parameter(each) for each in app.params}
    shown = _parameter(parameter).removesuffix(" hidden")
    return getattr(parameter, "hidden", False) and shown in own


def _spelled(parameter):
    return "/".join([*parameter.opts, *parameter.secondary_opts])


def _place(parameter):
    """Arguments in their order, then options by name."""
    is_option = isinstance(parameter, click.Option)
    return is_option, sorted(parameter.opts) if is_option else []


def _parameter(parameter):
    is_option = isinstance(parameter, click.Option)
    words = [
        f"option {_spelled(parameter)}"
        if is_option
        else f"argument {parameter.human_readable_name}"
    ]
    is_flag = is_option and parameter.is_flag
    words.append("flag" if is_flag else _type(parameter.type))
    words += [word for word in ("required", "multiple") if getattr(parameter, word, False)]
    words += [word for word in ("count", "hidden") if getattr(parameter, word, False)]
    if parameter.nargs != 1:
        words.append(f"nargs={parameter.nargs}")
    if parameter.envvar:
        words.append(f"envvar={parameter.envvar}")
    default = parameter.get_default(click.Context(click.Command("any")), call=False)
    if isinstance(default, str | int | float | tuple) and default is not False and default != ():
        words.append(f"default={default!r}")
    return " ".join(words)


def _type(type):
    match type:
        case click.Choice():
            return f"one of {', '.join(map(str, type.choices))}"
        case click.IntRange() | click.FloatRange():
            highest = "any" if type.max is None else type.max
            return f"{type.name} {type.min} to {highest}"
        case click.Path():
            wanted = ("exists", "file_okay", "dir_okay", "writable", "readable", "allow_dash")
            return f"path({', '.join(word for word in wanted if getattr(type, word))})"
    return type.name
