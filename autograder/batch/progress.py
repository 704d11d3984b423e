"""Shows how far a class is: a bar on a terminal, plain lines elsewhere. It knows nothing of grading."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

EVERY = 10.0  # seconds between two plain lines


class Display:
    """Students done, to look at, to go, speed and time left. Use it as a context manager; call `step` for each student."""

    def __init__(self, total: int, console: Console | None = None, clock: Callable[[], float] = time.monotonic):
        self.total, self.done, self.failed = total, 0, 0
        self.console = console or Console()
        self._clock = clock
        self._bar = Progress(
            TextColumn("graded"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[failed]} to look at{task.fields[speed]}, left"),
            TimeRemainingColumn(),
            console=self.console,
        )

    def __enter__(self) -> Display:
        self._start = self._last = self._clock()
        if self.console.is_terminal:
            self._bar.start()
            self._task = self._bar.add_task("", total=self.total, failed=0, speed="")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.console.is_terminal:
            self._bar.stop()

    def step(self, *, failed: bool) -> None:
        """One more student is done."""
        self.done += 1
        self.failed += failed
        if self.console.is_terminal:
            self._bar.update(self._task, completed=self.done, failed=self.failed, speed=self._speed())
        elif self._clock() - self._last >= EVERY or self.done == self.total:
            self._last = self._clock()
            self.console.print(self.line(), highlight=False, soft_wrap=True)

    def line(self) -> str:
        """Where it is, as one line."""
        left = (self.total - self.done) * (self._clock() - self._start) / max(self.done, 1)
        to_go = f", {self.total - self.done} to go, {left:.0f} s left" if self.done < self.total else ""
        return f"{self.done} of {self.total} graded, {self.failed} to look at{self._speed()}{to_go}"

    def _speed(self) -> str:
        if self.done < 2:  # the first one waits for all that begins with it
            return ""
        return f", {self.done / max(self._clock() - self._start, 1e-9):.2f} a second"
