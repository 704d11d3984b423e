"""Prints 200 MB in one line."""

print("x" * 200_000_000)
