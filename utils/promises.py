"""One run of a public check: its promises, what is compared in them, and the line each one prints.

It catches what the student's code raises, so that a broken promise never hides the next one. It keeps no results:
that is `utils.verdict`.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from utils.causes import compare_arrays
from utils.keras_backend import KerasMissing
from utils.student_errors import describe, one_line, shorten

OK, NO, NOT_YET, CANNOT = "ok", "no", "not yet", "cannot compare"


@dataclass(frozen=True)
class Promise:
    """One line of a check: `outcome` is ok, no, not yet or cannot compare."""

    name: str
    outcome: str
    message: str


class _Broken(Exception):
    """A promise is found broken: leaves its block. It never leaves this module."""


class Report:
    """What a check speaks to: `promise` opens a promise; inside it, `close`, `equal`, `that` and so on decide."""

    def __init__(self, label: str, check: Callable[..., Any]) -> None:
        self.label = label
        self.number = label.split()[0]
        self.promises: list[Promise] = []
        self._check = check.__code__
        self._said: set[str] = set()
        self._start_promise("")

    def _start_promise(self, name: str) -> None:
        self._name = name
        self._detail = ""
        self._cases = 0
        self._error: float | None = None

    @contextmanager
    def promise(self, name: str) -> Iterator[None]:
        """Open the promise `name`: print its line at the end of the block, whatever happens inside."""
        self._start_promise(name)
        try:
            yield
        except (Exception, SystemExit) as error:  # noqa: BLE001 - student code raises anything; the next promise must run
            self.broken(error, name)
        else:
            self._say(Promise(name, OK, self._summary()))

    def detail(self, text: str) -> None:
        """Set what the line says when the promise is kept; the largest relative error is appended."""
        self._detail = text

    def fail(self, message: str) -> None:
        """Break the promise with this message and leave its block."""
        raise _Broken(message)

    def that(self, condition: Any, message: str) -> None:
        """Break the promise with this message unless the condition holds."""
        if not condition:
            self.fail(message)
        self._cases += 1

    def equal(self, what: str, got: Any, expected: Any, *, case: str = "") -> None:
        """Compare numbers, strings, shapes, lists or arrays of integers exactly."""
        if isinstance(got, np.ndarray) or isinstance(expected, np.ndarray):
            same = np.array_equal(np.asarray(got), np.asarray(expected))
        else:
            same = bool(got == expected)
        if not same:
            self.fail(self._opening(what, case, f"{shorten(repr(got))}, expected {shorten(repr(expected))}"))
        self._cases += 1

    def close(
        self, what: str, got: Any, expected: Any, *, tolerance: float = 1e-7, case: str = "", batch: int | None = None
    ) -> None:
        """Compare two arrays or numbers: shape, kind, nan, max |got - expected| <= tolerance * max |expected|.

        The message names the worst index and, where the numbers show it, the likely cause. `batch` is N, if a factor N
        is to be recognised.
        """
        found = compare_arrays(got, expected, tolerance=tolerance, batch=batch)
        if not found.ok:
            self.fail(self._opening(what, case, found.problem))
        self._cases += 1
        self._error = max(self._error or 0.0, found.error)

    def gradient(self, gradient: Any, *, case: str = "") -> None:
        """Take over the verdict on one gradient of `utils.gradients.check_layer`."""
        if not gradient.ok:
            self.fail(f"{case}: {gradient.problem}" if case else gradient.problem)
        self._cases += 1
        self._error = max(self._error or 0.0, gradient.error)

    @contextmanager
    def unchanged(self, **arguments: np.ndarray) -> Iterator[None]:
        """Break the promise if the block changes one of these arrays in place: `with report.unchanged(inputs=x):`."""
        copies = {name: np.array(value, copy=True) for name, value in arguments.items()}
        yield
        for name, copy in copies.items():
            if not np.array_equal(copy, arguments[name], equal_nan=copy.dtype.kind == "f"):
                self.fail(f"your code changes its argument {name} in place: work on a copy or with new arrays")

    def broken(self, error: BaseException, name: str = "") -> None:
        """Print what an error means for the promise `name`, or for the check outside of one."""
        if isinstance(error, _Broken):
            self._say(Promise(name, NO, str(error)))
        elif isinstance(error, KerasMissing):
            self._say(Promise(name, CANNOT, one_line(error)))
        elif (unfinished := self._unfinished(error)) is not None:
            self._say(Promise(name, NOT_YET, unfinished))
        else:
            self._say(Promise(name, NO, describe(error, check=self._check)))

    def _opening(self, what: str, case: str, problem: str) -> str:
        """Open a message with what was compared, unless the line names it already as its promise."""
        problem = problem.removeprefix("got ")
        shape = problem.startswith("shape ")
        if what == self._name:
            return f"{case} gives {problem}" if case else problem
        if case:
            return f"{case} gives {what} {'of ' if shape else ''}{problem}"
        return f"{what} {'has' if shape else 'is'} {problem}"

    def _summary(self) -> str:
        parts = [self._detail] if self._detail else [f"{self._cases} cases"] if self._cases > 1 else []
        if self._error is not None and "error" not in self._detail:
            parts.append(f"largest relative error {self._error:.0e}")
        return ", ".join(parts)

    def _unfinished(self, error: BaseException) -> str | None:
        """Return what is not finished if that is why the error came, else None."""
        if isinstance(error, NotImplementedError):
            missing = one_line(error)
            elsewhere = number_of(missing) not in (None, self.number)
            return f"{self.label}: finish {missing} first" if elsewhere else missing or self.label
        if isinstance(error, AttributeError) and error.name is not None and self.label.endswith(f".{error.name}"):
            return f"{self.label}: run the cell that defines it"
        return None

    def _say(self, promise: Promise) -> None:
        self.promises.append(promise)
        if promise.outcome == NOT_YET:
            line = f"- not yet {promise.message}"
        elif promise.outcome == CANNOT:
            line = f"- {self.number} cannot compare: {promise.message}"
        else:
            head = " ".join(part for part in (promise.outcome, self.number, promise.name) if part)
            line = f"{head}: {promise.message}" if promise.message else head
        if promise.outcome in (OK, NO) or line not in self._said:  # "not yet" is said once
            print(line)
        self._said.add(line)


def number_of(label: str) -> str | None:
    """Return the number that a label starts with.

    >>> number_of("4.3 Convolution.forward")
    '4.3'
    """
    found = re.match(r"\d+\.\d+", label)
    return found.group() if found else None
