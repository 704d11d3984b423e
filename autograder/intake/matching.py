"""Which submitted cell answers which released one, by id, or by text, definitions and place where editors lost the ids.

It changes no cell. What answers nothing is a cell of the student's own.
"""

from __future__ import annotations

from collections.abc import Callable

from nbformat import NotebookNode

from autograder import cells
from autograder.intake.definitions import covers, defined

MAX_UNKNOWN = 200  # cells without a known name that are looked into


def match(
    theirs: NotebookNode, release: NotebookNode, notes: list[str]
) -> tuple[dict[str, NotebookNode], dict[str, list[NotebookNode]]]:
    """Which submitted cell answers which released cell, and the student's own cells by the cell they follow."""
    released = {cells.key(cell): cell for cell in release.cells}
    names = _names(theirs.cells, released)
    groups: dict[str, list[NotebookNode]] = {}
    for name, cell in zip(names, theirs.cells, strict=True):
        groups.setdefault(name, []).append(cell)
    chosen: dict[str, NotebookNode] = {}
    for name, group in groups.items():
        if name in released:
            chosen[name] = _original(group, released[name])
            if len(group) > 1:
                notes.append(
                    f"the cell {name} was there {len(group)} times; copies were kept as the student's own cells"
                )
    extras: dict[str, list[NotebookNode]] = {}
    anchor = ""
    for name, cell in zip(names, theirs.cells, strict=True):
        if chosen.get(name) is cell:
            anchor = name
        elif cell.source.strip() and not (name in released and cells.role(released[name]) == "check"):
            extras.setdefault(anchor, []).append(cell)
    return chosen, extras


def _names(theirs: list[NotebookNode], released: dict[str, NotebookNode]) -> list[str]:
    """The name of every submitted cell; where editors lost it, found by the text, by what it defines, or by its place."""
    names = [cells.key(cell) for cell in theirs]
    order = list(released)

    unknown = [i for i, name in enumerate(names) if name not in released][:MAX_UNKNOWN]

    def find(wanted: str, fits: Callable[[int], bool]) -> None:
        found = [] if wanted in names else [i for i in unknown if names[i] not in released and fits(i)]
        if found:
            names[found[-1]] = wanted

    texts = {name: cell.source.strip() for name, cell in released.items()}
    for wanted, text in texts.items():
        find(wanted, lambda i, text=text: text != "" and theirs[i].source.strip() == text)  # type: ignore[misc]
    for wanted, cell in released.items():
        lost = defined(cell.source) if cells.role(cell) == "solution" else frozenset()
        find(wanted, lambda i, lost=lost: bool(lost) and covers(defined(theirs[i].source), lost))  # type: ignore[misc]
    for wanted, cell in released.items():
        before = order[order.index(wanted) - 1]
        if cells.role(cell) == "written" and before in names:
            after = names.index(before) + 1
            find(wanted, lambda i, after=after: i == after and theirs[i].cell_type == "markdown")  # type: ignore[misc]
    return names


def _original(group: list[NotebookNode], released: NotebookNode) -> NotebookNode:
    """Of copies of one cell, the original: it still has the released cell id; editors give copies a new one."""
    same = [cell for cell in group if cell.get("id") == released.get("id")]
    right_type = [cell for cell in same or group if cell.cell_type == released.cell_type]
    return (right_type or same or group)[0]
