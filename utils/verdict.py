"""Run the public checks: one printed line a promise, whatever the student's code does; it scores nothing.

    @public_check("4.3 Convolution.forward", task="conv-forward")
    def convolution_forward(report, Convolution):
        with report.promise("output"):
            ...
            report.close("output", got, expected, case="pad 0, stride 2")

prints `ok 4.3 output: 9 cases, largest relative error 3e-11` or `no 4.3 output: pad 0, stride 2 gives shape ...`.
A promise ends at its first failure and the next one runs. A check returns None and raises nothing, KeyboardInterrupt
excepted.
"""

import functools
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from utils.keras_backend import KerasMissing
from utils.promises import CANNOT, NO, NOT_YET, OK, Promise, Report, number_of
from utils.student_errors import one_line

__all__ = ["Promise", "Report", "Result", "needs", "progress", "public_check", "results"]

NOT_RUN = "not run"


@dataclass(frozen=True)
class Result:
    """What the last run of a check in this kernel said; `verdict` is its worst outcome, or "not run"."""

    label: str
    task: str
    verdict: str
    promises: tuple[Promise, ...] = ()

    @property
    def number(self) -> str:
        return self.label.split()[0]


_results: dict[tuple[str, str], Result] = {}


def public_check(label: str, *, task: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Make a function `f(report, piece, ...)` the check of a task; students call it as `f(piece, ...)`.

    >>> @public_check("9.1 double", task="double")
    ... def double_check(report, double):
    ...     with report.promise("value"):
    ...         report.close("double(2)", double(2.0), 4.0)
    >>> double_check(lambda x: 2 * x)
    ok 9.1 value: largest relative error 0e+00
    >>> double_check(lambda x: x + 1)
    no 9.1 value: double(2) is 3, expected 4 (relative error 2.5e-01)
    """

    def decorate(function: Callable[..., None]) -> Callable[..., None]:
        key = (label, function.__name__)
        _results[key] = Result(label, task, NOT_RUN)

        @functools.wraps(function)
        def check(*pieces: Any, **named: Any) -> None:
            _results[key] = Result(label, task, NOT_RUN)  # what stays if the student interrupts it
            report = Report(label, function)
            try:
                function(report, *pieces, **named)
            except (Exception, SystemExit) as error:  # noqa: BLE001 - a check never raises
                report.broken(error)
            _results[key] = Result(label, task, _verdict(report.promises), tuple(report.promises))

        return check

    return decorate


@contextmanager
def needs(*labels: str) -> Iterator[None]:
    """Run a block that uses the tasks `labels`; if one of them is unfinished, print `- not yet` and go on.

    An undefined name or attribute is taken as a result of that, unless the checks of all these tasks are ok.

    >>> with needs("9.2 triple"):
    ...     raise NotImplementedError("9.2 triple")
    - not yet: finish 9.2 first
    """
    try:
        yield
    except NotImplementedError as error:
        missing = number_of(one_line(error)) or _in_words([number_of(label) or label for label in labels])
        print(f"- not yet: finish {missing or 'the task above'} first")
    except (NameError, AttributeError) as error:
        unfinished = [number_of(label) or label for label in labels if not _is_ok(label)]
        if not unfinished:
            raise
        print(f"- not yet: finish {_in_words(unfinished)} first ({one_line(error)})")
    except KerasMissing as error:
        print(f"- cannot compare: {one_line(error)}")


def _in_words(names: list[str]) -> str:
    """Return "2.1, 2.2 and 2.3"; "" for no name."""
    return " and ".join([*([", ".join(names[:-1])] if names[1:] else []), *names[-1:]])


def results() -> tuple[Result, ...]:
    """Return the results of all checks known in this kernel, in the order of their numbers."""
    return tuple(sorted(_results.values(), key=lambda result: [int(n) for n in re.findall(r"\d+", result.number)]))


def progress() -> None:
    """Print one line a task: its number and name, its verdict, and how many of its promises are kept."""
    table = results()
    if not table:
        print("no check has run in this kernel")
        return
    width = max(len(result.label) for result in table)
    for result in table:
        kept = sum(promise.outcome == OK for promise in result.promises)
        count = f"   {kept} of {len(result.promises)} promises" if result.verdict == NO else ""
        print(f"{result.label.ljust(width)}   {result.verdict}{count}")
    print(f"{sum(result.verdict == OK for result in table)} of {len(table)} tasks ok")


def _is_ok(label: str) -> bool:
    """Tell whether all checks of a task, named by its number, have run and are ok."""
    verdicts = {result.verdict for result in results() if result.number == (number_of(label) or label)}
    return verdicts == {OK}


def _verdict(promises: list[Promise]) -> str:
    outcomes = {promise.outcome for promise in promises}
    return next((outcome for outcome in (NO, NOT_YET, CANNOT) if outcome in outcomes), OK if promises else CANNOT)
