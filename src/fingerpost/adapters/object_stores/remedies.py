"""What a person can do when a provider refuses a request."""

from collections.abc import Mapping

from attrs import frozen

from .failures import RefusedError


@frozen
class Remedies:
    """Remedies of one provider for one purpose: reading references, or storing content.

    Attributes:
        otherwise: for every other refusal.
        by_code: by the provider's code, or by HTTP status.
    """

    otherwise: str
    by_code: Mapping[str | int, str]

    def remedy(self, error: RefusedError) -> str:
        """Return what to do about a refusal."""
        by_code = self.by_code
        return (
            error.remedy or by_code.get(error.code) or by_code.get(error.status) or self.otherwise
        )
