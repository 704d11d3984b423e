"""Watch a Keras net while it trains: a bar that moves and one line an epoch; it neither compiles nor trains one."""

import time
from typing import Any

from utils.keras_backend import import_keras
from utils.training import progress


def epoch_lines(epochs: int, name: str = "epochs") -> Any:
    """Return a Keras callback for `fit(..., verbose=0, callbacks=[epoch_lines(epochs, "(a)")])`.

    It prints `epoch 3   loss 1.2034   accuracy 57.3 %   validation 55.1 %   4.2 s`, and closes the bar when training ends,
    early or not.
    """
    keras, _ = import_keras()
    watch = {"start": 0.0}
    bar = progress(range(epochs), name)
    ticks = iter(bar)

    def begin(epoch: int, logs: dict[str, float] | None = None) -> None:
        next(ticks, None)
        watch["start"] = time.perf_counter()

    def end(epoch: int, logs: dict[str, float] | None = None) -> None:
        values = logs or {}
        parts = [f"epoch {epoch + 1}"]
        parts += [f"loss {values['loss']:.4f}"] if "loss" in values else []
        for key, word in (("accuracy", "accuracy"), ("val_accuracy", "validation")):
            parts += [f"{word} {100 * values[key]:.1f} %"] if key in values else []
        bar.write("   ".join([*parts, f"{time.perf_counter() - watch['start']:.1f} s"]))

    def close(logs: dict[str, float] | None = None) -> None:
        next(ticks, None) if watch["start"] else None  # the last epoch counts as done
        ticks.close()  # type: ignore[attr-defined]

    return keras.callbacks.LambdaCallback(on_epoch_begin=begin, on_epoch_end=end, on_train_end=close)
