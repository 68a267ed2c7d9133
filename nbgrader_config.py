"""nbgrader's settings for this course. nbgrader, formgrader, Validate and `autograder` all read this file."""

import os
from pathlib import Path

from autograder.judging.seeds import VARIABLE, course_secret

c = get_config()  # type: ignore[name-defined]  # noqa: F821

# Kernels inherit both: the secret draws the hidden cases, and one thread per kernel keeps times even.
os.environ[VARIABLE] = course_secret(Path(__file__).resolve().parent)
os.environ.setdefault("OMP_NUM_THREADS", "1")

c.CourseDirectory.course_id = "convolutional_networks"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "notebooks"
# submitted/, autograded/, feedback/ and gradebook.db have nbgrader's names, beside this file.

c.ClearSolutions.code_stub = {"python": "# YOUR CODE HERE\nraise NotWritten"}

# `nbgrader autograde` and formgrader's button grade as `autograder grade` does: answers are put into the released
# notebook, students' code runs in the sandbox, and the checks are judged outside it.
c.Autograde.exporter_class = "autograder.grading.preprocessors.AnyFileExporter"
c.Autograde.sanitize_preprocessors = ["autograder.grading.preprocessors.RestoreAnswers"]
c.Autograde.autograde_preprocessors = [
    "autograder.grading.preprocessors.TrustedExecute",
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]
# files that answer an exercise of a notebook: kernels that grade it do not have them
c.Autograder.kept_back = {"08_pytorch": ["utils/layers/pytorch_modules.py"]}
# feedback pages have a template of their own; they and formgrader show students' text as Markdown, without script
c.GenerateFeedback.exporter_class = "autograder.report.exporter.FeedbackExporter"
c.HTMLExporter.filters = {"markdown2html": "autograder.report.markdown.markdown2html"}
# nbgrader's own executor, for `nbgrader validate` and the release: a check takes seconds, training up to a minute
c.Execute.timeout = 120
# and the kernel of this environment, whatever the student's notebook calls its own
c.Execute.kernel_name = "python3"
