"""What went wrong: its exit code, and how it is said."""

import traceback
from typing import Final

import click

from .invocation import Invocation
from .output import warn, warn_json

INTERRUPTED: Final = 130
BROKEN_PIPE: Final = 141
_UNEXPECTED: Final = 1
_USAGE: Final = 2
_STORAGE: Final = 7


def report(error: BaseException, invocation: Invocation) -> int:
    """Say what went wrong on the error stream, and return the exit code."""
    exit_code = _exit_code(error)
    if exit_code == BROKEN_PIPE:
        return exit_code
    if invocation.is_json:
        warn_json("error", _as_json(error))
    else:
        _tell(error, exit_code)
    return exit_code


def _exit_code(error: BaseException) -> int:
    match error:
        case KeyboardInterrupt() | click.Abort():
            return INTERRUPTED
        case BrokenPipeError():
            return BROKEN_PIPE
        case click.ClickException():
            return _USAGE
        case _:
            return _code_of_family(error)


def _code_of_family(error: BaseException) -> int:
    from fingerpost.domain import errors

    families: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], int], ...] = (
        # Lost content is damage, though it is "not found" too.
        ((errors.ContentNotFoundError, errors.IntegrityError), 6),
        (errors.InvalidInputError, _USAGE),
        (errors.NotFoundError, 3),
        (errors.ConflictError, 4),
        (errors.PermissionDeniedError, 5),
        ((errors.StorageError, OSError), _STORAGE),
    )
    return next((code for family, code in families if isinstance(error, family)), _UNEXPECTED)


def _as_json(error: BaseException) -> dict[str, str]:
    match error:
        case KeyboardInterrupt() | click.Abort():
            code = "interrupted"
        case click.ClickException():
            code = "usage"
        case OSError() if not hasattr(error, "code"):
            code = "os_error"
        case _:
            code = str(getattr(error, "code", "unexpected"))
    return {"code": code, "type": type(error).__name__, "message": _message(error)}


def _message(error: BaseException) -> str:
    match error:
        case KeyboardInterrupt() | click.Abort():
            return "interrupted; what was not complete is not visible"
        case click.ClickException():
            return error.format_message()
        case _:
            return str(error) or type(error).__name__


def _tell(error: BaseException, exit_code: int) -> None:
    if isinstance(error, click.UsageError) and error.ctx is not None:
        click.echo(error.ctx.get_usage(), err=True)
    if exit_code == _UNEXPECTED:
        click.echo("".join(traceback.format_exception(error)), err=True, nl=False)
        warn("error", "this was not expected; please report it with the lines above")
        return
    warn("error", _message(error))
    hint = _hint(error)
    if hint:
        warn("hint", hint)


def _hint(error: BaseException) -> str | None:
    if isinstance(error, click.UsageError) and error.ctx is not None:
        return f"`{error.ctx.command_path} --help` shows an example."
    if getattr(error, "code", None) == "personal_entity_link":
        return "On the command line: `fingerpost log … --entity my-team`, or FINGERPOST_ENTITY."
    return None
