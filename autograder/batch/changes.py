"""Compares a new record with the one before: who changed, which promise, from what to what, and why. It grades nothing."""

from __future__ import annotations

from dataclasses import dataclass

from autograder.record import Record
from autograder.report import number

CAUSES = {
    "submission": "another notebook was handed in",
    "files": "other files were handed in",
    "release": "the released notebook changed",
    "autograder": "the hidden tests or the grader changed",
    "utils": "utils changed",
}


@dataclass(frozen=True)
class Change:
    """One promise (or the status) of one student that came out differently."""

    student: str
    what: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.student}: {self.what}: {self.before} -> {self.after}"


def changes(before: Record, after: Record) -> list[Change]:
    """Every promise with another outcome or other points, and a changed status."""
    found = []
    if (before.status, before.reason) != (after.status, after.reason):
        found.append(Change(after.student, "status", _status(before), _status(after)))
    old = {(task.id, p.name): p for task in before.tasks for p in task.promises}
    new = {(task.id, p.name): p for task in after.tasks for p in task.promises}
    for key in [*old, *(key for key in new if key not in old)]:
        one, other = old.get(key), new.get(key)
        if one is None or other is None or (one.outcome, one.points) != (other.outcome, other.points):
            says = [
                f"{p.outcome}, {number(p.points)} of {number(p.max_points)}" if p else "not there" for p in (one, other)
            ]
            found.append(Change(after.student, f"{key[0]}, {key[1]}", *says))
    return found


def why(before: Record, after: Record) -> list[str]:
    """What differs in all that a result depends on; the machine itself where nothing else does."""
    causes = [text for name, text in CAUSES.items() if before.hashes.get(name) != after.hashes.get(name)]
    causes += [f"the seed was {before.seed} and is {after.seed}"] if before.seed != after.seed else []
    causes += [
        f"{name} was {before.versions.get(name, 'not there')} and is {version}"
        for name, version in after.versions.items()
        if before.versions.get(name) != version
    ]
    return causes or ["nothing that a result should depend on: time, or a program that does not answer the same twice"]


def _status(record: Record) -> str:
    return f"{record.status} ({record.reason})" if record.reason else record.status
