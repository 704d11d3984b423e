"""utils.submission: what is packed is what was released, whole and saved; whatever is wrong is said and stops it."""

import hashlib
import json
import subprocess
import sys
import types
import zipfile
from pathlib import Path

import numpy as np
import pytest

from utils import saved_notebook, submission
from utils.submission import SubmissionError, output_submission_csv, pack, submit


def cell(cell_id, source="x = 1", *, kind="code", count=1, outputs=(), **marks):
    made = {"cell_type": kind, "id": cell_id, "source": source.splitlines(keepends=True), "metadata": {}}
    if marks:
        made["metadata"]["nbgrader"] = {"grade_id": cell_id, "grade": False, "solution": False, **marks}
    if kind == "code":
        made |= {"execution_count": count, "outputs": list(outputs)}
    return made


def whole():
    return [
        cell("setup", locked=True),
        cell("conv-forward-todo", "def forward(): ...", solution=True),
        cell("conv-forward", "check.forward()", grade=True),
        cell("tuning", "I tuned.", kind="markdown", grade=True, solution=True),
        cell("hand-in", "submission.submit()", count=None),
    ]


def write(path, cells):
    path.write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}), encoding="utf-8")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A working folder with the notebook as it should be."""
    released = {"conv-layers": {"conv-layers.ipynb": ["conv-forward-todo", "conv-forward", "tuning"]}}
    manifest = tmp_path / "released.json"
    manifest.write_text(json.dumps(released | {"optimizers": {"optimizers.ipynb": []}}), encoding="utf-8")
    monkeypatch.setattr(submission, "RELEASED", manifest)
    monkeypatch.delenv("JUPYTERHUB_USER", raising=False)
    monkeypatch.setattr(submission, "_results", lambda: ())
    working = tmp_path / "conv-layers"
    working.mkdir()
    monkeypatch.chdir(working)
    write(working / "conv-layers.ipynb", whole())
    return working


# --- packing ----------------------------------------------------------------------------------------------------------


def test_the_archive_holds_the_notebook_and_the_predictions(folder):
    output_submission_csv("predictions.csv", np.array([3, 8, 8]))
    receipt = pack(student="e0123456")
    assert receipt.archive.name == "conv-layers-e0123456.zip"
    with zipfile.ZipFile(receipt.archive) as archive:
        assert archive.namelist() == ["conv-layers.ipynb", "predictions.csv"]
        assert archive.read("conv-layers.ipynb") == (folder / "conv-layers.ipynb").read_bytes()
        assert archive.read("predictions.csv") == b"Id,Category\n0,3\n1,8\n2,8\n"


def test_the_receipt_names_hashes_sizes_and_time(folder):
    receipt = pack(student="e0123456")
    text = str(receipt)
    content = (folder / "conv-layers.ipynb").read_bytes()
    assert hashlib.sha256(content).hexdigest() in text
    assert hashlib.sha256(receipt.archive.read_bytes()).hexdigest() == receipt.sha256
    assert receipt.sha256 in text
    assert f"{len(content):,} bytes" in text
    assert f"{receipt.time:%Y-%m-%d}" in text
    assert "none has run in this kernel" in text


def test_the_receipt_lists_the_public_results(folder, monkeypatch):
    monkeypatch.undo()
    monkeypatch.chdir(folder)
    verdict = types.ModuleType("utils.verdict")
    verdict.results = lambda: (types.SimpleNamespace(label="4.3 Convolution.forward", verdict="ok"),)
    monkeypatch.setitem(sys.modules, "utils.verdict", verdict)
    monkeypatch.setattr("utils.verdict", verdict, raising=False)
    assert pack("conv-layers", "e1", force=True).results == (("4.3 Convolution.forward", "ok"),)


def test_the_same_work_gives_the_same_archive(folder):
    first = pack(student="e1")
    write(folder / "conv-layers.ipynb", whole())
    assert pack(student="e1").sha256 == first.sha256
    assert sorted(path.name for path in folder.iterdir()) == ["conv-layers-e1.zip", "conv-layers.ipynb"]


def test_other_tables_are_left_out_and_named(folder):
    (folder / "log.csv").write_text("epoch,loss\n1,2\n")
    receipt = pack(student="e1")
    assert [file.name for file in receipt.files] == ["conv-layers.ipynb"]
    assert any("log.csv is left out" in note for note in receipt.notes)


@pytest.mark.parametrize("rows", ["0,3\n2,4\n", "0,3\n1,cat\n", "0,3,1\n", ""])
def test_broken_predictions_stop_it(folder, rows):
    (folder / "predictions.csv").write_text("Id,Category\n" + rows)
    with pytest.raises(SubmissionError, match=r"predictions\.csv, .*\. Write it again with output_submission_csv"):
        pack(student="e1")


def test_several_notebooks_of_an_assignment_are_packed_together(folder):
    submission.RELEASED.write_text(json.dumps({"cnn": {"a.ipynb": [], "b.ipynb": []}}))
    write(folder / "a.ipynb", whole())
    with pytest.raises(SubmissionError, match=r"b\.ipynb belongs to cnn and is not here"):
        pack(student="e1")
    write(folder / "b.ipynb", whole())
    assert [file.name for file in pack(student="e1").files] == ["a.ipynb", "b.ipynb"]


# --- names ------------------------------------------------------------------------------------------------------------


def test_a_renamed_notebook_is_told_its_name(folder):
    (folder / "conv-layers.ipynb").rename(folder / "conv-layers (1).ipynb")
    with pytest.raises(SubmissionError, match=r"found conv-layers \(1\)\.ipynb, expected one of conv-layers\.ipynb"):
        pack(student="e1")


def test_another_notebook_beside_it_does_not_matter(folder):
    write(folder / "Untitled.ipynb", [])
    assert pack(student="e1").assignment == "conv-layers"


def test_two_assignments_in_one_folder_must_be_told_apart(folder):
    write(folder / "optimizers.ipynb", [])
    with pytest.raises(SubmissionError, match="Several notebooks are here"):
        pack(student="e1")
    assert pack("conv-layers", "e1").assignment == "conv-layers"
    assert pack(folder / "optimizers.ipynb", "e1").archive.name == "optimizers-e1.zip"


def test_an_empty_folder_says_what_to_do(folder):
    (folder / "conv-layers.ipynb").unlink()
    with pytest.raises(SubmissionError, match=r"There is no notebook in .*Ctrl\+S"):
        pack(student="e1")
    with pytest.raises(SubmissionError, match="There is no conv-layers"):
        pack("conv-layers", "e1")


def test_a_course_that_was_never_released_packs_the_only_notebook(folder):
    submission.RELEASED.unlink()
    assert pack(student="e1").assignment == "conv-layers"


@pytest.mark.parametrize("student", ["", "../e1", "e 1", "-rf", "e1/e2", "ä", "e" * 65])
def test_a_student_id_must_do_as_a_file_name(folder, student):
    with pytest.raises(SubmissionError, match="Say who you are" if not student else "cannot be a file name"):
        pack(student=student)


def test_the_name_of_jupyterhub_is_used(folder, monkeypatch):
    monkeypatch.setenv("JUPYTERHUB_USER", "e42")
    assert pack().student == "e42"


# --- cells and saved state --------------------------------------------------------------------------------------------


def test_a_missing_released_cell_stops_it(folder):
    write(folder / "conv-layers.ipynb", [made for made in whole() if made["id"] != "conv-forward-todo"])
    with pytest.raises(SubmissionError, match="the cell conv-forward-todo is missing"):
        pack(student="e1")


def test_a_doubled_cell_stops_it_unless_forced(folder):
    cells = whole()
    write(folder / "conv-layers.ipynb", [*cells, cells[1]])
    with pytest.raises(SubmissionError, match="conv-forward-todo is there 2 times"):
        pack(student="e1")
    assert not list(folder.glob("*.zip"))
    assert "there 2 times" in str(pack(student="e1", force=True))


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"cells": 3, "nbformat": 4}', b'{"cells": [], "nbformat": 3}', b"\xff"]
)
def test_a_file_that_is_no_notebook_stops_it(folder, content):
    (folder / "conv-layers.ipynb").write_bytes(content)
    with pytest.raises(SubmissionError, match="not a notebook that can be read"):
        pack(student="e1", force=True)


def test_doubts_are_noted_and_do_not_stop_it(folder):
    error = {"output_type": "error", "ename": "NameError", "evalue": "", "traceback": []}
    stub = 'def forward():\n    raise NotImplementedError("4.3 Convolution.forward")'
    cells = [
        cell("setup", locked=True),
        cell("conv-forward-todo", stub, solution=True),
        cell("conv-forward", "check.forward()", grade=True, count=None, outputs=[error]),
        cell("tuning", "YOUR ANSWER HERE", kind="markdown", grade=True, solution=True),
    ]
    write(folder / "conv-layers.ipynb", cells)
    text = str(pack(student="e1"))
    for note in (
        "1 of 3 code cells have not been run",
        "1 cells end with an error: check.forward()",
        "not done yet: 4.3 Convolution.forward",
        "not answered yet: tuning",
    ):
        assert note in text
    assert "save (Ctrl+S)" in text


def test_a_file_without_any_run_is_noted(folder):
    write(folder / "conv-layers.ipynb", [made | {"execution_count": None} for made in whole()])
    assert any("no cell has been run" in note for note in pack(student="e1").notes)


@pytest.mark.parametrize(
    ("runs", "noted"), [(["a", "b", "submission.submit()"], False), (["a", "b", "c"], True), (["a"], False)]
)
def test_runs_after_saving_are_noticed(folder, monkeypatch, runs, noted):
    write(folder / "conv-layers.ipynb", [made | {"execution_count": 2} for made in whole()])
    history = types.SimpleNamespace(input_hist_raw=["", *runs, "submission.submit()"])
    shell = types.SimpleNamespace(history_manager=history, execution_count=len(runs) + 1)
    monkeypatch.setitem(sys.modules, "IPython", types.SimpleNamespace(get_ipython=lambda: shell))
    notes = pack(student="e1").notes
    assert any("SAVE IT" in note for note in notes) is noted


def test_submit_prints_and_never_raises(folder, capsys):
    submit(student="e1")
    assert "packed conv-layers-e1.zip for e1" in capsys.readouterr().out
    submit()
    assert "NOT PACKED. Say who you are" in capsys.readouterr().out


# --- the release ------------------------------------------------------------------------------------------------------


def test_list_released_names_graded_and_todo_cells(folder):
    assert submission.list_released(folder.parent)["conv-layers"] == {
        "conv-layers.ipynb": ["conv-forward-todo", "conv-forward", "tuning"]
    }


def test_the_list_can_be_made_from_the_command_line(folder):
    course = Path(submission.__file__).parents[1]
    command = [sys.executable, "-m", "utils.submission", str(folder.parent)]
    out = subprocess.run(command, capture_output=True, text=True, check=True, cwd=course).stdout
    assert json.loads(out) == submission.list_released(folder.parent)


# --- predictions ------------------------------------------------------------------------------------------------------


def test_predictions_are_written_as_kaggle_reads_them(tmp_path):
    path = output_submission_csv(tmp_path / "p.csv", np.array([3.0, 0.0]))
    assert path.read_bytes() == b"Id,Category\n0,3\n1,0\n"


@pytest.mark.parametrize(
    ("predictions", "message"),
    [
        (np.zeros((3, 10)), r"np\.argmax\(scores, axis=1\)"),
        (np.array([]), "class ids"),
        (np.array([0.5]), "class ids"),
        (np.array([np.nan]), "class ids"),
        (np.array([np.inf]), "class ids"),
        (np.array([-1]), "class ids"),
        (np.array(["cat"]), "class ids"),
    ],
)
def test_what_is_no_class_id_is_refused(tmp_path, predictions, message):
    with pytest.raises(ValueError, match=message):
        output_submission_csv(tmp_path / "p.csv", predictions)
    assert not (tmp_path / "p.csv").exists()


def test_cells_of_a_notebook_saved_without_nbgrader_marks_are_no_error():
    assert (
        saved_notebook.cell_ids([cell("a"), {"cell_type": "raw", "metadata": {"nbgrader": None}, "source": ""}]) == []
    )
