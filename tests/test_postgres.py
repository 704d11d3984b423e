"""The same class into a real PostgreSQL server, through nbgrader's db_url."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

import pytest

from autograder import course
from tests.classes import grade, gradebook, records, small_class

HERE = f"demo/test-postgres-{os.getpid()}"
PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))


@pytest.fixture
def server():
    """An empty server of our own in a temporary folder; gives its db_url."""
    if not PROGRAMS:
        pytest.skip("PostgreSQL is not installed (apt install postgresql): grading into it was not tried")
    programs = PROGRAMS[-1].parent
    # The server refuses to run as root.
    as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    shutil.chown(folder, "postgres") if as_user else None
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    data = str(folder / "data")
    run = {"check": True, "stdout": subprocess.DEVNULL, "cwd": "/"}
    subprocess.run([*as_user, str(programs / "initdb"), "-D", data, "-U", "grader", "-A", "trust"], **run)
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1"
    control = [*as_user, str(programs / "pg_ctl"), "-D", data, "-w", "-l", str(folder / "log")]
    subprocess.run([*control, "-o", options, "start"], **run)
    try:
        yield f"postgresql+psycopg2://grader@127.0.0.1:{port}/postgres"
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], **run)
        shutil.rmtree(folder, ignore_errors=True)
        shutil.rmtree(course.ROOT / HERE, ignore_errors=True)


def test_a_class_in_postgresql_is_as_one_in_sqlite(server):
    pytest.importorskip("psycopg2")
    for folder in ("sqlite", "postgres"):
        small_class(f"{HERE}/{folder}")
    grade(f"{HERE}/sqlite")
    said = grade(f"{HERE}/postgres", env={"COURSE_DB_URL": server})
    assert "6 graded" in said
    assert records(f"{HERE}/postgres") == records(f"{HERE}/sqlite")
    assert gradebook("", server) == gradebook(f"{HERE}/sqlite")
    assert not (course.ROOT / HERE / "postgres" / "gradebook.db").exists()
    assert "0 graded, 6 unchanged" in grade(f"{HERE}/postgres", env={"COURSE_DB_URL": server})
