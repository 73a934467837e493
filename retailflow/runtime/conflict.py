"""Doing it again: what met somebody else's change from its beginning, what a server refused a moment later.

Written here, and not taken from a library, since it ships with Glue jobs, which are given the standard library and Spark alone.
"""

import logging
import random
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0)
"""Seconds before what met a conflict is begun again; there is one try more. Each is stretched by up to half: two are not to meet again."""
PATIENCE = (0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4)
"""Seconds before what a server refused is asked again; there is one try more."""
Made = TypeVar("Made")
_LOG = logging.getLogger(__name__)


class ConflictError(Exception):
    """Somebody else changed meanwhile what this was to change: nothing of it was kept, and it can be done again as it is."""


def retried(work: Callable[[], Made], pauses: Sequence[float] = PAUSES) -> Made:
    """What `work` gives, which is done again after each ConflictError but the last; any other error ends it at once."""
    for pause in pauses:
        try:
            return work()
        except ConflictError as error:
            seconds = pause * random.uniform(1, 1.5)
            _LOG.warning("%s; begun again in %.1f s", error, seconds)
            time.sleep(seconds)
    return work()


def insisted(work: Callable[[], Made], but: type[Exception] | tuple[()] = (), patience: Sequence[float] = PATIENCE) -> Made:
    """What `work` gives, which is done again whatever it fails of, but the last time, and but for errors of the type `but`."""
    for pause in patience:
        try:
            return work()
        except but:
            raise
        except Exception:
            time.sleep(pause * random.uniform(0.5, 1))
    return work()
