"""What the hidden tests of optimizers are made of: inputs, and comparisons of one step or of several; it has no promise."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.checks.own import expect_some_work
from autograder.compare import TOLERANCE, TOLERANCE_FLOAT32, Mismatch, expect_array, expect_that, expect_unchanged
from autograder.student import Handle, Student, fetch, keep

Arrays = dict[str, np.ndarray]
Shapes = dict[str, tuple[int, ...]]
SHAPES: Shapes = {"W1": (3, 4), "b1": (4,), "filters": (2, 1, 3, 2)}


def some_params(rng: np.random.Generator, dtype: Any = np.float64, *, shapes: Shapes = SHAPES) -> Arrays:
    """Parameters of several shapes, of size 3 and both signs."""
    return {name: (3.0 * rng.normal(size=shape)).astype(dtype) for name, shape in shapes.items()}


def some_grads(rng: np.random.Generator, dtype: Any = np.float64, *, shapes: Shapes = SHAPES) -> Arrays:
    """Gradients of size 0.5 to 2 and both signs, larger for some parameters, in another order than the parameters.

    They stay away from zero, because there a step of Adam depends on epsilon, whatever its place.
    """
    grads = {}
    for rank, (name, shape) in enumerate(reversed(shapes.items())):
        size = rng.uniform(0.5, 2.0, size=shape) * (1 + 2 * (rank % 3))
        sign = rng.choice([-1, 1], size=shape)
        grads[name] = (sign * (np.ceil(size) if dtype == np.int64 else size)).astype(dtype)
    return grads


def dict_of_arrays(got: Any, like: Arrays, what: str) -> Arrays:
    """`got`, if it is a dict with the names and shapes of `like`; otherwise a Mismatch says what it is instead."""
    if isinstance(got, Handle) or not isinstance(got, dict):
        kind = "None (is a `return` missing?)" if got is None else "something that is no dict of arrays"
        raise Mismatch(f"{what}: {kind}, expected a dict with {', '.join(like)}")
    missing = [name for name in like if name not in got]
    expect_that(not missing, f"{what}: {', '.join(missing)} missing")
    expect_that(len(got) == len(like), f"{what}: {len(got)} names, expected {len(like)}: {', '.join(like)}")
    for name, value in like.items():
        is_array = isinstance(got[name], (np.ndarray, np.generic))
        shape = np.shape(got[name]) if is_array else type(got[name]).__name__
        expect_that(shape == value.shape, f'{what}["{name}"]: {shape}, expected an array of shape {value.shape}')
    return got


def expect_step(got: Any, params: Arrays, expected: Arrays, case: str, *, tolerance: float = TOLERANCE) -> None:
    """Passes if the dict `got` is `expected`. It compares the steps from `params`: their sign and size say more."""
    new = dict_of_arrays(got, params, "the new parameters")
    for name, old in params.items():
        step = np.asarray(new[name], dtype=np.float64) - old
        within = TOLERANCE_FLOAT32 if old.dtype == np.float32 else tolerance
        expect_array(step, expected[name] - old, f'the step of "{name}" (new - old)', case=case, tolerance=within)


def expect_walk(
    optimizer: Any, reference: Any, rng: np.random.Generator, *, steps: int, case: str, tolerance: float = TOLERANCE
) -> None:
    """Passes if several steps are the oracle's. The dict changes its order on the way: names count, not positions."""
    params = some_params(rng)
    for iteration in range(steps):
        grads = some_grads(rng)
        if iteration % 2:
            params = dict(reversed(params.items()))
        expected = reference.update(params, grads, iteration)
        new = optimizer.update(params, grads, iteration)
        expect_step(new, params, expected, f"step {iteration + 1}, {case}", tolerance=tolerance)
        params = expected


def expect_same(got: np.ndarray, again: np.ndarray, what: str, *, case: str = "") -> None:
    """Compares two results of the student's own code. Both nan is the same: what made them nan is charged elsewhere."""
    if not np.array_equal(np.isfinite(got), np.isfinite(again)) or np.isfinite(again).all():
        expect_array(got, again, what, case=case)


