"""Hidden tests of `train-a-cnn`: batches, one step, evaluation, the loop, the net, and a file of predictions.

Every piece is checked by its behaviour on a small problem, with oracles in place of all others: an unfinished
convolution, loss or optimizer costs nothing here, nothing imports Keras, and no run of the student's is repeated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograder.answers.mystery import mystery_labels
from autograder.checks import predictions
from autograder.checks.toy_net import Loop, ReLU, Toy, batch
from autograder.compare import Mismatch, expect_array, expect_equal, expect_number, expect_that, expect_unchanged
from autograder.oracles import deep_net, layers, linear, training
from autograder.promise import Assignment, Task, promise
from autograder.student import Handle, StandIn, Student, StudentError, fetch, keep, stand_ins

ASSIGNMENT = Assignment(
    "train-a-cnn",
    allow_keras=True,
    tasks=(
        Task("sample-batches", "5.1", "Batches of an epoch", defines="sample_batches"),
        Task("train-step", "5.2", "One step of training", defines="Net.train_step"),
        Task("evaluate", "5.3", "Evaluate in batches", defines="Net.evaluate"),
        Task("train", "5.4", "The training loop", defines="Net.train"),
        Task("mnist-net", "5.5", "MNISTNet", defines="MNISTNet"),
        Task("predict", "5.6", "Predict", defines="Net.predict"),
        Task("predictions", "5.7", "Predictions for hidden labels", defines="handed_in"),
    ),
)

Array = np.ndarray
Rng = np.random.Generator


# 5.1 Batches --------------------------------------------------------------------------------------------------------


def _batches(student: Student, n: int, batch_size: int, rng: Any) -> list[Array]:
    """All batches of one epoch, whether the student returns a list or an iterator; each an array of integers."""
    got = student.sample_batches(n, batch_size, rng)
    if isinstance(got, Handle):
        got = list(_items(student, got))
    elif isinstance(got, np.ndarray) and got.ndim != 2:
        raise Mismatch(f"sample_batches: an array of shape {got.shape} instead of batches", got)
    expect_that(isinstance(got, (list, tuple, np.ndarray)), "sample_batches gives nothing to loop over")
    found = []
    for indices in got:
        array = indices if isinstance(indices, np.ndarray) else np.array(indices, dtype=None if indices else np.int64)
        real = array.ndim == 1 and array.dtype.kind in "iu"
        expect_that(real, f"a batch is not a row of integers (n {n}, batch_size {batch_size})")
        found.append(array.astype(np.int64))
    expect_that(found, f"sample_batches gives no batches (n {n}, batch_size {batch_size})")
    return found


def _items(student: Student, iterable: Handle) -> Iterator[Any]:
    """The items of an iterator in the kernel: at most 1000, an endless one is no epoch."""
    ask = student._ask
    iterator = ask("call", ask("getattr", iterable, "__iter__"), (), {})
    following = ask("getattr", iterator, "__next__")
    for _ in range(1000):
        try:
            item = ask("call", following, (), {})
        except StudentError as error:
            if error.kind == "StopIteration":
                return
            raise
        yield item
    raise Mismatch("sample_batches does not end: more than 1000 batches")


def _generator(student: Student, seed: int) -> Handle:
    return student.np.random.default_rng(seed)


def _case(n: int, batch_size: int) -> str:
    return f"n {n}, batch_size {batch_size}"


@promise("sample-batches", points=4, hint="Put all batches of an epoch side by side and sort: what should you see?")
def test_every_index_comes_once(student: Student, rng: Rng) -> None:
    """In one epoch every index from 0 to n - 1 comes exactly once."""
    for n, batch_size in ((12, 4), (40, 8), (5, 5), (6, 1)):
        found = np.concatenate(_batches(student, n, batch_size, _generator(student, 1)))
        counts = np.bincount(found.clip(0, n), minlength=n + 1) if found.size else np.zeros(n + 1, int)
        inside = found.size == 0 or (found.min() >= 0 and found.max() < n)
        expect_that(inside, f"an index is not between 0 and n - 1 ({_case(n, batch_size)})")
        missing, twice = int(np.sum(counts[:n] == 0)), int(np.sum(counts[:n] > 1))
        case = _case(n, batch_size)
        expect_that(
            missing == twice == 0, f"{missing} indices never come and {twice} come more than once ({case}), in an epoch"
        )


@promise("sample-batches", points=3, hint="With n = 7 and batch_size = 3: how many batches, and how long is each?")
def test_the_short_last_batch_is_kept(student: Student, rng: Rng) -> None:
    """All batches have batch_size indices, only the last has what remains; none is empty."""
    for n, batch_size in ((7, 3), (13, 4), (10, 5), (3, 8), (1, 1)):
        sizes = [len(indices) for indices in _batches(student, n, batch_size, _generator(student, 2))]
        expected = [len(indices) for indices in training.batches(range(n), batch_size)]
        expect_that(sizes == expected, f"batches of {sizes} indices, expected {expected} ({_case(n, batch_size)})")


@promise("sample-batches", points=3, hint="Print the batches of two epochs: which images meet in one batch?")
def test_the_batches_are_drawn_anew(student: Student, rng: Rng) -> None:
    """Images are mixed over all batches, and the next epoch mixes them anew."""
    generator = _generator(student, int(rng.integers(1000)))
    epochs = [np.concatenate(_batches(student, 60, 10, generator)) for _ in range(2)]
    for order in epochs:
        expect_that(len(order) == 60, f"{len(order)} indices in an epoch of 60")
        together = np.sort(order.reshape(6, 10), axis=1)
        blocks = any(np.array_equal(row, np.arange(row[0], row[0] + 10)) for row in together)
        expect_that(not blocks, "a batch holds ten neighbours: the images are not mixed over the batches")
    expect_that(not np.array_equal(epochs[0], epochs[1]), "the second epoch has the batches of the first")


@promise("sample-batches", points=2, hint="Where do your random numbers come from? Only one generator is an argument.")
def test_the_given_generator_decides(student: Student, rng: Rng) -> None:
    """The same `rng` in the same state gives the same batches, whatever was drawn elsewhere."""
    seed = int(rng.integers(1000))
    first = _batches(student, 49, 7, _generator(student, seed))  # no short batch: what becomes of it is charged above
    count = sum(map(len, first))
    expect_that(count == 49, f"{count} indices in an epoch of 49")
    student.np.random.seed(seed + 1)
    student.np.random.random(3)
    again = _batches(student, 49, 7, _generator(student, seed))
    same = len(first) == len(again) and all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    expect_that(same, "the same rng, seeded alike, gives other batches the second time")


# 5.2 One step -------------------------------------------------------------------------------------------------------


def _answer(got: Any, what: str) -> tuple[Any, Any]:
    """Loss and accuracy, taken apart."""
    pair = isinstance(got, (tuple, list)) and len(got) == 2
    expect_that(pair, f"{what} gives no pair (loss, accuracy): is a `return` missing?")
    return got[0], got[1]


@promise("train-step", points=7, hint="Which gradient goes into `self.backward`, and who computes the new parameters?")
def test_one_step_is_the_oracle_s_step(student: Student, rng: Rng) -> None:
    """One step moves every parameter as gradient descent by hand does, for batches of one and more."""
    for count in (6, 1):
        toy, (images, labels) = Toy(student, rng), batch(rng, count)
        kept, kept_labels = keep(student, images), keep(student, labels)
        toy.net.train_step(kept, kept_labels)
        new, _, _ = training.step(toy.before, images, labels, lr=toy.optimizer.lr)
        for name, moved in toy.moves().items():
            expect_array(moved, new[name] - toy.before[name], f"the step of {name}", case=f"batch of {count}")
        expect_unchanged(fetch(kept), images, "images")
        expect_unchanged(fetch(kept_labels), labels, "labels")


@promise("train-step", points=4, hint="The loss has two parts. Which parameters does the gradient of the second reach?")
def test_the_penalty_pulls_at_the_weights(student: Student, rng: Rng) -> None:
    """With L2(w) the step of the weights changes by -lr * 2 w * weights; biases are left alone."""
    images, labels = batch(rng, 5)
    free = Toy(student, rng)
    bound = Toy(student, rng, w=0.2, before=free.before)
    for toy in (free, bound):
        toy.net.train_step(images, labels)
    for name, moved in bound.moves().items():
        pull = -bound.optimizer.lr * 2 * 0.2 * bound.before[name] * name.startswith("W")
        # Compared with the student's own step without a penalty: a mistake in that one is not charged again.
        expect_array(moved - free.moves()[name], pull, f"what the penalty adds to the step of {name}")


@promise("train-step", points=3, hint="At which moment is the loss computed, and does it contain the penalty?")
def test_the_loss_of_a_step(student: Student, rng: Rng) -> None:
    """It returns the loss of the batch before the step, penalty included."""
    for count, w in ((6, 0.0), (4, 0.15)):
        toy, (images, labels) = Toy(student, rng, w=w), batch(rng, count)
        loss, _ = _answer(toy.net.train_step(images, labels), "train_step")
        expected = deep_net.loss(toy.before, images, labels, w)
        expect_number(loss, expected, "the loss", case="no penalty" if w == 0 else f"L2({w})")


@promise("train-step", points=2, hint="Of which scores is the accuracy: those that gave the gradient, or later ones?")
def test_the_accuracy_of_a_step(student: Student, rng: Rng) -> None:
    """It returns the share of the batch that was classified right before the step."""
    for _ in range(3):
        toy = Toy(student, rng)
        toy.optimizer.lr = 30.0  # after such a step the net says something else
        images, _ = batch(rng, 7)
        said = training.predict(toy.before, images)
        labels = np.where(np.arange(7) < 3, said, (said + 1) % 3)
        _, accuracy = _answer(toy.net.train_step(images, labels), "train_step")
        expect_number(accuracy, 3 / 7, "the accuracy", case="3 of 7 right")


@promise("train-step", points=2, hint="What does Adam need the iteration for, and who counts?")
def test_a_step_counts_iterations(student: Student, rng: Rng) -> None:
    """The optimizer is told iteration 0, 1, 2, ...; `iteration` of the net is the number of steps taken."""
    toy = Toy(student, rng)
    for steps in (1, 2, 3):
        toy.net.train_step(*batch(rng, 3))
        expect_equal(toy.net.iteration, steps, f"`iteration` of the net after {steps} steps")
    expect_that(toy.optimizer.iterations == [0, 1, 2], "the optimizer was not told the iterations 0, 1, 2 in turn")


@promise("train-step", points=2, hint="What if somebody has just evaluated the net and left it in test mode?")
def test_a_step_is_in_training_mode(student: Student, rng: Rng) -> None:
    """Dropout drops during a step, whatever the mode was before."""
    for before in (False, True):
        toy = Toy(student, rng)
        toy.net.set_mode(before)
        toy.net.train_step(*batch(rng, 4))
        expect_that(toy.switch.of("forward"), "no forward pass through the layers")
        right = all(mode for mode, _ in toy.switch.of("forward") + toy.switch.of("backward"))
        expect_that(right, f"a dropout layer is in test mode during the step (before: training={before})")


# 5.3 Evaluate -------------------------------------------------------------------------------------------------------


def _expect_evaluation(student: Student, rng: Rng, sizes: tuple[tuple[int, int], ...], w: float = 0.0) -> None:
    for count, batch_size in sizes:
        toy, (images, labels) = Toy(student, rng, w=w), batch(rng, count)
        loss, accuracy = _answer(toy.net.evaluate(images, labels, batch_size), "evaluate")
        expected = training.evaluate(toy.before, images, labels)
        case = f"{count} images in batches of {batch_size}"
        expect_number(loss, expected[0], "the loss", case=case)
        expect_number(accuracy, expected[1], "the accuracy", case=case)


@promise("evaluate", points=4, hint="Mean of what over what? And does the penalty say anything about these images?")
def test_evaluate_all_images(student: Student, rng: Rng) -> None:
    """Loss (cross-entropy only) and accuracy are the means over all images, in one batch or in several."""
    _expect_evaluation(student, rng, ((6, 6), (12, 4), (3, 1)), w=0.3)


@promise("evaluate", points=3, hint="Batches of 4, 4 and 1: what share of the images is the one in the last?")
def test_evaluate_with_a_short_last_batch(student: Student, rng: Rng) -> None:
    """The images of a short last batch count as much as all others."""
    _expect_evaluation(student, rng, ((9, 4), (7, 3), (5, 8), (11, 4)))


@promise("evaluate", points=2, hint="How many images does the first layer see at a time?")
def test_evaluate_in_batches(student: Student, rng: Rng) -> None:
    """No more than batch_size images go through the net at a time, and each goes through once."""
    for count, batch_size in ((9, 4), (8, 2)):
        toy = Toy(student, rng)
        toy.net.evaluate(*batch(rng, count), batch_size)
        sizes = [size for _, size in toy.switch.of("forward") if size]
        case = f"{count} images, batch_size {batch_size}"
        expect_that(sizes, f"no image went through the net ({case})")
        expect_that(max(sizes) <= batch_size, f"{max(sizes)} images went through the net at once ({case})")
        expect_that(sum(sizes) <= count, f"{sum(sizes)} images went through the net ({case})")


def _expect_test_mode(toy: Toy, call: str) -> None:
    modes = [mode for mode, _ in toy.switch.of("forward")]
    expect_that(modes, "no forward pass through the layers")
    expect_that(not any(modes), f"a dropout layer is in training mode during {call}")
    expect_that(toy.switch.training, f"the net is left in test mode after {call}: dropout would never drop again")


@promise("evaluate", points=2, hint="Should dropout drop while you measure? And afterwards?")
def test_evaluate_in_test_mode(student: Student, rng: Rng) -> None:
    """The net is in test mode while it is evaluated, and in training mode afterwards."""
    toy = Toy(student, rng)
    toy.net.evaluate(*batch(rng, 5), 2)
    _expect_test_mode(toy, "evaluate")


@promise("evaluate", points=1, hint="Which of the calls in your cell change the net?")
def test_evaluate_learns_nothing(student: Student, rng: Rng) -> None:
    """Evaluating takes no step: parameters, `iteration` and the optimizer stay as they are, and so do the images."""
    toy, (images, labels) = Toy(student, rng), batch(rng, 5)
    kept, kept_labels = keep(student, images), keep(student, labels)
    toy.net.evaluate(kept, kept_labels, 2)
    expect_that(toy.switch.of("forward"), "no forward pass through the layers")
    for name, now in toy.params().items():
        expect_that(np.array_equal(now, toy.before[name]), f"{name} changed during evaluate")
    expect_that(not toy.optimizer.iterations, "the optimizer was used during evaluate")
    expect_equal(toy.net.iteration, 0, "`iteration` of the net after evaluate")
    expect_unchanged(fetch(kept), images, "images")
    expect_unchanged(fetch(kept_labels), labels, "labels")


# 5.4 The loop -------------------------------------------------------------------------------------------------------


@dataclass
class Run:
    """One call of the student's `train` with a net of the grader's, and all that came of it."""

    splits: dict[str, tuple[Array, Array]]
    loop: Loop
    drawn: list[tuple[Any, Any, list[Array]]] = field(default_factory=list)  # n, batch_size, batches of each epoch
    returned: Any = None

    def curve(self, name: str) -> Array:
        """One of the three returned arrays."""
        three = isinstance(self.returned, (tuple, list)) and len(self.returned) == 3
        expect_that(three, "train does not return three arrays (training, validation, test)")
        got = self.returned[("training", "validation", "test").index(name)]
        if not isinstance(got, np.ndarray):
            raise Mismatch(f"{name}: no array. Make one of your list of rows", got)
        return got


SIZES = {"train": 10, "val": 7, "test": 5}
SETTINGS = {"train_batch": 4, "val_batch": 3, "test_batch": 2, "epochs": 2}


def _train(student: Student, rng: Rng, **settings: int) -> Run:
    """Runs `train` on images that can be told apart. Settings that are not given: SETTINGS, and intervals too long to end.

    An interval of 0 is the idea of one promise and is not asked for in the others.
    """
    splits = {name: batch(rng, count) for name, count in SIZES.items()}
    loop = Loop(deep_net.random_params((4, 5, 3), rng), _generator(student, 3))
    return _train_on(student, rng, loop, splits, settings)


def _train_on(
    student: Student, rng: Rng, loop: Loop, splits: dict[str, tuple[Array, Array]], settings: dict[str, int]
) -> Run:
    run = Run(splits, loop)

    def sample_batches(n: Any, batch_size: Any, rng_of_net: Any) -> list[Array]:
        drawn = training.batches(rng.permutation(int(n)), int(batch_size))
        run.drawn.append((n, batch_size, drawn))
        return drawn

    made = student.data
    three = [made.Split(*splits[name]) for name in ("train", "val", "test")]
    dataset = made.Dataset("toy", *three, ("a", "b", "c"))
    intervals = dict.fromkeys(("val_intervals", "test_intervals", "print_intervals"), 1000)
    with stand_ins(student, sample_batches=sample_batches):
        run.returned = student.Net.train(loop.stand_in(), dataset, **{**SETTINGS, **intervals, **settings})
    return run


@promise("train", points=5, hint="Which labels belong to `images[indices]`?")
def test_train_takes_a_step_a_batch(student: Student, rng: Rng) -> None:
    """Every epoch takes one step on every batch: each training image once, with its own label."""
    for epochs, train_batch in ((1, 5), (3, 4)):
        run = _train(student, rng, epochs=epochs, train_batch=train_batch)
        images, labels = run.splits["train"]
        case = f"{epochs} epochs of 10 images in batches of {train_batch}"
        a_pass = -(-10 // train_batch)
        expect_equal(len(run.loop.steps), epochs * a_pass, "the number of steps", case=case)
        for epoch in range(epochs):
            steps = run.loop.steps[epoch * a_pass : (epoch + 1) * a_pass]
            _expect_every_image_once(steps, images, labels, train_batch, case)


def _expect_every_image_once(
    steps: list[tuple[Array, Array]], images: Array, labels: Array, batch_size: int, case: str
) -> None:
    seen = []
    for got, got_labels in steps:
        expect_that(got.ndim == 2 and got.shape[1] == 4, f"train_step is given images of shape {got.shape} ({case})")
        expect_that(len(got) <= batch_size, f"train_step is given {len(got)} images ({case})")
        expect_that(got_labels.shape == (len(got),), f"{len(got)} images and labels {got_labels.shape} ({case})")
        for image, label in zip(got, got_labels, strict=True):
            which = np.flatnonzero((images == image).all(axis=1))
            expect_that(which.size == 1, f"train_step is given an image that is not of the training split ({case})")
            seen.append(int(which[0]))
            expect_that(
                labels[which[0]] == label, f"train_step is given an image with the label of another one ({case})"
            )
    expect_that(sorted(seen) == list(range(len(images))), f"not every training image is used once an epoch ({case})")


@promise(
    "train", points=2, hint="Where does the call of `sample_batches` stand: before the loop over epochs, or in it?"
)
def test_train_draws_new_batches_every_epoch(student: Student, rng: Rng) -> None:
    """`sample_batches` is asked once an epoch, for all training images and batches of train_batch."""
    run = _train(student, rng, epochs=3)
    asked = [(int(n), int(size)) for n, size, _ in run.drawn]
    expect_that(asked, "`sample_batches` was not called")
    expect_that(set(asked) == {(10, 4)}, f"sample_batches is asked for n, batch_size = {asked[0]}, expected (10, 4)")
    expect_equal(len(asked), 3, "how often `sample_batches` is called in 3 epochs")


@promise("train", points=4, hint="Three columns: iteration, loss, accuracy. What does `train_step` return?")
def test_training_curve(student: Student, rng: Rng) -> None:
    """The first array has a row (iteration, loss, accuracy) for every step; iterations count from 1."""
    run = _train(student, rng, val_intervals=2)
    expected = [(k, *answer) for k, answer in enumerate(run.loop.answers, start=1)]
    expect_that(expected, "no step was taken")
    expect_array(run.curve("training"), np.array(expected, dtype=float), "training curve")


def _expect_evaluations(run: Run, name: str, split: str, interval: int, steps: int) -> None:
    case = f"{steps} steps, {split}_intervals {interval}"
    images, labels = run.splits[split]
    mine = [e for e in run.loop.evaluations if e[1].shape == images.shape and np.array_equal(e[1], images)]
    right = [iteration for iteration in range(1, steps + 1) if interval and iteration % interval == 0]
    expect_that(
        [e[0] for e in mine] == right,
        f"{split}: evaluated after the steps {[e[0] for e in mine]}, expected {right} ({case})",
    )
    for _, _, got_labels, batch_size, _ in mine:
        expect_that(np.array_equal(got_labels, labels), f"{split}: evaluated with other labels ({case})")
        expect_equal(batch_size, SETTINGS[f"{split}_batch"], f"{split}: the batch size of evaluate", case=case)
    rows = np.array([(e[0], *e[4]) for e in mine], dtype=float).reshape(-1, 3)
    expect_array(run.curve(name), rows, f"{name} curve", case=case)


@promise("train", points=3, hint="After which steps is the validation split due? Write the first three down.")
def test_validation_curve(student: Student, rng: Rng) -> None:
    """After every `val_intervals` steps the validation split is evaluated in batches of `val_batch`, and recorded."""
    for interval in (1, 2, 4):
        _expect_evaluations(_train(student, rng, val_intervals=interval), "validation", "val", interval, steps=6)


@promise("train", points=2, hint="Is everything about the test split really about the test split?")
def test_test_curve(student: Student, rng: Rng) -> None:
    """The same with `test_intervals`, the test split and `test_batch`."""
    for interval in (2, 3):
        _expect_evaluations(_train(student, rng, test_intervals=interval), "test", "test", interval, steps=6)


@promise("train", points=1, hint="What is iteration % 0? And which shape has an array of no rows?")
def test_interval_0_is_never(student: Student, rng: Rng) -> None:
    """An interval of 0 means never: nothing is evaluated, and the curve is an array of shape (0, 3)."""
    run = _train(student, rng, val_intervals=0, test_intervals=0, print_intervals=0)
    expect_that(not run.loop.evaluations, "something is evaluated although both intervals are 0")
    for name in ("validation", "test"):
        expect_that(run.curve(name).shape == (0, 3), f"{name}: shape {run.curve(name).shape}, expected (0, 3)")


@promise("train", points=1, hint="Follow one image and its label from the dataset into `train_step`.")
def test_the_loss_falls_on_a_toy_problem(student: Student, rng: Rng) -> None:
    """On 30 images of three classes that are easy to tell apart, the loss falls below 0.1 in 20 epochs."""
    corners = np.array([[4.0, 0, 0, 0], [0, 4.0, 0, 0], [0, 0, 4.0, 0]])
    labels = np.arange(30) % 3
    split = (corners[labels] + 0.2 * rng.normal(size=(30, 4)), labels)
    # A start from which no ReLU dies: with random parameters one net in forty never gets there.
    params = {"W1": np.eye(4, 5) + 0.1 * rng.normal(size=(4, 5)), "b1": np.full(5, 0.1)}
    params |= {"W2": 0.1 * rng.normal(size=(5, 3)), "b2": np.zeros(3)}
    loop = Loop(params, _generator(student, 3), lr=0.2)
    _train_on(student, rng, loop, dict.fromkeys(("train", "val", "test"), split), {"epochs": 20, "train_batch": 10})
    final, _ = training.evaluate(loop.params, *split)
    # Right loops end below 0.006, measured over 200 seeds; nets start above 0.8 and stay there with wrong labels.
    expect_that(final < 0.1, f"the loss on the toy problem ends at {final:.2g}, expected below 0.1")


# 5.5 MNISTNet -------------------------------------------------------------------------------------------------------

ORDER = [
    "Convolution",
    "ReLU",
    "Convolution",
    "ReLU",
    "Pooling",
    "Dropout",
    "Flatten",
    "FCLayer",
    "ReLU",
    "Dropout",
    "FCLayer",
]


@dataclass
class Piece:
    """A layer as `MNISTNet` asked for it: kind, settings, whether it got an object as initializer; forward is an oracle's."""

    kind: str
    settings: dict[str, Any]
    run: Callable[[Array], Array]
    initializer: bool = False

    def forward(self, inputs: Array) -> Array:
        """The output."""
        return self.run(np.asarray(inputs))

    def set_mode(self, training: bool) -> None:
        """Nothing is dropped here."""


