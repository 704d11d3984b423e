"""The proxy: what hidden tests may do with a student's namespace, and what a student can answer."""

from __future__ import annotations

import numpy as np
import pytest

from autograder.sandbox.inside.wire import decode, encode
from autograder.student import (
    Handle,
    LocalLine,
    StandIn,
    Student,
    StudentError,
    attempt,
    fetch,
    forget,
    has,
    keep,
    stand_ins,
)

CODE = """
import numpy as np
class Layer:
    def __init__(self, size, scale=1.0):
        self.weights = np.full(size, scale)
        self.w_grad = None
    def forward(self, x):
        return x * self.weights
    def spoil(self, x):
        x += 1
def double(x):
    return 2 * helper(x)
def helper(x):
    return x
def unfinished(x):
    raise NotImplementedError("4.2 unfinished")
def call(f, x):
    return f(x, 3)
def use(layer, x):
    layer.weights = layer.weights + 1
    return layer.forward(x)
class Picky:
    @property
    def weights(self):
        return 1
    @weights.setter
    def weights(self, value):
        raise ValueError("no thanks")
    def forward(self, x):
        return x
def objects():
    return {"layer": Layer(1), "n": 3}
"""


@pytest.fixture
def student() -> Student:
    names: dict = {}
    exec(compile(CODE, "<cell>", "exec"), names)
    return Student(LocalLine(names))


def test_calls_attributes_and_items_work_there_and_arrays_come_back(student):
    layer = student.Layer(3, scale=2.0)
    assert isinstance(layer, Handle)
    assert layer.weights.tolist() == [2, 2, 2]
    layer.weights = np.arange(3.0)
    assert layer.forward(np.ones((2, 3))).tolist() == [[0, 1, 2], [0, 1, 2]]
    assert has(layer, "w_grad")
    assert not has(layer, "b_grad")


def test_objects_inside_containers_are_handles(student):
    found = student.objects()
    assert found["n"] == 3
    assert found["layer"].weights.tolist() == [1.0]


def test_a_kept_argument_shows_what_was_done_to_it(student):
    x = keep(student, np.zeros(3))
    student.Layer(3).spoil(x)
    assert fetch(x).tolist() == [1, 1, 1]


def test_a_function_of_ours_is_called_here(student):
    seen = []
    assert student.call(lambda x, n: seen.append((x, n)) or x * n, 5) == 15
    assert seen == [(5, 3)]


def test_an_object_of_ours_stands_in(student):
    class Oracle:
        weights = np.zeros(2)

        def forward(self, x):
            return x + self.weights

    oracle = Oracle()
    got = student.use(StandIn(oracle, attributes=("weights",)), np.zeros(2))
    assert got.tolist() == [1, 1]
    assert oracle.weights.tolist() == [1, 1]


def test_a_name_is_replaced_for_a_while(student):
    with stand_ins(student, helper=lambda x: 10 * x, new=lambda: 1):
        assert student.double(1) == 20
    assert student.double(1) == 2
    with pytest.raises(StudentError, match="new"):
        _ = student.new


def test_errors_name_the_student_s_line(student):
    with pytest.raises(StudentError, match=r"your code raised TypeError in `forward`"):
        student.Layer(3).forward(None)
    with pytest.raises(StudentError, match=r"not done yet: 4.2 unfinished") as caught:
        student.unfinished(1)
    assert caught.value.unfinished


def test_an_array_is_set_as_it_was_then(student):
    layer, weights = student.Layer(3), np.arange(3.0)
    layer.weights = weights
    weights += 1
    assert layer.forward(np.ones(3)).tolist() == [0, 1, 2]


def test_an_array_that_cannot_be_set_is_told_with_the_next_question_and_not_kept_for_the_next_check(student):
    layer = student.Picky()
    layer.weights = np.ones(2)
    with pytest.raises(StudentError, match="no thanks"):  # not taken for an error of forward, which may be missing
        attempt(layer, "forward", 1)
    layer.weights = np.ones(2)
    forget(student, 1)
    assert student.double(1) == 2


def test_a_callback_is_gone_with_its_check(student):
    student.kept = lambda x, n: 1
    forget(student, 1)
    with pytest.raises(StudentError):
        student.call(student.kept, 1)


class Liar:
    """A line whose other end answers whatever it likes."""

    def __init__(self, reply: bytes):
        self.reply = reply

    def exchange(self, frame, serve):
        return self.reply


@pytest.mark.parametrize(
    "reply", [b"", b"garbage", b"\x02\x00\x00\x0012", b"\x04\x00\x00\x00null", b"\x02\x00\x00\x00{}"]
)
def test_an_unreadable_answer_is_the_student_s_error(reply):
    with pytest.raises(StudentError, match="cannot be read"):
        _ = Student(Liar(reply)).anything


def test_what_an_error_says_of_itself_is_not_believed():
    from autograder.sandbox.inside.wire import encode

    forged = encode({"error": {"type": ["x"], "message": 5, "unfinished": "yes", "line": None}})
    with pytest.raises(StudentError, match="your code raised an error"):
        _ = Student(Liar(forged)).anything


@pytest.mark.parametrize("name", ["__class__", "__globals__", "__code__", "hidden", "forward.__globals__"])
def test_nothing_but_what_was_passed_can_be_reached(student, name):
    class Oracle:
        hidden = "secret"

        def forward(self, x):
            return x

    student._refer(StandIn(Oracle(), attributes=()))
    student._refer(lambda x: x)
    for number in (0, 1):
        for rest in ([], [1], [(), {}]):
            assert "error" in decode(student._serve(encode({"callback": [number, name, *rest]})))
    assert Oracle.hidden == "secret"
