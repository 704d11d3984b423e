"""The course for nbgrader: where things are, and our classes in place of those that would trust a student's kernel."""

import os
import warnings

from nbgrader.preprocessors import (
    AssignLatePenalties,
    CheckCellMetadata,
    ClearHiddenTests,
    ClearMarkScheme,
    ClearOutput,
    ComputeChecksums,
    GetGrades,
    IgnorePattern,
    IncludeHeaderFooter,
    InstantiateTests,
    LimitOutput,
    LockCells,
    SaveCells,
)
from sqlalchemy.exc import SAWarning

from autograder.nbgrader_hooks import FeedbackPage, SaveGrades, SetBundleAddress, StubSolutions, TrustedExecute
from autograder.nbgrader_intake import CarefulExtractor, SubmissionExporter, put_into_nbgrader

# nbgrader looks at a submission before it adds it to the gradebook: SQLAlchemy says so at length, and nothing is lost.
warnings.filterwarnings("ignore", "Object of type <Submitted(Assignment|Notebook)> not in session", SAWarning)

c = get_config()  # noqa: F821 - given by nbgrader when it reads this file

# --- What an instructor sets -----------------------------------------------------------------------------------------
c.CourseDirectory.course_id = "neural-networks-from-scratch"
# Where Colab fetches what `make release` wrote: upload dist/neural-networks-from-scratch.zip there.
c.SetBundleAddress.url = "https://example.org/neural-networks-from-scratch.zip"
# Seed of the hidden inputs: change it every term. It is kept in every record.
c.TrustedExecute.seed = 20260101
# One class lives in one folder: submitted/, autograded/, feedback/, records/ and gradebook.db.
CLASS_FOLDER = os.environ.get("CLASS_FOLDER", ".")

# --- Where things are ------------------------------------------------------------------------------------------------
c.CourseDirectory.root = os.path.dirname(os.path.abspath(__file__))
c.CourseDirectory.source_directory = "source"
c.CourseDirectory.release_directory = "assignments"
c.CourseDirectory.submitted_directory = os.path.join(CLASS_FOLDER, "submitted")
c.CourseDirectory.autograded_directory = os.path.join(CLASS_FOLDER, "autograded")
c.CourseDirectory.feedback_directory = os.path.join(CLASS_FOLDER, "feedback")
# Another database, for example postgresql+psycopg2://user:password@host/name (pip install psycopg2-binary).
OWN_DATABASE = "sqlite:///" + os.path.join(c.CourseDirectory.root, CLASS_FOLDER, "gradebook.db")
c.CourseDirectory.db_url = os.environ.get("COURSE_DB_URL", OWN_DATABASE)
# Without it `nbgrader export` would write over the grades of the class in the working folder.
c.ExportPlugin.to = os.path.join(c.CourseDirectory.root, CLASS_FOLDER, "grades.csv")
c.TrustedExecute.records = os.path.join(c.CourseDirectory.root, CLASS_FOLDER, "records")

# --- Release: stubs that name their task, and the address of the bundle ------------------------------------------------
c.GenerateAssignment.preprocessors = [
    IncludeHeaderFooter,
    InstantiateTests,
    LockCells,
    StubSolutions,
    ClearOutput,
    SetBundleAddress,
    CheckCellMetadata,
    ComputeChecksums,
    SaveCells,
    ClearHiddenTests,
    ClearMarkScheme,
    ComputeChecksums,
    CheckCellMetadata,
]
c.ClearSolutions.text_stub = "*Your answer here.*"

# --- Collection: `python -m autograder collect` does it; nbgrader's own command opens archives with as much care ----------
c.ZipCollectApp.extractor_plugin = CarefulExtractor

# --- Grading: trusted, outside the student's kernel --------------------------------------------------------------------
put_into_nbgrader()  # in place of nbgrader's converter, which has no setting: whatever a student's folder holds is graded
c.Autograde.exporter_class = SubmissionExporter
c.Autograde.sanitize_preprocessors = [CheckCellMetadata]
c.Autograde.autograde_preprocessors = [
    TrustedExecute,
    IgnorePattern,
    LimitOutput,
    SaveGrades,
    AssignLatePenalties,
    CheckCellMetadata,
]

# --- Feedback ----------------------------------------------------------------------------------------------------------
c.GenerateFeedback.preprocessors = [GetGrades, FeedbackPage]