def _plain(settings: Any, names: tuple[str, ...], kind: str) -> dict[str, Any]:
    for name in names:
        if not isinstance(settings, dict) or name not in settings:
            raise ValueError(f"{kind} needs a dict with {', '.join(names)}")
    return dict(settings)


def _factories(made: list[Piece]) -> dict[str, Callable[..., StandIn]]:
    """The six layer classes as the student's code calls them: what they make is kept in `made`."""

    def keep_piece(piece: Piece) -> StandIn:
        made.append(piece)
        methods = ("forward", "set_mode") if piece.kind == "Dropout" else ("forward",)
        return StandIn(piece, methods=methods, attributes=("kind",))

    def convolution(conv_params: Any, initializer: Any = None) -> StandIn:
        names = ("kernel_h", "kernel_w", "stride", "pad", "in_channel", "out_channel")
        p = _plain(conv_params, names, "Convolution")
        weights = np.zeros((p["out_channel"], p["in_channel"], p["kernel_h"], p["kernel_w"]))

        def run(inputs: Array) -> Array:
            if inputs.ndim != 4 or inputs.shape[1] != p["in_channel"]:
                raise ValueError(f"a convolution with in_channel {p['in_channel']} got inputs {inputs.shape}")
            return layers.convolution_forward(inputs, weights, np.zeros(len(weights)), p["stride"], p["pad"])

        return keep_piece(Piece("Convolution", p, run, isinstance(initializer, Handle)))

    def pooling(pool_params: Any) -> StandIn:
        p = _plain(pool_params, ("pool_type", "pool_height", "pool_width", "stride", "pad"), "Pooling")
        sizes = (p["pool_type"], p["pool_height"], p["pool_width"], p["stride"], p["pad"])
        return keep_piece(Piece("Pooling", p, lambda inputs: layers.pooling_forward(inputs, *sizes)))

    def fc_layer(in_features: Any, out_features: Any, initializer: Any = None) -> StandIn:
        weights = np.zeros((in_features, out_features))

        def run(inputs: Array) -> Array:
            if inputs.ndim != 2 or inputs.shape[1] != in_features:
                raise ValueError(f"a fully connected layer with in_features {in_features} got inputs {inputs.shape}")
            return linear.fc_forward(inputs, weights, np.zeros(out_features))

        settings = {"in_features": in_features, "out_features": out_features}
        return keep_piece(Piece("FCLayer", settings, run, isinstance(initializer, Handle)))

    def dropout(ratio: Any, seed: Any = None) -> StandIn:
        return keep_piece(Piece("Dropout", {"ratio": ratio, "seed": seed}, lambda inputs: inputs))

    return {
        "Convolution": convolution,
        "Pooling": pooling,
        "FCLayer": fc_layer,
        "Dropout": dropout,
        "ReLU": lambda: keep_piece(Piece("ReLU", {}, ReLU().forward)),
        "Flatten": lambda: keep_piece(Piece("Flatten", {}, layers.flatten_forward)),
    }


