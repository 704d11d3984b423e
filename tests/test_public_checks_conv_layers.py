"""The public checks of assignment 4 say ok to the solution, `- not yet` to the stub, and name the classic mistakes."""

from __future__ import annotations

import io
import json
import re
import time
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograder.slips import Slip, slips_of
from utils.checks import conv_layers as check

SOURCE = Path(__file__).resolve().parents[1] / "source" / "conv-layers" / "conv-layers.ipynb"
SOLUTION = re.compile(r"^( *)### BEGIN SOLUTION (.*?)\n(.*?)^ *### END SOLUTION$", re.DOTALL | re.MULTILINE)

# Task: the check of the notebook, what it is given, how many lines it prints where all is right.
CHECKS = {
    "conv-1x1": (check.conv_1x1, "conv_1x1", 4),
    "naive-conv": (check.naive_convolution, "naive_convolution", 4),
    "conv-forward": (check.convolution_forward, "Convolution", 5),
    "conv-backward": (check.convolution_backward, "Convolution", 6),
    "pool-forward": (check.pooling_forward, "Pooling", 7),
    "pool-backward": (check.pooling_backward, "Pooling", 5),
    "dropout-forward": (check.dropout_forward, "Dropout", 5),
    "dropout-backward": (check.dropout_backward, "Dropout", 2),
    "gap": (check.global_average_pooling, "GlobalAveragePooling", 4),
    "flatten": (check.flatten, "Flatten", 4),
}

