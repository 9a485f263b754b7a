"""What an import did, for people and programs."""

from typing import TYPE_CHECKING

from ..terminal.invocation import Invocation
from ..terminal.output import count, emit_json, line
from ..terminal.table import print_table

if TYPE_CHECKING:
    from fingerpost.sdk.import_report import Imported, ImportedAlias, ImportedVersion


def answer(invocation: Invocation, imported: "Imported") -> None:
    """Print what was done, or what would be."""
    if invocation.is_json:
        emit_json(imported.to_dict())
        return
    told = [version for version in imported.versions if version.standing != "known"]
    if told and not invocation.is_quiet:
        print_table(("from", "to", "what", "made there", "by"), [_row(each) for each in told])
    for alias in imported.aliases:
        line(_sentence(alias, is_dry_run=imported.is_dry_run))
    known = sum(version.standing == "known" for version in imported.versions)
    verb = "would import" if imported.is_dry_run else "imported"
    line(f"{verb} {count(len(imported.new), 'version')}; {known:,} here already")


def _row(version: "ImportedVersion") -> tuple[str, ...]:
    origin = version.origin
    made_at = "-" if origin.created_at is None else f"{origin.created_at:%Y-%m-%d %H:%M}"
    here = (
        version.collection if version.version is None else f"{version.collection}:{version.version}"
    )
    what = version.standing if version.problem is None else f"skipped: {version.problem}"
    return origin.label, here, what, made_at, origin.created_by or "-"


def _sentence(alias: "ImportedAlias", *, is_dry_run: bool) -> str:
    path = f"{alias.collection}:{alias.alias}"
    if alias.problem is not None:
        return f"{path} stays where it is: {alias.problem}"
    verb = "would move" if is_dry_run else "moved"
    to = alias.to_version or f"version {alias.peer_version} of the source"
    return f"{verb} {path} from {alias.from_version or 'nothing'} to {to}"
