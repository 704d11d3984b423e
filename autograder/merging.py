"""Writes two slips of a task into one cell: two mistakes at once, where their words lie apart.

The slips of a task are small changes of one right cell that stands nowhere, since the solution is written in another
style. What most slips have in common is that cell: the words of one slip, outvoted by the others where it differs. It is
a guess, so it is judged before anything is built on it.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from functools import lru_cache

from autograder import classroom
from autograder.judge import PASSED, judge
from autograder.slips import Slip, slip_of, slips_of

Words = list[str]
Change = tuple[int, int, tuple[str, ...]]  # words of the base from here to there, and what stands in their place

SEED = 1  # of the inputs on which a guess is judged


@lru_cache(maxsize=4096)
def both(assignment: str, one: str, other: str) -> str | None:
    """The cell with two slips of a task.

    None where they change the same words, where one uses a name that the other no longer gives, or where nobody knows the
    right cell.
    """
    cells = [_cell(assignment, slip_of(assignment, name)) for name in (one, other)]
    base = right_cell(assignment, slip_of(assignment, one).task)
    text = None if base is None else merged(base, *(_changes(assignment, name) for name in (one, other)))
    if text is None:
        return None
    used, _ = _names(text)
    return text if all(used.isdisjoint(_names(cell)[1]) for cell in cells) else None


@lru_cache(maxsize=64)
def right_cell(assignment: str, task: str) -> Words | None:
    """The right cell that the slips of a task are changes of, if it can be guessed."""
    for guess in common([words(_cell(assignment, slip)) for slip in slips_of(assignment) if slip.task == task]):
        if _is_right(assignment, task, "".join(guess)):
            return guess
    return None


def _is_right(assignment: str, task: str, text: str) -> bool:
    try:
        results = judge(assignment, classroom.student(assignment, {task: text}), seed=SEED, tasks={task})
    except Exception:  # noqa: BLE001 - what was put together by rule may break in any way
        return False
    return all(result.outcome == PASSED for result in results)


@lru_cache(maxsize=1024)
def _changes(assignment: str, name: str) -> list[Change]:
    slip = slip_of(assignment, name)
    base = right_cell(assignment, slip.task)
    assert base is not None
    return changes(base, words(_cell(assignment, slip)))


@lru_cache(maxsize=1024)
def _cell(assignment: str, slip: Slip) -> str:
    return classroom.with_slip(assignment, slip)[slip.task]


@lru_cache(maxsize=1024)
def _names(text: str) -> tuple[set[str], set[str]]:
    """The names that a cell uses and gives no value, and those that it gives one."""
    names = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)]
    given = {node.id for node in names if isinstance(node.ctx, ast.Store)}
    return {node.id for node in names} - given, given


def words(text: str) -> Words:
    """The words, signs and line breaks of a cell in Python's own layout, without comments.

    >>> words("a=b # so")
    ['a', ' ', '=', ' ', 'b']
    """
    return re.findall(r"\n *|\w+|[^\w\s]| +", ast.unparse(ast.parse(text)))


def changes(base: Sequence[str], other: Sequence[str]) -> list[Change]:
    """Where `other` differs from `base`."""
    found = SequenceMatcher(None, base, other, autojunk=False).get_opcodes()
    return [(start, end, tuple(other[j:k])) for what, start, end, j, k in found if what != "equal"]


def common(cells: Sequence[Words]) -> Iterator[Words]:
    """What most cells have in common, seen from each of them in turn, from the one whose words are most like the others'."""
    counts = [Counter(cell) for cell in cells]
    apart = [sum(((one - other) + (other - one)).total() for other in counts) for one in counts]
    for k in sorted(range(len(cells)), key=apart.__getitem__):
        votes = Counter(change for other in cells for change in changes(cells[k], other))
        yield _with(cells[k], [change for change, many in votes.items() if many > len(cells) / 2])


def merged(base: Words, one: Sequence[Change], other: Sequence[Change]) -> str | None:
    """The base with the changes of both; None where they touch, or where the result is no program."""
    if any(a[0] <= b[1] and b[0] <= a[1] for a in one for b in other):
        return None
    text = "".join(_with(base, [*one, *other]))
    try:
        ast.parse(text)
    except SyntaxError:
        return None
    return text


def _with(base: Words, changed: list[Change]) -> Words:
    """The base with these changes, from the last to the first, so that the numbers stay right."""
    rows = list(base)
    for start, end, new in sorted(changed, reverse=True):
        rows[start:end] = new
    return rows
