"""Slips in `accuracy`."""

import numpy as np

from autograder.slips import slip

CLASS_IDS = "test_accuracy_with_class_ids"
ONE_HOT = "test_accuracy_with_one_hot_labels"
ONE_EXAMPLE = "test_accuracy_of_one_example"
TYPES = "test_accuracy_for_every_type"
ARGUMENTS = "test_accuracy_leaves_its_arguments"


@slip("accuracy", fails=(CLASS_IDS,), says="as if it were given in percent")
def accuracy_in_percent(labels, scores):
    if labels.ndim == 2:
        labels = labels.argmax(axis=1)
    return 100 * np.mean(scores.argmax(axis=1) == labels)


@slip("accuracy", fails=(CLASS_IDS,), says="as if the share of wrong examples were returned")
def error_rate(labels, scores):
    if labels.ndim == 2:
        labels = labels.argmax(axis=1)
    return np.mean(scores.argmax(axis=1) != labels)


@slip("accuracy", fails=(CLASS_IDS,), says="as if the smallest score won")
def smallest_score_wins(labels, scores):
    if labels.ndim == 2:
        labels = labels.argmax(axis=1)
    return np.mean(scores.argmin(axis=1) == labels)


@slip("accuracy", fails=(CLASS_IDS, ONE_EXAMPLE), says="as if the right examples were counted and not divided by N")
def count_instead_of_share(labels, scores):
    if labels.ndim == 2:
        labels = labels.argmax(axis=1)
    return np.sum(scores.argmax(axis=1) == labels)


@slip("accuracy", fails=(CLASS_IDS, ONE_EXAMPLE), says="as if the count were divided by the number of classes")
def divided_by_classes(labels, scores):
    if labels.ndim == 2:
        labels = labels.argmax(axis=1)
    return np.sum(scores.argmax(axis=1) == labels) / scores.shape[1]


@slip("accuracy", fails=(CLASS_IDS, ONE_EXAMPLE), says="as if the last example were left out of the count")
def last_example_left_out(labels, scores):
    if labels.ndim == 2:
        labels = labels.argmax(axis=1)
    right = 0
    for i in range(len(labels) - 1):
        right += np.argmax(scores[i]) == labels[i]
    return right / len(labels)


@slip("accuracy", fails=(CLASS_IDS,), says="as if it were rounded to two digits")
def rounded_accuracy(labels, scores):
    if labels.ndim == 2:
        labels = labels.argmax(axis=1)
    return round(float(np.mean(scores.argmax(axis=1) == labels)), 2)


@slip(
    "accuracy",
    fails=(CLASS_IDS,),
    says="as if the search for the largest score began at zero, which no negative score beats",
)
def largest_score_from_zero(labels, scores):
    if labels.ndim == 2:
        labels = labels.argmax(axis=1)
    right = 0
    for i in range(len(labels)):
        best, guess = 0, -1
        for c in range(scores.shape[1]):
            if scores[i, c] > best:
                best, guess = scores[i, c], c
        right += guess == labels[i]
    return right / len(labels)


@slip("accuracy", fails=(CLASS_IDS,), says="as if the score of largest size, sign or not, won")
def largest_absolute_score(labels, scores):
    if labels.ndim == 2:
        labels = labels.argmax(axis=1)
    return np.mean(np.abs(scores).argmax(axis=1) == labels)


@slip(
    "accuracy",
    fails=(CLASS_IDS, ONE_HOT, ONE_EXAMPLE, TYPES, ARGUMENTS),
    says="as if the largest score were searched along the examples, axis 0",
)
def axis_of_the_examples(labels, scores):
    if labels.ndim == 2:
        labels = labels.argmax(axis=0)
    return np.mean(np.equal(scores.argmax(axis=0), labels))


@slip(
    "accuracy",
    fails=(ONE_HOT, ONE_EXAMPLE),
    says="as if one-hot labels were compared entry by entry, so that most zeros count as right",
)
def one_hot_entry_by_entry(labels, scores):
    guesses = scores.argmax(axis=1)
    if labels.ndim == 2:
        guesses = np.eye(scores.shape[1])[guesses]
    return np.mean(guesses == labels)


@slip(
    "accuracy",
    fails=(CLASS_IDS, ONE_HOT),
    says="as if labels of zeros and ones were always one-hot, even the ids of two classes",
)
def one_hot_by_its_values(labels, scores):
    if (labels.max() <= 1 and len(labels) > 1) or labels.ndim == 2:
        labels = labels.argmax(axis=1)
    return np.mean(scores.argmax(axis=1) == labels)


@slip(
    "accuracy", fails=(ONE_HOT, ONE_EXAMPLE), says="as if the class of one-hot labels were searched along the examples"
)
def one_hot_along_the_examples(labels, scores):
    if labels.ndim == 2:
        labels = labels.argmax(axis=0)
    return np.mean(np.resize(labels, len(scores)) == scores.argmax(axis=1))


@slip("accuracy", fails=(ONE_EXAMPLE,), says="as if the axis of a single example were squeezed away")
def squeezed_labels(labels, scores):
    labels = np.squeeze(labels)
    if labels.ndim == 2:
        labels = labels.argmax(axis=1)
    return np.mean(scores.argmax(axis=1) == labels)


@slip("accuracy", fails=(TYPES,), says="as if only labels of type int64 were class ids")
def class_ids_are_int64(labels, scores):
    if labels.dtype != np.int64 or labels.ndim == 2:
        labels = labels.argmax(axis=1)
    return np.mean(scores.argmax(axis=1) == labels)


@slip("accuracy", fails=(ARGUMENTS,), says="as if the scores were shifted in place")
def scores_shifted_in_place(labels, scores):
    if labels.ndim == 2:
        labels = labels.argmax(axis=1)
    scores -= scores.max(axis=1, keepdims=True)
    return np.mean(scores.argmax(axis=1) == labels)
