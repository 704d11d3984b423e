"""Right solutions of assignment 3 in many forms. They run inside the notebook: its names are there, ours are not."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.variants import variant

# What the notebook defines; the variants are read as text, so that these are never used.
SGD: Any = None
Adam: Any = None
He: Any = None


# 3.1 SGD


@variant("sgd")
def velocity_without_the_rate(self, params, grads, iteration):
    lr = self.rate(iteration)
    new_params = {}
    for name in params:
        velocity = self.momentum * self.velocities.get(name, 0.0) + grads[name]
        self.velocities[name] = velocity
        direction = grads[name] + self.momentum * velocity if self.nesterov else velocity
        new_params[name] = params[name] - lr * direction
    return new_params


@variant("sgd")
def zeros_before_the_first_step(self, params, grads, iteration):
    if not self.velocities:
        self.velocities = {name: np.zeros(np.shape(w)) for name, w in params.items()}
    lr, mu = self.rate(iteration), self.momentum
    before = dict(self.velocities)
    self.velocities = {name: mu * before[name] - lr * grads[name] for name in params}
    if self.nesterov:
        # the other way to write it: undo the old velocity's share of the look-ahead, take the new one's
        return {k: params[k] - mu * before[k] + (1 + mu) * self.velocities[k] for k in params if True} | {
            k: params[k] + mu * self.velocities[k] - lr * grads[k] for k in params
        }
    return {name: params[name] + self.velocities[name] for name in params}


@variant("sgd")
def own_state_updated_in_place(self, params, grads, iteration):
    rate = self.lr / (1.0 + self.decay * iteration)
    if self.scheduler_func:
        rate = self.scheduler_func(rate, iteration)
    result = {}
    for key in list(params.keys()):
        if key not in self.velocities:
            self.velocities[key] = np.zeros(params[key].shape, dtype=float)
        velocity = self.velocities[key]
        velocity *= self.momentum
        velocity -= rate * grads[key]
        result[key] = params[key].astype(float)
        if self.nesterov:
            result[key] += self.momentum * velocity
            result[key] -= rate * grads[key]
        else:
            result[key] += velocity
    return result


@variant("sgd")
def number_by_number(self, params, grads, iteration):
    new_params = {}
    for name, w in params.items():
        velocity = self.velocities.setdefault(name, {})
        new = np.empty(w.shape)
        for index in np.ndindex(w.shape):
            step = self.rate(iteration) * grads[name][index]
            velocity[index] = self.momentum * velocity.get(index, 0.0) - step
            new[index] = w[index] + (self.momentum * velocity[index] - step if self.nesterov else velocity[index])
        new_params[name] = new
    return new_params


@variant("sgd")
def talkative_with_plain_descent_apart(self, params, grads, iteration):
    print("step", iteration)
    import warnings

    warnings.warn("this is my own warning", stacklevel=1)
    eta = self.rate(iteration)
    if self.momentum == 0:
        return {name: np.subtract(params[name], eta * grads[name]) for name in params}
    if iteration == 0:
        self.history = {name: [np.zeros_like(params[name], dtype=np.float64)] for name in params}
    new_params = {}
    for name in params:
        self.history[name].append(self.momentum * self.history[name][-1] - eta * grads[name])
        newest = self.history[name][-1]
        look_ahead = self.momentum * newest - eta * grads[name]
        new_params[name] = params[name] + np.where(self.nesterov, look_ahead, newest)
    return new_params


# 3.2 Adam


@variant("adam")
def correction_in_the_rate(self, params, grads, iteration):
    t = iteration + 1
    alpha, root = self.rate(iteration), 1.0
    if self.bias_correction:
        root = np.sqrt(1 - self.beta_2**t)
        alpha = alpha * root / (1 - self.beta_1**t)
    new_params = {}
    for name in params:
        self.m[name] = self.beta_1 * self.m.get(name, 0) + (1 - self.beta_1) * grads[name]
        self.v[name] = self.beta_2 * self.v.get(name, 0) + (1 - self.beta_2) * np.square(grads[name])
        new_params[name] = params[name] - alpha * self.m[name] / (np.sqrt(self.v[name]) + self.epsilon * root)
    return new_params


@variant("adam")
def counts_its_own_steps(self, params, grads, iteration):
    self.t = getattr(self, "t", 0) + 1
    learning_rate = self.rate(iteration)
    new_params = {}
    for key in params:
        g = np.asarray(grads[key], dtype=np.float64)
        m, v = self.m.get(key, np.zeros_like(g)), self.v.get(key, np.zeros_like(g))
        m = m + (1 - self.beta_1) * (g - m)
        v = v + (1 - self.beta_2) * (g * g - v)
        self.m[key], self.v[key] = m, v
        if self.bias_correction:
            m = m / (1 - self.beta_1**self.t)
            v = v / (1 - self.beta_2**self.t)
        new_params[key] = params[key] - learning_rate * m / (v**0.5 + self.epsilon)
    return new_params


@variant("adam")
def powers_multiplied_up(self, params, grads, iteration):
    if iteration == 0:
        self.state = {name: [np.zeros(w.shape), np.zeros(w.shape)] for name, w in params.items()}
        self.power_1 = self.power_2 = 1.0
    self.power_1 *= self.beta_1
    self.power_2 *= self.beta_2
    correct_1 = 1 / (1 - self.power_1) if self.bias_correction else 1.0
    correct_2 = 1 / (1 - self.power_2) if self.bias_correction else 1.0
    new_params = {}
    for name, (m, v) in self.state.items():
        m *= self.beta_1
        m += (1 - self.beta_1) * grads[name]
        v *= self.beta_2
        v += (1 - self.beta_2) * grads[name] ** 2
        step = self.rate(iteration) * (m * correct_1) / (np.sqrt(v * correct_2) + self.epsilon)
        new_params[name] = params[name] - step
    return new_params


@variant("adam")
def number_by_number_from_all_gradients(self, params, grads, iteration):
    self.m.setdefault("all", []).append({name: np.array(g, dtype=float) for name, g in grads.items()})
    past = self.m["all"]
    new_params = {}
    for name in params:
        m = v = 0.0
        for g in past:
            m = self.beta_1 * m + (1 - self.beta_1) * g[name]
            v = self.beta_2 * v + (1 - self.beta_2) * g[name] ** 2
        if self.bias_correction:
            m, v = m / (1 - self.beta_1 ** len(past)), v / (1 - self.beta_2 ** len(past))
        new_params[name] = params[name] - self.rate(iteration) * m / (np.sqrt(v) + self.epsilon)
    return new_params


@variant("adam")
def float32_stays_float32(self, params, grads, iteration):
    lr = self.rate(iteration)
    new_params = dict.fromkeys(params)
    for name, w in params.items():
        kind = w.dtype if w.dtype.kind == "f" else np.float64
        g = grads[name].astype(kind)
        self.m[name] = (self.beta_1 * self.m.get(name, np.zeros(w.shape, kind)) + (1 - self.beta_1) * g).astype(kind)
        self.v[name] = (self.beta_2 * self.v.get(name, np.zeros(w.shape, kind)) + (1 - self.beta_2) * g**2).astype(kind)
        m_hat, v_hat = self.m[name].copy(), self.v[name].copy()
        if self.bias_correction:
            m_hat /= 1 - np.power(self.beta_1, iteration + 1)
            v_hat /= 1 - np.power(self.beta_2, iteration + 1)
        new_params[name] = (w - lr * m_hat / (np.sqrt(v_hat) + self.epsilon)).astype(kind)
    return new_params


# 3.3 forward, with what the docstring says that it keeps


@variant("net-forward")
def last_layer_apart(self, X):
    self.inputs = [X]
    for layer in range(1, self.num_layers):
        z = np.dot(self.inputs[-1], self.params["W" + str(layer)]) + self.params["b" + str(layer)]
        self.inputs.append(np.where(z > 0, z, 0.0))
    last = str(self.num_layers)
    self.scores = np.dot(self.inputs[-1], self.params["W" + last]) + self.params["b" + last]
    return self.scores


@variant("net-forward")
def sample_by_sample(self, X):
    sizes = [len(X[0])] + [len(self.params[f"b{i}"]) for i in range(1, self.num_layers + 1)]
    kept = [np.zeros((len(X), size)) for size in sizes]
    for n, x in enumerate(X):
        kept[0][n] = x
        for i in range(1, self.num_layers + 1):
            for unit in range(sizes[i]):
                value = sum(kept[i - 1][n] * self.params[f"W{i}"][:, unit]) + self.params[f"b{i}"][unit]
                kept[i][n, unit] = max(0, value) if i < self.num_layers else value
    self.inputs, self.scores = kept[:-1], kept[-1]
    return self.scores.copy()


@variant("net-forward")
def einsum_and_masks(self, X):
    a, self.inputs, self.masks = X, [], []
    for i in range(self.num_layers):
        self.inputs += [a]
        z = np.einsum("ni,io->no", a, self.params[f"W{i + 1}"]) + self.params[f"b{i + 1}"][np.newaxis, :]
        self.masks.append(z > 0)
        a = z * self.masks[-1]
    self.scores = z
    return z


@variant("net-forward")
def relu_in_place_on_its_own_array(self, X):
    def layer(i, given):
        self.inputs.append(given)
        out = given @ self.params[f"W{i}"]
        out = out + self.params[f"b{i}"]
        if i == self.num_layers:
            return out
        out[out < 0] = 0
        return layer(i + 1, out)

    self.inputs = []
    self.scores = layer(1, np.array(X, dtype=float))
    return self.scores


# 3.4 backward, from what the docstring of 3.3 says that forward keeps


@variant("net-backward")
def one_hot_targets(self, y, reg):
    N, C = self.scores.shape
    scores = self.scores - np.max(self.scores, axis=1, keepdims=True)
    exps = np.exp(scores)
    probabilities = exps / np.sum(exps, axis=1, keepdims=True)
    targets = np.eye(C)[y]
    loss = np.sum(np.log(exps.sum(axis=1)) - np.sum(targets * scores, axis=1)) / N
    loss += reg * sum(np.sum(self.params[f"W{i}"] ** 2) for i in range(1, self.num_layers + 1))
    delta = (probabilities - targets) / N
    grads = {}
    for i in reversed(range(1, self.num_layers + 1)):
        grads[f"W{i}"] = np.dot(self.inputs[i - 1].T, delta) + reg * 2 * self.params[f"W{i}"]
        grads[f"b{i}"] = np.sum(delta, axis=0)
        delta = np.dot(delta, self.params[f"W{i}"].T)
        delta[self.inputs[i - 1] <= 0] = 0
    self.grads = grads
    return float(loss)


@variant("net-backward")
def sum_of_samples(self, y, reg):
    N, loss = y.shape[0], 0.0
    grads = {name: 2 * reg * w if name[0] == "W" else np.zeros(w.shape) for name, w in self.params.items()}
    for n in range(N):
        s = self.scores[n]
        log_sum = np.logaddexp.reduce(s)
        loss += (log_sum - s[y[n]]) / N
        delta = np.exp(s - log_sum) / N
        delta[y[n]] -= 1 / N
        for i in range(self.num_layers, 0, -1):
            h = self.inputs[i - 1][n]
            grads[f"W{i}"] = grads[f"W{i}"] + np.outer(h, delta)
            grads[f"b{i}"] = grads[f"b{i}"] + delta
            delta = self.params[f"W{i}"] @ delta * np.sign(np.maximum(h, 0))
    self.grads = grads
    return loss + reg * sum(np.vdot(w, w) for name, w in self.params.items() if name[0] == "W")


@variant("net-backward")
def forward_again_with_all_sums_kept(self, y, reg):
    sums, hidden = [], [self.inputs[0]]
    for i in range(1, self.num_layers + 1):
        sums.append(hidden[-1] @ self.params[f"W{i}"] + self.params[f"b{i}"])
        hidden.append(np.maximum(sums[-1], 0))
    top = sums[-1] - sums[-1].max(axis=1)[:, None]
    log_p = top - np.log(np.sum(np.exp(top), axis=1))[:, None]
    loss = np.array(-np.mean(np.take_along_axis(log_p, y[:, None], axis=1)))
    self.grads, delta = {}, np.exp(log_p)
    np.subtract.at(delta, (range(len(y)), y), 1)
    delta = delta / len(y)
    for i in range(self.num_layers, 0, -1):
        w = self.params[f"W{i}"]
        loss = loss + reg * np.linalg.norm(w) ** 2
        self.grads[f"b{i}"] = np.ones(len(y)) @ delta
        self.grads[f"W{i}"] = np.einsum("ni,no->io", hidden[i - 1], delta) + 2 * reg * w
        if i > 1:
            delta = np.where(sums[i - 2] > 0, delta @ w.T, 0)
    return loss


@variant("net-backward")
def mean_at_the_end(self, y, reg):
    N = len(y)
    rows = range(N)
    scores = self.scores - self.scores[rows, self.scores.argmax(axis=1)].reshape(N, 1)
    p = np.exp(scores) / np.exp(scores).sum(axis=1).reshape(N, 1)
    losses = np.log(np.exp(scores).sum(axis=1)) - scores[rows, y]
    p[rows, y] -= 1
    fresh = {}
    for i in range(self.num_layers, 0, -1):
        fresh[f"W{i}"] = self.inputs[i - 1].T.dot(p) / N
        fresh[f"b{i}"] = p.mean(axis=0)
        p = p.dot(self.params[f"W{i}"].T) * (self.inputs[i - 1] > 0).astype(float)
    penalty = 0
    for name in fresh:
        if name.startswith("W"):
            fresh[name] += 2 * reg * self.params[name]
            penalty += (self.params[name] * self.params[name]).sum()
    self.grads = fresh
    return np.mean(losses) + reg * penalty


# 3.5 update


@variant("net-update")
def formulas_of_its_own(self, lr=0.001, momentum=0.0, beta_1=0.9, beta_2=0.999, epsilon=1e-8, opt="SGD"):
    self.t = getattr(self, "t", 0) + 1
    if self.t == 1:
        self.u, self.m, self.v = ({k: np.zeros(w.shape) for k, w in self.params.items()} for _ in range(3))
    for k in self.params:
        g = self.grads[k]
        if opt == "SGD":
            self.u[k] = momentum * self.u[k] - lr * g
            self.params[k] = self.params[k] + self.u[k]
        elif opt == "Adam":
            self.m[k] = beta_1 * self.m[k] + (1 - beta_1) * g
            self.v[k] = beta_2 * self.v[k] + (1 - beta_2) * g**2
            m_hat, v_hat = self.m[k] / (1 - beta_1**self.t), self.v[k] / (1 - beta_2**self.t)
            self.params[k] = self.params[k] - lr * m_hat / (np.sqrt(v_hat) + epsilon)


@variant("net-update")
def parameters_of_its_own_changed_in_place(
    self, lr=0.001, momentum=0.0, beta_1=0.9, beta_2=0.999, epsilon=1e-8, opt="SGD"
):
    state, t = self.optimizers, self.iteration + 1
    for i in range(1, self.num_layers + 1):
        for name in (f"W{i}", f"b{i}"):
            first, second = state.setdefault(name, [np.zeros_like(self.params[name]) for _ in range(2)])
            if opt == "Adam":
                first += (1 - beta_1) * (self.grads[name] - first)
                second += (1 - beta_2) * (self.grads[name] ** 2 - second)
                alpha = lr * np.sqrt(1 - beta_2**t) / (1 - beta_1**t)
                self.params[name] -= alpha * first / (np.sqrt(second) + epsilon * np.sqrt(1 - beta_2**t))
            else:
                first *= momentum
                first += self.grads[name]
                self.params[name] -= lr * first
    self.iteration = t


@variant("net-update")
def both_optimizers_made_at_once(self, lr=0.001, momentum=0.0, beta_1=0.9, beta_2=0.999, epsilon=1e-8, opt="SGD"):
    if not self.optimizers:
        self.optimizers = {
            "SGD": SGD(lr=lr, momentum=momentum),
            "Adam": Adam(lr=lr, beta_1=beta_1, beta_2=beta_2, epsilon=epsilon),
        }
    optimizer = self.optimizers[opt]
    optimizer.lr = lr
    new = optimizer.update(self.params, self.grads, iteration=self.iteration)
    for name in self.params:
        self.params[name] = new[name]
    self.iteration += 1
    return self.params


@variant("net-update")
def the_rate_by_a_scheduler(self, lr=0.001, momentum=0.0, beta_1=0.9, beta_2=0.999, epsilon=1e-8, opt="SGD"):
    self.lr_now = lr
    if not hasattr(self, "optimizer"):

        def this_calls_rate(base, iteration):
            return self.lr_now

        if opt == "Adam":
            self.optimizer = Adam(1.0, beta_1, beta_2, epsilon, scheduler_func=this_calls_rate)
        else:
            self.optimizer = SGD(1.0, momentum, scheduler_func=this_calls_rate)
        self.steps = 0
    self.params = dict(self.optimizer.update(self.params, self.grads, self.steps))
    self.steps += 1


# The whole net, with other habits


@variant("net-forward", "net-backward")
class CacheOfItsOwn:
    def __init__(self, input_size, hidden_sizes, num_classes, num_layers, seed=0):
        self.num_layers, self.seed = num_layers, seed
        sizes = [input_size, *hidden_sizes, num_classes]
        self.params, self.grads = {}, {}
        for i in range(num_layers):
            self.params[f"W{i + 1}"] = He(seed + i)((sizes[i], sizes[i + 1]))
            self.params[f"b{i + 1}"] = np.zeros(sizes[i + 1])
        self.optimizers, self.iteration = {}, 0

    def forward(self, X):
        self.cache = {"h0": X}
        for i in range(1, self.num_layers + 1):
            self.cache[f"z{i}"] = self.cache[f"h{i - 1}"] @ self.params[f"W{i}"] + self.params[f"b{i}"]
            self.cache[f"h{i}"] = self.cache[f"z{i}"].clip(min=0)
        return self.cache[f"z{self.num_layers}"]

    def backward(self, y, reg):
        z = self.cache[f"z{self.num_layers}"]
        z = z - z.max(axis=1, keepdims=True)
        sums = np.exp(z).sum(axis=1, keepdims=True)
        loss = float((np.log(sums[:, 0]) - z[np.arange(y.size), y]).sum() / y.size)
        dz = np.exp(z) / sums
        dz[np.arange(y.size), y] -= 1.0
        dz /= y.size
        for i in range(self.num_layers, 0, -1):
            self.grads[f"W{i}"] = self.cache[f"h{i - 1}"].T @ dz + 2.0 * reg * self.params[f"W{i}"]
            self.grads[f"b{i}"] = dz.sum(0)
            loss += reg * float((self.params[f"W{i}"] ** 2).sum())
            if i > 1:
                dz = dz @ self.params[f"W{i}"].T * (self.cache[f"z{i - 1}"] > 0)
        return loss


@variant("net-forward", "net-backward", "net-update")
class BackwardReadyInForward:
    """Each layer leaves behind a function that takes its gradient down."""

    def __init__(self, input_size, hidden_sizes, num_classes, num_layers, seed=0):
        rng, self.num_layers = np.random.default_rng(seed), num_layers
        sizes = (input_size, *hidden_sizes, num_classes)
        self.params = {}
        for i, (a, b) in enumerate(zip(sizes, sizes[1:], strict=False), start=1):
            self.params[f"W{i}"], self.params[f"b{i}"] = rng.normal(0, np.sqrt(2 / a), (a, b)), np.zeros(b)
        self.grads, self.optimizer, self.count = {}, None, 0

    def _linear(self, i, h):
        w = self.params[f"W{i}"]

        def down(d, reg):
            self.grads[f"W{i}"], self.grads[f"b{i}"] = h.T @ d + 2 * reg * w, d.sum(axis=0)
            return d @ w.T

        self.tape.append(down)
        return h @ w + self.params[f"b{i}"]

    def _relu(self, z):
        self.tape.append(lambda d, reg: d * (z > 0))
        return np.maximum(z, 0)

    def forward(self, X):
        self.tape = []
        for i in range(1, self.num_layers):
            X = self._relu(self._linear(i, X))
        self.scores = self._linear(self.num_layers, X)
        return self.scores

    def backward(self, y, reg):
        self.grads = {}
        log_p = self.scores - np.logaddexp.reduce(self.scores, axis=1, keepdims=True)
        d = (np.exp(log_p) - np.eye(log_p.shape[1])[y]) / len(y)
        for down in reversed(self.tape):
            d = down(d, reg)
        weights = [self.params[f"W{i}"] for i in range(1, self.num_layers + 1)]
        return -np.mean([row[label] for row, label in zip(log_p, y, strict=True)]) + reg * sum(
            np.sum(np.square(w)) for w in weights
        )

    def update(self, lr=0.001, momentum=0.0, beta_1=0.9, beta_2=0.999, epsilon=1e-8, opt="SGD"):
        if self.optimizer is None:
            self.optimizer = Adam(lr, beta_1, beta_2, epsilon) if opt == "Adam" else SGD(lr, momentum=momentum)
        self.optimizer.lr = lr
        self.params = self.optimizer.update(self.params, self.grads, self.count)
        self.count = self.count + 1
