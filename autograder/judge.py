"""Runs the hidden tests of an assignment on a student and says what came of each promise; it never sees a notebook.

The tests are ordinary pytest functions. A promise is passed, failed, or could not be checked: the last means that the
fault is ours or the machine's, and an instructor has to look.
"""

from __future__ import annotations

import os
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograder.compare import Mismatch
from autograder.promise import checks_of
from autograder.student import Student, StudentError, forget

PASSED, FAILED, UNCHECKED = "passed", "failed", "could not check"

Advance = Callable[[str], Student]


@dataclass(frozen=True)
class PromiseResult:
    """What came of one promise. `message` is for the student; of an unchecked promise it is for the instructor."""

    name: str
    task: str
    says: str
    outcome: str
    points: float
    max_points: float
    message: str
    hint: str
    seconds: float
    unfinished: bool = False
    got: Any = None
    inside_check: bool = True


def judge(assignment: str, advance: Advance, *, seed: int, tasks: set[str] | None = None) -> list[PromiseResult]:
    """Checks every promise of an assignment (or of some `tasks`), in the order of the notebook.

    `advance(task)` returns the student, ready for the checks of this task: the notebook has run up to it.
    """
    if not checks_of(assignment).ASSIGNMENT.tasks:
        return []  # graded by hand throughout
    plugin = Judge(assignment, advance, seed=seed, tasks=tasks)
    path = Path(checks_of(assignment).__file__ or "")
    # What pytest offers people at a terminal costs time here; the last two collect garbage twice a run, 0.13 s each time.
    unused = ("terminal", "cacheprovider", "doctest", "logging", "warnings", "faulthandler")
    quiet = [f"-pno:{name}" for name in (*unused, "unraisableexception", "threadexception")]
    options = ["-s", "-o", "python_files=*.py", "-o", "addopts=", "--noconftest", *quiet]
    before = os.environ.get("PYTEST_DISABLE_PLUGIN_AUTOLOAD")
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    try:
        code = pytest.main([*options, "-c", os.devnull, "--rootdir", str(path.parent), str(path)], plugins=[plugin])
    finally:
        if before is None:
            del os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"]
        else:
            os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = before
    if code not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        raise RuntimeError(f"the hidden tests of {assignment} could not be run: pytest ended with {code!r}")
    return plugin.results


def generator(seed: int, name: str) -> np.random.Generator:
    """The random numbers of one promise: they depend on the record's seed and the promise's name only."""
    return np.random.default_rng([seed, zlib.crc32(name.encode())])


class Judge:
    """The pytest plugin that gives hidden tests their fixtures and collects the outcomes."""

    def __init__(self, assignment: str, advance: Advance, *, seed: int, tasks: set[str] | None = None):
        self.assignment = checks_of(assignment).ASSIGNMENT
        self.advance, self.seed, self.tasks = advance, seed, tasks
        self.results: list[PromiseResult] = []

    @pytest.fixture
    def student(self, request: pytest.FixtureRequest) -> Iterator[Student]:
        """The student's namespace, after the notebook ran up to this task."""
        student = self.advance(_promise(request.node)["task"])
        forget(student, self.seed)
        yield student

    @pytest.fixture
    def rng(self, request: pytest.FixtureRequest) -> np.random.Generator:
        """The hidden inputs' generator."""
        return generator(self.seed, request.node.name)

    def pytest_configure(self, config: pytest.Config) -> None:
        """Makes the marker known."""
        config.addinivalue_line("markers", "promise(task, points, hint): one promise of a task")

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Keeps the wanted tasks, in the order of the notebook."""
        order = [task.id for task in self.assignment.tasks]
        items[:] = [i for i in items if self.tasks is None or _promise(i)["task"] in self.tasks]
        items.sort(key=lambda item: order.index(_promise(item)["task"]))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """Takes the time of one promise."""
        self._start = time.perf_counter()
        return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
        """Turns an exception, or none, into an outcome."""
        if call.when == "call" or (call.when == "setup" and call.excinfo is not None):
            self.results.append(self._result(item, call.excinfo.value if call.excinfo else None, call.when))
        return (yield)

    def _result(self, item: pytest.Item, error: BaseException | None, when: str) -> PromiseResult:
        mark = _promise(item)
        outcome, message, unfinished, got = PASSED, "", False, None
        if isinstance(error, Mismatch):
            outcome, message, got = FAILED, str(error), error.got
        elif isinstance(error, StudentError):
            outcome, message, unfinished = FAILED, str(error), error.unfinished
        elif error is not None:
            outcome, message = UNCHECKED, f"{type(error).__name__}: {error}"
        test = getattr(item, "obj", None)
        lines = (test.__doc__ or item.name).strip().splitlines()
        return PromiseResult(
            name=item.name,
            task=mark["task"],
            says=" ".join(line.strip() for line in lines),
            outcome=outcome,
            points=float(mark["points"]) if outcome == PASSED else 0.0,
            max_points=float(mark["points"]),
            message=message,
            hint=mark["hint"] if outcome == FAILED and not unfinished else "",
            seconds=time.perf_counter() - self._start,
            unfinished=unfinished,
            got=got,
            inside_check=when == "call",
        )


def _promise(item: Any) -> dict[str, Any]:
    mark = item.get_closest_marker("promise")
    if mark is None:
        raise pytest.UsageError(f"{item.nodeid} is no promise: mark it with @promise(task, points=…, hint=…)")
    return mark.kwargs
