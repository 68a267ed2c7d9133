"""Put a student's answers and own cells into the released notebook, in the order in which the submitted one runs.

Covered: cells copied, moved, merged, split, retyped, deleted; ids and metadata lost; answers in cells of the student's
own; words for a written answer beside its cell. Checks, texts and setup are always the instructor's.

Not covered: definitions that exist only if the cells are run in an order other than top to bottom.
"""

from __future__ import annotations

import copy
from collections import defaultdict
from dataclasses import dataclass

import nbformat
from nbformat import NotebookNode

from autograder.notebooks import nbgrader
from autograder.restoring.alignment import align, defines, defines_anything, grade_id, text
from autograder.restoring.pictures import attach_pictures
from autograder.restoring.safe_pictures import Allowance

LONGEST = 1_000_000  # characters of one cell; a longer one is cut
MOST_EXTRA = 300  # cells of the student's own
CUT = "\n# … the rest of this cell was cut off: it is too long\n"
OWN = "own-cell-"  # how the ids of the student's own cells begin
ELSEWHERE = "# {} is defined in another cell of this notebook."
TEXTS = ("markdown", "raw")


def restore(skeleton: NotebookNode, submitted: NotebookNode) -> NotebookNode:
    """The released notebook `skeleton` with a student's answers in it.

    What counts for a check is what the submitted notebook, run from top to bottom, has defined when it reaches the
    check; where a check was copied, its last copy. Cells of the student's own, and further copies of an answer, keep
    their place among the released cells. A written answer that was left empty takes the student's own text beside it.
    """
    return _Restorer(skeleton, submitted).notebook()


