"""The command line: `python -m autograder COMMAND`. It only calls; every command's work is in a module of its own."""

from __future__ import annotations

import os
import time
from pathlib import Path

import click

from autograder import course


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Release and grade the course."""


@main.command()
@click.argument("names", nargs=-1)
def assignments(names: tuple[str, ...]) -> None:
    """Generate assignments/ from source/ through nbgrader (all of them, or NAMES)."""
    from autograder.shell import nbgrader

    for name in names or course.assignments():
        nbgrader("generate_assignment", name, "--force", folder=os.environ.get("CLASS_FOLDER", "."))
        click.echo(f"assignments/{name}/{name}.ipynb")


@main.command()
@click.option("--to", default="dist", show_default=True, type=click.Path(path_type=Path), help="Folder of the bundle.")
def release(to: Path) -> None:
    """Write the student bundle, as a folder and a zip."""
    from autograder.release import write_bundle

    click.echo(write_bundle(to))


@main.command()
@click.argument("names", nargs=-1)
@click.option("--unsafe", is_flag=True, help="Go on without a sandbox where there is none.")
def demo(names: tuple[str, ...], unsafe: bool) -> None:
    """Grade a small class of imaginary students in demo/."""
    from autograder import demo as demonstration
    from autograder.record import Records
    from autograder.tables import print_table

    if unsafe:
        os.environ["COURSE_UNSAFE"] = "1"
    start = time.monotonic()
    folder = course.ROOT / demonstration.FOLDER
    chosen = [name for name in names or course.assignments() if demonstration.gradable(name)]
    said = demonstration.run(chosen, lambda text: click.echo(f"{time.monotonic() - start:6.1f} s  {text}"))
    for name in chosen:
        print_table(Records(folder / "records").load(name), feedback=folder / "feedback", said=said[name])
    click.echo(f"\nGrades: {folder / 'grades.csv'}")
    click.echo(f"Took {time.monotonic() - start:.0f} s.")


@main.command()
@click.argument("name")
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
    """Say what isolates student code here, and prove it by trying to break out."""
    from autograder import jail
    from autograder.doctor import examine

    if unsafe:
        os.environ["COURSE_UNSAFE"] = "1"
    try:
        chosen = jail.choose()
    except jail.NoSandbox as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"Student code runs in: {chosen.says}")
    for text in chosen.weaker:
        click.echo(f"  weaker than bubblewrap: {text}")
    if chosen is not jail.BUBBLEWRAP:
        click.echo(f"  bubblewrap: {jail.bubblewrap_works()}. To have it: apt install bubblewrap; see docs/security.md")
    findings = examine()
    for finding in findings:
        click.echo(
            f"{'ok' if finding.held else 'NO'}  {finding.promise}" + ("" if finding.held else f": {finding.got}")
        )
    broken = [finding for finding in findings if not finding.held]
    if broken and not chosen.weaker:
        raise click.ClickException(f"{len(broken)} promises of the sandbox do not hold on this machine")


if __name__ == "__main__":
    main()
