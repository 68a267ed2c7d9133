"""The checks of 08: the same weights in two networks, the fake GPU, two exercises of one name, seeds."""

from __future__ import annotations

import copy
import random
import subprocess
import sys
from typing import Any

import nbformat
import numpy as np
import pytest
import torch
from in_sandbox import COURSE, graded
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from autograder import check
from autograder.exercises import ASSIGNMENTS, EXERCISES, assignment_of, key_of, keys_of
from autograder.exercises.pytorch.training import LEAST
from autograder.exercises.shared.digits import digits
from autograder.gallery.registry import find, functions, right_answers
from autograder.guest.fakes.gpu import GPU, FakeGPU, is_on_gpu, put_on_gpu
from autograder.guest.question import Question
from autograder.guest.responders import gather
from autograder.guest.response import Response
from autograder.judging import oracle
from autograder.judging.case import CONVENTIONS_NAME
from autograder.notebooks import nbgrader, read_notebook
from autograder.sandbox.availability import why_unavailable
from utils.layers import stand_ins
from utils.seeding import loader_seeds, seed_everything

PYTORCH, LENET = "08_pytorch", "07_lenet_numpy"
NOTEBOOK = tuple(exercise.name for exercise in ASSIGNMENTS[PYTORCH])


def written(key: str) -> Any:
    """The plainest right answer."""
    answer = right_answers(key)[0]
    return functions(answer, tuple(e.name for e in ASSIGNMENTS[assignment_of(key)]))[answer.name]


def in_numpy(name: str, value: torch.Tensor) -> np.ndarray:
    array = value.detach().numpy()
    return array.T.copy() if name.startswith("fc") else array.copy()


# ---- the same weights give the same numbers


@pytest.mark.parametrize("numpy_net", [written("LeNet5"), stand_ins.LeNet5], ids=["the gallery's", "the stand-in"])
@pytest.mark.parametrize("direction", ["NumPy to PyTorch", "PyTorch to NumPy"])
def test_the_same_weights_give_the_same_scores_and_gradients(numpy_net: Any, direction: str) -> None:
    torch.manual_seed(0)
    ours, theirs = numpy_net(np.random.default_rng(0)), written("08_pytorch/LeNet5")()
    if direction == "NumPy to PyTorch":
        written("load_numpy_weights")(theirs, ours.params)
    else:
        for name, parameter in theirs.named_parameters():
            ours.params[name][...] = in_numpy(name, parameter)
    images, labels = digits().train_images[:16], digits().train_labels[:16]
    scores = theirs(torch.from_numpy(images))
    assert scores.dtype == torch.float32
    np.testing.assert_allclose(ours.scores(images), scores.detach().numpy(), rtol=1e-5, atol=1e-5)
    loss, grads = ours.loss(images, labels)
    their_loss = nn.functional.cross_entropy(scores, torch.from_numpy(labels))
    their_loss.backward()
    assert loss == pytest.approx(their_loss.item(), rel=1e-5)
    for name, parameter in theirs.named_parameters():
        wanted = in_numpy(name, parameter.grad)
        # a few numbers differ by more than rounding, where it decided a ReLU or a maximum the other way
        assert np.linalg.norm(grads[name] - wanted) <= 5e-3 * np.linalg.norm(wanted), name


@oracle.one_thread()
def test_right_functions_pass_gradcheck() -> None:
    for answer in right_answers("Conv2dFunction"):
        function = functions(answer, NOTEBOOK)["Conv2dFunction"]
        leaves = [torch.randn(s, dtype=torch.float64, requires_grad=True) for s in ((2, 3, 6, 5), (4, 3, 3, 2), (4,))]
        assert torch.autograd.gradcheck(function.apply, (*leaves, 2, 1)), answer.title


# ---- the fake GPU


def ones_on_gpu(*shape: int) -> torch.Tensor:
    return put_on_gpu(torch.ones(shape))


