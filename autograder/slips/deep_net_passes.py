"""What goes wrong in tasks 3.3 and 3.4, forward and backward: each function is a whole TODO cell with one mistake.

They run inside the notebook: its names are there, ours are not.
"""

from __future__ import annotations

import numpy as np

from autograder.slips import slip

# 3.3 forward


@slip(
    "net-forward",
    fails=("test_scores_of_two_and_three_layers", "test_scores_of_any_number_of_layers"),
    says="as if the scores went through a ReLU, too",
)
def relu_after_the_last_layer(self, X):
    self.inputs = []
    hidden = X
    for i in range(1, self.num_layers + 1):
        self.inputs.append(hidden)
        self.scores = hidden @ self.params[f"W{i}"] + self.params[f"b{i}"]
        hidden = self.scores = np.maximum(0, self.scores)
    return self.scores


@slip(
    "net-forward",
    fails=("test_scores_of_two_and_three_layers", "test_scores_of_any_number_of_layers"),
    says="as if there were no ReLU between the layers",
)
def no_relu(self, X):
    self.inputs = []
    hidden = X
    for i in range(1, self.num_layers + 1):
        self.inputs.append(hidden)
        self.scores = hidden @ self.params[f"W{i}"] + self.params[f"b{i}"]
        hidden = self.scores
    return self.scores


@slip(
    "net-forward",
    fails=(
        "test_scores_of_two_and_three_layers",
        "test_scores_of_any_number_of_layers",
        "test_forward_of_one_batch_after_another",
    ),
    says="as if the ReLU acted on what goes into a layer, the samples included, and in place",
)
def relu_before_the_layer(self, X):
    self.inputs = []
    hidden = X
    for i in range(1, self.num_layers + 1):
        np.maximum(hidden, 0, out=hidden)
        self.inputs.append(hidden)
        self.scores = hidden @ self.params[f"W{i}"] + self.params[f"b{i}"]
        hidden = self.scores
    return self.scores


@slip(
    "net-forward",
    fails=("test_scores_of_two_and_three_layers", "test_scores_of_any_number_of_layers"),
    says="as if the net always had two layers",
)
def two_layers_only(self, X):
    self.inputs = []
    hidden = X
    for i in (1, 2):
        self.inputs.append(hidden)
        self.scores = hidden @ self.params[f"W{i}"] + self.params[f"b{i}"]
        hidden = np.maximum(0, self.scores)
    return self.scores


@slip(
    "net-forward",
    fails=("test_scores_of_two_and_three_layers", "test_scores_of_any_number_of_layers"),
    says="as if the loop ended one layer early",
)
def last_layer_left_out(self, X):
    self.inputs = []
    hidden = X
    for i in range(1, self.num_layers):
        self.inputs.append(hidden)
        self.scores = hidden @ self.params[f"W{i}"] + self.params[f"b{i}"]
        hidden = np.maximum(0, self.scores)
    return self.scores


@slip(
    "net-forward",
    fails=("test_scores_of_two_and_three_layers", "test_scores_of_any_number_of_layers"),
    says="as if the biases were left out",
)
def no_biases(self, X):
    self.inputs = []
    hidden = X
    for i in range(1, self.num_layers + 1):
        self.inputs.append(hidden)
        self.scores = hidden @ self.params[f"W{i}"]
        hidden = np.maximum(0, self.scores)
    return self.scores


@slip(
    "net-forward",
    fails=("test_scores_of_two_and_three_layers", "test_scores_of_any_number_of_layers"),
    says="as if the biases were added after the ReLU",
)
def biases_after_the_relu(self, X):
    self.inputs = []
    hidden = X
    for i in range(1, self.num_layers + 1):
        self.inputs.append(hidden)
        self.scores = hidden @ self.params[f"W{i}"]
        hidden = np.maximum(0, self.scores) + self.params[f"b{i}"]
    self.scores = self.scores + self.params[f"b{i}"]
    return self.scores


