"""Answers the grader's questions about a student's namespace; it decides nothing and knows nothing worth stealing.

The grader asks for attributes, items and calls; objects stay here, under numbers. Everything in this process belongs to
the student, this file included: whoever changes it changes only his own answers.
"""

from __future__ import annotations

import linecache
import random
import traceback
from collections.abc import Callable
from typing import Any

import numpy as np

from .wire import BadFrame, decode, encode

Ask = Callable[[bytes], bytes]


class Agent:
    """Serves one namespace. `ask` sends a frame back to the grader and waits: that is how callbacks work."""

    def __init__(self, namespace: dict[str, Any], ask: Ask):
        self.namespace = namespace
        self.ask = ask
        self.objects: dict[int, Any] = {}

    def answer(self, frame: bytes) -> bytes:
        """The reply to one request, as a frame: {"value": …} or {"error": {…}}. Never raises an Exception.

        What a request wants done `first` has no answer of its own, only an error that is marked as `early`.
        """
        early = True
        try:
            request = decode(frame, self._resolve)
            for do, values in request["first"]:
                self._do(do, values)
            early = False
            return encode({"value": self._do(request["do"], request["with"])}, self._refer)
        except BaseException as error:  # noqa: BLE001 - KeyboardInterrupt and SystemExit of student code are answers, too
            return encode({"error": describe(error) | {"early": early}})

    def _do(self, what: str, values: tuple[Any, ...]) -> Any:
        return getattr(self, "_do_" + what)(*values)

    def _refer(self, obj: Any) -> dict[str, Any]:
        number = len(self.objects)
        self.objects[number] = obj
        return {"r": [number, type(obj).__name__]}

    def _resolve(self, packed: dict[str, Any]) -> Any:
        if "r" in packed:
            return self.objects[packed["r"]]
        if "c" in packed:
            return Callback(self, packed["c"])
        if "o" in packed:
            number, methods, attributes = packed["o"]
            return make_stand_in(self, number, methods, attributes)
        raise BadFrame("an unknown kind of reference")

    def remote(self, number: int, name: str, *rest: Any) -> Any:
        """Asks the grader for the callback `number`: calls its method `name`, or reads or sets its attribute."""
        reply = decode(self.ask(encode({"callback": [number, name, *rest]}, self._refer)), self._resolve)
        if "error" in reply:
            raise ValueError(reply["error"])
        return reply["value"]

    def _do_name(self, name: str) -> Any:
        if name not in self.namespace:
            raise NameError(f"name '{name}' is not defined")
        return self.namespace[name]

    def _do_bind(self, name: str, value: Any) -> None:
        self.namespace[name] = value

    def _do_unbind(self, name: str) -> None:
        self.namespace.pop(name, None)

    def _do_forget(self, seed: int) -> None:
        self.objects.clear()
        random.seed(seed)
        np.random.seed(seed % 2**32)

    def _do_keep(self, value: Any) -> Kept:
        return Kept(value)

    def _do_fetch(self, value: Any) -> Any:
        return value.value if isinstance(value, Kept) else value

    def _do_getattr(self, obj: Any, name: str) -> Any:
        return getattr(obj, name)

    def _do_hasattr(self, obj: Any, name: str) -> bool:
        return hasattr(obj, name)

    def _do_setattr(self, obj: Any, name: str, value: Any) -> None:
        setattr(obj, name, unkeep(value))

    def _do_getitem(self, obj: Any, key: Any) -> Any:
        return unkeep(obj)[key]

    def _do_setitem(self, obj: Any, key: Any, value: Any) -> None:
        unkeep(obj)[key] = unkeep(value)

    def _do_call(self, obj: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        return obj(*map(unkeep, args), **{name: unkeep(value) for name, value in kwargs.items()})

    def _do_call_named(self, owner: Any, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        found = self._do_name(name) if owner is None else getattr(owner, name)
        return self._do_call(found, args, kwargs)


class Kept:
    """A box around plain data, so that it stays here and the grader can look at it again after a call."""

    def __init__(self, value: Any):
        self.value = value


def unkeep(value: Any) -> Any:
    """What is in the box; boxes may also stand inside lists, tuples and dicts of arguments."""
    if isinstance(value, Kept):
        return value.value
    if type(value) in (list, tuple):
        return type(value)(map(unkeep, value))
    if type(value) is dict:
        return {key: unkeep(item) for key, item in value.items()}
    return value


class Callback:
    """A function of the grader: called here, computed there."""

    def __init__(self, agent: Agent, number: int):
        self._agent, self._number = agent, number

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._agent.remote(self._number, "__call__", args, kwargs)


def make_stand_in(agent: Agent, number: int, methods: list[str], attributes: list[str]) -> Any:
    """An object whose methods and attributes live in the grader, in place of an unfinished piece."""

    def method(name: str) -> Callable[..., Any]:
        return lambda self, *args, **kwargs: agent.remote(number, name, args, kwargs)

    def attribute(name: str) -> property:
        return property(
            lambda self: agent.remote(number, name),
            lambda self, value: agent.remote(number, name, value),
        )

    members: dict[str, Any] = {name: method(name) for name in methods}
    members |= {name: attribute(name) for name in attributes}
    return type("StandIn", (), members)()


def describe(error: BaseException) -> dict[str, Any]:
    """Type, message, and the last line of the student's own cells that took part, as plain data."""
    where, line, number = "", "", 0
    for frame in traceback.extract_tb(error.__traceback__):
        if "ipykernel" in frame.filename or frame.filename.startswith("<"):
            where, number = frame.name, frame.lineno or 0
            line = linecache.getline(frame.filename, number).strip()
    try:
        message = str(error)
    except Exception:  # noqa: BLE001 - a student's exception may fail to print itself
        message = "(the error has no readable message)"
    return {
        "type": type(error).__name__,
        "message": message[:2000],
        "unfinished": isinstance(error, NotImplementedError),
        "function": where[:200],
        "line": line[:300],
        "lineno": number,
    }
