"""The slips of assignment 3, task by task: they are written down in the four modules that this one collects."""

from __future__ import annotations

from typing import Any


def _collected() -> dict[str, Any]:
    from autograder.slips import adam, deep_net_passes, deep_net_update, sgd

    modules = (sgd, adam, deep_net_passes, deep_net_update)
    return {name: value for module in modules for name, value in vars(module).items() if hasattr(value, "slip")}


globals().update(_collected())
