"""Commands that know the global options wherever they stand, and teach by example."""

from typing import Any, Final

import click

from ..terminal.invocation import Invocation

_GLOBAL_HINT: Final = (
    "Global options, such as --json, --store and --actor, may stand here too: see "
    "`fingerpost --help`."
)


def global_options(*, is_hidden: bool) -> list[click.Parameter]:
    """Return the global options, as parameters of a command."""
    return [
        _text("--store", "FOLDER", "Folder or URL of the store [FINGERPOST_STORE]", is_hidden),
        _text(
            "--content", "URL", "Where a new store keeps content [FINGERPOST_CONTENT]", is_hidden
        ),
        _text("--actor", "NAME", "On whose behalf [FINGERPOST_ACTOR]", is_hidden),
        _text(
            "--entity", "NAME", "Team or personal entity of names [FINGERPOST_ENTITY]", is_hidden
        ),
        _text("--project", "NAME", "Project of names [FINGERPOST_PROJECT]", is_hidden),
        _flag(["--json", "is_json"], "Print one JSON object", is_hidden),
        _flag(
            ["-q", "--quiet", "is_quiet"], "Print the answer only: no progress, no hints", is_hidden
        ),
    ]


def _text(option: str, metavar: str, help_text: str, is_hidden: bool) -> click.Option:
    return click.Option(
        [option],
        metavar=metavar,
        help=help_text,
        hidden=is_hidden,
        expose_value=False,
        callback=_remember,
    )


def _flag(names: list[str], help_text: str, is_hidden: bool) -> click.Option:
    return click.Option(
        names,
        is_flag=True,
        help=help_text,
        hidden=is_hidden,
        expose_value=False,
        callback=_remember,
    )


def _remember(context: click.Context, parameter: click.Parameter, value: object) -> None:
    # Not given here says nothing: it may have been given before the command's name.
    if value is not None and value is not False and parameter.name:
        setattr(context.ensure_object(Invocation), parameter.name, value)


class TaughtCommand(click.Command):
    """A command with an example.

    Args:
        example: lines to paste into a shell, in an empty folder and an empty store.
    """

    def __init__(self, *args: Any, example: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.example = example
        self.params.extend(global_options(is_hidden=True))

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the example as it stands, and where the other options are."""
        write_verbatim(formatter, "Example", self.example)
        super().format_epilog(ctx, formatter)
        formatter.write_paragraph()
        formatter.write_text(_GLOBAL_HINT)


class TaughtGroup(click.Group):
    """A group of such commands; alone it prints its help."""

    command_class = TaughtCommand

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"invoke_without_command": True, **kwargs})
        self.params.extend(global_options(is_hidden=True))


def teach(context: click.Context) -> None:
    """Print a group's help if no command of it was named."""
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


def write_verbatim(formatter: click.HelpFormatter, title: str, lines: str) -> None:
    """Write a section whose lines are kept as they are."""
    with formatter.section(title):
        for text in lines.strip().splitlines():
            formatter.write(f"{'':{formatter.current_indent}}{text}".rstrip() + "\n")
