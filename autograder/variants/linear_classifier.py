"""Right solutions of `linear-classifier`, different on purpose: loops and einsum, float32, views, caches, chatter."""

from __future__ import annotations

import numpy as np

from autograder.variants import variant

# --- 1.1 accuracy


@variant("accuracy")
def accuracy_by_counting(labels, scores):
    right = 0
    for label, row in zip(labels, scores, strict=True):
        wanted = int(np.argmax(label)) if np.ndim(label) else int(label)
        if row.tolist().index(max(row.tolist())) == wanted:
            right += 1
    return right / len(scores)


@variant("accuracy")
def accuracy_by_one_hot_rows(labels, scores):
    num_class = scores.shape[1]
    targets = labels if labels.shape == scores.shape else np.eye(num_class)[labels]
    guesses = np.eye(num_class)[np.argmax(scores, 1)]
    return float((targets * guesses).sum() / len(labels))


@variant("accuracy")
def accuracy_of_the_score_at_the_label(labels, scores):
    ids = labels.argmax(-1) if labels.ndim > 1 else labels
    at_label = np.take_along_axis(scores, ids[:, None].astype(np.intp), axis=1)
    return (at_label >= scores.max(axis=1, keepdims=True)).mean()


@variant("accuracy")
def accuracy_as_a_float32(labels, scores):
    if len(labels.shape) == 2:
        labels = np.where(labels)[1]
    order = np.argsort(scores, axis=-1)
    return np.float32(np.count_nonzero(order[:, -1] == labels)) / np.float32(labels.size)


@variant("accuracy")
def accuracy_as_an_array_without_axes(labels, scores):
    if labels.ndim == 2:
        labels = labels @ np.arange(labels.shape[1])
    print("labels", labels.shape)
    return np.asarray(np.mean(np.equal(np.argmax(scores, axis=1), labels)))


@variant("accuracy")
def accuracy_by_a_nested_function(labels, scores):
    def ids(array):
        return array if array.ndim == 1 else np.argmax(np.asarray(array, order="F"), axis=1)

    return sum(ids(scores) == ids(labels)) / ids(labels).shape[0]


# --- 1.2 the fully connected layer, forward


@variant("fc-forward")
def forward_by_matmul(self, inputs):
    return np.matmul(inputs, self.weights) + self.bias


@variant("fc-forward")
def forward_by_loops(self, inputs):
    outputs = np.empty((len(inputs), len(self.bias)))
    for n, row in enumerate(inputs):
        for c in range(len(self.bias)):
            total = self.bias[c]
            for d, value in enumerate(row):
                total = total + value * self.weights[d, c]
            outputs[n, c] = total
    return outputs


@variant("fc-forward")
def forward_by_einsum(self, inputs):
    outputs = np.einsum("nd,dc->nc", inputs, self.weights)
    outputs += self.bias[np.newaxis, :]
    return outputs


@variant("fc-forward")
def forward_by_broadcasting(self, inputs):
    return (inputs[:, :, None] * self.weights[None]).sum(axis=1) + self.bias.reshape(1, -1)


@variant("fc-forward")
def forward_with_a_row_of_ones(self, inputs):
    stacked = np.vstack([self.weights, self.bias])
    return np.column_stack([inputs, np.ones(len(inputs))]).dot(stacked)


@variant("fc-forward")
def forward_in_the_order_of_fortran(self, inputs):
    return np.asfortranarray(np.tensordot(inputs, self.weights, axes=1) + self.bias)


@variant("fc-forward")
def forward_as_a_transposed_view(self, inputs):
    self.last_inputs = inputs
    return (self.weights.T @ inputs.T + self.bias[:, None]).T


@variant("fc-forward")
def forward_in_float32(self, inputs):
    outputs = inputs @ self.weights + self.bias
    return outputs.astype(np.float32) if inputs.dtype == np.float32 else outputs


