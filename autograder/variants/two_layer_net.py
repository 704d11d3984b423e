"""Right solutions of `two-layer-net` in many forms: in three pieces or one, in loops, with einsum, float32, cached."""

from __future__ import annotations

import numpy as np

from autograder.variants import variant

# --- 2.1 forward


@variant("net-forward")
def relu_by_where(self, X):
    before = np.dot(X, self.params["W1"]) + self.params["b1"]
    hidden = np.where(before > 0, before, 0)
    return hidden, np.dot(hidden, self.params["W2"]) + self.params["b2"]


@variant("net-forward")
def relu_by_mask_in_a_list(self, X):
    hidden = X.dot(self.params["W1"])
    hidden += self.params["b1"].reshape(1, -1)
    hidden[hidden < 0] = 0
    return [hidden, hidden.dot(self.params["W2"]) + self.params["b2"]]


@variant("net-forward")
def forward_in_loops(self, X):
    W1, b1, W2, b2 = (self.params[name] for name in ("W1", "b1", "W2", "b2"))
    hidden, scores = np.zeros((len(X), len(b1))), np.zeros((len(X), len(b2)))
    for n in range(len(X)):
        for h in range(len(b1)):
            hidden[n, h] = max(0.0, sum(X[n, d] * W1[d, h] for d in range(X.shape[1])) + b1[h])
        for c in range(len(b2)):
            scores[n, c] = sum(hidden[n, h] * W2[h, c] for h in range(len(b1))) + b2[c]
    return hidden, scores


@variant("net-forward")
def forward_with_einsum_that_talks(self, X):
    import sys
    import warnings

    print("scores of", X.shape, file=sys.stderr)
    warnings.warn("this is no mistake", stacklevel=1)
    self.before = np.einsum("nd,dh->nh", X, self.params["W1"]) + self.params["b1"]
    self.hidden = (self.before + np.abs(self.before)) / 2
    return self.hidden, np.einsum("nh,hc->nc", self.hidden, self.params["W2"]) + self.params["b2"]


@variant("net-forward")
def forward_with_a_column_of_ones(self, X):
    ones = np.ones((len(X), 1))
    hidden = np.maximum(np.hstack([X, ones]) @ np.vstack([self.params["W1"], self.params["b1"]]), 0)
    return hidden, np.hstack([hidden, ones]) @ np.vstack([self.params["W2"], self.params["b2"]])


# --- 2.2 objective


@variant("net-objective")
def log_sum_exp(self, scores, y, reg):
    top = scores.max(axis=1)
    log_sum = top + np.log(np.sum(np.exp(scores - top[:, None]), axis=1))
    penalty = sum((W * W).sum() for name, W in self.params.items() if name[0] == "W")
    return float(np.mean(log_sum - scores[range(len(y)), y]) + reg * penalty)


@variant("net-objective")
def objective_image_by_image(self, scores, y, reg):
    total = 0.0
    for row, label in zip(scores, y, strict=True):
        shifted = row - np.max(row)
        total += -shifted[label] + np.log(np.sum(np.exp(shifted)))
    total /= scores.shape[0]
    for name in ("W1", "W2"):
        total += reg * np.sum(np.square(self.params[name]))
    return total


@variant("net-objective")
def objective_with_logaddexp(self, scores, y, reg):
    log_p = scores - np.logaddexp.reduce(scores, axis=1, keepdims=True)
    norms = np.linalg.norm(self.params["W1"]) ** 2 + np.linalg.norm(self.params["W2"]) ** 2
    return -np.take_along_axis(log_p, np.asarray(y).astype(int)[:, None], axis=1).mean() + reg * norms


@variant("net-objective")
def objective_with_one_hot_targets(self, scores, y, reg):
    scores = scores - np.amax(scores, axis=1, keepdims=True)
    log_p = scores - np.log(np.exp(scores).sum(1, keepdims=True))
    targets = np.eye(scores.shape[1])[y]
    data_loss = -(targets * log_p).sum() / len(targets)
    return np.array(data_loss + reg * (self.params["W1"] ** 2).sum() + reg * (self.params["W2"] ** 2).sum())


@variant("net-objective")
def objective_on_a_copy(self, scores, y, reg):
    scores = scores.copy()
    scores -= scores.max(axis=1).reshape(-1, 1)
    right = scores[np.arange(y.shape[0]), y]
    data_loss = (np.log(np.exp(scores).sum(axis=1)) - right).sum() / y.shape[0]
    weights = np.concatenate([self.params["W1"].ravel(), self.params["W2"].ravel()])
    return data_loss + reg * weights @ weights