@slip(
    "net-forward",
    fails=("test_scores_of_two_and_three_layers", "test_scores_of_any_number_of_layers"),
    says="as if the hidden layers used a sigmoid instead of a ReLU",
)
def sigmoid(self, X):
    self.inputs = []
    hidden = X
    for i in range(1, self.num_layers + 1):
        self.inputs.append(hidden)
        self.scores = hidden @ self.params[f"W{i}"] + self.params[f"b{i}"]
        hidden = 1 / (1 + np.exp(-self.scores))
    return self.scores


@slip(
    "net-forward",
    fails=("test_scores_of_two_and_three_layers", "test_scores_of_any_number_of_layers"),
    says="as if `forward` returned probabilities instead of scores",
)
def probabilities_returned(self, X):
    self.inputs = []
    hidden = X
    for i in range(1, self.num_layers + 1):
        self.inputs.append(hidden)
        self.scores = hidden @ self.params[f"W{i}"] + self.params[f"b{i}"]
        hidden = np.maximum(0, self.scores)
    exps = np.exp(self.scores - self.scores.max(axis=1, keepdims=True))
    return exps / exps.sum(axis=1, keepdims=True)


@slip(
    "net-forward",
    fails=("test_forward_of_one_batch_after_another",),
    says="as if the inputs of the first batch were used again in the next call",
)
def first_batch_remembered(self, X):
    hidden = self.inputs[0] if self.inputs else X
    self.inputs = []
    for i in range(1, self.num_layers + 1):
        self.inputs.append(hidden)
        self.scores = hidden @ self.params[f"W{i}"] + self.params[f"b{i}"]
        hidden = np.maximum(0, self.scores)
    return self.scores


@slip("net-forward", fails=("test_forward_of_one_batch_after_another",), says="as if the samples were changed in place")
def samples_shifted_in_place(self, X):
    self.inputs = []
    X += 1
    hidden = X - 1
    for i in range(1, self.num_layers + 1):
        self.inputs.append(hidden)
        self.scores = hidden @ self.params[f"W{i}"] + self.params[f"b{i}"]
        hidden = np.maximum(0, self.scores)
    return self.scores


# 3.4 backward


@slip(
    "net-backward",
    fails=("test_loss_of_a_batch", "test_gradients_of_every_layer", "test_scores_of_a_thousand"),
    says="as if loss and gradients were summed over the batch, not averaged",
)
def sum_over_the_batch(self, y, reg):
    samples = np.arange(len(y))
    shifted = self.scores - self.scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    loss = -log_p[samples, y].sum()
    delta = np.exp(log_p)
    delta[samples, y] -= 1
    self.grads = {}
    for i in range(self.num_layers, 0, -1):
        weights, inputs = self.params[f"W{i}"], self.inputs[i - 1]
        loss += reg * np.sum(weights**2)
        self.grads[f"W{i}"] = inputs.T @ delta + 2 * reg * weights
        self.grads[f"b{i}"] = delta.sum(axis=0)
        if i > 1:
            delta = (delta @ weights.T) * (inputs > 0)
    return loss


@slip(
    "net-backward",
    fails=("test_gradients_of_every_layer", "test_scores_of_a_thousand"),
    says="as if the gradients were not divided by the size of the batch",
)
def gradients_not_averaged(self, y, reg):
    samples = np.arange(len(y))
    shifted = self.scores - self.scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    loss = -log_p[samples, y].mean()
    delta = np.exp(log_p)
    delta[samples, y] -= 1
    self.grads = {}
    for i in range(self.num_layers, 0, -1):
        weights, inputs = self.params[f"W{i}"], self.inputs[i - 1]
        loss += reg * np.sum(weights**2)
        self.grads[f"W{i}"] = inputs.T @ delta + 2 * reg * weights
        self.grads[f"b{i}"] = delta.sum(axis=0)
        if i > 1:
            delta = (delta @ weights.T) * (inputs > 0)
    return loss


