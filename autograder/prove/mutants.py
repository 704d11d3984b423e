"""Small changes of the solutions, made by rule: each is a mistake that nobody thought of. It runs none of them.

A mutant differs from the solution in one place between `### BEGIN SOLUTION` and `### END SOLUTION`. The rules are those
of mutation testing: DeMillo, Lipton and Sayward, "Hints on test data selection", 1978; here they also know NumPy's axes,
slices and the pairs of names that students mix up.
"""

from __future__ import annotations

import ast
import copy
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from autograder import cells, course
from autograder.promise import checks_of
from autograder.prove.rules import changes

Place = tuple[tuple[str, int | None], ...]  # the way from the cell's tree to a node: fields, and positions in lists


@dataclass(frozen=True)
class Mutant:
    """One changed solution. `change` ("before → after") names it within its task; `text` is the whole TODO cell."""

    assignment: str
    task: str
    change: str
    text: str


def mutants_of(assignment: str) -> list[Mutant]:
    """Every mutant of every automatically graded task, in the order of the notebook; the same in every run."""
    tasks = {task.id for task in checks_of(assignment).ASSIGNMENT.tasks}
    found = []
    for cell in course.source_notebook(assignment).cells:
        task = cells.key(cell).removesuffix("-todo")
        if cells.role(cell) == "solution" and task in tasks:
            found += [Mutant(assignment, task, change, text) for change, text in changed(cell.source)]
    return found


def changed(source: str) -> list[tuple[str, str]]:
    """All mutants of one TODO cell, as (change, text); two that read the same are one.

    >>> for change, _ in changed("def f(x):\\n    ### BEGIN SOLUTION f\\n    return x[1:]\\n    ### END SOLUTION"):
    ...     print(change)
    return x[1:] → return None
    return x[1:] → return x
    return x[1:] → return x[:]
    return x[1:] → return x[2:]
    return x[1:] → return x[0:]
    """
    tree = ast.parse(source)
    solution = _solution_lines(source)
    right, texts = ast.unparse(tree), {}
    names: Counter[str] = Counter()
    for place, node in _walk(tree):
        if getattr(node, "lineno", 0) not in solution:
            continue
        for new in changes(node):
            mutant = copy.deepcopy(tree)
            text = _unparsed(_replaced(mutant, place, new))
            if text in (None, right) or text in texts:
                continue
            name = _name(tree, mutant, place)
            names[name] += 1
            texts[text] = name if names[name] == 1 else f"{name} ({names[name]})"
    return [(name, text) for text, name in texts.items()]


def _solution_lines(source: str) -> set[int]:
    inside, lines = False, set()
    for number, line in enumerate(source.split("\n"), 1):
        if cells.BEGIN in line or cells.END in line:
            inside = cells.BEGIN in line
        elif inside:
            lines.add(number)
    return lines


def _walk(node: ast.AST, place: Place = ()) -> Iterator[tuple[Place, ast.AST]]:
    """Every node in the order of the text; what only leads to a `print` is left out: no check reads it."""
    if isinstance(node, ast.stmt) and _talks(node):
        return
    yield place, node
    for field, value in ast.iter_fields(node):
        if isinstance(value, ast.AST):
            yield from _walk(value, (*place, (field, None)))
        elif isinstance(value, list) and not isinstance(node, ast.JoinedStr):
            for k, item in enumerate(value):
                if isinstance(item, ast.AST):
                    yield from _walk(item, (*place, (field, k)))


def _talks(node: ast.stmt) -> bool:
    """Whether a statement is a `print`, or an `if` that ends with one."""
    if isinstance(node, ast.If):
        return _talks(node.body[-1])
    call = node.value if isinstance(node, ast.Expr) else None
    return isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "print"


def _at(tree: ast.AST, place: Place) -> ast.AST:
    for field, k in place:
        tree = getattr(tree, field) if k is None else getattr(tree, field)[k]
    return tree


def _replaced(tree: ast.AST, place: Place, new: ast.AST | None) -> ast.AST:
    """The tree, changed in place; a body that would be empty holds `pass`."""
    parent, (field, k) = _at(tree, place[:-1]), place[-1]
    if k is None:
        setattr(parent, field, new)
    elif new is not None:
        getattr(parent, field)[k] = new
    else:
        rows = getattr(parent, field)
        rows[k : k + 1] = [] if len(rows) > 1 or field != "body" else [ast.Pass()]
    return ast.fix_missing_locations(tree)


def _unparsed(tree: ast.AST) -> str | None:
    """The text of a tree, if it is a program at all."""
    try:
        text = ast.unparse(tree)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # some mutants look odd even to the compiler
            compile(text, "mutant", "exec")
    except (SyntaxError, ValueError, AttributeError, TypeError):
        return None
    return text


def _name(tree: ast.AST, mutant: ast.AST, place: Place) -> str:
    """What was changed into what: the statement before and after, or the changed part of a long one with its ends."""
    at = max(k for k in range(1, len(place) + 1) if isinstance(_at(tree, place[:k]), ast.stmt))
    before = _head(_at(tree, place[:at]))
    block, now = _at(mutant, place[: at - 1]), place[at - 1]
    rows = getattr(block, now[0])
    removed = len(rows) < len(getattr(_at(tree, place[: at - 1]), now[0]))
    after = "(removed)" if removed else _head(rows[now[1] or 0])
    if len(before) + len(after) <= 150 or after == "(removed)":
        return f"{before[:150]} → {after}"
    start = next((k for k, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), 0)
    end = next((k for k, (a, b) in enumerate(zip(before[::-1], after[::-1], strict=False)) if a != b), 0)
    end = min(end, len(before) - start, len(after) - start)
    left, right = max(start - 40, 0), max(end - 30, 0)
    return f"…{before[left : len(before) - right]}… → …{after[left : len(after) - right]}…"


def _head(node: ast.AST) -> str:
    """The text of a statement; of one with a body, its first line and what its last line is if that was added."""
    lines = ast.unparse(node).split("\n")
    body = getattr(node, "body", None)
    ends = " … break" if isinstance(body, list) and isinstance(body[-1], ast.Break) else ""
    return lines[0] + ends
