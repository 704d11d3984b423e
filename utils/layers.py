"""What the notebooks need around their layers: a way to add a method to a class, and initial weights.

It holds no layer: those are the students' tasks (and, backed by Keras, `utils.reference`).
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import numpy as np

Function = TypeVar("Function", bound=Callable[..., Any])
Initializer = Callable[[Sequence[int]], np.ndarray]


def add_to_class(cls: type) -> Callable[[Function], Function]:
    """Attach the decorated function to `cls` as a method, so that a class can grow from cell to cell.

    Objects that already exist get the method as well. Running the cell of the class again makes a new class
    without it: run the cells of its methods again, too.

    >>> class Layer:
    ...     factor = 3
    >>> layer = Layer()
    >>> @add_to_class(Layer)
    ... def forward(self, inputs):
    ...     return self.factor * inputs
    >>> layer.forward(2)
    6
    """

    def attach(function: Function) -> Function:
        name = function.__name__
        function.__qualname__ = f"{cls.__qualname__}.{name}"  # errors then read "Convolution.forward() takes ..."
        setattr(cls, name, function)
        return function

    return attach


class Gaussian:
    """Weights from a normal distribution with mean 0: w ~ N(0, std^2), float64.

    Every call draws anew from the generator seeded by `seed`, so that two layers of one shape start differently and
    the whole net is the same in every run.

    >>> Gaussian(std=0.01)((3, 2)).shape
    (3, 2)
    """

    def __init__(self, std: float = 0.01, seed: int = 0) -> None:
        self.std = std
        self.rng = np.random.default_rng(seed)

    def __call__(self, shape: Sequence[int]) -> np.ndarray:
        return self.std * self.rng.standard_normal(tuple(shape))


class He:
    """Weights whose variance keeps that of the activations through a ReLU: w ~ N(0, 2 / fan_in), float64.

    fan_in is the number of inputs of one output: `in` for a matrix (in, out), `in * kernel_h * kernel_w` for filters
    (out, in, kernel_h, kernel_w). Source: He et al., "Delving deep into rectifiers", 2015, equation 10.

    >>> print(He(seed=1)((1000, 50)).std().round(3))       # sqrt(2 / 1000)
    0.045
    """

    def __init__(self, seed: int = 0) -> None:
        self.rng = np.random.default_rng(seed)

    def __call__(self, shape: Sequence[int]) -> np.ndarray:
        shape = tuple(shape)
        if len(shape) not in (2, 4):
            raise ValueError(f"He needs the shape of a matrix (in, out) or of filters (out, in, h, w), got {shape}")
        fan_in = shape[0] if len(shape) == 2 else int(np.prod(shape[1:]))
        return np.sqrt(2.0 / fan_in) * self.rng.standard_normal(shape)
