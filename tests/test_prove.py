"""The tools of the proof: mutants, watched processes, margins, packs of variants; and what the diagnosis may say."""

from __future__ import annotations

import ast
import dataclasses
import os
import time

import numpy as np
import pytest

from autograder import classroom, course, merging
from autograder.compare import Mismatch, alike, expect_array, expect_number, watched
from autograder.diagnose import bits, diagnose, fitting, same, telling
from autograder.judge import FAILED, PASSED, PromiseResult, judge
from autograder.promise import checks_of
from autograder.prove import naming, right
from autograder.prove.mutants import changed, mutants_of
from autograder.prove.mutation import CAUGHT, Verdict, equivalents, judged
from autograder.prove.pool import run_all
from autograder.run import NotebookRun
from autograder.slips import slip_of, slips_of
from autograder.variants import variants_of

pytestmark = pytest.mark.filterwarnings("ignore")  # forks beside threads, and students' code may warn

GRADED = [name for name in course.assignments() if checks_of(name).ASSIGNMENT.tasks]
CELL = '''def f(x, axis=0):
    """Given."""
    given = 1
    ### BEGIN SOLUTION f
    y = x[1:].sum(axis=axis) - 2
    if y > given:
        print("large", y)
    return y
    ### END SOLUTION
'''


def changes(cell: str) -> list[str]:
    return [change for change, _ in changed(cell)]


def test_a_mutant_differs_in_one_place_and_only_inside_the_solution():
    right = ast.unparse(ast.parse(CELL))
    for change, text in changed(CELL):
        assert text != right and "given = 1" in text and "axis=0" in text, change


def test_mutants_know_operators_indices_and_axes():
    found = changes(CELL)
    for wanted in (
        "y = x[1:].sum(axis=axis) - 2 → y = x[1:].sum(axis=axis) + 2",
        "y = x[1:].sum(axis=axis) - 2 → y = x[1:].sum() - 2",
        "y = x[1:].sum(axis=axis) - 2 → y = x[1:].mean(axis=axis) - 2",
        "y = x[1:].sum(axis=axis) - 2 → y = x[2:].sum(axis=axis) - 2",
        "y = x[1:].sum(axis=axis) - 2 → (removed)",
        "return y → return None",
    ):
        assert wanted in found


def test_what_only_leads_to_a_print_is_left_out():
    assert not [change for change in changes(CELL) if "print" in change or "given" in change]


@pytest.mark.parametrize("assignment", GRADED)
def test_every_task_has_mutants_with_names_of_their_own(assignment):
    mutants = mutants_of(assignment)
    names = [(m.task, m.change) for m in mutants]
    assert len(names) == len(set(names))
    with_todo = {task.id for task in checks_of(assignment).ASSIGNMENT.tasks} - {"predictions"}
    assert with_todo <= {m.task for m in mutants}


@pytest.mark.parametrize("assignment", GRADED)
def test_every_equivalent_mutant_still_exists_and_has_a_reason(assignment):
    there = {(m.task, m.change) for m in mutants_of(assignment)}
    for task, rows in equivalents().get(assignment, {}).items():
        for change, reason in rows.items():
            assert (task, change) in there and reason


def test_some_mutants_are_caught_and_the_equivalent_ones_are_not():
    mutants = [m for m in mutants_of("conv-layers") if m.task == "gap"]
    known = equivalents()["conv-layers"]["gap"]
    assert {m.change for m in mutants if not judged(m)} == set(known)


def test_a_mutant_that_never_ends_is_caught():
    mutant = mutants_of("conv-layers")[0]
    endless = type(mutant)("conv-layers", "conv-1x1", "", "def conv_1x1(image, weights, bias):\n    while True: pass")
    assert "test_1x1_adds_the_bias" in judged(endless)


def test_a_verdict_on_a_caught_mutant_names_the_promises():
    mutant = mutants_of("conv-layers")[0]
    assert Verdict(mutant, CAUGHT, judged(mutant)).by


def work(job: str) -> str:
    if job == "hang":
        time.sleep(60)
    if job == "memory":
        return str(len(np.ones(1 << 40)))
    if job == "die":
        os._exit(1)
    return job.upper()


def broken() -> None:
    raise ValueError("not today")


