"""The house: what may import what, and what must not be where."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PYTHON = sorted([*ROOT.glob("utils/**/*.py"), *ROOT.glob("autograder/**/*.py")])


def imports(path: Path) -> set[str]:
    """Absolute names of all modules a file imports, at any level."""
    package = path.relative_to(ROOT).with_suffix("").parts[:-1]
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            module = ".".join(filter(None, [base, node.module]))
            found |= {module, *(f"{module}.{alias.name}" for alias in node.names)}
    return found


def starts(names: set[str], *prefixes: str) -> set[str]:
    return {n for n in names for p in prefixes if n == p or n.startswith(p + ".")}


@pytest.mark.parametrize("path", PYTHON, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_arrows_point_the_right_way(path):
    place, names = path.relative_to(ROOT).parts, imports(path)
    assert not starts(names, "source", "tests", "assignments")
    if place[0] == "utils":
        assert not starts(names, "autograder")
    if place[:2] == ("autograder", "oracles"):
        assert not starts(names, "utils") | (starts(names, "autograder") - starts(names, "autograder.oracles"))
    if place[:3] == ("autograder", "sandbox", "inside"):
        assert not starts(names, "autograder") - starts(names, "autograder.sandbox.inside")
    if place[0] == "autograder" and place[1] not in ("slips", "variants"):
        assert not starts(names, "tensorflow", "keras", "utils.reference")


def test_keras_is_imported_in_one_module_of_utils_and_inside_functions():
    found = [p.name for p in ROOT.glob("utils/**/*.py") if starts(imports(p), "keras", "tensorflow")]
    assert len(found) == 1, found
    tree = ast.parse(next(ROOT.glob(f"utils/**/{found[0]}")).read_text(encoding="utf-8"))
    top = [n for n in tree.body if isinstance(n, (ast.Import, ast.ImportFrom))]
    assert not [n for n in top if "keras" in ast.dump(n) or "tensorflow" in ast.dump(n)]


def test_import_utils_brings_no_framework():
    code = "import sys, utils, utils.verdict, utils.gradients, utils.reference, utils.data\n"
    code += "print([m for m in ('keras', 'tensorflow', 'sklearn', 'scipy', 'pandas') if m in sys.modules])"
    said = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"


@pytest.mark.parametrize("path", PYTHON, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_a_module_opens_with_its_job(path):
    doc = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    assert doc, "no docstring"
