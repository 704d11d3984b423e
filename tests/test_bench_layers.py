"""The benchmark of layers compares what is the same, and says what it measured; no time is asserted."""

import numpy as np
import pytest

from autograder.bench.layer_cases import Case, cases
from autograder.bench.layers import Row, expect_the_same, measure, table

ONE = np.ones((2, 3), np.float32)


def case(ours, keras=ONE):
    return Case("a step", lambda: (ours,), lambda: keras, lambda result: (result,))


def test_both_sides_of_every_row_compute_the_same():
    for one in cases():
        expect_the_same(one)


@pytest.mark.parametrize("wrong", [ONE * 1.001, ONE.astype(np.float64), ONE.T], ids=["value", "dtype", "shape"])
def test_sides_that_differ_are_not_timed(wrong):
    with pytest.raises(RuntimeError, match="a step: result 0"):
        measure([case(wrong)], repeats=1)


def test_a_row_gives_both_times_and_their_ratio():
    (row,) = measure([case(ONE)], repeats=3)
    assert row.what == "a step"
    assert table([Row("a step", ours=0.006, keras=0.003)]).splitlines()[-1] == "| a step | 6.00 | 3.00 | 2.0 |"
