"""The student's namespace as hidden tests see it: a proxy that works in the kernel and returns plain data only.

`student.Convolution(params)` calls in the kernel. Arrays, numbers, strings and containers of them come back by value;
every other object stays there and comes back as a Handle. Nothing here decides whether an answer is right.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Protocol

import numpy as np

from autograder.sandbox.inside.agent import Agent
from autograder.sandbox.inside.wire import BadFrame, decode, encode


class StudentError(Exception):
    """The student's code raised, hung, died or answered with something unreadable; the message is for the student.

    It is `early` if it belongs to what was asked for before the last question and sent along with it.
    """

    def __init__(self, message: str, *, kind: str = "", unfinished: bool = False, early: bool = False):
        super().__init__(message)
        self.kind = kind
        self.unfinished = unfinished
        self.early = early


class Line(Protocol):
    """Sends a request frame into the kernel and returns its reply; `serve` answers callbacks that come in between."""

    def exchange(self, frame: bytes, serve: Callable[[bytes], bytes]) -> bytes: ...


class LocalLine:
    """The line to a namespace of this very process: for our own solutions, slips and variants, never for a student's."""

    def __init__(self, namespace: dict[str, Any]):
        self._serve: Callable[[bytes], bytes] | None = None
        self._agent = Agent(namespace, self._callback)

    def exchange(self, frame: bytes, serve: Callable[[bytes], bytes]) -> bytes:
        """The reply to a request, through the same bytes that would travel to a kernel."""
        self._serve = serve
        return self._agent.answer(frame)

    def _callback(self, frame: bytes) -> bytes:
        assert self._serve is not None
        return self._serve(frame)


class StandIn:
    """Wraps an object of ours to be passed as an argument: its methods and attributes stay in the grader."""

    def __init__(
        self, obj: Any, *, methods: tuple[str, ...] = ("forward", "backward"), attributes: tuple[str, ...] = ()
    ):
        self.obj, self.methods, self.attributes = obj, methods, attributes


METHODS = frozenset({"forward", "backward", "update"})  # what the course's interface calls methods, and nothing else


class Handle:
    """An object in the student's kernel. Attributes, items and calls are done there; see the module's first lines."""

    def __init__(self, student: Student, number: int | None, kind: str):
        self.__dict__.update(_student=student, _number=number, _kind=kind)

    def __getattr__(self, name: str) -> Any:
        if name.startswith(
            "__"
        ):  # asked by pytest, copy and the like: about the handle, not about the student's object
            raise AttributeError(name)
        if name in METHODS:
            return Later(self._student, self, name)
        return self._student._ask("getattr", self, name)

    def __setattr__(self, name: str, value: Any) -> None:
        if isinstance(value, np.ndarray):
            self._student._ask_later("setattr", self, name, value.copy())
        else:
            self._student._ask("setattr", self, name, value)

    def __getitem__(self, key: Any) -> Any:
        return self._student._ask("getitem", self, key)

    def __setitem__(self, key: Any, value: Any) -> None:
        self._student._ask("setitem", self, key, value)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._student._ask("call", self, args, kwargs)

    def __repr__(self) -> str:
        return f"an object of type {self._kind}"


class Later(Handle):
    """A function or method that a check will call: found and called in one request, since most requests are such pairs."""

    def __init__(self, student: Student, owner: Handle | None, name: str):
        super().__init__(student, None, "function")
        self.__dict__.update(_owner=owner, _name=name)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        student, owner, name = self._student, self.__dict__["_owner"], self.__dict__["_name"]
        try:
            return student._ask("call_named", owner, name, args, kwargs)
        except StudentError as error:
            if (
                owner is None
                and error.kind == "NameError"
                and f"name '{name}' is" in str(error)
                and student._find(name)
            ):
                return student._ask("call_named", owner, name, args, kwargs)
            raise


