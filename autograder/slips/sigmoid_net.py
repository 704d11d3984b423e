"""Wrong scores, losses and gradients of the sigmoid net, tasks 2.6 to 2.8 of assignment 2; each has one mistake."""

from __future__ import annotations

import numpy as np

from autograder.slips import slip

# --- 2.6 forward

SCORES = "test_scores_of_the_sigmoid_net"
SATURATES = "test_the_sigmoid_saturates_without_nan"
HANDED_ON = "test_the_sigmoid_net_hands_on_its_hidden_layer"


@slip("sigmoid-forward", fails=(SATURATES,), says="as if infinity were divided by infinity where a unit receives 1000")
def infinity_over_infinity(self, X):
    exps = np.exp(X @ self.params["W1"] + self.params["b1"])
    hidden = exps / (1 + exps)
    return hidden, hidden @ self.params["W2"] + self.params["b2"]


@slip("sigmoid-forward", fails=(SCORES, HANDED_ON), says="as if the sign in exp(-a) were lost: 1 minus the sigmoid")
def sign_in_the_exponent(self, X):
    hidden = 1 / (1 + np.exp(X @ self.params["W1"] + self.params["b1"]))
    return hidden, hidden @ self.params["W2"] + self.params["b2"]


@slip("sigmoid-forward", fails=(SCORES, HANDED_ON), says="as if the hidden layer were a tanh, from -1 to 1")
def tanh_for_sigmoid(self, X):
    hidden = np.tanh(X @ self.params["W1"] + self.params["b1"])
    return hidden, hidden @ self.params["W2"] + self.params["b2"]


@slip("sigmoid-forward", fails=(SCORES, HANDED_ON), says="as if tanh were given a, not a / 2")
def tanh_of_the_whole(self, X):
    hidden = 0.5 * (1 + np.tanh(X @ self.params["W1"] + self.params["b1"]))
    return hidden, hidden @ self.params["W2"] + self.params["b2"]


@slip("sigmoid-forward", fails=(SCORES, HANDED_ON), says="as if the hidden layer were still a ReLU")
def relu_for_sigmoid(self, X):
    hidden = np.maximum(0, X @ self.params["W1"] + self.params["b1"])
    return hidden, hidden @ self.params["W2"] + self.params["b2"]


@slip("sigmoid-forward", fails=(SCORES,), says="as if the scores went through a sigmoid, too")
def sigmoid_of_the_scores(self, X):
    hidden = 0.5 * (1 + np.tanh(0.5 * (X @ self.params["W1"] + self.params["b1"])))
    return hidden, 0.5 * (1 + np.tanh(0.5 * (hidden @ self.params["W2"] + self.params["b2"])))


@slip("sigmoid-forward", fails=(SCORES, HANDED_ON), says="as if the first bias were added behind the sigmoid")
def bias_after_the_sigmoid(self, X):
    hidden = 0.5 * (1 + np.tanh(0.5 * (X @ self.params["W1"]))) + self.params["b1"]
    return hidden, hidden @ self.params["W2"] + self.params["b2"]


@slip("sigmoid-forward", fails=(SCORES,), says="as if the second bias were left out")
def sigmoid_without_second_bias(self, X):
    hidden = 0.5 * (1 + np.tanh(0.5 * (X @ self.params["W1"] + self.params["b1"])))
    return hidden, hidden @ self.params["W2"]


@slip("sigmoid-forward", fails=(HANDED_ON,), says="as if forward handed on what the hidden units receive")
def sigmoid_hands_on_the_preactivation(self, X):
    before = X @ self.params["W1"] + self.params["b1"]
    return before, 0.5 * (1 + np.tanh(0.5 * before)) @ self.params["W2"] + self.params["b2"]


