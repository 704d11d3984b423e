"""Runs one sanitised notebook, cell by cell, up to where a check wants it; it judges nothing.

Given cells, TODO cells and the student's own cells are run. Check cells are not (the grader checks instead), nor are
experiments, unless one of them defines a name that something else needs. A kernel that dies or hangs is replaced, and
the notebook run again without the cell that broke it.
"""

from __future__ import annotations

import contextlib
import logging
import queue
import re
import time
from dataclasses import dataclass, field
from typing import Any

from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionComplete, DeadKernelError
from nbclient.util import run_sync
from nbformat import NotebookNode
from nbformat.v4 import new_output

from autograder import cells
from autograder.intake.definitions import defined
from autograder.sandbox.kernel import Kernel, KernelGone
from autograder.student import Student, StudentError

LOG = logging.getLogger("autograder.run")


@dataclass(frozen=True)
class Limits:
    """What one submission may use. Seconds are wall-clock time, bytes are what a cell's outputs may hold."""

    cell_seconds: int = 60
    check_seconds: float = 20
    notebook_seconds: float = 600
    output_bytes: int = 200_000
    image_bytes: int = 2_000_000
    restarts: int = 3


@dataclass
class Trouble:
    """What went wrong outside the checks, for the record: the cell and a sentence."""

    cell: str
    says: str


