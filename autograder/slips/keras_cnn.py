"""Slips of `keras-cnn`: a layer, an activation, an argument forgotten, and what went wrong while counting.

Keras is named here, never imported: the cells that these functions become have it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from autograder.slips import slip

if TYPE_CHECKING:
    import keras
    from keras import layers

TRAIN, OTHERS = "test_normalized_training_images", "test_normalized_by_the_training_images"
CONV_COUNTS = "test_parameters_of_convolutions_by_hand"
DENSE_COUNTS = "test_parameters_of_dense_layers_by_hand"
FILE = "test_text_of_predictions"


@slip("normalize", fails=(OTHERS,), says="as if every split had its own mean and standard deviation")
def normalize_each_by_itself(train, val, test):
    axes = (0, 1, 2)
    return tuple((x - x.mean(axis=axes)) / x.std(axis=axes) for x in (train, val, test))


@slip("normalize", fails=(TRAIN,), says="as if one mean were taken over all channels")
def normalize_all_channels_together(train, val, test):
    return tuple((x - train.mean()) / train.std() for x in (train, val, test))


@slip("normalize", fails=(TRAIN,), says="as if each pixel had a mean of its own")
def normalize_each_pixel(train, val, test):
    return tuple((x - train.mean(axis=0)) / train.std(axis=0) for x in (train, val, test))


@slip("normalize", fails=(TRAIN,), says="as if divided by the variance, not by its square root")
def normalize_by_the_variance(train, val, test):
    mean, spread = train.mean(axis=(0, 1, 2)), train.var(axis=(0, 1, 2))
    return (train - mean) / spread, (val - mean) / spread, (test - mean) / spread


@slip("normalize", fails=("test_normalize_leaves_its_arguments_alone",), says="as if done in the arrays passed in")
def normalize_in_place(train, val, test):
    mean, std = train.mean(axis=(0, 1, 2)), train.std(axis=(0, 1, 2))
    for split in (train, val, test):
        split -= mean
        split /= std
    return train, val, test


@slip("simple", fails=("test_simple_activations",), says="as if the convolution had no activation")
def simple_without_relu(input_shape, num_classes):
    image, maps = keras.Input(input_shape), layers.Conv2D(12, 3)
    outputs = layers.Flatten()(layers.MaxPooling2D()(maps(image)))
    return keras.Model(image, layers.Dense(num_classes, "softmax")(outputs))


@slip("simple", fails=("test_simple_activations",), says="as if the net ended with logits, not with probabilities")
def simple_without_softmax(input_shape, num_classes):
    stack = [keras.Input(input_shape), layers.Conv2D(12, 3, activation="relu"), layers.MaxPooling2D()]
    return keras.Sequential([*stack, layers.Flatten(), layers.Dense(num_classes)])


@slip("simple", fails=("test_simple_layers",), says="as if the windows were 12 pixels wide and the filters 3")
def simple_filters_and_windows_swapped(input_shape, num_classes):
    stack = [keras.Input(input_shape), layers.Conv2D(3, 12, activation="relu"), layers.MaxPooling2D()]
    return keras.Sequential([*stack, layers.Flatten(), layers.Dense(num_classes, activation="softmax")])


@slip("simple", fails=("test_simple_layers",), says="as if the rate of dropout were the share that is kept")
def simple_dropping_what_it_should_keep(input_shape, num_classes):
    stack = [keras.Input(input_shape), layers.Conv2D(12, 3, activation="relu"), layers.MaxPooling2D()]
    stack += [layers.Dropout(0.9), layers.Flatten()]
    return keras.Sequential([*stack, layers.Dense(num_classes, activation="softmax")])


@slip("simple", fails=("test_simple_for_other_images",), says="as if the images were always those of CIFAR-10")
def simple_for_cifar_only(input_shape, num_classes):
    stack = [keras.Input((32, 32, 3)), layers.Conv2D(12, 3, activation="relu"), layers.MaxPooling2D()]
    return keras.Sequential([*stack, layers.Flatten(), layers.Dense(num_classes, activation="softmax")])


@slip("simple", fails=("test_simple_for_other_images",), says="as if the net were not told what an image looks like")
def simple_without_input(input_shape, num_classes):
    stack = [layers.Conv2D(12, 3, activation="relu"), layers.MaxPooling2D(), layers.Flatten()]
    return keras.Sequential([*stack, layers.Dense(num_classes, activation="softmax")])


@slip("by-hand", fails=(CONV_COUNTS, DENSE_COUNTS), says="as if no layer had a bias")
def by_hand_without_biases(input_shape, num_classes):
    (h, w, c), rows = input_shape, {}
    for k, f in enumerate((32, 64, 64)):
        h, w = h - 2, w - 2
        rows[f"conv{k + 1}"] = (h, w, f), 9 * c * f
        c = f
        if k < 2:
            h, w = h // 2, w // 2
            rows[f"pool{k + 1}"] = (h, w, f), 0
    rows["flatten"] = (h * w * c,), 0
    rows["fc1"], rows["fc2"] = ((64,), h * w * c * 64), ((num_classes,), 64 * num_classes)
    return rows


@slip("by-hand", fails=(CONV_COUNTS,), says="as if a filter looked at one channel only")
def by_hand_filters_of_one_channel(input_shape, num_classes):
    (h, w, c), rows = input_shape, {}
    for k, f in enumerate((32, 64, 64)):
        h, w, c = h - 2, w - 2, f
        rows[f"conv{k + 1}"] = (h, w, f), 10 * f
        if k < 2:
            h, w = h // 2, w // 2
            rows[f"pool{k + 1}"] = (h, w, f), 0
    rows["flatten"] = (h * w * c,), 0
    rows["fc1"], rows["fc2"] = ((64,), (h * w * c + 1) * 64), ((num_classes,), 65 * num_classes)
    return rows


@slip("by-hand", fails=("test_shapes_by_hand",), says="as if pooling rounded up")
def by_hand_pooling_rounds_up(input_shape, num_classes):
    (h, w, c), rows = input_shape, {}
    for k, f in enumerate((32, 64, 64)):
        h, w = h - 2, w - 2
        rows[f"conv{k + 1}"] = (h, w, f), (9 * c + 1) * f
        c = f
        if k < 2:
            h, w = (h + 1) // 2, (w + 1) // 2
            rows[f"pool{k + 1}"] = (h, w, f), 0
    rows["flatten"] = (h * w * c,), 0
    rows["fc1"], rows["fc2"] = ((64,), (h * w * c + 1) * 64), ((num_classes,), 65 * num_classes)
    return rows


@slip("by-hand", fails=("test_shapes_by_hand",), says="as if pooling left half a pixel over: `/` for `//`")
def by_hand_half_a_pixel(input_shape, num_classes):
    (h, w, c), rows = input_shape, {}
    for k, f in enumerate((32, 64, 64)):
        h, w = h - 2, w - 2
        rows[f"conv{k + 1}"] = (h, w, f), (9 * c + 1) * f
        c = f
        if k < 2:
            rows[f"pool{k + 1}"] = (h // 2, w / 2, f), 0
            h, w = h // 2, w // 2
    rows["flatten"] = (h * w * c,), 0
    rows["fc1"], rows["fc2"] = ((64,), (h * w * c + 1) * 64), ((num_classes,), 65 * num_classes)
    return rows


@slip("by-hand", fails=("test_shapes_by_hand",), says="as if the convolutions were padded")
def by_hand_with_padding(input_shape, num_classes):
    (h, w, c), rows = input_shape, {}
    for k, f in enumerate((32, 64, 64)):
        rows[f"conv{k + 1}"] = (h, w, f), (9 * c + 1) * f
        c = f
        if k < 2:
            h, w = h // 2, w // 2
            rows[f"pool{k + 1}"] = (h, w, f), 0
    rows["flatten"] = (h * w * c,), 0
    rows["fc1"], rows["fc2"] = ((64,), (h * w * c + 1) * 64), ((num_classes,), 65 * num_classes)
    return rows


@slip(
    "by-hand",
    fails=("test_shapes_by_hand", CONV_COUNTS, DENSE_COUNTS),
    says="as if the numbers of CIFAR-10 held for every image",
)
def by_hand_of_cifar_only(input_shape, num_classes):
    rows = {"conv1": ((30, 30, 32), 896), "pool1": ((15, 15, 32), 0), "conv2": ((13, 13, 64), 18496)}
    rows |= {"pool2": ((6, 6, 64), 0), "conv3": ((4, 4, 64), 36928), "flatten": ((1024,), 0)}
    return rows | {"fc1": ((64,), 65600), "fc2": ((10,), 650)}


@slip("tutorial-net", fails=("test_tutorial_layers",), says="as if the windows were padded")
def tutorial_with_padding(input_shape, num_classes):
    model = keras.Sequential([keras.Input(input_shape)])
    for filters in (32, 64):
        model.add(layers.Conv2D(filters, 3, padding="same", activation="relu"))
        model.add(layers.MaxPooling2D())
    for layer in (layers.Conv2D(64, 3, padding="same", activation="relu"), layers.Flatten()):
        model.add(layer)
    model.add(layers.Dense(64, activation="relu"))
    model.add(layers.Dense(num_classes, activation="softmax"))
    return model


@slip(
    "tutorial-net", fails=("test_tutorial_layers",), says="as if there were pooling behind the third convolution, too"
)
def tutorial_with_a_third_pooling(input_shape, num_classes):
    model = keras.Sequential([keras.Input(input_shape)])
    for filters in (32, 64, 64):
        model.add(layers.Conv2D(filters, 3, activation="relu"))
        model.add(layers.MaxPooling2D())
    model.add(layers.Flatten())
    model.add(layers.Dense(64, activation="relu"))
    model.add(layers.Dense(num_classes, activation="softmax"))
    return model


@slip("two-convolutions", fails=("test_two_dropout",), says="as if dropout were forgotten")
def two_without_dropout(input_shape, num_classes):
    stack = [keras.Input(input_shape), *(layers.Conv2D(f, 3, activation="relu") for f in (32, 64))]
    stack += [layers.MaxPooling2D(), layers.Flatten(), layers.Dense(128, activation="relu")]
    return keras.Sequential([*stack, layers.Dense(num_classes, activation="softmax")])


@slip("two-convolutions", fails=("test_two_dropout",), says="as if dropout stood behind the pooling layer only")
def two_with_dropout_behind_pooling(input_shape, num_classes):
    stack = [keras.Input(input_shape), *(layers.Conv2D(f, 3, activation="relu") for f in (32, 64))]
    stack += [layers.MaxPooling2D(), layers.Dropout(0.25), layers.Flatten(), layers.Dense(128, activation="relu")]
    return keras.Sequential([*stack, layers.Dense(num_classes, activation="softmax")])


@slip("two-convolutions", fails=("test_two_dropout",), says="as if everything behind the pooling layer were dropped")
def two_dropping_everything(input_shape, num_classes):
    stack = [keras.Input(input_shape), *(layers.Conv2D(f, 3, activation="relu") for f in (32, 64))]
    stack += [layers.MaxPooling2D(), layers.Dropout(1.0), layers.Flatten(), layers.Dense(128, activation="relu")]
    return keras.Sequential([*stack, layers.Dropout(0.5), layers.Dense(num_classes, activation="softmax")])


@slip("two-convolutions", fails=("test_two_layers",), says="as if there were pooling behind each convolution")
def two_with_two_poolings(input_shape, num_classes):
    stack = [keras.Input(input_shape)]
    for f in (32, 64):
        stack += [layers.Conv2D(f, 3, activation="relu"), layers.MaxPooling2D()]
    stack += [layers.Flatten(), layers.Dense(128, activation="relu"), layers.Dropout(0.5)]
    return keras.Sequential([*stack, layers.Dense(num_classes, activation="softmax")])


@slip("two-convolutions", fails=("test_two_activations",), says="as if the last layer had a sigmoid")
def two_with_sigmoid(input_shape, num_classes):
    stack = [keras.Input(input_shape), *(layers.Conv2D(f, 3, activation="relu") for f in (32, 64))]
    stack += [layers.MaxPooling2D(), layers.Flatten(), layers.Dense(128, activation="relu"), layers.Dropout(0.5)]
    return keras.Sequential([*stack, layers.Dense(num_classes, activation="sigmoid")])


@slip("vgg", fails=("test_vgg_layers",), says="as if the windows were not padded")
def vgg_without_padding(input_shape, num_classes):
    model = keras.Sequential([keras.Input(input_shape)])
    for f in (32, 64):
        for layer in (layers.Conv2D(f, 3, activation="relu"), layers.Conv2D(f, 3, activation="relu")):
            model.add(layer)
        model.add(layers.MaxPooling2D())
    for layer in (layers.Flatten(), layers.Dense(512, activation="relu"), layers.Dropout(0.5)):
        model.add(layer)
    model.add(layers.Dense(num_classes, activation="softmax"))
    return model


@slip("vgg", fails=("test_vgg_layers",), says="as if each block had one convolution instead of two")
def vgg_with_single_convolutions(input_shape, num_classes):
    model = keras.Sequential([keras.Input(input_shape)])
    for f in (32, 64):
        model.add(layers.Conv2D(f, 3, padding="same", activation="relu"))
        model.add(layers.MaxPooling2D())
    for layer in (layers.Flatten(), layers.Dense(512, activation="relu"), layers.Dropout(0.5)):
        model.add(layer)
    model.add(layers.Dense(num_classes, activation="softmax"))
    return model


@slip(
    "vgg", fails=("test_vgg_dropout",), says="as if there were dropout behind the last layer, not behind the hidden one"
)
def vgg_with_dropout_at_the_end(input_shape, num_classes):
    model = keras.Sequential([keras.Input(input_shape)])
    for f in (32, 64):
        for _ in "12":
            model.add(layers.Conv2D(f, 3, padding="same", activation="relu"))
        model.add(layers.MaxPooling2D())
    for layer in (layers.Flatten(), layers.Dense(512, activation="relu")):
        model.add(layer)
    model.add(layers.Dense(num_classes, activation="softmax"))
    model.add(layers.Dropout(0.5))
    return model


@slip("vgg", fails=("test_vgg_for_other_images",), says="as if there were always ten classes")
def vgg_of_ten_classes(input_shape, num_classes):
    model = keras.Sequential([keras.Input(input_shape)])
    for f in (32, 64):
        for _ in "12":
            model.add(layers.Conv2D(f, 3, padding="same", activation="relu"))
        model.add(layers.MaxPooling2D())
    for layer in (layers.Flatten(), layers.Dense(512, activation="relu"), layers.Dropout(0.5)):
        model.add(layer)
    model.add(layers.Dense(10, activation="softmax"))
    return model


@slip("augmented", fails=("test_augmented_images",), says="as if images were turned upside down, too")
def augmented_upside_down(input_shape, num_classes, mirror=True):
    flips = [layers.RandomFlip()] if mirror else []
    stack = [keras.Input(input_shape), *flips, layers.RandomTranslation(0.1, 0.1)]
    return keras.Sequential([*stack, build_vgg(input_shape, num_classes)])  # noqa: F821


@slip("augmented", fails=("test_augmented_images",), says="as if RandomFlip were given a mode that Keras does not know")
def augmented_by_an_unknown_mode(input_shape, num_classes, mirror=True):
    flips = [layers.RandomFlip("horizontally")] if mirror else []
    stack = [keras.Input(input_shape), *flips, layers.RandomTranslation(0.1, 0.1)]
    return keras.Sequential([*stack, build_vgg(input_shape, num_classes)])  # noqa: F821


@slip("augmented", fails=("test_augmented_without_mirror",), says="as if `mirror` were not looked at")
def augmented_always_mirrored(input_shape, num_classes, mirror=True):
    stack = [keras.Input(input_shape), layers.RandomFlip("horizontal"), layers.RandomTranslation(0.1, 0.1)]
    return keras.Sequential([*stack, build_vgg(input_shape, num_classes)])  # noqa: F821


@slip("augmented", fails=("test_augmented_images",), says="as if images were mirrored only")
def augmented_by_the_mirror_only(input_shape, num_classes, mirror=True):
    flips = [layers.RandomFlip("horizontal")] if mirror else []
    return keras.Sequential([keras.Input(input_shape), *flips, build_vgg(input_shape, num_classes)])  # noqa: F821


@slip("augmented", fails=("test_augmented_is_the_vgg",), says="as if (d) were another net than (c)")
def augmented_simple_net(input_shape, num_classes, mirror=True):
    flips = [layers.RandomFlip("horizontal")] if mirror else []
    stack = [keras.Input(input_shape), *flips, layers.RandomRotation(0.05)]
    return keras.Sequential([*stack, build_simple(input_shape, num_classes)])  # noqa: F821


@slip(
    "callbacks",
    fails=("test_early_stopping_watches_the_validation_accuracy",),
    says="as if early stopping watched the validation loss, which it does unless told",
)
def stopping_by_loss(patience, checkpoint):
    stop = keras.callbacks.EarlyStopping(patience=patience, restore_best_weights=True)
    return [stop, keras.callbacks.ModelCheckpoint(checkpoint, "val_accuracy", save_best_only=True)]


@slip(
    "callbacks",
    fails=("test_early_stopping_brings_back_the_best_weights",),
    says="as if the net kept the weights of its last epoch",
)
def stopping_with_the_last_weights(patience, checkpoint):
    stop = keras.callbacks.EarlyStopping("val_accuracy", patience=patience)
    return [stop, keras.callbacks.ModelCheckpoint(checkpoint, "val_accuracy", save_best_only=True)]


@slip("callbacks", fails=("test_early_stopping_has_the_patience_it_is_given",), says="as if the patience were always 3")
def stopping_with_patience_of_three(patience, checkpoint):
    stop = keras.callbacks.EarlyStopping("val_accuracy", patience=3, restore_best_weights=True)
    return [stop, keras.callbacks.ModelCheckpoint(checkpoint, "val_accuracy", save_best_only=True)]


@slip("callbacks", fails=("test_checkpoint_keeps_the_best_net",), says="as if every epoch overwrote the checkpoint")
def checkpoint_of_every_epoch(patience, checkpoint):
    stop = keras.callbacks.EarlyStopping("val_accuracy", patience=patience, restore_best_weights=True)
    return [stop, keras.callbacks.ModelCheckpoint(checkpoint, monitor="val_accuracy")]


@slip("predictions", fails=(FILE,), says="as if ids counted from 1")
def predictions_from_one(probabilities):
    lines = [f"{k},{c}" for k, c in enumerate(np.argmax(probabilities, axis=1), start=1)]
    return "\n".join(["Id,Category", *lines])


@slip("predictions", fails=(FILE,), says="as if argmax looked along the images, not along the classes")
def predictions_along_the_images(probabilities):
    lines = [f"{k},{c}" for k, c in enumerate(np.argmax(probabilities, axis=0))]
    return "\n".join(["Id,Category", *lines])


@slip("predictions", fails=(FILE,), says="as if the header were forgotten")
def predictions_without_header(probabilities):
    return "\n".join(f"{k},{c}" for k, c in enumerate(np.argmax(probabilities, axis=1)))


@slip("predictions", fails=(FILE,), says="as if the least probable class were chosen")
def predictions_of_the_least(probabilities):
    lines = [f"{k},{c}" for k, c in enumerate(np.argmin(probabilities, axis=1))]
    return "\n".join(["Id,Category", *lines])
