"""10 as it is graded: models counted and trained outside the sandbox, a report that a person marks, a leaderboard."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import nbformat
import pytest
from without_pytorch import REASON

from autograder.authoring.build import build
from autograder.course import Course
from autograder.demo.run import make_course
from autograder.exercises.design_your_own.measurement import LEAST
from autograder.gallery.registry import find, right_answers
from autograder.grading.grade import Settings, grade, tasks_to_do
from autograder.grading.results import SubmissionResult, read_results
from autograder.guest.status import Status
from autograder.judging.secret import VARIABLE
from autograder.notebooks import nbgrader, read_notebook
from autograder.outcome import Outcome
from autograder.report.leaderboard import leaderboard
from autograder.sandbox.availability import why_unavailable

pytest.importorskip("torch", reason=REASON)
pytestmark = [
    pytest.mark.skipif(bool(why_unavailable()), reason="this machine has no sandbox"),
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning"),
]
ROOT, DESIGN = Path(__file__).resolve().parents[2], "10_design_your_own"
REPORT = "**The design.** Two residual blocks."
RIGHT = next(answer.source for answer in right_answers("build_model") if "loop" in answer.says)
# what a student's process can alter: how the model counts its parameters, and what it sends to the grader
LIARS = {
    "counts nothing": "torch.Tensor.numel = lambda self: 1\nnn.Module.parameters = lambda self, recurse=True: iter(())",
    "sends its own score": (
        "import autograder.guest.responders.design as responder\nfrom autograder.guest.response import Response\n"
        "claim = {'accuracy': 1.0, 'parameters': 1, 'multiply_adds': 1, 'passed': True, 'score': 60}\n"
        "responder.gather = lambda question, functions: Response(answer=claim | {'recording': claim})"
    ),
}


def written(course: Course, student: str, cells: Mapping[str, str], first: str = "", report: str = "") -> None:
    """Hand in the released notebook with these answers, code of the student's own before them, and a report."""
    notebook = read_notebook(course.release(DESIGN))
    for position, cell in reversed(list(enumerate(notebook.cells))):
        marks = nbgrader(cell)
        if marks.get("grade_id") in cells:
            cell.source = cells[marks["grade_id"]].rstrip()
            notebook.cells.insert(position, nbformat.v4.new_code_cell(first))
        elif marks.get("task") and report:
            notebook.cells.insert(position + 1, nbformat.v4.new_markdown_cell(report))
    path = course.submitted(DESIGN, student)
    path.parent.mkdir(parents=True)
    nbformat.write(notebook, path)


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """The instructor's model, one over the budget that hides it, a right one that lies about its score, and nothing."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, "for tests")
        made = make_course(Course(ROOT), tmp_path_factory.mktemp("design") / "course", [DESIGN])
        build(made, [DESIGN])
        solved = {nbgrader(cell).get("grade_id"): cell.source for cell in read_notebook(made.source(DESIGN)).cells}
        written(made, "ada", {"build_model": solved["build_model"]}, report=REPORT)
        large = find("build_model", "too-many-parameters").source
        written(made, "bao", {"build_model": large}, LIARS["counts nothing"])
        written(made, "chiara", {"build_model": RIGHT}, LIARS["sends its own score"])
        written(made, "ines", {})
        settings = Settings()
        assert len(list(grade(made, tasks_to_do(made, DESIGN, made.students(DESIGN), settings), settings))) == 4
        return made


@pytest.fixture
def results(course: Course) -> dict[str, SubmissionResult]:
    return {result.student: result for result in read_results(course, DESIGN)}


def outcome(result: SubmissionResult, name: str) -> Outcome:
    return next(outcome for outcome in result.exercises if outcome.exercise == name)


def test_a_right_design_gets_full_marks_and_its_figures_are_the_graders(results: dict[str, SubmissionResult]) -> None:
    model = outcome(results["ada"], "build_model")
    assert (model.score, model.points) == (60, 60), model.why
    assert model.figures["parameters"] == 53_362 and model.figures["multiply_adds"] == 4_234_560
    assert LEAST <= model.figures["accuracy"] <= 1


def test_lying_about_the_budget_or_the_score_earns_nothing(results: dict[str, SubmissionResult]) -> None:
    assert [mistake.name for mistake in outcome(results["bao"], "build_model").mistakes] == ["too-many-parameters"]
    assert outcome(results["bao"], "build_model").score < 20
    assert outcome(results["chiara"], "build_model").score == 0
    assert outcome(results["ines"], "build_model").status == Status.NOT_ATTEMPTED


def test_the_leaderboard_lists_the_models_that_were_measured(results: dict[str, SubmissionResult]) -> None:
    assert [(ranked.place, ranked.student) for ranked in leaderboard(list(results.values()))] == [(1, "ada")]


def test_the_report_is_kept_below_its_task_and_marked_by_a_person(
    course: Course, results: dict[str, SubmissionResult]
) -> None:
    graded = read_notebook(course.autograded(DESIGN, "ada"))
    position = next(k for k, cell in enumerate(graded.cells) if nbgrader(cell).get("task"))
    assert graded.cells[position + 1].source == REPORT
    assert outcome(results["ada"], "task_report").status == Status.TO_BE_MARKED
    assert results["ada"].points == 100

    def mark(gradebook) -> None:  # type: ignore[no-untyped-def]
        grade = gradebook.find_grade("task_report", DESIGN, DESIGN, "ada")
        grade.manual_score, grade.needs_manual_grade = 37, False
        gradebook.db.commit()

    course.with_gradebook(mark)
    marked = next(result for result in read_results(course, DESIGN) if result.student == "ada")
    assert marked.score == 97 and outcome(marked, "task_report").status == Status.MARKED