@slip("sigmoid-forward", fails=(HANDED_ON,), says="as if the hidden layer had the integer type of X: all zeros")
def sigmoid_in_the_type_of_the_inputs(self, X):
    hidden = np.zeros((len(X), len(self.params["b1"])), dtype=X.dtype)
    hidden[:] = 0.5 * (1 + np.tanh(0.5 * (X @ self.params["W1"] + self.params["b1"])))
    return hidden, hidden @ self.params["W2"] + self.params["b2"]


# --- 2.7 objective

SQUARED = "test_the_data_loss_is_the_squared_error"
SIGMOID_PENALTY = "test_the_penalty_of_the_sigmoid_net"
SIGMOID_ALONE = "test_the_squared_error_leaves_its_arguments_alone"


@slip("sigmoid-objective", fails=(SQUARED,), says="as if the squares were averaged over the classes, too")
def squares_averaged_over_classes(self, scores, y, reg):
    error = scores - np.eye(scores.shape[1])[y]
    return np.mean(error**2) + reg * (np.sum(self.params["W1"] ** 2) + np.sum(self.params["W2"] ** 2))


@slip("sigmoid-objective", fails=(SQUARED,), says="as if the squares were summed over the batch, not averaged")
def squares_summed_over_the_batch(self, scores, y, reg):
    error = scores - np.eye(scores.shape[1])[y]
    return np.sum(error**2) + reg * (np.sum(self.params["W1"] ** 2) + np.sum(self.params["W2"] ** 2))


@slip("sigmoid-objective", fails=(SQUARED,), says="as if the squared error had a factor 1/2")
def half_the_squares(self, scores, y, reg):
    error = scores - np.eye(scores.shape[1])[y]
    return np.sum(error**2) / (2 * len(y)) + reg * (np.sum(self.params["W1"] ** 2) + np.sum(self.params["W2"] ** 2))


@slip("sigmoid-objective", fails=(SQUARED,), says="as if sizes were added up instead of squares")
def absolute_error(self, scores, y, reg):
    error = scores - np.eye(scores.shape[1])[y]
    return np.sum(np.abs(error)) / len(y) + reg * (np.sum(self.params["W1"] ** 2) + np.sum(self.params["W2"] ** 2))


@slip("sigmoid-objective", fails=(SQUARED,), says="as if the targets were the class ids themselves, not one-hot")
def class_ids_as_targets(self, scores, y, reg):
    error = scores - np.asarray(y, dtype=float).reshape(-1, 1)
    return np.sum(error**2) / len(y) + reg * (np.sum(self.params["W1"] ** 2) + np.sum(self.params["W2"] ** 2))


@slip("sigmoid-objective", fails=(SQUARED,), says="as if only the error of the right class counted")
def right_class_only(self, scores, y, reg):
    error = scores[np.arange(len(y)), y] - 1
    return np.sum(error**2) / len(y) + reg * (np.sum(self.params["W1"] ** 2) + np.sum(self.params["W2"] ** 2))


@slip("sigmoid-objective", fails=(SQUARED,), says="as if the loss were still the softmax cross-entropy of 2.2")
def softmax_for_squares(self, scores, y, reg):
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return -log_p[np.arange(len(y)), y].mean() + reg * (np.sum(self.params["W1"] ** 2) + np.sum(self.params["W2"] ** 2))


@slip("sigmoid-objective", fails=(SQUARED,), says="as if the square root of the squared error were taken")
def root_of_the_squares(self, scores, y, reg):
    error = scores - np.eye(scores.shape[1])[y]
    data_loss = np.sqrt(np.sum(error**2) / len(y))
    return data_loss + reg * (np.sum(self.params["W1"] ** 2) + np.sum(self.params["W2"] ** 2))


@slip("sigmoid-objective", fails=(SIGMOID_PENALTY,), says="as if the penalty were left out")
def squares_without_penalty(self, scores, y, reg):
    error = scores - np.eye(scores.shape[1])[y]
    return np.sum(error**2) / len(y)


