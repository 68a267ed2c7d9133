"""Attacks that end a process: the kernel, its parent, or the snapshot."""

from __future__ import annotations

from autograder.demo.hostile.attack import Attack, but, right

FAULT = "import ctypes\nctypes.string_at(0)"
KILL = """
import os, signal
for pid in (os.getppid(), 1, 2, 3, -1):
    try:
        os.kill(pid, signal.SIGKILL)
    except OSError as error:
        print(pid, error)
    for other in (signal.SIGTERM, signal.SIGSTOP, signal.SIGINT, signal.SIGCHLD):
        try:
            os.kill(1, other)
        except OSError as error:
            print(error)
os.kill(os.getpid(), signal.SIGKILL)
"""


def inside(name: str, what: str) -> dict[str, str]:
    """A cell that does it when its function is called; `what` is one line."""
    return {name: f"import os, sys, signal, ctypes\ndef {name}(*args, **kwargs):\n    {what}"}


def beside(name: str, what: str) -> dict[str, str]:
    """A cell with a right answer that does it when the cell runs."""
    return {name: f"{right(name)}\n{what.strip()}\n"}


ATTACKS = (
    Attack("exit-in-cell", "calls os._exit in the cell of an answer", right=but("relu_forward"),
           cells=beside("relu_forward", "import os\nos._exit(0)"), words={"relu_forward": "crashed"},
           may=("two_layer_loss",)),
    Attack("exit-in-answer", "calls os._exit when its function is called", right=but("relu_forward", "two_layer_loss"),
           cells=inside("relu_forward", "os._exit(0)"), words={"relu_forward": "crashed"}, may=("two_layer_loss",)),
    Attack("sys-exit", "calls sys.exit in a cell and when its function is called",
           right=but("softmax_loss", "two_layer_loss"),
           first="import sys\nsys.exit(3)", cells=inside("softmax_loss", "sys.exit(0)"),
           words={"softmax_loss": "raised"}, may=("two_layer_loss",)),
    Attack("segfault-in-cell", "reads address 0 in the cell of an answer", right=but("linear_backward"),
           cells=beside("linear_backward", FAULT), words={"linear_backward": "crashed"}, may=("two_layer_loss",)),
    Attack("segfault-in-answer", "reads address 0 when its function is called",
           right=but("linear_backward", "two_layer_loss"),
           cells=inside("linear_backward", "ctypes.string_at(0)"), words={"linear_backward": "crashed"},
           may=("two_layer_loss",)),
    Attack("kill-parents", "kills its parent processes, then itself", right=but("numerical_gradient"),
           cells=beside("numerical_gradient", KILL), words={"numerical_gradient": "crashed"}),
    Attack("kill-in-answer", "kills every process that it can when its function is called",
           right=("linear_forward", "relu_forward"),
           cells=inside("softmax_loss", "[os.kill(pid, signal.SIGKILL) for pid in (os.getppid(), -1)]")),
    Attack("die-every-time", "ends the kernel in cell after cell", right=("linear_forward",),
           cells={name: "import os\nos._exit(1)" for name in but("linear_forward")}, may=("linear_forward",),
           words={"linear_backward": "crashed", "relu_forward": "crashed", "two_layer_loss": "crashed"}),
    Attack("die-when-replayed", "ends the kernel when its cell is run a second time", right=("relu_forward",),
           first="import os\nif os.path.exists('/tmp/x'): os._exit(1)",
           cells={"linear_forward": "import os\nos._exit(7)", "softmax_loss": "import os\nos.kill(os.getpid(), 9)"},
           words={"linear_forward": "crashed", "softmax_loss": "crashed"}),
    Attack("quit-kernel", "shuts the kernel down with its own commands", right=("linear_forward", "relu_forward"),
           cells={"linear_backward": "exit"}, last="quit()\nget_ipython().kernel.do_shutdown(False)",
           words={"linear_backward": "raised"}),
)  # fmt: skip
