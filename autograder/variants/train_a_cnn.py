"""Right solutions of `train-a-cnn` in other words than the notebook's. Names that only the notebook has are placeholders."""

from typing import Any

import numpy as np

from autograder.variants import variant

# A variant is run as a cell of the notebook, where these names mean what they say.
Net: Any = object
sample_batches: Any = None
due: Any = None
Convolution: Any = None
ReLU: Any = None
Pooling: Any = None
Dropout: Any = None
Flatten: Any = None
FCLayer: Any = None
He: Any = None


@variant("sample-batches")
def a_list_of_slices(n, batch_size, rng):
    order = rng.permutation(n)
    return [order[i : i + batch_size] for i in range(0, n, batch_size)]


@variant("sample-batches")
def array_split(n, batch_size, rng):
    indices = np.arange(n)
    rng.shuffle(indices)
    return np.split(indices, range(batch_size, n, batch_size))


@variant("sample-batches")
def choice_without_replacement(n, batch_size, rng):
    order = rng.choice(n, size=n, replace=False)
    count = int(np.ceil(n / batch_size))
    for k in range(count):
        yield order[k * batch_size : min((k + 1) * batch_size, n)]


@variant("sample-batches")
def lists_of_integers(n, batch_size, rng):
    rest = [int(k) for k in np.argsort(rng.random(n))]
    while rest:
        yield rest[:batch_size]
        rest = rest[batch_size:]


@variant("train-step")
def layer_by_layer(self, images, labels):
    self.set_mode(True)
    inputs = []
    x = images
    for layer in self.layers:
        inputs.append(x)
        x = layer.forward(x)
    loss, probabilities = self.loss.forward(x, labels)
    grad = self.loss.backward(x, labels)
    for k in range(len(self.layers) - 1, -1, -1):
        grad = self.layers[k].backward(grad, inputs[k])
    params = self.params()
    loss = loss + self.regularization.forward(params)
    grads, more = self.grads(), self.regularization.backward(params)
    new = self.optimizer.update(params, {name: grads[name] + more[name] for name in grads}, self.iteration)
    for name in new:
        k, attribute = name.split(".")
        setattr(self.layers[int(k)], attribute, new[name])
    self.iteration = self.iteration + 1
    return loss, float((probabilities.argmax(axis=1) == labels).sum()) / len(labels)


@variant("train-step")
def accuracy_of_the_scores(self, images, labels):
    self.set_mode(True)
    scores = self.forward(images)
    accuracy = np.mean(np.argmax(scores, axis=-1) == labels)
    data_loss, _ = self.loss.forward(scores, labels)
    self.backward(self.loss.backward(scores, labels))
    params = self.params()
    grads = self.grads()
    penalty = self.regularization.backward(params)
    for name in grads:
        grads[name] = grads[name] + penalty[name]
    total_loss = data_loss + self.regularization.forward(params)
    self.set_params(self.optimizer.update(params, grads, self.iteration))
    self.iteration += 1
    return total_loss, accuracy


@variant("train-step")
def a_list_of_two(self, images, labels):
    self.set_mode(training=True)
    scores = self.forward(images.copy())
    loss, probabilities = self.loss.forward(scores, labels)
    self.backward(self.loss.backward(scores, labels))
    params = {name: value.copy() for name, value in self.params().items()}
    penalty, grads = self.regularization, self.grads()
    both = {name: np.add(grads[name], g) for name, g in penalty.backward(params).items()}
    self.set_params(self.optimizer.update(params=params, grads=both, iteration=self.iteration))
    self.iteration += 1
    hits = [int(np.argmax(p)) == int(label) for p, label in zip(probabilities, labels, strict=True)]
    return [loss + penalty.forward(params), sum(hits) / len(hits)]