@variant("net-objective")
def class_by_class(self, scores, y, reg):
    # the logarithm of a sum of exponentials of differences: no term overflows where the right class is on top
    total = 0.0
    for n in range(len(y)):
        differences = scores[n] - scores[n, y[n]]
        top = differences.max()
        total += top + np.log(np.exp(differences - top).sum())
    return total / len(y) + reg * np.sum(self.params["W1"] ** 2) + reg * np.sum(self.params["W2"] ** 2)


# --- 2.3 backward


@variant("net-backward")
def backward_with_one_hot(self, X, hidden, scores, y, reg):
    exps = np.exp(scores - scores.max(axis=1, keepdims=True))
    p = exps / np.sum(exps, axis=1, keepdims=True)
    delta = (p - np.eye(scores.shape[1])[y]) / scores.shape[0]
    grads = {"W2": np.dot(hidden.T, delta), "b2": np.sum(delta, axis=0)}
    back = np.dot(delta, self.params["W2"].T)
    back[hidden <= 0] = 0
    grads["W1"], grads["b1"] = np.dot(X.T, back), np.sum(back, axis=0)
    grads["W2"] += 2 * reg * self.params["W2"]
    grads["W1"] += reg * 2 * self.params["W1"]
    return grads


@variant("net-backward")
def backward_image_by_image(self, X, hidden, scores, y, reg):
    grads = {name: np.zeros(value.shape) for name, value in self.params.items()}
    for x, h, s, label in zip(X, hidden, scores, y, strict=True):
        delta = np.exp(s - s.max())
        delta /= delta.sum()
        delta[label] -= 1.0
        back = np.where(h > 0, self.params["W2"] @ delta, 0.0)
        grads["W2"] += np.outer(h, delta) / len(X)
        grads["b2"] += delta / len(X)
        grads["W1"] += np.outer(x, back) / len(X)
        grads["b1"] += back / len(X)
    for name in ("W1", "W2"):
        grads[name] += 2 * reg * self.params[name]
    return grads


@variant("net-backward")
def backward_with_einsum(self, X, hidden, scores, y, reg):
    log_p = scores - np.logaddexp.reduce(scores, axis=1, keepdims=True)
    delta = np.exp(log_p)
    delta[np.arange(len(y)), y] -= 1
    delta = delta / len(y)
    back = np.einsum("nc,hc,nh->nh", delta, self.params["W2"], (hidden > 0).astype(float))
    return {
        "b2": np.einsum("nc->c", delta),
        "W2": np.einsum("nh,nc->hc", hidden, delta) + 2 * reg * self.params["W2"],
        "b1": np.einsum("nh->h", back),
        "W1": np.einsum("nd,nh->dh", X, back) + 2 * reg * self.params["W1"],
        "X": back @ self.params["W1"].T,  # one more is no mistake
    }


@variant("net-backward")
def backward_in_one_product(self, X, hidden, scores, y, reg):
    ones = np.ones((len(X), 1))
    delta = np.exp(scores - scores.max(1)[:, None])
    delta /= delta.sum(1)[:, None]
    delta[range(len(y)), y] -= 1
    delta *= 1 / len(y)
    second = np.hstack([hidden, ones]).T @ delta
    first = np.hstack([X, ones]).T @ (delta @ self.params["W2"].T * np.sign(hidden))
    self.grads = {"W1": first[:-1], "b1": first[-1], "W2": second[:-1], "b2": second[-1]}
    return {
        name: self.grads[name] + (2 * reg * self.params[name] if name in ("W1", "W2") else 0) for name in self.grads
    }


@variant("net-objective", "net-backward")
class Probabilities:
    """Both pieces share a method of the student's own."""

    def __init__(self, input_size, hidden_size, output_size, std=1e-4):
        self.params = {
            "W1": std * np.random.randn(input_size, hidden_size),
            "b1": np.zeros(hidden_size),
            "W2": std * np.random.randn(hidden_size, output_size),
            "b2": np.zeros(output_size),
        }

    def loss(self, X, y=None, reg=0.0):
        hidden, scores = self.forward(X)
        if y is None:
            return scores
        return self.objective(scores, y, reg), self.backward(X, hidden, scores, y, reg)

    def forward(self, X):
        hidden = np.maximum(0, X @ self.params["W1"] + self.params["b1"])
        return hidden, hidden @ self.params["W2"] + self.params["b2"]

    def log_p(self, scores):
        shifted = scores - scores.max(axis=1, keepdims=True)
        return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))

    def objective(self, scores, y, reg):
        right = self.log_p(scores)[np.arange(len(y)), y]
        return -np.mean(right) + reg * sum(np.sum(self.params[name] ** 2) for name in ("W1", "W2"))

    def backward(self, X, hidden, scores, y, reg):
        delta = np.exp(self.log_p(scores))
        delta[np.arange(len(y)), y] -= 1
        delta /= len(y)
        back = (delta @ self.params["W2"].T) * (hidden > 0)
        grads = {"W1": X.T @ back, "b1": back.sum(0), "W2": hidden.T @ delta, "b2": delta.sum(0)}
        for name in ("W1", "W2"):
            grads[name] = grads[name] + 2 * reg * self.params[name]
        return grads