def expect_rates(optimizer_class: Any, rng: np.random.Generator) -> None:
    """Passes if each step is the student's own step at the base rate, scaled by rate / base rate."""
    lr = 0.4
    seen: list[tuple[float, int]] = []

    def halved_each_step(base: float, iteration: int) -> float:
        seen.append((float(base), int(iteration)))
        return base * 0.5**iteration

    shares = {"decay": lambda iteration: 1 / (1 + 0.5 * iteration), "scheduler_func": lambda iteration: 0.5**iteration}
    walk = [(some_params(rng), some_grads(rng)) for _ in range(4)]
    at_base = _steps(optimizer_class(lr=lr), walk)
    for setting, value in (("decay", 0.5), ("scheduler_func", halved_each_step)):
        for iteration, steps in enumerate(_steps(optimizer_class(lr=lr, **{setting: value}), walk)):
            share = shares[setting](iteration)
            for name, step in steps.items():
                expect_that(np.any(at_base[iteration][name]), f'"{name}" does not move')
                what = f'the step of "{name}", against {share:.3g} times its step at the base lr'
                expect_same(step, share * at_base[iteration][name], what, case=f"{setting}, iteration {iteration}")
    for iteration in range(4):
        bases = {base for base, at in seen if at == iteration}
        expect_that(bases, f"scheduler_func was not called with iteration {iteration}")
        expect_that(bases == {lr}, f"scheduler_func is not given the base lr at iteration {iteration}")


def _steps(optimizer: Any, walk: list[tuple[Arrays, Arrays]]) -> list[Arrays]:
    """The steps, new - old, that an optimizer takes from given parameters with given gradients."""
    steps = []
    for iteration, (params, grads) in enumerate(walk):
        new = dict_of_arrays(optimizer.update(params, grads, iteration), params, "the new parameters")
        steps.append({name: new[name] - old for name, old in params.items()})
    return steps


def expect_nothing_shared(
    student: Student, optimizer_class: Any, rng: np.random.Generator, **settings: float | bool
) -> None:
    """Passes if arguments stay unchanged, and two optimizers in turn do what each does alone.

    In turn, the caller also uses the arrays of its gradients again after each step, as a training loop may.
    """
    params = [some_params(rng) for _ in range(2)]
    grads = [[some_grads(rng) for _ in range(3)] for _ in range(2)]
    ends: list[list[Arrays]] = []
    for order in ([0, 0, 0, 1, 1, 1], [0, 1, 0, 1, 0, 1]):
        optimizers = [optimizer_class(**settings) for _ in range(2)]
        steps, new = [0, 0], list(params)
        for which in order:
            step = grads[which][steps[which]]
            if not ends:
                got = optimizers[which].update(params[which], step, steps[which])
            else:
                got = _update_and_reuse(student, optimizers[which], params[which], step, steps[which])
            new[which] = dict_of_arrays(got, params[which], "the new parameters")
            steps[which] += 1
        ends.append(new)
    for which, (alone, in_turn) in enumerate(zip(*ends, strict=True)):
        for idle in (params[which], grads[which][-1]):
            expect_some_work(alone, idle, "the new parameters")
        for name in alone:
            what = f'"{name}" after three steps in turn with another optimizer, against the same steps alone'
            expect_same(in_turn[name], alone[name], what)


def _update_and_reuse(student: Student, optimizer: Any, params: Arrays, grads: Arrays, iteration: int) -> Any:
    """One update that has to leave its arguments as they are; afterwards the gradients' arrays get other contents."""
    params_kept, grads_kept = keep(student, params), {name: keep(student, grad) for name, grad in grads.items()}
    got = optimizer.update(params_kept, grads_kept, iteration)
    now = fetch(params_kept)
    for name in params:
        expect_unchanged(now.get(name), params[name], f'params["{name}"]')
        expect_unchanged(fetch(grads_kept[name]), grads[name], f'grads["{name}"]')
        grads_kept[name][0] = 0.0
    return got
