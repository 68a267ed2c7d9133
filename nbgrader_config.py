"""nbgrader's settings for this course. nbgrader, formgrader, Validate and `autograder` all read this file."""

import os
from pathlib import Path

from autograder.seeds import VARIABLE, course_secret

c = get_config()  # type: ignore[name-defined]  # noqa: F821

# Kernels inherit both: the secret draws the hidden cases, and one thread a kernel keeps times even.
os.environ[VARIABLE] = course_secret(Path(__file__).resolve().parent)
os.environ.setdefault("OMP_NUM_THREADS", "1")

c.CourseDirectory.course_id = "convolutional_networks"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "notebooks"
# submitted/, autograded/, feedback/ and gradebook.db keep nbgrader's names and lie beside this file.

c.ClearSolutions.code_stub = {"python": "# YOUR CODE HERE\nraise NotWritten"}

# Seconds for one cell: a check takes a few, training up to a minute.
c.Execute.timeout = 120
# Demonstrations are for the reader; grading needs none of what they show.
c.Execute.skip_cells_with_tag = "demo"
# A busy machine may be slow to hand over a cell's output; that is no fault of the student's.
c.Execute.iopub_timeout = 30
# Kernels on one machine need no warning that they talk in the clear.
c.Execute.extra_arguments = ["--IPKernelApp.log_level=40"]
