"""Benchmarks: what the course costs, as ratios measured in one run; nothing here is a test, and no test asserts a time."""
