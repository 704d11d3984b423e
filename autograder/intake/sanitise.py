"""Makes a gradable notebook of a submission's bytes and the release; what decides points comes from the release alone.

The release gives the cells, their order, ids, points, tags and locked texts. The student gives the texts of TODO cells,
written answers and experiments, and cells of his own, which keep their place behind the cell they follow. It never
raises for what a student did: what cannot be read ends as the untouched release, with the reason.
"""

from __future__ import annotations

import copy
import hashlib
import json
import re
from dataclasses import dataclass, field
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

from autograder import cells
from autograder.intake.matching import match

MAX_BYTES = 50 * 2**20  # of a notebook file; the largest of the course with all its figures has below 3 MiB
MAX_CELLS = 2000
MAX_SOURCE = 200_000  # characters of one cell
MAX_TEXT = 200_000  # characters of one output
MAX_PICTURE = 4_000_000  # characters of one picture in base64
BASE64 = re.compile(r"[A-Za-z0-9+/=\s]*")
PICTURE = re.compile(r'src="data:image/png;base64,([A-Za-z0-9+/=]+)"')
TEX_COMMANDS = re.compile(r"\\(?:href|cssId|class|style|require|unicode)\b")


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
    result = [_extra(cell, f"extra-start-{i}") for i, cell in enumerate(extras.get("", []))]
    for cell in notebook.cells:
        name = cells.key(cell)
        if name in matched:
            _take_over(cell, matched[name])
        elif cells.role(cell) in ("check", "solution", "written"):
            notes.append(f"the cell {name} was missing; it was put back")
        result.append(cell)
        result += [_extra(own, f"extra-{name}-{i}"[:64]) for i, own in enumerate(extras.get(name, []))]
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
        raw = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"the file is no valid JSON, so it is not a notebook ({error})"[:300]) from None
    if not isinstance(raw, dict):
        raise Unreadable("the file holds no notebook")
    if raw.get("nbformat") != 4:
        try:
            raw = nbformat.reads(text, as_version=4)
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
    if isinstance(cell.get("id"), str):
        plain["id"] = cell["id"]
    return nbformat.from_dict(plain)


def _take_over(cell: NotebookNode, theirs: NotebookNode) -> None:
    """The student's part of a released cell: the text where it is his to write, outputs where they are kept."""
    role = cells.role(cell)
    if role in ("solution", "written", cells.EXPERIMENT):
        cell.source = harmless_markdown(theirs.source) if cell.cell_type == "markdown" else theirs.source
    if role == cells.EXPERIMENT:
        cell.outputs = plain_outputs(theirs.get("outputs", []))


def _extra(cell: NotebookNode, name: str) -> NotebookNode:
    if cell.cell_type == "code":
        return new_code_cell(cell.source, id=_safe_id(name))
    return new_markdown_cell(harmless_markdown(cell.source), id=_safe_id(name))


def _safe_id(name: str) -> str:
    return name if len(name) <= 60 else "extra-" + hashlib.sha256(name.encode()).hexdigest()[:16]


def plain_outputs(outputs: list[Any]) -> list[NotebookNode]:
    """Outputs as text and pictures: no HTML, script or SVG of a student reaches an instructor's browser.

    Pictures inside HTML (the course's figures carry their alt text that way) become pictures.
    """
    kept = []
    for output in outputs:
        if not isinstance(output, dict):
            continue
        kind, data = output.get("output_type"), output.get("data")
        if kind == "stream":
            name = "stderr" if output.get("name") == "stderr" else "stdout"
            kept.append(new_output("stream", name=name, text=_text(output.get("text"))[:MAX_TEXT]))
        elif kind == "error":
            lines = output.get("traceback")
            lines = [line[:MAX_TEXT] for line in lines if isinstance(line, str)] if isinstance(lines, list) else []
            ename, evalue = _text(output.get("ename"))[:200], _text(output.get("evalue"))[:2000]
            kept.append(new_output("error", ename=ename, evalue=evalue, traceback=lines[-100:]))
        elif kind in ("display_data", "execute_result") and isinstance(data, dict):
            kept += _plain_display(data)
    return kept


def _plain_display(data: dict[str, Any]) -> list[NotebookNode]:
    pictures = [(mime, _text(data[mime])) for mime in ("image/png", "image/jpeg") if mime in data]
    pictures += [("image/png", found) for found in PICTURE.findall(_text(data.get("text/html"))[:MAX_PICTURE])]
    pictures = [(mime, code) for mime, code in pictures if BASE64.fullmatch(code) and len(code) <= MAX_PICTURE]
    text = {"text/plain": _text(data["text/plain"])[:MAX_TEXT]} if "text/plain" in data else {}
    if not pictures:
        return [new_output("display_data", data=text)] if text else []
    return [new_output("display_data", data={mime: code, **text}) for mime, code in pictures[:20]]


def harmless_markdown(text: str) -> str:
    """A student's Markdown without raw HTML and without the TeX commands that make links or attributes.

    >>> harmless_markdown("1 < 2, <script>x</script>")
    '1 < 2, &lt;script>x&lt;/script>'
    """
    return TEX_COMMANDS.sub("", re.sub(r"<(?=[A-Za-z/!?])", "&lt;", text))


def _text(value: Any) -> str:
    if isinstance(value, list):
        return "".join(part for part in value if isinstance(part, str))
    return value if isinstance(value, str) else ""
