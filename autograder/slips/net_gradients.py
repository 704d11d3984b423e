"""Wrong gradients of the two-layer net, task 2.3 of assignment 2; each has one mistake."""

from __future__ import annotations

import numpy as np

from autograder.slips import slip

SECOND = "test_gradients_of_the_second_layer"
FIRST = "test_gradients_of_the_first_layer"
PENALTY_GRADIENT = "test_gradient_of_the_penalty"
FREE_BIASES = "test_biases_are_not_regularised"
GRADIENT_THOUSAND = "test_gradients_at_scores_of_a_thousand"
FRESH = "test_gradients_are_fresh_in_every_call"


@slip("net-backward", fails=(SECOND, FIRST), says="as if 1/N were lost: the loss is a mean over the batch")
def gradient_without_mean(self, X, hidden, scores, y, reg):
    delta = np.exp(scores - scores.max(axis=1, keepdims=True))
    delta /= delta.sum(axis=1, keepdims=True)
    delta[np.arange(len(y)), y] -= 1
    back = delta @ self.params["W2"].T * (hidden > 0)
    grads = {"b1": back.sum(axis=0), "b2": delta.sum(axis=0)}
    grads["W1"] = X.T @ back + 2 * reg * self.params["W1"]
    grads["W2"] = hidden.T @ delta + 2 * reg * self.params["W2"]
    return grads


@slip("net-backward", fails=(SECOND, FIRST), says="as if the gradient were averaged over the classes, too")
def gradient_over_the_classes(self, X, hidden, scores, y, reg):
    delta = np.exp(scores - scores.max(axis=1, keepdims=True))
    delta /= delta.sum(axis=1, keepdims=True)
    delta[np.arange(len(y)), y] -= 1
    delta /= scores.size
    back = delta @ self.params["W2"].T * (hidden > 0)
    grads = {"b1": back.sum(axis=0), "b2": delta.sum(axis=0)}
    grads["W1"] = X.T @ back + 2 * reg * self.params["W1"]
    grads["W2"] = hidden.T @ delta + 2 * reg * self.params["W2"]
    return grads


@slip("net-backward", fails=(SECOND, FIRST), says="as if the 1 of the right class were never subtracted from p")
def probabilities_only(self, X, hidden, scores, y, reg):
    delta = np.exp(scores - scores.max(axis=1, keepdims=True))
    delta /= delta.sum(axis=1, keepdims=True) * len(y)
    back = delta @ self.params["W2"].T * (hidden > 0)
    grads = {"b1": back.sum(axis=0), "b2": delta.sum(axis=0)}
    grads["W1"] = X.T @ back + 2 * reg * self.params["W1"]
    grads["W2"] = hidden.T @ delta + 2 * reg * self.params["W2"]
    return grads


@slip("net-backward", fails=(SECOND, FIRST), says="as if the sign of the scores' gradient were wrong: target minus p")
def sign_of_delta(self, X, hidden, scores, y, reg):
    delta = np.exp(scores - scores.max(axis=1, keepdims=True))
    delta /= -delta.sum(axis=1, keepdims=True)
    delta[np.arange(len(y)), y] += 1
    delta /= len(y)
    back = delta @ self.params["W2"].T * (hidden > 0)
    grads = {"b1": back.sum(axis=0), "b2": delta.sum(axis=0)}
    grads["W1"] = X.T @ back + 2 * reg * self.params["W1"]
    grads["W2"] = hidden.T @ delta + 2 * reg * self.params["W2"]
    return grads


@slip(
    "net-backward",
    fails=(SECOND, FIRST),
    says="as if `[:, y]` were meant: that takes whole columns, not one score an image",
)
def whole_columns(self, X, hidden, scores, y, reg):
    delta = np.exp(scores - scores.max(axis=1, keepdims=True))
    delta /= delta.sum(axis=1, keepdims=True)
    delta[:, y] -= 1
    delta /= len(y)
    back = delta @ self.params["W2"].T * (hidden > 0)
    grads = {"b1": back.sum(axis=0), "b2": delta.sum(axis=0)}
    grads["W1"] = X.T @ back + 2 * reg * self.params["W1"]
    grads["W2"] = hidden.T @ delta + 2 * reg * self.params["W2"]
    return grads


