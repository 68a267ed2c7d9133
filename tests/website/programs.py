"""What the edition for a tab is tried with: programs for a Python that is like Pyodide, or that is Pyodide."""

from __future__ import annotations

from website.lite import NOTEBOOKS

# what a student has beside checks, called once
BESIDE = """
from autograder import check
from utils.data import load, photograph
check.hint("im2col"), check.progress(), load(), photograph()
"""


def judge(wrong_too: bool) -> str:
    """Calls each check of 01 to 06 with a right answer of the gallery, and with a wrong one if that is wanted."""
    return f"""
from autograder import check
from autograder.exercises import ASSIGNMENTS
from autograder.gallery.registry import answers, called, right_answers
misjudged = []
for exercise in (exercise for name in {NOTEBOOKS} for exercise in ASSIGNMENTS[name]):
    wrong = [one for one in answers() if one.exercise == exercise.name and not one.right]
    for answer in right_answers(exercise.name)[:1] + wrong[: {int(wrong_too)}]:
        functions = called(answer)
        score = getattr(check, exercise.name)(*(functions[name] for name in exercise.functions))
        if (float(score) == exercise.points) is not answer.right:
            misjudged.append(answer.title)
print("misjudged:", misjudged)
"""