@variant("train-step")
def noisy_and_in_small_pieces(self, images, labels):
    import sys

    print("step", self.iteration, file=sys.stderr)

    def gradients():
        sums = self.grads()
        extra = self.regularization.backward(self.params())
        return {name: sums[name] + extra[name] for name in sums}

    self.set_mode(True)
    scores = self.forward(images)
    loss, probabilities = self.loss.forward(scores, labels)
    loss += self.regularization.forward(self.params())
    self.backward(self.loss.backward(scores, labels))
    step, self.iteration = self.iteration, self.iteration + 1
    self.set_params(self.optimizer.update(self.params(), gradients(), step))
    return np.array(loss), np.array(np.mean(probabilities.argmax(1) == labels))


@variant("evaluate")
def lists_and_one_mean(self, images, labels, batch_size):
    self.set_mode(False)
    losses, right = [], []
    for start in range(0, len(images), batch_size):
        x, y = images[start : start + batch_size], labels[start : start + batch_size]
        scores = self.forward(x)
        losses.extend([self.loss.forward(scores, y)[0]] * len(y))
        right.extend(scores.argmax(axis=1) == y)
    self.set_mode(True)
    return float(np.mean(losses)), float(np.mean(right))


@variant("evaluate")
def weighted_average(self, images, labels, batch_size):
    self.set_mode(False)
    pieces = np.array_split(np.arange(len(images)), -(-len(images) // batch_size))
    losses, shares = [], []
    for piece in pieces:
        loss, probabilities = self.loss.forward(self.forward(images[piece]), labels[piece])
        losses.append(loss)
        shares.append(np.mean(probabilities.argmax(axis=1) == labels[piece]))
    self.set_mode(True)
    sizes = [len(piece) for piece in pieces]
    return np.average(losses, weights=sizes), np.average(shares, weights=sizes)


@variant("evaluate")
def all_scores_first(self, images, labels, batch_size):
    self.set_mode(False)
    try:
        scores = np.concatenate(
            [self.forward(images[i : i + batch_size]) for i in range(0, images.shape[0], batch_size)]
        )
    finally:
        self.set_mode(True)
    loss, probabilities = self.loss.forward(scores, labels)
    return loss, (np.argmax(probabilities, axis=1) == labels).mean()


@variant("evaluate")
def a_while_loop(self, images, labels, batch_size):
    self.set_mode(training=False)
    total, right, done = 0, 0, 0
    while done < len(labels):
        end = min(done + batch_size, len(labels))
        scores = self.forward(images[done:end])
        loss = self.loss.forward(scores, labels[done:end])[0]
        total = total + loss * (end - done)
        for row, label in zip(scores, labels[done:end], strict=True):
            right += np.argmax(row) == label
        done = end
    self.set_mode(training=True)
    return [total / done, right / done]


@variant("train")
def with_a_counter_of_its_own(
    self, dataset, train_batch, val_batch, test_batch, epochs, val_intervals, test_intervals, print_intervals
):
    histories = {"train": [], "val": [], "test": []}
    iteration = 0
    for _ in range(epochs):
        for indices in sample_batches(len(dataset.train), train_batch, self.rng):
            loss, accuracy = self.train_step(dataset.train.images[indices], dataset.train.labels[indices])
            iteration += 1
            histories["train"].append([iteration, loss, accuracy])
            for split, size, interval in (("val", val_batch, val_intervals), ("test", test_batch, test_intervals)):
                if interval and iteration % interval == 0:
                    part = getattr(dataset, split)
                    loss, accuracy = self.evaluate(part.images, part.labels, size)
                    histories[split].append([iteration, loss, accuracy])
    return tuple(np.array(rows, dtype=float).reshape(-1, 3) for rows in histories.values())


@variant("train")
def growing_arrays(
    self, dataset, train_batch, val_batch, test_batch, epochs, val_intervals, test_intervals, print_intervals
):
    curves = [np.zeros((0, 3)) for _ in range(3)]
    for epoch in range(1, epochs + 1):
        for batch in sample_batches(dataset.train.labels.size, train_batch, self.rng):
            images = dataset.train.images[batch, ...]
            answer = self.train_step(images, dataset.train.labels[batch])
            curves[0] = np.vstack([curves[0], (self.iteration, *answer)])
            if due(self.iteration, val_intervals):
                answer = self.evaluate(dataset.val.images, dataset.val.labels, batch_size=val_batch)
                curves[1] = np.vstack([curves[1], (self.iteration, *answer)])
            if due(self.iteration, test_intervals):
                answer = self.evaluate(dataset.test.images, dataset.test.labels, batch_size=test_batch)
                curves[2] = np.vstack([curves[2], (self.iteration, *answer)])
            if due(self.iteration, print_intervals):
                print("epoch", epoch, curves[0][-1])
    return curves


@variant("train")
def filled_arrays(
    self, dataset, train_batch, val_batch, test_batch, epochs, val_intervals, test_intervals, print_intervals
):
    per_epoch = -(-len(dataset.train.images) // train_batch)
    train = np.empty((epochs * per_epoch, 3))
    val, test = [], []
    step = 0
    for _ in range(epochs):
        for indices in list(sample_batches(len(dataset.train.images), train_batch, self.rng)):
            x, y = np.take(dataset.train.images, indices, axis=0), np.take(dataset.train.labels, indices)
            train[step, 1:] = self.train_step(x, y)
            step += 1
            train[step - 1, 0] = step
            if due(step, val_intervals):
                val += [(step, *self.evaluate(dataset.val.images, dataset.val.labels, val_batch))]
            if due(step, test_intervals):
                test += [(step, *self.evaluate(dataset.test.images, dataset.test.labels, test_batch))]
    return [train, np.array(val).reshape(len(val), 3), np.array(test).reshape(len(test), 3)]


@variant("train")
def with_a_helper(
    self, dataset, train_batch, val_batch, test_batch, epochs, val_intervals, test_intervals, print_intervals
):
    def measured(split, size):
        self.set_mode(False)
        loss, accuracy = self.evaluate(split.images, split.labels, size)
        self.set_mode(True)
        return self.iteration, loss, accuracy

    rows = ([], [], [])
    epoch = 0
    while epoch < epochs:
        for indices in sample_batches(dataset.train.images.shape[0], train_batch, self.rng):
            loss, accuracy = self.train_step(dataset.train.images[indices], dataset.train.labels[indices])
            rows[0].append((self.iteration, loss, accuracy))
            if val_intervals > 0 and self.iteration % val_intervals == 0:
                rows[1].append(measured(dataset.val, val_batch))
            if test_intervals > 0 and self.iteration % test_intervals == 0:
                rows[2].append(measured(dataset.test, test_batch))
        epoch += 1
    return tuple(np.array(part, dtype=np.float64) if part else np.empty((0, 3)) for part in rows)


@variant("mnist-net")
class AppendedOneByOne(Net):
    """Layers appended to a list that the base class made, sizes kept on the way."""

    def __init__(self, image_shape=(1, 28, 28), num_class=10, seed=0):
        super().__init__([])
        he = He(seed)
        c, h, w = image_shape
        for out in (6, 16):
            params = {"kernel_h": 3, "kernel_w": 3, "stride": 1, "pad": 0, "in_channel": c, "out_channel": out}
            self.layers.append(Convolution(params, he))
            self.layers.append(ReLU())
            c, h, w = out, h - 2, w - 2
        self.layers.append(Pooling({"pool_type": "max", "pool_height": 2, "pool_width": 2, "stride": 2, "pad": 0}))
        h, w = (h - 2) // 2 + 1, (w - 2) // 2 + 1
        self.layers += [Dropout(0.25), Flatten(), FCLayer(c * h * w, 128, he), ReLU(), Dropout(0.5)]
        self.layers.append(FCLayer(128, num_class, he))


@variant("mnist-net")
class KeywordArguments(Net):
    """Everything by keyword, an initializer for each layer."""

    def __init__(self, image_shape=(1, 28, 28), num_class=10, seed=0):
        first = dict(kernel_h=3, kernel_w=3, stride=1, pad=0, in_channel=image_shape[0], out_channel=6)
        second = dict(first, in_channel=6, out_channel=16)
        pool = dict(pool_type="max", pool_height=2, pool_width=2, stride=2, pad=0)
        sides = [(side - 4) // 2 for side in image_shape[1:]]
        hidden = FCLayer(in_features=16 * sides[0] * sides[1], out_features=128, initializer=He(seed + 2))
        scores = FCLayer(in_features=128, out_features=num_class, initializer=He(seed + 3))
        convolutions = [Convolution(conv_params=p, initializer=He(seed + k)) for k, p in enumerate((first, second))]
        start = [convolutions[0], ReLU(), convolutions[1], ReLU(), Pooling(pool_params=pool)]
        drop = [Dropout(ratio=0.25, seed=seed), Dropout(ratio=0.5, seed=seed)]
        super().__init__([*start, drop[0], Flatten(), hidden, ReLU(), drop[1], scores])


@variant("mnist-net")
class AskTheLayers(Net):
    """Finds the number of features by sending one image through the first layers."""

    def __init__(self, image_shape=(1, 28, 28), num_class=10, seed=0):
        he = He(seed)
        window = {"kernel_h": 3, "kernel_w": 3, "stride": 1, "pad": 0}
        front = [
            Convolution({**window, "in_channel": image_shape[0], "out_channel": 6}, he),
            ReLU(),
            Convolution({**window, "in_channel": 6, "out_channel": 16}, he),
            ReLU(),
            Pooling({"pool_type": "max", "pool_height": 2, "pool_width": 2, "stride": 2, "pad": 0}),
        ]
        x = np.zeros((1, *image_shape))
        for layer in front:
            x = layer.forward(x)
        back = [Dropout(0.25), Flatten(), FCLayer(x.size, 128, he), ReLU(), Dropout(0.5), FCLayer(128, num_class, he)]
        super().__init__(front + back)


@variant("mnist-net")
class AFewMoreAttributes(Net):
    """Names for its parts, and a generator of its own for each dropout."""

    def __init__(self, image_shape=(1, 28, 28), num_class=10, seed=0, hidden=128):
        self.image_shape, self.num_class = tuple(image_shape), num_class
        channels, height, width = self.image_shape
        he = He(seed=seed)
        self.conv1 = Convolution(self.conv(channels, 6), he)
        self.conv2 = Convolution(self.conv(6, 16), he)
        self.pool = Pooling({"stride": 2, "pad": 0, "pool_width": 2, "pool_height": 2, "pool_type": "max"})
        self.fc1 = FCLayer(16 * int((height - 4) / 2) * int((width - 4) / 2), hidden, he)
        self.fc2 = FCLayer(hidden, num_class, he)
        middle = [self.pool, Dropout(0.25, seed), Flatten(), self.fc1, ReLU(), Dropout(0.5, seed)]
        super().__init__([self.conv1, ReLU(), self.conv2, ReLU(), *middle, self.fc2])

    @staticmethod
    def conv(in_channel, out_channel):
        sizes = {"kernel_h": 3, "kernel_w": 3, "stride": 1, "pad": 0}
        return {**sizes, "in_channel": in_channel, "out_channel": out_channel}


@variant("predict")
def filled_array(self, images, batch_size):
    self.set_mode(False)
    classes = np.zeros(len(images), dtype=int)
    for start in range(0, len(images), batch_size):
        classes[start : start + batch_size] = np.argmax(self.forward(images[start : start + batch_size]), axis=1)
    self.set_mode(True)
    return classes


@variant("predict")
def a_list_extended(self, images, batch_size):
    said = []
    self.set_mode(False)
    for start in range(0, images.shape[0], batch_size):
        said.extend(self.forward(images[start : start + batch_size]).argmax(axis=-1))
    self.set_mode(True)
    return np.array(said)


@variant("predict")
def scores_side_by_side(self, images, batch_size):
    self.set_mode(training=False)
    parts = np.split(images, range(batch_size, len(images), batch_size))
    scores = np.vstack([self.forward(part) for part in parts])
    self.set_mode(training=True)
    return scores.argsort(axis=1)[:, -1]


@variant("predict")
def bytes_will_do(self, images, batch_size):
    self.set_mode(False)
    try:
        classes = [
            np.uint8(row.argmax())
            for k in range(0, len(images), batch_size)
            for row in self.forward(images[k : k + batch_size])
        ]
    finally:
        self.set_mode(True)
    return np.array(classes)