@slip(
    "net-backward",
    fails=("test_loss_of_a_batch", "test_scores_of_a_thousand"),
    says="as if the loss were divided by the number of classes, too",
)
def loss_averaged_over_classes_too(self, y, reg):
    samples = np.arange(len(y))
    shifted = self.scores - self.scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    loss = -log_p[samples, y].mean() / self.scores.shape[1]
    delta = np.exp(log_p)
    delta[samples, y] -= 1
    delta /= len(y)
    self.grads = {}
    for i in range(self.num_layers, 0, -1):
        weights, inputs = self.params[f"W{i}"], self.inputs[i - 1]
        loss += reg * np.sum(weights**2)
        self.grads[f"W{i}"] = inputs.T @ delta + 2 * reg * weights
        self.grads[f"b{i}"] = delta.sum(axis=0)
        if i > 1:
            delta = (delta @ weights.T) * (inputs > 0)
    return loss


@slip(
    "net-backward", fails=("test_loss_of_a_batch", "test_scores_of_a_thousand"), says="as if the logarithm had base 10"
)
def logarithm_to_base_ten(self, y, reg):
    samples = np.arange(len(y))
    shifted = self.scores - self.scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    loss = -log_p[samples, y].mean() / np.log(10)
    delta = np.exp(log_p)
    delta[samples, y] -= 1
    delta /= len(y)
    self.grads = {}
    for i in range(self.num_layers, 0, -1):
        weights, inputs = self.params[f"W{i}"], self.inputs[i - 1]
        loss += reg * np.sum(weights**2)
        self.grads[f"W{i}"] = inputs.T @ delta + 2 * reg * weights
        self.grads[f"b{i}"] = delta.sum(axis=0)
        if i > 1:
            delta = (delta @ weights.T) * (inputs > 0)
    return loss


@slip(
    "net-backward",
    fails=("test_regularisation_of_weights_only",),
    says="as if `reg` were in the loss, but not in the gradients",
)
def penalty_in_the_loss_only(self, y, reg):
    samples = np.arange(len(y))
    shifted = self.scores - self.scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    loss = -log_p[samples, y].mean()
    delta = np.exp(log_p)
    delta[samples, y] -= 1
    delta /= len(y)
    self.grads = {}
    for i in range(self.num_layers, 0, -1):
        weights, inputs = self.params[f"W{i}"], self.inputs[i - 1]
        loss += reg * np.sum(weights**2)
        self.grads[f"W{i}"] = inputs.T @ delta
        self.grads[f"b{i}"] = delta.sum(axis=0)
        if i > 1:
            delta = (delta @ weights.T) * (inputs > 0)
    return loss


@slip(
    "net-backward",
    fails=("test_regularisation_of_weights_only",),
    says="as if `reg` were in the gradients, but not in the loss",
)
def penalty_in_the_gradients_only(self, y, reg):
    samples = np.arange(len(y))
    shifted = self.scores - self.scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    loss = -log_p[samples, y].mean()
    delta = np.exp(log_p)
    delta[samples, y] -= 1
    delta /= len(y)
    self.grads = {}
    for i in range(self.num_layers, 0, -1):
        weights, inputs = self.params[f"W{i}"], self.inputs[i - 1]
        self.grads[f"W{i}"] = inputs.T @ delta + 2 * reg * weights
        self.grads[f"b{i}"] = delta.sum(axis=0)
        if i > 1:
            delta = (delta @ weights.T) * (inputs > 0)
    return loss


@slip("net-backward", fails=("test_regularisation_of_weights_only",), says="as if the derivative of W^2 were W")
def penalty_without_factor_two(self, y, reg):
    samples = np.arange(len(y))
    shifted = self.scores - self.scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    loss = -log_p[samples, y].mean()
    delta = np.exp(log_p)
    delta[samples, y] -= 1
    delta /= len(y)
    self.grads = {}
    for i in range(self.num_layers, 0, -1):
        weights, inputs = self.params[f"W{i}"], self.inputs[i - 1]
        loss += reg * np.sum(weights**2)
        self.grads[f"W{i}"] = inputs.T @ delta + reg * weights
        self.grads[f"b{i}"] = delta.sum(axis=0)
        if i > 1:
            delta = (delta @ weights.T) * (inputs > 0)
    return loss


