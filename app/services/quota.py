"""Use-case: keep one visitor from loading files faster than any planner could."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

from app.core.errors import InputError
from app.settings import SETTINGS

HOUR_S = 3600
VISITORS = 10_000  # remembered at once; the one who was quiet longest is forgotten first


class Quota:
    """Counts the different files each visitor loaded within the last hour."""

    def __init__(self, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        """Take how many files an hour may bring."""
        self._most = most
        self._clock = clock
        self._lock = threading.Lock()
        self._seen: OrderedDict[str, dict[str, float]] = OrderedDict()

    def take(self, visitor: str, digest: str) -> None:
        """Count one file; the same file again costs nothing. Raises InputError over the limit."""
        now = self._clock()
        with self._lock:
            seen = {key: at for key, at in self._seen.pop(visitor, {}).items() if now - at < HOUR_S}
            self._seen[visitor] = seen
            if len(self._seen) > VISITORS:
                self._seen.popitem(last=False)
            if digest in seen:
                return
            if len(seen) >= self._most:
                wait = round((HOUR_S - (now - min(seen.values()))) / 60) + 1
                raise InputError(
                    f"This visit has loaded {self._most} different files within an hour, which is "
                    f"the limit of this server. Go on in {wait} minutes."
                )
            seen[digest] = now


QUOTA = Quota(SETTINGS.limit_files_hour)
