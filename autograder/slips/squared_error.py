"""Slips in `mse_loss`."""

import numpy as np

from autograder.slips import slip

LOSS = "test_mse_loss_is_the_sum_over_classes_and_the_mean_over_examples"
SCORES_GRAD = "test_mse_gradient_of_the_scores"
PENALTY = "test_mse_penalty_in_the_loss"
WEIGHTS_GRAD = "test_mse_gradient_of_the_penalty"
ARGUMENTS = "test_mse_leaves_its_arguments"
TYPES = "test_mse_for_every_type"


@slip("mse", fails=(LOSS,), says="as if there were a factor 1/2 before the squared error")
def half_the_error(scores, targets, weights, reg):
    error = scores - targets
    loss = 0.5 * np.sum(error**2) / len(scores) + reg * np.sum(weights**2)
    return loss, 2 * error / len(scores), 2 * reg * weights


@slip("mse", fails=(LOSS,), says="as if the loss were averaged over the classes too")
def loss_averaged_over_classes(scores, targets, weights, reg):
    error = scores - targets
    return np.mean(error**2) + reg * np.sum(weights**2), 2 * error / len(scores), 2 * reg * weights


@slip("mse", fails=(LOSS,), says="as if the loss were the sum over the batch, not the mean")
def loss_summed_over_the_batch(scores, targets, weights, reg):
    error = scores - targets
    return np.sum(error**2) + reg * np.sum(weights**2), 2 * error / len(scores), 2 * reg * weights


@slip("mse", fails=(LOSS,), says="as if the root of the squared error were taken")
def root_of_the_error(scores, targets, weights, reg):
    error = scores - targets
    loss = np.mean(np.sqrt(np.sum(error**2, axis=1))) + reg * np.sum(weights**2)
    return loss, 2 * error / len(scores), 2 * reg * weights


@slip("mse", fails=(LOSS,), says="as if the sizes of the errors were summed, not their squares")
def absolute_error(scores, targets, weights, reg):
    error = scores - targets
    loss = np.sum(np.abs(error)) / len(scores) + reg * np.sum(weights**2)
    return loss, 2 * error / len(scores), 2 * reg * weights


@slip("mse", fails=(SCORES_GRAD,), says="as if the factor 2 of the derivative were forgotten")
def gradient_without_two(scores, targets, weights, reg):
    error = scores - targets
    return np.sum(error**2) / len(scores) + reg * np.sum(weights**2), error / len(scores), 2 * reg * weights


@slip("mse", fails=(SCORES_GRAD,), says="as if the 1/N were in the loss, but not in scores_grad")
def gradient_without_mean(scores, targets, weights, reg):
    error = scores - targets
    return np.sum(error**2) / len(scores) + reg * np.sum(weights**2), 2 * error, 2 * reg * weights


@slip("mse", fails=(SCORES_GRAD,), says="as if scores_grad were averaged over the classes too")
def gradient_averaged_over_classes(scores, targets, weights, reg):
    error = scores - targets
    return np.sum(error**2) / len(scores) + reg * np.sum(weights**2), 2 * error / error.size, 2 * reg * weights


@slip("mse", fails=(SCORES_GRAD,), says="as if scores and targets were swapped in the gradient")
def gradient_of_the_wrong_sign(scores, targets, weights, reg):
    error = targets - scores
    return np.sum(error**2) / len(scores) + reg * np.sum(weights**2), 2 * error / len(scores), 2 * reg * weights


@slip("mse", fails=(SCORES_GRAD,), says="as if the penalty were added to scores_grad")
def penalty_in_the_scores(scores, targets, weights, reg):
    error = scores - targets
    loss = np.sum(error**2) / len(scores) + reg * np.sum(weights**2)
    return loss, 2 * error / len(scores) + 2 * reg * weights.sum(), 2 * reg * weights


@slip("mse", fails=(PENALTY,), says="as if the penalty were missing from the loss")
def penalty_not_in_the_loss(scores, targets, weights, reg):
    error = scores - targets
    return np.sum(error**2) / len(scores), 2 * error / len(scores), 2 * reg * weights