@dataclass
class NotebookRun:
    """One notebook on its way through the kernel. Use it as a context manager.

    If `whole`, all cells run before the first check, those with a NameError once more at the end: see `second_look`.
    """

    notebook: NotebookNode
    allow_keras: bool
    files: dict[str, bytes] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)
    troubles: list[Trouble] = field(default_factory=list)
    whole: bool = False

    def __enter__(self) -> NotebookRun:
        self._next, self._task, self._deadline = 0, "", 0.0
        self._left, self._repeated = self.limits.restarts, False
        self._end = time.monotonic() + self.limits.notebook_seconds
        self._broken: set[int] = set()
        self._places = {cells.key(cell): index for index, cell in enumerate(self.notebook.cells)}
        self._kernel: Kernel | None = None
        self._client: _Client | None = None
        return self

    def __exit__(self, *exc: object) -> None:
        self._stop()

    def advance_to(self, task: str) -> Student:
        """Runs the cells before the check cell of `task` and returns the student; the task's time is running then.

        The checks of one task share `check_seconds`; StudentError says so where nothing of it is left.
        """
        end = len(self.notebook.cells)
        self._run_until(end if self.whole else self._places.get(task, end))
        if task != self._task:
            self._task, self._deadline = task, time.monotonic() + self.limits.check_seconds
        if time.monotonic() > self._deadline:
            raise StudentError(f"not tried: the checks of this task had used their {self.limits.check_seconds:.0f} s")
        self._kernel_of().deadline = self._deadline
        return self._student

    def finish(self) -> None:
        """Runs what comes after the last check."""
        self._run_until(len(self.notebook.cells))

    def _run_until(self, stop: int) -> None:
        if self._kernel is None or self._kernel.gone or not self._kernel.alive():
            self._start_again()
        while self._next < stop:
            index = self._next
            self._next += 1
            cell = self.notebook.cells[index]
            if cell.cell_type != "code" or cells.role(cell) not in ("given", "solution") or index in self._broken:
                continue
            self._run_cell(index)
        if self.whole and stop == len(self.notebook.cells) and not self._repeated:
            self._repeated = True
            for index, cell in enumerate(self.notebook.cells):
                if _missing_name(cell) and index not in self._broken:
                    self._run_cell(index, again=False)

    def _run_cell(self, index: int, *, again: bool = True) -> None:
        """Runs one cell; if the kernel does not survive it, all others before it are run in a new one."""
        cell = self.notebook.cells[index]
        name = cells.key(cell) or f"number {index + 1}"
        if time.monotonic() > self._end:
            self._give_up(index, f"not run: the notebook had used its {self.limits.notebook_seconds:.0f} s")
            return
        try:
            assert self._client is not None
            hung = self._client.run(cell, index)
            if hung and not self._kernel_of().answers(3):
                raise DeadKernelError("it could not be interrupted")
        except Exception as error:  # nbclient raises anything where a student's code breaks its line
            LOG.info("the kernel was lost in the cell %s", name, exc_info=error)
            self._give_up(index, f"the cell {name} ended the kernel or could not be stopped; it was left out")
            self._start_again()
            self._run_until(index + 1)
            return
        if hung:
            self._give_up(index, f"the cell {name} was stopped after {self.limits.cell_seconds} s")
        missing = _missing_name(cell)
        if missing and again and self.define(missing, before=index):
            self._run_cell(index, again=False)

    def define(self, name: str, before: int | None = None) -> bool:
        """Runs the last experiment before this point that assigns `name`; False if there is none."""
        upto = self._next if before is None else before
        for index in range(upto - 1, -1, -1):
            cell = self.notebook.cells[index]
            if cell.cell_type == "code" and cells.role(cell) == cells.EXPERIMENT and name in defined(cell.source):
                kept = cell.outputs
                self._run_cell(index, again=False)
                cell.outputs = kept
                return True
        return False

    def _give_up(self, index: int, says: str) -> None:
        cell = self.notebook.cells[index]
        self._broken.add(index)
        self.troubles.append(Trouble(cells.key(cell), says))
        cell.outputs = [*cell.outputs, new_output("stream", name="stderr", text=says + "\n")]

    def _start_again(self) -> None:
        first = self._kernel is None
        self._stop()
        if not first:
            if self._left == 0:
                raise KernelGone("the kernel ended too often; nothing more of this notebook was run")
            self._left -= 1
        self._kernel = Kernel(allow_keras=self.allow_keras, files=self.files)
        self._client = _Client(self.notebook, self._kernel, self.limits)
        self._student = Student(self._kernel, self.define)
        self._next, self._repeated = 0, False

    def _kernel_of(self) -> Kernel:
        assert self._kernel is not None
        return self._kernel

    def _stop(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None
        if self._kernel is not None:
            self._kernel.stop()
            self._kernel = None


class _Client(NotebookClient):
    """nbclient's client on a kernel that runs already, with a limit to what the outputs of a cell may hold."""

    def __init__(self, notebook: NotebookNode, kernel: Kernel, limits: Limits):
        super().__init__(
            notebook,
            km=kernel.manager,
            timeout=limits.cell_seconds,
            interrupt_on_timeout=True,
            error_on_timeout={"ename": "CellTimeoutError", "evalue": "", "traceback": ["The cell took too long."]},
            allow_errors=True,
            shell_timeout_interval=1,
            skip_cells_with_tag="",
            record_timing=False,
            store_widget_state=False,
            on_cell_executed=self._look_at_reply,
            log=logging.getLogger("autograder.run"),
        )
        self.log.setLevel(logging.CRITICAL)  # a slow cell is the student's trouble: it is told in the record
        self.limits = limits
        self.kc = kernel.manager.client()
        self.kc.start_channels()
        self.kc.allow_stdin = False
        self._wait_for_welcome()

    def _wait_for_welcome(self) -> None:
        # The kernel answers already; only the subscription to its outputs must have arrived. Newer kernels say when it
        # has; of older ones something is asked again and again until its echo is heard.
        assert self.kc is not None
        for _ in range(100):
            with contextlib.suppress(queue.Empty):
                run_sync(self.kc.get_iopub_msg)(timeout=0.1)  # type: ignore[attr-defined]
                return
            self.kc.kernel_info()
        raise RuntimeError("the kernel's outputs cannot be heard")

    def run(self, cell: NotebookNode, index: int) -> bool:
        """Runs one cell; True if it had to be interrupted at the limit of its time."""
        self.spent, self.hung = 0, False
        self.execute_cell(cell, index, store_history=False)
        return self.hung

    async def _async_poll_kernel_alive(self) -> None:
        """nbclient forgets this watch where a cell ends in an error of its own: then it ends with the client, in silence."""
        with contextlib.suppress(AssertionError):
            await super()._async_poll_kernel_alive()

    def _look_at_reply(self, cell: NotebookNode, cell_index: int, execute_reply: dict[str, Any]) -> None:
        self.hung = execute_reply["content"].get("ename") == "CellTimeoutError"

    def process_message(self, msg: dict[str, Any], cell: NotebookNode, cell_index: int) -> Any:
        """Drops what is beyond the limit, and says so once; and what no kernel sends, but a student's code may."""
        try:
            return self._within_limit(msg, cell, cell_index)
        except CellExecutionComplete:
            raise
        except Exception:  # noqa: BLE001 - nbclient raises anything, and the output is lost, not the cell
            return None

    def _within_limit(self, msg: dict[str, Any], cell: NotebookNode, cell_index: int) -> Any:
        content = msg["content"]
        size = _size(content)
        picture = any("image/" in f"{mime} {str(text)[:2000]}" for mime, text in (content.get("data") or {}).items())
        allowed = self.limits.image_bytes if picture else self.limits.output_bytes
        if msg["msg_type"] in ("stream", "display_data", "execute_result", "update_display_data", "error"):
            before, self.spent = self.spent, self.spent + size
            if self.spent > allowed:
                if before <= allowed:
                    note = f"… the rest of the output is left out: a cell may print {allowed:,} bytes\n"
                    cell.outputs.append(new_output("stream", name="stderr", text=note))
                return None
        return super().process_message(msg, cell, cell_index)

    def close(self) -> None:
        """Closes the channels; the kernel is stopped by its owner."""
        if self.kc is not None:
            self.kc.stop_channels()
            self.kc = None


def _size(content: Any) -> int:
    """Characters in a message, all strings counted."""
    if isinstance(content, str):
        return len(content)
    if isinstance(content, dict):
        return sum(map(_size, content.values()))
    return sum(map(_size, content)) if isinstance(content, list) else 8


def _missing_name(cell: NotebookNode) -> str | None:
    """The name of a NameError among the outputs."""
    for output in cell.get("outputs", []):
        if output.get("output_type") == "error" and output.get("ename") == "NameError":
            found = re.match(r"name '(\w+)' is not defined", str(output.get("evalue", "")))
            return found.group(1) if found else None
    return None
