"""Right solutions of `keras-cnn` in many forms: functional, with activations apart, models inside models.

Keras is named here, never imported: the cells that these functions become have it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from autograder.variants import variant

if TYPE_CHECKING:
    import keras
    from keras import layers


@variant("normalize")
def normalize_in_float64(train, val, test):
    wide = train.astype(np.float64)
    mean, std = wide.mean(axis=(0, 1, 2), keepdims=True), wide.std(axis=(0, 1, 2), keepdims=True)
    return [(images - mean) / std for images in (train, val, test)]


@variant("normalize")
def normalize_with_epsilon(train, val, test):
    mean, std = np.mean(train, axis=(0, 1, 2)), np.std(train, axis=(0, 1, 2))
    return (train - mean) / (std + 1e-7), (val - mean) / (std + 1e-7), (test - mean) / (std + 1e-7)


@variant("normalize")
def normalize_channel_by_channel(train, val, test):
    splits = [split.copy() for split in (train, val, test)]
    for c in range(train.shape[3]):
        mean, std = train[..., c].mean(), train[..., c].std()
        for split in splits:
            split[..., c] = (split[..., c] - mean) / std
    return tuple(splits)


@variant("normalize")
def normalize_by_a_keras_layer(train, val, test):
    layer = layers.Normalization(axis=-1)
    layer.adapt(train)
    return tuple(np.asarray(layer(images)) for images in (train, val, test))


@variant("simple")
def simple_functional(input_shape, num_classes):
    inputs = keras.Input(shape=input_shape)
    x = layers.Conv2D(filters=12, kernel_size=(3, 3), padding="same", activation="relu")(inputs)
    x = layers.MaxPool2D(pool_size=(2, 2))(x)
    return keras.Model(inputs, layers.Dense(num_classes, activation="softmax")(layers.Flatten()(x)))


@variant("simple")
def simple_with_activations_apart(input_shape, num_classes):
    model = keras.Sequential()
    model.add(keras.Input(shape=input_shape))
    model.add(layers.Conv2D(12, 3))
    model.add(layers.Activation("relu"))
    model.add(layers.MaxPooling2D())
    model.add(layers.Flatten())
    model.add(layers.Dense(num_classes))
    model.add(layers.Softmax())
    return model


@variant("simple")
def simple_with_relu_behind_pooling(input_shape, num_classes):
    stack = [layers.InputLayer(shape=input_shape), layers.Conv2D(12, 3), layers.MaxPooling2D(2, strides=2)]
    return keras.Sequential(
        [*stack, layers.ReLU(), layers.Reshape((-1,)), layers.Dense(num_classes, activation=keras.activations.softmax)]
    )


@variant("simple")
def simple_with_functions_as_activations(input_shape, num_classes):
    print("building")
    stack = [keras.Input(input_shape), layers.Rescaling(1.0), layers.Conv2D(12, 3, activation=keras.ops.relu)]
    return keras.Sequential(
        [*stack, layers.MaxPooling2D(), layers.Flatten(), layers.Dense(num_classes, activation=keras.ops.softmax)],
        name="a",
    )


@variant("simple")
def simple_with_extra_dropout(input_shape, num_classes):
    stack = [keras.Input(input_shape), layers.Conv2D(12, 3, activation=layers.ReLU()), layers.MaxPooling2D()]
    return keras.Sequential([*stack, layers.Dropout(0.2), layers.Flatten(), layers.Dense(num_classes, "softmax")])


@variant("by-hand")
def by_hand_in_a_loop(input_shape, num_classes):
    h, w, c = input_shape
    rows = {}
    for number, filters in enumerate([32, 64, 64], start=1):
        h, w = h - 2, w - 2
        rows[f"conv{number}"] = ((h, w, filters), 3 * 3 * c * filters + filters)
        if number < 3:
            h, w = int(h / 2), int(w / 2)
            rows[f"pool{number}"] = ((h, w, filters), 0)
        c = filters
    rows["flatten"] = ((h * w * c,), 0)
    rows["fc1"] = ((64,), h * w * c * 64 + 64)
    rows["fc2"] = ((num_classes,), 64 * num_classes + num_classes)
    return rows


@variant("by-hand")
def by_hand_with_lists(input_shape, num_classes):
    def conv(shape, filters):
        return [shape[0] - 2, shape[1] - 2, filters], (9 * shape[2] + 1) * filters

    def pool(shape):
        return [shape[0] // 2, shape[1] // 2, shape[2]], 0

    rows = {"conv1": conv(input_shape, 32)}
    rows["pool1"] = pool(rows["conv1"][0])
    rows["conv2"] = conv(rows["pool1"][0], 64)
    rows["pool2"] = pool(rows["conv2"][0])
    rows["conv3"] = conv(rows["pool2"][0], 64)
    h, w, c = rows["conv3"][0]
    return {
        **rows,
        "flatten": ([h * w * c], 0),
        "fc1": ([64], (h * w * c + 1) * 64),
        "fc2": ([num_classes], 65 * num_classes),
    }


@variant("by-hand")
def by_hand_with_numpy(input_shape, num_classes):
    size, c = np.array(input_shape[:2]), input_shape[2]
    rows = {}
    for k, filters in ((1, 32), (2, 64), (3, 64)):
        size = size - 2
        rows[f"conv{k}"] = ((*size.tolist(), filters), int(np.prod([3, 3, c]) + 1) * filters)
        c = filters
        if k != 3:
            size = size // 2
            rows[f"pool{k}"] = ((*size.tolist(), filters), 0)
    values = int(size.prod()) * c
    return rows | {
        "flatten": ((values,), 0),
        "fc1": ((64,), 65 * 0 + (values + 1) * 64),
        "fc2": ((num_classes,), 65 * num_classes),
    }


@variant("by-hand")
def by_hand_in_another_order(input_shape, num_classes):
    h, w, c = input_shape
    p1, q1 = (h - 2) // 2, (w - 2) // 2
    p2, q2 = (p1 - 2) // 2, (q1 - 2) // 2
    values = (p2 - 2) * (q2 - 2) * 64
    dense = {"fc2": ((num_classes,), num_classes * 65), "fc1": ((64,), values * 64 + 64), "flatten": ((values,), 0)}
    pools = {"pool1": ((p1, q1, 32), 0), "pool2": ((p2, q2, 64), 0)}
    convs = {"conv1": ((h - 2, w - 2, 32), 288 * c + 32), "conv2": ((p1 - 2, q1 - 2, 64), 18496)}
    return dense | pools | convs | {"conv3": ((p2 - 2, q2 - 2, 64), 36928)}


@variant("tutorial-net")
def tutorial_functional(input_shape, num_classes):
    x = inputs = keras.Input(input_shape)
    for k, filters in enumerate((32, 64, 64)):
        x = layers.Conv2D(filters, (3, 3), padding="valid", activation="relu")(x)
        x = layers.MaxPooling2D((2, 2))(x) if k < 2 else layers.Flatten()(x)
    x = layers.Dense(64, activation="relu")(x)
    return keras.Model(inputs=inputs, outputs=layers.Dense(num_classes, activation="softmax")(x))


@variant("tutorial-net")
def tutorial_of_two_models(input_shape, num_classes):
    body = keras.Sequential([keras.Input(input_shape), layers.Conv2D(32, 3, activation="relu"), layers.MaxPooling2D()])
    body.add(layers.Conv2D(64, 3, activation="relu"))
    body.add(layers.MaxPooling2D())
    body.add(layers.Conv2D(64, 3, activation="relu"))
    head = [layers.Flatten(), layers.Dense(64, activation="relu"), layers.Dense(num_classes, activation="softmax")]
    return keras.Sequential([keras.Input(input_shape), body, *head])


@variant("tutorial-net")
def tutorial_with_other_initial_weights(input_shape, num_classes):
    options = {"activation": "relu", "kernel_initializer": "he_normal"}
    stack = [keras.Input(input_shape), layers.Conv2D(32, 3, **options), layers.MaxPooling2D()]
    stack += [layers.Conv2D(64, 3, **options), layers.MaxPooling2D(), layers.Conv2D(64, 3, **options)]
    stack += [layers.Flatten(), layers.Dense(64, **options), layers.Dense(num_classes), layers.Activation("softmax")]
    return keras.Sequential(stack)


@variant("tutorial-net")
def tutorial_with_relu_layers(input_shape, num_classes):
    model = keras.Sequential([keras.Input(input_shape)])
    for filters in (32, 64):
        for layer in (layers.Conv2D(filters, 3), layers.ReLU(), layers.MaxPooling2D()):
            model.add(layer)
    for layer in (layers.Conv2D(64, 3), layers.ReLU(), layers.Flatten(), layers.Dense(64), layers.ReLU()):
        model.add(layer)
    model.add(layers.Dense(num_classes, activation="softmax", kernel_regularizer=keras.regularizers.L2(1e-4)))
    return model


@variant("two-convolutions")
def two_functional_with_padding(input_shape, num_classes):
    inputs = keras.Input(input_shape)
    x = layers.Conv2D(32, 3, padding="same", activation="relu")(inputs)
    x = layers.Conv2D(64, 3, padding="same", activation="relu")(x)
    x = layers.Flatten()(layers.MaxPooling2D()(x))
    x = layers.Dropout(0.4)(layers.Dense(128, activation="relu")(x))
    return keras.Model(inputs, layers.Dense(num_classes, activation="softmax")(x))


@variant("two-convolutions")
def two_with_more_dropout(input_shape, num_classes):
    stack = [keras.Input(input_shape), *(layers.Conv2D(f, 3, activation="relu") for f in (32, 64))]
    stack += [layers.MaxPooling2D(), layers.Dropout(0.25), layers.Flatten(), layers.Dense(128, activation="relu")]
    return keras.Sequential([*stack, layers.Dropout(0.5), layers.Dense(num_classes, activation="softmax")])


@variant("two-convolutions")
def two_with_activation_before_dropout(input_shape, num_classes):
    stack = [keras.Input(input_shape), layers.Conv2D(32, 3), layers.ReLU(), layers.Conv2D(64, 3), layers.ReLU()]
    stack += [
        layers.MaxPooling2D(),
        layers.Flatten(),
        layers.Dense(128),
        layers.Activation("relu"),
        layers.Dropout(0.5),
    ]
    return keras.Sequential([*stack, layers.Dense(num_classes), layers.Softmax()])


@variant("two-convolutions")
def two_added_one_by_one(input_shape, num_classes):
    model = keras.models.Sequential()
    model.add(layers.InputLayer(shape=input_shape))
    model.add(layers.Conv2D(32, kernel_size=3, strides=1, activation="relu"))
    model.add(layers.Conv2D(64, kernel_size=3, activation="relu"))
    model.add(layers.MaxPooling2D(pool_size=2))
    model.add(layers.Flatten())
    model.add(layers.Dense(128, activation="relu"))
    model.add(layers.Dropout(rate=0.3))
    model.add(layers.Dense(num_classes, activation="softmax"))
    return model


@variant("vgg")
def vgg_functional(input_shape, num_classes):
    x = inputs = keras.Input(input_shape)
    for filters in (32, 64):
        x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
        x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
        x = layers.MaxPooling2D()(x)
    x = layers.Dropout(0.5)(layers.Dense(512, activation="relu")(layers.Flatten()(x)))
    return keras.Model(inputs, layers.Dense(num_classes, activation="softmax")(x))


@variant("vgg")
def vgg_of_blocks(input_shape, num_classes):
    def block(filters):
        pair = [layers.Conv2D(filters, 3, padding="same", activation="relu") for _ in range(2)]
        return keras.Sequential([*pair, layers.MaxPooling2D(2), layers.Dropout(0.25)])

    head = [layers.Flatten(), layers.Dense(512, activation="relu"), layers.Dropout(0.5)]
    return keras.Sequential(
        [keras.Input(input_shape), block(32), block(64), *head, layers.Dense(num_classes, activation="softmax")]
    )


@variant("vgg")
def vgg_with_activations_apart(input_shape, num_classes):
    stack = [keras.Input(input_shape)]
    for filters in (32, 32, 64, 64):
        stack += [layers.Conv2D(filters, (3, 3), padding="SAME".lower()), layers.Activation("relu")]
        if sum(isinstance(layer, layers.Conv2D) for layer in stack) % 2 == 0:
            stack.append(layers.MaxPooling2D())
    stack += [layers.Flatten(), layers.Dense(512), layers.Activation("relu"), layers.Dropout(0.5)]
    return keras.Sequential([*stack, layers.Dense(num_classes), layers.Activation("softmax")])


@variant("vgg")
def vgg_with_penalty(input_shape, num_classes):
    options = {"padding": "same", "activation": "relu", "kernel_regularizer": "l2", "kernel_initializer": "he_uniform"}
    stack = [keras.Input(input_shape), layers.Conv2D(32, 3, **options), layers.Conv2D(32, 3, **options)]
    stack += [layers.MaxPooling2D(), layers.Conv2D(64, 3, **options), layers.Conv2D(64, 3, **options)]
    stack += [layers.MaxPooling2D(), layers.Flatten(), layers.Dense(512, activation="relu"), layers.Dropout(0.6)]
    return keras.Sequential([*stack, layers.Dense(num_classes, activation="softmax")])


@variant("augmented")
def augmented_functional(input_shape, num_classes, mirror=True):
    x = inputs = keras.Input(input_shape)
    if mirror:
        x = layers.RandomFlip("horizontal")(x)
    x = layers.RandomZoom(0.1)(layers.RandomRotation(0.03)(x))
    return keras.Model(inputs, build_vgg(input_shape, num_classes)(x))  # noqa: F821


@variant("augmented")
def augmented_by_a_model_of_its_own(input_shape, num_classes, mirror=True):
    flips = [layers.RandomFlip(mode="horizontal")] if mirror else []
    random = keras.Sequential([*flips, layers.RandomTranslation(0.1, 0.1)], name="augmentation")
    return keras.Sequential([keras.Input(input_shape), random, *build_vgg(input_shape, num_classes).layers])  # noqa: F821


@variant("augmented")
def augmented_with_batch_norm(input_shape, num_classes, mirror=True):
    model = keras.Sequential([keras.Input(input_shape), layers.RandomTranslation(0.1, 0.1)])
    if mirror:
        model.add(layers.RandomFlip("horizontal"))
    for filters in (32, 64):
        for _ in range(2):
            model.add(layers.Conv2D(filters, 3, padding="same"))
            model.add(layers.BatchNormalization())
            model.add(layers.ReLU())
        model.add(layers.MaxPooling2D())
    for layer in (layers.Flatten(), layers.Dense(512), layers.BatchNormalization(), layers.ReLU(), layers.Dropout(0.5)):
        model.add(layer)
    model.add(layers.Dense(num_classes, activation="softmax"))
    return model


@variant("augmented")
def augmented_with_crops(input_shape, num_classes, mirror=True):
    height, width, _ = input_shape
    model = keras.Sequential([keras.Input(input_shape), layers.RandomContrast(0.1), layers.RandomRotation(0.02)])
    if mirror:
        model.add(layers.RandomFlip("horizontal"))
    for layer in build_vgg((height, width, input_shape[2]), num_classes).layers:  # noqa: F821
        model.add(layer)
    return model


@variant("callbacks")
def callbacks_with_the_mode(patience, checkpoint):
    stop = keras.callbacks.EarlyStopping("val_accuracy", patience=patience, mode="max", restore_best_weights=True)
    save = keras.callbacks.ModelCheckpoint(checkpoint, "val_accuracy", save_best_only=True, mode="max")
    return (stop, save)


@variant("callbacks")
def callbacks_with_a_falling_rate(patience, checkpoint):
    watch = {"monitor": "val_accuracy"}
    return [
        keras.callbacks.ReduceLROnPlateau(factor=0.5, patience=max(1, patience // 2), **watch),
        keras.callbacks.ModelCheckpoint(filepath=checkpoint, save_best_only=True, **watch),
        keras.callbacks.EarlyStopping(patience=patience, restore_best_weights=True, min_delta=0.001, **watch),
    ]


@variant("callbacks")
def callbacks_that_talk(patience, checkpoint):
    stop = keras.callbacks.EarlyStopping(
        monitor="val_accuracy", patience=int(patience), verbose=1, restore_best_weights=True, start_from_epoch=2
    )
    save = keras.callbacks.ModelCheckpoint(str(checkpoint), monitor="val_accuracy", save_best_only=True, verbose=1)
    return [save, stop, keras.callbacks.TerminateOnNaN()]


@variant("callbacks")
def callbacks_one_after_the_other(patience, checkpoint):
    callbacks = []
    callbacks.append(keras.callbacks.EarlyStopping(monitor="val_accuracy", patience=patience))
    callbacks[0].restore_best_weights = True
    callbacks.append(keras.callbacks.ModelCheckpoint(checkpoint, monitor="val_accuracy", save_best_only=True))
    return callbacks


@variant("predictions")
def predictions_in_a_loop(probabilities):
    text = "Id,Category\n"
    for k in range(len(probabilities)):
        best = 0
        for c in range(probabilities.shape[1]):
            if probabilities[k, c] > probabilities[k, best]:
                best = c
        text += str(k) + "," + str(best) + "\n"
    return text


@variant("predictions")
def predictions_without_a_last_line_end(probabilities):
    return "\n".join(["Id,Category"] + ["%d,%d" % pair for pair in enumerate(np.argmax(probabilities, 1))])  # noqa: UP031


@variant("predictions")
def predictions_by_the_csv_module(probabilities):
    import csv
    import io

    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(["Id", "Category"])
    writer.writerows(enumerate(np.argmax(probabilities, axis=-1).tolist()))
    return file.getvalue()


@variant("predictions")
def predictions_with_spaces(probabilities):
    classes = keras.ops.convert_to_numpy(keras.ops.argmax(probabilities, axis=1))
    return "Id, Category\n" + "".join(f"{k}, {c}\n" for k, c in enumerate(classes))
