"""What our tests start from: in the proof of the grader, a finished student has also handed in the files asked for."""

from __future__ import annotations

import pytest

from autograder.answers.mystery import perfect_predictions


@pytest.fixture(autouse=True)
def file_of_predictions(request, monkeypatch):
    """`train-a-cnn` asks for a file beside the notebook. In the proof everybody has one, only the stub has none."""
    if request.node.path.name == "test_proof.py" and "stub" not in request.node.name:
        monkeypatch.setattr("utils.mystery.read_predictions", lambda path, *, task: perfect_predictions())
