"""What a verification looked at, and what it found."""

from collections.abc import Mapping
from types import MappingProxyType

from attrs import define, field, frozen

from ..json_form import Json, JsonForm, plain_json


@frozen
class VerificationProblem(JsonForm):
    """Something that is not what was recorded.

    Attributes:
        where: a file, a version, an event or a table.
        problem: what is wrong with it.
    """

    where: str
    problem: str


@frozen(kw_only=True)
class VerificationReport(JsonForm):
    """What a verification looked at, and what it found.

    Attributes:
        target: the folder, version or store.
        checked: how many of what were looked at, such as ``events``, ``versions`` and ``bytes``.
        problems: in the order in which they were found; empty when all is well.
    """

    target: str
    checked: Mapping[str, int]
    problems: tuple[VerificationProblem, ...]

    @property
    def is_ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems

    def to_dict(self) -> Json:
        """Return its JSON form."""
        return plain_json(
            {
                "target": self.target,
                "is_ok": self.is_ok,
                "checked": dict(self.checked),
                "problems": self.problems,
            }
        )


@define
class Findings:
    """A report that is being written.

    Attributes:
        checked: how many of what were looked at so far.
        problems: those found so far.
    """

    checked: dict[str, int] = field(factory=dict)
    problems: list[VerificationProblem] = field(factory=list)

    def count(self, what: str, number: int = 1) -> None:
        """Note that something was looked at."""
        self.checked[what] = self.checked.get(what, 0) + number

    def add(self, where: str, problem: str) -> None:
        """Note that something is wrong."""
        self.problems.append(VerificationProblem(where, problem))

    def add_once(self, where: str, problem: str) -> None:
        """Note that something is wrong, unless that was the last thing that was noted."""
        if self.problems[-1:] != [VerificationProblem(where, problem)]:
            self.add(where, problem)

    def report(self, target: str) -> VerificationReport:
        """Return the report."""
        checked = MappingProxyType(dict(self.checked))
        return VerificationReport(target=target, checked=checked, problems=tuple(self.problems))