@slip("net-backward", fails=("test_regularisation_of_weights_only",), says="as if the penalty had a factor 1/2")
def penalty_halved(self, y, reg):
    samples = np.arange(len(y))
    shifted = self.scores - self.scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    loss = -log_p[samples, y].mean()
    delta = np.exp(log_p)
    delta[samples, y] -= 1
    delta /= len(y)
    self.grads = {}
    for i in range(self.num_layers, 0, -1):
        weights, inputs = self.params[f"W{i}"], self.inputs[i - 1]
        loss += 0.5 * reg * np.sum(weights**2)
        self.grads[f"W{i}"] = inputs.T @ delta + reg * weights
        self.grads[f"b{i}"] = delta.sum(axis=0)
        if i > 1:
            delta = (delta @ weights.T) * (inputs > 0)
    return loss


@slip("net-backward", fails=("test_regularisation_of_weights_only",), says="as if the biases were penalised, too")
def penalty_on_biases_too(self, y, reg):
    samples = np.arange(len(y))
    shifted = self.scores - self.scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    loss = -log_p[samples, y].mean()
    delta = np.exp(log_p)
    delta[samples, y] -= 1
    delta /= len(y)
    self.grads = {}
    for i in range(self.num_layers, 0, -1):
        weights, inputs = self.params[f"W{i}"], self.inputs[i - 1]
        loss += reg * (np.sum(weights**2) + np.sum(self.params[f"b{i}"] ** 2))
        self.grads[f"W{i}"] = inputs.T @ delta + 2 * reg * weights
        self.grads[f"b{i}"] = delta.sum(axis=0) + 2 * reg * self.params[f"b{i}"]
        if i > 1:
            delta = (delta @ weights.T) * (inputs > 0)
    return loss


@slip(
    "net-backward",
    fails=("test_regularisation_of_weights_only",),
    says="as if the penalty were divided by the size of the batch",
)
def penalty_averaged_over_the_batch(self, y, reg):
    samples = np.arange(len(y))
    shifted = self.scores - self.scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    loss = -log_p[samples, y].mean()
    delta = np.exp(log_p)
    delta[samples, y] -= 1
    delta /= len(y)
    self.grads = {}
    for i in range(self.num_layers, 0, -1):
        weights, inputs = self.params[f"W{i}"], self.inputs[i - 1]
        loss += reg / len(y) * np.sum(weights**2)
        self.grads[f"W{i}"] = inputs.T @ delta + 2 * reg / len(y) * weights
        self.grads[f"b{i}"] = delta.sum(axis=0)
        if i > 1:
            delta = (delta @ weights.T) * (inputs > 0)
    return loss


@slip("net-backward", fails=("test_regularisation_of_weights_only",), says="as if only the last layer were penalised")
def penalty_of_the_last_layer_only(self, y, reg):
    samples = np.arange(len(y))
    shifted = self.scores - self.scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    loss = -log_p[samples, y].mean()
    delta = np.exp(log_p)
    delta[samples, y] -= 1
    delta /= len(y)
    self.grads = {}
    for i in range(self.num_layers, 0, -1):
        weights, inputs = self.params[f"W{i}"], self.inputs[i - 1]
        reg = reg if i == self.num_layers else 0.0
        loss += reg * np.sum(weights**2)
        self.grads[f"W{i}"] = inputs.T @ delta + 2 * reg * weights
        self.grads[f"b{i}"] = delta.sum(axis=0)
        if i > 1:
            delta = (delta @ weights.T) * (inputs > 0)
    return loss


@slip(
    "net-backward",
    fails=("test_scores_of_a_thousand",),
    says="as if exp were taken of the scores themselves, which overflows",
)
def scores_not_shifted(self, y, reg):
    samples = np.arange(len(y))
    shifted = self.scores
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    loss = -log_p[samples, y].mean()
    delta = np.exp(log_p)
    delta[samples, y] -= 1
    delta /= len(y)
    self.grads = {}
    for i in range(self.num_layers, 0, -1):
        weights, inputs = self.params[f"W{i}"], self.inputs[i - 1]
        loss += reg * np.sum(weights**2)
        self.grads[f"W{i}"] = inputs.T @ delta + 2 * reg * weights
        self.grads[f"b{i}"] = delta.sum(axis=0)
        if i > 1:
            delta = (delta @ weights.T) * (inputs > 0)
    return loss