def test_results_stay_on_the_gpu_until_they_are_copied_back() -> None:
    with FakeGPU():
        x = torch.ones(3, 2).to(GPU)
        assert is_on_gpu(x) and is_on_gpu(x.sum(1)) and is_on_gpu((x @ x.T)[0]) and x.device.type == "cuda"
        assert is_on_gpu(torch.zeros(2, device=GPU) + x[0]) and is_on_gpu(torch.ones(2).to(x.device))
        assert (
            not is_on_gpu(x.cpu())
            and not is_on_gpu(x.to("cpu"))
            and is_on_gpu(x.double())
            and is_on_gpu(x.to(torch.int64))
        )
        assert x.sum().item() == 6 and (x + torch.tensor(1.0)).sum().item() == 12
    assert torch.ones(1).device.type == "cpu"


@pytest.mark.parametrize(
    "mixing",
    [
        lambda x: x + torch.ones(3, 2),
        lambda x: torch.cat([x, torch.ones(3, 2)]),
        lambda x: nn.functional.cross_entropy(x, torch.zeros(3, dtype=torch.long)),
        lambda x: nn.Linear(2, 2)(x),
        lambda x: x == torch.ones(3, 2),
    ],
)
def test_tensors_of_two_devices_cannot_be_mixed(mixing: Any) -> None:
    with FakeGPU(), pytest.raises(RuntimeError, match="two devices"):
        mixing(ones_on_gpu(3, 2))


def test_a_tensor_on_the_gpu_has_no_numpy_array() -> None:
    with FakeGPU(), pytest.raises(TypeError, match="can't convert cuda"):
        ones_on_gpu(3).numpy()


# ---- two exercises of one name


def test_the_later_of_two_exercises_has_its_assignment_in_its_key() -> None:
    assert keys_of("LeNet5") == ["08_pytorch/LeNet5", "LeNet5"]
    assert (key_of("LeNet5", LENET), key_of("LeNet5", PYTORCH), key_of("LeNet5")) == (
        "LeNet5",
        "08_pytorch/LeNet5",
        "LeNet5",
    )
    assert assignment_of("08_pytorch/LeNet5") == PYTORCH and assignment_of("LeNet5") == LENET
    assert EXERCISES["08_pytorch/LeNet5"].name == "LeNet5"


def test_the_check_finds_the_exercise_that_is_meant() -> None:
    assert check.meant("LeNet5", [written("08_pytorch/LeNet5")]) == "08_pytorch/LeNet5"
    assert check.meant("LeNet5", [written("LeNet5")]) == "LeNet5"
    assert check.meant("LeNet5BN", [written("LeNet5BN")]) == "LeNet5BN"
    assert check.meant("relu_forward", [len]) == "relu_forward"


def test_a_plain_class_of_a_pytorch_notebook_is_judged_as_a_module(monkeypatch: pytest.MonkeyPatch) -> None:
    class LeNet5:
        pass

    monkeypatch.setattr(LeNet5, "__module__", __name__)  # which has `torch`, as the notebook does
    assert check.meant("LeNet5", [LeNet5]) == "08_pytorch/LeNet5"
    verdict = check.verdict("08_pytorch/LeNet5", {"LeNet5": LeNet5})
    assert [mistake.name for mistake in verdict.mistakes] == ["no-module"]


def test_importing_the_exercises_and_the_gallery_does_not_import_pytorch() -> None:
    code = "import sys; from autograder.gallery.registry import answers; import autograder.check; answers(); "
    subprocess.run([sys.executable, "-c", code + "assert 'torch' not in sys.modules"], check=True)


# ---- training


@pytest.mark.parametrize(("right", "passes"), [(LEAST, True), (LEAST - 0.01, False)])
def test_the_threshold_for_held_out_digits(right: float, passes: bool) -> None:
    exercise = EXERCISES["train_one_epoch"]
    case = next(case for case in exercise.cases if case.costly)
    inputs = exercise.challenge(case, np.random.default_rng(0))
    labels = digits().test_labels.copy()
    wrong = len(labels) - int(np.ceil(right * len(labels)))
    labels[:wrong] = (labels[:wrong] + 1) % 10
    observed = {"scores": np.eye(10, dtype=np.float32)[labels], "losses": [0.1]}
    assert (exercise.judge(case, inputs, Response(answer=observed)) == []) is passes


def drawn(workers: int) -> list[Any]:
    seed_everything(7)
    data = TensorDataset(torch.arange(12))
    orders = [batch[0].tolist() for batch in DataLoader(data, 4, shuffle=True, num_workers=workers, **loader_seeds(7))]
    return [orders, random.random(), np.random.random(), torch.rand(1).item()]


