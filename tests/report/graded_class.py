"""A small class whose results are recorded without running a notebook: checks are judged in the test's process."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from small_course import EXERCISES, NAME, RIGHT, answered, make_course, record_unreadable

from autograder.authoring.build import build
from autograder.course import Course
from autograder.grading.note import Note
from autograder.grading.record import record
from autograder.grading.run import verdict_outputs
from autograder.grading.task import Graded
from autograder.guest.status import Status
from autograder.judging.examine import examine, in_process
from autograder.notebooks import nbgrader

WHY_UNREADABLE = "01_small.ipynb is not JSON: it looks cut short"
HOSTILE = """# My notes <script>alert(1)</script>

<details><summary>Hint</summary>

Fold me.

</details>

| a very wide | table of numbers that no phone shows at once | in its full width, however small |
|--|--|--|
| 1 | 2 | 3 |

$$\\frac{a + b + c + d + e + f + g + h + i + j + k + l + m + n + o + p}{q} \\text{<script>alert(2)</script>}$$

Inline $x_1$, unknown $\\nosuchthing{y}$, a link $\\href{javascript:alert(3)}{z}$ and $\\def\\a{\\a\\a}\\a$.
<img src="x" onerror="alert(4)"> <a href="javascript:alert(5)">here</a>
"""


def graded_class(root: Path) -> Course:
    """ada is right, mia is wrong and writes HTML, lea is right but late, zoe's file cannot be read."""
    course = Course(make_course(root))
    build(course, [NAME])
    wrong = {"double": "return x * x  # " + "wide " * 40, "half": "return x / 0"}
    record_answers(course, "ada", RIGHT)
    record_answers(course, "mia", wrong, [nbformat.v4.new_markdown_cell(HOSTILE)])
    record_answers(course, "lea", RIGHT)
    record_unreadable(course, "zoe", WHY_UNREADABLE)
    with Gradebook(course.directory.db_url) as gradebook:
        gradebook.update_or_create_student("ada", first_name="Ada", last_name="<Lovelace>")
        notebook = gradebook.find_submission_notebook(NAME, NAME, "lea")
        notebook.late_submission_penalty = 2.5
        answer = gradebook.find_grade("answer_why", NAME, NAME, "lea")
        answer.manual_score, answer.needs_manual_grade = 4.0, False
        gradebook.find_comment("answer_why", NAME, NAME, "lea").manual_comment = "Say it for $x = 0$, too. <b>Good</b>"
        gradebook.db.commit()
    return course


def record_answers(course: Course, student: str, answers: dict[str, str], own: Sequence[NotebookNode] = ()) -> None:
    """Record a student's answers: exercise → the body of its function."""
    notebook = answered(course.root, answers, "Because.")
    notebook.cells += own
    namespace: dict[str, object] = {}
    for name, body in answers.items():
        exec(f"def {name}(x):\n    {body}", namespace)
    verdicts = {
        exercise.name: examine(exercise, NAME, in_process(namespace), hidden=True)  # type: ignore[arg-type]
        for exercise in EXERCISES
    }
    scores: dict[str, float | None] = {"answer_why": None}
    for cell in notebook.cells:
        name = str(nbgrader(cell).get("grade_id", "")).removeprefix("check_")
        if name in verdicts and nbgrader(cell)["grade"]:
            cell.outputs = verdict_outputs(verdicts[name])
            scores[f"check_{name}"] = verdicts[name].score
    Note.of(verdicts).write_into(notebook)
    content = nbformat.writes(notebook).encode()
    record(course, Graded(NAME, student, "", Status.GRADED, "", scores, content))
