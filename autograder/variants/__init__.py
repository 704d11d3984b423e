"""Right solutions in many forms: the checks must accept them all."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from autograder.promise import module_name

Right = TypeVar("Right", bound=Callable[..., Any])


@dataclass(frozen=True)
class Variant:
    """One right solution of one or more tasks (a class may stand for all of its methods' tasks)."""

    name: str
    tasks: tuple[str, ...]
    right: Any


def variant(*tasks: str) -> Callable[[Right], Right]:
    """Marks a function or class as a right solution of these tasks."""

    def mark(right: Right) -> Right:
        right.variant = Variant(right.__name__, tasks, right)  # type: ignore[attr-defined]
        return right

    return mark


def variants_of(assignment: str) -> list[Variant]:
    """All variants of an assignment; importing a module that does not exist is an error here."""
    module = importlib.import_module(f"autograder.variants.{module_name(assignment)}")
    return [value.variant for value in vars(module).values() if isinstance(getattr(value, "variant", None), Variant)]
