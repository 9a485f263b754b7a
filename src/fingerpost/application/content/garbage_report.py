"""What a garbage collection found and did."""

from datetime import datetime, timedelta
from typing import ClassVar

from attrs import frozen

from ..json_form import Json, JsonForm
from ..ports.content_sweep import Amount
from ..read_models.rows import ExpiredVersion


@frozen(kw_only=True)
class CollectedVersion(JsonForm):
    """A deleted version, and what of its content nothing reaches since.

    What several deleted versions named counts for the one that was deleted last: until then
    something reached it.

    Attributes:
        name: ``entity/project/name:vN``.
        deleted_at: when, UTC.
        deleted_by: who deleted it; ``None`` if the ledger does not say.
        reason: why, where somebody said so.
        amount: how much.
    """

    _json_keys: ClassVar = {"amount": None}

    name: str
    deleted_at: datetime
    deleted_by: str | None
    reason: str | None
    amount: Amount

    def to_dict(self) -> Json:
        """Return its JSON form, which has the keys of the amount among its own."""
        return {**super().to_dict(), **self.amount.to_dict()}


@frozen(kw_only=True)
class GarbageReport(JsonForm):
    """What nothing reaches: what goes (or went), and what stays for now.

    Attributes:
        is_applied: whether it was removed; else this is a plan.
        grace: the grace period.
        expired: versions that are deleted first, because their time to live has passed.
        versions: deleted versions whose content goes, the one deleted last first.
        unnamed: content that goes and that no version names: left by logging that failed or was
            interrupted, or by an earlier collection that was.
        copies: second copies that go of content that stays, as two who log the same at once leave
            them.
        young: stays, because it was stored within the grace period.
        waiting: stays, because most of the pack that it lies in is in use.
        recently_deleted: number of deleted versions that keep their content until their grace
            period is over.
        files: files that go.
        packs_rewritten: those among them from which what is in use was copied to new ones.
        freed_bytes: by how much the store's files become smaller; in a plan, at least.
    """

    _json_keys: ClassVar = {"grace": "grace_s"}

    is_applied: bool
    grace: timedelta
    expired: tuple[ExpiredVersion, ...]
    versions: tuple[CollectedVersion, ...]
    unnamed: Amount
    copies: Amount
    young: Amount
    waiting: Amount
    recently_deleted: int
    files: int
    packs_rewritten: int
    freed_bytes: int

    @property
    def is_empty(self) -> bool:
        """Whether no content goes."""
        return not self.files