@contextmanager
def _pieces(student: Student) -> Iterator[list[Piece]]:
    """The layers that are made in this block, in the order of their making."""
    made: list[Piece] = []
    with stand_ins(student, **_factories(made)):
        yield made


def _kinds(net: Handle) -> list[str]:
    found = net.layers
    expect_that(isinstance(found, (list, tuple)), "`layers` of the net is no list: hand it to super().__init__")
    return [layer.kind if isinstance(layer, Handle) else "something that is no layer" for layer in found]


@promise("mnist-net", points=2, hint="Read the first line of the docstring from left to right.")
def test_mnist_net_has_its_layers_in_order(student: Student, rng: Rng) -> None:
    """The eleven layers are conv, relu, conv, relu, pool, dropout, flatten, fc, relu, dropout, fc."""
    with _pieces(student):
        found = _kinds(student.MNISTNet((1, 8, 8), 10))
    for place, kind in enumerate(ORDER):
        there = found[place] if place < len(found) else "nothing"
        expect_that(there == kind, f"layer {place} is {there}, expected {kind}")
    expect_equal(len(found), len(ORDER), "the number of layers")


@promise("mnist-net", points=3, hint="Follow one image through the net on paper: which shape leaves each layer?")
def test_mnist_net_fits_every_image(student: Student, rng: Rng) -> None:
    """Images of any shape and any number of classes fit: scores have the shape (N, num_class)."""
    for shape, num_class in (((1, 8, 8), 10), ((3, 10, 13), 4), ((2, 11, 6), 3)):
        with _pieces(student):
            scores = student.MNISTNet(shape, num_class).forward(rng.normal(size=(2, *shape)))
        found = scores.shape if isinstance(scores, np.ndarray) else "no array"
        expect_that(found == (2, num_class), f"scores {found}, expected {(2, num_class)} (images {shape})")