def test_a_job_that_hangs_or_dies_costs_its_own_answer_only():
    jobs = ["a", "hang", "b", "die", "c"]
    answers = dict(run_all(work, jobs, seconds=1.5, processes=2))
    assert answers == {"a": "A", "hang": None, "b": "B", "die": None, "c": "C"}


def test_a_pool_that_cannot_start_says_why():
    with pytest.raises(RuntimeError, match="not today"):
        list(run_all(work, ["a"], seconds=2, prepare=broken))


@pytest.mark.parametrize("assignment", GRADED)
def test_packs_hold_every_variant_once_and_no_task_twice(assignment):
    packs = right.packs(assignment, [1])
    names = [name for pack in packs for name in pack.variants]
    assert sorted(names) == sorted(v.name for v in variants_of(assignment))
    for pack in packs:
        tasks = [task for v in variants_of(assignment) if v.name in pack.variants for task in v.tasks]
        assert len(tasks) == len(set(tasks))


def test_a_pack_earns_every_point_in_the_sandbox_at_two_seeds():
    pack, refused = next(iter(right.in_the_sandbox("conv-layers", [1, 2])))
    assert pack.variants and refused == []


def test_enough_right_variants_of_every_task():
    for name in GRADED:
        for task, many in right.counts(name).items():
            if task != "predictions" or name != "train-a-cnn":  # a file, written by any code
                assert many >= 4, task


def test_every_comparison_is_watched():
    seen: list[tuple[float, float]] = []
    with watched(lambda error, tolerance: seen.append((error, tolerance))):
        expect_array(np.array([1.0, 2.0]), np.array([1.0, 2.0]), "x")
        expect_number(1.0, 1.0, "x", tolerance=1e-3)
        assert not alike([1.0, 2.2], [1.0, 2.0], tolerance=1e-2)
    assert [round(error, 3) for error, _ in seen] == [0, 0, 0.1]
    assert [tolerance for _, tolerance in seen] == [1e-7, 1e-3, 1e-2]


@pytest.mark.parametrize(
    ("wrong", "cause"),
    [
        (lambda x: -x, "the sign is wrong"),
        (lambda x: x / 2, "divided by 2"),
        (lambda x: x + np.arange(1, 4)[:, None, None], "every entry of axis 1 is off by a number of its own"),
        (lambda x: x + 1, "off by the same number"),
        (lambda x: np.roll(x, 1, axis=2), "shifted by 1 along axis 2"),
        (lambda x: x.swapaxes(2, 3), "transposed"),
        (lambda x: x[:, :, :0], "it is empty: look at the crop"),
        (lambda x: np.zeros_like(x), "all zeros"),
    ],
)
def test_a_message_names_the_shape_of_the_error(wrong, cause):
    expected = np.random.default_rng(5).normal(size=(2, 3, 4, 4))
    with pytest.raises(Mismatch, match=cause):
        expect_array(wrong(expected), expected, "output")


def results_of(assignment: str, *names: str) -> list[PromiseResult]:
    cells: dict[str, str] = {}
    for slip in slips_of(assignment):
        if slip.name in names:
            cells |= classroom.with_slip(assignment, slip)
    return judge(assignment, classroom.student(assignment, cells), seed=1)


def test_two_slips_in_two_tasks_are_both_named():
    chosen = [slip for slip in slips_of("optimizers") if slip.name in ("velocity_forgotten", "betas_swapped")]
    results = results_of("optimizers", *(slip.name for slip in chosen))
    said = " ".join(diagnose("optimizers", r, 1, results) for r in results if r.outcome == FAILED)
    assert len(chosen) == 2 and all(slip.says in said for slip in chosen)


def test_where_two_causes_fit_both_are_named():
    results = results_of("optimizers", "scores_not_shifted")
    failed = [r for r in results if r.outcome == FAILED]
    assert len(fitting("optimizers", failed[0], 1, results)) == 2
    said = diagnose("optimizers", failed[0], 1, results)
    assert ", or as if" in said and said.endswith("gives the same.")


def test_a_slip_that_breaks_what_the_student_kept_is_not_named():
    results = results_of("conv-layers", "pool_ignores_pad")
    first, *others = [r for r in results if r.outcome == FAILED]
    assert "pool_ignores_pad" in [slip.name for slip in fitting("conv-layers", first, 1, results)]
    kept = [dataclasses.replace(r, outcome=PASSED) for r in others]
    assert kept and "pool_ignores_pad" not in [s.name for s in fitting("conv-layers", first, 1, kept)]


