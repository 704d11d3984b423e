"""What every training cell needs: quick or full settings, a progress bar, a history. It trains nothing itself."""

import os
import sys
import time
from collections.abc import Iterable, Iterator, Sized
from typing import Any, Generic, TypeVar

Item = TypeVar("Item")


def setting(*, quick: Item, full: Item) -> Item:
    """Return `quick`, or `full` where the environment says COURSE_SETTING=full.

    The quick setting fits into a minute on two cores; the full one repeats the figures that the notebook quotes.

    >>> epochs = setting(quick=2, full=40)
    """
    return full if os.environ.get("COURSE_SETTING", "quick").strip().lower() == "full" else quick


class History(dict[str, list[float]]):
    """The curves of one training run: a dict of lists that grows by one value a call of `record`.

    >>> history = History()
    >>> history.record(epoch=1, loss=2.3, val_accuracy=0.12)
    >>> history.record(epoch=2, loss=1.9, val_accuracy=0.31)
    >>> history["loss"]
    [2.3, 1.9]
    >>> history.best("val_accuracy")
    (1, 0.31)
    >>> print(history.line())
    epoch 2   loss 1.9   val_accuracy 0.31
    """

    def record(self, **values: float) -> None:
        """Append one value to each named curve. A new name starts a new curve."""
        for name, value in values.items():
            self.setdefault(name, []).append(value if isinstance(value, int) else float(value))

    def best(self, name: str, *, largest: bool = True) -> tuple[int, float]:
        """Return (position, value) of the largest value of a curve, the first of equals; `largest=False` for a loss."""
        curve = self[name]
        value = max(curve) if largest else min(curve)
        return curve.index(value), value

    def last(self) -> dict[str, float]:
        """Return the newest value of every curve."""
        return {name: curve[-1] for name, curve in self.items() if curve}

    def line(self) -> str:
        """Return the newest values as one line of text."""
        return "   ".join(f"{name} {value:.4g}" for name, value in self.last().items())


def progress(iterable: Iterable[Item], desc: str = "", *, total: int | None = None) -> "Progress[Item]":
    """Show how far a loop has come: one line that moves in Jupyter and terminals, a plain line now and then in files.

    `bar.write(text)` prints a line above the bar, `bar.note(text)` shows a text behind it.

    >>> bar = progress(range(3), "epochs")
    >>> for epoch in bar:
    ...     bar.write(f"epoch {epoch}")
    epoch 0
    epoch 1
    epoch 2
    epochs 3/3 in 0.0 s
    """
    return Progress(iterable, desc, total=total)


class Progress(Generic[Item]):
    """The loop that `progress` returns."""

    def __init__(self, iterable: Iterable[Item], desc: str = "", *, total: int | None = None) -> None:
        self.iterable = iterable
        self.desc = desc
        self.total = len(iterable) if total is None and isinstance(iterable, Sized) else total
        self._live = _shows_a_moving_line()
        self._pause = 0.1 if self._live else 10.0  # seconds between two drawings
        self._done = 0
        self._note = ""
        self._width = 0
        self._start = self._drawn = time.perf_counter()

    def __len__(self) -> int:
        if self.total is None:
            raise TypeError("the length of this loop is not known; give total=")
        return self.total

    def __iter__(self) -> Iterator[Item]:
        self._done = 0
        self._start = self._drawn = time.perf_counter()
        begun = False
        try:
            for item in self.iterable:
                begun = True
                yield item
                self._done += 1
                if time.perf_counter() - self._drawn >= self._pause:
                    self._draw()
        finally:  # also after a break or an error: what is printed next starts on its own line
            if self._done or self._width or not begun:  # an unfinished task ends the first step: then nothing is shown
                self._draw(last=True)

    def note(self, text: str) -> None:
        """Show `text` behind the bar from its next drawing on."""
        self._note = text

    def write(self, text: str) -> None:
        """Print a line that stays, above the bar."""
        if self._live and self._width:
            sys.stdout.write("\r" + " " * self._width + "\r")
            self._width = 0
        print(text, flush=True)
        if self._live:
            self._draw()

    def _draw(self, *, last: bool = False) -> None:
        self._drawn = time.perf_counter()
        seconds = self._drawn - self._start
        text = f"{self.desc} {self._done}" + ("" if self.total is None else f"/{self.total}") + f" in {seconds:.1f} s"
        if self._live and self.total:
            full = round(20 * self._done / self.total)
            text = f"{self.desc} [{'#' * full}{'.' * (20 - full)}]" + text[len(self.desc) :]
            if not last and self._done:
                text += f", {seconds * (self.total - self._done) / self._done:.0f} s left"
        text = (text + (f"  {self._note}" if self._note else "")).strip()
        if self._live:
            sys.stdout.write("\r" + text.ljust(self._width) + ("\n" if last else ""))
            self._width = 0 if last else len(text)
        else:
            sys.stdout.write(text + "\n")
        sys.stdout.flush()


def _shows_a_moving_line() -> bool:
    """Tell whether a carriage return rewrites the line: in a terminal, in Jupyter and in Colab."""
    shell: Any = None
    if "IPython" in sys.modules:  # never imported for this: outside Jupyter it would cost a second
        shell = sys.modules["IPython"].get_ipython()
    return hasattr(shell, "kernel") or sys.stdout.isatty()
