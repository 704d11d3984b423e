"""The public checks of squared error and softmax cross-entropy; examples, numeric gradients and Keras, no loss of its own."""

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

import numpy as np

from utils import reference
from utils.causes import compare_arrays
from utils.checks import linear_examples as paper
from utils.checks.linear_examples import FLOAT32, GRADIENT, LIKE_KERAS, all_ok, like_by_hand, number, part_of
from utils.gradients import check_gradient
from utils.verdict import Report, public_check

Make = Callable[..., Any]

SHAPES = ((5, 3), (2, 4), (1, 4))  # N, C
TYPES = (("float32", "int64"), ("float64", "uint8"), ("float64", "int32"))  # of inputs and targets


@public_check("1.4 mse_loss", task="mse")
def mse_loss(report: Report, function: Make) -> None:
    """Check `mse_loss(scores, targets, weights, reg)`."""
    scores, targets, weights = paper.ERROR_SCORES, paper.ERROR_TARGETS, paper.PENALISED
    batch, reg = len(scores), paper.REG

    def part(which: int, reg: float, s: np.ndarray = scores, t: np.ndarray = targets, w: np.ndarray = weights) -> Any:
        return part_of(report, function(s.copy(), t.copy(), w.copy(), reg), which, "loss, scores_grad, weights_grad")

    with report.promise("loss"):
        like_by_hand(report, "it", number(report, part(0, 0.0)), paper.ERROR, paper.WRONG_ERROR, case="reg = 0")
        report.detail("as worked out by hand")
    with report.promise("penalty"):
        got = number(report, part(0, reg)) - number(report, part(0, 0.0))
        like_by_hand(report, "it", got, paper.PENALTY, paper.WRONG_PENALTY, case=f"reg = {reg}")
        report.detail("as worked out by hand")
    with report.promise("scores_grad"):
        for value in (0.0, reg):
            like_by_hand(report, "it", part(1, value), paper.SCORES_GRAD, case=f"reg = {value}", batch=batch)
        report.detail("as worked out by hand")
    with report.promise("weights_grad"):
        like_by_hand(report, "it", part(2, reg), paper.WEIGHTS_GRAD, case=f"reg = {reg}")
        like_by_hand(report, "it", part(2, 0.0), 0 * weights, case="reg = 0")
        report.detail("as worked out by hand")
    if not all_ok(report):
        return  # the rest would say the same again
    with report.promise("numeric gradients"):
        report.gradient(check_gradient(lambda s: part(0, reg, s=s), scores.copy(), part(1, reg), tolerance=GRADIENT))
        report.gradient(check_gradient(lambda w: part(0, reg, w=w), weights.copy(), part(2, reg), tolerance=GRADIENT))
    with report.promise("dtypes"):
        for dtype in (np.int64, np.uint8, bool):
            for which, right in enumerate((paper.ERROR + paper.PENALTY, paper.SCORES_GRAD)):
                got = part(which, reg, t=targets.astype(dtype))
                like_by_hand(report, "it", got, right, case=f"one-hot targets of {dtype.__name__}")
        report.detail("targets may be integers or bool")
    with report.promise("arguments"):
        given = {"scores": scores.copy(), "targets": targets.copy(), "weights": weights.copy()}
        with report.unchanged(**given):
            function(*given.values(), reg)
        report.detail("unchanged")
    with report.promise("Keras"):
        like = reference.MeanSquaredError()
        report.close("loss", part(0, 0.0), like.forward(scores, targets), tolerance=LIKE_KERAS)
        report.close("scores_grad", part(1, 0.0), like.backward(scores, targets), tolerance=LIKE_KERAS)


