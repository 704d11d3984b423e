"""Pack an assignment for handing in, and say exactly what was packed; it sends nothing and grades nothing.

    submission.submit(student="e0123456")

packs the saved notebook and the prediction files beside it into `<assignment>-<student>.zip` and prints a receipt. What
would make grading harder (another file name, a released cell missing or there twice) is said and stops it; `force=True`
packs all the same. `python -m utils.submission FOLDER` prints what `released.json`, the list of released notebooks and
cells, holds for a folder of assignments.
"""

import csv
import hashlib
import io
import json
import os
import re
import sys
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np

from utils.saved_notebook import SubmissionError, cell_ids, doubts, faults, read_notebook

__all__ = ["Receipt", "SubmissionError", "output_submission_csv", "pack", "submit"]

RELEASED = Path(__file__).with_name("released.json")
_STUDENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}")
_HEADER = ["Id", "Category"]


@dataclass(frozen=True)
class Packed:
    """One file of the archive."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Receipt:
    """What was packed, for whom and when; `notes` are doubts that did not stop it. Prints as the student's receipt."""

    assignment: str
    student: str
    archive: Path
    sha256: str
    time: datetime
    files: tuple[Packed, ...]
    notes: tuple[str, ...] = ()
    results: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        lines = [
            f"packed {self.archive.name} for {self.student}, {self.time:%Y-%m-%d %H:%M:%S %z}",
            f"  {self.archive.stat().st_size if self.archive.exists() else 0:>12,} bytes  SHA-256 {self.sha256}",
            "in it:",
            *(f"  {file.size:>12,} bytes  SHA-256 {file.sha256}  {file.name}" for file in self.files),
            "public checks of this kernel:" if self.results else "public checks: none has run in this kernel",
            *(f"  {verdict:<14} {label}" for label, verdict in self.results),
            *(f"note: {note}" for note in self.notes),
            f"Hand in the file {self.archive}. If you have changed anything since, save (Ctrl+S) and pack again.",
        ]
        return "\n".join(lines)


def submit(notebook: str | os.PathLike[str] | None = None, student: str | None = None, *, force: bool = False) -> None:
    """Pack the notebook of the working folder as `<assignment>-<student>.zip` and print a receipt, or say what is wrong.

    Save the notebook first (Ctrl+S): what is packed is the file, not what the browser shows. `notebook` names the file
    where several lie side by side; `student` is your id, as the course knows it. JupyterHub's name is used where there
    is one. `pack` does the same and raises.
    """
    try:
        print(pack(notebook, student, force=force))
    except SubmissionError as error:
        print(f"NOT PACKED. {error}")


def pack(notebook: str | os.PathLike[str] | None = None, student: str | None = None, *, force: bool = False) -> Receipt:
    """Pack as `submit` does and return the receipt. `SubmissionError` says what is wrong and what to do."""
    student = _student(student)
    released = _released()
    assignment, paths = _notebooks(notebook, released)
    wrong, notes = [], []
    contents: dict[str, bytes] = {}
    for path in paths:
        contents[path.name] = path.read_bytes()
        cells = read_notebook(path, contents[path.name])
        wrong += faults(path.name, cells, released.get(assignment, {}).get(path.name))
        notes += doubts(path, cells)
    for name in sorted(set(released.get(assignment, {})) - set(contents)):
        wrong.append(f"{name} belongs to {assignment} and is not here.")
    for path in sorted(paths[0].parent.glob("*.csv")):
        text = path.read_text(encoding="utf-8", errors="replace")
        fault = _fault_of_predictions(text)
        if fault == "":
            contents[path.name] = path.read_bytes()
        elif fault is None:
            notes.append(f"{path.name} is left out: its first line is not Id,Category, so it holds no predictions.")
        else:
            wrong.append(f"{path.name}, {fault}. Write it again with output_submission_csv.")
    if wrong and not force:
        hint = "To pack it as it is: submit(..., force=True)."
        raise SubmissionError("\n".join([*wrong, hint]))

    archive = paths[0].parent / f"{assignment}-{student}.zip"
    packed = _zip(contents)
    unfinished = archive.with_name(archive.name + ".part")
    unfinished.write_bytes(packed)
    os.replace(unfinished, archive)  # a broken-off run never leaves half an archive under the right name
    files = tuple(Packed(name, len(content), _sha256(content)) for name, content in contents.items())
    now = datetime.now().astimezone()
    return Receipt(assignment, student, archive, _sha256(packed), now, files, (*wrong, *notes), _results())


