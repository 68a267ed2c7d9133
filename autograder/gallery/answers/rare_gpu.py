"""Wrong answers to 09_gpu that only some machines, files or errors reveal."""
# mypy: ignore-errors

from autograder.gallery.answers import gpu_checkpoints, gpu_devices, gpu_fast_right, gpu_timing  # noqa: F401  altered here
from autograder.gallery.registry import altered

EVENTS, BY_HAND, BY_IFS = (
    "events on cuda, a clock elsewhere, torch.median",
    "the device's module, sorted by hand",
    "if after if, early returns",
)
altered("time_it", EVENTS, "events that keep no time", ("(enable_timing=True)", "()"), named=False)
altered(
    "time_it",
    EVENTS,
    "read before the work is done",
    ("            torch.cuda.synchronize()\n            seconds", "            seconds"),
    named=False,
)
altered(
    "time_it",
    EVENTS,
    "queue-not-empty",
    ('        if device.type == "mps":\n            torch.mps.synchronize()\n        for', "        for"),
    how="on a Mac alone",
    named=False,
)
MIDDLE = "times[middle] if len(times) % 2 else (times[middle - 1] + times[middle]) / 2"
altered(
    "time_it",
    BY_HAND,
    "half-way between two, always",
    (MIDDLE, "(times[middle - 1] + times[middle]) / 2"),
    named=False,
)
altered(
    "time_it",
    BY_HAND,
    "errors-swallowed",
    (
        "        fn()\n        module.synchronize()\n        times",
        "        try:\n            fn()\n        except Exception:\n            pass\n"
        "        module.synchronize()\n        times",
    ),
    how="after the warm-up",
)
altered("pick_device", BY_IFS, "cpu refused", ('preferred == "cuda" and not cuda', "not cuda"), named=False)
altered("pick_device", BY_IFS, "mps refused", ('preferred == "mps" and not mps', 'preferred == "mps"'), named=False)
altered("pick_device", BY_IFS, "unclear-error", ('("mps", mps), ("cpu"', '("cpu"'), how="no word of mps")
altered("pick_device", BY_IFS, "unclear-error", ('(("cuda", cuda), ', "("), how="no word of cuda")
altered(
    "load_checkpoint",
    "state_dicts by name",
    "errors-swallowed",
    ('kept["model"]', 'kept["model"], strict=False'),
    how="what is missing stays as it was",
)
for how, order in (
    ("NumPy's generator", "torch.from_numpy(np.random.permutation(len(images))).to(device)"),
    (
        "a seed from NumPy",
        "torch.randperm(len(images), generator=torch.Generator().manual_seed(int(np.random.randint(1 << 30))))",
    ),
):
    altered(
        "train_fast",
        "SGD with Nesterov's momentum, OneCycleLR",
        "seed-ignored",
        ("torch.randperm(len(images), device=device)", order),
        how=how,
    )
altered(
    "train_fast",
    "SGD with Nesterov's momentum, OneCycleLR",
    "mode-not-set",
    ("    model.train(was_training)\n    return", "    return"),
    (
        "            losses.append(loss.detach())\n",
        "            losses.append(loss.detach())\n        model.train(was_training)\n",
    ),
    how="from the second epoch on",
)
altered(
    "train_fast",
    "SGD with Nesterov's momentum, OneCycleLR",
    "mode-not-set",
    (
        "            losses.append(loss.detach())\n",
        "            losses.append(loss.detach())\n"
        "        model.train(len(losses) < len(images) // batch_size * (epochs - 1))\n",
    ),
    how="in the last epoch, to freeze batchnorm",
)