@slip("sigmoid-objective", fails=(SIGMOID_PENALTY,), says="as if the penalty covered the first layer only")
def penalty_of_the_first_layer(self, scores, y, reg):
    error = scores - np.eye(scores.shape[1])[y]
    return np.sum(error**2) / len(y) + reg * np.sum(self.params["W1"] ** 2)


@slip("sigmoid-objective", fails=(SIGMOID_PENALTY,), says="as if the biases were in the penalty, too")
def squares_and_penalty_of_biases(self, scores, y, reg):
    error = scores - np.eye(scores.shape[1])[y]
    return np.sum(error**2) / len(y) + reg * sum(np.sum(value**2) for value in self.params.values())


@slip("sigmoid-objective", fails=(SIGMOID_PENALTY,), says="as if the penalty were divided by N")
def penalty_divided_by_the_batch(self, scores, y, reg):
    error = scores - np.eye(scores.shape[1])[y]
    return (np.sum(error**2) + reg * (np.sum(self.params["W1"] ** 2) + np.sum(self.params["W2"] ** 2))) / len(y)


@slip(
    "sigmoid-objective",
    fails=(SIGMOID_ALONE,),
    says="as if the 1 were taken off the scores in place: backward gets them next",
)
def targets_subtracted_in_place(self, scores, y, reg):
    scores[np.arange(len(y)), y] -= 1
    return np.sum(scores**2) / len(y) + reg * (np.sum(self.params["W1"] ** 2) + np.sum(self.params["W2"] ** 2))


# --- 2.8 backward

SIGMOID_SECOND = "test_gradients_of_the_second_layer_of_the_sigmoid_net"
SIGMOID_FIRST = "test_gradients_of_the_first_layer_of_the_sigmoid_net"
SIGMOID_PENALTY_GRADIENT = "test_gradient_of_the_penalty_of_the_sigmoid_net"
SIGMOID_FRESH = "test_gradients_of_the_sigmoid_net_are_fresh_in_every_call"


@slip(
    "sigmoid-backward", fails=(SIGMOID_SECOND, SIGMOID_FIRST), says="as if the 2 of the square's derivative were lost"
)
def square_without_its_two(self, X, hidden, scores, y, reg):
    delta = (scores - np.eye(scores.shape[1])[y]) / len(y)
    back = delta @ self.params["W2"].T * hidden * (1 - hidden)
    grads = {"b1": back.sum(axis=0), "b2": delta.sum(axis=0)}
    grads["W1"] = X.T @ back + 2 * reg * self.params["W1"]
    grads["W2"] = hidden.T @ delta + 2 * reg * self.params["W2"]
    return grads


@slip(
    "sigmoid-backward",
    fails=(SIGMOID_SECOND, SIGMOID_FIRST),
    says="as if 1/N were lost: the loss is a mean over the batch",
)
def sigmoid_gradient_without_mean(self, X, hidden, scores, y, reg):
    delta = 2 * (scores - np.eye(scores.shape[1])[y])
    back = delta @ self.params["W2"].T * hidden * (1 - hidden)
    grads = {"b1": back.sum(axis=0), "b2": delta.sum(axis=0)}
    grads["W1"] = X.T @ back + 2 * reg * self.params["W1"]
    grads["W2"] = hidden.T @ delta + 2 * reg * self.params["W2"]
    return grads


@slip("sigmoid-backward", fails=(SIGMOID_SECOND, SIGMOID_FIRST), says="as if the sign were wrong: targets minus scores")
def targets_minus_scores(self, X, hidden, scores, y, reg):
    delta = 2 * (np.eye(scores.shape[1])[y] - scores) / len(y)
    back = delta @ self.params["W2"].T * hidden * (1 - hidden)
    grads = {"b1": back.sum(axis=0), "b2": delta.sum(axis=0)}
    grads["W1"] = X.T @ back + 2 * reg * self.params["W1"]
    grads["W2"] = hidden.T @ delta + 2 * reg * self.params["W2"]
    return grads


