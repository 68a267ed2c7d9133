"""09_gpu: save all that a training run needs, and resume from it as if the run had never stopped."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from autograder.guest.plain_data import Inputs
from autograder.guest.responders.probes import Observed
from autograder.guest.response import Response
from autograder.judging.case import Case, Finding, Sizes
from autograder.judging.compare import kind_of
from autograder.judging.mistake import Mistake
from autograder.judging.observed import ObservedExercise

UNREADABLE = Mistake(
    "weights-only-unreadable",
    "The file holds objects, and reading them can run any code that the file names. Save `state_dict()`s and plain "
    "numbers: those can be read with `weights_only=True`.",
    error=lambda inputs, error: "Weights only load failed" in error.message,
)
NOT_AT_THE_PATH = Mistake("not-at-the-path", "The file must be at the path that was passed.")
CUDA_WORDS = "Attempting to deserialize object on a CUDA device"


class Checkpoint(ObservedExercise):
    """What save_checkpoint and load_checkpoint have in common as exercises."""

    responder = "checkpoints"
    card_inputs = ("step",)
    problems = {"no-file": NOT_AT_THE_PATH.name}

    def inputs(self, sizes: Sizes, rng: Any) -> Inputs:
        """The probe, a seed, the number of the step, and the mode that the network is in before loading."""
        inputs = {"probe": sizes["probe"], "seed": int(rng.integers(1000)), "step": int(rng.integers(1000, 9000))}
        return inputs | {"training": bool(sizes.get("training", True))}


class SaveCheckpoint(Checkpoint):
    name, points = "save_checkpoint", 10
    returns = ()
    cases = (
        # what cannot be read has no other part either
        Case("can be read with weights_only=True", {"probe": "contents"}, parts=("readable",), weight=0),
        Case("the network: parameters and running statistics", {"probe": "contents"}, parts=("network",), weight=2),
        Case("the optimizer's momentum", {"probe": "contents"}, parts=("momentum",)),
        Case("the schedule's place", {"probe": "contents"}, parts=("scheduler",)),
        Case("the generator's state", {"probe": "contents"}, parts=("generator",)),
        Case("the step", {"probe": "contents"}, parts=("step",)),
        Case("saving changes nothing", {"probe": "contents"}, parts=("changed",), conventions=("memory",), weight=0),
        Case(
            "another run",
            {"probe": "contents"},
            hidden=True,
            parts=("readable", "network", "momentum", "generator", "step"),
        ),
    )
    mistakes = (
        UNREADABLE,
        Mistake("network-missing", "The network's parameters are not in the file: save `model.state_dict()`."),
        Mistake(
            "buffers-missing",
            "Batchnorm's running statistics are not in the file. They are buffers, not parameters; "
            "`model.state_dict()` has both.",
        ),
        Mistake(
            "optimizer-missing",
            "The momentum is not in the file: save `optimizer.state_dict()`. Without it the next steps differ.",
        ),
        Mistake("scheduler-missing", "The schedule's state is not in the file: save all of `scheduler.state_dict()`."),
        Mistake(
            "generator-missing",
            "The generator's state is not in the file: save `generator.get_state()`. Without it the batches come "
            "in another order.",
        ),
        Mistake("step-missing", "The number of the step, as it was passed, is not in the file."),
        NOT_AT_THE_PATH,
        Mistake(
            "saving-changes",
            "Saving must change nothing: a run that saves more often must give the same network.",
            convention="memory",
        ),
    )

    def judge_contents(self, case: Case, inputs: Inputs, observed: Observed) -> Iterator[Finding]:
        """The parts of the file that the case is about."""
        if "unreadable" not in observed:
            yield from self.judge_aspects(case.parts, case, inputs, observed)
        elif "readable" in case.parts:
            mistakes = (UNREADABLE.name,) if observed["objects"] else ()
            yield Finding(f"torch.load with weights_only=True: {observed['unreadable']}", mistakes)
        else:
            yield Finding("The file cannot be read safely (see the first case).")

    def judge_readable(self, case: Case, inputs: Inputs, observed: Observed) -> Iterator[Finding]:
        yield from ()  # judge_contents has judged it

    def judge_network(self, case: Case, inputs: Inputs, observed: Observed) -> Iterator[Finding]:
        if missing := observed["missing"]:
            buffers_only = all("running" in key for key in missing)
            text = f"Missing in the file, or with other numbers: {', '.join(missing)}."
            yield Finding(text, ("buffers-missing" if buffers_only else "network-missing",))

    def judge_momentum(self, case: Case, inputs: Inputs, observed: Observed) -> Iterator[Finding]:
        if not observed["momentum"]:
            yield Finding("The optimizer's momentum is not in the file.", ("optimizer-missing",))

    def judge_scheduler(self, case: Case, inputs: Inputs, observed: Observed) -> Iterator[Finding]:
        if not observed["scheduler"]:
            yield Finding("The state of the schedule is not in the file, or not all of it.", ("scheduler-missing",))

    def judge_generator(self, case: Case, inputs: Inputs, observed: Observed) -> Iterator[Finding]:
        if not observed["generator"]:
            yield Finding("The generator's state is not in the file.", ("generator-missing",))

    def judge_step(self, case: Case, inputs: Inputs, observed: Observed) -> Iterator[Finding]:
        if not observed["step"]:
            yield Finding(f"The step, {inputs['step']}, is not in the file.", ("step-missing",))

    def judge_changed(self, case: Case, inputs: Inputs, observed: Observed) -> Iterator[Finding]:
        if changed := observed["changed"]:
            yield Finding(f"Saving changed: {', '.join(changed)}.", ("saving-changes",))


class LoadCheckpoint(Checkpoint):
    name, points = "load_checkpoint", 15
    arguments = ("load_checkpoint", "save_checkpoint")
    returns = ("step",)
    cases = (
        Case("the network is as it was", {"probe": "resume"}, parts=("network",), weight=3),
        Case("the momentum is as it was", {"probe": "resume"}, parts=("momentum",)),
        Case("the learning rates go on", {"probe": "resume"}, parts=("rates",)),
        Case("the same batches come", {"probe": "resume"}, parts=("batches",)),
        Case("the step is returned", {"probe": "resume"}, parts=("step",)),
        Case("five steps later: the same network, bit for bit", {"probe": "resume"}, parts=("end",), weight=2),
        Case(
            "the mode is left as it was",
            {"probe": "resume", "training": False},
            parts=("mode",),
            conventions=("memory",),
            weight=0,
        ),
        Case("a file from a GPU, on a machine without one", {"probe": "file_from_gpu"}, conventions=("device",)),
        Case("a run on a GPU: the generator gets its state", {"probe": "run_on_gpu"}, conventions=("device",)),
        Case(
            "a file that would run a stranger's code is refused",
            {"probe": "malicious_file"},
            conventions=("errors",),
            weight=0,
        ),
        Case(
            "a file of another network is refused",
            {"probe": "file_of_other_network"},
            conventions=("errors",),
            weight=0,
        ),
        Case(
            "a file that lacks the running statistics is refused",
            {"probe": "file_without_statistics"},
            conventions=("errors",),
            weight=0,
        ),
        Case("another run", {"probe": "resume"}, hidden=True, parts=("network", "step", "end")),
    )
    mistakes = (
        UNREADABLE,
        Mistake("network-not-loaded", "The network's numbers are not those of the file: `model.load_state_dict(…)`."),
        Mistake("optimizer-not-loaded", "The momentum starts again from 0: `optimizer.load_state_dict(…)`."),
        Mistake(
            "parameters-replaced",
            "The network has new parameters, as after `load_state_dict(…, assign=True)`, and the optimizer would go on "
            "with the old ones: copy the numbers into those that are there, which is the default.",
        ),
        Mistake("scheduler-not-loaded", "The schedule starts from the beginning: `scheduler.load_state_dict(…)`."),
        Mistake(
            "generator-not-loaded", "The batches come in another order than they would have: `generator.set_state(…)`."
        ),
        Mistake("step-not-returned", "Return the number of the step, so that the training loop can go on from it."),
        Mistake(
            "mode-changed",
            "Loading must not change the mode, training or evaluation: leave that to the caller.",
            convention="memory",
        ),
        Mistake(
            "not-mapped",
            "The file says that its tensors were on a GPU, and this machine has none: `torch.load(path, "
            "map_location=…)`.",
            error=lambda inputs, error: CUDA_WORDS in error.message,
            convention="device",
        ),
        Mistake(
            "generator-state-on-the-device",
            "`map_location=device` puts the generator's state on the GPU with everything else, and `set_state` takes "
            "it on the CPU alone: move it back with `.cpu()`. (The check uses a fake GPU.)",
            convention="device",
        ),
        Mistake(
            "weights-only-off",
            "With `weights_only=False`, reading a file runs any code that the file names.",
            convention="errors",
        ),
        Mistake(
            "errors-swallowed",
            "A checkpoint that does not fit must raise an error, not load half of a network.",
            convention="errors",
        ),
        NOT_AT_THE_PATH,
    )

    def must_raise(self, inputs: Inputs) -> bool:
        return inputs["probe"] in ("file_of_other_network", "file_without_statistics")

    def judge_raised(self, inputs: Inputs, response: Response) -> Iterator[Finding]:
        if response.error is None:
            text = "A checkpoint of another network was loaded, and no error was raised."
            yield Finding(text, ("errors-swallowed",))

    def judge_file_from_gpu(self, case: Case, inputs: Inputs, observed: Observed) -> Iterator[Finding]:
        if not observed["same_network"]:
            yield Finding("The network's numbers are not those of the file.", ("network-not-loaded",))

    def judge_run_on_gpu(self, case: Case, inputs: Inputs, observed: Observed) -> Iterator[Finding]:
        if observed["refused"]:
            text = "The generator was handed a state that is on the GPU, which raises a TypeError there."
            yield Finding(text, ("generator-state-on-the-device",))

    def judge_malicious_file(self, case: Case, inputs: Inputs, observed: Observed) -> Iterator[Finding]:
        if observed["ran"]:
            yield Finding(f"Reading the file ran {observed['ran'][0]}.", ("weights-only-off",))
        elif not observed["refused"]:
            yield Finding("The file was not refused, and no error was raised.", ("errors-swallowed",))

    def judge_resume(self, case: Case, inputs: Inputs, observed: Observed) -> Iterator[Finding]:
        """The parts of the resumed run that the case is about."""
        yield from self.judge_aspects(case.parts, case, inputs, observed)

    def judge_network(self, case: Case, inputs: Inputs, observed: Observed) -> Iterator[Finding]:
        if changed := observed["changed_state"]:
            text = f"Different from when the file was saved: {', '.join(changed)}."
            yield Finding(text, ("network-not-loaded",))

    def judge_momentum(self, case: Case, inputs: Inputs, observed: Observed) -> Iterator[Finding]:
        if not observed["same_parameters"]:
            text = "After loading, the optimizer holds other parameters than the network has."
            yield Finding(text, ("parameters-replaced",))
        elif not observed["same_momentum"]:
            text = "The optimizer's momentum is different from when the file was saved."
            yield Finding(text, ("optimizer-not-loaded",))

    def judge_rates(self, case: Case, inputs: Inputs, observed: Observed) -> Iterator[Finding]:
        expected, got = observed["rates"]
        if expected != got:
            listed = ["; ".join(f"{rate:.4g}" for rate in rates) for rates in (expected, got)]
            text = f"The next learning rates would have been {listed[0]}; they are {listed[1]}."
            yield Finding(text, ("scheduler-not-loaded",))

    def judge_batches(self, case: Case, inputs: Inputs, observed: Observed) -> Iterator[Finding]:
        expected, got = observed["batches"]
        if expected != got:
            text = f"The next batch would have been images {expected[0]}; it is {got[0]}."
            yield Finding(text, ("generator-not-loaded",))

    def judge_step(self, case: Case, inputs: Inputs, observed: Observed) -> Iterator[Finding]:
        step = observed["step"]
        if type(step) is not int or step != inputs["step"]:
            got = step if type(step) in (int, float) else kind_of(step)
            yield Finding(f"Saved at step {inputs['step']}; load_checkpoint returned {got}.", ("step-not-returned",))

    def judge_end(self, case: Case, inputs: Inputs, observed: Observed) -> Iterator[Finding]:
        """Whether both runs end in the same network; if not, the first cause that was observed."""
        if observed["same_end"]:
            return
        causes = (
            ("network-not-loaded", bool(observed["changed_state"])),
            ("parameters-replaced", not observed["same_parameters"]),
            ("optimizer-not-loaded", not observed["same_momentum"]),
            ("scheduler-not-loaded", observed["rates"][0] != observed["rates"][1]),
            ("generator-not-loaded", observed["batches"][0] != observed["batches"][1]),
        )
        text = "The resumed run ended with another network than the run that was not interrupted."
        yield Finding(text, tuple(mistake for mistake, happened in causes if happened)[:1])

    def judge_mode(self, case: Case, inputs: Inputs, observed: Observed) -> Iterator[Finding]:
        if observed["training"] != inputs["training"]:
            yield Finding("load_checkpoint changed the network's mode.", ("mode-changed",))
