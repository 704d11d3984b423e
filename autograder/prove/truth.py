"""Writes what was proved into docs/grading-truth.md and docs/slips.md, each part between marks; it measures nothing."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from autograder import course
from autograder.promise import checks_of, points_of, promises_of
from autograder.prove.margins import Margin
from autograder.prove.mutation import CAUGHT, EQUAL, SURVIVED, Score, Verdict
from autograder.prove.naming import OUTCOMES, Named
from autograder.prove.right import counts
from autograder.slips import slips_of

TRUTH, SLIPS = (course.ROOT / "docs" / name for name in ("grading-truth.md", "slips.md"))


def write(part: str, text: str) -> None:
    """Replaces one part of a document."""
    path = SLIPS if part == "slips" else TRUTH
    document = path.read_text(encoding="utf-8")
    marks = f"<!-- {part} -->", f"<!-- end of {part} -->"
    if not all(mark in document for mark in marks):
        raise ValueError(f"{path} has no part {part!r}: it stands between {marks[0]} and {marks[1]}")
    before, rest = document.split(marks[0])
    after = rest.split(marks[1])[1]
    path.write_text(f"{before}{marks[0]}\n{text.strip()}\n{marks[1]}{after}", encoding="utf-8")


def mutants(score: Score, assignments: Iterable[str]) -> str:
    """Mutants of every task: made, caught, equivalent, left over."""
    rows = []
    for name in assignments:
        for task in checks_of(name).ASSIGNMENT.tasks:
            made = [v for v in score.verdicts if (v.mutant.assignment, v.mutant.task) == (name, task.id)]
            if made:
                rows.append((f"{task.number} {task.title}", *_of(made)))
        rows.append((f"**{name}**", *_of([v for v in score.verdicts if v.mutant.assignment == name])))
    rows.append(("**all**", *_of(score.verdicts)))
    return _table(("task", "mutants", "caught", "equivalent", "left"), rows)


def slips(assignments: Iterable[str]) -> str:
    """Which promises each slip breaks, folded up, and how many points that costs."""
    parts = []
    for name in assignments:
        lines = [f"<details><summary>{name}: {len(slips_of(name))} slips</summary>", ""]
        points = {promise.name: promise.points for promise in promises_of(name)}
        for task in checks_of(name).ASSIGNMENT.tasks:
            mine = [slip for slip in slips_of(name) if slip.task == task.id]
            if not mine:
                continue
            promises = [promise.name for promise in promises_of(name) if promise.task == task.id]
            lines += [f"**{task.number} {task.title}**", ""]
            lines += [f"{k}. {_says(p)} ({points[p]:g})" for k, p in enumerate(promises, 1)]
            rows = []
            for slip in mine:
                cost = sum(points[p] for p in slip.fails)
                broken = ("×" if p in slip.fails else "" for p in promises)
                rows.append((_escaped(slip.says), *broken, f"{cost:g}"))
            lines += ["", _table(("looks …", *map(str, range(1, len(promises) + 1)), "costs"), rows), ""]
        parts.append("\n".join([*lines, "</details>"]))
    return "\n\n".join(parts)


def variants(assignments: Iterable[str]) -> str:
    """How many right solutions, slips and points each task has."""
    rows = []
    for name in assignments:
        many, points = counts(name), points_of(name)
        for task in checks_of(name).ASSIGNMENT.tasks:
            wrong = sum(slip.task == task.id for slip in slips_of(name))
            rows.append((f"{task.number} {task.title}", f"{points[task.id]:g}", many[task.id], wrong))
    return _table(("task", "points", "right variants", "slips"), rows)


def diagnosis(kinds: Mapping[str, Sequence[Named]]) -> str:
    """Shares of what the feedback says, for each kind of mistakes."""
    rows = []
    for what, found in kinds.items():
        many = Counter(n.outcome for n in found)
        rows.append((what, len(found), *(share(many[outcome], len(found)) for outcome in OUTCOMES)))
    return _table(("mistake", "cases", *OUTCOMES), rows)


def margins(rows: Iterable[Margin]) -> str:
    """Both margins of every tolerance."""
    return _table(
        ("assignment", "tolerance", "right err by at most", "room", "wrong err by at least", "room", "spared up to"),
        [
            (
                m.assignment,
                f"{m.tolerance:.0e}",
                _error(m.right, m.right_by),
                _room(m.tolerance, m.right),
                _error(m.wrong, m.wrong_by),
                "–" if math.isnan(m.wrong) else _room(m.wrong, m.tolerance),
                _error(m.spared, m.spared_by),
            )
            for m in rows
        ],
    )


def survivors(score: Score) -> list[str]:
    """What has to be looked at, one line each."""
    left = [_line(v) for v in score.of(SURVIVED)]
    left += [f"{_line(v)} (a check broke off: {', '.join(v.by)})" for v in score.of("undecided")]
    left += [f"{_line(v)} (listed as equivalent: {v.reason}; but caught)" for v in score.caught_though_equivalent]
    return left + [f"{row} (listed as equivalent, but there is no such mutant)" for row in score.stale]


def share(count: int, total: int) -> str:
    """A count with its share of the total."""
    return f"{count} ({count / total:.1%})" if total and count else "0"


def _line(verdict: Verdict) -> str:
    return f"{verdict.mutant.assignment} {verdict.mutant.task}: {verdict.mutant.change}"


def _of(verdicts: Sequence[Verdict]) -> tuple[int, ...]:
    many = Counter(v.outcome for v in verdicts)
    return len(verdicts), many[CAUGHT], many[EQUAL], len(verdicts) - many[CAUGHT] - many[EQUAL]


def _says(promise: str) -> str:
    return promise.removeprefix("test_").replace("_", " ")


def _room(large: float, small: float) -> str:
    return "all" if small <= 0 else f"{large / small:,.0f}" if large / small >= 10 else f"{large / small:.1f}"


def _error(error: float, by: str) -> str:
    return "–" if math.isnan(error) else f"{error:.1e} ({by})" if error else "0"


def _escaped(text: str) -> str:
    return re.sub(r"[|<>]", lambda found: f"\\{found.group()}", text)


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)
