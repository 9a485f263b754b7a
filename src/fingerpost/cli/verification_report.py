"""What a check found."""

from typing import Any

from attrs import define, field, frozen


@frozen
class Problem:
    """Something that is not what was recorded, and where it is."""

    where: str
    problem: str


@define
class Report:
    """What was looked at, and what is wrong.

    Attributes:
        target: the folder, version or store.
        checked: how many of what were looked at.
        problems: in the order in which they were found.
    """

    target: str
    checked: dict[str, int] = field(factory=dict)
    problems: list[Problem] = field(factory=list)

    def count(self, what: str, number: int = 1) -> None:
        """Note that something was looked at."""
        self.checked[what] = self.checked.get(what, 0) + number

    def add(self, where: str, problem: str) -> None:
        """Note that something is wrong."""
        self.problems.append(Problem(where, problem))

    def add_once(self, where: str, problem: str) -> None:
        """Note that something is wrong, unless that was the last thing that was noted."""
        if self.problems[-1:] != [Problem(where, problem)]:
            self.add(where, problem)

    def as_json(self) -> dict[str, Any]:
        """Return the report for programs."""
        return {
            "target": self.target,
            "is_ok": not self.problems,
            "checked": self.checked,
            "problems": [{"where": it.where, "problem": it.problem} for it in self.problems],
        }

    def require_ok(self) -> None:
        """Return if nothing is wrong.

        Raises:
            DamageFoundError: something is.
        """
        if self.problems:
            from .views.check_errors import DamageFoundError

            raise DamageFoundError(self.target, [it.where for it in self.problems])
