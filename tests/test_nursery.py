"""Warm kernels: nothing passes from one student to the next, the walls are those of a cold kernel, and failing is harmless."""

from __future__ import annotations

import os
import signal

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from autograder.run import NotebookRun
from autograder.sandbox import bubblewrap, doctor, nursery
from autograder.sandbox.kernel import Kernel

pytestmark = pytest.mark.skipif(
    bool(bubblewrap.works()), reason=f"no warm kernels without bubblewrap: {bubblewrap.works()}"
)

LEAVES_TRACES = """
import builtins, os, socket, subprocess, sys, tempfile
import numpy as np

left = []
for folder in ["/", "/tmp", "/box", "/box/home", "/box/course", "/box/course/utils", "/box/course/work", "/box/inside",
               "/dev", "/dev/shm", "/run", "/var/tmp", os.path.dirname(os.__file__), sys.prefix, os.getcwd()]:
    try:
        open(os.path.join(folder, "trace"), "w").write("x")
        left.append(folder)
    except OSError:
        pass
np.trace_of_mine = builtins.trace_of_mine = 1
os.environ["TRACE"] = "1"
line = socket.socket(socket.AF_UNIX)
line.bind("\\0trace")
line.listen()
subprocess.Popen(["sleep", "1000"], start_new_session=True)
"""
LOOKS_FOR_TRACES = """
import builtins, glob, os, socket, sys
import numpy as np

found = [name for name in ("/", "/tmp", "/box", "/box/home", "/box/course", "/box/course/utils", "/box/course/work",
         "/box/inside", "/dev", "/dev/shm", "/run", "/var/tmp", os.path.dirname(os.__file__), sys.prefix)
         if os.path.exists(os.path.join(name, "trace"))]
found += [name for name in ("trace_of_mine",) if hasattr(np, name) or hasattr(builtins, name)]
found += ["TRACE"] if "TRACE" in os.environ else []
try:
    socket.socket(socket.AF_UNIX).connect("\\0trace")
    found.append("socket")
except OSError:
    pass
processes = len(glob.glob("/proc/[0-9]*"))
"""


def run(source: str) -> NotebookRun:
    return NotebookRun(new_notebook(cells=[new_code_cell(source)]), False)


def test_a_student_leaves_nothing_to_the_next_one():
    with run(LEAVES_TRACES) as first:
        left = first.advance_to("the end").left
        assert "/tmp" in left
        assert "/box/course/work" in left
        assert not {"/", "/box", "/box/course", "/box/course/utils", "/box/inside", "/dev"} & set(left)
        with run(LOOKS_FOR_TRACES) as beside:  # at the same time, in the same nursery
            assert beside.advance_to("the end").found == []
    with run(LOOKS_FOR_TRACES) as second:
        student = second.advance_to("the end")
        assert student.found == []
        assert student.processes == 2, "the first process of the space and the kernel itself"


def test_on_disk_a_kernel_writes_nothing():
    """Its sockets lie in a folder on disk, which a student's files would fill for all others."""
    writes = """
import os
mounts = [line.split() for line in open("/proc/self/mountinfo")]
kinds = {number: rest[rest.index("-") + 1] for _, _, number, *rest in mounts}
disk = []
for path in {mount[4] for mount in mounts if os.path.exists(mount[4])}:
    device = os.stat(path).st_dev  # of what is seen there, be it mounted over something else
    kind = kinds.get(f"{os.major(device)}:{os.minor(device)}")
    disk += [path] if kind not in ("tmpfs", "devtmpfs", "devpts", "mqueue", "proc") else []
written = []
for path in disk:
    for name in [path] if os.path.isfile(path) else [os.path.join(path, "x"), os.path.join(path, "log")]:
        try:
            open(name, "a").close()
            written.append(name)
        except OSError:
            pass
"""
    with run(writes) as one:
        student = one.advance_to("the end")
        assert len(student.disk) > 3
        assert student.written == []


def test_two_students_do_not_draw_the_same_random_numbers():
    drawn = []
    for _ in range(2):
        with run("import numpy as np, random, secrets; drawn = [np.random.random(), random.random()]") as one:
            drawn.append(one.advance_to("the end").drawn)
    assert drawn[0][0] != drawn[1][0]
    assert drawn[0][1] != drawn[1][1]


def test_a_kernel_has_no_line_to_the_nursery_and_no_right_of_it():
    source = """
import os
places = [f"/proc/self/fd/{n}" for n in os.listdir("/proc/self/fd")]
files = sorted({name for name in map(os.readlink, filter(os.path.lexists, places)) if name.startswith("/tmp/nn-")})
status = dict(line.split(":\\t", 1) for line in open("/proc/self/status").read().splitlines() if ":\\t" in line)
rights = {name: int(status[name], 16) for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")}
first = os.access("/proc/1/mem", os.R_OK)
"""
    with run(source) as one:
        student = one.advance_to("the end")
        assert student.files == [str(one._kernel.folder / "run" / "log")]
        assert set(student.rights.values()) == {0}
        assert student.first is False


@pytest.mark.parametrize("warm", ["0", "1"], ids=["cold", "warm"])
def test_the_doctor_finds_no_way_out_of_either(warm, monkeypatch):
    monkeypatch.setenv("COURSE_JAIL", "bubblewrap")
    monkeypatch.setenv("COURSE_WARM", warm)
    assert [finding for finding in doctor.examine() if not finding.held] == []


def test_a_nursery_that_dies_is_replaced_by_cold_kernels(monkeypatch):
    monkeypatch.setattr(nursery, "_open", {})
    one = nursery.nursery(allow_keras=False)
    os.kill(one._process.pid, signal.SIGKILL)
    one._process.wait()
    assert one._control.recv(1) == b"", "the last process behind it is gone, too"
    with Kernel(allow_keras=False) as kernel:
        assert kernel.alive()
        assert kernel.folder.parent != one.folder
    assert nursery.nursery(allow_keras=False) is None
    assert nursery.why_cold()


def test_keras_works_in_a_warm_kernel():
    source = "import keras, numpy as np\nsaid = float(keras.ops.sum(keras.ops.convert_to_tensor(np.ones((3, 4)))))"
    with NotebookRun(new_notebook(cells=[new_code_cell(source)]), True) as one:
        assert one.advance_to("the end").said == 12
        assert nursery.nursery(allow_keras=True) is not None, nursery.why_cold()
