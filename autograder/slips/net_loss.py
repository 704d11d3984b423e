"""Wrong scores and losses of the two-layer net, tasks 2.1 and 2.2 of assignment 2; each has one mistake."""

from __future__ import annotations

import numpy as np

from autograder.slips import slip

# --- 2.1 forward

PRODUCTS = "test_scores_are_two_matrix_products"
BIASES = "test_scores_contain_both_biases"
RELU = "test_the_hidden_layer_has_a_relu"
HIDDEN = "test_forward_hands_on_the_hidden_layer"
EVERY_CALL = "test_forward_is_the_same_in_every_call"


@slip("net-forward", fails=(RELU, HIDDEN), says="as if the hidden layer had no ReLU")
def no_relu(self, X):
    hidden = X @ self.params["W1"] + self.params["b1"]
    return hidden, hidden @ self.params["W2"] + self.params["b2"]


@slip("net-forward", fails=(RELU,), says="as if the scores went through a ReLU, too")
def relu_on_the_scores(self, X):
    hidden = np.maximum(0, X @ self.params["W1"] + self.params["b1"])
    return hidden, np.maximum(0, hidden @ self.params["W2"] + self.params["b2"])


@slip("net-forward", fails=(RELU, HIDDEN), says="as if the ReLU acted before the bias is added")
def bias_after_relu(self, X):
    hidden = np.maximum(0, X @ self.params["W1"]) + self.params["b1"]
    return hidden, hidden @ self.params["W2"] + self.params["b2"]


@slip("net-forward", fails=(RELU, HIDDEN), says="as if negative numbers were made positive, not 0")
def absolute_values(self, X):
    hidden = np.abs(X @ self.params["W1"] + self.params["b1"])
    return hidden, hidden @ self.params["W2"] + self.params["b2"]


@slip("net-forward", fails=(BIASES, RELU), says="as if the second bias were left out")
def no_second_bias(self, X):
    hidden = np.maximum(0, X @ self.params["W1"] + self.params["b1"])
    return hidden, hidden @ self.params["W2"]


@slip("net-forward", fails=(BIASES, RELU, HIDDEN), says="as if the first bias were left out")
def no_first_bias(self, X):
    hidden = np.maximum(0, X @ self.params["W1"])
    return hidden, hidden @ self.params["W2"] + self.params["b2"]


@slip("net-forward", fails=(BIASES, RELU, HIDDEN), says="as if a bias were subtracted")
def bias_subtracted(self, X):
    hidden = np.maximum(0, X @ self.params["W1"] - self.params["b1"])
    return hidden, hidden @ self.params["W2"] + self.params["b2"]


@slip("net-forward", fails=(HIDDEN,), says="as if forward handed on what the hidden units receive, before the ReLU")
def hands_on_the_preactivation(self, X):
    before = X @ self.params["W1"] + self.params["b1"]
    return before, np.maximum(0, before) @ self.params["W2"] + self.params["b2"]


@slip("net-forward", fails=(PRODUCTS, BIASES, RELU, HIDDEN, EVERY_CALL), says="as if forward gave (scores, hidden)")
def results_swapped(self, X):
    hidden = np.maximum(0, X @ self.params["W1"] + self.params["b1"])
    return hidden @ self.params["W2"] + self.params["b2"], hidden


@slip(
    "net-forward",
    fails=(PRODUCTS, BIASES, RELU),
    says="as if forward gave probabilities: scores come before the softmax",
)
def softmax_in_forward(self, X):
    hidden = np.maximum(0, X @ self.params["W1"] + self.params["b1"])
    scores = hidden @ self.params["W2"] + self.params["b2"]
    exps = np.exp(scores - scores.max(axis=1, keepdims=True))
    return hidden, exps / exps.sum(axis=1, keepdims=True)


@slip("net-forward", fails=(EVERY_CALL,), says="as if an earlier call left the hidden layer behind")
def hidden_of_the_first_call(self, X):
    if not hasattr(self, "hidden"):
        self.hidden = np.maximum(0, X @ self.params["W1"] + self.params["b1"])
    return self.hidden, self.hidden @ self.params["W2"] + self.params["b2"]


@slip(
    "net-forward", fails=(EVERY_CALL,), says="as if the results had the integer type of X, which cuts off the fractions"
)
def type_of_the_inputs(self, X):
    hidden = np.zeros((len(X), len(self.params["b1"])), dtype=X.dtype)
    hidden[:] = np.maximum(0, X @ self.params["W1"] + self.params["b1"])
    return hidden, hidden @ self.params["W2"] + self.params["b2"]


# --- 2.2 objective

DATA_LOSS = "test_the_data_loss_is_the_mean_cross_entropy"
PENALTY = "test_the_penalty_is_reg_times_all_squared_weights"
THOUSAND = "test_scores_of_a_thousand_give_the_right_loss"
ALONE = "test_the_objective_leaves_its_arguments_alone"


@slip("net-objective", fails=(THOUSAND,), says="as if the scores were not shifted by their row's maximum")
def no_shift(self, scores, y, reg):
    exps = np.exp(scores)
    log_p = np.log(exps / exps.sum(axis=1, keepdims=True))
    return -log_p[np.arange(len(y)), y].mean() + reg * (np.sum(self.params["W1"] ** 2) + np.sum(self.params["W2"] ** 2))