@dataclass
class _Restorer:
    """Restores one notebook. `k` is the index of a submitted cell, `place` that of a released one."""

    skeleton: NotebookNode
    submitted_notebook: NotebookNode

    def __post_init__(self) -> None:
        self.cells = [copy.deepcopy(cell) for cell in self.skeleton.cells]
        self.submitted: list[NotebookNode] = self.submitted_notebook.cells
        self.match = align(self.cells, self.submitted)
        self.copies: dict[int, list[int]] = defaultdict(list)  # place → its submitted copies, in order
        for k, place in enumerate(self.match):
            if place is not None:
                self.copies[place].append(k)
        self.main: dict[int, int] = {}  # place → the submitted copy that marks this place in the student's order
        self.follows: dict[int, int] = {}  # k → the place after which this cell comes
        self.allowance = Allowance()  # for the pictures of this notebook
        self.extra: set[int] = set()  # cells that are kept as the student's own

    def notebook(self) -> NotebookNode:
        """Choose what goes where, then assemble the notebook."""
        for place, cell in enumerate(self.cells):
            if self.copies[place]:
                self.main[place] = self._main_copy(place, cell)
        self._place_own_cells()
        for place, cell in enumerate(self.cells):
            if nbgrader(cell).get("solution"):
                if cell.cell_type == "code":
                    self._answer_in_code(place, grade_id(cell))
                else:
                    self._answer_in_words(place)
        return self._assembled()

    def _main_copy(self, place: int, cell: NotebookNode) -> int:
        """The last copy of a check; of any other cell the first copy that the student changed, else the first."""
        copies = self.copies[place]
        if _is_check(cell):
            return copies[-1]
        written = [k for k in copies if text(self.submitted[k]) not in ("", text(cell))]
        return (written or copies)[0]

    def _place_own_cells(self) -> None:
        """Find the cells that are the student's own, and after which released cell each comes."""
        last = -1
        main = {k: place for place, k in self.main.items()}
        for k, cell in enumerate(self.submitted):
            last = main.get(k, last)
            self.follows[k] = last
            place = self.match[k]
            if place is None:
                if text(cell):
                    self.extra.add(k)
            elif nbgrader(self.cells[place]).get("solution"):
                if k not in main and text(cell) not in ("", text(self.cells[place])):
                    self.extra.add(k)
            elif self._has_own_work(place, k):
                self.extra.add(k)
                if _is_check(self.cells[place]):
                    self.follows[k] = place - 1  # what it defines was there when the check ran

    def _has_own_work(self, place: int, k: int) -> bool:
        """Whether the student wrote something that must not be lost into one of the instructor's cells."""
        ours, theirs = self.cells[place], self.submitted[k]
        if text(theirs) in ("", text(ours)):
            return False
        if nbgrader(ours).get("task"):  # a task is answered in cells below it, but also in its own text
            return True
        if ours.cell_type != "code" or theirs.get("cell_type") != "code":
            return False
        is_setup = not _is_check(ours) and "demo" not in ours.metadata.get("tags", [])
        return is_setup or defines_anything(theirs)

    def _answer_in_code(self, place: int, name: str) -> None:
        """Put the answer `name` into its cell, and see that everything that defines it runs in the student's order."""
        check = self._check_of(place, name)
        reached = self.main.get(check, len(self.submitted))
        stub = text(self.cells[place])
        copies = [k for k in self.copies[place] if text(self.submitted[k]) not in ("", stub)]
        kept = sorted(self.extra | set(self._main_answer_cells()))
        own = [k for k in kept if self.match[k] != place and defines(self.submitted[k], name)]
        for k in (*copies, *own):  # what ran before the check in the submission must run before it here, too
            self.follows[k] = min(self.follows[k], check - 1) if k < reached else max(self.follows[k], check)
        if before := [k for k in copies if k < reached]:
            self._take(place, before[0])
        elif any(k < reached and self.submitted[k].get("cell_type") == "code" for k in own):
            self.cells[place].source = ELSEWHERE.format(name)  # the unfilled stub would overwrite that definition
        elif late := copies or own:  # below its check, as where a check was moved up; or turned into text
            self._take(place, late[-1])

    def _main_answer_cells(self) -> list[int]:
        """The main copies of the answer cells; one of them may define other answers, too."""
        return [k for place, k in self.main.items() if nbgrader(self.cells[place]).get("solution")]

    def _take(self, place: int, k: int) -> None:
        self.cells[place].source = source_of(self.submitted[k])
        self.extra.discard(k)

    def _check_of(self, place: int, name: str) -> int:
        """The place of the check that calls the answer: its own, else the next in the notebook."""
        checks = [index for index, cell in enumerate(self.cells) if _is_check(cell)]
        own = [index for index in checks if grade_id(self.cells[index]) == f"check_{name}"]
        later = [index for index in checks if index > place]
        return next(iter((*own, *later)), len(self.cells))

    def _answer_in_words(self, place: int) -> None:
        """Put the student's words into the cell of a written answer; the text beside it where the cell is empty."""
        stub, answer = text(self.cells[place]), self.cells[place]
        written = [k for k in self.copies[place] if text(self.submitted[k]) not in ("", stub)]
        if written:
            answer.source = source_of(self.submitted[written[0]])
            self._attach(answer, written[:1])
            return
        start = self._start_of_question(place)
        beside = [k for k in sorted(self.extra) if start <= self.follows[k] <= place and self._is_words(k)]
        words = [self._added_to_question(index) for index in range(start, place)]
        words += [source_of(self.submitted[k]) for k in beside]
        if any(words):
            answer.source = "\n\n".join(part for part in words if part)
            asked = [self.main[index] for index in range(start, place) if self._added_to_question(index)]
            self._attach(answer, [*asked, *beside])
            self.extra -= set(beside)

    def _start_of_question(self, place: int) -> int:
        """The first of the released cells of text that stand directly above a written answer."""
        start = place
        while start > 0 and self.cells[start - 1].cell_type == "markdown" and not nbgrader(self.cells[start - 1]):
            start -= 1
        return start

    def _is_words(self, k: int) -> bool:
        return self.match[k] is None and self.submitted[k].get("cell_type") in TEXTS

    def _added_to_question(self, place: int) -> str:
        """What a student wrote into a cell of the instructor's text above a written answer."""
        if place not in self.main:
            return ""
        ours, theirs = text(self.cells[place]), text(self.submitted[self.main[place]])
        return "" if theirs in ("", ours) else theirs.replace(ours, "").strip()

    def _attach(self, cell: NotebookNode, sources: list[int]) -> None:
        attach_pictures(cell, [self.submitted[k] for k in sources], self.allowance)

    def _assembled(self) -> NotebookNode:
        """The restored notebook: released cells in their order, the student's own among them."""
        added: dict[int, list[NotebookNode]] = defaultdict(list)
        for number, k in enumerate(sorted(self.extra)[:MOST_EXTRA], start=1):
            added[self.follows[k]].append(_own_cell(self.submitted[k], number, self.allowance))
        restored = copy.deepcopy(self.skeleton)
        restored.cells = list(added[-1])
        for place, cell in enumerate(self.cells):
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
            restored.cells += [cell, *added[place]]
        return restored


def _is_check(cell: NotebookNode) -> bool:
    marks = nbgrader(cell)
    return cell.cell_type == "code" and bool(marks.get("grade")) and not marks.get("solution")


def _own_cell(cell: NotebookNode, number: int, allowance: Allowance) -> NotebookNode:
    """A student's own cell without its metadata, under an id that clashes with no other."""
    make = nbformat.v4.new_code_cell if cell.get("cell_type") == "code" else nbformat.v4.new_markdown_cell
    own = make(source_of(cell), id=f"{OWN}{number}")
    if own.cell_type == "markdown":
        attach_pictures(own, [cell], allowance)
    return own


def source_of(cell: NotebookNode) -> str:
    """A cell's source, cut where it is far too long."""
    source = str(cell.get("source", ""))
    return source if len(source) <= LONGEST else source[:LONGEST] + CUT