# Task, what is replaced in the solution, by what, and what a `no` line must say.
# fmt: off
MISTAKES = [
    ("conv-1x1", " + bias", "", "as if there were no bias"),
    ("conv-1x1", "(len(weights), height, width)", "(len(weights), width, height)", "2 x 5 pixels gives IndexError"),
    ("conv-1x1", "for i in range(height)", "image -= 1\n    for i in range(height)", "argument image in place"),
    ("naive-conv", "(padded.shape[1] - kernel_h) // stride", "round((padded.shape[1] - kernel_h) / stride)", "(only w"),
    ("naive-conv", "- kernel_h) // stride + 1", "- kernel_h) // stride", "pad 0, stride 1 gives shape (3, 2, 3)"),
    ("naive-conv", "(pad, pad), (pad, pad)", "(pad // 2, pad // 2), (pad // 2, pad // 2)", "as if pad were both sides"),
    ("naive-conv", "* weights[f])", "* weights[f][:, ::-1, ::-1])", "as if the kernel were flipped"),
    ("naive-conv", "j * stride", "j", "(only with a stride above 1: window i starts at i * stride)"),
    ("conv-forward", "((0, 0), (0, 0), (pad, pad), (pad, pad))", "pad", "(only with padding: pad counts on EACH side"),
    ("conv-forward", "(pad, pad), (pad, pad)", "(pad // 2, pad - pad // 2), (pad // 2, pad - pad // 2)",
     "as if pad were"),
    ("conv-forward", "(self.kernel_h, self.kernel_w)", "(self.kernel_w, self.kernel_h)",
     "only where windows are not square"),
    ("conv-forward", "self.weights, windows", "self.weights[:, :, ::-1], windows",
     "no 4.3 output: pad 0, stride 1 gives"),
    ("conv-forward", "windows = ", "assert (padded.shape[2] - kernel[0]) % stride == 0\n    windows = ",
     "AssertionError in"),
    ("conv-forward", "return outputs", "return outputs.squeeze()", "only where an axis has length 1"),
    ("conv-forward", "outputs.swapaxes(0, 1)", "outputs.reshape(outputs.shape[1], -1, *outputs.shape[2:])",
     "look at the batch axis"),
    ("conv-forward", "padded = ", "inputs -= inputs.mean()\n    padded = ", "changes its argument inputs in place"),
    ("conv-forward", "return ", "outputs = ", "None: does your function return its result?"),
    ("conv-backward", "pad : pad + height, pad : pad + width", "pad:-pad, pad:-pad",
     "(only where pad is 0: [pad:-pad] is"),
    ("conv-backward", "pad : pad + height, pad : pad + width", "1:-1, 1:-1", "(only where pad is not 1"),
    ("conv-backward", "pad : pad + height, pad : pad + width", ":height, :width", "(only with padding"),
    ("conv-backward", "pad : pad + height, pad : pad + width", ":, :",
     "2 too many on each side: is the padding cut off?"),
    ("conv-backward", "return padded_grads", "padded_grads", "None"),
    ("conv-backward", "axis=(0, 2, 3))", "axis=(0, 2, 3))[np.newaxis]", "b_grad: pad 0, stride 1 gives shape (1, 3)"),
    ("conv-backward", "axis=(0, 2, 3))", ")", "no 4.4 b_grad"),
    ("conv-backward", "self.w_grad = ", "self.w_grad = self.w_grad + ", "w_grad differs after a second call"),
    ("conv-backward", "self.b_grad = ", "in_grads *= 2\n    self.b_grad = ", "changes its in_grads in place"),
    ("conv-backward", "] += column", "] = column", "(only where windows overlap: a pixel gets the sum"),
    ("conv-backward", "self.w_grad = ", "self.w_grad = 1 / len(inputs) * ", "divided by the batch"),
    ("pool-forward", "-np.inf", "0.0", "as if the padding were 0, which wins over negative pixels"),
    ("pool-forward", "else 0.0", "else np.nan", "gives nan at [0, 0, 0, 0]: not a finite number"),
    ("pool-forward", "np.mean(", "np.sum(", "it is 4 times the right result"),
    ("pool-forward", "(self.pool_height, self.pool_width)", "(self.pool_width, self.pool_height)",
     "windows are not square"),
    ("pool-forward", "[:, :, ::stride, ::stride]", "[:, :, :: size[0], :: size[0]]",
     "only where the stride differs from the window"),
    ("pool-forward", "1.0 * inputs", "inputs", "no 4.5 dtypes: OverflowError in your forward"),
    ("pool-backward", "] += share", "] = share",
     "(only where windows overlap: a pixel gets the sum of all its windows: +="),
    ("pool-backward", "pad : pad + height, pad : pad + width", "pad:-pad, pad:-pad",
     "(only where pad is 0: [pad:-pad] is"),
    ("pool-backward", "/ winners.sum(axis=0, dtype=in_grads.dtype)", "",
     "no 4.6 dx of avg: window 2 x 2, stride 2 gives"),
    ("pool-backward", "pixels.max(axis=0)", "np.abs(pixels).max(axis=0)", "no 4.6 dx of max"),
    ("pool-backward", "-np.inf", "0.0", "no 4.6 dx of max: pad 1"),
    ("dropout-forward", ">= self.ratio", "< self.ratio", "keep and drop are swapped"),
    ("dropout-forward", "/ (1 - self.ratio)", "/ self.ratio", "divided by ratio, the share that is dropped"),
    ("dropout-forward", "/ (1 - self.ratio)", "", "scale by 1 / (1 - ratio) here"),
    ("dropout-forward", "self.rng.random(", "np.random.randn(*", "as if the draws were normal (randn)"),
    ("dropout-forward", "self.rng.random(inputs.shape)", "self.rng.random((inputs.shape[0], inputs.shape[1]))",
     "no 4.7 shapes"),
    ("dropout-forward", "self.rng.random(", "np.random.default_rng(1).random(", "two calls drop the same values"),
    ("dropout-forward", "return inputs *", "inputs *= 1 / (1 - self.ratio)\n    return inputs *",
     "argument inputs in place"),
    ("dropout-forward", "return inputs\n", "return inputs * (1 - self.ratio)\n", "no 4.7 test mode: test mode gives"),
    ("dropout-backward", "self.mask", "(self.rng.random(inputs.shape) >= self.ratio)",
     "drops other values than forward did"),
    ("dropout-backward", "/ (1 - self.ratio)", "", "it is 0.7 times the right result"),
    ("dropout-backward", "if not self.training", "if False", "no 4.8 test mode"),
    ("gap", "inputs.mean(axis=(2, 3))", "inputs.sum(axis=(2, 3))", "it is 20 times the right result"),
    ("gap", "inputs.mean(axis=(2, 3))", "inputs.mean(axis=(2, 3), keepdims=True)",
     "a batch of 3 gives shape (3, 2, 1, 1), expected (3, 2)"),
    ("gap", " / (height * width)", "", "no 4.9 dx"),
    ("flatten", "inputs.reshape(len", "inputs.transpose(0, 2, 3, 1).reshape(len", "right numbers in wrong places"),
    ("flatten", "in_grads.reshape(inputs.shape)", "in_grads", "gives shape (3, 40), expected (3, 2, 5, 4)"),
]
# fmt: on


