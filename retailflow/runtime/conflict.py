"""Two that change the same at once: of one of them nothing is kept, and it is done again.

Written here, and not taken from a library, since it ships with Glue jobs, which are given the standard library and Spark alone.
"""

import logging
import random
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0)
"""Seconds between the tries, of which there is one more; each is stretched by up to half, so that two that met do not meet again."""
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
