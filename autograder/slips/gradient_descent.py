"""Slips in `gradient_descent`."""

import numpy as np

from autograder.slips import slip

STEP = "test_one_epoch_steps_down_the_gradient"
PENALTY = "test_the_penalty_moves_the_weights_only"
CALL = "test_the_loss_is_given_the_whole_problem"
RATE = "test_the_rate_falls_after_every_epoch"
LOSS = "test_the_history_holds_the_loss_before_each_step"
ACCURACIES = "test_the_history_holds_both_accuracies_after_each_step"
AFRESH = "test_a_second_descent_starts_afresh"
EVERY_DESCENT = (STEP, PENALTY, CALL, RATE, LOSS, ACCURACIES, AFRESH)


@slip("gradient-descent", fails=(STEP,), says="as if the step went uphill")
def uphill(layer, loss_function, train, test, *, lr, lr_decay, reg, epochs):
    history = {"loss": [], "train_accuracy": [], "test_accuracy": [], "lr": []}
    for _ in range(epochs):
        scores = layer.forward(train[0])
        targets = np.eye(scores.shape[1])[train[1]]
        loss, scores_grad, weights_grad = loss_function(scores, targets, layer.weights, reg)
        layer.backward(scores_grad, train[0])
        layer.weights += lr * (layer.w_grad + weights_grad)
        layer.bias += lr * layer.b_grad
        history["loss"].append(loss)
        history["train_accuracy"].append(np.mean(layer.forward(train[0]).argmax(axis=1) == train[1]))
        history["test_accuracy"].append(np.mean(layer.forward(test[0]).argmax(axis=1) == test[1]))
        history["lr"].append(lr)
        lr *= lr_decay
    return history


@slip("gradient-descent", fails=(STEP,), says="as if the bias never moved")
def bias_stays(layer, loss_function, train, test, *, lr, lr_decay, reg, epochs):
    history = {"loss": [], "train_accuracy": [], "test_accuracy": [], "lr": []}
    for _ in range(epochs):
        scores = layer.forward(train[0])
        targets = np.eye(scores.shape[1])[train[1]]
        loss, scores_grad, weights_grad = loss_function(scores, targets, layer.weights, reg)
        layer.backward(scores_grad, train[0])
        layer.weights -= lr * (layer.w_grad + weights_grad)
        history["loss"].append(loss)
        history["train_accuracy"].append(np.mean(layer.forward(train[0]).argmax(axis=1) == train[1]))
        history["test_accuracy"].append(np.mean(layer.forward(test[0]).argmax(axis=1) == test[1]))
        history["lr"].append(lr)
        lr *= lr_decay
    return history


@slip("gradient-descent", fails=(STEP,), says="as if the rate were left out of the step")
def step_without_rate(layer, loss_function, train, test, *, lr, lr_decay, reg, epochs):
    history = {"loss": [], "train_accuracy": [], "test_accuracy": [], "lr": []}
    for _ in range(epochs):
        scores = layer.forward(train[0])
        targets = np.eye(scores.shape[1])[train[1]]
        loss, scores_grad, weights_grad = loss_function(scores, targets, layer.weights, reg)
        layer.backward(scores_grad, train[0])
        layer.weights -= layer.w_grad + weights_grad
        layer.bias -= layer.b_grad
        history["loss"].append(loss)
        history["train_accuracy"].append(np.mean(layer.forward(train[0]).argmax(axis=1) == train[1]))
        history["test_accuracy"].append(np.mean(layer.forward(test[0]).argmax(axis=1) == test[1]))
        history["lr"].append(lr)
        lr *= lr_decay
    return history


@slip("gradient-descent", fails=(PENALTY,), says="as if the gradient of the penalty were left out of the step")
def penalty_ignored(layer, loss_function, train, test, *, lr, lr_decay, reg, epochs):
    history = {"loss": [], "train_accuracy": [], "test_accuracy": [], "lr": []}
    for _ in range(epochs):
        scores = layer.forward(train[0])
        targets = np.eye(scores.shape[1])[train[1]]
        loss, scores_grad, _ = loss_function(scores, targets, layer.weights, reg)
        layer.backward(scores_grad, train[0])
        layer.weights -= lr * layer.w_grad
        layer.bias -= lr * layer.b_grad
        history["loss"].append(loss)
        history["train_accuracy"].append(np.mean(layer.forward(train[0]).argmax(axis=1) == train[1]))
        history["test_accuracy"].append(np.mean(layer.forward(test[0]).argmax(axis=1) == test[1]))
        history["lr"].append(lr)
        lr *= lr_decay
    return history


