"""The other side of the grading benchmark: `conv-layers` as a plain nbgrader course, with Keras in the student's kernel.

Its notebooks have the same given cells and TODO cells, and in place of each check a comparison with Keras that raises.
Experiments and public checks are left out, which is to its advantage.
"""

from __future__ import annotations

import copy
import textwrap
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder import cells, course

ASSIGNMENT = "conv-layers"
CONFIG = """
c = get_config()
c.CourseDirectory.course_id = "plain"
"""
LAYER = """
from utils import reference
rng = np.random.default_rng(1)
for stride, pad in ((1, 0), (1, 1), (2, 1)):
    inputs = rng.standard_normal((4, 3, 9, 9))
{make}
    outputs = keras_layer.forward(inputs)
    in_grads = rng.standard_normal(outputs.shape)
{compare}
"""
CONVOLUTION = """
    params = dict(kernel_h=3, kernel_w=3, stride=stride, pad=pad, in_channel=3, out_channel=4)
    layer, keras_layer = Convolution(params), reference.Convolution(params)
    keras_layer.weights, keras_layer.bias = layer.weights, layer.bias
"""
POOLING = """
    params = dict(pool_type="max", pool_height=3, pool_width=3, stride=stride, pad=pad)
    layer, keras_layer = Pooling(params), reference.Pooling(params)
"""
FORWARD = "    np.testing.assert_allclose(layer.forward(inputs), outputs, rtol=1e-6, atol=1e-9)"
BACKWARD = """
    grads = keras_layer.backward(in_grads, inputs)
    np.testing.assert_allclose(layer.backward(in_grads, inputs), grads, rtol=1e-6, atol=1e-9)
"""
ONE_BY_ONE = """
    image, weights, bias = inputs[0], rng.standard_normal((5, 3)), rng.standard_normal(5)
    params = dict(kernel_h=1, kernel_w=1, stride=1, pad=0, in_channel=3, out_channel=5)
    keras_layer = reference.Convolution(params)
    keras_layer.weights, keras_layer.bias = weights[:, :, None, None], bias
"""
NAIVE = """
    params = dict(kernel_h=3, kernel_w=3, stride=stride, pad=pad, in_channel=3, out_channel=4)
    keras_layer = reference.Convolution(params)
    keras_layer.weights, keras_layer.bias = rng.standard_normal((4, 3, 3, 3)), rng.standard_normal(4)
"""
NAIVE_FORWARD = """
    mine = naive_convolution(inputs[0], keras_layer.weights, keras_layer.bias, stride, pad)
    np.testing.assert_allclose(mine, outputs[0], rtol=1e-6, atol=1e-9)
"""
COMPARISONS = {
    "conv-1x1": (ONE_BY_ONE, "    np.testing.assert_allclose(conv_1x1(image, weights, bias), outputs[0], rtol=1e-6)"),
    "naive-conv": (NAIVE, NAIVE_FORWARD),
    "conv-forward": (CONVOLUTION, FORWARD),
    "conv-backward": (CONVOLUTION, BACKWARD),
    "pool-forward": (POOLING, FORWARD),
    "pool-backward": (POOLING, BACKWARD),
    "gap": ("    layer, keras_layer = GlobalAveragePooling(), reference.GlobalAveragePooling()", FORWARD),
    "flatten": ("    layer, keras_layer = Flatten(), reference.Flatten()", FORWARD),
}


def write_course(folder: Path, submissions: dict[str, NotebookNode]) -> None:
    """Writes source/, utils, the configuration and submitted/ of the plain course; `submissions` are ours by student."""
    (folder / "source" / ASSIGNMENT).mkdir(parents=True)
    (folder / "utils").symlink_to(course.UTILS, target_is_directory=True)
    (folder / "nbgrader_config.py").write_text(textwrap.dedent(CONFIG))
    nbformat.write(plain(course.source_notebook(ASSIGNMENT)), folder / "source" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb")
    for student, notebook in submissions.items():
        place = folder / "submitted" / student / ASSIGNMENT
        place.mkdir(parents=True)
        nbformat.write(plain(notebook), place / f"{ASSIGNMENT}.ipynb")


def plain(notebook: NotebookNode) -> NotebookNode:
    """A notebook of ours with Keras comparisons in place of its checks, and without experiments and written answers."""
    notebook = copy.deepcopy(notebook)
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    kept = []
    for cell in notebook.cells:
        if cells.role(cell) in (cells.EXPERIMENT, "written", "text"):
            continue
        if cells.role(cell) == "check":
            if cells.key(cell) not in COMPARISONS:
                continue  # dropout is random: Keras's numbers are others
            make, compare = (text.strip("\n") for text in COMPARISONS[cells.key(cell)])
            cell.source = LAYER.format(make=make, compare=compare).strip()
        kept.append(cell)
    notebook.cells = kept
    return notebook