def classes(change: tuple[str, str, str] | None = None, *, stubs: bool = False) -> dict[str, Any]:
    """Run the given code and the solutions of the notebook; with one solution changed, or stubs in place of all."""
    cells = json.loads(SOURCE.read_text(encoding="utf-8"))["cells"]
    names: dict[str, Any] = {"np": np}
    for cell in cells:
        about = cell["metadata"].get("nbgrader", {})
        if cell["cell_type"] != "code" or not about or about["grade"] or cell["id"] == "setup":
            continue
        code = "".join(cell["source"])
        if change and cell["id"] == f"{change[0]}-todo":
            head, body = code.split("### BEGIN SOLUTION", 1)
            assert change[1] in body, f"the solution of {change[0]} no longer has {change[1]!r}"
            code = head + "### BEGIN SOLUTION" + body.replace(change[1], change[2], 1)
        if stubs:
            code = SOLUTION.sub(lambda found: f'{found[1]}raise NotImplementedError("{found[2]}")', code)
        exec(compile(code, cell["id"], "exec"), names)
    return names


def lines_of(task: str, names: dict[str, Any]) -> list[str]:
    run, piece, _ = CHECKS[task]
    printed = io.StringIO()
    with redirect_stdout(printed):
        run(names[piece])
    return printed.getvalue().splitlines()


@pytest.fixture(scope="module")
def solution() -> dict[str, Any]:
    pytest.importorskip("keras")
    return classes()


@pytest.mark.parametrize("task", CHECKS)
def test_the_solution_gets_only_ok_lines(task: str, solution: dict[str, Any]) -> None:
    lines = lines_of(task, solution)
    assert len(lines) == CHECKS[task][2]
    assert all(line.startswith("ok 4.") for line in lines), lines


@pytest.mark.parametrize("task", CHECKS)
def test_a_check_takes_less_than_two_seconds(task: str, solution: dict[str, Any]) -> None:
    lines_of(task, solution)  # the first call loads Keras
    start = time.process_time()
    lines_of(task, solution)
    assert time.process_time() - start < 2.0


@pytest.mark.parametrize("task", CHECKS)
def test_the_stub_is_not_yet_done(task: str) -> None:
    lines = lines_of(task, classes(stubs=True))
    assert lines and all(line.startswith("- not yet 4.") for line in lines), lines


@pytest.mark.parametrize(("task", "right", "wrong", "says"), MISTAKES)
def test_a_classic_mistake_is_named(task: str, right: str, wrong: str, says: str, solution: dict[str, Any]) -> None:
    lines = lines_of(task, classes((task, right, wrong)))
    assert any(line.startswith("no 4.") and says in line for line in lines), "\n".join(lines)


@pytest.mark.parametrize("slip", slips_of("conv-layers"), ids=lambda slip: slip.name)
def test_no_slip_of_the_grader_gets_past_a_public_check(slip: Slip, solution: dict[str, Any]) -> None:
    names = classes()
    piece = CHECKS[slip.task][1]
    if isinstance(names[piece], type) and not isinstance(slip.wrong, type):
        setattr(names[piece], slip.task.rpartition("-")[2], slip.wrong)  # conv-forward is the method forward
    else:
        names[piece] = slip.wrong
    assert any(line.startswith("no 4.") for line in lines_of(slip.task, names))


def test_backward_waits_for_forward() -> None:
    names = classes(
        ("conv-forward", "pad, stride", 'raise NotImplementedError("4.3 Convolution.forward")\n    pad, stride')
    )
    assert lines_of("conv-backward", names) == [
        "- not yet 4.4 Convolution.backward: finish 4.3 Convolution.forward first"
    ]


def test_without_keras_the_shapes_are_still_checked(solution: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    from utils import keras_backend

    def missing() -> None:
        raise keras_backend.KerasMissing("Keras is not installed (pip install tensorflow)")

    monkeypatch.setattr("utils.reference.import_keras", missing)
    lines = lines_of("conv-forward", solution)
    assert lines[0] == "ok 4.3 shape: 11 cases"
    assert lines[1] == "- 4.3 cannot compare: Keras is not installed (pip install tensorflow)"
    assert all(line.startswith("ok") for line in lines[2:])