@slip(
    "gradient-descent",
    fails=(PENALTY,),
    says="as if the rate multiplied the gradient of the data only, not that of the penalty",
)
def penalty_without_rate(layer, loss_function, train, test, *, lr, lr_decay, reg, epochs):
    history = {"loss": [], "train_accuracy": [], "test_accuracy": [], "lr": []}
    for _ in range(epochs):
        scores = layer.forward(train[0])
        targets = np.eye(scores.shape[1])[train[1]]
        loss, scores_grad, weights_grad = loss_function(scores, targets, layer.weights, reg)
        layer.backward(scores_grad, train[0])
        layer.weights -= lr * layer.w_grad + weights_grad
        layer.bias -= lr * layer.b_grad
        history["loss"].append(loss)
        history["train_accuracy"].append(np.mean(layer.forward(train[0]).argmax(axis=1) == train[1]))
        history["test_accuracy"].append(np.mean(layer.forward(test[0]).argmax(axis=1) == test[1]))
        history["lr"].append(lr)
        lr *= lr_decay
    return history


@slip("gradient-descent", fails=(PENALTY,), says="as if the loop added a penalty of its own to the one in weights_grad")
def penalty_twice(layer, loss_function, train, test, *, lr, lr_decay, reg, epochs):
    history = {"loss": [], "train_accuracy": [], "test_accuracy": [], "lr": []}
    for _ in range(epochs):
        scores = layer.forward(train[0])
        targets = np.eye(scores.shape[1])[train[1]]
        loss, scores_grad, weights_grad = loss_function(scores, targets, layer.weights, reg)
        layer.backward(scores_grad, train[0])
        layer.weights -= lr * (layer.w_grad + weights_grad + 2 * reg * layer.weights)
        layer.bias -= lr * layer.b_grad
        history["loss"].append(loss)
        history["train_accuracy"].append(np.mean(layer.forward(train[0]).argmax(axis=1) == train[1]))
        history["test_accuracy"].append(np.mean(layer.forward(test[0]).argmax(axis=1) == test[1]))
        history["lr"].append(lr)
        lr *= lr_decay
    return history


@slip("gradient-descent", fails=(PENALTY,), says="as if the bias had a penalty, too")
def penalty_on_the_bias(layer, loss_function, train, test, *, lr, lr_decay, reg, epochs):
    history = {"loss": [], "train_accuracy": [], "test_accuracy": [], "lr": []}
    for _ in range(epochs):
        scores = layer.forward(train[0])
        targets = np.eye(scores.shape[1])[train[1]]
        loss, scores_grad, weights_grad = loss_function(scores, targets, layer.weights, reg)
        layer.backward(scores_grad, train[0])
        layer.weights -= lr * (layer.w_grad + weights_grad)
        layer.bias -= lr * (layer.b_grad + 2 * reg * layer.bias)
        history["loss"].append(loss)
        history["train_accuracy"].append(np.mean(layer.forward(train[0]).argmax(axis=1) == train[1]))
        history["test_accuracy"].append(np.mean(layer.forward(test[0]).argmax(axis=1) == test[1]))
        history["lr"].append(lr)
        lr *= lr_decay
    return history


@slip("gradient-descent", fails=(CALL, LOSS), says="as if the loss were given class ids in place of one-hot targets")
def labels_for_targets(layer, loss_function, train, test, *, lr, lr_decay, reg, epochs):
    history = {"loss": [], "train_accuracy": [], "test_accuracy": [], "lr": []}
    for _ in range(epochs):
        scores = layer.forward(train[0])
        targets = train[1]
        loss, scores_grad, weights_grad = loss_function(scores, targets, layer.weights, reg)
        layer.backward(scores_grad, train[0])
        layer.weights -= lr * (layer.w_grad + weights_grad)
        layer.bias -= lr * layer.b_grad
        history["loss"].append(loss)
        history["train_accuracy"].append(np.mean(layer.forward(train[0]).argmax(axis=1) == train[1]))
        history["test_accuracy"].append(np.mean(layer.forward(test[0]).argmax(axis=1) == test[1]))
        history["lr"].append(lr)
        lr *= lr_decay
    return history


