"""Helpers that travel with the notebooks. Importing this package loads nothing: each module is imported by name."""
