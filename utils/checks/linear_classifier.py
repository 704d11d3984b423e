"""The public checks of assignment 1: examples from paper, numeric gradients and Keras; none computes a task itself."""

from collections.abc import Callable
from typing import Any

import numpy as np

from utils.checks import linear_descent
from utils.checks import linear_examples as paper
from utils.checks.linear_examples import FLOAT32, all_ok, like_by_hand, number
from utils.checks.linear_layer import dense_by_hand, fc_backward, fc_forward
from utils.checks.linear_losses import mse_loss, softmax_backward, softmax_forward
from utils.data import one_hot
from utils.verdict import Report, public_check

__all__ = [
    "accuracy",
    "dense_by_hand",
    "fc_backward",
    "fc_forward",
    "gradient_descent",
    "mse_loss",
    "softmax_backward",
    "softmax_forward",
]

Make = Callable[..., Any]


@public_check("1.1 accuracy", task="accuracy")
def accuracy(report: Report, function: Make) -> None:
    """Check `accuracy(labels, scores)`."""
    five, two = (paper.LABELS, paper.SCORES), (paper.TWO_LABELS, paper.TWO_SCORES)
    square = paper.SQUARE_LABELS, paper.SQUARE_SCORES

    def like(labels: np.ndarray, scores: np.ndarray, right: float, case: str, wrong: Any = None) -> None:
        got = number(report, function(labels.copy(), scores.copy()))
        like_by_hand(report, "accuracy", got, right, wrong, case=case, tolerance=FLOAT32)

    with report.promise("class ids"):
        like(*five, 4 / 5, "4 of 5 right", paper.WRONG_ACCURACY)
        like(*square, 2 / 3, "2 of 3 right, 3 classes", paper.WRONG_SQUARE)
        like(*two, 3 / 4, "3 of 4 right, 2 classes")
        report.detail("4 of 5 right give 0.8, 2 of 3 give 0.667")
    with report.promise("one-hot labels"):
        for labels, scores in (five, square, two):
            own = number(report, function(labels.copy(), scores.copy()))
            like(one_hot(labels, scores.shape[1]), scores, own, "one-hot labels in place of the same class ids")
        report.detail("the same as for class ids")
    if not all_ok(report):
        return  # the rest would say the same again
    with report.promise("one example"):
        for k, right in ((0, 1.0), (4, 0.0)):
            labels, scores = paper.LABELS[k : k + 1], paper.SCORES[k : k + 1]
            like(labels, scores, right, "N = 1")
            like(one_hot(labels, 4), scores, right, "N = 1, one-hot")
        report.detail("N = 1, right and wrong")
    with report.promise("dtypes"):
        for dtype in (np.uint8, np.int32):
            like(paper.LABELS.astype(dtype), paper.SCORES, 4 / 5, f"class ids of dtype {dtype.__name__}")
        like(one_hot(paper.LABELS, 4).astype(bool), paper.SCORES, 4 / 5, "one-hot labels of dtype bool")
        like(paper.LABELS, paper.SCORES.astype(np.float32), 4 / 5, "scores of dtype float32")
        report.detail("labels of other integer types, one-hot bool, float32 scores")
    with report.promise("arguments"):
        for given in (paper.LABELS.copy(), one_hot(paper.LABELS, 4)):
            scores = paper.SCORES.copy()
            with report.unchanged(labels=given, scores=scores):
                function(given, scores)
        report.detail("unchanged")


@public_check("1.5 gradient_descent", task="gradient-descent")
def gradient_descent(report: Report, function: Make) -> None:
    """Check `gradient_descent(layer, loss_function, train, test, *, lr, lr_decay, reg, epochs)`."""
    for name, check in (
        ("first step", linear_descent.first_step),
        ("what is passed", linear_descent.what_is_passed),
        ("learning rate", linear_descent.rates),
        ("history", linear_descent.history_of_three),
        ("second call", linear_descent.starts_afresh),
        ("Keras", linear_descent.like_keras),
    ):
        if name in ("what is passed", "learning rate", "history", "Keras") and not all_ok(report):
            continue  # a wrong step or rate spoils what is built on it
        with report.promise(name):
            check(report, function)
