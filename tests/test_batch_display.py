"""What the parallel command shows: how far it is, what changed and why."""

from __future__ import annotations

import dataclasses
import io

from rich.console import Console

from autograder.batch.changes import changes, why
from autograder.batch.command import show
from autograder.batch.grading import Report
from autograder.batch.progress import Display
from autograder.record import GRADED, PromiseRecord, Record, TaskRecord


def record(*, outcome: str = "passed", points: float = 5, seed: int = 1, **hashes: str) -> Record:
    promise = PromiseRecord("test_a", "a holds", outcome, points, 5, "", "", 0.1)
    return Record(
        assignment="conv-layers",
        notebook="conv-layers",
        status=GRADED,
        reason="",
        tasks=(TaskRecord("conv-1x1", "4.1", "1x1", (promise,)),),
        notes=(),
        seed=seed,
        isolation="",
        hashes={"submission": "s", "files": "f", "release": "r", "autograder": "a", "utils": "u"} | hashes,
        versions={"numpy": "2"},
        student="ada",
    )


def test_what_stays_the_same_is_no_change_whatever_time_it_took():
    before, after = record(), dataclasses.replace(record(), seconds=9.0)
    assert changes(before, after) == []


def test_a_change_says_who_what_from_what_to_what_and_why():
    before, after = record(), record(outcome="failed", points=0, seed=2, autograder="b")
    assert [str(c) for c in changes(before, after)] == ["ada: conv-1x1, test_a: passed, 5 of 5 -> failed, 0 of 5"]
    assert why(before, after) == ["the hidden tests or the grader changed", "the seed was 1 and is 2"]


def test_a_promise_that_came_or_went_is_a_change():
    before = record()
    after = dataclasses.replace(before, tasks=(dataclasses.replace(before.tasks[0], promises=()),))
    assert [str(c) for c in changes(before, after)] == ["ada: conv-1x1, test_a: passed, 5 of 5 -> not there"]
    assert len(changes(after, before)) == 1


def test_a_result_that_changes_for_no_reason_is_called_so():
    assert "does not answer the same twice" in why(record(), record())[0]


def test_without_a_terminal_it_prints_plain_lines_now_and_then():
    said, now = io.StringIO(), [0.0]
    with Display(4, Console(file=said, width=100), clock=lambda: now[0]) as display:
        for second, failed in ((4, False), (12, True), (14, False)):
            now[0] = second
            display.step(failed=failed)
    assert said.getvalue().splitlines() == ["2 of 4 graded, 1 to look at, 0.17 a second, 2 to go, 12 s left"]


def test_the_last_student_is_always_told_and_one_alone_has_no_speed():
    said = io.StringIO()
    with Display(1, Console(file=said, width=100)) as display:
        display.step(failed=False)
    assert said.getvalue() == "1 of 1 graded, 0 to look at\n"


def test_the_summary_counts_one_student_and_gives_a_speed_from_two_on(capsys):
    for names, title, end in ((["ada"], "1 student", "4.0 s."), (["ada", "boris"], "2 students", "0.50 a second.")):
        report = Report()
        for name in names:
            report.add(None, dataclasses.replace(record(), student=name))
        show(report, seconds=4.0)
        said = capsys.readouterr().out
        assert f"conv-layers, {title} " in said
        assert said.strip().endswith(end)
