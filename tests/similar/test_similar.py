"""Copies in a made-up class show, however they are disguised; answers that are alike by themselves do not."""

from __future__ import annotations

import json
import random
import re
import shutil
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
from small_course import NAME, RIGHT, answered, hand_in, make_course, submission
from typer.testing import CliRunner

from autograder.authoring.build import build
from autograder.cli import app
from autograder.course import Course
from autograder.exercises import ASSIGNMENTS, key_of
from autograder.gallery.registry import right_answers
from autograder.similar.compare import Pair, compare
from autograder.similar.own_code import Work, comments_in, names_in
from autograder.similar.write import Found, render

ASSIGNMENT, STUDENTS = "02_convolution", 12
NOTHING = Work("", {})
ORIGINAL = "s03"


def work(student: str, parts: dict[str, str], **more: frozenset[str]) -> Work:
    code = "\n".join(parts.values())
    return Work(student, parts, frozenset(comments_in(code)), frozenset(names_in(code)), **more)


def made_up_class() -> list[Work]:
    """Students who worked alone: each wrote conv_forward in a style of their own; short answers have few styles."""
    works = []
    for k in range(STUDENTS):
        answers = {e.name: right_answers(key_of(e.name, ASSIGNMENT)) for e in ASSIGNMENTS[ASSIGNMENT]}
        works.append(work(f"s{k:02}", {name: styles[k % len(styles)].source for name, styles in answers.items()}))
    return works


def verbatim(source: str) -> str:
    return source


def renamed(source: str) -> str:
    """Every variable that the source assigns has another name."""
    for number, name in enumerate(sorted(names_in(source) | set(re.findall(r"\b([a-z]\w?) =", source)))):
        source = re.sub(rf"\b{name}\b", f"v{number}", source)
    return source


def with_other_comments(source: str) -> str:
    lines = [re.sub(r"#.*", "", line).rstrip() for line in source.splitlines()]
    return "\n\n".join(f"{line}  # step {number} of mine" if line else "" for number, line in enumerate(lines))


def reordered(source: str) -> str:
    """Neighbouring lines of the same depth that assign are swapped."""
    lines, k = source.splitlines(), 0
    while k < len(lines) - 1:
        depths = [len(line) - len(line.lstrip()) for line in lines[k : k + 2]]
        if depths[0] == depths[1] and all(re.match(r"\s+\w[\w, ]* [+*]?= .*[^(,]$", line) for line in lines[k : k + 2]):
            lines[k], lines[k + 1] = lines[k + 1], lines[k]
            k += 1
        k += 1
    return "\n".join(lines)


def pairs(works: list[Work]) -> list[tuple[str, str]]:
    return [pair.students for pair in compare(works, NOTHING)[0]]


def test_students_who_worked_alone_do_not_show_although_their_short_answers_are_the_same() -> None:
    works = made_up_class()
    assert works[0].parts["conv_output_size"] == works[5].parts["conv_output_size"]
    assert pairs(works) == []


@pytest.mark.parametrize("disguise", [verbatim, renamed, with_other_comments, reordered])
def test_a_copy_shows_however_it_is_disguised(disguise: object) -> None:
    works = made_up_class()
    original = works[int(ORIGINAL[1:])].parts
    copied = {name: disguise(source) for name, source in original.items()}  # type: ignore[operator]
    assert disguise is verbatim or copied["conv_forward"] != original["conv_forward"]
    assert pairs([*works, work("zoe", copied)])[0] == (ORIGINAL, "zoe")


def test_a_copy_of_one_short_answer_does_not_show() -> None:
    works = made_up_class()
    only = {"conv_output_size": works[3].parts["conv_output_size"]}
    assert pairs([*works, work("zoe", only)]) == []


def test_code_that_half_of_the_class_has_does_not_show() -> None:
    works = made_up_class()
    lecture = works[0].parts["conv_forward"]
    followed = [replace(w, parts={**w.parts, "conv_forward": lecture}) if k < 6 else w for k, w in enumerate(works)]
    assert pairs(followed) == []


def test_code_of_the_model_solution_does_not_show() -> None:
    works = made_up_class()
    original = works[3].parts
    found, _ = compare([*works, work("zoe", dict(original))], work("", dict(original)))
    assert found == []


