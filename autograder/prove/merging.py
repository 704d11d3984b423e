"""Writes two slips of a task into one cell: two mistakes at once, where their words lie apart. It judges no cell.

The slips of a task are small changes of one right cell that stands nowhere, since the solution is written in another
style. What most slips have in common is that cell: the words of one slip, outvoted by the others where it differs.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

Words = list[str]
Change = tuple[int, int, tuple[str, ...]]  # words of the base from here to there, and what stands in their place


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
    """What most cells have in common, seen from each of them in turn, from the one that is most like the others."""
    seen_from = [[changes(cell, other) for other in cells] for cell in cells]
    sizes = [sum(max(end - start, len(new)) for rows in found for start, end, new in rows) for found in seen_from]
    for k in sorted(range(len(cells)), key=sizes.__getitem__):
        votes = Counter(change for rows in seen_from[k] for change in rows)
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
