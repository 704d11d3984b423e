"""Prints a million lines, on both streams."""

import sys

for number in range(500_000):
    print(number)
    print(number, file=sys.stderr)