@variant("fc-forward")
def forward_into_an_array(self, inputs):
    outputs = np.tile(np.asarray(self.bias, dtype=float), (inputs.shape[0], 1))
    for d in range(inputs.shape[1]):
        outputs += np.outer(inputs[:, d], self.weights[d])
    return outputs


# --- 1.3 the fully connected layer, backward


@variant("fc-backward")
def backward_by_dot(self, in_grads, inputs):
    out_grads = np.dot(in_grads, self.weights.T)
    self.w_grad, self.b_grad = np.dot(inputs.T, in_grads), np.sum(in_grads, 0)
    return out_grads


@variant("fc-backward")
def backward_by_einsum(self, in_grads, inputs):
    self.w_grad = np.einsum("nd,nc->dc", inputs, in_grads)
    self.b_grad = np.einsum("nc->c", in_grads)
    return np.einsum("nc,dc->nd", in_grads, self.weights)


@variant("fc-backward")
def backward_by_loops(self, in_grads, inputs):
    self.w_grad = np.zeros(self.weights.shape)
    self.b_grad = np.zeros(self.bias.shape)
    out_grads = np.zeros(inputs.shape)
    for n in range(inputs.shape[0]):
        for c in range(self.weights.shape[1]):
            self.b_grad[c] += in_grads[n, c]
            for d in range(self.weights.shape[0]):
                self.w_grad[d, c] += inputs[n, d] * in_grads[n, c]
                out_grads[n, d] += self.weights[d, c] * in_grads[n, c]
    return out_grads


@variant("fc-backward")
def backward_over_the_examples(self, in_grads, inputs):
    self.w_grad = sum(np.outer(x, g) for x, g in zip(inputs, in_grads, strict=True))
    self.b_grad = np.ones(len(in_grads)) @ in_grads
    return np.stack([self.weights @ g for g in in_grads])


@variant("fc-backward")
def backward_by_transposed_views(self, in_grads, inputs):
    self.w_grad = (in_grads.T @ inputs).T
    self.b_grad = np.add.reduce(np.asfortranarray(in_grads))
    return (self.weights @ in_grads.T).T


@variant("fc-backward")
def backward_in_float32(self, in_grads, inputs):
    kind = np.float32 if inputs.dtype == np.float32 else np.float64
    self.w_grad = np.tensordot(inputs, in_grads, axes=(0, 0)).astype(kind)
    self.b_grad = in_grads.sum(axis=0).astype(kind)
    return np.tensordot(in_grads, self.weights, axes=(1, 1)).astype(kind)


@variant("fc-backward")
def backward_into_arrays_of_its_own(self, in_grads, inputs):
    if not hasattr(self, "own"):
        self.own = np.empty(self.weights.shape), np.empty(self.bias.shape)
        self.w_grad, self.b_grad = self.own
    self.own[0][:] = inputs.T @ in_grads
    self.own[1][:] = in_grads.sum(0)
    return in_grads @ self.weights.T


@variant("fc-forward", "fc-backward")
class Remembering:
    """Forward keeps the inputs, backward uses what was kept."""

    def __init__(self, in_features, out_features, initializer=None):
        draw = initializer or (lambda shape: 0.01 * np.random.default_rng(0).normal(size=shape))
        self.weights, self.bias = draw((in_features, out_features)), np.zeros(out_features)
        self.w_grad = self.b_grad = self.kept = None

    def forward(self, inputs):
        self.kept = inputs.copy()
        return self.kept @ self.weights + self.bias

    def backward(self, in_grads, inputs):
        self.w_grad = self.kept.T @ in_grads
        self.b_grad = in_grads.sum(axis=0)
        return in_grads @ self.weights.T


