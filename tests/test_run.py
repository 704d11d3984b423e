"""Running a notebook: what is run and what is not, and what becomes of cells that break or flood the kernel."""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import time
from pathlib import Path

import numpy as np
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from autograder import cells
from autograder.run import Limits, NotebookRun
from autograder.student import StandIn, StudentError

QUICK = Limits(cell_seconds=2, check_seconds=2)


def given(source: str, name: str = "given"):
    return new_code_cell(source, metadata={"nbgrader": {"grade_id": name, "locked": True}})


def todo(source: str, name: str):
    return new_code_cell(source, metadata={"nbgrader": {"grade_id": f"{name}-todo", "solution": True}})


def check(name: str):
    return new_code_cell("print('never run')", metadata={"nbgrader": {"grade_id": name, "grade": True, "locked": True}})


def experiment(source: str):
    return new_code_cell(source, metadata={"tags": ["experiment"]})


def run(*given_cells, files=None, limits=QUICK, allow_keras=False):
    return NotebookRun(new_notebook(cells=list(given_cells)), allow_keras, files or {}, limits)


def printed(cell) -> str:
    return "".join(o.get("text", "") for o in cell.outputs)


def test_cells_run_up_to_the_check_and_no_further():
    with run(given("x = [1]"), todo("x.append(2)", "a"), check("a"), todo("x.append(3)", "b"), check("b")) as one:
        assert one.advance_to("a").x == [1, 2]
        assert one.advance_to("a").x == [1, 2]
        assert one.advance_to("b").x == [1, 2, 3]
        one.finish()
    assert not one.notebook.cells[2].outputs


def test_an_experiment_is_not_run_unless_its_name_is_needed():
    cell, needed = experiment("print('ran'); y = 5"), experiment("z = 7")
    with run(cell, needed, todo("w = z + 1", "a"), check("a")) as one:
        student = one.advance_to("a")
        assert student.w == 8
        assert student.y == 5
        with pytest.raises(StudentError, match="NameError"):
            _ = student.nowhere


def test_what_a_cell_prints_and_raises_is_kept_and_stops_nothing():
    with run(given("import sys; print('out'); print('err', file=sys.stderr)"), given("1/0"), given("x = 3")) as one:
        one.finish()
        assert one.advance_to("end").x == 3
    assert "out" in printed(one.notebook.cells[0])
    assert one.notebook.cells[1].outputs[0].ename == "ZeroDivisionError"


def test_an_endless_cell_is_stopped_and_the_rest_goes_on():
    with run(given("x = 1"), given("while True: pass", "loop"), given("x += 1"), check("a")) as one:
        assert one.advance_to("a").x == 2
    assert "stopped after 2 s" in one.troubles[0].says


IGNORES_INTERRUPTS = """
import signal, time
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
while True:
    time.sleep(0.1)
"""


@pytest.mark.parametrize("code", [IGNORES_INTERRUPTS, "import os; os._exit(1)", "import ctypes; ctypes.string_at(0)"])
def test_a_kernel_that_is_lost_is_replaced_without_the_cell_that_broke_it(code):
    with run(given("x = 1"), given(code, "bad"), given("x += 1"), check("a")) as one:
        assert one.advance_to("a").x == 2
    assert "bad" in one.troubles[0].says


def test_a_check_that_never_ends_is_stopped_and_the_next_one_works():
    endless = "def f():\n    while True: pass\ndef g():\n    return 3"
    with run(todo(endless, "a"), check("a"), check("b")) as one:
        start = time.monotonic()
        with pytest.raises(StudentError, match="did not end in time"):
            one.advance_to("a").f()
        with pytest.raises(StudentError, match="had used their 2 s"):
            one.advance_to("a")
        assert one.advance_to("b").g() == 3
        assert time.monotonic() - start < 10 * QUICK.check_seconds


