"""The cases on which sliding windows go wrong, and what the failing ones have in common; it computes no layer."""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import numpy as np

from utils.causes import Comparison
from utils.keras_backend import KerasMissing
from utils.promises import CANNOT, OK
from utils.student_errors import describe
from utils.verdict import Report


class Found(Protocol):
    """What a comparison found: a `Comparison` of arrays or a `Gradient`."""

    @property
    def problem(self) -> str: ...

    @property
    def error(self) -> float: ...


@dataclass(frozen=True)
class Case:
    """Images (N, C, H, W) under a window (height, width) that moves by `stride` over `pad` extra rows on each side."""

    name: str
    images: tuple[int, int, int, int]
    window: tuple[int, int]
    stride: int = 1
    pad: int = 0

    @property
    def positions(self) -> tuple[int, int]:
        """(H', W'): floor((size + 2 pad - window) / stride) + 1.

        >>> Case("", (2, 3, 8, 7), (3, 2), stride=2).positions
        (3, 3)
        """
        return self._sizes(lambda size, window: (size + 2 * self.pad - window) // self.stride + 1)

    @property
    def remainder(self) -> bool:
        """Tell whether the stride leaves rows or columns that no window reaches."""
        return any((self.images[i + 2] + 2 * self.pad - self.window[i]) % self.stride for i in (0, 1))

    @property
    def overlap(self) -> bool:
        """Tell whether two windows share a pixel."""
        return any(self.stride < self.window[i] and self.positions[i] > 1 for i in (0, 1))

    def numbers(self, *shape: int, of: int = 0) -> np.ndarray:
        """Return normally distributed numbers, the same for a case in every run and others for another `of`."""
        return np.random.default_rng([len(self.name), *self.images, of]).standard_normal(shape)

    def far_apart(self) -> np.ndarray:
        """Return images whose pixels differ by at least 0.1, below and above 0: no maximum has a tie or is near one."""
        count = int(np.prod(self.images))
        order = np.random.default_rng([len(self.name), *self.images]).permutation(count)
        return 0.1 * (order - count / 2 + 0.5).reshape(self.images)

    def compare_shape(self, got: Any, *leading: int) -> Comparison:
        """Compare the shape of an output with (*leading, H', W'), and name the wrong rule that gives its size.

        >>> Case("", (2, 3, 8, 7), (3, 2), stride=2).compare_shape(np.ones((2, 4, 4, 4)), 2, 4).problem
        'shape (2, 4, 4, 4), expected (2, 4, 3, 3): as if the size were rounded up'
        """
        if got is None:
            return Comparison("None: does your function return its result?")
        shape, expected = np.shape(got), (*leading, *self.positions)
        if shape == expected:
            return Comparison()
        rule = self._wrong_rule(shape[-2:]) if len(shape) == len(expected) else ""
        return Comparison(f"shape {shape}, expected {expected}{rule}")

    def _wrong_rule(self, size: tuple[int, ...]) -> str:
        if size == self.positions:
            return ""
        if size == self.positions[::-1]:
            return ": height and width are swapped"
        rules: dict[str, Callable[[int, int], int]] = {
            "as if pad were both sides together": lambda size, window: (size + self.pad - window) // self.stride + 1,
            "as if there were no padding": lambda size, window: (size - window) // self.stride + 1,
            "as if the stride were 1": lambda size, window: size + 2 * self.pad - window + 1,
            "as if the size were rounded up": lambda size, window: -((window - size - 2 * self.pad) // self.stride) + 1,
        }
        return next((f": {name}" for name, rule in rules.items() if size == self._sizes(rule)), "")

    def _sizes(self, rule: Callable[[int, int], int]) -> tuple[int, int]:
        return rule(self.images[2], self.window[0]), rule(self.images[3], self.window[1])


class Trait(NamedTuple):
    """Something that cases have in common, and where to look if exactly these are wrong."""

    words: str
    has: Callable[[Case], bool]
    look: str


TRAITS = (
    Trait("where pad is 0", lambda c: c.pad == 0, "[pad:-pad] is empty at pad 0"),
    Trait("where pad is not 1", lambda c: c.pad != 1, "is the pad of the layer used?"),
    Trait(
        "with padding",
        lambda c: c.pad > 0,
        "pad counts on EACH side of H and W, on no other axis; backward cuts it off",
    ),
    Trait("where windows overlap", lambda c: c.overlap, "a pixel gets the sum of all its windows: += instead of ="),
    Trait("where the stride leaves a remainder", lambda c: c.remainder, "rows that no window reaches are left out"),
    Trait("with a stride above 1", lambda c: c.stride > 1, "window i starts at i * stride"),
    Trait(
        "where something is not square",
        lambda c: c.images[2] != c.images[3] or c.window[0] != c.window[1],
        "is a height used for a width?",
    ),
    Trait("where images are not square", lambda c: c.images[2] != c.images[3], "is H used for W?"),
    Trait("where windows are not square", lambda c: c.window[0] != c.window[1], "is its height used for its width?"),
    Trait("where the stride differs from the window", lambda c: (c.stride,) * 2 != c.window, "is the stride used?"),
    Trait(
        "where an axis has length 1", lambda c: 1 in (c.images[0], *c.positions), "it stays an axis: no squeeze, no [0]"
    ),
    Trait("with a single window", lambda c: c.positions == (1, 1), "an axis of length 1 stays an axis"),
    Trait("with several images", lambda c: c.images[0] > 1, "look at the batch axis"),
    Trait("with one image", lambda c: c.images[0] == 1, "an axis of length 1 stays an axis"),
)


def in_common(wrong: Collection[Case], cases: Collection[Case]) -> str:
    """Say what exactly the wrong ones of the cases have in common; empty if all of them are wrong.

    >>> cases = [Case("a", (1, 1, 4, 4), (2, 2), pad=pad) for pad in (0, 1, 2)]
    >>> in_common(cases[:1], cases)
    ' (only where pad is 0: [pad:-pad] is empty at pad 0)'
    """
    if len(wrong) == len(cases):
        return ""
    for trait in TRAITS:
        if set(wrong) == {case for case in cases if trait.has(case)}:
            return f" (only {trait.words}: {trait.look})"
    return f" (wrong in {len(wrong)} of {len(cases)} cases)"


def told(case: str, problem: str) -> str:
    """Join the name of a case and what is wrong there into one sentence.

    >>> told("pad 0", "shape (2, 3), expected (2, 4)"), told("pad 0", "backward does not set w_grad")
    ('pad 0 gives shape (2, 3), expected (2, 4)', 'pad 0: backward does not set w_grad')
    """
    problem = problem.removeprefix("got ")
    result = re.match(r"shape|None|nan|-?inf|-?\d|an? |another |\w+(Error|Exception)\b", problem)
    return f"{case} gives {problem}" if result else f"{case}: {problem}"


def every(report: Report, cases: Collection[Case], attempt: Callable[[Case], Found], *, sizes: bool = False) -> None:
    """Break the promise with the first case that is wrong and what all the wrong ones have in common.

    `attempt(case)` runs the student's code and returns what a comparison found; `sizes`: no numbers were compared.
    """
    problems: dict[Case, str] = {}
    largest = 0.0
    for case in cases:
        try:
            found = attempt(case)
        except (NotImplementedError, KerasMissing):
            raise
        except Exception as error:  # noqa: BLE001 - the student's code may raise anything; other cases tell more about it
            problems[case] = describe(error)
            continue
        if found.problem:
            problems[case] = found.problem
        largest = max(largest, found.error)
    for case, problem in problems.items():
        report.fail(f"{told(case.name, problem)}{in_common(problems, cases)}")
    report.detail(f"{len(cases)} cases" + ("" if sizes else f", largest relative error {largest:.0e}"))


def kept(report: Report) -> bool:
    """Tell whether no promise is broken so far: what builds on them is then worth a look."""
    return all(promise.outcome in (OK, CANNOT) for promise in report.promises)