@variant("fc-forward", "fc-backward")
class WithHelpers:
    """Forward and backward through one product with the bias as a last row of the weights."""

    def __init__(self, in_features, out_features, initializer=None):
        self.in_features, self.out_features = in_features, out_features
        self.weights = np.zeros((in_features, out_features), order="F")
        self.bias = np.zeros(out_features)
        self.w_grad, self.b_grad = np.zeros_like(self.weights), np.zeros_like(self.bias)

    def _with_ones(self, inputs):
        return np.concatenate([inputs, np.ones((inputs.shape[0], 1))], axis=1)

    def forward(self, inputs):
        return self._with_ones(inputs) @ np.concatenate([self.weights, self.bias[None]])

    def backward(self, in_grads, inputs):
        both = self._with_ones(inputs).T @ in_grads
        self.w_grad, self.b_grad = both[:-1], both[-1]
        return in_grads @ self.weights.T


# --- 1.4 squared error


@variant("mse")
def mse_by_loops(scores, targets, weights, reg):
    num_examples, num_class = scores.shape
    loss, scores_grad = 0.0, np.zeros((num_examples, num_class))
    for n in range(num_examples):
        for c in range(num_class):
            error = float(scores[n, c]) - float(targets[n, c])
            loss += error * error / num_examples
            scores_grad[n, c] = 2 * error / num_examples
    weights_grad = np.zeros(weights.shape)
    for index, w in np.ndenumerate(weights):
        loss += reg * w * w
        weights_grad[index] = reg * w + reg * w
    return loss, scores_grad, weights_grad


@variant("mse")
def mse_by_norms(scores, targets, weights, reg):
    error = np.subtract(scores, targets, dtype=float)
    loss = np.linalg.norm(error) ** 2 / error.shape[0] + reg * np.linalg.norm(weights) ** 2
    return [loss, error * (2 / error.shape[0]), weights * (2 * reg)]


@variant("mse")
def mse_by_means(scores, targets, weights, reg):
    scores_grad = 2 * (scores - targets) / scores.shape[0]
    data = np.mean(np.sum(np.square(scores - targets), axis=1))
    penalty = reg * np.square(weights).sum()
    return data + penalty, scores_grad, 2 * reg * weights


@variant("mse")
def mse_by_einsum(scores, targets, weights, reg):
    error = np.asfortranarray(scores - targets * 1.0)
    loss = np.einsum("nc,nc->", error, error) / len(error) + reg * np.vdot(weights, weights)
    return np.asarray(loss), 2.0 / len(error) * error, 2.0 * reg * np.asfortranarray(weights)


@variant("mse")
def mse_in_float32(scores, targets, weights, reg):
    kind = np.float32 if scores.dtype == np.float32 else np.float64
    scores, targets = scores.astype(kind), targets.astype(kind)
    error = scores - targets
    loss = (error**2).sum(axis=1).mean() + kind(reg) * (weights.astype(kind) ** 2).sum()
    return kind(loss), (2 * error / kind(len(error))).astype(kind), 2 * reg * weights


@variant("mse")
def mse_on_copies(scores, targets, weights, reg):
    error = np.array(scores, dtype=float, copy=True)
    error -= targets
    weights_grad = weights.copy()
    weights_grad *= 2 * reg
    loss = float(np.trace(error @ error.T)) / len(error) + 0.5 * float((weights * weights_grad).sum())
    error *= 2
    error /= len(scores)
    return loss, error, weights_grad


@variant("mse")
def mse_through_its_mean_over_all_entries(scores, targets, weights, reg):
    loss = ((scores - targets) ** 2).mean() * scores.shape[1]
    if reg:
        loss += reg * sum((weights**2).ravel().tolist())
    return loss, (scores - targets) / (scores.shape[0] / 2), reg * 2 * weights


# --- 1.5 gradient descent


