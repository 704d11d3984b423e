"""The command line: what a person reads who asks for help, or for something that is not there."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest
from click.testing import CliRunner

from autograder import course
from autograder.__main__ import bench, grade, main, table


@pytest.mark.parametrize("group", [main, bench])
def test_help_tells_every_command_in_a_whole_sentence(group):
    commands = CliRunner().invoke(group, ["--help"]).output.partition("Commands:\n")[2].splitlines()
    assert len(commands) == len(group.commands)
    assert all(line.endswith(".") and not line.endswith("...") for line in commands)


@pytest.mark.parametrize("command", [table, grade])
def test_an_assignment_that_is_not_there_is_told_with_those_there_are(command):
    done = CliRunner().invoke(command, ["nope"])
    assert done.exit_code == 2
    assert f"there is no assignment nope; there are {', '.join(course.assignments())}" in done.output


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
def test_make_grade_asks_for_the_assignment_before_it_does_anything():
    environment = {name: value for name, value in os.environ.items() if name not in ("A", "MAKEFLAGS", "MAKELEVEL")}
    done = subprocess.run(["make", "grade"], cwd=course.ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode != 0
    assert done.stdout == "Which assignment? For example: make grade A=conv-layers\n"