@slip(
    "sigmoid-backward", fails=(SIGMOID_SECOND, SIGMOID_FIRST), says="as if the gradient were that of the softmax loss"
)
def softmax_gradient_for_squares(self, X, hidden, scores, y, reg):
    delta = np.exp(scores - scores.max(axis=1, keepdims=True))
    delta = (delta / delta.sum(axis=1, keepdims=True) - np.eye(scores.shape[1])[y]) / len(y)
    back = delta @ self.params["W2"].T * hidden * (1 - hidden)
    grads = {"b1": back.sum(axis=0), "b2": delta.sum(axis=0)}
    grads["W1"] = X.T @ back + 2 * reg * self.params["W1"]
    grads["W2"] = hidden.T @ delta + 2 * reg * self.params["W2"]
    return grads


@slip("sigmoid-backward", fails=(SIGMOID_FIRST,), says="as if the slope of the sigmoid were left out")
def slope_left_out(self, X, hidden, scores, y, reg):
    delta = 2 * (scores - np.eye(scores.shape[1])[y]) / len(y)
    back = delta @ self.params["W2"].T
    grads = {"b1": back.sum(axis=0), "b2": delta.sum(axis=0)}
    grads["W1"] = X.T @ back + 2 * reg * self.params["W1"]
    grads["W2"] = hidden.T @ delta + 2 * reg * self.params["W2"]
    return grads


@slip("sigmoid-backward", fails=(SIGMOID_FIRST,), says="as if the slope were that of a ReLU")
def slope_of_a_relu(self, X, hidden, scores, y, reg):
    delta = 2 * (scores - np.eye(scores.shape[1])[y]) / len(y)
    back = delta @ self.params["W2"].T * (hidden > 0)
    grads = {"b1": back.sum(axis=0), "b2": delta.sum(axis=0)}
    grads["W1"] = X.T @ back + 2 * reg * self.params["W1"]
    grads["W2"] = hidden.T @ delta + 2 * reg * self.params["W2"]
    return grads


@slip("sigmoid-backward", fails=(SIGMOID_FIRST,), says="as if the slope were h alone, without 1 - h")
def slope_without_one_minus(self, X, hidden, scores, y, reg):
    delta = 2 * (scores - np.eye(scores.shape[1])[y]) / len(y)
    back = delta @ self.params["W2"].T * hidden
    grads = {"b1": back.sum(axis=0), "b2": delta.sum(axis=0)}
    grads["W1"] = X.T @ back + 2 * reg * self.params["W1"]
    grads["W2"] = hidden.T @ delta + 2 * reg * self.params["W2"]
    return grads


@slip("sigmoid-backward", fails=(SIGMOID_FIRST,), says="as if the sigmoid were applied to the hidden layer once more")
def slope_of_a_second_sigmoid(self, X, hidden, scores, y, reg):
    delta = 2 * (scores - np.eye(scores.shape[1])[y]) / len(y)
    twice = 1 / (1 + np.exp(-hidden))
    back = delta @ self.params["W2"].T * twice * (1 - twice)
    grads = {"b1": back.sum(axis=0), "b2": delta.sum(axis=0)}
    grads["W1"] = X.T @ back + 2 * reg * self.params["W1"]
    grads["W2"] = hidden.T @ delta + 2 * reg * self.params["W2"]
    return grads


@slip("sigmoid-backward", fails=(SIGMOID_FIRST,), says="as if the slope were that of tanh, 1 - h^2")
def slope_of_tanh(self, X, hidden, scores, y, reg):
    delta = 2 * (scores - np.eye(scores.shape[1])[y]) / len(y)
    back = delta @ self.params["W2"].T * (1 - hidden**2)
    grads = {"b1": back.sum(axis=0), "b2": delta.sum(axis=0)}
    grads["W1"] = X.T @ back + 2 * reg * self.params["W1"]
    grads["W2"] = hidden.T @ delta + 2 * reg * self.params["W2"]
    return grads


