"""nbgrader's settings for this course. nbgrader, formgrader, Validate and `autograder` all read this file."""

import os
from pathlib import Path

from autograder.formgrader.templates import NBGRADERS, OURS
from autograder.judging.secret import VARIABLE, course_secret

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
c.Autograder.kept_back = {
    "08_pytorch": ["utils/layers/pytorch_modules.py", "utils/layers/pytorch_devices.py"],
    "09_gpu": ["utils/layers/pytorch_devices.py"],
}
# feedback pages have a template of their own; they and formgrader show students' text as Markdown, without script
c.GenerateFeedback.exporter_class = "autograder.report.exporter.FeedbackExporter"
c.HTMLExporter.filters = {
    "markdown2html": "autograder.report.markdown.markdown2html",
    "mark_scheme": "autograder.formgrader.for_marker.mark_scheme",
    "model_answer": "autograder.formgrader.for_marker.model_answer",
    "earlier_comments": "autograder.formgrader.for_marker.earlier_comments",
}
# The template that calls the last three extends formgrader's, which is why nbgrader's folder is named too. Feedback has
# another template, and nbgrader sets the second list anew for it.
c.HTMLExporter.extra_template_basedirs = [str(OURS), str(NBGRADERS)]
c.HTMLExporter.extra_template_paths = [str(NBGRADERS)]
# When work is due, and what a late one costs; docs/lms.md has the whole list. Remove the # and write your own.
# c.Autograder.time_zone = "Europe/Vienna"  # of these dates, and of what an LMS says; UTC if it is not set
# c.Autograder.due = {"01_backprop": "2026-10-01 23:59", "02_convolution": "2026-10-08 23:59"}
# c.AssignLatePenalties.plugin_class = "autograder.grading.late_policies.PointsPerDay"  # or PercentPerDay
# c.PointsPerDay.points = 2  # taken off for each started day
# c.PointsPerDay.grace = 15  # minutes that cost nothing
# c.PointsPerDay.cap = 10  # points at most
# nbgrader's own executor, for `nbgrader validate` and the release: a check takes seconds, training up to a minute
c.Execute.timeout = 120
# and the kernel of this environment, whatever the student's notebook calls its own
c.Execute.kernel_name = "python3"

# The exchange is where c.Exchange.root in one of Jupyter's config folders says, else /usr/local/share/nbgrader/exchange
# where that exists, else exchange/ beside this file. docs/exchange.md explains it.
c.ExchangeFactory.list = "autograder.exchange.place.List"
c.ExchangeFactory.release_assignment = "autograder.exchange.place.ReleaseAssignment"
c.ExchangeFactory.fetch_assignment = "autograder.exchange.place.FetchAssignment"
c.ExchangeFactory.submit = "autograder.exchange.place.Submit"
c.ExchangeFactory.fetch_feedback = "autograder.exchange.place.FetchFeedback"
# one student's broken submission stops neither collecting nor the feedback of the others
c.ExchangeFactory.collect = "autograder.exchange.collect.Collect"
c.ExchangeFactory.release_feedback = "autograder.exchange.release_feedback.ReleaseFeedback"
