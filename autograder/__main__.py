"""The command line: `python -m autograder COMMAND`. It only calls; every command's work is in a module of its own."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import click

from autograder import course, shell


def _known(context: click.Context, parameter: click.Parameter, name: str) -> str:
    """The name of an assignment, or an error that lists those there are."""
    if name not in course.assignments():
        raise click.BadParameter(f"there is no assignment {name}; there are {', '.join(course.assignments())}")
    return name


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Release and grade the course."""
    os.environ["PATH"] = shell.environment()["PATH"]  # nbgrader calls `alembic` by its name, within this process too


@main.command()
@click.argument("names", nargs=-1)
def assignments(names: tuple[str, ...]) -> None:
    """Generate assignments/ from source/ through nbgrader. Without NAMES, all of them."""
    for name in names or course.assignments():
        shell.nbgrader("generate_assignment", name, "--force", folder=os.environ.get("CLASS_FOLDER", "."))
        click.echo(f"assignments/{name}/{name}.ipynb")


@main.command()
@click.option("--to", default="dist", show_default=True, type=click.Path(path_type=Path), help="Folder of the bundle.")
def release(to: Path) -> None:
    """Write the student bundle, as a folder and a zip."""
    from autograder.release import EXAMPLE, has_example_address, write_bundle

    click.echo(write_bundle(to))
    if has_example_address():
        click.echo(
            "Notebooks opened in Colab will not find the course: "
            f"set c.SetBundleAddress.url in nbgrader_config.py, still at {EXAMPLE}…, and `make release` again."
        )


@main.command()
@click.argument("names", nargs=-1)
@click.option("--unsafe", is_flag=True, help="Go on without a sandbox where there is none.")
def demo(names: tuple[str, ...], unsafe: bool) -> None:
    """Grade a small class of imaginary students in demo/."""
    from autograder import demo as demonstration
    from autograder.record import Records
    from autograder.sandbox import jail
    from autograder.tables import print_table

    if unsafe:
        jail.allow_none()
    start = time.monotonic()
    folder = course.ROOT / demonstration.FOLDER
    chosen = [name for name in names or course.assignments() if demonstration.gradable(name)]
    said = demonstration.run(chosen, lambda text: click.echo(f"{time.monotonic() - start:6.1f} s  {text}"))
    for name in chosen:
        print_table(Records(folder / "records").load(name), feedback=folder / "feedback", said=said[name])
    click.echo(f"\nGrades: {folder / 'grades.csv'}")
    click.echo(f"Took {time.monotonic() - start:.0f} s.")


@main.command()
@click.argument("name", callback=_known)
@click.argument("origin", type=click.Path(exists=True, path_type=Path))
@click.option("--pattern", default="", help="Regular expression for paths, with (?P<student_id>…) and (?P<file_id>…).")
@click.option("--replace", is_flag=True, help="Put a new submission in the place of another one.")
def collect(name: str, origin: Path, pattern: str, replace: bool) -> None:
    """Sort the submissions of assignment NAME by student. ORIGIN is a learning platform's zip, or a folder."""
    from autograder.intake.archives import Refused
    from autograder.intake.collect import collect as collected
    from autograder.report import counted

    submitted = course.ROOT / os.environ.get("CLASS_FOLDER", ".") / "submitted"
    lost = 0
    try:
        for one in collected(name, origin, submitted, pattern=pattern, replace=replace):
            lost += bool(one.reason) or one.outcome == "kept"
            click.echo(f"{one.outcome:<9} {one.student}" + "".join(f"\n          {t}" for t in one.says))
    except Refused as error:
        raise click.ClickException(str(error)) from None
    if lost:
        raise click.ClickException(f"{counted(lost, 'submission')} to look at: the lines above say why")


@main.command()
@click.argument("name", callback=_known)
@click.option("--jobs", type=click.IntRange(1), help="Notebooks at a time; by default one a core.")
@click.option(
    "--scheduler", metavar="ADDRESS", help="Hand the work to a Dask scheduler, for example tcp://10.0.0.1:8786."
)
@click.option("--student", "students", multiple=True, help="Only this student (may be repeated).")
@click.option("--task", "tasks", multiple=True, help="Check only this task again (may be repeated).")
@click.option("--regrade", is_flag=True, help="Grade also what has not changed, and say what came out differently.")
@click.option("--feedback", is_flag=True, help="Also write the feedback pages of those graded.")
@click.option("--unsafe", is_flag=True, help="Go on without a sandbox where there is none; every record says so.")
def grade(**asked: Any) -> None:
    """Grade what is new or changed of assignment NAME.

    It works in parallel, and can be killed and gone on with at any time.

    Ends with status 0 if every submission was graded, 3 if somebody has to look at some, 1 if it could not be done.
    """
    from autograder.batch import forkserver

    if asked["scheduler"] is None:
        forkserver.start()
    from autograder.batch import command  # only now: it takes as long as the other process takes to start

    command.run(**asked)