@slip("net-backward", fails=(FIRST,), says="as if the gradient went through closed ReLUs, too")
def relu_always_open(self, X, hidden, scores, y, reg):
    delta = np.exp(scores - scores.max(axis=1, keepdims=True))
    delta /= delta.sum(axis=1, keepdims=True)
    delta[np.arange(len(y)), y] -= 1
    delta /= len(y)
    back = delta @ self.params["W2"].T
    grads = {"b1": back.sum(axis=0), "b2": delta.sum(axis=0)}
    grads["W1"] = X.T @ back + 2 * reg * self.params["W1"]
    grads["W2"] = hidden.T @ delta + 2 * reg * self.params["W2"]
    return grads


@slip(
    "net-backward",
    fails=(FIRST,),
    says="as if the ReLU were closed where the gradient is negative, not where the unit is",
)
def relu_of_the_gradient(self, X, hidden, scores, y, reg):
    delta = np.exp(scores - scores.max(axis=1, keepdims=True))
    delta /= delta.sum(axis=1, keepdims=True)
    delta[np.arange(len(y)), y] -= 1
    delta /= len(y)
    back = np.maximum(0, delta @ self.params["W2"].T)
    grads = {"b1": back.sum(axis=0), "b2": delta.sum(axis=0)}
    grads["W1"] = X.T @ back + 2 * reg * self.params["W1"]
    grads["W2"] = hidden.T @ delta + 2 * reg * self.params["W2"]
    return grads


@slip(
    "net-backward",
    fails=(FIRST,),
    says="as if the gradient were multiplied by the hidden layer, not by where it is open",
)
def times_hidden(self, X, hidden, scores, y, reg):
    delta = np.exp(scores - scores.max(axis=1, keepdims=True))
    delta /= delta.sum(axis=1, keepdims=True)
    delta[np.arange(len(y)), y] -= 1
    delta /= len(y)
    back = delta @ self.params["W2"].T * hidden
    grads = {"b1": back.sum(axis=0), "b2": delta.sum(axis=0)}
    grads["W1"] = X.T @ back + 2 * reg * self.params["W1"]
    grads["W2"] = hidden.T @ delta + 2 * reg * self.params["W2"]
    return grads


@slip("net-backward", fails=(FIRST,), says="as if the first bias's gradient were taken before the ReLU closes it")
def bias_before_the_relu(self, X, hidden, scores, y, reg):
    delta = np.exp(scores - scores.max(axis=1, keepdims=True))
    delta /= delta.sum(axis=1, keepdims=True)
    delta[np.arange(len(y)), y] -= 1
    delta /= len(y)
    back = delta @ self.params["W2"].T
    grads = {"b1": back.sum(axis=0), "b2": delta.sum(axis=0)}
    grads["W1"] = X.T @ (back * (hidden > 0)) + 2 * reg * self.params["W1"]
    grads["W2"] = hidden.T @ delta + 2 * reg * self.params["W2"]
    return grads


@slip("net-backward", fails=(SECOND, FIRST), says="as if the bias gradients were summed to one number")
def bias_gradients_summed_to_a_number(self, X, hidden, scores, y, reg):
    delta = np.exp(scores - scores.max(axis=1, keepdims=True))
    delta /= delta.sum(axis=1, keepdims=True)
    delta[np.arange(len(y)), y] -= 1
    delta /= len(y)
    back = delta @ self.params["W2"].T * (hidden > 0)
    grads = {"b1": back.sum(), "b2": delta.sum()}
    grads["W1"] = X.T @ back + 2 * reg * self.params["W1"]
    grads["W2"] = hidden.T @ delta + 2 * reg * self.params["W2"]
    return grads


@slip("net-backward", fails=(SECOND, FIRST), says="as if the bias gradients had the shapes (1, H) and (1, C)")
def bias_gradients_as_rows(self, X, hidden, scores, y, reg):
    delta = np.exp(scores - scores.max(axis=1, keepdims=True))
    delta /= delta.sum(axis=1, keepdims=True)
    delta[np.arange(len(y)), y] -= 1
    delta /= len(y)
    back = delta @ self.params["W2"].T * (hidden > 0)
    grads = {"b1": back.sum(axis=0, keepdims=True), "b2": delta.sum(axis=0, keepdims=True)}
    grads["W1"] = X.T @ back + 2 * reg * self.params["W1"]
    grads["W2"] = hidden.T @ delta + 2 * reg * self.params["W2"]
    return grads


