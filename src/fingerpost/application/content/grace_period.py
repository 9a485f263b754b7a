"""How long garbage collection keeps what nothing reaches any more."""

from datetime import timedelta
from typing import Final

GRACE: Final = timedelta(days=14)
LONGEST_GRACE: Final = timedelta(days=36_500)
