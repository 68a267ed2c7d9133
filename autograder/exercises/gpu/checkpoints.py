"""09_gpu: write down all that a training run needs, and go on from it as if it had never stopped."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from autograder.guest.plain_data import Inputs, PlainData
from autograder.guest.response import Response
from autograder.judging.compare import kind_of
from autograder.judging.exercise import Case, Exercise, Finding, Sizes, explain_error
from autograder.judging.mistake import Mistake

PICKLED = (
    "weights-only-unreadable",
    "The file holds objects, and reading them would run code that it names. Write `state_dict()`s and plain numbers: "
    "those can be read with `weights_only=True`.",
)
CUDA_WORDS = "Attempting to deserialize object on a CUDA device"


class Checkpoint(Exercise):
    """What both halves have in common as questions."""

    responder = "checkpoints"
    writes_files = True
    card_inputs = ("step",)

    def inputs(self, sizes: Sizes, rng: Any) -> Inputs:
        asked = {"probe": sizes["probe"], "seed": int(rng.integers(1000)), "step": int(rng.integers(1000, 9000))}
        return asked | {"training": bool(sizes.get("training", True))}

    def contradicted(self, case: Case, inputs: Inputs) -> set[str]:
        return set()

    def judge(self, case: Case, inputs: Inputs, response: Response) -> list[Finding]:
        error, found = response.error, response.answer
        if error is not None and "NotImplementedError" in error.bases:
            return [Finding(explain_error(error))]
        if inputs["probe"] == "other network":
            text = "A checkpoint of another network was loaded, and nothing was said."
            return [] if error is not None else [Finding(text, ("errors-swallowed",))]
        if error is not None:
            unreadable = "Weights only load failed" in error.message
            known = (PICKLED[0],) if unreadable else ("not-mapped",) if CUDA_WORDS in error.message else ()
            return [Finding(explain_error(error), known)]
        if not isinstance(found, dict):
            return [Finding("Nothing came back.")]
        if "problem" in found:
            return [Finding(found["problem"], ("not-at-the-path",))]
        return list(self.judged(case, inputs, found))

    def judged(self, case: Case, inputs: Inputs, found: dict[str, PlainData]) -> Iterator[Finding]:
        """What is wrong with what came back."""
        raise NotImplementedError


class SaveCheckpoint(Checkpoint):
    name, points = "save_checkpoint", 10
    returns = ()
    cases = (
        Case("can be read with weights_only=True", {"probe": "holds"}, parts=("readable",)),
        Case("the network: parameters and running statistics", {"probe": "holds"}, parts=("network",)),
        Case("the optimizer's momentum", {"probe": "holds"}, parts=("momentum",)),
        Case("the schedule's place", {"probe": "holds"}, parts=("scheduler",)),
        Case("the generator's state", {"probe": "holds"}, parts=("generator",)),
        Case("the step", {"probe": "holds"}, parts=("step",)),
        Case("saving changes nothing", {"probe": "holds"}, parts=("changed",)),
        Case(
            "another run",
            {"probe": "holds"},
            hidden=True,
            parts=("readable", "network", "momentum", "generator", "step"),
        ),
    )
    mistakes = (
        Mistake(*PICKLED),
        Mistake("network-missing", "The network's parameters are not in the file: `model.state_dict()`."),
        Mistake(
            "buffers-missing",
            "Batchnorm's running statistics are not in the file. They are no parameters, and "
            "`model.state_dict()` has them.",
        ),
        Mistake(
            "optimizer-missing",
            "The momentum is not in the file: `optimizer.state_dict()`. Without it the first steps differ.",
        ),
        Mistake("scheduler-missing", "The schedule's place is not in the file: `scheduler.state_dict()`."),
        Mistake(
            "generator-missing",
            "The generator's state is not in the file: `generator.get_state()`. Without it the batches come "
            "in another order.",
        ),
        Mistake("step-missing", "The number of the step is not in the file."),
        Mistake("not-at-the-path", "The file must be at the path that was passed."),
        Mistake("saving-changes", "Saving only probes: whoever saves twice as often must get the same network."),
    )

    def judged(self, case: Case, inputs: Inputs, found: dict[str, PlainData]) -> Iterator[Finding]:
        if "unreadable" in found:
            if "readable" in case.parts:
                yield Finding(f"torch.load with weights_only=True: {found['unreadable']}", (PICKLED[0],))
            else:
                yield Finding("The file cannot be read safely (see the first case).")
            return
        probes: dict[str, Callable[[], Iterator[Finding]]] = {
            "readable": lambda: iter(()),
            "network": lambda: self._judge_network(found["missing"]),
            "momentum": lambda: self._absent(found["momentum"], "The optimizer's momentum", "optimizer-missing"),
            "scheduler": lambda: self._absent(found["scheduler"], "How far the schedule is", "scheduler-missing"),
            "generator": lambda: self._absent(found["generator"], "The generator's state", "generator-missing"),
            "step": lambda: self._absent(found["step"], f"The step, {inputs['step']},", "step-missing"),
            "changed": lambda: self._judge_changed(found["changed"]),
        }
        for part in case.parts:
            yield from probes[part]()

    def _judge_network(self, missing: list[str]) -> Iterator[Finding]:
        if missing:
            buffers = all("running" in key for key in missing)
            text = f"Not found in the file, or with other numbers: {', '.join(missing)}."
            yield Finding(text, ("buffers-missing" if buffers else "network-missing",))

    def _absent(self, there: bool, what: str, name: str) -> Iterator[Finding]:
        if not there:
            yield Finding(f"{what} is not in the file.", (name,))

    def _judge_changed(self, changed: list[str]) -> Iterator[Finding]:
        if changed:
            yield Finding(f"After saving these are not as they were: {', '.join(changed)}.", ("saving-changes",))


class LoadCheckpoint(Checkpoint):
    name, points = "load_checkpoint", 15
    arguments = ("load_checkpoint", "save_checkpoint")
    returns = ("step",)
    cases = (
        Case("the network is as it was", {"probe": "resumed"}, parts=("network",), weight=2),
        Case("the momentum is as it was", {"probe": "resumed"}, parts=("momentum",)),
        Case("the learning rates go on", {"probe": "resumed"}, parts=("rates",)),
        Case("the same batches come", {"probe": "resumed"}, parts=("orders",)),
        Case("the step is returned", {"probe": "resumed"}, parts=("step",)),
        Case("five steps later: the same network, bit for bit", {"probe": "resumed"}, parts=("ends",), weight=3),
        Case("the mode is left as it was", {"probe": "resumed", "training": False}, parts=("mode",)),
        Case("a file from a GPU, on a machine without one", {"probe": "from gpu"}, parts=("mapped",), weight=2),
        Case("a file that would run a stranger's code is refused", {"probe": "trapped"}, parts=("trap",), weight=2),
        Case("a file of another network is refused", {"probe": "other network"}, parts=("strict",)),
        Case("another run", {"probe": "resumed"}, hidden=True, parts=("network", "step", "ends"), weight=2),
    )
    mistakes = (
        Mistake(*PICKLED),
        Mistake("network-not-loaded", "The network's numbers are not those of the file: `model.load_state_dict(…)`."),
        Mistake("optimizer-not-loaded", "The momentum starts anew: `optimizer.load_state_dict(…)`."),
        Mistake("scheduler-not-loaded", "The schedule starts anew: `scheduler.load_state_dict(…)`."),
        Mistake(
            "generator-not-loaded", "The batches come in another order than they would have: `generator.set_state(…)`."
        ),
        Mistake("step-not-returned", "Return the number of the step, so that the loop knows where to go on."),
        Mistake("mode-changed", "Loading leaves the mode, training or evaluation, to the caller."),
        Mistake(
            "not-mapped",
            "The file remembers that its tensors were on a GPU, and there is none here: `torch.load(path, "
            "map_location=…)`.",
        ),
        Mistake(
            "weights-only-off",
            "With `weights_only=False` whatever code a file names is run, before you have seen anything of it.",
        ),
        Mistake(
            "errors-swallowed", "A checkpoint that does not fit must raise an error: half a network is worse than none."
        ),
        Mistake("not-at-the-path", "The file must be at the path that was passed."),
    )

    def judged(self, case: Case, inputs: Inputs, found: dict[str, PlainData]) -> Iterator[Finding]:
        if inputs["probe"] == "from gpu":
            if not found["same"]:
                yield Finding("The network's numbers are not those of the file.", ("network-not-loaded",))
        elif inputs["probe"] == "trapped":
            if found["ran"]:
                yield Finding(f"Reading the file ran {found['ran'][0]}.", ("weights-only-off",))
            elif not found["refused"]:
                yield Finding("The file was not refused, and nothing was said.", ("errors-swallowed",))
        else:
            probes: dict[str, Callable[[], Iterator[Finding]]] = {
                "network": lambda: self._judge_network(found),
                "momentum": lambda: self._judge_momentum(found),
                "rates": lambda: self._judge_rates(found),
                "orders": lambda: self._judge_orders(found),
                "step": lambda: self._judge_step(inputs, found),
                "ends": lambda: self._judge_end(found),
                "mode": lambda: self._judge_mode(inputs, found),
            }
            for part in case.parts:
                yield from probes[part]()

    def _judge_network(self, found: dict[str, PlainData]) -> Iterator[Finding]:
        if found["state"]:
            text = f"Not as it was when the file was written: {', '.join(found['state'])}."
            yield Finding(text, ("network-not-loaded",))

    def _judge_momentum(self, found: dict[str, PlainData]) -> Iterator[Finding]:
        if not found["momentum"]:
            yield Finding("The optimizer's momentum is not as it was.", ("optimizer-not-loaded",))

    def _judge_rates(self, found: dict[str, PlainData]) -> Iterator[Finding]:
        wanted, got = found["rates"]
        if wanted != got:
            said = ["; ".join(f"{rate:.4g}" for rate in rates) for rates in (wanted, got)]
            yield Finding(
                f"The next learning rates would have been {said[0]}; they are {said[1]}.", ("scheduler-not-loaded",)
            )

    def _judge_orders(self, found: dict[str, PlainData]) -> Iterator[Finding]:
        wanted, got = found["orders"]
        if wanted != got:
            text = f"The next batch would have been images {wanted[0]}; it is {got[0]}."
            yield Finding(text, ("generator-not-loaded",))

    def _judge_step(self, inputs: Inputs, found: dict[str, PlainData]) -> Iterator[Finding]:
        if type(found["step"]) is not int or found["step"] != inputs["step"]:
            got = found["step"] if type(found["step"]) in (int, float) else kind_of(found["step"])
            yield Finding(f"Saved at step {inputs['step']}; load_checkpoint returned {got}.", ("step-not-returned",))

    def _judge_end(self, found: dict[str, PlainData]) -> Iterator[Finding]:
        if not found["ends"]:
            known = [
                name
                for name, wrong in (
                    ("network-not-loaded", found["state"]),
                    ("optimizer-not-loaded", not found["momentum"]),
                    ("scheduler-not-loaded", found["rates"][0] != found["rates"][1]),
                    ("generator-not-loaded", found["orders"][0] != found["orders"][1]),
                )
                if wrong
            ]
            yield Finding(
                "The run that was resumed ended in another network than the one that went on.", tuple(known[:1])
            )

    def _judge_mode(self, inputs: Inputs, found: dict[str, PlainData]) -> Iterator[Finding]:
        if found["training"] != inputs["training"]:
            yield Finding("load_checkpoint changed the network's mode.", ("mode-changed",))
