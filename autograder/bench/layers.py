"""Set the source solutions of layers and optimizers beside Keras on the same CPU; it times them, and grades nothing.

Both sides compute in float32 and in one thread, and what is compared is CPU time, so that other work on the computer
disturbs little. The runs of the two sides alternate; a row gives their medians and the ratio of these. Before anything is
timed both sides must give the same result.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.bench.layer_cases import Case, cases
from utils.keras_backend import import_keras

ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"),
    "1",
)
# float32 sums of up to 32,768 terms in two orders: the largest difference seen was 7e-6 of the largest value.
SAME = 1e-4


@dataclass(frozen=True)
class Row:
    """Medians of the CPU time of one step, in seconds."""

    what: str
    ours: float
    keras: float

    @property
    def ratio(self) -> float:
        return self.ours / self.keras


def in_one_thread(repeats: int = 30) -> str:
    """Run the benchmark in a process of its own, because threads are counted out when NumPy and TensorFlow are imported."""
    command = [sys.executable, "-m", "autograder.bench.layers", str(repeats)]
    return subprocess.run(
        command, env={**os.environ, **ONE_THREAD}, check=True, stdout=subprocess.PIPE, text=True
    ).stdout.rstrip()


def measure(cases: list[Case], repeats: int) -> list[Row]:
    """Check that both sides agree, then time them in turns."""
    for case in cases:
        expect_the_same(case)
    seconds: dict[tuple[str, str], list[float]] = {}
    for _ in range(repeats):
        for case in cases:
            for side, step in (("ours", case.ours), ("keras", case.keras)):
                seconds.setdefault((case.what, side), []).append(_cpu_seconds(step))
    median = {key: statistics.median(values) for key, values in seconds.items()}
    return [Row(case.what, median[case.what, "ours"], median[case.what, "keras"]) for case in cases]


def table(rows: list[Row]) -> str:
    """The rows in Markdown, milliseconds of CPU time."""
    lines = ["| one step | NumPy, ms | Keras, ms | ratio |", "|---|---|---|---|"]
    lines += [f"| {row.what} | {1e3 * row.ours:.2f} | {1e3 * row.keras:.2f} | {row.ratio:.1f} |" for row in rows]
    return "\n".join(lines)


def _cpu_seconds(step: Callable[[], Any]) -> float:
    start = time.process_time()
    step()
    return time.process_time() - start


def expect_the_same(case: Case) -> None:
    """Compare the two sides, three times: the first calls also compile and warm up."""
    for _ in range(3):
        for k, (ours, keras) in enumerate(zip(case.ours(), case.read(case.keras()), strict=True)):
            if ours.dtype != np.float32 or ours.shape != keras.shape:
                raise RuntimeError(
                    f"{case.what}: result {k} is {ours.dtype} {ours.shape}, Keras's float32 {keras.shape}"
                )
            if np.abs(ours - keras).max() > SAME * np.abs(keras).max():
                raise RuntimeError(f"{case.what}: result {k} is not Keras's: off by {np.abs(ours - keras).max():.1e}")


if __name__ == "__main__":
    import_keras()[1].get_logger().setLevel("ERROR")  # it warns that a function is compiled for each row
    print(table(measure(list(cases()), int(sys.argv[1]))))
