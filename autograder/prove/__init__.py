"""Proves the grader: mutants of the solutions, margins of the tolerances, names of the mistakes. Nothing here grades."""
