"""Makes what students get: assignments, utils, requirements and a README, as a folder and a zip; nothing else goes in."""

from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path

from autograder import cells, course
from utils.submission import list_released

NAME = "neural-networks-from-scratch"
EXAMPLE = "https://example.org/"  # where nbgrader_config.py has the bundle as long as nobody says where it is
TEMPLATES = Path(__file__).parent / "templates"
# Files of the bundle that are not copied from the course: name in the bundle, template.
OWN = {
    "README.md": "student-README.md",
    "requirements.txt": "student-requirements.txt",
    "pyproject.toml": "student-pyproject.toml",
}


def write_bundle(folder: Path) -> Path:
    """Writes `folder`/NAME and `folder`/NAME.zip and returns the zip's path. The same course gives the same bytes."""
    missing = [str(path) for path in bundle_files().values() if not path.is_file()]
    if missing:
        raise FileNotFoundError(f"{', '.join(missing)}: not there; run `make assignments` first")
    bundle = folder / NAME
    if bundle.exists():
        shutil.rmtree(bundle)
    for name, source in bundle_files().items():
        target = bundle / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
    # With it a student's hand-in can say which cells are missing, without the release at hand.
    released = json.dumps(list_released(bundle / "assignments"), indent=1)
    (bundle / "utils" / "released.json").write_text(released + "\n", encoding="utf-8")
    archive = folder / f"{NAME}.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for path in sorted(path for path in bundle.rglob("*") if path.is_file()):
            name = path.relative_to(bundle).as_posix()
            entry = zipfile.ZipInfo(name, date_time=(2026, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            packed.writestr(entry, path.read_bytes())
    return archive


def has_example_address() -> bool:
    """Whether a released notebook tells Colab to fetch the course where it is not: at the example's address."""
    released = (cell for name in course.assignments() for cell in course.release_notebook(name).cells)
    return any(EXAMPLE in cell.source for cell in released if cells.key(cell) == "setup")


def bundle_files() -> dict[str, Path]:
    """Every file of the bundle: its name there, and the file it is copied from."""
    files = {name: TEMPLATES / template for name, template in OWN.items()}
    for name in course.assignments():
        files[f"assignments/{name}/{name}.ipynb"] = course.RELEASE / name / f"{name}.ipynb"
    for path in sorted(course.UTILS.rglob("*")):
        if path.suffix in (".py", ".npz") and "__pycache__" not in path.parts:
            files[f"utils/{path.relative_to(course.UTILS).as_posix()}"] = path
    return files