@slip(
    "gradient-descent",
    fails=(CALL, RATE, LOSS, ACCURACIES, AFRESH),
    says="as if there were no more classes than appear among the labels",
)
def classes_from_the_labels(layer, loss_function, train, test, *, lr, lr_decay, reg, epochs):
    history = {"loss": [], "train_accuracy": [], "test_accuracy": [], "lr": []}
    for _ in range(epochs):
        scores = layer.forward(train[0])
        targets = np.eye(train[1].max() + 1)[train[1]]
        loss, scores_grad, weights_grad = loss_function(scores, targets, layer.weights, reg)
        layer.backward(scores_grad, train[0])
        layer.weights -= lr * (layer.w_grad + weights_grad)
        layer.bias -= lr * layer.b_grad
        history["loss"].append(loss)
        history["train_accuracy"].append(np.mean(layer.forward(train[0]).argmax(axis=1) == train[1]))
        history["test_accuracy"].append(np.mean(layer.forward(test[0]).argmax(axis=1) == test[1]))
        history["lr"].append(lr)
        lr *= lr_decay
    return history


@slip("gradient-descent", fails=(CALL, LOSS), says="as if the loss were called without reg")
def reg_not_passed(layer, loss_function, train, test, *, lr, lr_decay, reg, epochs):
    history = {"loss": [], "train_accuracy": [], "test_accuracy": [], "lr": []}
    for _ in range(epochs):
        scores = layer.forward(train[0])
        targets = np.eye(scores.shape[1])[train[1]]
        loss, scores_grad, weights_grad = loss_function(scores, targets, layer.weights, 0.0)
        layer.backward(scores_grad, train[0])
        layer.weights -= lr * (layer.w_grad + weights_grad)
        layer.bias -= lr * layer.b_grad
        history["loss"].append(loss)
        history["train_accuracy"].append(np.mean(layer.forward(train[0]).argmax(axis=1) == train[1]))
        history["test_accuracy"].append(np.mean(layer.forward(test[0]).argmax(axis=1) == test[1]))
        history["lr"].append(lr)
        lr *= lr_decay
    return history


@slip("gradient-descent", fails=(STEP, CALL, LOSS, PENALTY), says="as if only half of the training examples took part")
def half_of_the_batch(layer, loss_function, train, test, *, lr, lr_decay, reg, epochs):
    history = {"loss": [], "train_accuracy": [], "test_accuracy": [], "lr": []}
    for _ in range(epochs):
        half = len(train[0]) // 2
        scores = layer.forward(train[0][:half])
        targets = np.eye(scores.shape[1])[train[1][:half]]
        loss, scores_grad, weights_grad = loss_function(scores, targets, layer.weights, reg)
        layer.backward(scores_grad, train[0][:half])
        layer.weights -= lr * (layer.w_grad + weights_grad)
        layer.bias -= lr * layer.b_grad
        history["loss"].append(loss)
        history["train_accuracy"].append(np.mean(layer.forward(train[0]).argmax(axis=1) == train[1]))
        history["test_accuracy"].append(np.mean(layer.forward(test[0]).argmax(axis=1) == test[1]))
        history["lr"].append(lr)
        lr *= lr_decay
    return history


@slip(
    "gradient-descent",
    fails=(STEP, PENALTY, CALL),
    says="as if the squared error were computed, whichever loss is passed",
)
def loss_of_its_own(layer, loss_function, train, test, *, lr, lr_decay, reg, epochs):
    history = {"loss": [], "train_accuracy": [], "test_accuracy": [], "lr": []}
    for _ in range(epochs):
        scores = layer.forward(train[0])
        targets = np.eye(scores.shape[1])[train[1]]
        error, weights_grad = scores - targets, 2 * reg * layer.weights
        loss = np.sum(error**2) / len(error) + reg * np.sum(layer.weights**2)
        layer.backward(2 * error / len(error), train[0])
        layer.weights -= lr * (layer.w_grad + weights_grad)
        layer.bias -= lr * layer.b_grad
        history["loss"].append(loss)
        history["train_accuracy"].append(np.mean(layer.forward(train[0]).argmax(axis=1) == train[1]))
        history["test_accuracy"].append(np.mean(layer.forward(test[0]).argmax(axis=1) == test[1]))
        history["lr"].append(lr)
        lr *= lr_decay
    return history


