"""The jails of this machine: every promise is tried on a real kernel, and without a jail nothing is graded."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from autograder import course, doctor, jail

WORKING = [
    pytest.param("bubblewrap", marks=pytest.mark.skipif(bool(jail.bubblewrap_works()), reason=jail.bubblewrap_works())),
    pytest.param("landlock", marks=pytest.mark.skipif(bool(jail.landlock_works()), reason=jail.landlock_works())),
]
# What Landlock alone cannot keep, and says so.
WEAKER = {"bubblewrap": set(), "landlock": {"other processes cannot be seen"}}


@pytest.mark.parametrize("name", WORKING)
def test_nobody_breaks_out(name, monkeypatch):
    monkeypatch.setenv("COURSE_JAIL", name)
    monkeypatch.setenv("A_SECRET", "of the grader")
    broken = {finding.promise: finding.got for finding in doctor.examine() if not finding.held}
    assert set(broken) <= WEAKER[name], broken


def test_the_doctor_sees_a_machine_without_walls(monkeypatch):
    monkeypatch.setenv("COURSE_JAIL", "none")
    monkeypatch.setenv("COURSE_UNSAFE", "1")
    broken = {finding.promise for finding in doctor.examine() if not finding.held}
    assert len(broken) >= 5, "a check that cannot fail proves nothing"


def test_without_a_sandbox_grading_refuses_and_says_what_to_do(monkeypatch):
    monkeypatch.setenv("COURSE_JAIL", "none")
    monkeypatch.delenv("COURSE_UNSAFE", raising=False)
    with pytest.raises(jail.NoSandbox, match="apt install bubblewrap"):
        jail.choose()


def test_the_command_line_names_the_jail():
    command = [sys.executable, "-m", "autograder", "doctor"]
    done = subprocess.run(command, cwd=course.ROOT, capture_output=True, text=True, check=False, env=dict(os.environ))
    assert done.stdout.startswith("Student code runs in: "), done.stderr
