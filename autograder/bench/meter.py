"""Runs a command and says what it cost: seconds, CPU seconds and memory of all its processes. Linux only."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

CPUACCT = Path("/sys/fs/cgroup/cpuacct")


@dataclass(frozen=True)
class Cost:
    """Wall-clock and CPU seconds, and the largest memory that all processes had at once (PSS, in bytes)."""

    seconds: float
    cpu: float
    memory: int
    status: int


def cost_of(command: Sequence[str], *, cwd: Path, env: Mapping[str, str], log: Path) -> Cost:
    """Runs the command to its end. CPU time is that of its cgroup; without one, that of the whole machine meanwhile."""
    group = _group()
    before, start = _cpu(group), time.perf_counter()
    with open(log, "wb") as file:
        process = subprocess.Popen(
            command, cwd=cwd, env=dict(env), stdout=file, stderr=file, preexec_fn=lambda: _enter(group)
        )
        watch = _Watch(process.pid)
        status = process.wait()
    seconds = time.perf_counter() - start
    cost = Cost(seconds, _cpu(group) - before, watch.stop(), status)
    if group is not None:
        _remove(group)
    return cost


def whose() -> str:
    """What the CPU seconds are those of."""
    return "the command's processes" if os.access(CPUACCT, os.W_OK) else "the whole machine during the run"


class _Watch:
    """Adds up the memory of a process and its descendants twice a second, in a thread of its own."""

    def __init__(self, pid: int):
        self.pid, self.most, self.over = pid, 0, threading.Event()
        self.thread = threading.Thread(target=self._look, daemon=True)
        self.thread.start()

    def stop(self) -> int:
        self.over.set()
        self.thread.join()
        return self.most

    def _look(self) -> None:
        while not self.over.wait(0.5):
            try:
                root = psutil.Process(self.pid)
                tree = [root, *root.children(recursive=True)]
            except psutil.Error:
                return
            self.most = max(self.most, sum(_pss(process.pid) for process in tree))


def _pss(pid: int) -> int:
    """The memory of a process, pages that it shares divided among those that share them."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)


def _group() -> Path | None:
    group = CPUACCT / f"bench-{os.getpid()}"
    try:
        group.mkdir(exist_ok=True)
    except OSError:
        return None
    return group


def _enter(group: Path | None) -> None:
    if group is not None:
        (group / "cgroup.procs").write_text(str(os.getpid()))


def _remove(group: Path) -> None:
    for _ in range(50):
        try:
            group.rmdir()
            return
        except OSError:
            time.sleep(0.1)


def _cpu(group: Path | None) -> float:
    if group is not None:
        return int((group / "cpuacct.usage").read_text()) / 1e9
    busy = Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:4]
    return sum(map(int, busy)) / os.sysconf("SC_CLK_TCK")