@slip("gradient-descent", fails=(RATE,), says="as if the rate fell before the first step")
def rate_falls_before_the_step(layer, loss_function, train, test, *, lr, lr_decay, reg, epochs):
    history = {"loss": [], "train_accuracy": [], "test_accuracy": [], "lr": []}
    for _ in range(epochs):
        lr *= lr_decay
        scores = layer.forward(train[0])
        targets = np.eye(scores.shape[1])[train[1]]
        loss, scores_grad, weights_grad = loss_function(scores, targets, layer.weights, reg)
        layer.backward(scores_grad, train[0])
        layer.weights -= lr * (layer.w_grad + weights_grad)
        layer.bias -= lr * layer.b_grad
        history["loss"].append(loss)
        history["train_accuracy"].append(np.mean(layer.forward(train[0]).argmax(axis=1) == train[1]))
        history["test_accuracy"].append(np.mean(layer.forward(test[0]).argmax(axis=1) == test[1]))
        history["lr"].append(lr)
    return history


@slip("gradient-descent", fails=(RATE,), says="as if the rate never fell")
def rate_never_falls(layer, loss_function, train, test, *, lr, lr_decay, reg, epochs):
    history = {"loss": [], "train_accuracy": [], "test_accuracy": [], "lr": []}
    for _ in range(epochs):
        scores = layer.forward(train[0])
        targets = np.eye(scores.shape[1])[train[1]]
        loss, scores_grad, weights_grad = loss_function(scores, targets, layer.weights, reg)
        layer.backward(scores_grad, train[0])
        layer.weights -= lr * (layer.w_grad + weights_grad)
        layer.bias -= lr * layer.b_grad
        history["loss"].append(loss)
        history["train_accuracy"].append(np.mean(layer.forward(train[0]).argmax(axis=1) == train[1]))
        history["test_accuracy"].append(np.mean(layer.forward(test[0]).argmax(axis=1) == test[1]))
        history["lr"].append(lr)
    return history


@slip("gradient-descent", fails=(RATE,), says="as if the rate were recorded after it fell")
def rate_recorded_too_late(layer, loss_function, train, test, *, lr, lr_decay, reg, epochs):
    history = {"loss": [], "train_accuracy": [], "test_accuracy": [], "lr": []}
    for _ in range(epochs):
        scores = layer.forward(train[0])
        targets = np.eye(scores.shape[1])[train[1]]
        loss, scores_grad, weights_grad = loss_function(scores, targets, layer.weights, reg)
        layer.backward(scores_grad, train[0])
        layer.weights -= lr * (layer.w_grad + weights_grad)
        layer.bias -= lr * layer.b_grad
        history["loss"].append(loss)
        history["train_accuracy"].append(np.mean(layer.forward(train[0]).argmax(axis=1) == train[1]))
        history["test_accuracy"].append(np.mean(layer.forward(test[0]).argmax(axis=1) == test[1]))
        lr *= lr_decay
        history["lr"].append(lr)
    return history


@slip("gradient-descent", fails=(RATE,), says="as if the rate were divided by 1 + lr_decay * epoch")
def rate_falls_by_division(layer, loss_function, train, test, *, lr, lr_decay, reg, epochs):
    history = {"loss": [], "train_accuracy": [], "test_accuracy": [], "lr": []}
    first_lr = lr
    for epoch in range(epochs):
        lr = first_lr / (1 + lr_decay * epoch)
        scores = layer.forward(train[0])
        targets = np.eye(scores.shape[1])[train[1]]
        loss, scores_grad, weights_grad = loss_function(scores, targets, layer.weights, reg)
        layer.backward(scores_grad, train[0])
        layer.weights -= lr * (layer.w_grad + weights_grad)
        layer.bias -= lr * layer.b_grad
        history["loss"].append(loss)
        history["train_accuracy"].append(np.mean(layer.forward(train[0]).argmax(axis=1) == train[1]))
        history["test_accuracy"].append(np.mean(layer.forward(test[0]).argmax(axis=1) == test[1]))
        history["lr"].append(lr)
    return history


