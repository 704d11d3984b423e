"""The public check runtime: what it prints, that it never raises and never blocks, and what it remembers."""

import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest

from utils import verdict
from utils.keras_backend import KerasMissing
from utils.verdict import needs, public_check


@pytest.fixture(autouse=True)
def no_other_checks(monkeypatch):
    """Each test sees the checks that it defines itself, and leaves none behind."""
    monkeypatch.setattr(verdict, "_results", {})


def lines(capsys):
    return capsys.readouterr().out.splitlines()


def the_check(body, label="4.3 Convolution.forward", task="conv-forward"):
    return public_check(label, task=task)(body)


def test_a_kept_promise_prints_one_line_with_its_largest_error(capsys):
    def check(report, f):
        with report.promise("output"):
            for case in range(3):
                report.close("output", f(np.ones(3)), np.ones(3), case=f"case {case}")

    assert the_check(check)(lambda x: x * (1 + 1e-9)) is None
    assert lines(capsys) == ["ok 4.3 output: 3 cases, largest relative error 1e-09"]


def test_the_detail_of_a_promise_opens_its_line(capsys):
    def check(report):
        with report.promise("output"):
            report.close("output", 1.0, 1.0)
            report.detail("9 shapes")
        with report.promise("speed"):
            report.detail("3 times faster than the loop")
        with report.promise("silent"):
            pass

    the_check(check)()
    assert lines(capsys) == [
        "ok 4.3 output: 9 shapes, largest relative error 0e+00",
        "ok 4.3 speed: 3 times faster than the loop",
        "ok 4.3 silent",
    ]


def test_a_broken_promise_names_the_case_and_does_not_block_the_next(capsys):
    def check(report, f):
        with report.promise("dx"):
            report.close("dx", f(), np.zeros((2, 3, 8, 7)), case="pad 0")
            print("never reached")
        with report.promise("db"):
            report.close("sum", 3.0, 4.0)
        with report.promise("sizes"):
            report.equal("shape", (1, 2), (1, 2))

    the_check(check)(lambda: np.zeros((2, 3, 0, 0)))
    assert lines(capsys) == [
        "no 4.3 dx: pad 0 gives shape (2, 3, 0, 0), expected (2, 3, 8, 7): it is empty: look at the crop",
        "no 4.3 db: sum is 3, expected 4 (relative error 2.5e-01)",
        "ok 4.3 sizes",
    ]


def test_what_is_compared_is_named_unless_the_promise_names_it(capsys):
    def check(report):
        for name in ("output", "other"):
            for case in ("", "pad 1"):
                with report.promise(name):
                    report.close("output", np.zeros(3), np.zeros(2), case=case)
                with report.promise(name):
                    report.equal("output", "max", "avg", case=case)

    the_check(check)()
    assert lines(capsys) == [
        "no 4.3 output: shape (3,), expected (2,)",
        "no 4.3 output: 'max', expected 'avg'",
        "no 4.3 output: pad 1 gives shape (3,), expected (2,)",
        "no 4.3 output: pad 1 gives 'max', expected 'avg'",
        "no 4.3 other: output has shape (3,), expected (2,)",
        "no 4.3 other: output is 'max', expected 'avg'",
        "no 4.3 other: pad 1 gives output of shape (3,), expected (2,)",
        "no 4.3 other: pad 1 gives output 'max', expected 'avg'",
    ]


def test_an_unfinished_task_is_said_once_and_without_a_traceback(capsys):
    def stub(x):
        raise NotImplementedError("4.3 Convolution.forward")

    def check(report, f):
        with report.promise("output"):
            f(1)
        with report.promise("again"):
            f(1)

    the_check(check)(stub)
    assert lines(capsys) == ["- not yet 4.3 Convolution.forward"]
    assert [result.verdict for result in verdict.results()] == ["not yet"]


def test_a_task_that_needs_an_unfinished_one_says_which(capsys):
    def stub():
        raise NotImplementedError("4.3 Convolution.forward")

    def check(report, f):
        with report.promise("dx"):
            f()

    the_check(check, label="4.4 Convolution.backward")(stub)
    assert lines(capsys) == ["- not yet 4.4 Convolution.backward: finish 4.3 Convolution.forward first"]


def test_a_method_whose_cell_was_not_run_is_not_yet(capsys):
    def check(report, layer):
        with report.promise("output"):
            layer.forward(1)

    the_check(check)(SimpleNamespace())
    assert lines(capsys) == ["- not yet 4.3 Convolution.forward: run the cell that defines it"]


def test_an_error_names_type_message_and_the_students_line(capsys):
    def forward(x):
        return [x[i] for i in range(5)]

    def check(report, f):
        with report.promise("output"):
            f(np.zeros(2))

    the_check(check)(forward)
    line = forward.__code__.co_firstlineno + 1
    place = f"forward, line {line} (return [x[i] for i in range(5)])"
    message = "index 2 is out of bounds for axis 0 with size 2"
    assert lines(capsys) == [f"no 4.3 output: IndexError in your {place}: {message}"]


def test_an_error_inside_numpy_is_put_where_the_student_called_it(capsys):
    def forward(x):
        return np.concatenate([x, np.zeros((1, 1))])

    def check(report, f):
        with report.promise("output"):
            f(np.zeros(2))

    the_check(check)(forward)
    assert lines(capsys)[0].startswith("no 4.3 output: ValueError in your forward, line ")


