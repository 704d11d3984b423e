"""The slips of assignment 1, piece by piece: they are written down in the five modules that this one collects."""

from __future__ import annotations

from typing import Any


def _collected() -> dict[str, Any]:
    from autograder.slips import accuracy, fully_connected, gradient_descent, softmax_cross_entropy, squared_error

    modules = (accuracy, fully_connected, squared_error, gradient_descent, softmax_cross_entropy)
    return {name: value for module in modules for name, value in vars(module).items() if hasattr(value, "slip")}


globals().update(_collected())