@slip(
    "gradient-descent",
    fails=(RATE,),
    says="as if lr_decay to the power of the epoch were applied to the rate that fell already",
)
def decay_of_the_decay(layer, loss_function, train, test, *, lr, lr_decay, reg, epochs):
    history = {"loss": [], "train_accuracy": [], "test_accuracy": [], "lr": []}
    for epoch in range(epochs):
        scores = layer.forward(train[0])
        targets = np.eye(scores.shape[1])[train[1]]
        loss, scores_grad, weights_grad = loss_function(scores, targets, layer.weights, reg)
        layer.backward(scores_grad, train[0])
        layer.weights -= lr * (layer.w_grad + weights_grad)
        layer.bias -= lr * layer.b_grad
        history["loss"].append(loss)
        history["train_accuracy"].append(np.mean(layer.forward(train[0]).argmax(axis=1) == train[1]))
        history["test_accuracy"].append(np.mean(layer.forward(test[0]).argmax(axis=1) == test[1]))
        history["lr"].append(lr)
        lr *= lr_decay ** (epoch + 1)
    return history


@slip("gradient-descent", fails=(LOSS,), says="as if the loss were taken after the step")
def loss_after_the_step(layer, loss_function, train, test, *, lr, lr_decay, reg, epochs):
    history = {"loss": [], "train_accuracy": [], "test_accuracy": [], "lr": []}
    for _ in range(epochs):
        scores = layer.forward(train[0])
        targets = np.eye(scores.shape[1])[train[1]]
        _, scores_grad, weights_grad = loss_function(scores, targets, layer.weights, reg)
        layer.backward(scores_grad, train[0])
        layer.weights -= lr * (layer.w_grad + weights_grad)
        layer.bias -= lr * layer.b_grad
        history["loss"].append(loss_function(layer.forward(train[0]), targets, layer.weights, reg)[0])
        history["train_accuracy"].append(np.mean(layer.forward(train[0]).argmax(axis=1) == train[1]))
        history["test_accuracy"].append(np.mean(layer.forward(test[0]).argmax(axis=1) == test[1]))
        history["lr"].append(lr)
        lr *= lr_decay
    return history


@slip("gradient-descent", fails=(LOSS,), says="as if the loss were recorded without the penalty")
def loss_without_penalty(layer, loss_function, train, test, *, lr, lr_decay, reg, epochs):
    history = {"loss": [], "train_accuracy": [], "test_accuracy": [], "lr": []}
    for _ in range(epochs):
        scores = layer.forward(train[0])
        targets = np.eye(scores.shape[1])[train[1]]
        _, scores_grad, weights_grad = loss_function(scores, targets, layer.weights, reg)
        layer.backward(scores_grad, train[0])
        layer.weights -= lr * (layer.w_grad + weights_grad)
        layer.bias -= lr * layer.b_grad
        history["loss"].append(loss_function(scores, targets, layer.weights, 0.0)[0])
        history["train_accuracy"].append(np.mean(layer.forward(train[0]).argmax(axis=1) == train[1]))
        history["test_accuracy"].append(np.mean(layer.forward(test[0]).argmax(axis=1) == test[1]))
        history["lr"].append(lr)
        lr *= lr_decay
    return history


@slip("gradient-descent", fails=(ACCURACIES,), says="as if the accuracies were taken before the step")
def accuracies_before_the_step(layer, loss_function, train, test, *, lr, lr_decay, reg, epochs):
    history = {"loss": [], "train_accuracy": [], "test_accuracy": [], "lr": []}
    for _ in range(epochs):
        before = [np.mean(layer.forward(x).argmax(axis=1) == y) for x, y in (train, test)]
        scores = layer.forward(train[0])
        targets = np.eye(scores.shape[1])[train[1]]
        loss, scores_grad, weights_grad = loss_function(scores, targets, layer.weights, reg)
        layer.backward(scores_grad, train[0])
        layer.weights -= lr * (layer.w_grad + weights_grad)
        layer.bias -= lr * layer.b_grad
        history["loss"].append(loss)
        history["train_accuracy"].append(before[0])
        history["test_accuracy"].append(before[1])
        history["lr"].append(lr)
        lr *= lr_decay
    return history


@slip("gradient-descent", fails=(ACCURACIES,), says="as if train and test accuracy were swapped")
def accuracies_swapped(layer, loss_function, train, test, *, lr, lr_decay, reg, epochs):
    history = {"loss": [], "train_accuracy": [], "test_accuracy": [], "lr": []}
    for _ in range(epochs):
        scores = layer.forward(train[0])
        targets = np.eye(scores.shape[1])[train[1]]
        loss, scores_grad, weights_grad = loss_function(scores, targets, layer.weights, reg)
        layer.backward(scores_grad, train[0])
        layer.weights -= lr * (layer.w_grad + weights_grad)
        layer.bias -= lr * layer.b_grad
        history["loss"].append(loss)
        history["test_accuracy"].append(np.mean(layer.forward(train[0]).argmax(axis=1) == train[1]))
        history["train_accuracy"].append(np.mean(layer.forward(test[0]).argmax(axis=1) == test[1]))
        history["lr"].append(lr)
        lr *= lr_decay
    return history