def test_an_error_in_the_checks_own_line_blames_no_line_of_the_student(capsys):
    def check(report, f):
        with report.promise("output"):
            _, _ = f(1)

    the_check(check)(lambda x: None)
    place = "when the check called your code or used what it returned"
    message = "cannot unpack non-iterable NoneType object"
    assert lines(capsys) == [f"no 4.3 output: TypeError {place}: {message}"]


class Unspeakable(Exception):
    def __str__(self):
        raise RuntimeError


@pytest.mark.parametrize(
    "error", [Unspeakable(), SystemExit(3), RecursionError("deep"), SyntaxError("x"), StopIteration()]
)
def test_a_check_raises_nothing_whatever_the_student_raises(error, capsys):
    def student():
        raise error

    def check(report, f):
        with report.promise("one"):
            f()
        with report.promise("two"):
            report.that(True, "")
        f()

    the_check(check)(student)
    first, second, third = lines(capsys)
    assert first.startswith(f"no 4.3 one: {type(error).__name__}")
    assert second == "ok 4.3 two"
    assert third.startswith(f"no 4.3: {type(error).__name__}")


def test_an_interrupt_reaches_the_student_and_leaves_no_old_verdict():
    behaviour = {"raise": False}

    def check(report):
        with report.promise("one"):
            if behaviour["raise"]:
                raise KeyboardInterrupt

    run = the_check(check)
    run()
    assert verdict.results()[0].verdict == "ok"
    behaviour["raise"] = True
    with pytest.raises(KeyboardInterrupt):
        run()
    assert verdict.results()[0].verdict == "not run"


def test_without_keras_the_other_promises_are_still_checked(capsys):
    def check(report):
        for name in ("against Keras", "again"):
            with report.promise(name):
                raise KerasMissing("Keras is not installed (pip install tensorflow)")
        with report.promise("shape"):
            report.equal("shape", 1, 1)

    the_check(check)()
    assert lines(capsys) == [
        "- 4.3 cannot compare: Keras is not installed (pip install tensorflow)",
        "ok 4.3 shape",
    ]
    assert verdict.results()[0].verdict == "cannot compare"


def test_arguments_changed_in_place_are_named(capsys):
    def spoil(x):
        x[0] = 9.0

    def check(report, f):
        x = np.zeros(3)
        with report.promise("arguments"), report.unchanged(inputs=x):
            f(x)

    run = the_check(check)
    run(spoil)
    run(lambda x: x + 1)
    assert lines(capsys) == [
        "no 4.3 arguments: your code changes its argument inputs in place: work on a copy or with new arrays",
        "ok 4.3 arguments",
    ]


def test_running_a_check_again_replaces_its_result():
    def check(report, value):
        with report.promise("value"):
            report.equal("value", value, 1)

    run = the_check(check)
    run(2)
    run(1)
    (result,) = verdict.results()
    assert (result.label, result.number, result.task, result.verdict) == (
        "4.3 Convolution.forward",
        "4.3",
        "conv-forward",
        "ok",
    )
    assert [(promise.name, promise.outcome) for promise in result.promises] == [("value", "ok")]


def test_progress_shows_every_known_check_in_the_order_of_the_numbers(capsys):
    def check(report, value=1):
        with report.promise("value"):
            report.equal("value", value, 1)
        with report.promise("other"):
            pass

    tenth = the_check(check, label="4.10 Flatten", task="flatten")
    second = the_check(check, label="4.2 naive", task="naive")
    the_check(check, label="4.3 forward", task="forward")
    tenth(1)
    second(2)
    capsys.readouterr()
    verdict.progress()
    assert lines(capsys) == [
        "4.2 naive      no   1 of 2 promises",
        "4.3 forward    not run",
        "4.10 Flatten   ok",
        "1 of 3 tasks ok",
    ]


def test_an_experiment_with_an_unfinished_task_goes_on(capsys):
    with needs("4.3 Convolution.forward", "4.5 Pooling.forward"):
        raise NotImplementedError("4.5 Pooling.forward")
    with needs("4.3 Convolution.forward", "4.5 Pooling.forward"):
        raise NotImplementedError
    with needs("4.3 Convolution.forward"):
        raise NameError("name 'history' is not defined")
    with needs("4.3 Convolution.forward"):
        raise KerasMissing("no Keras")
    assert lines(capsys) == [
        "- not yet: finish 4.5 first",
        "- not yet: finish 4.3 and 4.5 first",
        "- not yet: finish 4.3 first (name 'history' is not defined)",
        "- cannot compare: no Keras",
    ]


def test_an_undefined_name_is_raised_once_the_tasks_are_ok():
    def check(report):
        with report.promise("one"):
            pass

    the_check(check)()
    with pytest.raises(NameError), needs("4.3 Convolution.forward"):
        raise NameError("name 'histroy' is not defined")
    with pytest.raises(IndexError), needs("4.3 Convolution.forward"):
        raise IndexError


def test_importing_the_helpers_loads_no_keras():
    code = (
        "import sys; from utils import checks, gradients, layers, reference, training, verdict; "
        "print([name for name in sys.modules if 'keras' in name or 'tensorflow' in name])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert found.stdout.strip() == "['utils.keras_backend']"


def test_what_to_finish_first_is_listed_like_a_sentence(capsys):
    with verdict.needs("9.1 once", "9.2 twice", "9.3 thrice"):
        raise NotImplementedError
    assert capsys.readouterr().out == "- not yet: finish 9.1, 9.2 and 9.3 first\n"