# --- 2.4 predict


@variant("net-predict")
def predict_by_forward(self, X):
    return self.forward(X)[1].argmax(axis=1)


@variant("net-predict")
def predict_from_the_parameters(self, X):
    hidden = np.maximum(0, X.dot(self.params["W1"]) + self.params["b1"])
    return np.argmax(hidden.dot(self.params["W2"]) + self.params["b2"], axis=-1)


@variant("net-predict")
def predict_image_by_image(self, X):
    scores = self.loss(X)
    labels = np.zeros(X.shape[0])
    for n in range(X.shape[0]):
        labels[n] = np.argmax(scores[n])
    return labels


@variant("net-predict")
def predict_by_probabilities(self, X):
    scores = self.loss(X, y=None)
    p = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.argmax(p / p.sum(axis=1, keepdims=True), axis=1).astype(np.int32)


@variant("net-predict")
def predict_by_sorting(self, X):
    return np.argsort(self.loss(X), axis=1)[:, -1]


# --- 2.5 train


@variant("net-train")
def train_as_in_the_course(
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
    num_train = X.shape[0]
    iterations_per_epoch = max(num_train / batch_size, 1)
    loss_history, train_acc_history, val_acc_history = [], [], []
    for it in range(num_iters):
        mask = np.random.choice(num_train, batch_size)
        X_batch, y_batch = X[mask], y[mask]
        loss, grads = self.loss(X_batch, y=y_batch, reg=reg)
        loss_history.append(loss)
        for param in self.params:
            self.params[param] -= learning_rate * grads[param]
        if it % iterations_per_epoch == 0:
            train_acc = (self.predict(X_batch) == y_batch).mean()
            val_acc = (self.predict(X_val) == y_val).mean()
            train_acc_history.append(train_acc)
            val_acc_history.append(val_acc)
            learning_rate *= learning_rate_decay
    return {"loss_history": loss_history, "train_acc_history": train_acc_history, "val_acc_history": val_acc_history}


@variant("net-train")
def train_shuffled_once_an_epoch(
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
    rng, epoch = np.random.default_rng(0), max(len(X) // batch_size, 1)
    losses, train_accuracies, val_accuracies = np.zeros(num_iters), [], []
    for i in range(num_iters):
        if i % epoch == 0:
            order = rng.permutation(len(X))
        rows = order[i % epoch * batch_size :][:batch_size]
        losses[i], grads = self.loss(X[rows], y[rows], reg)
        self.params = {name: value - learning_rate * grads[name] for name, value in self.params.items()}
        if i % epoch == epoch - 1:
            train_accuracies.append(float(np.mean(self.predict(X) == y)))
            val_accuracies.append(float(np.mean(self.predict(X_val) == y_val)))
            learning_rate = learning_rate * learning_rate_decay
    return dict(loss_history=losses, train_acc_history=train_accuracies, val_acc_history=val_accuracies)


@variant("net-train")
def train_by_scores_and_powers(
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
    curves = {"loss_history": [], "train_acc_history": [], "val_acc_history": [], "learning_rates": []}
    per_epoch = max(X.shape[0] // batch_size, 1)
    for iteration in range(num_iters):
        rate = learning_rate * learning_rate_decay ** (iteration // per_epoch)
        rows = np.random.randint(0, len(X), size=batch_size)
        loss, grads = self.loss(X[rows], y[rows], reg=reg)
        curves["loss_history"] += [float(loss)]
        for name in ("W1", "W2", "b1", "b2"):
            self.params[name] = self.params[name] + -rate * grads[name]
        if iteration % per_epoch == per_epoch - 1:
            curves["train_acc_history"].append(np.sum(self.loss(X[rows]).argmax(axis=1) == y[rows]) / batch_size)
            curves["val_acc_history"].append(np.sum(self.loss(X_val).argmax(axis=1) == y_val) / len(y_val))
            curves["learning_rates"].append(rate)
    return curves


@variant("net-train")
def train_with_the_pieces(
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
    losses, of_training, of_validation = [], [], []
    per_epoch = max(len(X) // batch_size, 1)
    for iteration in range(1, num_iters + 1):
        rows = np.random.permutation(len(X))[:batch_size]
        hidden, scores = self.forward(X[rows])
        losses.append(self.objective(scores, y[rows], reg))
        for name, grad in self.backward(X[rows], hidden, scores, y[rows], reg).items():
            self.params[name] = self.params[name] - learning_rate * grad
        if iteration % per_epoch == 0:
            of_training.append(np.mean(self.predict(X[rows]) == y[rows]))
            of_validation.append(np.mean(self.predict(X_val) == y_val))
            learning_rate *= learning_rate_decay
            if verbose:
                print(f"iteration {iteration}: loss {losses[-1]:.4f}")
    return {"loss_history": losses, "train_acc_history": of_training, "val_acc_history": of_validation}


@variant("net-train")
def train_with_validation_loss(
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
    histories = {"loss_history": [], "train_acc_history": [], "val_acc_history": [], "val_loss_history": []}
    per_epoch = max(len(X) // batch_size, 1)
    for iteration in range(num_iters):
        rows = np.random.choice(np.arange(len(X)), size=batch_size, replace=False)
        loss, grads = self.loss(np.take(X, rows, axis=0), np.take(y, rows), reg)
        histories["loss_history"].append(loss)
        for name, value in self.params.items():
            np.subtract(value, learning_rate * grads[name], out=value)
        if not (iteration + 1) % per_epoch:
            histories["train_acc_history"].append(np.mean(self.predict(X) == y))
            histories["val_acc_history"].append(np.mean(self.predict(X_val) == y_val))
            histories["val_loss_history"].append(self.loss(X_val, y_val, reg)[0])
            learning_rate *= learning_rate_decay
    return histories


# --- 2.1 to 2.5 in one class whose `loss` is one piece, as in the courses


@variant("net-forward", "net-objective", "net-backward", "net-predict", "net-train")
class InOnePiece:
    """Nothing but the courses' interface."""

    def __init__(self, input_size, hidden_size, output_size, std=1e-4):
        self.params = {}
        self.params["W1"] = std * np.random.randn(input_size, hidden_size)
        self.params["b1"] = np.zeros(hidden_size)
        self.params["W2"] = std * np.random.randn(hidden_size, output_size)
        self.params["b2"] = np.zeros(output_size)

    def loss(self, X, y=None, reg=0.0):
        W1, b1 = self.params["W1"], self.params["b1"]
        W2, b2 = self.params["W2"], self.params["b2"]
        N = X.shape[0]
        hidden = np.maximum(0, X.dot(W1) + b1)
        scores = hidden.dot(W2) + b2
        if y is None:
            return scores
        scores -= scores.max(axis=1, keepdims=True)
        log_p = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
        loss = -log_p[np.arange(N), y].sum() / N + reg * (np.sum(W1 * W1) + np.sum(W2 * W2))
        dscores = np.exp(log_p)
        dscores[np.arange(N), y] -= 1
        dscores /= N
        grads = {"W2": hidden.T.dot(dscores) + 2 * reg * W2, "b2": np.sum(dscores, axis=0)}
        dhidden = dscores.dot(W2.T)
        dhidden[hidden <= 0] = 0
        grads["W1"] = X.T.dot(dhidden) + 2 * reg * W1
        grads["b1"] = np.sum(dhidden, axis=0)
        return loss, grads

    def train(
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
        num_train = X.shape[0]
        iterations_per_epoch = max(num_train / batch_size, 1)
        loss_history, train_acc_history, val_acc_history = [], [], []
        for it in range(num_iters):
            indices = np.random.choice(num_train, batch_size, replace=True)
            X_batch, y_batch = X[indices], y[indices]
            loss, grads = self.loss(X_batch, y=y_batch, reg=reg)
            loss_history.append(loss)
            for key in self.params:
                self.params[key] -= learning_rate * grads[key]
            if it % iterations_per_epoch == 0:
                train_acc_history.append((self.predict(X_batch) == y_batch).mean())
                val_acc_history.append((self.predict(X_val) == y_val).mean())
                learning_rate *= learning_rate_decay
        return {
            "loss_history": loss_history,
            "train_acc_history": train_acc_history,
            "val_acc_history": val_acc_history,
        }

    def predict(self, X):
        return np.argmax(self.loss(X), axis=1)


# --- 2.6 forward of the sigmoid net


@variant("sigmoid-forward")
def sigmoid_with_a_warning(self, X):
    hidden = 1.0 / (1.0 + np.exp(-(X.dot(self.params["W1"]) + self.params["b1"])))
    return hidden, hidden.dot(self.params["W2"]) + self.params["b2"]


@variant("sigmoid-forward")
def sigmoid_in_two_branches(self, X):
    a = X @ self.params["W1"] + self.params["b1"]
    small = np.exp(-np.abs(a))
    hidden = np.where(a >= 0, 1 / (1 + small), small / (1 + small))
    return hidden, hidden @ self.params["W2"] + self.params["b2"]


@variant("sigmoid-forward")
def sigmoid_of_clipped_values(self, X):
    a = np.clip(X @ self.params["W1"] + self.params["b1"], -500, 500)
    hidden = 1 / (1 + np.exp(-a))
    return hidden, hidden @ self.params["W2"] + self.params["b2"]


@variant("sigmoid-forward")
def sigmoid_by_logaddexp(self, X):
    hidden = np.exp(-np.logaddexp(0, -(np.einsum("nd,dh->nh", X, self.params["W1"]) + self.params["b1"])))
    return hidden, np.einsum("nh,hc->nc", hidden, self.params["W2"]) + self.params["b2"]


@variant("sigmoid-forward")
def sigmoid_in_place_and_fortran_order(self, X):
    hidden = np.asfortranarray(X @ self.params["W1"] + self.params["b1"])
    hidden *= 0.5
    np.tanh(hidden, out=hidden)
    hidden += 1.0
    hidden *= 0.5
    return hidden, (self.params["W2"].T @ hidden.T + self.params["b2"][:, None]).T


# --- 2.7 squared error


@variant("sigmoid-objective")
def error_by_expanding_the_square(self, scores, y, reg):
    def squares(values):
        return float(np.einsum("ij,ij->", values, values))

    right = np.take_along_axis(scores, np.asarray(y)[:, None], axis=1).sum()
    data = (squares(scores) - 2 * right + len(y)) / len(y)
    return data + reg * squares(self.params["W1"]) + reg * squares(self.params["W2"])


@variant("sigmoid-objective")
def error_on_a_copy(self, scores, y, reg):
    error = scores.copy()
    error[np.arange(len(y)), y] -= 1
    penalty = sum(np.sum(np.square(self.params[name])) for name in ("W1", "W2"))
    return 1.0 / len(y) * np.sum(np.square(error)) + reg * penalty


@variant("sigmoid-objective")
def error_image_by_image(self, scores, y, reg):
    total = 0.0
    for n in range(scores.shape[0]):
        for c in range(scores.shape[1]):
            total += (scores[n, c] - (c == y[n])) ** 2
    return total / len(scores) + reg * (np.sum(self.params["W1"] ** 2) + np.sum(self.params["W2"] ** 2))


@variant("sigmoid-objective")
def error_as_a_mean_of_sums(self, scores, y, reg):
    targets = (np.arange(scores.shape[1]) == np.asarray(y)[:, None]).astype(float)
    loss = ((scores - targets) ** 2).sum(axis=1).mean()
    for value in self.params.values():
        loss += reg * np.sum(value**2) if value.ndim == 2 else 0
    return loss


@variant("sigmoid-objective")
def error_as_an_inner_product(self, scores, y, reg):
    error = (scores - np.eye(scores.shape[1])[y]).ravel()
    W1, W2 = self.params["W1"].ravel(), self.params["W2"].ravel()
    return float(error @ error / len(y) + reg * (W1 @ W1 + W2 @ W2))


# --- 2.8 backward of the sigmoid net


@variant("sigmoid-backward")
def slope_from_the_inputs(self, X, hidden, scores, y, reg):
    a = X @ self.params["W1"] + self.params["b1"]
    slope = 1 / (4 * np.cosh(np.clip(a, -300, 300) / 2) ** 2)
    delta = 2 / len(y) * (scores - np.eye(scores.shape[1])[y])
    back = (delta @ self.params["W2"].T) * slope
    return {
        "W1": X.T @ back + 2 * reg * self.params["W1"],
        "b1": np.sum(back, axis=0),
        "W2": hidden.T @ delta + 2 * reg * self.params["W2"],
        "b2": np.sum(delta, axis=0),
    }


@variant("sigmoid-backward")
def sigmoid_backward_layer_by_layer(self, X, hidden, scores, y, reg):
    def layer(inputs, weights, above):
        return {"W": np.tensordot(inputs, above, axes=(0, 0)) + 2 * reg * weights, "b": np.ones(len(above)) @ above}

    targets = np.zeros(scores.shape, order="F")
    np.put_along_axis(targets, np.asarray(y)[:, None], 1.0, axis=1)
    above = (scores - targets) * (2 / len(scores))
    below = np.einsum("nc,hc->nh", above, self.params["W2"]) * np.multiply(hidden, 1 - hidden)
    first, second = layer(X, self.params["W1"], below), layer(hidden, self.params["W2"], above)
    return {"W1": first["W"], "b1": first["b"], "W2": second["W"], "b2": second["b"]}


@variant("sigmoid-backward")
def slope_as_a_difference(self, X, hidden, scores, y, reg):
    delta = scores.copy()
    delta[np.arange(len(y)), y] -= 1
    delta *= 2.0 / len(y)
    back = np.dot(delta, self.params["W2"].T)
    back *= hidden - hidden**2
    grads = {"W1": np.dot(X.T, back), "b1": back.sum(axis=0), "W2": np.dot(hidden.T, delta), "b2": delta.sum(axis=0)}
    for name in ("W1", "W2"):
        grads[name] += 2 * reg * self.params[name]
    return grads


@variant("sigmoid-backward")
def sigmoid_backward_image_by_image(self, X, hidden, scores, y, reg):
    grads = {"W1": 2 * reg * self.params["W1"], "W2": 2 * reg * self.params["W2"], "b1": 0.0, "b2": 0.0}
    for x, h, s, label in zip(X, hidden, scores, y, strict=True):
        delta = 2 * (s - (np.arange(len(s)) == label)) / len(X)
        back = (self.params["W2"] @ delta) * h * (1 - h)
        grads["W2"] = grads["W2"] + np.outer(h, delta)
        grads["b2"] = grads["b2"] + delta
        grads["W1"] = grads["W1"] + np.outer(x, back)
        grads["b1"] = grads["b1"] + back
    return grads


@variant("sigmoid-backward")
def sigmoid_backward_with_einsum(self, X, hidden, scores, y, reg):
    targets = np.zeros(scores.shape)
    targets[np.arange(len(y)), y] = 1
    delta = (scores - targets) * 2 / len(y)
    back = np.einsum("nc,hc,nh->nh", delta, self.params["W2"], hidden * (1 - hidden))
    return {
        "W1": np.einsum("nd,nh->dh", X, back) + 2 * reg * self.params["W1"],
        "W2": np.einsum("nh,nc->hc", hidden, delta) + 2 * reg * self.params["W2"],
        "b1": np.einsum("nh->h", back),
        "b2": np.einsum("nc->c", delta),
    }


@variant("sigmoid-forward", "sigmoid-objective", "sigmoid-backward")
class SigmoidInOnePiece:
    """The second net with a `loss` in one piece, and nothing inherited."""

    def __init__(self, input_size, hidden_size, output_size, std=1e-4):
        self.params = {
            "W1": std * np.random.randn(input_size, hidden_size),
            "b1": np.zeros(hidden_size),
            "W2": std * np.random.randn(hidden_size, output_size),
            "b2": np.zeros(output_size),
        }

    def loss(self, X, y=None, reg=0.0):
        W1, b1, W2, b2 = self.params["W1"], self.params["b1"], self.params["W2"], self.params["b2"]
        with np.errstate(over="ignore"):
            h = 1.0 / (1.0 + np.exp(-(X.dot(W1) + b1)))
        y_pred = h.dot(W2) + b2
        if y is None:
            return y_pred
        dy_pred = y_pred - np.eye(W2.shape[1])[y]
        loss = 1.0 / len(X) * np.sum(np.square(dy_pred)) + reg * (np.sum(W2 * W2) + np.sum(W1 * W1))
        dy_pred *= 2.0 / len(X)
        dh = dy_pred.dot(W2.T) * h * (1 - h)
        grads = {"W2": h.T.dot(dy_pred) + 2 * reg * W2, "b2": dy_pred.sum(axis=0)}
        grads["W1"], grads["b1"] = X.T.dot(dh) + 2 * reg * W1, dh.sum(axis=0)
        return loss, grads

    def predict(self, X):
        return np.argmax(self.loss(X), axis=1)