@slip(
    "gradient-descent",
    fails=(ACCURACIES,),
    says="as if the test accuracy were taken of the images, not of their scores",
)
def test_accuracy_of_the_images(layer, loss_function, train, test, *, lr, lr_decay, reg, epochs):
    history = {"loss": [], "train_accuracy": [], "test_accuracy": [], "lr": []}
    for _ in range(epochs):
        scores = layer.forward(train[0])
        targets = np.eye(scores.shape[1])[train[1]]
        loss, scores_grad, weights_grad = loss_function(scores, targets, layer.weights, reg)
        layer.backward(scores_grad, train[0])
        layer.weights -= lr * (layer.w_grad + weights_grad)
        layer.bias -= lr * layer.b_grad
        history["loss"].append(loss)
        history["train_accuracy"].append(np.mean(layer.forward(train[0]).argmax(axis=1) == train[1]))
        history["test_accuracy"].append(np.mean(test[0].argmax(axis=1) == test[1]))
        history["lr"].append(lr)
        lr *= lr_decay
    return history


@slip("gradient-descent", fails=(ACCURACIES,), says="as if the test accuracy were measured on the training examples")
def test_accuracy_of_the_training_set(layer, loss_function, train, test, *, lr, lr_decay, reg, epochs):
    history = {"loss": [], "train_accuracy": [], "test_accuracy": [], "lr": []}
    for _ in range(epochs):
        scores = layer.forward(train[0])
        targets = np.eye(scores.shape[1])[train[1]]
        loss, scores_grad, weights_grad = loss_function(scores, targets, layer.weights, reg)
        layer.backward(scores_grad, train[0])
        layer.weights -= lr * (layer.w_grad + weights_grad)
        layer.bias -= lr * layer.b_grad
        history["loss"].append(loss)
        history["train_accuracy"].append(np.mean(layer.forward(train[0]).argmax(axis=1) == train[1]))
        history["test_accuracy"].append(np.mean(layer.forward(train[0]).argmax(axis=1) == train[1]))
        history["lr"].append(lr)
        lr *= lr_decay
    return history


@slip("gradient-descent", fails=EVERY_DESCENT, says="as if the loop began at epoch 1 and missed one")
def one_epoch_too_few(layer, loss_function, train, test, *, lr, lr_decay, reg, epochs):
    history = {"loss": [], "train_accuracy": [], "test_accuracy": [], "lr": []}
    for _ in range(1, epochs):
        scores = layer.forward(train[0])
        targets = np.eye(scores.shape[1])[train[1]]
        loss, scores_grad, weights_grad = loss_function(scores, targets, layer.weights, reg)
        layer.backward(scores_grad, train[0])
        layer.weights -= lr * (layer.w_grad + weights_grad)
        layer.bias -= lr * layer.b_grad
        history["loss"].append(loss)
        history["train_accuracy"].append(np.mean(layer.forward(train[0]).argmax(axis=1) == train[1]))
        history["test_accuracy"].append(np.mean(layer.forward(test[0]).argmax(axis=1) == test[1]))
        history["lr"].append(lr)
        lr *= lr_decay
    return history


@slip("gradient-descent", fails=(STEP, RATE, LOSS, AFRESH), says="as if there were one epoch more than asked for")
def one_epoch_too_many(layer, loss_function, train, test, *, lr, lr_decay, reg, epochs):
    history = {"loss": [], "train_accuracy": [], "test_accuracy": [], "lr": []}
    for _ in range(epochs + 1):
        scores = layer.forward(train[0])
        targets = np.eye(scores.shape[1])[train[1]]
        loss, scores_grad, weights_grad = loss_function(scores, targets, layer.weights, reg)
        layer.backward(scores_grad, train[0])
        layer.weights -= lr * (layer.w_grad + weights_grad)
        layer.bias -= lr * layer.b_grad
        history["loss"].append(loss)
        history["train_accuracy"].append(np.mean(layer.forward(train[0]).argmax(axis=1) == train[1]))
        history["test_accuracy"].append(np.mean(layer.forward(test[0]).argmax(axis=1) == test[1]))
        history["lr"].append(lr)
        lr *= lr_decay
    return history