class Costly:
    """An object of the grader's that works as long, or takes as much memory, as its caller says."""

    def forward(self, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            pass

    def backward(self, gibibytes):
        return np.zeros(gibibytes * 2**27).size


def test_what_a_kernel_asks_the_grader_for_is_limited():
    before = resource.getrlimit(resource.RLIMIT_AS), signal.getsignal(signal.SIGALRM)
    asks = (
        "def f(thing): thing.forward(60)\ndef g(thing): return thing.backward(9)\ndef h(thing): return thing.forward(0)"
    )
    with run(todo(asks, "a"), check("a"), check("b")) as one:
        start = time.monotonic()
        with pytest.raises(StudentError, match=r"TimeoutError|did not end in time"):
            one.advance_to("a").f(StandIn(Costly()))
        assert time.monotonic() - start < 5 * QUICK.check_seconds
        with pytest.raises(StudentError, match="MemoryError"):
            one.advance_to("b").g(StandIn(Costly()))
        assert one.advance_to("b").h(StandIn(Costly())) is None
    assert (resource.getrlimit(resource.RLIMIT_AS), signal.getsignal(signal.SIGALRM)) == before


def test_a_check_that_kills_the_kernel_costs_only_itself():
    with run(todo("import os\ndef f(): os._exit(1)\ndef g(): return 3", "a"), check("a"), check("b")) as one:
        with pytest.raises(StudentError, match="ended the kernel"):
            one.advance_to("a").f()
        assert one.advance_to("b").g() == 3


def test_a_flood_of_output_is_cut():
    with run(given("print('x' * 5_000_000)"), given("for i in range(100_000): print(i)"), check("a")) as one:
        one.advance_to("a")
    for cell in one.notebook.cells[:2]:
        assert len(printed(cell)) < 300_000
        assert "left out" in printed(cell)


def test_files_of_the_submission_are_data_and_shadow_nothing():
    evil = {
        "numpy.py": b"raise SystemExit",
        "utils/data.py": b"evil = 1",
        "utils/__init__.py": b"",
        "mine.py": b"n = 4",
    }
    code = (
        "import numpy, utils.data\nfine = not hasattr(utils.data, 'evil')\nimport mine\ntext = open('mine.py').read()"
    )
    with run(given(code), check("a"), files=evil) as one:
        student = one.advance_to("a")
        assert student.fine is True
        assert student.text == "n = 4"
        assert student.mine.n == 4


def test_a_kernel_sees_no_secret_of_the_grader(monkeypatch):
    monkeypatch.setenv("CANVAS_TOKEN", "secret")
    with run(given("import os; env = dict(os.environ)"), check("a")) as one:
        env = one.advance_to("a").env
    assert "CANVAS_TOKEN" not in env
    assert "JPY_API_TOKEN" not in env


def test_from_scratch_means_no_framework_and_others_may():
    code = "try:\n    import keras\n    said = 'imported'\nexcept ImportError as e:\n    said = str(e)"
    with run(given(code), check("a")) as one:
        assert "from scratch" in one.advance_to("a").said


@pytest.mark.parametrize("warm", ["0", "1"], ids=["cold", "warm"])
def test_nothing_is_left_of_a_kernel(warm, monkeypatch):
    monkeypatch.setenv("COURSE_WARM", warm)
    seconds = f"{1000 + os.getpid()}.{warm}5"  # as its number of seconds to sleep, one that no other process has
    code = f"import subprocess; child = subprocess.Popen(['sleep', '{seconds}'], start_new_session=True)"
    with run(given(code), check("a")) as one:
        one.advance_to("a")
        folder = one._kernel.folder
        assert processes_with(seconds)
    assert not folder.exists()
    assert not processes_with(seconds)


def processes_with(word: str) -> list[str]:
    """Command lines of the machine's processes that have this word."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            words = path.read_bytes().decode(errors="replace").split("\0")
            found += [" ".join(words)] if word in words else []
    return found


def test_arrays_of_a_few_megabytes_cross_the_line():
    with run(check("a")) as one:
        student = one.advance_to("a")
        student.x = np.ones((1000, 1000))
        assert student.x.sum() == 1_000_000


def test_roles_are_read_from_the_metadata():
    roles = [cells.role(c) for c in (given(""), todo("", "a"), check("a"), experiment(""), new_code_cell(""))]
    assert roles == ["given", "solution", "check", "experiment", "given"]
