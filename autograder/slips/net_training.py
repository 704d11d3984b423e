"""Wrong predictions and training loops, tasks 2.4 and 2.5 of assignment 2; each has one mistake."""

from __future__ import annotations

import numpy as np

from autograder.slips import slip

# --- 2.4 predict

LABELS = "test_predict_names_the_class_with_the_largest_score"
ONE_LABEL = "test_predict_gives_one_label_an_image"


@slip("net-predict", fails=(LABELS, ONE_LABEL), says="as if the largest score were looked for along the images")
def argmax_along_the_images(self, X):
    return np.argmax(self.loss(X), axis=0)


@slip(
    "net-predict", fails=(LABELS, ONE_LABEL), says="as if one label were given for the whole batch: `axis` is missing"
)
def argmax_of_the_whole_batch(self, X):
    return np.argmax(self.loss(X))


@slip("net-predict", fails=(LABELS,), says="as if the smallest score won")
def argmin(self, X):
    return np.argmin(self.loss(X), axis=1)


@slip("net-predict", fails=(LABELS,), says="as if the largest score itself were returned, not its class")
def the_score_itself(self, X):
    return np.max(self.loss(X), axis=1)


@slip("net-predict", fails=(LABELS,), says="as if the score largest in size won, whatever its sign")
def largest_in_size(self, X):
    return np.argmax(np.abs(self.loss(X)), axis=1)


@slip("net-predict", fails=(LABELS, ONE_LABEL), says="as if the scores were returned instead of class ids")
def scores_instead_of_labels(self, X):
    return self.loss(X)


@slip("net-predict", fails=(LABELS,), says="as if only scores above 0 could win")
def only_positive_scores(self, X):
    scores = self.loss(X)
    labels, best = np.zeros(len(X), dtype=int), np.zeros(len(X))
    for c in range(scores.shape[1]):
        labels[scores[:, c] > best] = c
        best = np.maximum(best, scores[:, c])
    return labels


@slip("net-predict", fails=(ONE_LABEL,), says="as if the labels had the shape (N, 1)")
def labels_in_a_column(self, X):
    return np.argmax(self.loss(X), axis=1).reshape(-1, 1)


@slip("net-predict", fails=(ONE_LABEL,), says="as if a batch of one image gave a number without an axis")
def squeezed(self, X):
    return np.squeeze(np.argmax(self.loss(X), axis=1))


# --- 2.5 train

STEP = "test_one_iteration_is_one_step_downhill"
BATCHES = "test_batches_are_drawn_anew_from_the_training_set"
MANY = "test_many_iterations_descend_step_by_step"
LOSSES = "test_loss_history_has_every_loss"
DECAY = "test_learning_rate_decays_once_an_epoch"
ACCURACIES = "test_accuracies_are_recorded_once_an_epoch"
ALL_OF_TRAIN = (STEP, BATCHES, MANY, LOSSES, DECAY, ACCURACIES)


