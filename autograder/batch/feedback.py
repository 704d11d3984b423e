"""Writes the feedback pages of many students at once, each by nbgrader's own converter; it changes no grade."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor

from nbgrader.converters import GenerateFeedback
from nbgrader.coursedir import CourseDirectory

from autograder.batch import forkserver
from autograder.batch.settings import settings


def write_pages(assignment: str, students: Sequence[str], jobs: int, class_folder: str) -> dict[str, str]:
    """Writes the pages of these students, `jobs` at a time, over older ones; returns who has none now, and why."""
    failed = {}
    with ProcessPoolExecutor(jobs, mp_context=forkserver.context()) as pool:
        pages = {student: pool.submit(write_page, assignment, student, class_folder) for student in students}
        for student, page in pages.items():
            try:
                page.result()
            except Exception as error:  # noqa: BLE001 - one page that nbconvert cannot make shall not cost the others
                failed[student] = f"{type(error).__name__}: {error}".splitlines()[0][:300]
    return failed


def write_page(assignment: str, student: str, class_folder: str) -> None:
    """Writes the page of one student."""
    config = settings(class_folder).config
    places = CourseDirectory(config=config, assignment_id=assignment, student_id=student)
    converter = GenerateFeedback(coursedir=places, config=config)
    converter.force = True
    converter.log = logging.getLogger("autograder.feedback")
    converter.start()