@variant("gradient-descent")
def descent_with_new_arrays(layer, loss_function, train, test, *, lr, lr_decay, reg, epochs):
    (images, labels), (test_images, test_labels) = train, test
    history = dict(loss=[], train_accuracy=[], test_accuracy=[], lr=[])
    targets = np.zeros((len(labels), len(layer.bias)))
    targets[np.arange(len(labels)), labels] = 1
    while len(history["lr"]) < epochs:
        loss, scores_grad, weights_grad = loss_function(layer.forward(images), targets, layer.weights, reg)
        layer.backward(scores_grad, images)
        layer.weights = layer.weights - lr * layer.w_grad - lr * weights_grad
        layer.bias = layer.bias - lr * layer.b_grad
        history["loss"] += [loss]
        history["train_accuracy"] += [accuracy(labels, layer.forward(images))]  # noqa: F821
        history["test_accuracy"] += [accuracy(test_labels, layer.forward(test_images))]  # noqa: F821
        history["lr"] += [lr]
        lr = lr * lr_decay
    return history


@variant("gradient-descent")
def descent_in_place(layer, loss_function, train, test, *, lr, lr_decay, reg, epochs):
    history = {key: [] for key in ("lr", "loss", "train_accuracy", "test_accuracy", "seconds")}
    num_class = layer.weights.shape[1]
    for epoch in range(epochs):
        rate = lr * lr_decay**epoch
        scores = layer.forward(train[0])
        loss, scores_grad, weights_grad = loss_function(scores, np.eye(num_class)[train[1]], layer.weights, reg)
        layer.backward(scores_grad, train[0])
        layer.weights[:] -= rate * (layer.w_grad + weights_grad)
        np.subtract(layer.bias, rate * layer.b_grad, out=layer.bias)
        history["lr"].append(rate)
        history["loss"].append(float(loss))
        for name, (images, labels) in {"train": train, "test": test}.items():
            guesses = np.argmax(layer.forward(images), axis=1)
            history[name + "_accuracy"].append(float(np.mean(guesses == labels)))
        history["seconds"].append(0.1)
    return history


@variant("gradient-descent")
def descent_with_keywords(layer, loss_function, train, test, *, lr, lr_decay, reg, epochs):
    def measured(split):
        return accuracy(labels=split[1], scores=layer.forward(split[0]))  # noqa: F821

    rows = []
    for _ in range(epochs):
        scores = layer.forward(inputs=train[0])
        targets = (train[1][:, None] == np.arange(scores.shape[1])).astype(float)
        loss, scores_grad, weights_grad = loss_function(scores=scores, targets=targets, weights=layer.weights, reg=reg)
        layer.backward(in_grads=scores_grad, inputs=train[0])
        layer.weights, layer.bias = (
            layer.weights + (-lr) * (layer.w_grad + weights_grad),
            layer.bias + (-lr) * layer.b_grad,
        )
        rows.append((loss, measured(train), measured(test), lr))
        lr *= lr_decay
        print(f"epoch {len(rows)}: loss {loss:.3f}")
    return {key: list(column) for key, column in zip(("loss", "train_accuracy", "test_accuracy", "lr"), zip(*rows))}  # noqa: B905


@variant("gradient-descent")
def descent_with_arrays(layer, loss_function, train, test, *, lr, lr_decay, reg, epochs):
    history = {key: np.zeros(epochs) for key in ("loss", "train_accuracy", "test_accuracy")}
    history["lr"] = lr * lr_decay ** np.arange(epochs)
    targets = np.eye(layer.bias.size, dtype=np.float32)[train[1]]
    for epoch, rate in enumerate(history["lr"]):
        loss, scores_grad, weights_grad = loss_function(layer.forward(train[0]), targets, layer.weights, reg)
        history["loss"][epoch] = loss
        layer.backward(scores_grad, train[0])
        layer.w_grad += weights_grad
        layer.weights -= rate * layer.w_grad
        layer.bias -= rate * layer.b_grad
        history["train_accuracy"][epoch] = accuracy(train[1], layer.forward(train[0]))  # noqa: F821
        history["test_accuracy"][epoch] = accuracy(test[1], layer.forward(test[0]))  # noqa: F821
    return history


# --- 1.6 softmax cross-entropy, forward