def merged_results(assignment: str, *names: str) -> list[PromiseResult]:
    """Those of two slips of one task in one cell."""
    task = slip_of(assignment, names[0]).task
    text = merging.both(assignment, *names)
    assert text is not None
    return judge(assignment, classroom.student(assignment, {task: text}), seed=1, tasks={task})


def test_two_slips_in_one_task_are_both_named_where_each_can_be_seen():
    results = merged_results("optimizers", "always_nesterov", "scheduler_ignored")
    said = [diagnose("optimizers", r, 1, results) for r in results if r.outcome == FAILED]
    sentences = [slip_of("optimizers", name).says for name in ("always_nesterov", "scheduler_ignored")]
    assert len(said) == 2
    assert all(f"It looks {sentence}." in message for message, sentence in zip(said, sentences, strict=True))


def test_two_slips_whose_effects_mix_are_both_named():
    """Neither gives any of these values alone."""
    names = "target_after_the_mean", "columns_of_all_targets"
    results = merged_results("linear-classifier", *names)
    first, second = (slip_of("linear-classifier", name).says for name in names)
    said = [diagnose("linear-classifier", r, 1, results) for r in results if r.outcome == FAILED]
    assert said and all(message.endswith(f"It looks {first}, and {second}.") for message in said)


def test_of_two_slips_a_promise_names_the_one_that_is_seen_there():
    names = "no_power_of_t", "moments_forgotten"
    results = merged_results("optimizers", *names)
    power, forgotten = (slip_of("optimizers", name).says for name in names)
    said = {r.name: diagnose("optimizers", r, 1, results) for r in results if r.outcome == FAILED}
    assert said["test_adam_moving_averages"].endswith(f"It looks {forgotten}.")
    assert said["test_adam_bias_correction_of_later_steps"].endswith(f"It looks {power}, and {forgotten}.")


def test_two_slips_are_not_named_for_code_that_keeps_a_promise_one_of_them_breaks():
    names = "target_after_the_mean", "columns_of_all_targets"
    results = merged_results("linear-classifier", *names)
    kept = dataclasses.replace(next(r for r in results if r.outcome == FAILED), outcome=PASSED)
    others = [kept if r.name == kept.name else r for r in results]
    assert [r for r in others if r.outcome == FAILED]
    assert not any(fitting("linear-classifier", r, 1, others) for r in others)


def test_what_explains_one_promise_and_not_the_others_is_not_told_as_the_cause():
    """The second mistake changed the value of another promise: nobody knows which."""
    results = results_of("optimizers", "velocity_forgotten")
    first, second = [r for r in results if r.outcome == FAILED]
    assert "It looks" in diagnose("optimizers", first, 1, results)
    others = [dataclasses.replace(r, got=r.got + 1.0) if r is second else r for r in results]
    says = slip_of("optimizers", "velocity_forgotten").says
    assert diagnose("optimizers", first, 1, others).endswith(f". Code that works {says} gives the same.")
    assert "works as if" not in diagnose("optimizers", others[results.index(second)], 1, others)


@pytest.mark.parametrize(
    ("assignment", "slip"),
    [("two-layer-net", "argmin"), ("linear-classifier", "accuracy_in_percent"), ("conv-layers", "ExamplesAsColumns")],
)
def test_a_few_labels_a_share_or_a_shape_are_too_little_for_a_confident_voice(assignment, slip):
    results = results_of(assignment, slip)
    said = [diagnose(assignment, r, 1, results) for r in results if r.outcome == FAILED]
    assert all("gives the same." in message and "It looks" not in message for message in said)


def test_labels_tell_less_than_real_numbers():
    assert bits(0.1234567) == bits(np.array([0.5, np.pi])) == np.inf
    assert bits(7) == bits(np.full(9, 2.0)) == bits(np.float32(15 / 37)) == 0.0
    assert bits(np.arange(4)) == 8.0


def test_a_slip_that_is_left_out_lets_others_fit():
    results = results_of("optimizers", "scores_not_shifted")
    failed = next(r for r in results if r.outcome == FAILED)
    names = [slip.name for slip in fitting("optimizers", failed, 1, results)]
    left = fitting("optimizers", failed, 1, results, known=lambda slip: slip.name != "scores_not_shifted")
    assert [slip.name for slip in left] == [name for name in names if name != "scores_not_shifted"]


