"""The record of one graded notebook: everything that was decided about it, as one JSON file; it computes no score twice.

Feedback, tables and the gradebook are made from it. It holds no hidden input and no expected value.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograder.files import write_atomically
from autograder.judge import FAILED, PASSED, UNCHECKED

GRADED, UNREADABLE, STOPPED = "graded", "unreadable", "stopped"


@dataclass(frozen=True)
class PromiseRecord:
    """One promise: the sentence it promises, what came of it, and what the student is told."""

    name: str
    says: str
    outcome: str
    points: float
    max_points: float
    message: str
    hint: str
    seconds: float
    unfinished: bool = False


@dataclass(frozen=True)
class TaskRecord:
    """One task: its promises in order. `points` is their sum."""

    id: str
    number: str
    title: str
    promises: tuple[PromiseRecord, ...]

    @property
    def points(self) -> float:
        return round(sum(p.points for p in self.promises), 6)

    @property
    def max_points(self) -> float:
        return round(sum(p.max_points for p in self.promises), 6)

    @property
    def outcome(self) -> str:
        """The worst outcome of its promises; could not check is worse than failed, since someone must look."""
        outcomes = {p.outcome for p in self.promises}
        return next((o for o in (UNCHECKED, FAILED) if o in outcomes), PASSED)

    @property
    def unfinished(self) -> str:
        """What every promise says of a task that was not begun, else nothing: told once instead of at every promise."""
        messages = {p.message for p in self.promises}
        return messages.pop() if len(messages) == 1 and all(p.unfinished for p in self.promises) else ""


@dataclass(frozen=True)
class Record:
    """The verdict on one notebook. `status` is graded, unreadable or stopped; `reason` says why it is not graded."""

    assignment: str
    notebook: str
    status: str
    reason: str
    tasks: tuple[TaskRecord, ...]
    notes: tuple[str, ...]
    seed: int
    isolation: str
    hashes: dict[str, str]
    versions: dict[str, str]
    student: str = ""
    seconds: float = 0.0

    @property
    def points(self) -> float:
        return round(sum(task.points for task in self.tasks), 6)

    @property
    def max_points(self) -> float:
        return round(sum(task.max_points for task in self.tasks), 6)

    def task(self, task_id: str) -> TaskRecord | None:
        """The record of one task, or None for one that is graded by hand."""
        return next((task for task in self.tasks if task.id == task_id), None)

    def to_json(self) -> dict[str, Any]:
        """Plain data, with the sums written out for whoever reads the file."""
        data = dataclasses.asdict(self)
        for row, task in zip(data["tasks"], self.tasks, strict=True):
            row.update(points=task.points, max_points=task.max_points, outcome=task.outcome)
        return data | {"points": self.points, "max_points": self.max_points}

    @staticmethod
    def from_json(data: dict[str, Any]) -> Record:
        """The record of a file's data; sums are computed again, never read."""
        tasks = tuple(
            TaskRecord(
                id=row["id"],
                number=row["number"],
                title=row["title"],
                promises=tuple(PromiseRecord(**promise) for promise in row["promises"]),
            )
            for row in data["tasks"]
        )
        names = {f.name for f in dataclasses.fields(Record)} - {"tasks", "notes"}
        return Record(tasks=tasks, notes=tuple(data["notes"]), **{n: data[n] for n in names})


@dataclass(frozen=True)
class Records:
    """The folder of a class's records: one JSON file a notebook, at <assignment>/<student>/<notebook>.json."""

    folder: Path = field(default_factory=lambda: Path("records"))

    def path(self, assignment: str, student: str, notebook: str) -> Path:
        return self.folder / assignment / student / f"{notebook}.json"

    def save(self, record: Record) -> Path:
        """Writes a record in one step: a reader sees the old file or the new one, never half of it."""
        path = self.path(record.assignment, record.student, record.notebook)
        write_atomically(path, json.dumps(record.to_json(), indent=1, ensure_ascii=False) + "\n")
        return path

    def read(self, assignment: str, student: str) -> Record | None:
        """The record of one student, None where there is none or it cannot be read (it is then made again)."""
        path = self.path(assignment, student, assignment)
        try:
            return Record.from_json(json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def load(self, assignment: str) -> list[Record]:
        """All records of an assignment, by student."""
        paths = sorted((self.folder / assignment).glob("*/*.json"))
        return [Record.from_json(json.loads(path.read_text(encoding="utf-8"))) for path in paths]


def digest(*parts: bytes) -> str:
    """SHA-256 over several byte strings, their borders included."""
    sha = hashlib.sha256()
    for part in parts:
        sha.update(len(part).to_bytes(8, "little") + part)
    return sha.hexdigest()
