"""The process that workers are forked from. It imports the grader once, while the command imports what it needs itself."""

from __future__ import annotations

import multiprocessing
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext


def context() -> ForkServerContext:
    """How to start workers that have the grader in them."""
    made = multiprocessing.get_context("forkserver")
    made.set_forkserver_preload(["autograder.batch.work"])
    return made


def start() -> None:
    """Starts the process ahead of time; it ends with this one."""
    context()
    forkserver.ensure_running()
