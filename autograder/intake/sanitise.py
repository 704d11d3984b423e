"""Makes a gradable notebook of a submission's bytes and the release; what decides points comes from the release alone.

The release gives the cells, their order, ids, points, tags and locked texts. The student gives the texts of TODO cells,
written answers and experiments, and cells of his own, which keep their place behind the cell they follow. It never
raises for what a student did: what cannot be read ends as the untouched release, with the reason.
"""

from __future__ import annotations

import copy
import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from autograder import cells
from autograder.intake.matching import match
from autograder.intake.outputs import plain_outputs
from autograder.intake.texts import Texts
from autograder.sandbox.inside.wire import parse

MAX_BYTES = 50 * 2**20  # of a notebook file; the largest of the course with all its figures has below 3 MiB
MAX_CELLS = 2000
MAX_SOURCE = 200_000  # characters of one cell
PUT_BACK = "was missing; it was put back"


class Unreadable(ValueError):
    """The submitted file is no notebook; the message says why."""


@dataclass
class Sanitised:
    """The notebook to grade, the reason if nothing of the submission could be read, and what was found odd."""

    notebook: NotebookNode
    unreadable: str = ""
    notes: list[str] = field(default_factory=list)


def sanitise(submitted: bytes, release: NotebookNode) -> Sanitised:
    """The notebook that is graded. It depends on its arguments only, and sanitising it again changes nothing."""
    notebook = copy.deepcopy(release)
    try:
        theirs = read(submitted)
    except Unreadable as error:
        return Sanitised(notebook, unreadable=str(error))
    notes: list[str] = []
    matched, extras = match(theirs, notebook, notes)
    texts = Texts()
    result = [_extra(cell, f"extra-start-{i}", texts) for i, cell in enumerate(extras.get("", []))]
    for cell in notebook.cells:
        name = cells.key(cell)
        if name in matched:
            _take_over(cell, matched[name], texts)
        elif cells.role(cell) in ("check", "solution", "written"):
            notes.append(f"the cell {name} {PUT_BACK}")
        result.append(cell)
        result += [_extra(own, f"extra-{name}-{i}"[:64], texts) for i, own in enumerate(extras.get(name, []))]
    notebook.cells = result
    return Sanitised(notebook, notes=notes)


def read(submitted: bytes) -> NotebookNode:
    """A submitted file as a version 4 notebook with text in every cell. Raises Unreadable with a reason."""
    if len(submitted) > MAX_BYTES:
        raise Unreadable(f"the file is larger than {MAX_BYTES:,} bytes, the most that is read")
    if not submitted.strip():
        raise Unreadable("the file is empty")
    try:
        text = submitted.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = submitted.decode("utf-16" if submitted[:2] in (b"\xff\xfe", b"\xfe\xff") else "latin-1", "replace")
    try:
        raw = parse(text)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"the file is no valid JSON, so it is not a notebook ({error})"[:300]) from None
    if not isinstance(raw, dict):
        raise Unreadable("the file holds no notebook")
    if raw.get("nbformat") != 4:
        try:
            raw = nbformat.reads(json.dumps(raw), as_version=4)
        except Exception as error:  # noqa: BLE001 - nbformat's converters raise whatever a broken file makes them
            raise Unreadable(f"the notebook's format cannot be converted ({type(error).__name__})") from None
    found = raw.get("cells")
    if not isinstance(found, list):
        raise Unreadable("the notebook has no cells")
    if len(found) > MAX_CELLS:
        raise Unreadable(f"the notebook has {len(found)} cells; at most {MAX_CELLS} are read")
    return NotebookNode(cells=[cell for cell in map(_plain_cell, found) if cell is not None])


def closest_release(submitted: bytes, releases: dict[str, NotebookNode]) -> str | None:
    """The name of the release whose cells a notebook shares, whatever its file is called; None if it shares none."""
    try:
        names = {cells.key(cell) for cell in read(submitted).cells}
    except Unreadable:
        return None
    shared = {
        name: len(names & {cells.key(c) for c in release.cells if cells.role(c) in ("check", "solution", "written")})
        for name, release in releases.items()
    }
    best = max(shared, key=lambda name: shared[name], default=None)
    return best if best is not None and shared[best] else None


def _plain_cell(cell: Any) -> NotebookNode | None:
    """A cell with types one can rely on, or None for what is no cell."""
    if not isinstance(cell, dict) or cell.get("cell_type") not in ("code", "markdown", "raw"):
        return None
    source = cell.get("source", "")
    if isinstance(source, list):
        source = "".join(part for part in source if isinstance(part, str))
    source = source if isinstance(source, str) else ""
    metadata = cell.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    plain: dict[str, Any] = {
        "cell_type": cell["cell_type"],
        "source": source[:MAX_SOURCE].replace("\r\n", "\n"),
        "metadata": {key: metadata[key] for key in ("nbgrader", "id") if key in metadata},
        "outputs": cell.get("outputs") if isinstance(cell.get("outputs"), list) else [],
    }
    if isinstance(cell.get("attachments"), dict):
        plain["attachments"] = cell["attachments"]
    if isinstance(cell.get("id"), str):
        plain["id"] = cell["id"]
    return nbformat.from_dict(plain)


def _take_over(cell: NotebookNode, theirs: NotebookNode, texts: Texts) -> None:
    """The student's part of a released cell: the text where it is his to write, outputs where they are kept."""
    role = cells.role(cell)
    if role in ("solution", "written", cells.EXPERIMENT):
        if cell.cell_type == "markdown":
            texts.write(cell, theirs)
        else:
            cell.source = theirs.source
    if role == cells.EXPERIMENT:
        cell.outputs = plain_outputs(theirs.get("outputs", []))


def _extra(cell: NotebookNode, name: str, texts: Texts) -> NotebookNode:
    if cell.cell_type == "code":
        return new_code_cell(cell.source, id=_safe_id(name))
    return texts.write(new_markdown_cell("", id=_safe_id(name)), cell)


def _safe_id(name: str) -> str:
    return name if len(name) <= 60 else "extra-" + hashlib.sha256(name.encode()).hexdigest()[:16]
