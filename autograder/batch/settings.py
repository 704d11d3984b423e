"""Reads `nbgrader_config.py` for the parallel command, so that both commands grade alike; it sets nothing of its own."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import AssignLatePenalties, IgnorePattern, LimitOutput
from nbgrader.utils import setenv
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from autograder import course
from autograder.nbgrader_hooks import TrustedExecute
from autograder.run import Limits


@dataclass(frozen=True)
class Settings:
    """What the course's configuration says of one class: where things are, and what grading depends on."""

    config: Config
    submitted: Path
    autograded: Path
    records: Path
    db_url: str
    course_id: str
    seed: int
    limits: Limits

    def tidy_up(self) -> list[IgnorePattern | LimitOutput]:
        """nbgrader's preprocessors that shorten the outputs of an executed notebook."""
        return [IgnorePattern(config=self.config), LimitOutput(config=self.config)]

    def late_penalties(self) -> AssignLatePenalties:
        """nbgrader's preprocessor that takes points from late submissions, with the plugin that is configured."""
        return AssignLatePenalties(config=self.config)


@lru_cache(maxsize=4)
def settings(class_folder: str | None = None) -> Settings:
    """The settings of the class in `class_folder` (by default CLASS_FOLDER's, else the course's own folder)."""
    folder = class_folder or os.environ.get("CLASS_FOLDER", ".")
    with setenv(CLASS_FOLDER=folder):  # which nbgrader_config.py reads
        config = PyFileConfigLoader("nbgrader_config.py", path=str(course.ROOT)).load_config()
    places, execute = CourseDirectory(config=config), TrustedExecute(config=config)
    root = Path(places.root)
    return Settings(
        config=config,
        submitted=root / places.submitted_directory,
        autograded=root / places.autograded_directory,
        records=Path(execute.records),
        db_url=places.db_url,
        course_id=places.course_id,
        seed=execute.seed,
        limits=execute.limits,
    )