@slip("net-backward", fails=(SECOND, FIRST), says="as if the bias gradients were divided by N once more")
def bias_gradients_averaged_twice(self, X, hidden, scores, y, reg):
    delta = np.exp(scores - scores.max(axis=1, keepdims=True))
    delta /= delta.sum(axis=1, keepdims=True)
    delta[np.arange(len(y)), y] -= 1
    delta /= len(y)
    back = delta @ self.params["W2"].T * (hidden > 0)
    grads = {"b1": back.mean(axis=0), "b2": delta.mean(axis=0)}
    grads["W1"] = X.T @ back + 2 * reg * self.params["W1"]
    grads["W2"] = hidden.T @ delta + 2 * reg * self.params["W2"]
    return grads


@slip("net-backward", fails=(SECOND,), says="as if the second layer's inputs were not the hidden layer after its ReLU")
def hidden_without_relu(self, X, hidden, scores, y, reg):
    delta = np.exp(scores - scores.max(axis=1, keepdims=True))
    delta /= delta.sum(axis=1, keepdims=True)
    delta[np.arange(len(y)), y] -= 1
    delta /= len(y)
    back = delta @ self.params["W2"].T * (hidden > 0)
    grads = {"b1": back.sum(axis=0), "b2": delta.sum(axis=0)}
    grads["W1"] = X.T @ back + 2 * reg * self.params["W1"]
    grads["W2"] = (X @ self.params["W1"] + self.params["b1"]).T @ delta + 2 * reg * self.params["W2"]
    return grads


@slip(
    "net-backward",
    fails=(SECOND, FIRST, PENALTY_GRADIENT, GRADIENT_THOUSAND),
    says="as if the gradients of the matrices were transposed",
)
def gradients_transposed(self, X, hidden, scores, y, reg):
    delta = np.exp(scores - scores.max(axis=1, keepdims=True))
    delta /= delta.sum(axis=1, keepdims=True)
    delta[np.arange(len(y)), y] -= 1
    delta /= len(y)
    back = delta @ self.params["W2"].T * (hidden > 0)
    grads = {"b1": back.sum(axis=0), "b2": delta.sum(axis=0)}
    grads["W1"] = back.T @ X + 2 * reg * self.params["W1"].T
    grads["W2"] = delta.T @ hidden + 2 * reg * self.params["W2"].T
    return grads


@slip("net-backward", fails=(PENALTY_GRADIENT,), says="as if the penalty's gradient lacked its factor 2")
def penalty_gradient_without_two(self, X, hidden, scores, y, reg):
    delta = np.exp(scores - scores.max(axis=1, keepdims=True))
    delta /= delta.sum(axis=1, keepdims=True)
    delta[np.arange(len(y)), y] -= 1
    delta /= len(y)
    back = delta @ self.params["W2"].T * (hidden > 0)
    grads = {"b1": back.sum(axis=0), "b2": delta.sum(axis=0)}
    grads["W1"] = X.T @ back + reg * self.params["W1"]
    grads["W2"] = hidden.T @ delta + reg * self.params["W2"]
    return grads


@slip("net-backward", fails=(PENALTY_GRADIENT,), says="as if the penalty were in the loss but not in the gradient")
def no_penalty_gradient(self, X, hidden, scores, y, reg):
    delta = np.exp(scores - scores.max(axis=1, keepdims=True))
    delta /= delta.sum(axis=1, keepdims=True)
    delta[np.arange(len(y)), y] -= 1
    delta /= len(y)
    back = delta @ self.params["W2"].T * (hidden > 0)
    return {"W1": X.T @ back, "b1": back.sum(axis=0), "W2": hidden.T @ delta, "b2": delta.sum(axis=0)}