class Student:
    """The namespace of one student. `missing(name)`, if given, may define a name that a check looks for in vain."""

    def __init__(self, line: Line, missing: Callable[[str], bool] | None = None):
        self.__dict__.update(_line=line, _missing=missing, _callbacks=[], _called=frozenset(), _first=[])

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if name in self._called:
            return Later(self, None, name)
        try:
            return self._ask("name", name)
        except StudentError as error:
            if error.kind == "NameError" and self._find(name):
                return self._ask("name", name)
            raise

    def _find(self, name: str) -> bool:
        """Whether a name that was missed is there after all, because something could be run that defines it."""
        return self._missing is not None and bool(self._missing(name))

    def __setattr__(self, name: str, value: Any) -> None:
        self._ask("bind", name, value)

    def _ask_later(self, do: str, *values: Any) -> None:
        """Asks for something without an answer together with the next question, which saves a way there and back."""
        self._first.append((do, values))

    def _ask(self, do: str, *values: Any) -> Any:
        frame = encode({"do": do, "with": values, "first": self._first}, self._refer)
        self._first.clear()
        try:
            reply = decode(self._line.exchange(frame, self._serve), self._resolve)
            if not isinstance(reply, dict) or not {"value", "error"} & set(reply):
                raise BadFrame("a reply without a value")
        except BadFrame as error:
            raise StudentError(f"your notebook answered with something that cannot be read: {error}") from None
        if "error" in reply:
            raise _student_error(reply["error"])
        return reply["value"]

    def _refer(self, obj: Any) -> dict[str, Any]:
        if isinstance(obj, Later):
            obj = self._found(obj)
        if isinstance(obj, Handle):
            return {"r": obj.__dict__["_number"]}
        if isinstance(obj, StandIn):
            self._callbacks.append(obj)
            return {"o": [len(self._callbacks) - 1, list(obj.methods), list(obj.attributes)]}
        if callable(obj):
            self._callbacks.append(StandIn(obj, methods=("__call__",)))
            return {"c": len(self._callbacks) - 1}
        raise TypeError(f"a check passes an object of type {type(obj).__name__}: wrap it in StandIn or pass plain data")

    def _found(self, later: Later) -> Any:
        """The thing itself, where it is not called but handed on."""
        owner, name = later.__dict__["_owner"], later.__dict__["_name"]
        return self._ask("name", name) if owner is None else self._ask("getattr", owner, name)

    def _resolve(self, packed: dict[str, Any]) -> Any:
        if "r" not in packed:
            raise BadFrame("an unknown kind of reference")
        number, kind = packed["r"]
        return Handle(self, int(number), str(kind)[:100])

    def _serve(self, frame: bytes) -> bytes:
        """Answers a callback of the kernel. Only what this very check passed can be reached, by the names it gave along.

        Any other name (`__class__`, `__globals__`) would lead from every object of ours to the whole of this process.
        """
        try:
            number, name, *rest = decode(frame, self._resolve)["callback"]
            passed = self._callbacks[number]
            if len(rest) == 2 and name in passed.methods:
                args, kwargs = rest
                value = getattr(passed.obj, name)(*args, **kwargs)
            elif name in passed.attributes and not rest:
                value = getattr(passed.obj, name)
            elif name in passed.attributes and len(rest) == 1:
                setattr(passed.obj, name, rest[0])
                value = None
            else:
                raise AttributeError(f"{str(name)[:80]} was not passed")
            return encode({"value": value}, self._refer)
        except Exception as error:  # noqa: BLE001 - a wrong argument from the student must come back to the student
            return encode({"error": f"{type(error).__name__}: {error}"[:500]})


def keep(student: Student, value: Any) -> Handle:
    """Puts plain data into the kernel and returns its handle: pass it as an argument, look at it later with `fetch`."""
    return student._ask("keep", value)


def fetch(handle: Handle) -> Any:
    """The present value of a kept argument or of an object that is plain data by now."""
    return handle._student._ask("fetch", handle)


def attempt(handle: Handle, method: str, *args: Any, seconds: float = 1.0) -> Any:
    """Calls a method whose result does not count here (forward before backward): errors are told elsewhere.

    Gives None where it raises or takes longer than `seconds`; after the latter it is not tried again on this student.
    """
    student = handle._student
    given_up = student.__dict__.setdefault("_given_up", set())
    what = (handle.__dict__["_kind"], method)
    if what in given_up:
        return None
    line = student.__dict__["_line"]
    before = getattr(line, "deadline", None)
    if before is not None:
        line.deadline = min(before, time.monotonic() + seconds)
    try:
        return getattr(handle, method)(*args)
    except StudentError as error:
        if error.early:
            raise
        if error.kind == "Timeout":
            given_up.add(what)
        return None
    finally:
        if before is not None:
            line.deadline = before


def has(handle: Handle, name: str) -> bool:
    """Whether the student's object has this attribute."""
    return bool(handle._student._ask("hasattr", handle, name))


def forget(student: Student, seed: int, called: frozenset[str] = frozenset()) -> None:
    """Ends one check and prepares the next: handles and callbacks are dropped, global random generators seeded.

    `called` are names of functions and classes, which a check only calls or hands on.
    """
    student._callbacks.clear()
    student._first.clear()
    student.__dict__["_called"] = called
    student._ask_later("forget", seed)


@contextmanager
def stand_ins(student: Student, **pieces: Any) -> Iterator[None]:
    """Replaces names of the student's namespace during the block, so that a broken piece is charged only once."""
    before = {}
    for name in pieces:
        with suppress(StudentError):
            before[name] = student._ask("name", name)
    try:
        for name, piece in pieces.items():
            student._ask("bind", name, piece)
        yield
    finally:
        for name in pieces:
            student._ask(*(("bind", name, before[name]) if name in before else ("unbind", name)))


def _student_error(error: Any) -> StudentError:
    """Builds the error from what the kernel says of it, believing nothing about its types."""
    said = error if isinstance(error, dict) else {}

    def text(key: str, most: int) -> str:
        value = said.get(key, "")
        return value[:most] if isinstance(value, str) else ""

    kind, message, line, function = text("type", 60), text("message", 400), text("line", 120), text("function", 80)
    early = said.get("early") is True
    if said.get("unfinished") is True:
        says = f"not done yet: {message}" if message else "not done yet"
        return StudentError(says, kind=kind, unfinished=True, early=early)
    where = f" in `{function}`" if function and not function.startswith("<") else ""
    at = f" at the line `{line}`" if line else ""
    says = f"your code raised {kind or 'an error'}{where}{at}: {message}".rstrip(": ")
    return StudentError(says, kind=kind, early=early)