@public_check("1.6 SoftmaxCrossEntropy.forward", task="softmax-forward")
def softmax_forward(report: Report, loss_class: Make) -> None:
    """Check `SoftmaxCrossEntropy(num_class).forward(inputs, targets)`."""

    def part(which: int, inputs: Any, targets: Any, loss: Any = None) -> Any:
        inputs = np.array(inputs)
        with np.errstate(all="ignore"):  # nan and inf are named below; NumPy's warnings would only be repeated
            got = (loss or loss_class(inputs.shape[1])).forward(inputs, np.array(targets))  # both are copies
        return part_of(report, got, which, "loss, probabilities")

    with report.promise("probabilities"):
        got = part(1, paper.LOGITS, paper.CLASS_IDS)
        _sums(report, got)
        like_by_hand(report, "it", got, paper.PROBABILITIES, paper.WRONG_PROBABILITIES)
        report.detail("as worked out by hand")
    with report.promise("loss"):
        got = number(report, part(0, paper.LOGITS, paper.CLASS_IDS))
        like_by_hand(report, "it", got, paper.CROSS_ENTROPY, paper.WRONG_CROSS_ENTROPY)
        report.detail("as worked out by hand")
    if not all_ok(report):
        return  # the rest would say the same again
    with report.promise("probabilities of scores of +-1000"):
        _large_probabilities(report, part)
    with report.promise("loss for scores of +-1000"):
        _large_losses(report, part)
    with report.promise("dtypes"):
        for of_inputs, of_targets in TYPES:
            case = f"inputs of {of_inputs}, targets of {of_targets}"
            given = paper.LOGITS.astype(of_inputs), paper.CLASS_IDS.astype(of_targets)
            like_by_hand(report, "it", part(0, *given), paper.CROSS_ENTROPY, case=case, tolerance=FLOAT32)
            like_by_hand(report, "it", part(1, *given), paper.PROBABILITIES, case=case, tolerance=FLOAT32)
        equal = np.full((1, 3), 1 / 3)
        like_by_hand(report, "it", part(1, np.zeros((1, 3), dtype=int), [0]), equal, case="inputs of int64")
        report.detail("float32 and integers")
    with report.promise("arguments"):
        inputs, targets, loss = paper.LOGITS.copy(), paper.CLASS_IDS.copy(), loss_class(3)
        with report.unchanged(inputs=inputs, targets=targets):
            loss.forward(inputs, targets)
        again = part(0, inputs[:1], targets[:1], loss), part(0, inputs, targets, loss)
        like_by_hand(report, "it", again[1], paper.CROSS_ENTROPY, case="a later call")
        report.detail("unchanged, and a later call gives the same")
    with report.promise("Keras"):
        for inputs, targets in map(_batch, SHAPES):
            expected = reference.SoftmaxCrossEntropy(inputs.shape[1]).forward(inputs, targets)
            for which, name in enumerate(("loss", "probabilities")):
                got = part(which, inputs, targets)
                report.close(name, got, expected[which], tolerance=LIKE_KERAS, case=f"N = {len(inputs)}")


def _sums(report: Report, probabilities: Any) -> None:
    """Look at what sums to 1."""
    if np.shape(probabilities) == paper.PROBABILITIES.shape and not np.allclose(np.sum(probabilities, axis=1), 1):
        report.that(not np.allclose(np.sum(probabilities, axis=0), 1), "columns sum to 1; rows should: sum over axis 1")
        report.that(not np.isclose(np.sum(probabilities), 1), "the whole array sums to 1; each row should")


def _large_probabilities(report: Report, part: Callable[..., Any]) -> None:
    every = [part(1, [row], [0])[0] for row, _, _ in paper.LARGE]
    for (row, right, _), got in zip(paper.LARGE, every, strict=True):
        if not np.isfinite(got).all():
            report.fail(f"scores {row} give nan or inf: e^1000 is inf; subtract the largest score of the row first")
        report.close("it", got, right, case=f"scores {row}")
    together = part(1, [row for row, _, _ in paper.LARGE], [0] * len(paper.LARGE))
    if not compare_arrays(together, every).ok:
        report.fail("right row by row, wrong in a batch: subtract the largest score of EACH row, not of all scores")
    report.detail(f"{len(paper.LARGE)} rows, one by one and as a batch")


def _large_losses(report: Report, part: Callable[..., Any]) -> None:
    cases = [(right, label, row) for row, _, losses in paper.LARGE for label, right in enumerate(losses)]
    for right, label, row in sorted(cases, reverse=True):  # the largest losses tell most
        got = number(report, part(0, [row], [label]))
        case = f"scores {row}, label {label}"
        if right > 900 and not 800 < got < 3000:  # inf, nan, or clipped: -ln of the smallest float is 745
            hint = "a probability of 0 has no logarithm; ln of the probability = score - ln(sum of exp)"
            report.fail(f"{case} give {got:.4g}, expected {right:.4g}: {hint}")
        report.that(np.isfinite(got), f"{case} give {got}: subtract the largest score of the row before exp")
        report.that(abs(got - right) < 1e-9 * max(1.0, right), f"{case} give {got:.7g}, expected {right:.7g}")
    report.detail("up to 2000, exactly")


