"""A student's Keras net, as hidden tests see it through the proxy: its layers as plain descriptions. It trains nothing.

What a net is made of is compared in words (`utils.keras_nets`): models inside models count as their layers, and an
activation counts the same as an argument, as a layer of its own, or as a function. What the student's kernel says of a
layer may be anything; what is no description is the student's mistake, never ours.
"""

from __future__ import annotations

from typing import Any

from autograder.compare import Mismatch, expect_that
from autograder.student import Handle, Student, has
from utils import keras_nets

MAX_DEPTH = 5  # models inside models


def build(student: Student, name: str, *args: Any, **kwargs: Any) -> Handle:
    """The net that the student's function `name` returns."""
    model = getattr(student, name)(*args, **kwargs)
    if model is None:
        raise Mismatch(f"{name} returns None: is a `return` missing?")
    if not isinstance(model, Handle) or not has(model, "layers"):
        raise Mismatch(f"{name} returns no Keras model")
    return model


def steps_of(model: Handle) -> list[keras_nets.Step]:
    """The steps of a net, see `utils.keras_nets`."""
    try:
        return keras_nets.describe(_pairs(model, 0))
    except (TypeError, ValueError, AttributeError) as error:
        raise Mismatch(f"a layer of the net describes itself in a way that cannot be read ({error})"[:300]) from None


def expect_no(problem: str, what: str = "") -> None:
    """Passes if there is no problem to report."""
    expect_that(not problem, f"{what}: {problem}" if what else problem)


def expect_shapes(model: Handle, input_shape: tuple[int, ...], num_classes: int) -> None:
    """Passes if the net is built for these images and gives a number a class."""
    shapes = [getattr(model, name) if has(model, name) else None for name in ("input_shape", "output_shape")]
    if not all(isinstance(shape, (tuple, list)) for shape in shapes):
        raise Mismatch("the net does not know the shape of its inputs: it begins with keras.Input(shape=input_shape)")
    expect_no(keras_nets.shape_problem(shapes[0], shapes[1], input_shape, num_classes))


def _pairs(model: Handle, depth: int) -> list[keras_nets.Pair]:
    layers = model.layers
    if not isinstance(layers, list) or depth > MAX_DEPTH:
        raise Mismatch("the layers of the net cannot be listed")
    pairs: list[keras_nets.Pair] = []
    for layer in layers:
        if not isinstance(layer, Handle):
            raise Mismatch("among the layers of the net is one that is no layer")
        kind = vars(layer)["_kind"]
        if kind in keras_nets.NESTED:
            pairs += _pairs(layer, depth + 1)
            continue
        config = layer.get_config() if has(layer, "get_config") else {}
        pairs.append((kind, config if isinstance(config, dict) else {}))
    return pairs
