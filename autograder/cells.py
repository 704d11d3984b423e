"""What each cell of a notebook is for: the one place that knows how roles are written in the metadata."""

from __future__ import annotations

import re

from nbformat import NotebookNode

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
EXPERIMENT = "experiment"


def key(cell: NotebookNode) -> str:
    """The name that a cell keeps through every editor: nbgrader's id, else the cell's (Colab keeps it as metadata)."""
    nbgrader = cell.metadata.get("nbgrader")
    grade_id = nbgrader.get("grade_id") if isinstance(nbgrader, dict) else None
    return str(grade_id or cell.metadata.get("id") or cell.get("id") or "")


def role(cell: NotebookNode) -> str:
    """One of check, written, solution, experiment, given (locked code), text; of a cell of the release or the source."""
    nbgrader = cell.metadata.get("nbgrader", {})
    if nbgrader.get("grade"):
        return "written" if nbgrader.get("solution") else "check"
    if nbgrader.get("solution"):
        return "solution"
    if EXPERIMENT in cell.metadata.get("tags", []):
        return EXPERIMENT
    return "given" if cell.cell_type == "code" else "text"


def stub(source: str) -> str:
    """The TODO that students get: each solution region becomes a NotImplementedError that names the task.

    >>> print(stub("def f(x):\\n    ### BEGIN SOLUTION 1.1 f\\n    return x\\n    ### END SOLUTION"))
    def f(x):
        raise NotImplementedError("1.1 f")
    """
    lines, inside = [], False
    for line in source.split("\n"):
        if BEGIN in line:
            if inside:
                raise ValueError(f"a solution region begins inside another one: {line.strip()!r}")
            inside = True
            indent, label = re.fullmatch(rf"(\s*){BEGIN}\s*(.*?)\s*", line).groups()  # type: ignore[union-attr]
            if not label:
                raise ValueError(f"{line.strip()!r} does not say which task: write '{BEGIN} 1.1 name'")
            lines.append(f'{indent}raise NotImplementedError("{label}")')
        elif END in line:
            inside = False
        elif not inside:
            lines.append(line)
    if inside:
        raise ValueError(f"a solution region has no '{END}'")
    return "\n".join(lines)


def solved(source: str) -> str:
    """The solution as a student would hand it in: the same cell without the region marks."""
    return "\n".join(line for line in source.split("\n") if BEGIN not in line and END not in line)