@public_check("1.7 SoftmaxCrossEntropy.backward", task="softmax-backward")
def softmax_backward(report: Report, loss_class: Make) -> None:
    """Check `SoftmaxCrossEntropy(num_class).backward(inputs, targets)`."""
    loss_class = _with_right_forward(loss_class)

    def backward(inputs: np.ndarray, targets: np.ndarray, loss: Any = None) -> Any:
        loss = loss or loss_class(inputs.shape[1])
        with np.errstate(all="ignore"):
            with suppress(Exception):  # for a backward that keeps something of it
                loss.forward(inputs.copy(), targets.copy())
            return loss.backward(inputs.copy(), targets.copy())

    with report.promise("gradient"):
        got = backward(paper.LOGITS, paper.CLASS_IDS)
        like_by_hand(report, "it", got, paper.LOGITS_GRAD, paper.WRONG_LOGITS_GRAD, batch=2)
        report.detail("as worked out by hand")
    if not all_ok(report):
        return  # the rest would say the same again
    with report.promise("numeric gradient"):
        for inputs, targets in map(_batch, SHAPES):
            value = partial(_value, loss_class, targets)
            got = backward(inputs, targets)
            found = check_gradient(value, inputs, got, tolerance=GRADIENT, seconds=0.2, batch=len(inputs))
            report.gradient(found, case=f"N = {len(inputs)}")
        report.detail(f"{len(SHAPES)} batches")
    with report.promise("scores of +-1000"):
        for (row, _, _), right in zip(paper.LARGE, paper.LARGE_GRADS, strict=True):
            got = backward(np.array([row]), np.array([0]))
            report.that(np.all(np.isfinite(got)), f"scores {row} give nan or inf: take the probabilities from forward")
            like_by_hand(report, "it", got, [right], case=f"scores {row}, label 0")
        report.detail(f"{len(paper.LARGE)} rows")
    with report.promise("dtypes"):
        for of_inputs, of_targets in TYPES:
            got = backward(paper.LOGITS.astype(of_inputs), paper.CLASS_IDS.astype(of_targets))
            case = f"inputs of {of_inputs}, targets of {of_targets}"
            like_by_hand(report, "it", got, paper.LOGITS_GRAD, case=case, tolerance=FLOAT32)
        got = backward(np.zeros((1, 3), dtype=int), np.array([0]))
        like_by_hand(report, "it", got, [[-2 / 3, 1 / 3, 1 / 3]], case="inputs of int64")
        report.detail("float32 and integers")
    with report.promise("arguments"):
        inputs, targets, loss = paper.LOGITS.copy(), paper.CLASS_IDS.copy(), loss_class(3)
        loss.forward(inputs.copy(), targets)
        with report.unchanged(inputs=inputs, targets=targets):
            loss.backward(inputs, targets)
        like_by_hand(report, "it", loss.backward(inputs, targets), paper.LOGITS_GRAD, case="a second call")
        backward(inputs[::-1], targets[::-1], loss)
        got = backward(inputs[:1], targets[:1], loss)
        like_by_hand(report, "it", got, 2 * paper.LOGITS_GRAD[:1], case="another batch on the same object")
        report.detail("unchanged, and later calls give what they should")
    with report.promise("Keras"):
        for inputs, targets in map(_batch, SHAPES):
            expected = reference.SoftmaxCrossEntropy(inputs.shape[1]).backward(inputs, targets)
            got = backward(inputs, targets)
            report.close("gradient", got, expected, tolerance=LIKE_KERAS, case=f"N = {len(inputs)}", batch=len(inputs))


def _value(loss_class: Make, targets: np.ndarray, inputs: np.ndarray) -> Any:
    return loss_class(inputs.shape[1]).forward(inputs, targets)[0]


def _batch(shape: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Return scores and class ids, the same in every run."""
    rng = np.random.default_rng(shape)
    return 2 * rng.standard_normal(shape), rng.integers(shape[1], size=shape[0])


def _with_right_forward(loss_class: Any) -> Any:
    """Put Keras's forward in place of one that is wrong or missing: 1.7 does not wait for 1.6."""
    with suppress(Exception), np.errstate(all="ignore"):  # whatever the student's forward raises, it is not right
        loss, probabilities = loss_class(3).forward(paper.LOGITS.copy(), paper.CLASS_IDS.copy())
        if np.allclose(loss, paper.CROSS_ENTROPY) and np.allclose(probabilities, paper.PROBABILITIES):
            return loss_class
    if not reference.available() or _unfinished(loss_class):
        return loss_class

    def forward(self: Any, inputs: np.ndarray, targets: np.ndarray) -> tuple[float, np.ndarray]:
        return reference.SoftmaxCrossEntropy(inputs.shape[1]).forward(inputs, targets)

    return type(loss_class.__name__, (loss_class,), {"forward": forward})


def _unfinished(loss_class: Any) -> bool:
    """Tell whether backward is still to be written: Keras, which takes seconds to import, is then not needed."""
    try:
        loss_class(3).backward(paper.LOGITS.copy(), paper.CLASS_IDS.copy())
    except NotImplementedError as error:
        return not str(error).startswith("1.6")
    except Exception:  # noqa: BLE001 - whatever else is wrong is for the check to say
        return False
    return False
