"""Import Keras when it is first needed, quietly; the one module of `utils` that does. It computes nothing."""

import functools
import importlib.util
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class KerasMissing(ImportError):
    """Keras cannot be used here. Public checks then say what they cannot compare and go on."""


def available() -> bool:
    """Tell whether Keras and TensorFlow are installed, without importing them."""
    try:
        return all(importlib.util.find_spec(name) is not None for name in ("keras", "tensorflow"))
    except (ImportError, ValueError):  # something on the way blocks or fakes the import
        return False


@functools.cache
def import_keras() -> tuple[Any, Any]:
    """Import and return (keras, tensorflow), without TensorFlow's page of notes; the first call takes some seconds.

    Raises KerasMissing where they are not installed, cannot be imported, or Keras runs on something else.
    """
    if not available():
        raise KerasMissing("Keras is not installed (pip install tensorflow)")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    try:
        with _quiet():
            import keras
            import tensorflow

            tensorflow.zeros(1)  # the devices are looked for, and talked about, at the first tensor
    except ImportError as error:
        raise KerasMissing(f"Keras is installed but cannot be imported ({error})") from error
    if keras.backend.backend() != "tensorflow":
        raise KerasMissing(f"Keras runs on {keras.backend.backend()}: set KERAS_BACKEND=tensorflow and restart")
    return keras, tensorflow


@contextmanager
def _quiet() -> Iterator[None]:
    """Send what C++ code writes to stderr nowhere: TensorFlow 2.18 and later ignore TF_CPP_MIN_LOG_LEVEL on import."""
    try:
        kept = os.dup(2)
    except OSError:  # a program without a stderr
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
