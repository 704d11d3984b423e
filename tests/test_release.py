"""The student bundle: everything a student needs, and by its content nothing that is not a student's."""

from __future__ import annotations

import inspect
import json
import os
import re
import shutil
import subprocess
import sys
import threading
import zipfile
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import matplotlib
import pytest
from click.testing import CliRunner

from autograder import cells, course
from autograder.__main__ import release
from autograder.release import NAME, write_bundle
from autograder.slips import slips_of


@pytest.fixture(scope="module")
def bundle(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    write_bundle(folder)
    return folder / NAME


COMMON = re.compile(r"#|\"\"\"|from |import |def |class |\w+: .*,$|\w+ = (Callable|dict)\[")


def lines(text: str, many: int = 2) -> set[str]:
    """Runs of `many` neighbouring lines that tell something: too long to stand in two places by chance."""
    plain = [re.sub(r"\s+", " ", line).strip() for line in text.splitlines()]
    telling = [line for line in plain if line and not COMMON.match(line)]
    runs = zip(*(telling[start:] for start in range(many)), strict=False)
    return {" / ".join(run) for run in runs if sum(map(len, run)) >= 25 * many}


def solution_lines() -> set[str]:
    hidden: set[str] = set()
    for name in course.assignments():
        visible = set()
        for cell in course.source_notebook(name).cells:
            shown = cells.stub(cell.source) if cell.cell_type == "code" else cell.source
            if cells.role(cell) == "written":
                hidden |= lines(cell.source)
            else:
                visible |= lines(shown)
                hidden |= lines(cell.source)
        hidden -= visible
    return hidden


# Public and hidden checks of one task say some things in the same two or three lines; four are a copy.
MANY = 4


def autograder_lines() -> set[str]:
    folders = ("checks", "oracles", "slips")
    paths = [path for folder in folders for path in (course.ROOT / "autograder" / folder).glob("*.py")]
    return set().union(*(lines(path.read_text(encoding="utf-8"), MANY) for path in paths))


def test_no_solution_hidden_test_or_oracle_is_in_it_by_content(bundle):
    solutions, ours = solution_lines(), autograder_lines()
    assert min(len(solutions), len(ours)) > 300
    for path in bundle.rglob("*"):
        if path.is_file() and path.suffix in (".py", ".ipynb", ".md", ".toml", ".txt"):
            text = path.read_text(encoding="utf-8")
            if path.suffix == ".ipynb":
                text = "\n".join("".join(cell["source"]) + "\n" for cell in json.loads(text)["cells"])
            assert lines(text) & solutions == set(), path
            assert lines(text, MANY) & ours == set(), path
            assert "HIDDEN TESTS" not in text
            assert "SOLUTION" not in text
            assert "import autograder" not in text and "from autograder" not in text, path


def test_a_leak_would_be_seen():
    slips = [slip for name in course.assignments() for slip in slips_of(name)]
    assert all(lines(inspect.getsource(slip.wrong), MANY) <= autograder_lines() for slip in slips[:50])
    source = course.source_notebook("conv-layers")
    todo = next(cell.source for cell in source.cells if cells.key(cell) == "conv-forward-todo")
    assert lines(cells.solved(todo)) & solution_lines()


def test_notebooks_hold_no_outputs(bundle):
    for path in bundle.rglob("*.ipynb"):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            assert not cell.get("outputs")


def test_only_what_students_need_is_in_it(bundle):
    assert {path.name for path in bundle.iterdir()} == {
        "assignments",
        "utils",
        "requirements.txt",
        "README.md",
        "pyproject.toml",
    }


def test_folder_and_zip_are_the_same_and_the_zip_is_reproducible(bundle, tmp_path):
    packed = bundle.parent / f"{NAME}.zip"
    with zipfile.ZipFile(packed) as archive:
        assert {n: archive.read(n) for n in archive.namelist()} == {
            path.relative_to(bundle).as_posix(): path.read_bytes() for path in bundle.rglob("*") if path.is_file()
        }
    assert write_bundle(tmp_path).read_bytes() == packed.read_bytes()


def test_utils_of_the_bundle_work_on_their_own(bundle):
    code = "import utils, utils.data; print(utils.data.load('digits').train.images.shape[1:])"
    done = subprocess.run([sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, '.'); {code}"], cwd=bundle,
                          capture_output=True, text=True, check=True)  # fmt: skip
    assert done.stdout.strip() == "(1, 8, 8)"


@pytest.mark.parametrize(("address", "told"), [("https://example.org/nn.zip", True), ("https://uni.edu/nn.zip", False)])
def test_an_example_s_address_of_the_bundle_is_told(address, told, tmp_path, monkeypatch):
    shutil.copytree(course.RELEASE, tmp_path / "assignments")
    for path in (tmp_path / "assignments").glob("*/*.ipynb"):
        text = path.read_text(encoding="utf-8")
        path.write_text(re.sub(r'BUNDLE_URL = \\".*?\\"', rf'BUNDLE_URL = \\"{address}\\"', text), encoding="utf-8")
    monkeypatch.setattr(course, "RELEASE", tmp_path / "assignments")
    done = CliRunner().invoke(release, ["--to", str(tmp_path)])
    assert done.exit_code == 0, done.output
    assert done.output.startswith(str(tmp_path / f"{NAME}.zip"))
    assert ("c.SetBundleAddress.url in nbgrader_config.py" in done.output) == told


class Quiet(SimpleHTTPRequestHandler):
    """A server of files that says nothing."""

    def log_message(self, *said: object) -> None:
        pass


@pytest.mark.parametrize("name", course.assignments())
def test_in_colab_the_first_cell_fetches_the_bundle(name, bundle, tmp_path):
    """Colab as far as it can be had here: its module is there, the course is not, and the zip lies on a server."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(bundle.parent))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        setup, imports = [c.source for c in course.release_notebook(name).cells if c.cell_type == "code"][:2]
        url = f"http://127.0.0.1:{server.server_port}/{NAME}.zip"
        assert 'BUNDLE_URL = "' in setup
        setup = re.sub(r'BUNDLE_URL = ".*"', f'BUNDLE_URL = "{url}"', setup)
        colab = "import sys, types; sys.modules['google.colab'] = types.ModuleType('google.colab')"
        end = "import utils; print(utils.__file__)"
        done = subprocess.run(
            [sys.executable, "-I", "-c", "\n".join([colab, setup, imports, end])],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
            env={
                "PATH": os.defpath,
                "HOME": str(tmp_path),
                "MPLBACKEND": "agg",
                "MPLCONFIGDIR": matplotlib.get_configdir(),
            },
        )
        server.shutdown()
    assert done.returncode == 0, done.stderr
    assert Path(done.stdout.strip().splitlines()[-1]).is_relative_to(tmp_path / "course" / "utils")