@promise("mnist-net", points=2, hint="Compare every number in your cell with the table above it.")
def test_mnist_net_has_the_sizes_asked_for(student: Student, rng: Rng) -> None:
    """6 and 16 filters of 3x3, max pooling 2x2, dropout 0.25 and 0.5, 128 hidden units."""
    with _pieces(student) as made:
        student.MNISTNet((1, 10, 10), 10)
    window = {"kernel_h": 3, "kernel_w": 3, "stride": 1, "pad": 0}
    expected: dict[str, list[dict[str, Any]]] = {
        "Convolution": [{**window, "out_channel": 6}, {**window, "out_channel": 16}],
        "Pooling": [{"pool_type": "max", "pool_height": 2, "pool_width": 2, "stride": 2, "pad": 0}],
        "Dropout": [{"ratio": 0.25}, {"ratio": 0.5}],
        "FCLayer": [{"out_features": 128}],  # how many go in, and come out of the last, is another promise
    }
    for kind, wanted in expected.items():
        found = [piece.settings for piece in made if piece.kind == kind]
        for number, settings in enumerate(wanted):
            expect_that(number < len(found), f"{kind} number {number + 1} is missing")
            for name, value in settings.items():
                what = f"{name} of {kind} number {number + 1}"
                expect_that(
                    found[number][name] == value, f"{what} is {str(found[number][name])[:20]}, expected {value}"
                )


