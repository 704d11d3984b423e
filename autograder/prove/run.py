"""The command `python -m autograder prove`: runs one or more proofs, prints what came of them, and writes it if asked."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable

from autograder import course
from autograder.promise import checks_of
from autograder.prove import margins as room
from autograder.prove import mutation, naming, right, truth
from autograder.prove import public as notebook

Say = Callable[[str], object]


def prove(
    names: list[str],
    say: Say,
    *,
    diagnosis: bool = False,
    margins: bool = False,
    public: bool = False,
    variants: int | None = None,
    sandbox: int | None = None,
    every: int = 1,
    processes: int | None = None,
    write: bool = False,
) -> bool:
    """Whether all that was asked for is proved; without any flag, that is the mutants."""
    graded = [name for name in course.assignments() if checks_of(name).ASSIGNMENT.tasks]
    unknown = [name for name in names if name not in graded]
    if unknown:
        raise ValueError(f"{', '.join(unknown)}: no graded assignment; they are {', '.join(graded)}")
    chosen = [name for name in graded if name in (names or graded)]
    held = []
    if variants:
        held.append(_variants(chosen, variants, say, processes=processes, jailed=False))
    if sandbox:
        held.append(_variants(chosen, sandbox, say, processes=processes, jailed=True))
    if diagnosis:
        held.append(_diagnosis(chosen, say, processes=processes, write=write))
    if margins:
        held.append(_margins(chosen, say, processes=processes, write=write))
    if public:
        held.append(_public(chosen, say, processes=processes))
    if not held:
        held.append(_mutants(chosen, say, every=every, processes=processes, write=write))
    if write:
        truth.write("variants", truth.variants(graded))
        truth.write("slips", truth.slips(graded))
    return all(held)


def _mutants(names: list[str], say: Say, *, every: int, processes: int | None, write: bool) -> bool:
    score = mutation.score(names, every=every, processes=processes, tell=_progress(say))
    for line in truth.survivors(score):
        say(f"  {line}")
    many = Counter(verdict.outcome for verdict in score.verdicts)
    killable = len(score.verdicts) - many[mutation.EQUAL]
    say(
        f"{len(score.verdicts)} mutants in {score.seconds:.0f} s: {many[mutation.CAUGHT]} caught, "
        f"{many[mutation.EQUAL]} equivalent, {killable - many[mutation.CAUGHT]} left; "
        f"score {many[mutation.CAUGHT] / max(killable, 1):.2%}"
    )
    if write and every == 1:
        truth.write("mutants", truth.mutants(score, names))
    return score.proved


def _variants(names: list[str], seeds: int, say: Say, *, processes: int | None, jailed: bool) -> bool:
    held, where = True, "in the sandbox" if jailed else "here"
    for name in names:
        start, wanted = time.perf_counter(), range(1, seeds + 1)
        ends = right.in_the_sandbox(name, wanted) if jailed else right.here(name, wanted, processes=processes)
        packs = count = 0
        for pack, refused in ends:
            packs, count = packs + 1, count + len(pack.variants)
            held = held and refused == []
            if refused is None:
                say(f"  {name}: took too long, or died: {', '.join(pack.variants)}")
            for one in refused or ():
                say(f"  {name}, seed {one.seed}, {one.promise}: {one.message} (one of {', '.join(pack.variants)})")
        say(
            f"{name}: {count} variants in {packs} notebooks at {seeds} seeds {where}: {time.perf_counter() - start:.0f} s"
        )
    return held


def _diagnosis(names: list[str], say: Say, *, processes: int | None, write: bool) -> bool:
    own: list[naming.Named] = []
    without: list[naming.Named] = []
    pairs: list[naming.Named] = []
    merged: list[naming.Named] = []
    double: list[naming.Named] = []
    for name in names:
        for mine, other in naming.of_slips(name, processes=processes):
            own.append(mine)
            without.append(other)
        pairs += naming.of_pairs(name, processes=processes)
        merged += naming.of_merged(name, processes=processes)
        double += naming.of_double_mistakes(name, processes=processes)
        say(f"{name}: {len(own)} slips so far")
    rightly = {naming.RIGHTLY, naming.BESIDE}
    everything = (*own, *pairs, *without, *merged, *double)
    for k, named in enumerate(everything):
        if named.outcome == naming.WRONGLY or (k < len(own) + len(pairs) and named.outcome not in rightly):
            say(f"  {named.outcome}: {named.assignment} {named.slip}: {' / '.join(named.messages)}")
    table = truth.diagnosis(
        {
            "a slip": own,
            "a slip, one of two in two tasks": pairs,
            "a slip whose fingerprint is not known": without,
            "two slips in the same task": merged,
            "a slip and another mistake in the same task": double,
        }
    )
    both = sum(named.every for named in merged)
    table += f"\n\nOf two slips in the same task both are named in {truth.share(both, len(merged))} of the cases."
    say(table)
    if write:
        truth.write("diagnosis", table)
    enough = sum(named.outcome in rightly for named in own) >= 0.9 * len(own)
    return enough and not any(named.outcome == naming.WRONGLY for named in everything)


def _margins(names: list[str], say: Say, *, processes: int | None, write: bool) -> bool:
    found = [row for name in names for row in room.measure(name, processes=processes)]
    say(room.environment())
    say(truth.margins(found))
    if write:
        room.save(found)
        together = truth.margins(room.together(names))
        environments = "\n".join(f"- {name}" for name in sorted(room.load()))
        truth.write("margins", f"{together}\n\nMeasured with\n{environments}")
    return all(row.right <= row.tolerance for row in found)


def _public(names: list[str], say: Say, *, processes: int | None) -> bool:
    """Whether every slip gets a remark in the notebook; silence is told, and wrong only where a check could speak."""
    for name in names:
        found = list(notebook.of_slips(name, processes=processes))
        silent = [f"{one.task} {one.slip}" for one in found if not one.complaints]
        say(f"{name}: {len(found) - len(silent)} of {len(found)} slips get a remark from a public check")
        for row in silent:
            say(f"  silent: {row}")
    return True


def _progress(say: Say) -> Callable[[mutation.Verdict], None]:
    """Says when an assignment begins."""
    seen: set[str] = set()

    def tell(verdict: mutation.Verdict) -> None:
        if verdict.mutant.assignment not in seen:
            seen.add(verdict.mutant.assignment)
            say(f"{verdict.mutant.assignment} …")

    return tell