def test_another_slip_counts_as_rightly_named_only_if_the_code_is_that_slip_in_other_words():
    """The slope of a ReLU is 1 wherever a sigmoid's output is positive: everywhere."""
    own, without = naming._of_slip(naming.Question("two-layer-net", "slope_of_a_relu"))
    assert own.outcome == naming.BESIDE and without.outcome == naming.RIGHTLY and not without.every


@pytest.mark.parametrize(
    ("again", "borne_out"),
    [
        ({"p": ("no. It looks as if b.", {"as if b"})}, True),
        ({"p": ("no. Code that works as if b gives the same.", {"as if b"})}, False),
        ({"p": ("no. It looks as if c.", {"as if c"})}, False),
        ({}, False),
    ],
)
def test_a_sentence_is_borne_out_if_it_is_told_as_confidently_of_other_inputs(again, borne_out):
    assert naming._borne_out("p", {"p": ("no. It looks as if b.", {"as if b"})}, again) == borne_out


def test_a_third_cause_in_a_confident_voice_is_wrong_beside_a_right_one(monkeypatch):
    results = results_of("optimizers", "velocity_forgotten")
    slip = slip_of("optimizers", "velocity_forgotten")
    said = {"p": ("no. It looks as if a.", {"as if a"}), "q": (f"no. It looks {slip.says}.", {slip.says})}
    monkeypatch.setattr(naming, "_said", lambda assignment, results, seed, known: said if seed == 1 else {})
    named = naming._named("optimizers", [slip], classroom.with_slip("optimizers", slip), results)
    assert named.outcome == naming.WRONGLY


def test_two_slips_are_merged_where_their_words_lie_apart():
    right = merging.words("a = b + 1\nc = 2")
    wrong = ("a = b - 1\nc = 2", "a = b + 1\nc = 3", "a = b * 1\nc = 2")
    minus, three, times = (merging.changes(right, merging.words(text)) for text in wrong)
    assert merging.merged(right, minus, three) == "a = b - 1\nc = 3"
    assert merging.merged(right, minus, times) is None


def test_what_most_slips_have_in_common_is_the_right_cell():
    wrong = ["a = b - 1\nc = 2", "a = b + 1\nc = 3", "a = b + 2\nc = 2", "a = -b + 1\nc = 2"]
    assert {"".join(cell) for cell in merging.common([merging.words(text) for text in wrong])} == {"a = b + 1\nc = 2"}


@pytest.mark.parametrize("assignment", GRADED)
def test_a_right_cell_is_guessed_from_the_slips_of_most_tasks(assignment):
    tasks = {slip.task for slip in slips_of(assignment)}
    guessed = {task for task in tasks if merging.right_cell(assignment, task)}
    assert len(guessed) > len(tasks) / 2


def test_only_results_with_values_of_their_own_tell_mistakes_apart():
    assert telling(np.array([1.0, 2.0])) and telling(0.5)
    for nothing in (None, np.zeros(3), np.array([np.nan, 1.0]), np.inf, {"a": 1}, []):
        assert not telling(nothing)


def test_results_are_the_same_up_to_rounding_and_in_words():
    assert same(np.array([1.0, np.inf]), np.array([1.0 + 1e-12, np.inf]))
    assert not same(np.array([1.0, np.inf]), np.array([2.0, np.inf]))
    assert same({"b": 1, "a": 2}, {"a": 0, "b": 0}) and not same({"a": 1}, {"b": 1})


def test_a_function_of_the_students_may_be_called_while_their_code_waits_for_a_piece_of_ours():
    """A learning rate by a scheduler: `update` waits for our SGD, which asks the student's function for the rate."""
    pack = next(p for p in right.packs("optimizers", [1]) if "the_rate_by_a_scheduler" in p.variants)
    notebook = classroom.notebook("optimizers", right.cells_of(pack))
    with NotebookRun(notebook, allow_keras=False) as run:
        results = judge("optimizers", run.advance_to, seed=1, tasks={"net-update"})
    assert [(r.name, r.message) for r in results if r.outcome != PASSED] == []