@promise("mnist-net", points=1, hint="When are the layers made: once for all nets, or anew for each?")
def test_mnist_nets_share_nothing(student: Student, rng: Rng) -> None:
    """Every net has layers of its own, with weights drawn by an initializer."""
    with _pieces(student) as made:
        one, first = student.MNISTNet((1, 8, 8), 10), len(made)
        two = student.MNISTNet((1, 8, 8), 10)
        _kinds(one), _kinds(two)
    expect_that(first > 0 and len(made) == 2 * first, "two nets share layers: the second one made fewer than the first")
    bare = sum(not piece.initializer for piece in made if piece.kind in ("Convolution", "FCLayer"))
    expect_that(bare == 0, "a layer with weights gets nothing that draws them: give it He(seed)")


# 5.6 Predict --------------------------------------------------------------------------------------------------------


@promise("predict", points=3, hint="Of (N, num_class) scores, which axis does argmax look along?")
def test_predict_class_ids(student: Student, rng: Rng) -> None:
    """Every image gets the class with the largest score, in the order of the images, short last batch included."""
    for count, batch_size in ((6, 6), (7, 3), (1, 4), (20, 5)):
        toy, (images, _) = Toy(student, rng), batch(rng, count)
        kept, case = keep(student, images), f"{count} images in batches of {batch_size}"
        got = toy.net.predict(kept, batch_size)
        real = isinstance(got, np.ndarray) and got.dtype.kind in "iu"
        expect_that(real, f"predict gives no array of integers ({case})")
        expect_that(got.shape == (count,), f"predictions of shape {got.shape}, expected {(count,)} ({case})")
        wrong = int(np.sum(got != training.predict(toy.before, images)))
        expect_that(wrong == 0, f"{wrong} of {count} predictions are not the class with the largest score ({case})")
        expect_unchanged(fetch(kept), images, "images")


