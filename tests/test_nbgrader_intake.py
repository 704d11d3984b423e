"""Our places in nbgrader's command: what it is given, and that no fault of anybody leaves a student without a record."""

from __future__ import annotations

import shutil
import subprocess
import sys

import nbgrader.apps.api
import nbgrader.apps.autogradeapp
import pytest
from nbgrader.preprocessors import Execute

from autograder import course
from autograder.intake.handed_in import is_time
from autograder.nbgrader_hooks import TrustedExecute
from autograder.nbgrader_intake import TrustedAutograde, put_into_nbgrader
from autograder.record import Records
from autograder.shell import environment

TIMES = ["2026-01-30 15:00:00.000000 UTC", "2015-02-02 15:58:23.948203 America/Los_Angeles", "2026-01-30"]
NONE = [b"", b" \n", b"yesterday", b"\xff\xfe", b"99999999999-99-99", b"2026-01-30 a b c"]


def test_nbgrader_s_command_and_formgrader_use_our_converter(monkeypatch):
    for place in (nbgrader.apps.autogradeapp, nbgrader.apps.api):
        monkeypatch.setattr(place, "Autograde", None)
    put_into_nbgrader()
    assert nbgrader.apps.autogradeapp.Autograde is nbgrader.apps.api.Autograde is TrustedAutograde


@pytest.mark.parametrize("text", TIMES)
def test_times_as_nbgrader_writes_them_are_times(text):
    assert is_time(text.encode())


@pytest.mark.parametrize("content", NONE)
def test_anything_else_is_none_and_raises_nothing(content):
    assert not is_time(content)


def test_a_fault_of_the_grader_is_a_record_that_waits_for_a_person(tmp_path, monkeypatch):
    def broken(job):
        raise MemoryError("ours")

    monkeypatch.setattr("autograder.grade.grade", broken)
    notebook = course.release_notebook("conv-layers")
    notebook.metadata["autograder"] = {"unreadable": "", "notes": ["odd"], "submission": "x"}
    hook = TrustedExecute(records=str(tmp_path / "records"))
    assert isinstance(hook, Execute)
    where = {"assignment": "conv-layers", "student": "ada", "notebook": "conv-layers"}
    hook.preprocess(notebook, {"nbgrader": where, "metadata": {"path": str(tmp_path)}})
    (record,) = Records(tmp_path / "records").load("conv-layers")
    assert record.student == "ada"
    assert "MemoryError" in record.reason
    assert {promise.outcome for task in record.tasks for promise in task.promises} == {"could not check"}


def test_what_a_run_of_the_source_left_is_not_released(tmp_path):
    shutil.copy(course.ROOT / "nbgrader_config.py", tmp_path)
    shutil.copytree(course.SOURCE / "conv-layers", tmp_path / "source" / "conv-layers")
    for name in ("data.csv", "predictions.csv", "conv-layers-me.zip", "best.keras"):
        (tmp_path / "source" / "conv-layers" / name).write_bytes(b"1")
    command = [sys.executable, "-m", "nbgrader", "generate_assignment", "conv-layers"]
    done = subprocess.run(command, cwd=tmp_path, env=environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    released = {path.name for path in (tmp_path / "assignments" / "conv-layers").iterdir()}
    assert released == {"conv-layers.ipynb", "data.csv"}