@slip("net-backward", fails=(PENALTY_GRADIENT,), says="as if the penalty's gradient were divided by N")
def penalty_gradient_over_the_batch(self, X, hidden, scores, y, reg):
    delta = np.exp(scores - scores.max(axis=1, keepdims=True))
    delta /= delta.sum(axis=1, keepdims=True)
    delta[np.arange(len(y)), y] -= 1
    delta /= len(y)
    back = delta @ self.params["W2"].T * (hidden > 0)
    grads = {"b1": back.sum(axis=0), "b2": delta.sum(axis=0)}
    grads["W1"] = X.T @ back + 2 * reg * self.params["W1"] / len(y)
    grads["W2"] = hidden.T @ delta + 2 * reg * self.params["W2"] / len(y)
    return grads


@slip("net-backward", fails=(FREE_BIASES,), says="as if the biases were regularised, too")
def biases_regularised(self, X, hidden, scores, y, reg):
    delta = np.exp(scores - scores.max(axis=1, keepdims=True))
    delta /= delta.sum(axis=1, keepdims=True)
    delta[np.arange(len(y)), y] -= 1
    delta /= len(y)
    back = delta @ self.params["W2"].T * (hidden > 0)
    grads = {"W1": X.T @ back, "b1": back.sum(axis=0), "W2": hidden.T @ delta, "b2": delta.sum(axis=0)}
    return {name: grad + 2 * reg * self.params[name] for name, grad in grads.items()}


@slip("net-backward", fails=(GRADIENT_THOUSAND,), says="as if the scores were not shifted by their row's maximum")
def gradient_without_shift(self, X, hidden, scores, y, reg):
    delta = np.exp(scores)
    delta /= delta.sum(axis=1, keepdims=True)
    delta[np.arange(len(y)), y] -= 1
    delta /= len(y)
    back = delta @ self.params["W2"].T * (hidden > 0)
    grads = {"b1": back.sum(axis=0), "b2": delta.sum(axis=0)}
    grads["W1"] = X.T @ back + 2 * reg * self.params["W1"]
    grads["W2"] = hidden.T @ delta + 2 * reg * self.params["W2"]
    return grads


@slip("net-backward", fails=(FRESH,), says="as if the gradients were added to those of the last call")
def gradients_accumulated(self, X, hidden, scores, y, reg):
    delta = np.exp(scores - scores.max(axis=1, keepdims=True))
    delta /= delta.sum(axis=1, keepdims=True)
    delta[np.arange(len(y)), y] -= 1
    delta /= len(y)
    back = delta @ self.params["W2"].T * (hidden > 0)
    grads = {"b1": back.sum(axis=0), "b2": delta.sum(axis=0)}
    grads["W1"] = X.T @ back + 2 * reg * self.params["W1"]
    grads["W2"] = hidden.T @ delta + 2 * reg * self.params["W2"]
    if not hasattr(self, "grads"):
        self.grads = dict.fromkeys(grads, 0.0)
    self.grads = {name: self.grads[name] + grads[name] for name in grads}
    return self.grads


@slip("net-backward", fails=(FRESH,), says="as if loss took a step by itself: the parameters change")
def step_within_backward(self, X, hidden, scores, y, reg):
    delta = np.exp(scores - scores.max(axis=1, keepdims=True))
    delta /= delta.sum(axis=1, keepdims=True)
    delta[np.arange(len(y)), y] -= 1
    delta /= len(y)
    back = delta @ self.params["W2"].T * (hidden > 0)
    grads = {"b1": back.sum(axis=0), "b2": delta.sum(axis=0)}
    grads["W1"] = X.T @ back + 2 * reg * self.params["W1"]
    grads["W2"] = hidden.T @ delta + 2 * reg * self.params["W2"]
    for name in self.params:
        self.params[name] -= 1e-3 * grads[name]
    return grads


@slip("net-backward", fails=(FRESH,), says="as if the scores that backward is given were changed in place")
def scores_changed_in_place(self, X, hidden, scores, y, reg):
    delta = scores
    delta -= delta.max(axis=1, keepdims=True)
    np.exp(delta, out=delta)
    delta /= delta.sum(axis=1, keepdims=True)
    delta[np.arange(len(y)), y] -= 1
    delta /= len(y)
    back = delta @ self.params["W2"].T * (hidden > 0)
    grads = {"b1": back.sum(axis=0), "b2": delta.sum(axis=0)}
    grads["W1"] = X.T @ back + 2 * reg * self.params["W1"]
    grads["W2"] = hidden.T @ delta + 2 * reg * self.params["W2"]
    return grads