@slip("mse", fails=(PENALTY,), says="as if there were a factor 1/2 before the penalty")
def half_the_penalty(scores, targets, weights, reg):
    error = scores - targets
    return np.sum(error**2) / len(scores) + 0.5 * reg * np.sum(weights**2), 2 * error / len(scores), 2 * reg * weights


@slip("mse", fails=(PENALTY,), says="as if the norm of the weights were not squared")
def norm_not_squared(scores, targets, weights, reg):
    error = scores - targets
    return np.sum(error**2) / len(scores) + reg * np.linalg.norm(weights), 2 * error / len(scores), 2 * reg * weights


@slip("mse", fails=(PENALTY,), says="as if the penalty were divided by the size of the batch")
def penalty_averaged(scores, targets, weights, reg):
    error = scores - targets
    return (np.sum(error**2) + reg * np.sum(weights**2)) / len(scores), 2 * error / len(scores), 2 * reg * weights


@slip("mse", fails=(PENALTY,), says="as if the weights were summed before they are squared")
def square_of_the_sum(scores, targets, weights, reg):
    error = scores - targets
    return np.sum(error**2) / len(scores) + reg * np.sum(weights) ** 2, 2 * error / len(scores), 2 * reg * weights


@slip("mse", fails=(WEIGHTS_GRAD,), says="as if the derivative of the square had no factor 2")
def penalty_gradient_without_two(scores, targets, weights, reg):
    error = scores - targets
    return np.sum(error**2) / len(scores) + reg * np.sum(weights**2), 2 * error / len(scores), reg * weights


@slip("mse", fails=(WEIGHTS_GRAD,), says="as if the penalty were in the loss, not in the gradient")
def penalty_not_in_the_gradient(scores, targets, weights, reg):
    error = scores - targets
    loss = np.sum(error**2) / len(scores) + reg * np.sum(weights**2)
    return loss, 2 * error / len(scores), np.zeros_like(weights)


@slip("mse", fails=(WEIGHTS_GRAD,), says="as if weights_grad were divided by the size of the batch")
def penalty_gradient_averaged(scores, targets, weights, reg):
    error = scores - targets
    loss = np.sum(error**2) / len(scores) + reg * np.sum(weights**2)
    return loss, 2 * error / len(scores), 2 * reg * weights / len(scores)


@slip("mse", fails=(WEIGHTS_GRAD,), says="as if weights_grad were summed to one number")
def penalty_gradient_one_number(scores, targets, weights, reg):
    error = scores - targets
    loss = np.sum(error**2) / len(scores) + reg * np.sum(weights**2)
    return loss, 2 * error / len(scores), 2 * reg * np.sum(weights)


@slip("mse", fails=(WEIGHTS_GRAD,), says="as if there were no gradient where reg is 0")
def no_gradient_without_reg(scores, targets, weights, reg):
    error = scores - targets
    loss, weights_grad = np.sum(error**2) / len(scores), 0.0
    if reg > 0:
        loss, weights_grad = loss + reg * np.sum(weights**2), 2 * reg * weights
    return loss, 2 * error / len(scores), weights_grad


@slip("mse", fails=(ARGUMENTS,), says="as if the error were computed inside the scores")
def error_in_place(scores, targets, weights, reg):
    scores = scores.astype(float, copy=False)
    scores -= targets
    loss = np.sum(scores**2) / len(scores) + reg * np.sum(weights**2)
    return loss, 2 * scores / len(scores), 2 * reg * weights


@slip("mse", fails=(ARGUMENTS,), says="as if weights_grad were computed inside the weights")
def penalty_gradient_in_place(scores, targets, weights, reg):
    error = scores - targets
    loss = np.sum(error**2) / len(scores) + reg * np.sum(weights**2)
    weights_grad = weights
    weights_grad *= 2 * reg
    return loss, 2 * error / len(scores), weights_grad


@slip(
    "mse",
    fails=(TYPES,),
    says="as if scores_grad had the type of the targets, which cuts off the digits when those are integers",
)
def gradient_of_the_type_of_the_targets(scores, targets, weights, reg):
    scores_grad = np.zeros_like(targets)
    loss = reg * np.sum(weights**2)
    for n in range(len(scores)):
        error = scores[n] - targets[n]
        loss += np.sum(error**2) / len(scores)
        scores_grad[n] = 2 * error / len(scores)
    return loss, scores_grad, 2 * reg * weights
