"""A filter that cannot be understood."""

from attrs import define

from .base import LONGEST_SHOWN, InvalidInputError


@define(slots=False, repr=False)
class InvalidFilterError(InvalidInputError):
    """A filter names an unknown field or operator, or a value that the operator does not take.

    Attributes:
        where: the place in the filter, such as ``$or[1].alias``; empty for the filter as a whole.
        problem: what is wrong there, with the offending key or value.
        expected: the rule that it breaks.
        remedy: what to write, such as the nearest field.
    """

    code = "invalid_filter"
    where: str
    problem: str
    expected: str
    remedy: str

    def _message(self) -> str:
        place = f" at {self.where[:LONGEST_SHOWN]}" if self.where else ""
        return f"filter{place}: {self.problem}: {self.expected}. {self.remedy}"
