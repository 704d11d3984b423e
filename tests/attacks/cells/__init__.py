"""Attacks by code: every file is the text of a cell."""
