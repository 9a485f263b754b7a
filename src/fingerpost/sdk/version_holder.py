"""What entries, collections and runs need of an artifact."""

from .logged_version import LoggedVersion


class VersionHolder:
    """Stands for one version once it is logged. :class:`~fingerpost.Artifact` is the only one."""

    @property
    def name(self) -> str:
        """``collection:vN``; of a draft, the name alone."""
        raise NotImplementedError

    def _require_logged(self, attempted: str) -> LoggedVersion:
        """Return the version.

        Args:
            attempted: what the caller wants to do, for the message: ``download it``, say.

        Raises:
            ArtifactNotLoggedError: it is a draft.
        """
        raise NotImplementedError