def output_submission_csv(path: str | os.PathLike[str], predictions: np.ndarray) -> Path:
    """Write class ids (N,) as a Kaggle file: the header Id,Category, then one line an image, Id counting from 0.

    Returns the path. Scores (N, C) are refused: `np.argmax(scores, axis=1)` makes class ids of them.
    """
    predictions = np.asarray(predictions)
    if predictions.ndim != 1 or not len(predictions):
        hint = "; give class ids: np.argmax(scores, axis=1)" if predictions.ndim == 2 else ""
        raise ValueError(f"predictions must be class ids (N,), got shape {predictions.shape}{hint}")
    whole = predictions.dtype.kind in "iuf" and np.all(
        np.isfinite(predictions) & (predictions == np.floor(predictions))
    )
    if not whole or predictions.min() < 0:
        raise ValueError(f"predictions must be class ids 0, 1, 2, ...; got {predictions.dtype} {predictions[:5]} ...")
    rows = "".join(f"{k},{int(category)}\n" for k, category in enumerate(predictions))
    path = Path(path)
    path.write_text(",".join(_HEADER) + "\n" + rows, encoding="utf-8", newline="\n")
    return path


def list_released(folder: str | os.PathLike[str]) -> dict[str, dict[str, list[str]]]:
    """Return what `released.json` holds: assignment -> notebook -> the ids of its graded and its TODO cells."""
    return {
        place.name: {path.name: cell_ids(read_notebook(path, path.read_bytes())) for path in notebooks}
        for place in sorted(Path(folder).iterdir())
        if (notebooks := sorted(place.glob("*.ipynb")))
    }


def _student(student: str | None) -> str:
    student = student if student is not None else os.environ.get("JUPYTERHUB_USER", "")
    if not student:
        raise SubmissionError('Say who you are: submit(student="your id, as the course knows it").')
    if not _STUDENT.fullmatch(student):
        raise SubmissionError(
            f"The student id {student!r} cannot be a file name: use letters, digits, dot, dash, underscore and @, "
            f"at most 64 of them, a letter or digit first."
        )
    return student


def _released() -> Mapping[str, Mapping[str, list[str]]]:
    """Return the released notebooks and cells; nothing in a copy of the course that was never released."""
    return json.loads(RELEASED.read_text(encoding="utf-8")) if RELEASED.is_file() else {}


def _notebooks(
    notebook: str | os.PathLike[str] | None, released: Mapping[str, Mapping[str, list[str]]]
) -> tuple[str, list[Path]]:
    """Return the assignment and its notebooks: the one that was named, or those of the working folder."""
    if notebook is not None:
        path = Path(notebook)
        path = path if path.suffix == ".ipynb" else path.with_name(path.name + ".ipynb")
        found, folder = [path] if path.is_file() else [], path.parent.resolve()
    else:
        folder = Path.cwd()
        found = sorted(path for path in folder.glob("*.ipynb") if not path.name.startswith("."))
    assignments = {name: assignment for assignment, notebooks in released.items() for name in notebooks}
    known = [path for path in found if path.name in assignments]
    if released and len({assignments[path.name] for path in known}) == 1:
        return assignments[known[0].name], known
    if not released and len(found) == 1:
        return found[0].stem, found
    here = ", ".join(path.name for path in found) or "none"
    if not found:
        what = str(notebook) if notebook is not None else f"notebook in {folder}"
        colab = "In Colab, open the notebook from a mounted Drive and give its path: submit('/content/drive/...'). "
        raise SubmissionError(
            f"There is no {what}. {colab if 'google.colab' in sys.modules else ''}"
            f'Save it (Ctrl+S), go to its folder, or give its path: submit("conv-layers.ipynb").'
        )
    if known or not released:
        raise SubmissionError(f'Several notebooks are here ({here}). Say which: submit("{found[0].name}").')
    raise SubmissionError(
        f"No notebook has the name it was released under: found {here}, expected one of {', '.join(sorted(assignments))}. "
        f"Rename it back (File > Rename)."
    )


def _fault_of_predictions(text: str) -> str | None:
    """Return "" for a good file of predictions, what is wrong with a broken one, None for another kind of file."""
    header, *rows = list(csv.reader(io.StringIO(text))) or [[]]
    if [cell.strip() for cell in header] != _HEADER:
        return None
    for k, row in enumerate(rows):
        if len(row) != 2 or row[0] != str(k) or not row[1].isdecimal():
            return f"line {k + 2}: got {','.join(row)[:40]!r}, expected {k} and a class id"
    return "" if rows else "no predictions in it"


def _zip(contents: Mapping[str, bytes]) -> bytes:
    """Pack files so that the same contents give the same bytes: no dates, a fixed order."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _results() -> tuple[tuple[str, str], ...]:
    """Return (label, verdict) of the public checks that this kernel has run."""
    from utils import verdict  # only here: packing must work where nothing was checked

    return tuple((str(result.label), str(result.verdict)) for result in verdict.results())


if __name__ == "__main__":
    json.dump(list_released(sys.argv[1]), sys.stdout, indent=1)