@slip(
    "sigmoid-backward", fails=(SIGMOID_SECOND, SIGMOID_FIRST), says="as if the bias gradients were summed to one number"
)
def sigmoid_bias_gradients_as_numbers(self, X, hidden, scores, y, reg):
    delta = 2 * (scores - np.eye(scores.shape[1])[y]) / len(y)
    back = delta @ self.params["W2"].T * hidden * (1 - hidden)
    grads = {"b1": back.sum(), "b2": delta.sum()}
    grads["W1"] = X.T @ back + 2 * reg * self.params["W1"]
    grads["W2"] = hidden.T @ delta + 2 * reg * self.params["W2"]
    return grads


@slip("sigmoid-backward", fails=(SIGMOID_PENALTY_GRADIENT,), says="as if the penalty's gradient lacked its factor 2")
def sigmoid_penalty_without_two(self, X, hidden, scores, y, reg):
    delta = 2 * (scores - np.eye(scores.shape[1])[y]) / len(y)
    back = delta @ self.params["W2"].T * hidden * (1 - hidden)
    grads = {"b1": back.sum(axis=0), "b2": delta.sum(axis=0)}
    grads["W1"] = X.T @ back + reg * self.params["W1"]
    grads["W2"] = hidden.T @ delta + reg * self.params["W2"]
    return grads


@slip("sigmoid-backward", fails=(SIGMOID_PENALTY_GRADIENT,), says="as if the first layer's penalty had no gradient")
def sigmoid_penalty_of_one_layer(self, X, hidden, scores, y, reg):
    delta = 2 * (scores - np.eye(scores.shape[1])[y]) / len(y)
    back = delta @ self.params["W2"].T * hidden * (1 - hidden)
    grads = {"W1": X.T @ back, "b1": back.sum(axis=0), "b2": delta.sum(axis=0)}
    grads["W2"] = hidden.T @ delta + 2 * reg * self.params["W2"]
    return grads


@slip("sigmoid-backward", fails=(SIGMOID_PENALTY_GRADIENT,), says="as if the biases were regularised, too")
def sigmoid_biases_regularised(self, X, hidden, scores, y, reg):
    delta = 2 * (scores - np.eye(scores.shape[1])[y]) / len(y)
    back = delta @ self.params["W2"].T * hidden * (1 - hidden)
    grads = {"W1": X.T @ back, "b1": back.sum(axis=0), "W2": hidden.T @ delta, "b2": delta.sum(axis=0)}
    return {name: grad + 2 * reg * self.params[name] for name, grad in grads.items()}


@slip("sigmoid-backward", fails=(SIGMOID_FRESH,), says="as if the gradients were added to those of the last call")
def sigmoid_gradients_accumulated(self, X, hidden, scores, y, reg):
    delta = 2 * (scores - np.eye(scores.shape[1])[y]) / len(y)
    back = delta @ self.params["W2"].T * hidden * (1 - hidden)
    grads = {"b1": back.sum(axis=0), "b2": delta.sum(axis=0)}
    grads["W1"] = X.T @ back + 2 * reg * self.params["W1"]
    grads["W2"] = hidden.T @ delta + 2 * reg * self.params["W2"]
    if not hasattr(self, "grads"):
        self.grads = dict.fromkeys(grads, 0.0)
    self.grads = {name: self.grads[name] + grads[name] for name in grads}
    return self.grads


@slip("sigmoid-backward", fails=(SIGMOID_FRESH,), says="as if the scores that backward is given were changed in place")
def sigmoid_scores_changed_in_place(self, X, hidden, scores, y, reg):
    delta = scores
    delta[np.arange(len(y)), y] -= 1
    delta *= 2 / len(y)
    back = delta @ self.params["W2"].T * hidden * (1 - hidden)
    grads = {"b1": back.sum(axis=0), "b2": delta.sum(axis=0)}
    grads["W1"] = X.T @ back + 2 * reg * self.params["W1"]
    grads["W2"] = hidden.T @ delta + 2 * reg * self.params["W2"]
    return grads
