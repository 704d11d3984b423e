"""Named wrong solutions: they prove that the hidden tests catch them, and lend their names to the feedback.

A slip is what a student would write in the TODO cell of one task, with one mistake in it; see `tests/test_proof.py` for
what is promised of it.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from autograder.promise import module_name

Wrong = TypeVar("Wrong", bound=Callable[..., Any])


@dataclass(frozen=True)
class Slip:
    """One wrong solution: `fails` are the hidden tests that must fail, `says` completes "It looks …" for the student."""

    name: str
    task: str
    fails: tuple[str, ...]
    says: str
    wrong: Any


def slip(task: str, *, fails: tuple[str, ...], says: str) -> Callable[[Wrong], Wrong]:
    """Marks a function (a method takes `self`) or a class as a wrong solution of a task."""

    def mark(wrong: Wrong) -> Wrong:
        wrong.slip = Slip(wrong.__name__, task, fails, says, wrong)  # type: ignore[attr-defined]
        return wrong

    return mark


def slip_of(assignment: str, name: str) -> Slip:
    """The slip of this name; KeyError where there is none."""
    return {slip.name: slip for slip in slips_of(assignment)}[name]


def slips_of(assignment: str) -> list[Slip]:
    """All slips of an assignment, in the order of their module; an empty list where there are none."""
    try:
        module = importlib.import_module(f"autograder.slips.{module_name(assignment)}")
    except ModuleNotFoundError as error:
        if error.name and error.name.startswith("autograder.slips."):
            return []
        raise
    return [value.slip for value in vars(module).values() if isinstance(getattr(value, "slip", None), Slip)]
