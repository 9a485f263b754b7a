"""Where an artifact came from, and what became of it."""

from .facts import ArtifactFacts
from .lineage import Lineage, lineage_of
from .recorded_run import RecordedRun


class ArtifactProvenance(ArtifactFacts):
    """Runs and lineage. See :class:`~fingerpost.Artifact`; *Source*: W&B's class reference."""

    def logged_by(self) -> RecordedRun | None:
        """Return the run that first logged it; ``None`` if the actor may not see that run.

        Raises:
            ArtifactNotLoggedError: it is a draft.
        """
        fetched = self._require_logged("ask who logged it")
        row = fetched.logged_by()
        return None if row is None else RecordedRun(fetched.workspace, row)

    def used_by(self) -> list[RecordedRun]:
        """Return the runs that used it or its links, oldest first, each once.

        Those that the actor may not see, such as in other organizations, are left out.

        Raises:
            ArtifactNotLoggedError: it is a draft.
        """
        fetched = self._require_logged("ask who used it")
        return [RecordedRun(fetched.workspace, row) for row in fetched.used_by()]

    @property
    def history_step(self) -> int | None:
        """The last step at which the run that first logged it had noted metrics by then.

        ``None`` when it had noted none. See :meth:`fingerpost.Run.log`.

        Raises:
            ArtifactNotLoggedError: it is a draft.
        """
        return self._require_logged("read its history step").history_step()

    def lineage(
        self, depth: int | None = None, direction: str = "both", limit: int | None = None
    ) -> Lineage:
        """Return the runs that made it, of what, and what became of it; of a link, its source's.

        Args:
            depth: how many runs to go in each direction; all of them by default.
            direction: ``both``, ``upstream`` (where it came from) or ``downstream``.
            limit: how many artifacts, links and runs to show at most; 500 by default.

        Raises:
            ArtifactNotLoggedError: it is a draft.
            InvalidValueError: an argument is not valid.
        """
        fetched = self._require_logged("trace its lineage")
        return lineage_of(fetched.workspace, fetched.row.ref, depth, direction, limit)
