"""pick_device, right in several ways and wrong in those that are known."""
# mypy: ignore-errors
# ruff: noqa: F821

from autograder.gallery.registry import altered, right, wrong


@right("a list of those that are there")
def pick_device(preferred=None):
    there = ["cpu"]
    if torch.backends.mps.is_available():
        there.insert(0, "mps")
    if torch.cuda.is_available():
        there.insert(0, "cuda")
    if preferred is None:
        return torch.device(there[0])
    if preferred not in there:
        raise RuntimeError(f"there is no {preferred} on this machine; there is {', '.join(there)}.")
    return torch.device(preferred)


@right("if after if, early returns")
def pick_device(preferred=None):
    cuda, mps = torch.cuda.is_available(), torch.backends.mps.is_available()
    if preferred in ("cuda", "mps", "cpu"):
        if (preferred == "cuda" and not cuda) or (preferred == "mps" and not mps):
            others = [name for name, here in (("cuda", cuda), ("mps", mps), ("cpu", True)) if here]
            raise RuntimeError(f"no device {preferred!r} here, only {others}")
        return torch.device(preferred)
    if preferred is not None:
        raise RuntimeError(f"unknown device: {preferred}")
    if cuda:
        return torch.device("cuda")
    return torch.device("mps") if mps else torch.device("cpu")


@right("torch.accelerator")
def pick_device(preferred=None):
    if preferred is None:
        return torch.accelerator.current_accelerator(check_available=True) or torch.device("cpu")
    device = torch.device(preferred)
    here = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if not here.get(device.type, False):
        usable = " and ".join(name for name in here if here[name])
        raise RuntimeError(f"{device.type} is not available on this machine: use {usable}")
    return device


@right("the device with its number, count of devices")
def pick_device(preferred=None):
    names = (["cuda"] if torch.cuda.device_count() > 0 else []) + (["mps"] if torch.backends.mps.is_available() else [])
    names.append("cpu")
    try:
        name = names[0] if preferred is None else names[names.index(preferred)]
    except ValueError:
        raise RuntimeError(f"{preferred}? This machine has {names}.") from None
    return torch.device("cuda:0") if name == "cuda" else torch.device(name)


def listed(mistake, *edits, how="", named=True, also=()):
    altered("pick_device", "a list of those that are there", mistake, *edits, how=how, named=named, also=also)


CUDA, MPS = "torch.cuda.is_available()", "torch.backends.mps.is_available()"
CHECK = "    if preferred not in there:\n        raise RuntimeError("
REFUSE = """        raise RuntimeError(f"there is no {preferred} on this machine; there is {', '.join(there)}.")"""

listed("is-available-not-called", (CUDA, "torch.cuda.is_available"))
listed(
    "is-available-not-called", (CUDA, "torch.cuda.is_available"), (MPS, "torch.backends.mps.is_available"), how="both"
)
listed("is-available-not-called", (CUDA, "torch.cuda"), how="the module itself")
listed("falls-back-silently", (REFUSE, "        return torch.device(there[0])"))
listed("falls-back-silently", (REFUSE, '        print("not there")\n        preferred = "cpu"'), how="with a print")
listed(
    "preferred-ignored",
    ("    if preferred is None:\n        return torch.device(there[0])\n", ""),
    ("return torch.device(preferred)", "return torch.device(there[0])"),
)
listed("not-checked", (REFUSE, "        pass"))
listed("mps-forgotten", (MPS, "False"))
listed(
    "order",
    ('there.insert(0, "mps")', "pass"),
    (
        'there.insert(0, "cuda")',
        'there.insert(0, "cuda")\n    if torch.backends.mps.is_available():\n        there.insert(0, "mps")',
    ),
)
listed("gpu-overlooked", ("return torch.device(there[0])", 'return torch.device("cpu")'))
listed(
    "string-returned",
    ("return torch.device(there[0])", "return there[0]"),
    ("return torch.device(preferred)", "return preferred"),
)
listed("string-returned", ("return torch.device(preferred)", "return preferred"), how="where one was preferred")
listed("unclear-error", (REFUSE, '        raise RuntimeError("error")'))
listed(
    "unclear-error", (REFUSE, '        raise RuntimeError(f"{preferred} not found")'), how="does not say what there is"
)
listed("another-error", (REFUSE, "        assert False, f'no {preferred}, only {there}'"), how="an assert")
listed("another-error", (REFUSE, "        raise KeyError(f'no {preferred}, only {there}')"))
listed(
    "returns-nothing",
    ("return torch.device(preferred)", "torch.device(preferred)"),
    ("return torch.device(there[0])", "torch.device(there[0])"),
)

listed(
    "another-gpu",
    ("return torch.device(there[0])", 'return torch.device("cuda:1" if there[0] == "cuda" else there[0])'),
)


@wrong("falls-back-silently", "an error swallowed")
def pick_device(preferred=None):
    try:
        if preferred == "cuda" and not torch.cuda.is_available():
            raise RuntimeError("no cuda")
        if preferred == "mps" and not torch.backends.mps.is_available():
            raise RuntimeError("no mps")
        if preferred is not None:
            return torch.device(preferred)
    except Exception:
        pass
    if torch.cuda.is_available():
        return torch.device("cuda")
    return torch.device("mps" if torch.backends.mps.is_available() else "cpu")