@slip("net-train", fails=(STEP, MANY), says="as if the steps went uphill: the gradient is added")
def uphill(
    self,
    X,
    y,
    X_val,
    y_val,
    learning_rate=1e-3,
    learning_rate_decay=0.95,
    reg=5e-6,
    num_iters=100,
    batch_size=200,
    verbose=False,
):
    curves = {"loss_history": [], "train_acc_history": [], "val_acc_history": []}
    iterations_per_epoch = max(len(X) // batch_size, 1)
    for iteration in range(num_iters):
        rows = np.random.choice(len(X), batch_size)
        loss, grads = self.loss(X[rows], y[rows], reg)
        curves["loss_history"].append(loss)
        for name in self.params:
            self.params[name] = self.params[name] + learning_rate * grads[name]
        if (iteration + 1) % iterations_per_epoch == 0:
            curves["train_acc_history"].append(np.mean(self.predict(X[rows]) == y[rows]))
            curves["val_acc_history"].append(np.mean(self.predict(X_val) == y_val))
            learning_rate *= learning_rate_decay
    return curves


@slip("net-train", fails=(STEP, MANY, DECAY), says="as if the learning rate were left out of the step")
def without_the_learning_rate(
    self,
    X,
    y,
    X_val,
    y_val,
    learning_rate=1e-3,
    learning_rate_decay=0.95,
    reg=5e-6,
    num_iters=100,
    batch_size=200,
    verbose=False,
):
    curves = {"loss_history": [], "train_acc_history": [], "val_acc_history": []}
    iterations_per_epoch = max(len(X) // batch_size, 1)
    for iteration in range(num_iters):
        rows = np.random.choice(len(X), batch_size)
        loss, grads = self.loss(X[rows], y[rows], reg)
        curves["loss_history"].append(loss)
        for name in self.params:
            self.params[name] = self.params[name] - grads[name]
        if (iteration + 1) % iterations_per_epoch == 0:
            curves["train_acc_history"].append(np.mean(self.predict(X[rows]) == y[rows]))
            curves["val_acc_history"].append(np.mean(self.predict(X_val) == y_val))
            learning_rate *= learning_rate_decay
    return curves


@slip("net-train", fails=(STEP, MANY), says="as if only the weights were updated, not the biases")
def weights_only(
    self,
    X,
    y,
    X_val,
    y_val,
    learning_rate=1e-3,
    learning_rate_decay=0.95,
    reg=5e-6,
    num_iters=100,
    batch_size=200,
    verbose=False,
):
    curves = {"loss_history": [], "train_acc_history": [], "val_acc_history": []}
    iterations_per_epoch = max(len(X) // batch_size, 1)
    for iteration in range(num_iters):
        rows = np.random.choice(len(X), batch_size)
        loss, grads = self.loss(X[rows], y[rows], reg)
        curves["loss_history"].append(loss)
        for name in ("W1", "W2"):
            self.params[name] = self.params[name] - learning_rate * grads[name]
        if (iteration + 1) % iterations_per_epoch == 0:
            curves["train_acc_history"].append(np.mean(self.predict(X[rows]) == y[rows]))
            curves["val_acc_history"].append(np.mean(self.predict(X_val) == y_val))
            learning_rate *= learning_rate_decay
    return curves


@slip("net-train", fails=(STEP, MANY), says="as if only the first layer were updated")
def first_layer_only(
    self,
    X,
    y,
    X_val,
    y_val,
    learning_rate=1e-3,
    learning_rate_decay=0.95,
    reg=5e-6,
    num_iters=100,
    batch_size=200,
    verbose=False,
):
    curves = {"loss_history": [], "train_acc_history": [], "val_acc_history": []}
    iterations_per_epoch = max(len(X) // batch_size, 1)
    for iteration in range(num_iters):
        rows = np.random.choice(len(X), batch_size)
        loss, grads = self.loss(X[rows], y[rows], reg)
        curves["loss_history"].append(loss)
        for name in ("W1", "b1"):
            self.params[name] = self.params[name] - learning_rate * grads[name]
        if (iteration + 1) % iterations_per_epoch == 0:
            curves["train_acc_history"].append(np.mean(self.predict(X[rows]) == y[rows]))
            curves["val_acc_history"].append(np.mean(self.predict(X_val) == y_val))
            learning_rate *= learning_rate_decay
    return curves


@slip(
    "net-train", fails=(STEP, MANY, DECAY), says="as if the parameters were replaced by the step instead of moved by it"
)
def minus_the_gradient_only(
    self,
    X,
    y,
    X_val,
    y_val,
    learning_rate=1e-3,
    learning_rate_decay=0.95,
    reg=5e-6,
    num_iters=100,
    batch_size=200,
    verbose=False,
):
    curves = {"loss_history": [], "train_acc_history": [], "val_acc_history": []}
    iterations_per_epoch = max(len(X) // batch_size, 1)
    for iteration in range(num_iters):
        rows = np.random.choice(len(X), batch_size)
        loss, grads = self.loss(X[rows], y[rows], reg)
        curves["loss_history"].append(loss)
        for name in self.params:
            self.params[name] = -learning_rate * grads[name]
        if (iteration + 1) % iterations_per_epoch == 0:
            curves["train_acc_history"].append(np.mean(self.predict(X[rows]) == y[rows]))
            curves["val_acc_history"].append(np.mean(self.predict(X_val) == y_val))
            learning_rate *= learning_rate_decay
    return curves


@slip(
    "net-train", fails=(STEP, MANY, DECAY), says="as if the step changed a copy of the parameters that is thrown away"
)
def parameters_not_stored(
    self,
    X,
    y,
    X_val,
    y_val,
    learning_rate=1e-3,
    learning_rate_decay=0.95,
    reg=5e-6,
    num_iters=100,
    batch_size=200,
    verbose=False,
):
    curves = {"loss_history": [], "train_acc_history": [], "val_acc_history": []}
    iterations_per_epoch = max(len(X) // batch_size, 1)
    for iteration in range(num_iters):
        rows = np.random.choice(len(X), batch_size)
        loss, grads = self.loss(X[rows], y[rows], reg)
        curves["loss_history"].append(loss)
        params = dict(self.params)
        for name in params:
            params[name] = params[name] - learning_rate * grads[name]
        if (iteration + 1) % iterations_per_epoch == 0:
            curves["train_acc_history"].append(np.mean(self.predict(X[rows]) == y[rows]))
            curves["val_acc_history"].append(np.mean(self.predict(X_val) == y_val))
            learning_rate *= learning_rate_decay
    return curves


@slip("net-train", fails=(STEP,), says="as if reg were not passed on to loss")
def reg_not_passed_on(
    self,
    X,
    y,
    X_val,
    y_val,
    learning_rate=1e-3,
    learning_rate_decay=0.95,
    reg=5e-6,
    num_iters=100,
    batch_size=200,
    verbose=False,
):
    curves = {"loss_history": [], "train_acc_history": [], "val_acc_history": []}
    iterations_per_epoch = max(len(X) // batch_size, 1)
    for iteration in range(num_iters):
        rows = np.random.choice(len(X), batch_size)
        loss, grads = self.loss(X[rows], y[rows])
        curves["loss_history"].append(loss)
        for name in self.params:
            self.params[name] = self.params[name] - learning_rate * grads[name]
        if (iteration + 1) % iterations_per_epoch == 0:
            curves["train_acc_history"].append(np.mean(self.predict(X[rows]) == y[rows]))
            curves["val_acc_history"].append(np.mean(self.predict(X_val) == y_val))
            learning_rate *= learning_rate_decay
    return curves


@slip(
    "net-train",
    fails=(STEP, MANY),
    says="as if the gradients were divided by batch_size once more: loss is a mean already",
)
def step_divided_by_the_batch(
    self,
    X,
    y,
    X_val,
    y_val,
    learning_rate=1e-3,
    learning_rate_decay=0.95,
    reg=5e-6,
    num_iters=100,
    batch_size=200,
    verbose=False,
):
    curves = {"loss_history": [], "train_acc_history": [], "val_acc_history": []}
    iterations_per_epoch = max(len(X) // batch_size, 1)
    for iteration in range(num_iters):
        rows = np.random.choice(len(X), batch_size)
        loss, grads = self.loss(X[rows], y[rows], reg)
        curves["loss_history"].append(loss)
        for name in self.params:
            self.params[name] = self.params[name] - learning_rate * grads[name] / batch_size
        if (iteration + 1) % iterations_per_epoch == 0:
            curves["train_acc_history"].append(np.mean(self.predict(X[rows]) == y[rows]))
            curves["val_acc_history"].append(np.mean(self.predict(X_val) == y_val))
            learning_rate *= learning_rate_decay
    return curves


@slip(
    "net-train",
    fails=(BATCHES, MANY, LOSSES, ACCURACIES),
    says="as if the gradients were computed once, before the loop",
)
def gradients_of_the_start(
    self,
    X,
    y,
    X_val,
    y_val,
    learning_rate=1e-3,
    learning_rate_decay=0.95,
    reg=5e-6,
    num_iters=100,
    batch_size=200,
    verbose=False,
):
    curves = {"loss_history": [], "train_acc_history": [], "val_acc_history": []}
    iterations_per_epoch = max(len(X) // batch_size, 1)
    rows = np.random.choice(len(X), batch_size)
    loss, grads = self.loss(X[rows], y[rows], reg)
    for iteration in range(num_iters):
        curves["loss_history"].append(loss)
        for name in self.params:
            self.params[name] = self.params[name] - learning_rate * grads[name]
        if (iteration + 1) % iterations_per_epoch == 0:
            curves["train_acc_history"].append(np.mean(self.predict(X[rows]) == y[rows]))
            curves["val_acc_history"].append(np.mean(self.predict(X_val) == y_val))
            learning_rate *= learning_rate_decay
    return curves


@slip("net-train", fails=(BATCHES,), says="as if one batch were drawn before the loop and used throughout")
def one_batch_for_all(
    self,
    X,
    y,
    X_val,
    y_val,
    learning_rate=1e-3,
    learning_rate_decay=0.95,
    reg=5e-6,
    num_iters=100,
    batch_size=200,
    verbose=False,
):
    curves = {"loss_history": [], "train_acc_history": [], "val_acc_history": []}
    iterations_per_epoch = max(len(X) // batch_size, 1)
    rows = np.random.choice(len(X), batch_size)
    for iteration in range(num_iters):
        loss, grads = self.loss(X[rows], y[rows], reg)
        curves["loss_history"].append(loss)
        for name in self.params:
            self.params[name] = self.params[name] - learning_rate * grads[name]
        if (iteration + 1) % iterations_per_epoch == 0:
            curves["train_acc_history"].append(np.mean(self.predict(X[rows]) == y[rows]))
            curves["val_acc_history"].append(np.mean(self.predict(X_val) == y_val))
            learning_rate *= learning_rate_decay
    return curves


@slip("net-train", fails=(BATCHES,), says="as if every batch were the first images")
def always_the_first_rows(
    self,
    X,
    y,
    X_val,
    y_val,
    learning_rate=1e-3,
    learning_rate_decay=0.95,
    reg=5e-6,
    num_iters=100,
    batch_size=200,
    verbose=False,
):
    curves = {"loss_history": [], "train_acc_history": [], "val_acc_history": []}
    iterations_per_epoch = max(len(X) // batch_size, 1)
    for iteration in range(num_iters):
        rows = np.arange(batch_size)
        loss, grads = self.loss(X[rows], y[rows], reg)
        curves["loss_history"].append(loss)
        for name in self.params:
            self.params[name] = self.params[name] - learning_rate * grads[name]
        if (iteration + 1) % iterations_per_epoch == 0:
            curves["train_acc_history"].append(np.mean(self.predict(X[rows]) == y[rows]))
            curves["val_acc_history"].append(np.mean(self.predict(X_val) == y_val))
            learning_rate *= learning_rate_decay
    return curves


@slip("net-train", fails=(BATCHES,), says="as if indices were drawn below batch_size, not below N")
def rows_among_the_first(
    self,
    X,
    y,
    X_val,
    y_val,
    learning_rate=1e-3,
    learning_rate_decay=0.95,
    reg=5e-6,
    num_iters=100,
    batch_size=200,
    verbose=False,
):
    curves = {"loss_history": [], "train_acc_history": [], "val_acc_history": []}
    iterations_per_epoch = max(len(X) // batch_size, 1)
    for iteration in range(num_iters):
        rows = np.random.choice(batch_size, batch_size)
        loss, grads = self.loss(X[rows], y[rows], reg)
        curves["loss_history"].append(loss)
        for name in self.params:
            self.params[name] = self.params[name] - learning_rate * grads[name]
        if (iteration + 1) % iterations_per_epoch == 0:
            curves["train_acc_history"].append(np.mean(self.predict(X[rows]) == y[rows]))
            curves["val_acc_history"].append(np.mean(self.predict(X_val) == y_val))
            learning_rate *= learning_rate_decay
    return curves


@slip("net-train", fails=(BATCHES,), says="as if every step used all images, whatever batch_size says")
def always_all_images(
    self,
    X,
    y,
    X_val,
    y_val,
    learning_rate=1e-3,
    learning_rate_decay=0.95,
    reg=5e-6,
    num_iters=100,
    batch_size=200,
    verbose=False,
):
    curves = {"loss_history": [], "train_acc_history": [], "val_acc_history": []}
    iterations_per_epoch = max(len(X) // batch_size, 1)
    for iteration in range(num_iters):
        rows = np.random.permutation(len(X))
        loss, grads = self.loss(X[rows], y[rows], reg)
        curves["loss_history"].append(loss)
        for name in self.params:
            self.params[name] = self.params[name] - learning_rate * grads[name]
        if (iteration + 1) % iterations_per_epoch == 0:
            curves["train_acc_history"].append(np.mean(self.predict(X[rows]) == y[rows]))
            curves["val_acc_history"].append(np.mean(self.predict(X_val) == y_val))
            learning_rate *= learning_rate_decay
    return curves


@slip("net-train", fails=(BATCHES,), says="as if a batch had one image")
def one_image_a_batch(
    self,
    X,
    y,
    X_val,
    y_val,
    learning_rate=1e-3,
    learning_rate_decay=0.95,
    reg=5e-6,
    num_iters=100,
    batch_size=200,
    verbose=False,
):
    curves = {"loss_history": [], "train_acc_history": [], "val_acc_history": []}
    iterations_per_epoch = max(len(X) // batch_size, 1)
    for iteration in range(num_iters):
        rows = np.random.choice(len(X), 1)
        loss, grads = self.loss(X[rows], y[rows], reg)
        curves["loss_history"].append(loss)
        for name in self.params:
            self.params[name] = self.params[name] - learning_rate * grads[name]
        if (iteration + 1) % iterations_per_epoch == 0:
            curves["train_acc_history"].append(np.mean(self.predict(X[rows]) == y[rows]))
            curves["val_acc_history"].append(np.mean(self.predict(X_val) == y_val))
            learning_rate *= learning_rate_decay
    return curves


@slip("net-train", fails=(BATCHES,), says="as if the batches were taken in the order of the images, never shuffled")
def in_a_fixed_order(
    self,
    X,
    y,
    X_val,
    y_val,
    learning_rate=1e-3,
    learning_rate_decay=0.95,
    reg=5e-6,
    num_iters=100,
    batch_size=200,
    verbose=False,
):
    curves = {"loss_history": [], "train_acc_history": [], "val_acc_history": []}
    iterations_per_epoch = max(len(X) // batch_size, 1)
    for iteration in range(num_iters):
        rows = (iteration * batch_size + np.arange(batch_size)) % len(X)
        loss, grads = self.loss(X[rows], y[rows], reg)
        curves["loss_history"].append(loss)
        for name in self.params:
            self.params[name] = self.params[name] - learning_rate * grads[name]
        if (iteration + 1) % iterations_per_epoch == 0:
            curves["train_acc_history"].append(np.mean(self.predict(X[rows]) == y[rows]))
            curves["val_acc_history"].append(np.mean(self.predict(X_val) == y_val))
            learning_rate *= learning_rate_decay
    return curves


@slip("net-train", fails=(BATCHES,), says="as if images and labels were drawn with two different sets of indices")
def labels_drawn_apart(
    self,
    X,
    y,
    X_val,
    y_val,
    learning_rate=1e-3,
    learning_rate_decay=0.95,
    reg=5e-6,
    num_iters=100,
    batch_size=200,
    verbose=False,
):
    curves = {"loss_history": [], "train_acc_history": [], "val_acc_history": []}
    iterations_per_epoch = max(len(X) // batch_size, 1)
    for iteration in range(num_iters):
        rows = np.random.choice(len(X), batch_size)
        loss, grads = self.loss(X[rows], y[np.random.choice(len(X), batch_size)], reg)
        curves["loss_history"].append(loss)
        for name in self.params:
            self.params[name] = self.params[name] - learning_rate * grads[name]
        if (iteration + 1) % iterations_per_epoch == 0:
            curves["train_acc_history"].append(np.mean(self.predict(X[rows]) == y[rows]))
            curves["val_acc_history"].append(np.mean(self.predict(X_val) == y_val))
            learning_rate *= learning_rate_decay
    return curves


@slip("net-train", fails=(BATCHES,), says="as if the labels of the first images were used for every batch")
def labels_of_the_first_rows(
    self,
    X,
    y,
    X_val,
    y_val,
    learning_rate=1e-3,
    learning_rate_decay=0.95,
    reg=5e-6,
    num_iters=100,
    batch_size=200,
    verbose=False,
):
    curves = {"loss_history": [], "train_acc_history": [], "val_acc_history": []}
    iterations_per_epoch = max(len(X) // batch_size, 1)
    for iteration in range(num_iters):
        rows = np.random.choice(len(X), batch_size)
        loss, grads = self.loss(X[rows], y[:batch_size], reg)
        curves["loss_history"].append(loss)
        for name in self.params:
            self.params[name] = self.params[name] - learning_rate * grads[name]
        if (iteration + 1) % iterations_per_epoch == 0:
            curves["train_acc_history"].append(np.mean(self.predict(X[rows]) == y[rows]))
            curves["val_acc_history"].append(np.mean(self.predict(X_val) == y_val))
            learning_rate *= learning_rate_decay
    return curves


@slip(
    "net-train", fails=(STEP, BATCHES, MANY, LOSSES, ACCURACIES), says="as if the batches came from the validation set"
)
def trained_on_validation(
    self,
    X,
    y,
    X_val,
    y_val,
    learning_rate=1e-3,
    learning_rate_decay=0.95,
    reg=5e-6,
    num_iters=100,
    batch_size=200,
    verbose=False,
):
    curves = {"loss_history": [], "train_acc_history": [], "val_acc_history": []}
    iterations_per_epoch = max(len(X) // batch_size, 1)
    for iteration in range(num_iters):
        rows = np.random.choice(len(X_val), batch_size)
        loss, grads = self.loss(X_val[rows], y_val[rows], reg)
        curves["loss_history"].append(loss)
        for name in self.params:
            self.params[name] = self.params[name] - learning_rate * grads[name]
        if (iteration + 1) % iterations_per_epoch == 0:
            curves["train_acc_history"].append(np.mean(self.predict(X[rows]) == y[rows]))
            curves["val_acc_history"].append(np.mean(self.predict(X_val) == y_val))
            learning_rate *= learning_rate_decay
    return curves


@slip("net-train", fails=(BATCHES,), says="as if X were shuffled in place, and its labels left behind")
def shuffled_in_place(
    self,
    X,
    y,
    X_val,
    y_val,
    learning_rate=1e-3,
    learning_rate_decay=0.95,
    reg=5e-6,
    num_iters=100,
    batch_size=200,
    verbose=False,
):
    curves = {"loss_history": [], "train_acc_history": [], "val_acc_history": []}
    iterations_per_epoch = max(len(X) // batch_size, 1)
    for iteration in range(num_iters):
        np.random.shuffle(X)
        rows = np.arange(batch_size)
        loss, grads = self.loss(X[rows], y[rows], reg)
        curves["loss_history"].append(loss)
        for name in self.params:
            self.params[name] = self.params[name] - learning_rate * grads[name]
        if (iteration + 1) % iterations_per_epoch == 0:
            curves["train_acc_history"].append(np.mean(self.predict(X[rows]) == y[rows]))
            curves["val_acc_history"].append(np.mean(self.predict(X_val) == y_val))
            learning_rate *= learning_rate_decay
    return curves


@slip("net-train", fails=(LOSSES,), says="as if the loss were recorded once an epoch, not at every iteration")
def losses_once_an_epoch(
    self,
    X,
    y,
    X_val,
    y_val,
    learning_rate=1e-3,
    learning_rate_decay=0.95,
    reg=5e-6,
    num_iters=100,
    batch_size=200,
    verbose=False,
):
    curves = {"loss_history": [], "train_acc_history": [], "val_acc_history": []}
    iterations_per_epoch = max(len(X) // batch_size, 1)
    for iteration in range(num_iters):
        rows = np.random.choice(len(X), batch_size)
        loss, grads = self.loss(X[rows], y[rows], reg)
        for name in self.params:
            self.params[name] = self.params[name] - learning_rate * grads[name]
        if (iteration + 1) % iterations_per_epoch == 0:
            curves["train_acc_history"].append(np.mean(self.predict(X[rows]) == y[rows]))
            curves["val_acc_history"].append(np.mean(self.predict(X_val) == y_val))
            learning_rate *= learning_rate_decay
            curves["loss_history"].append(loss)
    return curves


@slip("net-train", fails=(LOSSES, MANY), says="as if the recorded losses were added up")
def losses_added_up(
    self,
    X,
    y,
    X_val,
    y_val,
    learning_rate=1e-3,
    learning_rate_decay=0.95,
    reg=5e-6,
    num_iters=100,
    batch_size=200,
    verbose=False,
):
    curves = {"loss_history": [], "train_acc_history": [], "val_acc_history": []}
    iterations_per_epoch = max(len(X) // batch_size, 1)
    for iteration in range(num_iters):
        rows = np.random.choice(len(X), batch_size)
        loss, grads = self.loss(X[rows], y[rows], reg)
        curves["loss_history"].append(loss + sum(curves["loss_history"][-1:]))
        for name in self.params:
            self.params[name] = self.params[name] - learning_rate * grads[name]
        if (iteration + 1) % iterations_per_epoch == 0:
            curves["train_acc_history"].append(np.mean(self.predict(X[rows]) == y[rows]))
            curves["val_acc_history"].append(np.mean(self.predict(X_val) == y_val))
            learning_rate *= learning_rate_decay
    return curves


@slip("net-train", fails=(STEP, LOSSES, DECAY, ACCURACIES), says="as if the loop ended one iteration early")
def one_iteration_less(
    self,
    X,
    y,
    X_val,
    y_val,
    learning_rate=1e-3,
    learning_rate_decay=0.95,
    reg=5e-6,
    num_iters=100,
    batch_size=200,
    verbose=False,
):
    curves = {"loss_history": [], "train_acc_history": [], "val_acc_history": []}
    iterations_per_epoch = max(len(X) // batch_size, 1)
    for iteration in range(num_iters - 1):
        rows = np.random.choice(len(X), batch_size)
        loss, grads = self.loss(X[rows], y[rows], reg)
        curves["loss_history"].append(loss)
        for name in self.params:
            self.params[name] = self.params[name] - learning_rate * grads[name]
        if (iteration + 1) % iterations_per_epoch == 0:
            curves["train_acc_history"].append(np.mean(self.predict(X[rows]) == y[rows]))
            curves["val_acc_history"].append(np.mean(self.predict(X_val) == y_val))
            learning_rate *= learning_rate_decay
    return curves


@slip("net-train", fails=(STEP, LOSSES, ACCURACIES), says="as if every iteration took two steps")
def two_steps_an_iteration(
    self,
    X,
    y,
    X_val,
    y_val,
    learning_rate=1e-3,
    learning_rate_decay=0.95,
    reg=5e-6,
    num_iters=100,
    batch_size=200,
    verbose=False,
):
    curves = {"loss_history": [], "train_acc_history": [], "val_acc_history": []}
    iterations_per_epoch = max(len(X) // batch_size, 1)
    for iteration in range(num_iters):
        rows = np.random.choice(len(X), batch_size)
        loss, grads = self.loss(X[rows], y[rows], reg)
        curves["loss_history"].append(loss)
        for name in self.params:
            self.params[name] = self.params[name] - learning_rate * grads[name]
        loss, grads = self.loss(X[rows], y[rows], reg)
        for name in self.params:
            self.params[name] = self.params[name] - learning_rate * grads[name]
        if (iteration + 1) % iterations_per_epoch == 0:
            curves["train_acc_history"].append(np.mean(self.predict(X[rows]) == y[rows]))
            curves["val_acc_history"].append(np.mean(self.predict(X_val) == y_val))
            learning_rate *= learning_rate_decay
    return curves


@slip("net-train", fails=(DECAY,), says="as if the learning rate shrank at every iteration, not once an epoch")
def decay_at_every_iteration(
    self,
    X,
    y,
    X_val,
    y_val,
    learning_rate=1e-3,
    learning_rate_decay=0.95,
    reg=5e-6,
    num_iters=100,
    batch_size=200,
    verbose=False,
):
    curves = {"loss_history": [], "train_acc_history": [], "val_acc_history": []}
    iterations_per_epoch = max(len(X) // batch_size, 1)
    for iteration in range(num_iters):
        rows = np.random.choice(len(X), batch_size)
        loss, grads = self.loss(X[rows], y[rows], reg)
        curves["loss_history"].append(loss)
        for name in self.params:
            self.params[name] = self.params[name] - learning_rate * grads[name]
        if (iteration + 1) % iterations_per_epoch == 0:
            curves["train_acc_history"].append(np.mean(self.predict(X[rows]) == y[rows]))
            curves["val_acc_history"].append(np.mean(self.predict(X_val) == y_val))
        learning_rate *= learning_rate_decay
    return curves


@slip("net-train", fails=(DECAY,), says="as if the learning rate never shrank")
def no_decay(
    self,
    X,
    y,
    X_val,
    y_val,
    learning_rate=1e-3,
    learning_rate_decay=0.95,
    reg=5e-6,
    num_iters=100,
    batch_size=200,
    verbose=False,
):
    curves = {"loss_history": [], "train_acc_history": [], "val_acc_history": []}
    iterations_per_epoch = max(len(X) // batch_size, 1)
    for iteration in range(num_iters):
        rows = np.random.choice(len(X), batch_size)
        loss, grads = self.loss(X[rows], y[rows], reg)
        curves["loss_history"].append(loss)
        for name in self.params:
            self.params[name] = self.params[name] - learning_rate * grads[name]
        if (iteration + 1) % iterations_per_epoch == 0:
            curves["train_acc_history"].append(np.mean(self.predict(X[rows]) == y[rows]))
            curves["val_acc_history"].append(np.mean(self.predict(X_val) == y_val))
    return curves


@slip("net-train", fails=(DECAY,), says="as if the learning rate were divided by the decay: it grows")
def decay_divides(
    self,
    X,
    y,
    X_val,
    y_val,
    learning_rate=1e-3,
    learning_rate_decay=0.95,
    reg=5e-6,
    num_iters=100,
    batch_size=200,
    verbose=False,
):
    curves = {"loss_history": [], "train_acc_history": [], "val_acc_history": []}
    iterations_per_epoch = max(len(X) // batch_size, 1)
    for iteration in range(num_iters):
        rows = np.random.choice(len(X), batch_size)
        loss, grads = self.loss(X[rows], y[rows], reg)
        curves["loss_history"].append(loss)
        for name in self.params:
            self.params[name] = self.params[name] - learning_rate * grads[name]
        if (iteration + 1) % iterations_per_epoch == 0:
            curves["train_acc_history"].append(np.mean(self.predict(X[rows]) == y[rows]))
            curves["val_acc_history"].append(np.mean(self.predict(X_val) == y_val))
            learning_rate /= learning_rate_decay
    return curves


@slip("net-train", fails=(DECAY,), says="as if decay ** epoch were multiplied onto a rate that has shrunk already")
def decay_to_a_growing_power(
    self,
    X,
    y,
    X_val,
    y_val,
    learning_rate=1e-3,
    learning_rate_decay=0.95,
    reg=5e-6,
    num_iters=100,
    batch_size=200,
    verbose=False,
):
    curves = {"loss_history": [], "train_acc_history": [], "val_acc_history": []}
    iterations_per_epoch = max(len(X) // batch_size, 1)
    for iteration in range(num_iters):
        rows = np.random.choice(len(X), batch_size)
        loss, grads = self.loss(X[rows], y[rows], reg)
        curves["loss_history"].append(loss)
        for name in self.params:
            self.params[name] = self.params[name] - learning_rate * grads[name]
        if (iteration + 1) % iterations_per_epoch == 0:
            curves["train_acc_history"].append(np.mean(self.predict(X[rows]) == y[rows]))
            curves["val_acc_history"].append(np.mean(self.predict(X_val) == y_val))
            learning_rate *= learning_rate_decay ** ((iteration + 1) // iterations_per_epoch)
    return curves


@slip("net-train", fails=(DECAY, ACCURACIES), says="as if an epoch had as many iterations as there are images")
def epoch_of_all_images(
    self,
    X,
    y,
    X_val,
    y_val,
    learning_rate=1e-3,
    learning_rate_decay=0.95,
    reg=5e-6,
    num_iters=100,
    batch_size=200,
    verbose=False,
):
    curves = {"loss_history": [], "train_acc_history": [], "val_acc_history": []}
    iterations_per_epoch = len(X)
    for iteration in range(num_iters):
        rows = np.random.choice(len(X), batch_size)
        loss, grads = self.loss(X[rows], y[rows], reg)
        curves["loss_history"].append(loss)
        for name in self.params:
            self.params[name] = self.params[name] - learning_rate * grads[name]
        if (iteration + 1) % iterations_per_epoch == 0:
            curves["train_acc_history"].append(np.mean(self.predict(X[rows]) == y[rows]))
            curves["val_acc_history"].append(np.mean(self.predict(X_val) == y_val))
            learning_rate *= learning_rate_decay
    return curves


@slip("net-train", fails=(DECAY, ACCURACIES), says="as if an epoch had batch_size iterations")
def epoch_of_one_batch(
    self,
    X,
    y,
    X_val,
    y_val,
    learning_rate=1e-3,
    learning_rate_decay=0.95,
    reg=5e-6,
    num_iters=100,
    batch_size=200,
    verbose=False,
):
    curves = {"loss_history": [], "train_acc_history": [], "val_acc_history": []}
    iterations_per_epoch = batch_size
    for iteration in range(num_iters):
        rows = np.random.choice(len(X), batch_size)
        loss, grads = self.loss(X[rows], y[rows], reg)
        curves["loss_history"].append(loss)
        for name in self.params:
            self.params[name] = self.params[name] - learning_rate * grads[name]
        if (iteration + 1) % iterations_per_epoch == 0:
            curves["train_acc_history"].append(np.mean(self.predict(X[rows]) == y[rows]))
            curves["val_acc_history"].append(np.mean(self.predict(X_val) == y_val))
            learning_rate *= learning_rate_decay
    return curves


@slip("net-train", fails=(ACCURACIES,), says="as if the accuracies were recorded at every iteration")
def accuracies_at_every_iteration(
    self,
    X,
    y,
    X_val,
    y_val,
    learning_rate=1e-3,
    learning_rate_decay=0.95,
    reg=5e-6,
    num_iters=100,
    batch_size=200,
    verbose=False,
):
    curves = {"loss_history": [], "train_acc_history": [], "val_acc_history": []}
    iterations_per_epoch = max(len(X) // batch_size, 1)
    for iteration in range(num_iters):
        rows = np.random.choice(len(X), batch_size)
        loss, grads = self.loss(X[rows], y[rows], reg)
        curves["loss_history"].append(loss)
        for name in self.params:
            self.params[name] = self.params[name] - learning_rate * grads[name]
        curves["train_acc_history"].append(np.mean(self.predict(X[rows]) == y[rows]))
        curves["val_acc_history"].append(np.mean(self.predict(X_val) == y_val))
        if (iteration + 1) % iterations_per_epoch == 0:
            learning_rate *= learning_rate_decay
    return curves


@slip("net-train", fails=(ACCURACIES,), says="as if training and validation accuracy were mixed up")
def accuracies_swapped(
    self,
    X,
    y,
    X_val,
    y_val,
    learning_rate=1e-3,
    learning_rate_decay=0.95,
    reg=5e-6,
    num_iters=100,
    batch_size=200,
    verbose=False,
):
    curves = {"loss_history": [], "train_acc_history": [], "val_acc_history": []}
    iterations_per_epoch = max(len(X) // batch_size, 1)
    for iteration in range(num_iters):
        rows = np.random.choice(len(X), batch_size)
        loss, grads = self.loss(X[rows], y[rows], reg)
        curves["loss_history"].append(loss)
        for name in self.params:
            self.params[name] = self.params[name] - learning_rate * grads[name]
        if (iteration + 1) % iterations_per_epoch == 0:
            curves["val_acc_history"].append(np.mean(self.predict(X[rows]) == y[rows]))
            curves["train_acc_history"].append(np.mean(self.predict(X_val) == y_val))
            learning_rate *= learning_rate_decay
    return curves


@slip("net-train", fails=(ACCURACIES,), says="as if the accuracies were given in percent")
def accuracies_in_percent(
    self,
    X,
    y,
    X_val,
    y_val,
    learning_rate=1e-3,
    learning_rate_decay=0.95,
    reg=5e-6,
    num_iters=100,
    batch_size=200,
    verbose=False,
):
    curves = {"loss_history": [], "train_acc_history": [], "val_acc_history": []}
    iterations_per_epoch = max(len(X) // batch_size, 1)
    for iteration in range(num_iters):
        rows = np.random.choice(len(X), batch_size)
        loss, grads = self.loss(X[rows], y[rows], reg)
        curves["loss_history"].append(loss)
        for name in self.params:
            self.params[name] = self.params[name] - learning_rate * grads[name]
        if (iteration + 1) % iterations_per_epoch == 0:
            curves["train_acc_history"].append(100 * np.mean(self.predict(X[rows]) == y[rows]))
            curves["val_acc_history"].append(100 * np.mean(self.predict(X_val) == y_val))
            learning_rate *= learning_rate_decay
    return curves


@slip(
    "net-train",
    fails=(ACCURACIES,),
    says="as if right predictions were counted, without dividing by the number of images",
)
def counts_instead_of_shares(
    self,
    X,
    y,
    X_val,
    y_val,
    learning_rate=1e-3,
    learning_rate_decay=0.95,
    reg=5e-6,
    num_iters=100,
    batch_size=200,
    verbose=False,
):
    curves = {"loss_history": [], "train_acc_history": [], "val_acc_history": []}
    iterations_per_epoch = max(len(X) // batch_size, 1)
    for iteration in range(num_iters):
        rows = np.random.choice(len(X), batch_size)
        loss, grads = self.loss(X[rows], y[rows], reg)
        curves["loss_history"].append(loss)
        for name in self.params:
            self.params[name] = self.params[name] - learning_rate * grads[name]
        if (iteration + 1) % iterations_per_epoch == 0:
            curves["train_acc_history"].append(np.sum(self.predict(X[rows]) == y[rows]))
            curves["val_acc_history"].append(np.sum(self.predict(X_val) == y_val))
            learning_rate *= learning_rate_decay
    return curves


@slip("net-train", fails=(ACCURACIES,), says="as if wrong predictions were counted")
def share_of_the_wrong(
    self,
    X,
    y,
    X_val,
    y_val,
    learning_rate=1e-3,
    learning_rate_decay=0.95,
    reg=5e-6,
    num_iters=100,
    batch_size=200,
    verbose=False,
):
    curves = {"loss_history": [], "train_acc_history": [], "val_acc_history": []}
    iterations_per_epoch = max(len(X) // batch_size, 1)
    for iteration in range(num_iters):
        rows = np.random.choice(len(X), batch_size)
        loss, grads = self.loss(X[rows], y[rows], reg)
        curves["loss_history"].append(loss)
        for name in self.params:
            self.params[name] = self.params[name] - learning_rate * grads[name]
        if (iteration + 1) % iterations_per_epoch == 0:
            curves["train_acc_history"].append(np.mean(self.predict(X[rows]) != y[rows]))
            curves["val_acc_history"].append(np.mean(self.predict(X_val) != y_val))
            learning_rate *= learning_rate_decay
    return curves


@slip(
    "net-train",
    fails=(ACCURACIES,),
    says="as if right predictions on validation images were divided by the size of the batch",
)
def validation_divided_by_training(
    self,
    X,
    y,
    X_val,
    y_val,
    learning_rate=1e-3,
    learning_rate_decay=0.95,
    reg=5e-6,
    num_iters=100,
    batch_size=200,
    verbose=False,
):
    curves = {"loss_history": [], "train_acc_history": [], "val_acc_history": []}
    iterations_per_epoch = max(len(X) // batch_size, 1)
    for iteration in range(num_iters):
        rows = np.random.choice(len(X), batch_size)
        loss, grads = self.loss(X[rows], y[rows], reg)
        curves["loss_history"].append(loss)
        for name in self.params:
            self.params[name] = self.params[name] - learning_rate * grads[name]
        if (iteration + 1) % iterations_per_epoch == 0:
            curves["train_acc_history"].append(np.mean(self.predict(X[rows]) == y[rows]))
            curves["val_acc_history"].append(np.sum(self.predict(X_val) == y_val) / batch_size)
            learning_rate *= learning_rate_decay
    return curves


@slip(
    "net-train",
    fails=(STEP, BATCHES, MANY, LOSSES, DECAY, ACCURACIES),
    says="as if the dict of curves were not returned",
)
def nothing_returned(
    self,
    X,
    y,
    X_val,
    y_val,
    learning_rate=1e-3,
    learning_rate_decay=0.95,
    reg=5e-6,
    num_iters=100,
    batch_size=200,
    verbose=False,
):
    curves = {"loss_history": [], "train_acc_history": [], "val_acc_history": []}
    iterations_per_epoch = max(len(X) // batch_size, 1)
    for iteration in range(num_iters):
        rows = np.random.choice(len(X), batch_size)
        loss, grads = self.loss(X[rows], y[rows], reg)
        curves["loss_history"].append(loss)
        for name in self.params:
            self.params[name] = self.params[name] - learning_rate * grads[name]
        if (iteration + 1) % iterations_per_epoch == 0:
            curves["train_acc_history"].append(np.mean(self.predict(X[rows]) == y[rows]))
            curves["val_acc_history"].append(np.mean(self.predict(X_val) == y_val))
            learning_rate *= learning_rate_decay


@slip(
    "net-train",
    fails=(STEP, BATCHES, MANY, LOSSES, DECAY, ACCURACIES),
    says="as if three lists were returned, not a dict of them",
)
def a_tuple_returned(
    self,
    X,
    y,
    X_val,
    y_val,
    learning_rate=1e-3,
    learning_rate_decay=0.95,
    reg=5e-6,
    num_iters=100,
    batch_size=200,
    verbose=False,
):
    curves = {"loss_history": [], "train_acc_history": [], "val_acc_history": []}
    iterations_per_epoch = max(len(X) // batch_size, 1)
    for iteration in range(num_iters):
        rows = np.random.choice(len(X), batch_size)
        loss, grads = self.loss(X[rows], y[rows], reg)
        curves["loss_history"].append(loss)
        for name in self.params:
            self.params[name] = self.params[name] - learning_rate * grads[name]
        if (iteration + 1) % iterations_per_epoch == 0:
            curves["train_acc_history"].append(np.mean(self.predict(X[rows]) == y[rows]))
            curves["val_acc_history"].append(np.mean(self.predict(X_val) == y_val))
            learning_rate *= learning_rate_decay
    return tuple(curves.values())