@main.command()
@click.argument("name", callback=_known)
def table(name: str) -> None:
    """Print students by tasks of assignment NAME, from the records."""
    from autograder.record import Records
    from autograder.tables import print_table

    folder = course.ROOT / os.environ.get("CLASS_FOLDER", ".")
    records = Records(folder / "records").load(name)
    if not records:
        raise click.ClickException(f"no records of {name} in {folder / 'records'}: grade it first")
    print_table(records, feedback=folder / "feedback", said={})


@main.command()
@click.option("--unsafe", is_flag=True, help="Examine even a machine without any sandbox.")
def doctor(unsafe: bool) -> None:
    """Say what isolates student code here. It proves that by trying to break out."""
    from autograder.sandbox import bubblewrap, jail
    from autograder.sandbox.doctor import examine

    if unsafe:
        jail.allow_none()
    try:
        chosen = jail.choose()
    except jail.NoSandbox as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"Student code runs in: {chosen.says}")
    for text in chosen.weaker:
        click.echo(f"  weaker than bubblewrap: {text}")
    if chosen is not jail.BUBBLEWRAP:
        why = bubblewrap.works() or "it would work here, but COURSE_JAIL names another"
        click.echo(f"  bubblewrap: {why} (see docs/security.md)")
    findings = examine()
    for finding in findings:
        mark = "ok" if finding.held else "NO" if finding.broken(chosen) else "- "
        click.echo(f"{mark}  {finding.promise}" + ("" if finding.held else f": {finding.got}"))
    if broken := sum(finding.broken(chosen) for finding in findings):
        raise click.ClickException(f"promises of this sandbox that do not hold on this machine: {broken}")


@main.command()
@click.argument("names", nargs=-1)
@click.option("--diagnosis", is_flag=True, help="Measure how mistakes are named.")
@click.option("--margins", is_flag=True, help="Measure the room around every tolerance.")
@click.option("--public", is_flag=True, help="Which slips the public checks of the notebooks pass in silence.")
@click.option("--variants", type=int, metavar="SEEDS", help="Judge all right variants at so many seeds.")
@click.option("--sandbox", type=int, metavar="SEEDS", help="The same in jailed kernels.")
@click.option("--every", default=1, show_default=True, help="Of the mutants, one in so many.")
@click.option("--processes", type=int, help="As many processes as there are cores, if not given.")
@click.option("--write", is_flag=True, help="Put the results into docs/grading-truth.md.")
def prove(names: tuple[str, ...], **options: Any) -> None:
    """Prove the grader on mutants of the solutions. The options are other proofs."""
    from autograder.prove.run import prove as run

    if not run(list(names), click.echo, **options):
        raise click.ClickException("not proved: see the lines above")


@main.group()
def bench() -> None:
    """Measure what the course costs, as ratios in one run."""


@bench.command()
@click.option("--repeats", default=30, show_default=True, help="Runs of each side; the table gives medians.")
def layers(repeats: int) -> None:
    """Set our layers and optimizers beside Keras. They are the source solutions: float32, one thread, CPU time."""
    from autograder.bench.layers import in_one_thread

    click.echo(in_one_thread(repeats))


@bench.command()
@click.option("--students", default=24, show_default=True, help="Size of the class.")
@click.option("--jobs", type=click.IntRange(1), help="Notebooks at a time; by default one a core.")
@click.option("--alone", is_flag=True, help="Leave plain nbgrader out: for large classes.")
def grading(students: int, jobs: int | None, alone: bool) -> None:
    """Set the grading of a class beside plain nbgrader's. It also says where the time goes."""
    from autograder.batch.crew import cores
    from autograder.bench import grading as benchmark

    click.echo(benchmark.grading(students, jobs or cores(), plain=not alone))
    click.echo()
    click.echo(benchmark.parts())


if __name__ == "__main__":
    main()
