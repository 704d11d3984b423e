"""Grades a whole class at once: in parallel, so that it can be killed and gone on with, here or on a cluster."""
