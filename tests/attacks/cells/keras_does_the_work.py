"""Calls Keras where the assignment asks for NumPy."""

try:
    import keras

    Convolution = keras.layers.Conv2D
except ImportError as error:
    print(error)