def test_odd_names_comments_and_rare_mistakes_are_told_and_count() -> None:
    works = made_up_class()
    odd = (
        "\n# the banana is peeled from the left, then eaten\n# and now the second half of the fruit\nbananas_left = 3\n"
    )
    mistake = frozenset({"conv_forward: kernel-flipped"})
    a = work("ann", {**works[3].parts, "conv_cost": works[3].parts["conv_cost"] + odd}, mistakes=mistake)
    b = work("bob", {**works[3].parts, "conv_cost": odd + works[3].parts["conv_cost"]}, mistakes=mistake)
    first: Pair = compare([*works[:3], *works[4:], a, b], NOTHING)[0][0]
    assert first.students == ("ann", "bob")
    assert "bananas_left" in first.names and first.mistakes == tuple(mistake) and len(first.comments) >= 2
    assert first.weight > replace(first, comments=(), names=(), mistakes=()).weight


def test_the_page_says_look_and_escapes_what_students_wrote() -> None:
    works = made_up_class()
    hostile = "<script>alert(1)</script>"
    parts = {**works[3].parts, "conv_forward": f"{works[3].parts['conv_forward']}\n    '{hostile}'"}
    works = [*works[:3], work("s03", parts), *works[4:], work("zoe</h2>", parts)]
    found, prints = compare(works, NOTHING)
    page = render(Found(ASSIGNMENT, works, found, prints, {"max": hostile}))
    assert "Look at it yourself" in page and "innocent reasons" in page
    assert "<script" not in page and "zoe</h2>" not in page
    marked = "".join(re.findall(r"<mark>(.*?)</mark>", page, re.DOTALL))
    assert len(marked) > len(parts["conv_forward"])


def test_a_helper_module_that_only_two_have_shows() -> None:
    module = right_answers("conv_backward_input")[0].source
    works = [
        replace(w, parts={**w.parts, "mine.py": module}) if k in (2, 9) else w for k, w in enumerate(made_up_class())
    ]
    assert pairs(works) == [("s02", "s09")]


def test_a_shuffled_class_gives_the_same_result() -> None:
    works = made_up_class()
    works.append(work("zoe", {name: renamed(source) for name, source in works[3].parts.items()}))
    shuffled = random.Random(0).sample(works, len(works))
    assert compare(works, NOTHING)[0] == compare(shuffled, NOTHING)[0]


LONG = """total = 0
    for step in range(int(abs(x)) + 2):
        # walk towards the number, one fruit at a time
        for fruit in (0.25, 0.25, 0.25, 0.25):
            total = total + fruit * (x > step) - fruit * (x < -step)
    rest = [value for value in (x - total, total - x) if value]
    # whatever is left over is put back onto the pile
    while rest and abs(rest[0]) > 1e-9:
        total, rest = total + rest[0], []
    return total + total"""


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A course in which two of six students handed in the same, one of them with other names."""
    course = Course(make_course(tmp_path_factory.mktemp("similar") / "course"))
    build(course, [NAME])
    styles = ["return 2 * x", "return x + x", "y = x\n    return y + x", "return sum([x, x])"]
    for student, body in zip(("ada", "bo", "cy", "di"), styles, strict=True):
        hand_in(course.root, student, RIGHT | {"double": body + "  # " + student})
    hand_in(course.root, "eve", RIGHT | {"double": LONG})
    renamed_copy = answered(course.root, RIGHT | {"double": LONG.replace("total", "summe").replace("step", "schritt")})
    nbformat.write(renamed_copy, submission(course.root, "max"))
    submission(course.root, "nil").write_text("{")
    return course


def test_the_command_reads_what_was_handed_in_and_writes_the_page(course: Course) -> None:
    done = CliRunner().invoke(app, ["similar", NAME, "--course", str(course.root), "--json"])
    assert done.exit_code == 0, done.output
    result = json.loads(done.stdout)
    assert result["students"] == 6 and list(result["left_out"]) == ["nil"]
    assert [pair["students"] for pair in result["pairs"]] == [["eve", "max"]]
    assert len(result["pairs"][0]["comments"]) == 2
    page = Path(result["page"])
    assert page == course.root / "report" / "similar" / f"{NAME}.html" and page.is_file()


def test_an_assignment_that_too_few_handed_in_is_one_line(course: Course, tmp_path: Path) -> None:
    alone = tmp_path / "alone"
    shutil.copytree(course.root, alone, ignore=shutil.ignore_patterns("submitted", "report"))
    done = CliRunner().invoke(app, ["similar", NAME, "--course", str(alone)])
    assert done.exit_code == 2 and "it takes 3 to know what is usual" in done.output