@slip(
    "net-backward",
    fails=("test_scores_of_a_thousand",),
    says="as if the largest score of the whole batch were taken off every row, not the row's own",
)
def shifted_by_the_largest_of_all(self, y, reg):
    samples = np.arange(len(y))
    shifted = self.scores - self.scores.max()
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    loss = -log_p[samples, y].mean()
    delta = np.exp(log_p)
    delta[samples, y] -= 1
    delta /= len(y)
    self.grads = {}
    for i in range(self.num_layers, 0, -1):
        weights, inputs = self.params[f"W{i}"], self.inputs[i - 1]
        loss += reg * np.sum(weights**2)
        self.grads[f"W{i}"] = inputs.T @ delta + 2 * reg * weights
        self.grads[f"b{i}"] = delta.sum(axis=0)
        if i > 1:
            delta = (delta @ weights.T) * (inputs > 0)
    return loss


@slip(
    "net-backward",
    fails=("test_scores_of_a_thousand",),
    says="as if the logarithm were taken of a probability that had become 0",
)
def logarithm_of_an_underflowed_probability(self, y, reg):
    samples = np.arange(len(y))
    shifted = self.scores - self.scores.max(axis=1, keepdims=True)
    delta = np.exp(shifted) / np.exp(shifted).sum(axis=1, keepdims=True)
    loss = -np.log(delta[samples, y]).mean()
    delta[samples, y] -= 1
    delta /= len(y)
    self.grads = {}
    for i in range(self.num_layers, 0, -1):
        weights, inputs = self.params[f"W{i}"], self.inputs[i - 1]
        loss += reg * np.sum(weights**2)
        self.grads[f"W{i}"] = inputs.T @ delta + 2 * reg * weights
        self.grads[f"b{i}"] = delta.sum(axis=0)
        if i > 1:
            delta = (delta @ weights.T) * (inputs > 0)
    return loss


@slip(
    "net-backward",
    fails=("test_loss_of_a_batch", "test_scores_of_a_thousand"),
    says="as if a small number were added to the probabilities before the logarithm",
)
def logarithm_saved_by_a_small_number(self, y, reg):
    samples = np.arange(len(y))
    shifted = self.scores - self.scores.max(axis=1, keepdims=True)
    delta = np.exp(shifted) / np.exp(shifted).sum(axis=1, keepdims=True)
    loss = -np.log(delta[samples, y] + 1e-5).mean()
    delta[samples, y] -= 1
    delta /= len(y)
    self.grads = {}
    for i in range(self.num_layers, 0, -1):
        weights, inputs = self.params[f"W{i}"], self.inputs[i - 1]
        loss += reg * np.sum(weights**2)
        self.grads[f"W{i}"] = inputs.T @ delta + 2 * reg * weights
        self.grads[f"b{i}"] = delta.sum(axis=0)
        if i > 1:
            delta = (delta @ weights.T) * (inputs > 0)
    return loss


@slip(
    "net-backward",
    fails=("test_gradients_of_every_layer", "test_scores_of_a_thousand"),
    says="as if the 1 of the right class were not subtracted from the probabilities",
)
def one_not_subtracted(self, y, reg):
    samples = np.arange(len(y))
    shifted = self.scores - self.scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    loss = -log_p[samples, y].mean()
    delta = np.exp(log_p)
    delta /= len(y)
    self.grads = {}
    for i in range(self.num_layers, 0, -1):
        weights, inputs = self.params[f"W{i}"], self.inputs[i - 1]
        loss += reg * np.sum(weights**2)
        self.grads[f"W{i}"] = inputs.T @ delta + 2 * reg * weights
        self.grads[f"b{i}"] = delta.sum(axis=0)
        if i > 1:
            delta = (delta @ weights.T) * (inputs > 0)
    return loss


