"""Says what isolates student code on this machine, and proves it by trying to break out of a real kernel."""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from nbformat.v4 import new_code_cell, new_notebook

from autograder import course
from autograder.run import NotebookRun
from autograder.sandbox import jail
from autograder.sandbox.places import MIB, python_paths
from autograder.student import Student, StudentError

# What a jail does not keep, and says so in its own words. Without any jail nothing is promised.
NOT_PROMISED = {"landlock": {"other processes cannot be seen", "nothing outlives the notebook"}}
COUNTED = "the number of processes is limited"
# As its number of seconds to sleep, a number that no other process has.
LEFT_BEHIND = "613.25"


@dataclass(frozen=True)
class Finding:
    """One attempt: what was promised, whether it held, and what got through."""

    promise: str
    held: bool
    got: str = ""

    def broken(self, chosen: jail.Jail) -> bool:
        """Whether a promise of this jail did not hold."""
        promised = chosen is not jail.UNSAFE and self.promise not in NOT_PROMISED.get(chosen.name, ())
        if self.promise == COUNTED:
            promised = jail.limits_processes(chosen)
        return promised and not self.held


def examine() -> list[Finding]:
    """Every attempt with its outcome. Raises jail.NoSandbox where there is nothing to examine."""
    notebook = new_notebook(cells=[new_code_cell("from inside import probes")])
    with NotebookRun(notebook, allow_keras=False) as run, listening() as port:
        student = run.advance_to("the end")
        findings = list(_attempts(student, port))
        _attempt_to_stay(student)
    time.sleep(0.2)
    left = _left_behind()
    for pid in left:
        os.kill(pid, signal.SIGKILL)
    return [*findings, Finding("nothing outlives the notebook", not left, f"{len(left)} process")]


class listening:
    """A server on loopback, for as long as the block lasts; gives its port."""

    def __enter__(self) -> int:
        self.server = socket.create_server(("127.0.0.1", 0))
        return int(self.server.getsockname()[1])

    def __exit__(self, *exc: object) -> None:
        self.server.close()


def _attempts(student: Student, port: int) -> Iterator[Finding]:
    probes = student.probes
    root = course.ROOT
    secret_files = [root / "source", root / "autograder" / "checks", root / "gradebook.db", root / "submitted"]
    secret_files += [Path("/etc/passwd"), Path("/etc/shadow"), *_some_of(Path.home())]
    yield _nothing("hidden tests, solutions, grades and home cannot be read", probes.read(list(map(str, secret_files))))
    system = [str(root), str(Path.home()), "/", "/usr", "/etc", "/var/tmp", str(course.UTILS)]
    yield _nothing("nothing but the own folder can be written", probes.write(system))
    yield _nothing("no network, not even the host's loopback", probes.connect(port))
    yield _nothing("other processes cannot be seen", probes.processes("start.py"))
    yield _nothing(
        "other processes cannot be signalled", probes.kill([os.getpid(), os.getppid()]) if os.getpid() > 50 else []
    )
    yield _nothing("the grader's environment is not passed on", probes.secrets(_names_of_ours()))
    yield _nothing("no privileges can be had", probes.privileges())
    started = probes.processes_until_stopped(600)
    yield Finding(COUNTED, started < 600, f"{started} started")
    written = probes.bytes_until_stopped(".", 600 * MIB)
    yield Finding("what is written is limited", written < 600 * MIB, f"{written // MIB} MiB in one file")


def _some_of(home: Path) -> list[Path]:
    """Some real files and folders of the grading account; where Python itself lives there, that part is no secret."""
    return [path for path in sorted(home.iterdir()) if not any(p.startswith(str(path)) for p in python_paths())][:8]


def _names_of_ours() -> list[str]:
    plain = {"PATH", "HOME", "USER", "LANG", "TMPDIR", "PWD", "OLDPWD", "SHLVL", "TERM", "_"}
    known = {"OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "TF_CPP_MIN_LOG_LEVEL", "PYTHONDONTWRITEBYTECODE", "MPLBACKEND"}
    more = {"PYTHONNOUSERSITE", "NBGRADER_EXECUTION", "IPYTHONDIR", "MPLCONFIGDIR", "LC_CTYPE"}
    return [name for name in os.environ if name not in plain | known | more]


def _nothing(promise: str, got: list[object]) -> Finding:
    return Finding(promise, not got, ", ".join(map(str, got[:4])))


def _attempt_to_stay(student: Student) -> None:
    try:
        student.probes.leave_behind(LEFT_BEHIND)
    except StudentError:
        return


def _left_behind() -> list[int]:
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if path.read_bytes() == b"/bin/sleep\0" + LEFT_BEHIND.encode() + b"\0":
                found.append(int(path.parent.name))
        except OSError:
            continue
    return found
