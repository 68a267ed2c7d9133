"""Proof by mutation: the operators, what becomes of a mutant, and a sample of mutants of which none survives."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from autograder import cli
from autograder.errors import CourseError
from autograder.exercises import EXERCISES
from autograder.gallery.mutation import page, prove, review
from autograder.gallery.mutation.batches import Task
from autograder.gallery.mutation.mutants import Mutant, chosen, mutants
from autograder.gallery.mutation.operators import OPERATORS
from autograder.gallery.mutation.prove import RIGHT, gallery_tasks, tasks_of
from autograder.gallery.mutation.records import Record, Results
from autograder.gallery.mutation.subject import SOLUTION, Subject, subjects
from autograder.gallery.mutation.trial import Named, Outcome, Result
from autograder.guest.plain_data import Inputs
from autograder.guest.question import Functions
from autograder.judging.case import Case, Sizes
from autograder.judging.exercise import Exercise

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "proof.md").read_text(encoding="utf-8")
SAMPLE, STYLES = 15, 3  # mutants of each of these exercises, whose checks take milliseconds; right answers changed
CHEAP = (
    "linear_forward", "linear_backward", "relu_forward", "relu_backward", "softmax_loss", "conv_output_size",
    "conv_cost", "conv1x1_forward", "receptive_field", "conv_backward_bias",
)  # fmt: skip
BODIES = {
    "arithmetic": ("return 2 * pad", {"2 * pad -> 2 + pad", "2 * pad -> 2 / pad"}),
    "term dropped": ("return size + pad", {"size + pad -> size", "size + pad -> pad"}),
    "comparison": ("return size > 0", {"size > 0 -> size >= 0", "size > 0 -> size < 0"}),
    "condition": (
        "return size and pad",
        {"size and pad -> size or pad", "size and pad -> pad", "size and pad -> size"},
    ),
    "axis": ("return size.sum(axis=1)", {f"axis=1 -> axis={k}" for k in (0, 2, 3, -1)}),
    "order of axes": (
        "return size.transpose(0, 2, 1)",
        {
            "size.transpose(0, 2, 1) -> size.transpose(2, 0, 1)",
            "size.transpose(0, 2, 1) -> size.transpose(1, 2, 0)",
            "size.transpose(0, 2, 1) -> size.transpose(0, 1, 2)",
        },
    ),
    "einsum": (
        "return np.einsum('nd->d', size)",
        {
            "np.einsum('nd->d', size) -> np.einsum('dn->d', size)",
            "np.einsum('nd->d', size) -> np.einsum('nd->', size)",
        },
    ),
    "slice": ("return size[:]", {": -> ::-1", ": -> 1:", ": -> :-1"}),
    "index": ("return size[pad]", {"size[pad] -> size", "size[pad] -> size[pad - 1]"}),
    "entries": ("return (size, pad)", {f"(size, pad) -> {new}" for new in ("(pad, size)", "(pad,)", "(size,)")}),
    "mode": ("size.train()", {"size.train -> size.eval"}),
    "dtype": (
        "return np.zeros(size, dtype=pad.dtype)",
        {"dtype=pad.dtype -> dtype=np.float32", "dtype=pad.dtype -> dtype=np.float64"},
    ),
    "reduction": ("return size.sum()", {f"size.sum -> size.{other}" for other in ("mean", "max", "min")}),
    "taken for another": ("return np.floor(size)", {"np.floor -> np.ceil"}),
    "name": ("return size", {"size -> pad"}),
    "arguments": ("return f(size, pad)", {"f(size, pad) -> f(pad, size)", "f(size, pad) -> f(size)"}),
    "keyword dropped": ("return f(keepdims=pad)", {"f(keepdims=pad) -> f()"}),
    "call dropped": ("return size.copy().T", {"size.copy() -> size", "size.copy().T -> size.copy()"}),
    "loop": (
        "for k in range(size):\n        f(k)",
        {
            "only the first round: for k in range(size)",
            "range(size) -> range(size - 1)",
            "range(size) -> range(1, size)",
        },
    ),
    "statement dropped": ("opt.zero_grad()\n    opt.step()", {"dropped: opt.zero_grad()", "dropped: opt.step()"}),
    "statement doubled": ("opt.step()", {"twice: opt.step()"}),
    "statements exchanged": ("opt.zero_grad()\n    opt.step()", {"exchanged: opt.zero_grad() and opt.step()"}),
    "statement moved": (
        "opt.zero_grad()\n    for k in size:\n        f(k)",
        {"into the loop: opt.zero_grad()"},
    ),
    "constant": ("return f(2, 0.5, True)", {"2 -> 3", "2 -> 1", "0.5 -> 0.0", "0.5 -> 1.0", "True -> False"}),
    "string": ("return 'cuda' or 'mps'", {"'cuda' -> 'mps'", "'mps' -> 'cuda'"}),
}


@pytest.mark.parametrize("name", BODIES)
def test_an_operator_makes_the_mutants_that_one_expects(name: str) -> None:
    body, expected = BODIES[name]
    made = mutants(f"def answer(size, pad):\n    {body}\n")
    assert {mutant.change for mutant in made if mutant.operator == name} == expected


def test_defaults_are_changed_and_dropped() -> None:
    made = [each.change for each in mutants("def f(x, stride=1, mode=None): pass") if each.operator == "default"]
    assert made[:2] == ["stride=1 -> stride=0", "stride=1 -> stride=2"]
    assert made[2:] == ["mode=None -> mode=1", "mode=None -> mode=2", "stride=1 -> stride"]


def test_every_operator_is_tried_here() -> None:
    assert {*BODIES, "default"} == set(OPERATORS)


def test_mutants_differ_from_each_other_and_say_in_which_line() -> None:
    source = 'def f(x: int) -> int:\n    """Two lines."""\n    y = x + x\n    return y\n'
    made = mutants(source)
    assert len({mutant.source for mutant in made}) == len(made)
    assert next(mutant.in_words for mutant in made if mutant.operator == "arithmetic") == (
        "arithmetic, line 3: x + x -> x - x"
    )
    assert [each.line for each in made if each.operator == "statement dropped"] == [3, 4]


def test_the_same_mutants_are_chosen_each_time() -> None:
    made = mutants("def f(x, y):\n    return 2 * x + y\n")
    assert chosen(made, 4, "seed") == chosen(made, 4, "seed") != chosen(made, 4, "another")
    assert chosen(made, None, "seed") == chosen(made, len(made), "seed") == made


class Padded(Exercise):
    """A check that asks too little: at padding 2, twice the padding is the padding and two."""

    name, points, returns = "padded", 5, ("out",)
    cases = (Case("size 4, padding 2", {"size": 4, "pad": 2}), Case("size 7, padding 2", {"size": 7, "pad": 2}))

    def inputs(self, sizes: Sizes, rng: Any) -> Inputs:
        return dict(sizes)

    def expected(self, q: Inputs) -> dict[str, Any]:
        return {"out": q["size"] + 2 * q["pad"]}


def define(source: str) -> Functions:
    namespace: dict[str, Any] = {}
    exec(source, namespace)
    return {"padded": namespace["padded"]}


PADDED = Subject("padded", Padded(), "00_small", "a sum", "def padded(size, pad):\n    return size + 2 * pad\n", define)


def become(tmp_path: Path, *bodies: str, before: str = "", seconds: float = 2.0) -> list[Result]:
    """What becomes of functions with these bodies."""
    sources = [f"def padded(size, pad):\n    {before}{body}\n" for body in bodies]
    tasks = [Task(PADDED, Mutant(source, "arithmetic", 2, source), seconds=seconds) for source in sources]
    results = Results(tmp_path / "results.jsonl", {"padded": "1"})
    by_source = {record.change: record.result for record in prove.prove(tasks, results, 1)}
    return [by_source[source] for source in sources]


def test_a_mutant_is_killed_or_equivalent_or_listed_as_a_survivor(tmp_path: Path) -> None:
    bodies = ("return size + pad", "return size + 2 * pad + 0", "return size + 2 + pad", "return 2 * pad +")
    killed, equivalent, survivor, no_python = become(tmp_path, *bodies)
    assert killed.outcome is Outcome.KILLED and killed.case == "size 4, padding 2" and killed.status == "failed"
    assert equivalent.outcome is Outcome.EQUIVALENT and equivalent.inputs > 5
    assert survivor.outcome is Outcome.SURVIVOR and survivor.apart.startswith("size ") and "expected" in survivor.apart
    assert no_python.outcome is Outcome.KILLED and no_python.case == "the cell itself"


def test_what_does_not_end_or_ends_its_process_is_killed(tmp_path: Path) -> None:
    bodies = ("return size", "while True: pass", "import os; os.abort()", "return pad")
    first, endless, ended, last = become(tmp_path, *bodies, seconds=0.2)
    assert (first.outcome, first.status) == (last.outcome, last.status) == (Outcome.KILLED, "failed")
    assert endless.outcome is Outcome.KILLED and endless.status == "did not end"
    assert ended.outcome is Outcome.KILLED and ended.status == "crashed: SIGABRT"


def test_a_mutant_that_does_not_end_on_a_random_input_is_a_survivor(tmp_path: Path) -> None:
    (result,) = become(tmp_path, "return size + 2 * pad", before="\n    while pad == 3: pass\n    ", seconds=0.2)
    assert result.outcome is Outcome.SURVIVOR and result.apart.endswith("did not end") and "pad 3" in result.apart


def test_what_a_mutant_leaves_behind_decides_about_no_other(tmp_path: Path) -> None:
    breaks = "import builtins; builtins.round = None; return size"
    uses = "return round(size + 2 * pad)"
    broken, *others = become(tmp_path, breaks, uses, f"{uses} + 0")
    assert broken.outcome is Outcome.KILLED
    assert [result.outcome for result in others] == [Outcome.EQUIVALENT, Outcome.EQUIVALENT]


def test_a_check_that_raises_is_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Padded, "split", lambda self, answer: {"out": {answer: answer}[max(answer, 0)]})
    (result,) = become(tmp_path, "return -size")
    assert result.outcome is Outcome.SURVIVOR and result.apart.startswith("The check itself failed: KeyError")


def test_a_run_goes_on_where_it_was_stopped(tmp_path: Path) -> None:
    tasks, made = tasks_of([PADDED])
    path = tmp_path / "results.jsonl"
    stopped = prove.prove(tasks, Results(path, {"padded": "1"}), 1)
    first = [next(stopped), next(stopped)]
    stopped.close()
    path.write_text(path.read_text() + '{"version": "1", "exer')  # as a crash of the machine leaves it
    results = Results(path, {"padded": "1"})
    assert list(results.records.values()) == first
    rest = list(prove.prove(tasks, results, 2))
    assert len(rest) == len(tasks) - 2 and not list(prove.prove(tasks, Results(path, {"padded": "1"}), 1))
    assert not Results(path, {"padded": "2"}).records  # of another version of the check
    assert made.mutants == len(tasks) - 1 and path.read_text() == ""


def test_another_file_is_not_taken_for_results(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("not JSON\n")
    with pytest.raises(CourseError, match="holds no results"):
        Results(path, {})
    assert path.read_text() == "not JSON\n"


def test_the_page_gets_a_row_and_the_survivors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "EXERCISES", {"padded": PADDED.exercise})
    results = Results(tmp_path / "results.jsonl", {"padded": "1"})
    tasks, made = tasks_of([PADDED])
    results.add_made(made)
    list(prove.prove(tasks, results, 1))
    target = tmp_path / "proof.md"
    with pytest.raises(CourseError, match="has not the lines"):
        page.write(results, target)
    target.write_text(f"before\n{page.BEGIN}\nold\n{page.END}\nafter\n")
    page.write(results, target)
    text = target.read_text()
    (row,) = page.rows(results)
    assert text.startswith("before\n") and text.endswith("after\n") and "old" not in text
    assert row.right == row.of_right == 1 and row.killed + row.equivalent + row.survivors == row.tried == made.mutants
    assert "2 * pad -> 2 + pad" in text and page.published(text)["padded"] == row.cells()


def test_the_names_on_cards_are_drawn_from_killed_mutants(tmp_path: Path) -> None:
    named = Named("averaged", True, "It is a mean.", "db is wrong.")
    results = [
        Result(Outcome.KILLED, "a case", "failed", named=named),
        Result(Outcome.KILLED),
        Result(Outcome.EQUIVALENT),
    ]
    records = [Record("f", "a style", str(k), "constant", 2, "2 -> 3", result) for k, result in enumerate(results)]
    assert review.write(records, 60, tmp_path / "names.txt") == 1
    assert (tmp_path / "names.txt").read_text() == (
        "1. f, a style, line 2: 2 -> 3 (constant)\n   sure: averaged: It is a mean.\n"
        "   failed first: a case; the card: db is wrong.\n"
    )


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> list[Record]:
    """What becomes of some mutants of each cheap exercise, of its solution, and of a wrong answer of the gallery."""
    results = Results(tmp_path_factory.mktemp("sample") / "results.jsonl", dict.fromkeys(EXERCISES, "1"))
    records = []
    for key in CHEAP:
        tasks, _ = tasks_of(subjects(key, ROOT)[:STYLES], SAMPLE)
        tasks = [task for task in tasks if task.subject.style == SOLUTION or task.mutant.operator != RIGHT]
        records += list(prove.prove([*tasks, *gallery_tasks(key)[:1]], results, 1))
    return records


def test_no_mutant_of_a_sample_survives_unlisted(sample: list[Record]) -> None:
    mutated = [record for record in sample if record.operator in OPERATORS]
    assert len(mutated) == SAMPLE * len(CHEAP)
    left = [line for line in page.survivors(mutated) if line.partition("`: ")[0] not in PAGE]
    assert not left


def test_the_solutions_of_the_sample_pass_and_the_wrong_ones_are_killed(sample: list[Record]) -> None:
    right = [record for record in sample if record.operator == RIGHT]
    assert {record.result.outcome for record in right} <= {Outcome.EQUIVALENT, Outcome.ALLOWED}
    assert {record.exercise for record in right} == set(CHEAP)
    wrong = [record for record in sample if record.operator == prove.WRONG]
    assert len(wrong) == len(CHEAP) and {record.result.outcome for record in wrong} == {Outcome.KILLED}


def test_the_page_says_of_every_exercise_what_was_tried() -> None:
    rows = page.published(PAGE)
    assert {name for name in EXERCISES if name not in rows and f"`{name}`" not in PAGE} == set()
    assert rows["all"][len(page.COLUMNS) - 3] == str(sum(line.startswith("- `") for line in PAGE.splitlines()))


def test_the_command_tries_a_sample_and_says_what_became_of_it(tmp_path: Path) -> None:
    out = tmp_path / "results.jsonl"
    arguments = ["prove", "relu_backward", "--sample", "4", "--workers", "1", "--out", str(out), "--json"]
    ended = CliRunner().invoke(cli.app, arguments)
    (row,) = json.loads(ended.stdout)["rows"]
    assert ended.exit_code == 0 and row["tried"] == 4 == row["killed"] + row["equivalent"] + row["allowed"]
    assert CliRunner().invoke(cli.app, ["prove", "no_such", "--out", str(out)]).exit_code == cli.MISUSED