@slip(
    "net-backward",
    fails=("test_gradients_of_every_layer", "test_scores_of_a_thousand"),
    says="as if the gradient of the scores were labels minus probabilities",
)
def gradients_upside_down(self, y, reg):
    samples = np.arange(len(y))
    shifted = self.scores - self.scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    loss = -log_p[samples, y].mean()
    delta = np.exp(log_p)
    delta[samples, y] -= 1
    delta /= -len(y)
    self.grads = {}
    for i in range(self.num_layers, 0, -1):
        weights, inputs = self.params[f"W{i}"], self.inputs[i - 1]
        loss += reg * np.sum(weights**2)
        self.grads[f"W{i}"] = inputs.T @ delta + 2 * reg * weights
        self.grads[f"b{i}"] = delta.sum(axis=0)
        if i > 1:
            delta = (delta @ weights.T) * (inputs > 0)
    return loss


@slip(
    "net-backward",
    fails=("test_gradients_of_every_layer",),
    says="as if the gradient of a bias were summed over all units, to one number",
)
def one_bias_gradient_for_all(self, y, reg):
    samples = np.arange(len(y))
    shifted = self.scores - self.scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    loss = -log_p[samples, y].mean()
    delta = np.exp(log_p)
    delta[samples, y] -= 1
    delta /= len(y)
    self.grads = {}
    for i in range(self.num_layers, 0, -1):
        weights, inputs = self.params[f"W{i}"], self.inputs[i - 1]
        loss += reg * np.sum(weights**2)
        self.grads[f"W{i}"] = inputs.T @ delta + 2 * reg * weights
        self.grads[f"b{i}"] = delta.sum()
        if i > 1:
            delta = (delta @ weights.T) * (inputs > 0)
    return loss


@slip(
    "net-backward", fails=("test_gradients_of_every_layer",), says="as if the gradient of a bias had the shape (1, out)"
)
def bias_gradient_with_two_axes(self, y, reg):
    samples = np.arange(len(y))
    shifted = self.scores - self.scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    loss = -log_p[samples, y].mean()
    delta = np.exp(log_p)
    delta[samples, y] -= 1
    delta /= len(y)
    self.grads = {}
    for i in range(self.num_layers, 0, -1):
        weights, inputs = self.params[f"W{i}"], self.inputs[i - 1]
        loss += reg * np.sum(weights**2)
        self.grads[f"W{i}"] = inputs.T @ delta + 2 * reg * weights
        self.grads[f"b{i}"] = delta.sum(axis=0, keepdims=True)
        if i > 1:
            delta = (delta @ weights.T) * (inputs > 0)
    return loss


@slip(
    "net-backward",
    fails=("test_gradients_of_every_layer",),
    says="as if the gradient of a bias were averaged over the batch once more",
)
def bias_gradient_averaged(self, y, reg):
    samples = np.arange(len(y))
    shifted = self.scores - self.scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    loss = -log_p[samples, y].mean()
    delta = np.exp(log_p)
    delta[samples, y] -= 1
    delta /= len(y)
    self.grads = {}
    for i in range(self.num_layers, 0, -1):
        weights, inputs = self.params[f"W{i}"], self.inputs[i - 1]
        loss += reg * np.sum(weights**2)
        self.grads[f"W{i}"] = inputs.T @ delta + 2 * reg * weights
        self.grads[f"b{i}"] = delta.mean(axis=0)
        if i > 1:
            delta = (delta @ weights.T) * (inputs > 0)
    return loss


@slip("net-backward", fails=("test_gradients_of_every_layer",), says="as if the gradient passed through closed ReLUs")
def relu_forgotten(self, y, reg):
    samples = np.arange(len(y))
    shifted = self.scores - self.scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    loss = -log_p[samples, y].mean()
    delta = np.exp(log_p)
    delta[samples, y] -= 1
    delta /= len(y)
    self.grads = {}
    for i in range(self.num_layers, 0, -1):
        weights, inputs = self.params[f"W{i}"], self.inputs[i - 1]
        loss += reg * np.sum(weights**2)
        self.grads[f"W{i}"] = inputs.T @ delta + 2 * reg * weights
        self.grads[f"b{i}"] = delta.sum(axis=0)
        if i > 1:
            delta = delta @ weights.T
    return loss


