"""Wrong solutions of `train-a-cnn`. Each is a cell of the notebook, which has the names that are only placeholders here."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.slips import slip

Net: Any = object
sample_batches: Any = None
due: Any = None
as_curve: Any = None
Convolution: Any = None
ReLU: Any = None
Pooling: Any = None
Dropout: Any = None
Flatten: Any = None
FCLayer: Any = None
He: Any = None


# 5.1 Batches --------------------------------------------------------------------------------------------------------


@slip("sample-batches", fails=("test_every_index_comes_once",), says="as if each batch were drawn anew, with repeats")
def draws_with_replacement(n, batch_size, rng):
    for start in range(0, n, batch_size):
        yield rng.integers(0, n, size=min(batch_size, n - start))


@slip("sample-batches", fails=("test_the_short_last_batch_is_kept",), says="as if the short last batch were dropped")
def drops_the_short_last_batch(n, batch_size, rng):
    order = rng.permutation(n)
    for k in range(n // batch_size):
        yield order[k * batch_size : (k + 1) * batch_size]


@slip("sample-batches", fails=("test_the_short_last_batch_is_kept",), says="as if there were always one batch more")
def ends_with_an_empty_batch(n, batch_size, rng):
    order = rng.permutation(n)
    for k in range(n // batch_size + 1):
        yield order[k * batch_size : (k + 1) * batch_size]


@slip("sample-batches", fails=("test_the_short_last_batch_is_kept",), says="as if the last batch were filled up again")
def fills_up_the_last_batch(n, batch_size, rng):
    order = rng.permutation(n)
    whole = np.resize(order, -(-n // batch_size) * batch_size)
    for start in range(0, n, batch_size):
        yield whole[start : start + batch_size]


@slip("sample-batches", fails=("test_the_batches_are_drawn_anew",), says="as if nothing were shuffled")
def does_not_shuffle(n, batch_size, rng):
    order = np.arange(n)
    for start in range(0, n, batch_size):
        yield order[start : start + batch_size]


@slip(
    "sample-batches", fails=("test_the_batches_are_drawn_anew",), says="as if only the inside of a batch were shuffled"
)
def shuffles_inside_the_batches(n, batch_size, rng):
    for start in range(0, n, batch_size):
        yield rng.permutation(np.arange(start, min(start + batch_size, n)))


@slip(
    "sample-batches", fails=("test_the_batches_are_drawn_anew",), says="as if a seed of your own made all epochs alike"
)
def seeds_a_generator_of_its_own(n, batch_size, rng):
    order = np.random.default_rng(0).permutation(n)
    for start in range(0, n, batch_size):
        yield order[start : start + batch_size]


@slip("sample-batches", fails=("test_the_given_generator_decides",), says="as if np.random were used instead of rng")
def draws_from_the_global_generator(n, batch_size, rng):
    order = np.random.permutation(n)
    for start in range(0, n, batch_size):
        yield order[start : start + batch_size]


# 5.2 One step -------------------------------------------------------------------------------------------------------


@slip("train-step", fails=("test_the_penalty_pulls_at_the_weights",), says="as if the penalty were in the loss only")
def forgets_the_gradient_of_the_penalty(self, images, labels):
    self.set_mode(True)
    scores = self.forward(images)
    loss, probabilities = self.loss.forward(scores, labels)
    self.backward(self.loss.backward(scores, labels))
    params = self.params()
    loss = loss + self.regularization.forward(params)
    self.set_params(self.optimizer.update(params, self.grads(), self.iteration))
    self.iteration += 1
    return loss, np.mean(probabilities.argmax(axis=1) == labels)


@slip("train-step", fails=("test_the_penalty_pulls_at_the_weights",), says="as if biases were regularised, too")
def regularises_biases(self, images, labels):
    self.set_mode(True)
    scores = self.forward(images)
    loss, probabilities = self.loss.forward(scores, labels)
    self.backward(self.loss.backward(scores, labels))
    params, grads = self.params(), self.grads()
    loss = loss + self.regularization.forward(params)
    grads = {name: grads[name] + 2 * self.regularization.w * params[name] for name in params}
    self.set_params(self.optimizer.update(params, grads, self.iteration))
    self.iteration += 1
    return loss, np.mean(probabilities.argmax(axis=1) == labels)


@slip("train-step", fails=("test_the_penalty_pulls_at_the_weights",), says="as if the penalty had a factor 1/2")
def halves_the_penalty(self, images, labels):
    self.set_mode(True)
    scores = self.forward(images)
    loss, probabilities = self.loss.forward(scores, labels)
    self.backward(self.loss.backward(scores, labels))
    params, grads = self.params(), self.grads()
    loss = loss + self.regularization.forward(params)
    penalty = self.regularization.backward(params)
    grads = {name: grads[name] + penalty[name] / 2 for name in params}
    self.set_params(self.optimizer.update(params, grads, self.iteration))
    self.iteration += 1
    return loss, np.mean(probabilities.argmax(axis=1) == labels)


@slip("train-step", fails=("test_the_loss_of_a_step",), says="as if the penalty were in the gradient only")
def returns_the_loss_without_the_penalty(self, images, labels):
    self.set_mode(True)
    scores = self.forward(images)
    loss, probabilities = self.loss.forward(scores, labels)
    self.backward(self.loss.backward(scores, labels))
    params, grads = self.params(), self.grads()
    penalty = self.regularization.backward(params)
    grads = {name: grads[name] + penalty[name] for name in params}
    self.set_params(self.optimizer.update(params, grads, self.iteration))
    self.iteration += 1
    return loss, np.mean(probabilities.argmax(axis=1) == labels)


@slip("train-step", fails=("test_the_loss_of_a_step",), says="as if the loss were computed after the step")
def returns_the_loss_after_the_step(self, images, labels):
    self.set_mode(True)
    scores = self.forward(images)
    _, probabilities = self.loss.forward(scores, labels)
    self.backward(self.loss.backward(scores, labels))
    params, grads = self.params(), self.grads()
    penalty = self.regularization.backward(params)
    grads = {name: grads[name] + penalty[name] for name in params}
    self.set_params(self.optimizer.update(params, grads, self.iteration))
    self.iteration += 1
    loss, _ = self.loss.forward(self.forward(images), labels)
    loss = loss + self.regularization.forward(self.params())
    return loss, np.mean(probabilities.argmax(axis=1) == labels)


@slip("train-step", fails=("test_the_accuracy_of_a_step",), says="as if the accuracy were that of after the step")
def returns_the_accuracy_after_the_step(self, images, labels):
    self.set_mode(True)
    scores = self.forward(images)
    loss, _ = self.loss.forward(scores, labels)
    self.backward(self.loss.backward(scores, labels))
    params, grads = self.params(), self.grads()
    loss = loss + self.regularization.forward(params)
    penalty = self.regularization.backward(params)
    grads = {name: grads[name] + penalty[name] for name in params}
    self.set_params(self.optimizer.update(params, grads, self.iteration))
    self.iteration += 1
    return loss, np.mean(self.forward(images).argmax(axis=1) == labels)


@slip("train-step", fails=("test_the_accuracy_of_a_step",), says="as if the right answers were counted, not averaged")
def counts_instead_of_averaging(self, images, labels):
    self.set_mode(True)
    scores = self.forward(images)
    loss, probabilities = self.loss.forward(scores, labels)
    self.backward(self.loss.backward(scores, labels))
    params, grads = self.params(), self.grads()
    loss = loss + self.regularization.forward(params)
    penalty = self.regularization.backward(params)
    grads = {name: grads[name] + penalty[name] for name in params}
    self.set_params(self.optimizer.update(params, grads, self.iteration))
    self.iteration += 1
    return loss, np.sum(probabilities.argmax(axis=1) == labels)


@slip("train-step", fails=("test_a_step_counts_iterations",), says="as if the first step had iteration 1")
def counts_from_one(self, images, labels):
    self.set_mode(True)
    scores = self.forward(images)
    loss, probabilities = self.loss.forward(scores, labels)
    self.backward(self.loss.backward(scores, labels))
    params, grads = self.params(), self.grads()
    loss = loss + self.regularization.forward(params)
    penalty = self.regularization.backward(params)
    grads = {name: grads[name] + penalty[name] for name in params}
    self.iteration += 1
    self.set_params(self.optimizer.update(params, grads, self.iteration))
    return loss, np.mean(probabilities.argmax(axis=1) == labels)


@slip("train-step", fails=("test_a_step_counts_iterations",), says="as if nobody counted the steps")
def never_counts(self, images, labels):
    self.set_mode(True)
    scores = self.forward(images)
    loss, probabilities = self.loss.forward(scores, labels)
    self.backward(self.loss.backward(scores, labels))
    params, grads = self.params(), self.grads()
    loss = loss + self.regularization.forward(params)
    penalty = self.regularization.backward(params)
    grads = {name: grads[name] + penalty[name] for name in params}
    self.set_params(self.optimizer.update(params, grads, self.iteration))
    return loss, np.mean(probabilities.argmax(axis=1) == labels)


@slip("train-step", fails=("test_a_step_is_in_training_mode",), says="as if the mode of before were kept")
def keeps_the_mode(self, images, labels):
    scores = self.forward(images)
    loss, probabilities = self.loss.forward(scores, labels)
    self.backward(self.loss.backward(scores, labels))
    params, grads = self.params(), self.grads()
    loss = loss + self.regularization.forward(params)
    penalty = self.regularization.backward(params)
    grads = {name: grads[name] + penalty[name] for name in params}
    self.set_params(self.optimizer.update(params, grads, self.iteration))
    self.iteration += 1
    return loss, np.mean(probabilities.argmax(axis=1) == labels)


@slip("train-step", fails=("test_one_step_is_the_oracle_s_step",), says="as if the probabilities were sent back")
def sends_probabilities_back(self, images, labels):
    self.set_mode(True)
    scores = self.forward(images)
    loss, probabilities = self.loss.forward(scores, labels)
    self.backward(probabilities)
    params, grads = self.params(), self.grads()
    loss = loss + self.regularization.forward(params)
    penalty = self.regularization.backward(params)
    grads = {name: grads[name] + penalty[name] for name in params}
    self.set_params(self.optimizer.update(params, grads, self.iteration))
    self.iteration += 1
    return loss, np.mean(probabilities.argmax(axis=1) == labels)


@slip(
    "train-step",
    fails=("test_one_step_is_the_oracle_s_step",),
    says="as if the gradient were divided by the size of the batch a second time",
)
def averages_twice(self, images, labels):
    self.set_mode(True)
    scores = self.forward(images)
    loss, probabilities = self.loss.forward(scores, labels)
    self.backward(self.loss.backward(scores, labels) / len(labels))
    params, grads = self.params(), self.grads()
    loss = loss + self.regularization.forward(params)
    penalty = self.regularization.backward(params)
    grads = {name: grads[name] + penalty[name] for name in params}
    self.set_params(self.optimizer.update(params, grads, self.iteration))
    self.iteration += 1
    return loss, np.mean(probabilities.argmax(axis=1) == labels)


@slip("train-step", fails=("test_one_step_is_the_oracle_s_step",), says="as if only the weights were updated")
def updates_weights_only(self, images, labels):
    self.set_mode(True)
    scores = self.forward(images)
    loss, probabilities = self.loss.forward(scores, labels)
    self.backward(self.loss.backward(scores, labels))
    params, grads = self.params(), self.grads()
    loss = loss + self.regularization.forward(params)
    penalty = self.regularization.backward(params)
    weights = {name: value for name, value in params.items() if name.endswith("weights")}
    grads = {name: grads[name] + penalty[name] for name in weights}
    self.set_params(self.optimizer.update(weights, grads, self.iteration))
    self.iteration += 1
    return loss, np.mean(probabilities.argmax(axis=1) == labels)


@slip(
    "train-step",
    fails=("test_one_step_is_the_oracle_s_step", "test_the_penalty_pulls_at_the_weights"),
    says="as if the new parameters never reached the layers",
)
def throws_the_new_parameters_away(self, images, labels):
    self.set_mode(True)
    scores = self.forward(images)
    loss, probabilities = self.loss.forward(scores, labels)
    self.backward(self.loss.backward(scores, labels))
    params, grads = self.params(), self.grads()
    loss = loss + self.regularization.forward(params)
    penalty = self.regularization.backward(params)
    grads = {name: grads[name] + penalty[name] for name in params}
    params = self.optimizer.update(params, grads, self.iteration)
    self.iteration += 1
    return loss, np.mean(probabilities.argmax(axis=1) == labels)


# 5.3 Evaluate -------------------------------------------------------------------------------------------------------


@slip(
    "evaluate",
    fails=("test_evaluate_with_a_short_last_batch",),
    says="as if the means of the batches were averaged, whatever their sizes",
)
def averages_the_batches(self, images, labels, batch_size):
    self.set_mode(False)
    losses, shares = [], []
    for start in range(0, len(images), batch_size):
        batch = slice(start, start + batch_size)
        loss, probabilities = self.loss.forward(self.forward(images[batch]), labels[batch])
        losses.append(loss)
        shares.append(np.mean(probabilities.argmax(axis=1) == labels[batch]))
    self.set_mode(True)
    return np.mean(losses), np.mean(shares)


@slip("evaluate", fails=("test_evaluate_with_a_short_last_batch",), says="as if the short last batch were left out")
def leaves_the_last_batch_out(self, images, labels, batch_size):
    self.set_mode(False)
    loss, right, seen = 0.0, 0, 0
    for k in range(len(images) // batch_size):
        batch = slice(k * batch_size, (k + 1) * batch_size)
        batch_loss, probabilities = self.loss.forward(self.forward(images[batch]), labels[batch])
        loss += batch_loss * batch_size
        right += np.sum(probabilities.argmax(axis=1) == labels[batch])
        seen += batch_size
    self.set_mode(True)
    return loss / seen, right / seen


@slip("evaluate", fails=("test_evaluate_in_batches",), says="as if batch_size were not used")
def takes_all_at_once(self, images, labels, batch_size):
    self.set_mode(False)
    loss, probabilities = self.loss.forward(self.forward(images), labels)
    self.set_mode(True)
    return loss, np.mean(probabilities.argmax(axis=1) == labels)


@slip("evaluate", fails=("test_evaluate_in_test_mode",), says="as if dropout dropped while you measure")
def measures_in_training_mode(self, images, labels, batch_size):
    loss, right = 0.0, 0
    for start in range(0, len(images), batch_size):
        batch = slice(start, start + batch_size)
        batch_loss, probabilities = self.loss.forward(self.forward(images[batch]), labels[batch])
        loss += batch_loss * len(labels[batch])
        right += np.sum(probabilities.argmax(axis=1) == labels[batch])
    return loss / len(labels), right / len(labels)


@slip("evaluate", fails=("test_evaluate_in_test_mode",), says="as if training mode were never switched on again")
def stays_in_test_mode(self, images, labels, batch_size):
    self.set_mode(False)
    loss, right = 0.0, 0
    for start in range(0, len(images), batch_size):
        batch = slice(start, start + batch_size)
        batch_loss, probabilities = self.loss.forward(self.forward(images[batch]), labels[batch])
        loss += batch_loss * len(labels[batch])
        right += np.sum(probabilities.argmax(axis=1) == labels[batch])
    return loss / len(labels), right / len(labels)


@slip("evaluate", fails=("test_evaluate_all_images",), says="as if the penalty were part of what is measured")
def adds_the_penalty(self, images, labels, batch_size):
    self.set_mode(False)
    loss, right = 0.0, 0
    for start in range(0, len(images), batch_size):
        batch = slice(start, start + batch_size)
        batch_loss, probabilities = self.loss.forward(self.forward(images[batch]), labels[batch])
        loss += batch_loss * len(labels[batch])
        right += np.sum(probabilities.argmax(axis=1) == labels[batch])
    self.set_mode(True)
    return loss / len(labels) + self.regularization.forward(self.params()), right / len(labels)


@slip("evaluate", fails=("test_evaluate_learns_nothing",), says="as if measuring counted as a step")
def counts_while_measuring(self, images, labels, batch_size):
    self.set_mode(False)
    loss, right = 0.0, 0
    for start in range(0, len(images), batch_size):
        batch = slice(start, start + batch_size)
        batch_loss, probabilities = self.loss.forward(self.forward(images[batch]), labels[batch])
        loss += batch_loss * len(labels[batch])
        right += np.sum(probabilities.argmax(axis=1) == labels[batch])
        self.iteration += 1
    self.set_mode(True)
    return loss / len(labels), right / len(labels)


# 5.4 The loop -------------------------------------------------------------------------------------------------------


@slip(
    "train",
    fails=("test_train_takes_a_step_a_batch", "test_the_loss_falls_on_a_toy_problem"),
    says="as if images and labels were not picked by the same indices",
)
def picks_the_first_labels(
    self, dataset, train_batch, val_batch, test_batch, epochs, val_intervals, test_intervals, print_intervals
):
    train, val, test = [], [], []
    images, labels = dataset.train.images, dataset.train.labels
    for _ in range(epochs):
        for indices in sample_batches(len(labels), train_batch, self.rng):
            train.append((self.iteration + 1, *self.train_step(images[indices], labels[: len(indices)])))
            if due(self.iteration, val_intervals):
                val.append((self.iteration, *self.evaluate(dataset.val.images, dataset.val.labels, val_batch)))
            if due(self.iteration, test_intervals):
                test.append((self.iteration, *self.evaluate(dataset.test.images, dataset.test.labels, test_batch)))
    return as_curve(train), as_curve(val), as_curve(test)


@slip(
    "train",
    fails=("test_train_draws_new_batches_every_epoch",),
    says="as if the batches were drawn once and used in every epoch",
)
def draws_the_batches_once(
    self, dataset, train_batch, val_batch, test_batch, epochs, val_intervals, test_intervals, print_intervals
):
    train, val, test = [], [], []
    images, labels = dataset.train.images, dataset.train.labels
    batches = list(sample_batches(len(labels), train_batch, self.rng))
    for _ in range(epochs):
        for indices in batches:
            train.append((self.iteration + 1, *self.train_step(images[indices], labels[indices])))
            if due(self.iteration, val_intervals):
                val.append((self.iteration, *self.evaluate(dataset.val.images, dataset.val.labels, val_batch)))
            if due(self.iteration, test_intervals):
                test.append((self.iteration, *self.evaluate(dataset.test.images, dataset.test.labels, test_batch)))
    return as_curve(train), as_curve(val), as_curve(test)


@slip("train", fails=("test_training_curve",), says="as if iterations counted from 0")
def counts_rows_from_zero(
    self, dataset, train_batch, val_batch, test_batch, epochs, val_intervals, test_intervals, print_intervals
):
    train, val, test = [], [], []
    images, labels = dataset.train.images, dataset.train.labels
    for _ in range(epochs):
        for indices in sample_batches(len(labels), train_batch, self.rng):
            train.append((self.iteration, *self.train_step(images[indices], labels[indices])))
            if due(self.iteration, val_intervals):
                val.append((self.iteration, *self.evaluate(dataset.val.images, dataset.val.labels, val_batch)))
            if due(self.iteration, test_intervals):
                test.append((self.iteration, *self.evaluate(dataset.test.images, dataset.test.labels, test_batch)))
    return as_curve(train), as_curve(val), as_curve(test)


@slip("train", fails=("test_training_curve",), says="as if only the last batch of an epoch were recorded")
def records_one_row_an_epoch(
    self, dataset, train_batch, val_batch, test_batch, epochs, val_intervals, test_intervals, print_intervals
):
    train, val, test = [], [], []
    images, labels = dataset.train.images, dataset.train.labels
    for _ in range(epochs):
        for indices in sample_batches(len(labels), train_batch, self.rng):
            answer = self.train_step(images[indices], labels[indices])
            if due(self.iteration, val_intervals):
                val.append((self.iteration, *self.evaluate(dataset.val.images, dataset.val.labels, val_batch)))
            if due(self.iteration, test_intervals):
                test.append((self.iteration, *self.evaluate(dataset.test.images, dataset.test.labels, test_batch)))
        train.append((self.iteration, *answer))
    return as_curve(train), as_curve(val), as_curve(test)


@slip("train", fails=("test_training_curve",), says="as if accuracy and loss had changed places")
def swaps_the_columns(
    self, dataset, train_batch, val_batch, test_batch, epochs, val_intervals, test_intervals, print_intervals
):
    train, val, test = [], [], []
    images, labels = dataset.train.images, dataset.train.labels
    for _ in range(epochs):
        for indices in sample_batches(len(labels), train_batch, self.rng):
            loss, accuracy = self.train_step(images[indices], labels[indices])
            train.append((self.iteration, accuracy, loss))
            if due(self.iteration, val_intervals):
                val.append((self.iteration, *self.evaluate(dataset.val.images, dataset.val.labels, val_batch)))
            if due(self.iteration, test_intervals):
                test.append((self.iteration, *self.evaluate(dataset.test.images, dataset.test.labels, test_batch)))
    return as_curve(train), as_curve(val), as_curve(test)


@slip("train", fails=("test_validation_curve",), says="as if the validation split were measured in training batches")
def validates_in_training_batches(
    self, dataset, train_batch, val_batch, test_batch, epochs, val_intervals, test_intervals, print_intervals
):
    train, val, test = [], [], []
    images, labels = dataset.train.images, dataset.train.labels
    for _ in range(epochs):
        for indices in sample_batches(len(labels), train_batch, self.rng):
            train.append((self.iteration + 1, *self.train_step(images[indices], labels[indices])))
            if due(self.iteration, val_intervals):
                val.append((self.iteration, *self.evaluate(dataset.val.images, dataset.val.labels, train_batch)))
            if due(self.iteration, test_intervals):
                test.append((self.iteration, *self.evaluate(dataset.test.images, dataset.test.labels, test_batch)))
    return as_curve(train), as_curve(val), as_curve(test)


@slip(
    "train",
    fails=("test_validation_curve", "test_interval_0_is_never"),
    says="as if the net were validated at the end of every epoch only",
)
def validates_after_every_epoch(
    self, dataset, train_batch, val_batch, test_batch, epochs, val_intervals, test_intervals, print_intervals
):
    train, val, test = [], [], []
    images, labels = dataset.train.images, dataset.train.labels
    for _ in range(epochs):
        for indices in sample_batches(len(labels), train_batch, self.rng):
            train.append((self.iteration + 1, *self.train_step(images[indices], labels[indices])))
            if due(self.iteration, test_intervals):
                test.append((self.iteration, *self.evaluate(dataset.test.images, dataset.test.labels, test_batch)))
        val.append((self.iteration, *self.evaluate(dataset.val.images, dataset.val.labels, val_batch)))
    return as_curve(train), as_curve(val), as_curve(test)


@slip(
    "train",
    fails=("test_validation_curve", "test_test_curve"),
    says="as if the net were measured before the step that makes it due",
)
def measures_before_the_step(
    self, dataset, train_batch, val_batch, test_batch, epochs, val_intervals, test_intervals, print_intervals
):
    train, val, test = [], [], []
    images, labels = dataset.train.images, dataset.train.labels
    for _ in range(epochs):
        for indices in sample_batches(len(labels), train_batch, self.rng):
            if due(self.iteration, val_intervals):
                val.append((self.iteration, *self.evaluate(dataset.val.images, dataset.val.labels, val_batch)))
            if due(self.iteration, test_intervals):
                test.append((self.iteration, *self.evaluate(dataset.test.images, dataset.test.labels, test_batch)))
            train.append((self.iteration + 1, *self.train_step(images[indices], labels[indices])))
    return as_curve(train), as_curve(val), as_curve(test)


@slip("train", fails=("test_test_curve",), says="as if the validation split were measured in place of the test split")
def tests_on_the_validation_split(
    self, dataset, train_batch, val_batch, test_batch, epochs, val_intervals, test_intervals, print_intervals
):
    train, val, test = [], [], []
    images, labels = dataset.train.images, dataset.train.labels
    for _ in range(epochs):
        for indices in sample_batches(len(labels), train_batch, self.rng):
            train.append((self.iteration + 1, *self.train_step(images[indices], labels[indices])))
            if due(self.iteration, val_intervals):
                val.append((self.iteration, *self.evaluate(dataset.val.images, dataset.val.labels, val_batch)))
            if due(self.iteration, test_intervals):
                test.append((self.iteration, *self.evaluate(dataset.val.images, dataset.val.labels, test_batch)))
    return as_curve(train), as_curve(val), as_curve(test)


@slip("train", fails=("test_test_curve",), says="as if test_intervals were not used")
def tests_whenever_it_validates(
    self, dataset, train_batch, val_batch, test_batch, epochs, val_intervals, test_intervals, print_intervals
):
    train, val, test = [], [], []
    images, labels = dataset.train.images, dataset.train.labels
    for _ in range(epochs):
        for indices in sample_batches(len(labels), train_batch, self.rng):
            train.append((self.iteration + 1, *self.train_step(images[indices], labels[indices])))
            if due(self.iteration, val_intervals):
                val.append((self.iteration, *self.evaluate(dataset.val.images, dataset.val.labels, val_batch)))
                test.append((self.iteration, *self.evaluate(dataset.test.images, dataset.test.labels, test_batch)))
    return as_curve(train), as_curve(val), as_curve(test)


@slip("train", fails=("test_interval_0_is_never",), says="as if an array of no rows had no columns")
def loses_the_columns_of_empty_curves(
    self, dataset, train_batch, val_batch, test_batch, epochs, val_intervals, test_intervals, print_intervals
):
    train, val, test = [], [], []
    images, labels = dataset.train.images, dataset.train.labels
    for _ in range(epochs):
        for indices in sample_batches(len(labels), train_batch, self.rng):
            train.append((self.iteration + 1, *self.train_step(images[indices], labels[indices])))
            if due(self.iteration, val_intervals):
                val.append((self.iteration, *self.evaluate(dataset.val.images, dataset.val.labels, val_batch)))
            if due(self.iteration, test_intervals):
                test.append((self.iteration, *self.evaluate(dataset.test.images, dataset.test.labels, test_batch)))
    return np.array(train), np.array(val), np.array(test)


@slip("train", fails=("test_interval_0_is_never",), says="as if the iteration were divided by an interval of 0")
def divides_by_an_interval_of_zero(
    self, dataset, train_batch, val_batch, test_batch, epochs, val_intervals, test_intervals, print_intervals
):
    train, val, test = [], [], []
    images, labels = dataset.train.images, dataset.train.labels
    for _ in range(epochs):
        for indices in sample_batches(len(labels), train_batch, self.rng):
            train.append((self.iteration + 1, *self.train_step(images[indices], labels[indices])))
            if self.iteration % val_intervals == 0:
                val.append((self.iteration, *self.evaluate(dataset.val.images, dataset.val.labels, val_batch)))
            if self.iteration % test_intervals == 0:
                test.append((self.iteration, *self.evaluate(dataset.test.images, dataset.test.labels, test_batch)))
    return as_curve(train), as_curve(val), as_curve(test)


# 5.5 MNISTNet -------------------------------------------------------------------------------------------------------


@slip("mnist-net", fails=("test_mnist_net_has_its_layers_in_order",), says="as if there were no ReLU between the fc")
class ForgetsTheLastReLU(Net):
    """Two fully connected layers with nothing but dropout between them."""

    def __init__(self, image_shape=(1, 28, 28), num_class=10, seed=0):
        channels, height, width = image_shape
        features = 16 * ((height - 4) // 2) * ((width - 4) // 2)
        he, window = He(seed), {"kernel_h": 3, "kernel_w": 3, "stride": 1, "pad": 0}
        layers = [
            Convolution({**window, "in_channel": channels, "out_channel": 6}, he),
            ReLU(),
            Convolution({**window, "in_channel": 6, "out_channel": 16}, he),
            ReLU(),
            Pooling({"pool_type": "max", "pool_height": 2, "pool_width": 2, "stride": 2, "pad": 0}),
            Dropout(0.25, seed),
            Flatten(),
            FCLayer(features, 128, he),
            Dropout(0.5, seed + 1),
            FCLayer(128, num_class, he),
        ]
        super().__init__(layers)


@slip("mnist-net", fails=("test_mnist_net_has_its_layers_in_order",), says="as if dropout came before pooling")
class DropsBeforePooling(Net):
    """The fifth and the sixth layer have changed places."""

    def __init__(self, image_shape=(1, 28, 28), num_class=10, seed=0):
        channels, height, width = image_shape
        features = 16 * ((height - 4) // 2) * ((width - 4) // 2)
        he, window = He(seed), {"kernel_h": 3, "kernel_w": 3, "stride": 1, "pad": 0}
        layers = [
            Convolution({**window, "in_channel": channels, "out_channel": 6}, he),
            ReLU(),
            Convolution({**window, "in_channel": 6, "out_channel": 16}, he),
            ReLU(),
            Dropout(0.25, seed),
            Pooling({"pool_type": "max", "pool_height": 2, "pool_width": 2, "stride": 2, "pad": 0}),
            Flatten(),
            FCLayer(features, 128, he),
            ReLU(),
            Dropout(0.5, seed + 1),
            FCLayer(128, num_class, he),
        ]
        super().__init__(layers)


@slip("mnist-net", fails=("test_mnist_nets_share_nothing",), says="as if the seed were the initializer, not He(seed)")
class TakesTheSeedForTheInitializer(Net):
    """A number cannot draw weights."""

    def __init__(self, image_shape=(1, 28, 28), num_class=10, seed=0):
        channels, height, width = image_shape
        features = 16 * ((height - 4) // 2) * ((width - 4) // 2)
        he, window = seed, {"kernel_h": 3, "kernel_w": 3, "stride": 1, "pad": 0}
        layers = [
            Convolution({**window, "in_channel": channels, "out_channel": 6}, he),
            ReLU(),
            Convolution({**window, "in_channel": 6, "out_channel": 16}, he),
            ReLU(),
            Pooling({"pool_type": "max", "pool_height": 2, "pool_width": 2, "stride": 2, "pad": 0}),
            Dropout(0.25, seed),
            Flatten(),
            FCLayer(features, 128, he),
            ReLU(),
            Dropout(0.5, seed + 1),
            FCLayer(128, num_class, he),
        ]
        super().__init__(layers)


@slip(
    "mnist-net", fails=("test_mnist_net_fits_every_image",), says="as if a row and a column were left over by pooling"
)
class RoundsPoolingUp(Net):
    """An odd number of pixels gives one window more."""

    def __init__(self, image_shape=(1, 28, 28), num_class=10, seed=0):
        channels, height, width = image_shape
        features = 16 * ((height - 3) // 2) * ((width - 3) // 2)
        he, window = He(seed), {"kernel_h": 3, "kernel_w": 3, "stride": 1, "pad": 0}
        layers = [
            Convolution({**window, "in_channel": channels, "out_channel": 6}, he),
            ReLU(),
            Convolution({**window, "in_channel": 6, "out_channel": 16}, he),
            ReLU(),
            Pooling({"pool_type": "max", "pool_height": 2, "pool_width": 2, "stride": 2, "pad": 0}),
            Dropout(0.25, seed),
            Flatten(),
            FCLayer(features, 128, he),
            ReLU(),
            Dropout(0.5, seed + 1),
            FCLayer(128, num_class, he),
        ]
        super().__init__(layers)


@slip("mnist-net", fails=("test_mnist_net_fits_every_image",), says="as if every image were a square")
class TakesImagesForSquares(Net):
    """The width is never looked at."""

    def __init__(self, image_shape=(1, 28, 28), num_class=10, seed=0):
        channels, height, _ = image_shape
        he, window = He(seed), {"kernel_h": 3, "kernel_w": 3, "stride": 1, "pad": 0}
        layers = [
            Convolution({**window, "in_channel": channels, "out_channel": 6}, he),
            ReLU(),
            Convolution({**window, "in_channel": 6, "out_channel": 16}, he),
            ReLU(),
            Pooling({"pool_type": "max", "pool_height": 2, "pool_width": 2, "stride": 2, "pad": 0}),
            Dropout(0.25, seed),
            Flatten(),
            FCLayer(16 * ((height - 4) // 2) ** 2, 128, he),
            ReLU(),
            Dropout(0.5, seed + 1),
            FCLayer(128, num_class, he),
        ]
        super().__init__(layers)


@slip(
    "mnist-net", fails=("test_mnist_net_fits_every_image",), says="as if every image had 28x28 pixels and one channel"
)
class FitsMnistOnly(Net):
    """The numbers of the table, written down."""

    def __init__(self, image_shape=(1, 28, 28), num_class=10, seed=0):
        he, window = He(seed), {"kernel_h": 3, "kernel_w": 3, "stride": 1, "pad": 0}
        layers = [
            Convolution({**window, "in_channel": 1, "out_channel": 6}, he),
            ReLU(),
            Convolution({**window, "in_channel": 6, "out_channel": 16}, he),
            ReLU(),
            Pooling({"pool_type": "max", "pool_height": 2, "pool_width": 2, "stride": 2, "pad": 0}),
            Dropout(0.25, seed),
            Flatten(),
            FCLayer(2304, 128, he),
            ReLU(),
            Dropout(0.5, seed + 1),
            FCLayer(128, num_class, he),
        ]
        super().__init__(layers)


@slip("mnist-net", fails=("test_mnist_net_fits_every_image",), says="as if there were always ten classes")
class AlwaysTenClasses(Net):
    """num_class is never looked at."""

    def __init__(self, image_shape=(1, 28, 28), num_class=10, seed=0):
        channels, height, width = image_shape
        features = 16 * ((height - 4) // 2) * ((width - 4) // 2)
        he, window = He(seed), {"kernel_h": 3, "kernel_w": 3, "stride": 1, "pad": 0}
        layers = [
            Convolution({**window, "in_channel": channels, "out_channel": 6}, he),
            ReLU(),
            Convolution({**window, "in_channel": 6, "out_channel": 16}, he),
            ReLU(),
            Pooling({"pool_type": "max", "pool_height": 2, "pool_width": 2, "stride": 2, "pad": 0}),
            Dropout(0.25, seed),
            Flatten(),
            FCLayer(features, 128, he),
            ReLU(),
            Dropout(0.5, seed + 1),
            FCLayer(128, 10, he),
        ]
        super().__init__(layers)


@slip("mnist-net", fails=("test_mnist_net_has_the_sizes_asked_for",), says="as if the two dropouts had changed places")
class SwapsTheDropouts(Net):
    """Half of the feature maps is lost."""

    def __init__(self, image_shape=(1, 28, 28), num_class=10, seed=0):
        channels, height, width = image_shape
        features = 16 * ((height - 4) // 2) * ((width - 4) // 2)
        he, window = He(seed), {"kernel_h": 3, "kernel_w": 3, "stride": 1, "pad": 0}
        layers = [
            Convolution({**window, "in_channel": channels, "out_channel": 6}, he),
            ReLU(),
            Convolution({**window, "in_channel": 6, "out_channel": 16}, he),
            ReLU(),
            Pooling({"pool_type": "max", "pool_height": 2, "pool_width": 2, "stride": 2, "pad": 0}),
            Dropout(0.5, seed),
            Flatten(),
            FCLayer(features, 128, he),
            ReLU(),
            Dropout(0.25, seed + 1),
            FCLayer(128, num_class, he),
        ]
        super().__init__(layers)


@slip("mnist-net", fails=("test_mnist_net_has_the_sizes_asked_for",), says="as if the convolutions had pad 1")
class PadsItsImages(Net):
    """The images keep their size, and the net still fits together."""

    def __init__(self, image_shape=(1, 28, 28), num_class=10, seed=0):
        channels, height, width = image_shape
        features = 16 * (height // 2) * (width // 2)
        he, window = He(seed), {"kernel_h": 3, "kernel_w": 3, "stride": 1, "pad": 1}
        layers = [
            Convolution({**window, "in_channel": channels, "out_channel": 6}, he),
            ReLU(),
            Convolution({**window, "in_channel": 6, "out_channel": 16}, he),
            ReLU(),
            Pooling({"pool_type": "max", "pool_height": 2, "pool_width": 2, "stride": 2, "pad": 0}),
            Dropout(0.25, seed),
            Flatten(),
            FCLayer(features, 128, he),
            ReLU(),
            Dropout(0.5, seed + 1),
            FCLayer(128, num_class, he),
        ]
        super().__init__(layers)


@slip("mnist-net", fails=("test_mnist_nets_share_nothing",), says="as if the fully connected layers got no initializer")
class ForgetsTheInitializer(Net):
    """He for the convolutions only."""

    def __init__(self, image_shape=(1, 28, 28), num_class=10, seed=0):
        channels, height, width = image_shape
        features = 16 * ((height - 4) // 2) * ((width - 4) // 2)
        he, window = He(seed), {"kernel_h": 3, "kernel_w": 3, "stride": 1, "pad": 0}
        layers = [
            Convolution({**window, "in_channel": channels, "out_channel": 6}, he),
            ReLU(),
            Convolution({**window, "in_channel": 6, "out_channel": 16}, he),
            ReLU(),
            Pooling({"pool_type": "max", "pool_height": 2, "pool_width": 2, "stride": 2, "pad": 0}),
            Dropout(0.25, seed),
            Flatten(),
            FCLayer(features, 128),
            ReLU(),
            Dropout(0.5, seed + 1),
            FCLayer(128, num_class),
        ]
        super().__init__(layers)


# 5.6 Predict --------------------------------------------------------------------------------------------------------


@slip("predict", fails=("test_predict_class_ids",), says="as if scores were returned in place of class ids")
def returns_scores(self, images, batch_size):
    self.set_mode(False)
    starts = range(0, len(images), batch_size)
    scores = [self.forward(images[start : start + batch_size]) for start in starts]
    self.set_mode(True)
    return np.concatenate(scores)


@slip("predict", fails=("test_predict_class_ids",), says="as if the best image of each class were looked for")
def argmax_along_the_batch(self, images, batch_size):
    self.set_mode(False)
    starts = range(0, len(images), batch_size)
    classes = [self.forward(images[start : start + batch_size]).argmax(axis=0) for start in starts]
    self.set_mode(True)
    return np.concatenate(classes)


@slip("predict", fails=("test_predict_class_ids",), says="as if the short last batch were left out")
def predicts_whole_batches_only(self, images, batch_size):
    self.set_mode(False)
    classes = [np.empty(0, dtype=int)]
    for k in range(len(images) // batch_size):
        classes.append(self.forward(images[k * batch_size : (k + 1) * batch_size]).argmax(axis=1))
    self.set_mode(True)
    return np.concatenate(classes)


@slip("predict", fails=("test_predict_in_test_mode_and_batches",), says="as if batch_size were not used")
def predicts_all_at_once(self, images, batch_size):
    self.set_mode(False)
    classes = self.forward(images).argmax(axis=1)
    self.set_mode(True)
    return classes


@slip("predict", fails=("test_predict_in_test_mode_and_batches",), says="as if dropout dropped while you predict")
def predicts_in_training_mode(self, images, batch_size):
    starts = range(0, len(images), batch_size)
    return np.concatenate([self.forward(images[start : start + batch_size]).argmax(axis=1) for start in starts])