@variant("softmax-forward")
def softmax_by_loops(self, inputs, targets):
    probabilities, loss = np.zeros(inputs.shape), 0.0
    for n in range(inputs.shape[0]):
        largest = max(inputs[n])
        total = 0.0
        for c in range(self.num_class):
            probabilities[n, c] = np.exp(inputs[n, c] - largest)
            total += probabilities[n, c]
        probabilities[n] /= total
        loss += np.log(total) - (inputs[n, targets[n]] - largest)
    return loss / inputs.shape[0], probabilities


@variant("softmax-forward")
def softmax_by_logaddexp(self, inputs, targets):
    log_sum = np.logaddexp.reduce(inputs.astype(float), axis=1)
    log_p = inputs - log_sum[:, np.newaxis]
    return -np.mean(log_p[range(len(targets)), targets]), np.exp(log_p)


@variant("softmax-forward")
def softmax_with_one_hot_targets(self, inputs, targets):
    one_hot = np.eye(self.num_class)[targets]
    shifted = inputs - np.max(inputs, axis=1)[:, None]
    log_p = shifted - np.log(np.sum(np.exp(shifted), axis=1))[:, None]
    self.one_hot, self.probabilities = one_hot, np.exp(log_p)
    return float(-(one_hot * log_p).sum() / len(inputs)), self.probabilities


@variant("softmax-forward")
def softmax_by_take_along_axis(self, inputs, targets):
    shifted = np.asfortranarray(inputs - np.amax(inputs, 1, keepdims=True))
    exps = np.exp(shifted)
    sums = exps.sum(-1, keepdims=True)
    at_target = np.take_along_axis(shifted, targets.astype(np.int64).reshape(-1, 1), 1)
    return [np.asarray((np.log(sums) - at_target).mean()), exps / sums]


@variant("softmax-forward")
def softmax_in_float32(self, inputs, targets):
    kind = inputs.dtype if inputs.dtype == np.float32 else np.float64
    shifted = (inputs - inputs.max(axis=1, keepdims=True)).astype(kind)
    exps = np.exp(shifted)
    losses = np.log(exps.sum(axis=1)) - shifted[np.arange(len(shifted)), targets]
    return losses.mean(dtype=kind), exps / exps.sum(axis=1, keepdims=True)


@variant("softmax-forward")
def softmax_of_differences(self, inputs, targets):
    wide = np.array(inputs, dtype=float)
    with np.errstate(over="ignore"):
        ratios = np.exp(wide[:, None, :] - wide[:, :, None])
    probabilities = 1 / ratios.sum(axis=2)
    largest = wide.max(axis=1)
    logs = largest + np.log(np.exp(wide - largest[:, None]).sum(axis=1))
    return np.average(logs - wide[np.arange(len(wide)), targets]), probabilities


@variant("softmax-forward")
def softmax_in_transposed_rows(self, inputs, targets):
    columns = inputs.T - inputs.max(axis=1)
    log_p = columns - np.log(np.exp(columns).sum(axis=0))
    return -log_p[targets, np.arange(len(targets))].sum() / len(targets), np.exp(log_p).T


# --- 1.7 softmax cross-entropy, backward


@variant("softmax-backward")
def gradient_from_forward(self, inputs, targets):
    _, probabilities = self.forward(inputs, targets)
    grads = probabilities.copy()
    grads[np.arange(len(inputs)), targets] -= 1.0
    grads /= len(inputs)
    return grads


@variant("softmax-backward")
def gradient_from_one_hot(self, inputs, targets):
    exps = np.exp(inputs - inputs.max(1, keepdims=True))
    return (exps / exps.sum(1, keepdims=True) - np.eye(inputs.shape[1])[targets]) / inputs.shape[0]


@variant("softmax-backward")
def gradient_by_loops(self, inputs, targets):
    grads = np.zeros(inputs.shape)
    for n, row in enumerate(inputs):
        exps = np.exp(row - row.max())
        for c in range(len(row)):
            grads[n, c] = (exps[c] / exps.sum() - (c == targets[n])) / len(inputs)
    return grads


