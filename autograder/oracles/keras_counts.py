"""What a net of Keras layers does to shapes, how many parameters it has, and the normalisation; it needs no Keras.

    parameters of a convolution = (kernel_h * kernel_w * channels + 1) * filters
    parameters of a fully connected layer = (inputs + 1) * outputs

The 1 is the bias. Source: V. Dumoulin and F. Visin, "A guide to convolution arithmetic for deep learning", 2016.
"""

from __future__ import annotations

import numpy as np

Row = tuple[tuple[int, ...], int]  # output shape of a layer, without the batch, and its parameters


def conv_parameters(kernel: int, channels: int, filters: int) -> int:
    """Weights and biases of a convolution with square windows.

    >>> conv_parameters(3, 3, 32)
    896
    """
    return (kernel * kernel * channels + 1) * filters


def dense_parameters(inputs: int, outputs: int) -> int:
    """Weights and biases of a fully connected layer.

    >>> dense_parameters(1024, 64)
    65600
    """
    return (inputs + 1) * outputs


def tutorial_net(input_shape: tuple[int, int, int], num_classes: int) -> dict[str, Row]:
    """Every layer of conv 32, pool, conv 64, pool, conv 64, fc 64, fc: windows 3x3 without padding, pooling 2x2.

    >>> sum(parameters for _, parameters in tutorial_net((32, 32, 3), 10).values())
    122570
    """
    height, width, channels = input_shape
    rows: dict[str, Row] = {}
    for number, filters in enumerate((32, 64, 64), start=1):
        height, width = height - 2, width - 2
        rows[f"conv{number}"] = (height, width, filters), conv_parameters(3, channels, filters)
        channels = filters
        if number < 3:
            height, width = height // 2, width // 2
            rows[f"pool{number}"] = (height, width, filters), 0
    values = height * width * channels
    rows["flatten"] = (values,), 0
    rows["fc1"] = (64,), dense_parameters(values, 64)
    rows["fc2"] = (num_classes,), dense_parameters(64, num_classes)
    return rows


def normalize(images: np.ndarray, train: np.ndarray) -> np.ndarray:
    """(images - mean) / std with the mean and the standard deviation of each channel of `train` (N, H, W, C)."""
    wide = np.asarray(train, dtype=np.float64)
    return (np.asarray(images, dtype=np.float64) - wide.mean(axis=(0, 1, 2))) / wide.std(axis=(0, 1, 2))