@slip("net-objective", fails=(THOUSAND,), says="as if the logarithm were taken of a probability that is rounded to 0")
def log_of_underflow(self, scores, y, reg):
    exps = np.exp(scores - scores.max(axis=1, keepdims=True))
    p = exps / exps.sum(axis=1, keepdims=True)
    return -np.log(p[np.arange(len(y)), y]).mean() + reg * sum(np.sum(self.params[w] ** 2) for w in ("W1", "W2"))


@slip(
    "net-objective", fails=(THOUSAND,), says="as if a small number were added to the probability before its logarithm"
)
def epsilon_in_the_log(self, scores, y, reg):
    exps = np.exp(scores - scores.max(axis=1, keepdims=True))
    p = exps / exps.sum(axis=1, keepdims=True)
    data_loss = -np.log(np.maximum(p[np.arange(len(y)), y], 1e-12)).mean()
    return data_loss + reg * (np.sum(self.params["W1"] ** 2) + np.sum(self.params["W2"] ** 2))


@slip(
    "net-objective",
    fails=(THOUSAND,),
    says="as if the maximum of the whole batch were subtracted, not that of each row",
)
def shift_by_the_batch_maximum(self, scores, y, reg):
    shifted = scores - scores.max()
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return -log_p[np.arange(len(y)), y].mean() + reg * (np.sum(self.params["W1"] ** 2) + np.sum(self.params["W2"] ** 2))


@slip("net-objective", fails=(DATA_LOSS,), says="as if the loss were summed over the batch, not averaged")
def sum_over_the_batch(self, scores, y, reg):
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return -log_p[np.arange(len(y)), y].sum() + reg * (np.sum(self.params["W1"] ** 2) + np.sum(self.params["W2"] ** 2))


@slip("net-objective", fails=(DATA_LOSS,), says="as if the loss were averaged over the classes, too")
def mean_over_the_classes(self, scores, y, reg):
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    data_loss = -log_p[np.arange(len(y)), y].sum() / scores.size
    return data_loss + reg * (np.sum(self.params["W1"] ** 2) + np.sum(self.params["W2"] ** 2))


@slip("net-objective", fails=(DATA_LOSS,), says="as if the logarithm had base 10")
def log_of_base_ten(self, scores, y, reg):
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = (shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))) / np.log(10)
    return -log_p[np.arange(len(y)), y].mean() + reg * (np.sum(self.params["W1"] ** 2) + np.sum(self.params["W2"] ** 2))


@slip("net-objective", fails=(DATA_LOSS,), says="as if the sign of the data loss were lost")
def sign_of_the_loss(self, scores, y, reg):
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return log_p[np.arange(len(y)), y].mean() + reg * (np.sum(self.params["W1"] ** 2) + np.sum(self.params["W2"] ** 2))


@slip(
    "net-objective", fails=(DATA_LOSS,), says="as if log p were added up over all classes, not taken at the right one"
)
def all_classes(self, scores, y, reg):
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return -log_p[:, y].mean() + reg * (np.sum(self.params["W1"] ** 2) + np.sum(self.params["W2"] ** 2))


@slip(
    "net-objective",
    fails=(DATA_LOSS, THOUSAND, ALONE, PENALTY),
    says="as if the losses of the images were returned one by one, without a mean",
)
def a_loss_an_image(self, scores, y, reg):
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return -log_p[np.arange(len(y)), y] + reg * (np.sum(self.params["W1"] ** 2) + np.sum(self.params["W2"] ** 2))


@slip("net-objective", fails=(PENALTY,), says="as if the penalty had a factor 1/2")
def half_the_penalty(self, scores, y, reg):
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    penalty = 0.5 * reg * (np.sum(self.params["W1"] ** 2) + np.sum(self.params["W2"] ** 2))
    return -log_p[np.arange(len(y)), y].mean() + penalty


@slip("net-objective", fails=(PENALTY,), says="as if the penalty covered the second layer only")
def penalty_of_one_layer(self, scores, y, reg):
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return -log_p[np.arange(len(y)), y].mean() + reg * np.sum(self.params["W2"] ** 2)


@slip("net-objective", fails=(PENALTY,), says="as if the biases were in the penalty, too")
def penalty_of_the_biases(self, scores, y, reg):
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return -log_p[np.arange(len(y)), y].mean() + reg * sum(np.sum(value**2) for value in self.params.values())


@slip("net-objective", fails=(PENALTY,), says="as if the penalty were left out")
def no_penalty(self, scores, y, reg):
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return -log_p[np.arange(len(y)), y].mean()


@slip("net-objective", fails=(PENALTY,), says="as if the penalty were the mean of the squares, not their sum")
def mean_of_the_squares(self, scores, y, reg):
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    penalty = reg * (np.mean(self.params["W1"] ** 2) + np.mean(self.params["W2"] ** 2))
    return -log_p[np.arange(len(y)), y].mean() + penalty


@slip("net-objective", fails=(PENALTY,), says="as if the penalty were divided by the batch size")
def penalty_over_the_batch(self, scores, y, reg):
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    total = -log_p[np.arange(len(y)), y].sum() + reg * (np.sum(self.params["W1"] ** 2) + np.sum(self.params["W2"] ** 2))
    return total / len(y)


@slip("net-objective", fails=(ALONE,), says="as if the scores were shifted in place: `backward` gets them next")
def shift_in_place(self, scores, y, reg):
    scores -= scores.max(axis=1, keepdims=True)
    log_p = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    return -log_p[np.arange(len(y)), y].mean() + reg * (np.sum(self.params["W1"] ** 2) + np.sum(self.params["W2"] ** 2))
