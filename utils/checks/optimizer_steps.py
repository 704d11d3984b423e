"""What the public checks of optimizers are made of: steps worked out on paper, steps of Keras; it computes no step itself."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from utils.verdict import Report

Make = Callable[..., Any]
Arrays = dict[str, np.ndarray]

# Right steps differ from Keras's by less than 1e-14 of their size, the smallest slip by more than 1e-3.
STEP = 1e-7
FLOAT32 = 1e-4  # float32 rounds to 6e-8, a step's arithmetic to about 1e-6

SHAPES = {"W1": (3, 4), "b1": (4,), "W2": (4, 2)}


def by_hand(report: Report, optimizer: Any, grads: Sequence[float], path: Sequence[float], case: str) -> None:
    """Compare the steps of one number, from 1.0, with those that can be worked out on paper."""
    before = 1.0
    for iteration, (grad, after) in enumerate(zip(grads, path, strict=True)):
        new = optimizer.update({"w": np.array([before])}, {"w": np.array([grad])}, iteration)
        where = f"{case}, step {iteration + 1} from w = {before} with gradient {grad:g}"
        report.close(
            "w", new_params(report, new, {"w": np.zeros(1)})["w"], np.array([after]), tolerance=STEP, case=where
        )
        before = after


def like_keras(report: Report, name: str, mine: Make, keras: Make, **settings: Any) -> None:
    """Compare four steps of several parameters with Keras's, every step from Keras's parameters."""
    with report.promise(name):
        _walk(report, mine(**settings), keras(**settings), ", ".join(f"{k}={v}" for k, v in settings.items()))
        report.detail("four steps of three parameters")


def rates(report: Report, mine: Make, keras: Make) -> None:
    """Compare steps with `decay` and with `scheduler_func` with Keras's."""

    def halved_each_step(lr: float, iteration: int) -> float:
        return lr * 0.5**iteration

    with report.promise("rate"):
        _walk(report, mine(lr=0.1, decay=0.5), keras(lr=0.1, decay=0.5), "decay=0.5")
        settings: dict[str, Any] = {"lr": 0.1, "scheduler_func": halved_each_step}
        _walk(report, mine(**settings), keras(**settings), "scheduler_func: half the rate at every step")
        report.detail("decay and scheduler_func, four steps each")


def arguments_unchanged(report: Report, mine: Make, **settings: Any) -> None:
    """Look at what a step does to the arrays and dicts it is given."""
    with report.promise("arguments"):
        optimizer, rng = mine(**settings), np.random.default_rng(3)
        for iteration in range(2):
            params, grads = _arrays(rng), _arrays(rng)
            given = dict(params)
            named = {f'params["{k}"]': v for k, v in params.items()} | {f'grads["{k}"]': v for k, v in grads.items()}
            with report.unchanged(**named):
                new = new_params(report, optimizer.update(params, grads, iteration), params)
            report.that(params.keys() == given.keys() and all(params[k] is given[k] for k in params), _SAME_DICT)
            shared = [k for k in params if np.shares_memory(new[k], params[k]) or np.shares_memory(new[k], grads[k])]
            report.that(not shared, f"the new {', '.join(shared)} shares its memory with an argument: make new arrays")
        report.detail("unchanged, and the new arrays are new")


_SAME_DICT = "your code puts the new arrays into the dict `params` it was given: fill a new dict and return that"


def number_types(report: Report, mine: Make, **settings: Any) -> None:
    """Integers and float32 give the steps of float64. Only the student's own code is compared."""
    with report.promise("number types"):
        rng = np.random.default_rng(7)
        whole = [{name: np.round(3 * value) for name, value in _arrays(rng).items()} for _ in range(4)]
        steps: dict[type, list[Arrays]] = {}
        for dtype in (np.float64, np.float32, np.int64):
            optimizer, steps[dtype] = mine(**settings), []
            for iteration in range(2):
                params, grads = ({k: v.astype(dtype) for k, v in whole[2 * iteration + n].items()} for n in range(2))
                steps[dtype].append(new_params(report, optimizer.update(params, grads, iteration), params))
            for iteration, (new, right) in enumerate(zip(steps[dtype], steps[np.float64], strict=True)):
                for name in new:
                    where = f"{np.dtype(dtype).name} arrays, iteration {iteration}"
                    report.close(name, new[name], right[name], tolerance=FLOAT32, case=where)
        report.detail("float64, float32 and integer arrays, two steps each")


def two_in_turn(report: Report, mine: Make, **settings: Any) -> None:
    """Two optimizers in turn do what each does alone. Only the student's own code is compared."""
    with report.promise("two optimizers"):
        steps = [[(_arrays(rng), _arrays(rng)) for _ in range(3)] for rng in map(np.random.default_rng, (4, 5))]
        alone = []
        for walk in steps:
            optimizer = mine(**settings)
            alone.append([new_params(report, optimizer.update(*args, i), args[0]) for i, args in enumerate(walk)])
        pair = (mine(**settings), mine(**settings))
        for iteration in range(3):
            for which, optimizer in enumerate(pair):
                params, grads = steps[which][iteration]
                new = new_params(report, optimizer.update(params, grads, iteration), params)
                for name in new:
                    where = f"step {iteration + 1} of two optimizers in turn, gradients' arrays used again after a step"
                    report.close(name, new[name], alone[which][iteration][name], tolerance=STEP, case=where)
                for grad in grads.values():
                    grad.fill(0.0)  # a training loop may do so: whoever kept the array itself is in for a surprise
        report.detail("nothing is shared between them, nor with the arrays they were given")


def _walk(report: Report, optimizer: Any, like: Any, case: str) -> None:
    rng = np.random.default_rng(1)
    params = _arrays(rng)
    for iteration in range(4):
        grads = dict(reversed(_arrays(rng).items()))  # names count, not positions
        if iteration % 2 == 1:
            params = dict(reversed(params.items()))
        expected = like.update(params, grads, iteration)
        copies = {name: value.copy() for name, value in params.items()}  # changes in place are another promise's matter
        new = new_params(report, optimizer.update(copies, grads, iteration), params)
        for name, old in params.items():
            # the steps, not the parameters: their sign and size show a cause
            where = f"{case}, iteration {iteration}"
            report.close(f"the step of {name}", new[name] - old, expected[name] - old, tolerance=STEP, case=where)
        params = expected


def new_params(report: Report, got: Any, params: Arrays) -> Arrays:
    """Return what `update` returned if it is a dict with an array for every parameter."""
    report.that(got is not None, "update returns None: is a `return` missing?")
    report.that(isinstance(got, dict), f"update returns an object of type {type(got).__name__}: return a dict")
    missing = [name for name in params if name not in got]
    report.that(not missing, f"{', '.join(missing)} is missing in the dict that update returns")
    for name, value in params.items():
        shape = np.shape(got[name])
        report.that(shape == value.shape, f"the new {name} has shape {shape}, expected {value.shape}")
    return {name: np.asarray(got[name]) for name in params}


def _arrays(rng: np.random.Generator) -> Arrays:
    """Arrays of several shapes. No number is near 0, where a step of Adam depends on rounding."""
    return {
        name: rng.uniform(0.5, 2.0, shape) * rng.choice([-1.0, 1.0], shape) * (10.0 if name == "b1" else 1.0)
        for name, shape in SHAPES.items()
    }