@slip(
    "net-backward",
    fails=("test_gradients_of_every_layer",),
    says="as if the ReLU were applied to the gradient instead of to the inputs' sign",
)
def relu_of_the_gradient(self, y, reg):
    samples = np.arange(len(y))
    shifted = self.scores - self.scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    loss = -log_p[samples, y].mean()
    delta = np.exp(log_p)
    delta[samples, y] -= 1
    delta /= len(y)
    self.grads = {}
    for i in range(self.num_layers, 0, -1):
        weights, inputs = self.params[f"W{i}"], self.inputs[i - 1]
        loss += reg * np.sum(weights**2)
        self.grads[f"W{i}"] = inputs.T @ delta + 2 * reg * weights
        self.grads[f"b{i}"] = delta.sum(axis=0)
        if i > 1:
            delta = np.maximum(0, delta @ weights.T)
    return loss


@slip(
    "net-backward",
    fails=("test_gradients_of_every_layer",),
    says="as if the gradient were multiplied by the activations instead of by where they are above 0",
)
def multiplied_by_the_activations(self, y, reg):
    samples = np.arange(len(y))
    shifted = self.scores - self.scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    loss = -log_p[samples, y].mean()
    delta = np.exp(log_p)
    delta[samples, y] -= 1
    delta /= len(y)
    self.grads = {}
    for i in range(self.num_layers, 0, -1):
        weights, inputs = self.params[f"W{i}"], self.inputs[i - 1]
        loss += reg * np.sum(weights**2)
        self.grads[f"W{i}"] = inputs.T @ delta + 2 * reg * weights
        self.grads[f"b{i}"] = delta.sum(axis=0)
        if i > 1:
            delta = (delta @ weights.T) * inputs
    return loss


@slip("net-backward", fails=("test_backward_twice",), says="as if the gradients were added to those of the last call")
def gradients_added_up(self, y, reg):
    samples = np.arange(len(y))
    shifted = self.scores - self.scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    loss = -log_p[samples, y].mean()
    delta = np.exp(log_p)
    delta[samples, y] -= 1
    delta /= len(y)
    for i in range(self.num_layers, 0, -1):
        weights, inputs = self.params[f"W{i}"], self.inputs[i - 1]
        loss += reg * np.sum(weights**2)
        self.grads[f"W{i}"] = self.grads.get(f"W{i}", 0) + inputs.T @ delta + 2 * reg * weights
        self.grads[f"b{i}"] = self.grads.get(f"b{i}", 0) + delta.sum(axis=0)
        if i > 1:
            delta = (delta @ weights.T) * (inputs > 0)
    return loss


@slip(
    "net-backward",
    fails=("test_backward_twice",),
    says="as if the scores that forward kept were turned into something else in place",
)
def scores_changed_in_place(self, y, reg):
    samples = np.arange(len(y))
    shifted = self.scores - self.scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    loss = -log_p[samples, y].mean()
    delta = self.scores
    delta[...] = np.exp(log_p)
    delta[samples, y] -= 1
    delta /= len(y)
    self.grads = {}
    for i in range(self.num_layers, 0, -1):
        weights, inputs = self.params[f"W{i}"], self.inputs[i - 1]
        loss += reg * np.sum(weights**2)
        self.grads[f"W{i}"] = inputs.T @ delta + 2 * reg * weights
        self.grads[f"b{i}"] = delta.sum(axis=0)
        if i > 1:
            delta = (delta @ weights.T) * (inputs > 0)
    return loss


@slip("net-backward", fails=("test_backward_twice",), says="as if backward itself changed the weights")
def weights_shrunk_in_place(self, y, reg):
    samples = np.arange(len(y))
    shifted = self.scores - self.scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    loss = -log_p[samples, y].mean()
    delta = np.exp(log_p)
    delta[samples, y] -= 1
    delta /= len(y)
    self.grads = {}
    for i in range(self.num_layers, 0, -1):
        weights, inputs = self.params[f"W{i}"], self.inputs[i - 1]
        loss += reg * np.sum(weights**2)
        self.grads[f"W{i}"] = inputs.T @ delta + 2 * reg * weights
        self.params[f"W{i}"] = (1 - reg) * weights
        self.grads[f"b{i}"] = delta.sum(axis=0)
        if i > 1:
            delta = (delta @ weights.T) * (inputs > 0)
    return loss