@pytest.mark.parametrize("workers", [0, 1])
def test_seeds_cover_python_numpy_pytorch_and_the_loader(workers: int) -> None:
    first = drawn(workers)
    assert drawn(workers) == first
    assert first[0] != [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11]]


class Drawing(torch.utils.data.Dataset):  # type: ignore[type-arg]
    """Items are random numbers that Python and NumPy draw in the loader's worker."""

    def __len__(self) -> int:
        return 4

    def __getitem__(self, k: int) -> tuple[float, float]:
        return random.random(), np.random.random()


def test_workers_draw_different_numbers_and_the_same_in_every_run() -> None:
    runs = [
        [torch.stack(batch).tolist() for batch in DataLoader(Drawing(), 2, num_workers=2, **loader_seeds(3))]
        for _ in range(2)
    ]
    assert runs[0] == runs[1] and runs[0][0] != runs[0][1]


def test_a_network_of_lazy_layers_is_trained_as_any_other() -> None:
    lazy = functions(find("08_pytorch/LeNet5", "lazy layers"), NOTEBOOK)
    data = digits()
    inputs = {"x": data.train_images[:8], "y": data.train_labels[:8], "evaluate_on": data.test_images[:3]}
    question = Question("train_one_epoch", inputs | {"epochs": [0.1], "batch": 4, "seed": 0}, responder="loops")
    response = gather(question, {name: lazy[name] for name in ("train_one_epoch", "LeNet5")})
    assert response.error is None and response.answer["scores"].shape == (3, 10)


# ---- graded in the sandbox, in forks of a process that has imported PyTorch


@pytest.mark.skipif(bool(why_unavailable()), reason="this machine cannot build the sandbox")
def test_a_submission_is_graded_with_autograd_in_a_fork_of_its_kernel() -> None:
    """The instructor's answers get full marks in the sandbox; of evaluate see also sandbox/test_asking.py."""
    notebook = read_notebook(COURSE.release(PYTORCH))
    solved = {nbgrader(cell).get("grade_id"): cell.source for cell in read_notebook(COURSE.source(PYTORCH)).cells}
    for cell in notebook.cells:
        name = nbgrader(cell).get("grade_id")
        if name in NOTEBOOK:
            cell.source = find("evaluate", "left-on-the-cpu").source if name == "evaluate" else solved[name]
    # threads of PyTorch and its autograd have run in the kernel before it is forked
    own = "w = torch.randn(300, 300, requires_grad=True)\n(w @ w).sum().backward()"
    # notebook 09 has a LeNet-5 of the course's own; where 08 is graded it cannot be imported
    own += "\ntry:\n    from utils.layers.pytorch_modules import LeNet5 as theirs"
    own += "\nexcept ImportError:\n    theirs = 'none'"
    own += "\nprint('theirs:', theirs)"
    notebook.cells.insert(3, nbformat.v4.new_code_cell(own, id="own-cell"))
    result = graded(PYTORCH, notebook)
    scores = {name: score for name, score in result.scores.items() if name.startswith("check_")}
    points = {f"check_{exercise.name}": float(exercise.points) for exercise in ASSIGNMENTS[PYTORCH]}
    assert 0 < (scores.pop("check_evaluate") or 0) < points.pop("check_evaluate")
    assert scores == points, result.why
    assert b"theirs: none" in result.notebook


def test_an_evaluation_on_a_copy_of_the_network_is_right() -> None:
    right = written("evaluate")
    verdict = check.verdict("evaluate", {"evaluate": lambda model, *rest: right(copy.deepcopy(model), *rest)})
    assert verdict.passed, verdict.first_failure


def test_the_card_tells_to_clone_a_tensor_that_shares_memory() -> None:
    exercise = EXERCISES["to_nchw"]
    case = next(case for case in exercise.cases if case.name == CONVENTIONS_NAME)
    inputs = exercise.challenge(case, np.random.default_rng(0))
    response = exercise.respond({"to_nchw": lambda images: torch.from_numpy(images)[:, None]}, inputs)
    (finding,) = exercise.judge(case, inputs, response)
    assert finding.text.endswith("out shares memory with images: return a new tensor (`.clone()`).")
