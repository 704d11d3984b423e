"""Settings, histories and progress bars."""

import io
import sys

import pytest

from utils import training
from utils.training import History, progress, setting


def test_the_quick_setting_is_the_default(monkeypatch):
    monkeypatch.delenv("COURSE_SETTING", raising=False)
    assert setting(quick=1, full=2) == 1
    monkeypatch.setenv("COURSE_SETTING", "full")
    assert setting(quick=1, full=2) == 2
    monkeypatch.setenv("COURSE_SETTING", "quick")
    assert setting(quick=1, full=2) == 1


def test_a_history_is_a_dict_of_lists_with_a_best_and_a_last_value():
    history = History()
    for epoch, accuracy in enumerate([0.2, 0.5, 0.5, 0.4]):
        history.record(epoch=epoch, accuracy=accuracy, loss=1 - accuracy)
    assert history["accuracy"] == [0.2, 0.5, 0.5, 0.4]
    assert history.best("accuracy") == (1, 0.5)
    assert history.best("loss", largest=False) == (1, 0.5)
    assert history.last() == {"epoch": 3, "accuracy": 0.4, "loss": 0.6}
    assert history.line() == "epoch 3   accuracy 0.4   loss 0.6"
    assert isinstance(history, dict)


class Terminal(io.StringIO):
    def isatty(self):
        return True


def shown(text):
    """What a terminal shows of a text with carriage returns."""
    screen = []
    for line in text.split("\n"):
        row = ""
        for part in line.split("\r"):
            row = part + row[len(part) :]
        screen.append(row.rstrip())
    return screen


def test_in_a_file_a_loop_leaves_its_lines_and_one_of_the_bar(capsys):
    bar = progress([10, 20], "epochs")
    assert len(bar) == 2
    for item in bar:
        bar.write(f"item {item}")
    out = capsys.readouterr().out
    assert out.startswith("item 10\nitem 20\nepochs 2/2 in ") and out.count("\n") == 3 and "\r" not in out


def test_in_a_terminal_lines_stay_above_one_moving_bar(monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    bar = progress(range(4), "steps")
    for step in bar:
        bar.note(f"loss {step}")
        bar.write(f"step {step}")
    screen = shown(terminal.getvalue())
    assert screen[:4] == ["step 0", "step 1", "step 2", "step 3"]
    assert screen[4].startswith("steps [####################] 4/4 in ") and screen[4].endswith("loss 3")
    assert screen[5:] == [""]


@pytest.mark.parametrize("live", [True, False])
def test_a_loop_that_breaks_still_ends_its_line(live, monkeypatch, capsys):
    monkeypatch.setattr(training, "_shows_a_moving_line", lambda: live)
    for item in progress(iter(range(100)), "items"):
        if item == 3:
            break
    out = capsys.readouterr().out
    assert out.strip().startswith("items 3 in ") and out.endswith("\n")


def test_the_length_of_a_generator_is_unknown_unless_given():
    with pytest.raises(TypeError, match="total="):
        len(progress(iter([1, 2])))
    assert len(progress(iter([1, 2]), total=2)) == 2


def test_a_bar_whose_first_step_is_not_written_yet_shows_nothing(capsys):
    with pytest.raises(NotImplementedError):
        for _ in progress(range(3), "training"):
            raise NotImplementedError("2.5 TwoLayerNet.train")
    assert capsys.readouterr().out == ""