@promise("predict", points=2, hint="What does `evaluate` do before and after its loop?")
def test_predict_in_test_mode_and_batches(student: Student, rng: Rng) -> None:
    """No more than batch_size images at a time, in test mode, and training mode afterwards."""
    toy = Toy(student, rng)
    toy.net.predict(batch(rng, 9)[0], 4)
    _expect_test_mode(toy, "predict")
    most = max(size for _, size in toy.switch.of("forward"))
    expect_that(most <= 4, f"{most} images went through the net at once (batch_size 4)")


# 5.7 Predictions ----------------------------------------------------------------------------------------------------


@promise("predictions", points=3, hint="Look at the file in an editor: is there a line for each image?")
def test_predictions_are_a_file_of_class_ids(student: Student, rng: Rng) -> None:
    """`predictions.csv` has the header Id,Category and one class id from 0 to 9 for each of the 500 images."""
    predictions.read(student.handed_in(), len(mystery_labels()), 10)


def _expect_right(student: Student, share: float) -> None:
    right = predictions.share_right(student.handed_in(), mystery_labels(), 10)
    expect_that(right >= share, f"{right:.1%} of the predictions are right, expected at least {share:.0%}")


@promise("predictions", points=3, hint="Are images and predictions in the same order, and is the net in test mode?")
def test_half_of_the_predictions_are_right(student: Student, rng: Rng) -> None:
    """At least 50 % of the mystery digits are classified right."""
    _expect_right(student, 0.50)


@promise("predictions", points=3, hint="How does the training set differ from what you predict?")
def test_most_predictions_are_right(student: Student, rng: Rng) -> None:
    """At least 70 % of the mystery digits are classified right."""
    _expect_right(student, 0.70)


@promise("predictions", points=1, hint="A digit that is turned or moved a little is still the same digit.")
def test_nearly_all_predictions_are_right(student: Student, rng: Rng) -> None:
    """At least 80 % of the mystery digits are classified right."""
    _expect_right(student, 0.80)
