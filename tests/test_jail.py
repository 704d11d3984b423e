"""The jails of this machine: every promise is tried on a real kernel, and without a jail nothing is graded."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from autograder import course
from autograder.sandbox import bubblewrap, doctor, jail, landlock
from autograder.sandbox.users import root_may_become_another

WORKING = [
    pytest.param("bubblewrap", marks=pytest.mark.skipif(bool(bubblewrap.works()), reason=bubblewrap.works())),
    pytest.param("landlock", marks=pytest.mark.skipif(bool(landlock.works()), reason=landlock.works())),
]


@pytest.mark.parametrize("name", WORKING)
def test_nobody_breaks_out(name, monkeypatch):
    monkeypatch.setenv("COURSE_JAIL", name)
    monkeypatch.setenv("A_SECRET", "of the grader")
    findings = doctor.examine()
    assert not {finding.promise: finding.got for finding in findings if finding.broken(jail.choose())}
    assert sum(finding.held for finding in findings) >= len(findings) - len(doctor.NOT_PROMISED.get(name, ()))


def test_the_doctor_sees_a_machine_without_walls(monkeypatch):
    monkeypatch.setenv("COURSE_JAIL", "none")
    monkeypatch.setenv("COURSE_UNSAFE", "1")
    broken = {finding.promise for finding in doctor.examine() if not finding.held}
    assert len(broken) >= 5, "a check that cannot fail proves nothing"


def test_a_broken_promise_is_told_from_one_that_the_jail_never_made():
    seen = doctor.Finding("other processes cannot be seen", held=False)
    network = doctor.Finding("no network, not even the host's loopback", held=False)
    assert (seen.broken(jail.BUBBLEWRAP), network.broken(jail.BUBBLEWRAP)) == (True, True)
    assert (seen.broken(jail.LOCKED), network.broken(jail.LOCKED)) == (False, True)
    assert not network.broken(jail.UNSAFE)


@pytest.mark.skipif(
    bool(landlock.works()) or os.geteuid() != 0 or not root_may_become_another(),
    reason="only for root, where every user can read Python",
)
def test_root_s_kernel_without_cgroups_is_another_user_so_that_its_processes_are_counted(monkeypatch):
    monkeypatch.setenv("COURSE_JAIL", "landlock")
    monkeypatch.setattr(jail, "make_groups", lambda *args, **limits: [])
    held = {finding.promise for finding in doctor.examine() if finding.held}
    assert {doctor.COUNTED, "nothing outlives the notebook"} <= held


def test_without_a_sandbox_grading_refuses_and_says_what_to_do(monkeypatch):
    monkeypatch.setenv("COURSE_JAIL", "none")
    monkeypatch.delenv("COURSE_UNSAFE", raising=False)
    with pytest.raises(jail.NoSandbox, match="apt install bubblewrap"):
        jail.choose()


def test_the_command_line_names_the_jail():
    command = [sys.executable, "-m", "autograder", "doctor"]
    done = subprocess.run(command, cwd=course.ROOT, capture_output=True, text=True, check=False, env=dict(os.environ))
    assert done.stdout.startswith("Student code runs in: "), done.stderr
