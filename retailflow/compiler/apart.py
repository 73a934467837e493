"""Two pieces of work side by side: one in a process of its own, where the system can fork one; what comes out is the same either way."""

import multiprocessing
import os
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import TypeVar

Made = TypeVar("Made")


def with_apart(here: Callable[[], list[Made]], apart: Callable[[], list[Made]]) -> list[Made]:
    """What both make, in this order. What fails apart is done again here, so that its error is seen where it can be told."""
    if "fork" not in multiprocessing.get_all_start_methods() or (os.cpu_count() or 1) < 2:
        return [*here(), *apart()]
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    worker = context.Process(target=_send, args=(sender, apart), daemon=True)
    worker.start()
    sender.close()
    made = here()
    try:
        more: list[Made] = receiver.recv()
    except EOFError:
        more = apart()
    worker.join()
    return [*made, *more]


def _send(sender: Connection, work: Callable[[], list[Made]]) -> None:
    with sender:
        try:
            made = work()
        except Exception:  # told by whoever asked for it
            return
        sender.send(made)
