"""The workers: a process that dies takes nothing with it, here or on a Dask cluster, and a real cluster gives the same."""

from __future__ import annotations

import dataclasses
import os
import shutil
import signal
import socket
import subprocess
import sys
import time

import pytest

from autograder import course
from autograder.batch import crew as crew_module
from autograder.batch import work as work_module
from autograder.batch.crew import Crew, local
from autograder.batch.work import Done, Work
from autograder.grade import not_graded, release_hashes
from autograder.intake.handed_in import HandedIn
from autograder.run import Limits
from tests.classes import command, environment, grade, gradebook, notebooks, records, small_class

HERE = f"demo/test-crew-{os.getpid()}"


def work(student: str) -> Work:
    return Work(student, "conv-layers", HandedIn(None, reason="nothing"), 1, Limits(), {})


def die_over_the_bad_one(one: Work) -> Done:
    """In place of `do`: the worker dies over one student, as if the machine had no memory left."""
    if one.student == "bad":
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(0.2)
    done = crew_module.give_up(one, "well")
    return dataclasses.replace(done, notebook="")


def test_a_worker_that_dies_costs_only_the_one_it_died_over(monkeypatch):
    monkeypatch.setattr(crew_module, "do", die_over_the_bad_one)
    names = ["a", "b", "bad", "c", "d", "e", "f", "g"]
    done = {one.work.student: one.record.reason for one in Crew(local(2), width=4).run(map(work, names))}
    assert sorted(done) == sorted(names)
    assert done.pop("bad") == "the process that graded it died again and again"
    assert set(done.values()) == {"well"}


def test_a_result_that_no_file_could_be_written_of_costs_only_its_student(monkeypatch):
    monkeypatch.setattr(work_module, "grade_or_tell", lambda job: not_graded(job, "half a character: \ud800"))
    one = dataclasses.replace(work("a"), release=release_hashes("conv-layers"))
    record = work_module.do(one).record
    assert (record.student, record.status, record.points) == ("a", "stopped", 0)
    assert record.reason == "the grader failed (UnicodeEncodeError)"


def test_a_worker_with_another_version_of_the_course_stops_the_batch():
    with pytest.raises(RuntimeError, match="another version of the course"):
        list(Crew(local(1), width=2).run([work("a")]))


@pytest.fixture
def cluster(tmp_path):
    """A Dask scheduler and two workers, processes of their own; gives the address and the workers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    dask = [
        sys.executable,
        "-m",
        "distributed.cli.dask_scheduler",
        "--port",
        address.rpartition(":")[2],
        "--no-dashboard",
    ]
    options = ["--nthreads", "1", "--no-nanny", "--no-dashboard", "--local-directory", str(tmp_path)]
    worker = [sys.executable, "-m", "distributed.cli.dask_worker", address, *options]
    with open(tmp_path / "log", "wb") as log:
        quiet = {"stdout": log, "stderr": log, "cwd": course.ROOT, "env": environment(HERE)}
        scheduler = subprocess.Popen(dask, **quiet)
        workers = [subprocess.Popen(worker, **quiet) for _ in range(2)]
        yield address, workers
        for process in [*workers, scheduler]:
            process.kill()
            process.wait()
    shutil.rmtree(course.ROOT / HERE, ignore_errors=True)


def test_a_cluster_gives_the_same_though_one_of_its_workers_is_killed(cluster):
    address, workers = cluster
    for folder in ("here", "there"):
        small_class(f"{HERE}/{folder}")
    grade(f"{HERE}/here")
    process = subprocess.Popen(command("--scheduler", address), cwd=course.ROOT, env=environment(f"{HERE}/there"))
    first = course.ROOT / HERE / "there" / "records" / "conv-layers"
    while process.poll() is None and not list(first.glob("*/*.json")):
        time.sleep(0.1)
    workers[0].kill()
    assert process.wait(300) == 3
    assert records(f"{HERE}/there") == records(f"{HERE}/here")
    assert notebooks(f"{HERE}/there") == notebooks(f"{HERE}/here")
    assert gradebook(f"{HERE}/there") == gradebook(f"{HERE}/here")
