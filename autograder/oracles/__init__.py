"""What is right: float64 NumPy, written like the equations, slow and plain; proved equal to Keras by the tests."""