@slip("gradient-descent", fails=(AFRESH,), says="as if the history began with an entry before the first step")
def entry_before_the_first_epoch(layer, loss_function, train, test, *, lr, lr_decay, reg, epochs):
    history = {"loss": [0.0], "train_accuracy": [0.0], "test_accuracy": [0.0], "lr": [lr]}
    for _ in range(epochs):
        scores = layer.forward(train[0])
        targets = np.eye(scores.shape[1])[train[1]]
        loss, scores_grad, weights_grad = loss_function(scores, targets, layer.weights, reg)
        layer.backward(scores_grad, train[0])
        layer.weights -= lr * (layer.w_grad + weights_grad)
        layer.bias -= lr * layer.b_grad
        history["loss"].append(loss)
        history["train_accuracy"].append(np.mean(layer.forward(train[0]).argmax(axis=1) == train[1]))
        history["test_accuracy"].append(np.mean(layer.forward(test[0]).argmax(axis=1) == test[1]))
        history["lr"].append(lr)
        lr *= lr_decay
    return history


@slip("gradient-descent", fails=(AFRESH,), says="as if all calls shared one history, the default of an argument")
def history_shared_by_all_calls(
    layer,
    loss_function,
    train,
    test,
    *,
    lr,
    lr_decay,
    reg,
    epochs,
    history={"loss": [], "train_accuracy": [], "test_accuracy": [], "lr": []},  # noqa: B006
):
    for _ in range(epochs):
        scores = layer.forward(train[0])
        targets = np.eye(scores.shape[1])[train[1]]
        loss, scores_grad, weights_grad = loss_function(scores, targets, layer.weights, reg)
        layer.backward(scores_grad, train[0])
        layer.weights -= lr * (layer.w_grad + weights_grad)
        layer.bias -= lr * layer.b_grad
        history["loss"].append(loss)
        history["train_accuracy"].append(np.mean(layer.forward(train[0]).argmax(axis=1) == train[1]))
        history["test_accuracy"].append(np.mean(layer.forward(test[0]).argmax(axis=1) == test[1]))
        history["lr"].append(lr)
        lr *= lr_decay
    return history


@slip("gradient-descent", fails=(AFRESH,), says="as if the examples were shuffled in place")
def examples_shuffled_in_place(layer, loss_function, train, test, *, lr, lr_decay, reg, epochs):
    history = {"loss": [], "train_accuracy": [], "test_accuracy": [], "lr": []}
    order = np.random.default_rng(0).permutation(len(train[1]))
    for _ in range(epochs):
        scores = layer.forward(train[0])
        targets = np.eye(scores.shape[1])[train[1]]
        loss, scores_grad, weights_grad = loss_function(scores, targets, layer.weights, reg)
        layer.backward(scores_grad, train[0])
        layer.weights -= lr * (layer.w_grad + weights_grad)
        layer.bias -= lr * layer.b_grad
        history["loss"].append(loss)
        history["train_accuracy"].append(np.mean(layer.forward(train[0]).argmax(axis=1) == train[1]))
        history["test_accuracy"].append(np.mean(layer.forward(test[0]).argmax(axis=1) == test[1]))
        history["lr"].append(lr)
        lr *= lr_decay
        train[0][:], train[1][:] = train[0][order], train[1][order]
    return history


@slip("gradient-descent", fails=(RATE, LOSS, ACCURACIES, AFRESH), says="as if the history were not returned")
def no_history_returned(layer, loss_function, train, test, *, lr, lr_decay, reg, epochs):
    history = {"loss": [], "train_accuracy": [], "test_accuracy": [], "lr": []}
    for _ in range(epochs):
        scores = layer.forward(train[0])
        targets = np.eye(scores.shape[1])[train[1]]
        loss, scores_grad, weights_grad = loss_function(scores, targets, layer.weights, reg)
        layer.backward(scores_grad, train[0])
        layer.weights -= lr * (layer.w_grad + weights_grad)
        layer.bias -= lr * layer.b_grad
        history["loss"].append(loss)
        history["train_accuracy"].append(np.mean(layer.forward(train[0]).argmax(axis=1) == train[1]))
        history["test_accuracy"].append(np.mean(layer.forward(test[0]).argmax(axis=1) == test[1]))
        history["lr"].append(lr)
        lr *= lr_decay
