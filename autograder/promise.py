"""The words hidden tests are written in: assignment, task, promise. It runs nothing; `judge` does, and pytest can.

A promise is a pytest function with the `student` fixture: its docstring is what the student reads in the feedback, its
marker names the task, the points and the hint.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from types import ModuleType
from typing import Any, TypeVar

import pytest

Check = TypeVar("Check", bound=Callable[..., None])


@dataclass(frozen=True)
class Task:
    """One graded task: `id` is nbgrader's grade_id, `number` the one in the heading, `defines` what its cell defines.

    `defines` is a function, a class, or one method of a given class ("Convolution.forward").
    """

    id: str
    number: str
    title: str
    defines: str


@dataclass(frozen=True)
class Assignment:
    """An assignment with its automatically graded tasks, in the order of the notebook."""

    name: str
    allow_keras: bool
    tasks: tuple[Task, ...]

    def task(self, task_id: str) -> Task:
        """The task of this grade_id; KeyError names the ids there are."""
        for task in self.tasks:
            if task.id == task_id:
                return task
        raise KeyError(f"{self.name} has no task {task_id!r}; it has {', '.join(t.id for t in self.tasks)}")


@dataclass(frozen=True)
class Promise:
    """One hidden test with what its marker and docstring say; `wants` are the fixtures it asks for."""

    name: str
    task: str
    points: float
    hint: str
    says: str
    check: Callable[..., None]
    wants: frozenset[str]


def promise(task: str, *, points: float, hint: str) -> Callable[[Check], Check]:
    """Marks a pytest function as one promise of a task."""
    return pytest.mark.promise(task=task, points=points, hint=hint)


def checks_of(name: str) -> ModuleType:
    """The module of hidden tests of an assignment.

    >>> checks_of("conv-layers").ASSIGNMENT.name
    'conv-layers'
    """
    return importlib.import_module(f"autograder.checks.{module_name(name)}")


def module_name(name: str) -> str:
    """The Python name of an assignment's modules: `conv-layers` is `conv_layers`."""
    return name.replace("-", "_")


@lru_cache(maxsize=32)
def promises_of(name: str) -> tuple[Promise, ...]:
    """All promises of an assignment, in the order of the notebook."""
    module = checks_of(name)
    order = [task.id for task in module.ASSIGNMENT.tasks]
    found = [_promise(check) for check in vars(module).values() if _mark(check) is not None]
    return tuple(sorted(found, key=lambda one: order.index(one.task)))


def points_of(name: str) -> dict[str, float]:
    """Points of every automatically graded task: the sum over its promises, the one place where points live."""
    points = {task.id: 0.0 for task in checks_of(name).ASSIGNMENT.tasks}
    for one in promises_of(name):
        points[one.task] += one.points
    return points


def _promise(check: Callable[..., None]) -> Promise:
    said = _mark(check).kwargs
    return Promise(
        name=check.__name__,
        task=said["task"],
        points=float(said["points"]),
        hint=said["hint"],
        says=" ".join((check.__doc__ or check.__name__).split()),
        check=check,
        wants=frozenset(inspect.signature(check).parameters),
    )


def _mark(value: object) -> Any:
    return next((mark for mark in getattr(value, "pytestmark", []) if mark.name == "promise"), None)