@variant("softmax-backward")
def gradient_by_the_jacobian(self, inputs, targets):
    rows = []
    for row, target in zip(inputs.astype(float), targets, strict=True):
        exps = np.exp(row - np.max(row))
        p = exps / np.sum(exps)
        # dL/dp = -1/p at the target; times the row p_t (delta - p) of the Jacobian, the p_t cancels.
        rows.append(-(np.eye(len(p))[target] - p) / len(inputs))
    return np.array(rows)


@variant("softmax-backward")
def gradient_in_float32(self, inputs, targets):
    kind = np.float32 if inputs.dtype == np.float32 else np.float64
    exps = np.exp((inputs - inputs.max(axis=-1, keepdims=True)).astype(kind))
    grads = (exps / exps.sum(axis=-1, keepdims=True)).astype(kind)
    np.subtract.at(grads, (np.arange(len(targets)), targets), 1)
    return np.asfortranarray(grads / kind(len(targets)))


@variant("softmax-backward")
def gradient_as_a_transposed_view(self, inputs, targets):
    columns = np.exp(inputs.T - inputs.max(axis=1))
    columns /= columns.sum(axis=0)
    columns[targets, np.arange(len(targets))] -= 1
    return columns.T / inputs.shape[0]


@variant("softmax-forward", "softmax-backward")
class Caching:
    """Forward keeps the probabilities, backward uses what was kept."""

    def __init__(self, num_class):
        self.num_class = num_class
        self.probabilities = None

    def forward(self, inputs, targets):
        shifted = inputs - inputs.max(axis=1, keepdims=True)
        log_sum = np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        self.probabilities = np.exp(shifted - log_sum)
        return (log_sum[:, 0] - shifted[np.arange(len(targets)), targets]).mean(), self.probabilities

    def backward(self, inputs, targets):
        grads = self.probabilities - np.eye(self.num_class)[targets]
        return grads / len(grads)


@variant("softmax-forward", "softmax-backward")
class InSmallMethods:
    """One method for the logarithms, and the loss and its gradient from that."""

    def __init__(self, num_class):
        self.num_class = num_class

    def log_softmax(self, inputs):
        shifted = inputs - np.max(inputs, axis=1, keepdims=True)
        return shifted - np.log(np.sum(np.exp(shifted), axis=1, keepdims=True))

    def forward(self, inputs, targets):
        logs = self.log_softmax(inputs)
        return np.mean([-row[t] for row, t in zip(logs, targets, strict=True)]), np.exp(logs)

    def backward(self, inputs, targets):
        rows = np.exp(self.log_softmax(inputs))
        for row, t in zip(rows, targets, strict=True):
            row[t] -= 1
        return rows / rows.shape[0]


# --- 1.8 Keras's Dense by hand


@variant("dense-by-hand")
def dense_input_by_input(inputs, kernel, bias):
    outputs = np.asfortranarray(np.repeat(bias[np.newaxis], len(inputs), axis=0).astype(float))
    for column, weights in zip(inputs.T, kernel, strict=True):
        outputs += column[:, np.newaxis] * weights
    return outputs


@variant("dense-by-hand")
def dense_by_dot(inputs, kernel, bias):
    return np.dot(inputs, kernel) + bias


@variant("dense-by-hand")
def dense_by_einsum(inputs, kernel, bias):
    return np.einsum("...i,iu->...u", inputs, kernel) + bias


@variant("dense-by-hand")
def dense_by_units(inputs, kernel, bias):
    return np.stack([inputs @ kernel[:, u] + bias[u] for u in range(len(bias))], axis=-1)


@variant("dense-by-hand")
def dense_by_one_product(inputs, kernel, bias):
    return np.hstack([inputs, np.ones((len(inputs), 1))]) @ np.vstack([kernel, bias])


@variant("dense-by-hand")
def dense_as_a_transposed_view(inputs, kernel, bias):
    return np.add(kernel.T @ inputs.T, bias.reshape(-1, 1)).T
