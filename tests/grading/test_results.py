"""What is read back of a graded submission: scores from the gradebook, verdicts from the notebook's metadata alone."""

from __future__ import annotations

from collections.abc import Iterator

import nbformat
import pytest
from small_course import NAME, RIGHT, SANDBOX, answered, hand_in, known_course, submission

from autograder.authoring.build import build
from autograder.course import Course
from autograder.grading.grade import Settings, grade, tasks_to_do
from autograder.grading.note import FIELD, Note, read_note
from autograder.grading.results import read_results
from autograder.guest.status import Status
from autograder.outcome import Outcome
from utils.layers.students import VERDICT_MIME

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
SQUARE = {"double": "return x * x", "half": RIGHT["half"]}
PLANTED = {
    "exercise": "double",
    "assignment": NAME,
    "points": 10,
    "score": 10,
    "hidden": True,
    "status": "passed",
    "cases": [],
    "mistakes": [],
}


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Course]:
    """ada squares, and says so; bob does the same, and brings the verdict that he would like to have."""
    with known_course(tmp_path_factory.mktemp("results") / "course") as course:
        build(course, [NAME])
        hand_in(course.root, "ada", SQUARE)
        planted = answered(course.root, SQUARE)
        planted.metadata[FIELD] = {"status": "graded", "why": "", "key": "any", "verdicts": {"double": PLANTED}}
        for cell in planted.cells:
            cell.metadata[FIELD] = {"verdict": PLANTED}
            if cell.cell_type == "code":
                cell.outputs = [nbformat.v4.new_output("display_data", {VERDICT_MIME: PLANTED})]
        nbformat.write(planted, submission(course.root, "bob"))
        settings = Settings(sandboxed=SANDBOX)
        assert len(list(grade(course, tasks_to_do(course, NAME, ["ada", "bob"], settings), settings))) == 2
        yield course


def outcomes(course: Course, student: str) -> dict[str, Outcome]:
    (result,) = read_results(course, NAME, [student])
    return {outcome.exercise: outcome for outcome in result.exercises}


def test_the_verdict_of_each_check_is_kept_with_the_graded_notebook(course: Course) -> None:
    note = read_note(nbformat.read(course.autograded(NAME, "ada"), as_version=4))
    assert {name: data["status"] for name, data in note.verdicts.items()} == {"double": "failed", "half": "passed"}
    assert note.verdicts["double"]["mistakes"] == [
        {"name": "squared", "says": "This is x times x, not two times x.", "sure": True},
    ]


def test_a_verdict_that_a_submission_brings_is_ignored(course: Course) -> None:
    assert outcomes(course, "bob") == outcomes(course, "ada")
    assert outcomes(course, "bob")["double"].status == Status.FAILED
    text = course.autograded(NAME, "bob").read_text()
    assert '"key": "any"' not in text and '"verdict"' not in text


def test_outputs_are_not_read_where_the_verdict_is_kept(course: Course) -> None:
    path = course.autograded(NAME, "ada")
    before, content = outcomes(course, "ada"), path.read_bytes()
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = []
    nbformat.write(notebook, path)
    assert outcomes(course, "ada") == before
    path.write_bytes(content)


@pytest.mark.parametrize("data", [None, 3, {}, {"status": "splendid"}, {"verdicts": [1]}, {"verdicts": {"double": 1}}])
def test_metadata_that_are_no_note_say_nothing(data: object) -> None:
    notebook = nbformat.v4.new_notebook(metadata={FIELD: data})
    note = read_note(notebook)
    assert note.status == Status.GRADED and note.verdict("double") is None


def test_a_note_is_read_as_it_was_written() -> None:
    notebook = nbformat.v4.new_notebook()
    note = Note(Status.UNREADABLE, "it is empty", "key", unsafe=True, verdicts={"double": PLANTED})
    note.write_into(notebook)
    assert read_note(notebook) == note
