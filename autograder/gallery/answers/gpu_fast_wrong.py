"""train_fast with one thing wrong."""
# mypy: ignore-errors

from autograder.gallery import answers  # noqa: F401
from autograder.gallery.answers import gpu_fast_right  # noqa: F401  the answers that are altered here
from autograder.gallery.registry import altered


def fast(mistake, *edits, how="", named=True, also=()):
    altered("train_fast", "SGD with Nesterov's momentum, OneCycleLR", mistake, *edits, how=how, named=named, also=also)


ORDER = "order = torch.randperm(len(images), device=device)"
EPOCHS = "    for _ in range(epochs):\n"
BATCH = "        for batch in order.split(batch_size):\n"
LOSS = "loss = F.cross_entropy(forward(images[batch]), labels[batch])"
ZERO = "            optimizer.zero_grad()\n"
BACKWARD = "            loss.backward()\n"
STEP = "            optimizer.step()\n"
SCHEDULE = "            scheduler.step()\n"
TRAIN = "    model.train()\n"
GIVEN_BACK = "    model.train(was_training)\n"
IMAGES = "    images = images.to(device, memory_format=torch.channels_last)\n"
LABELS = "    labels = labels.to(device)\n"
MODEL = "    model.to(device, memory_format=torch.channels_last)\n"
AUTOCAST = '            with torch.autocast(device.type, dtype=torch.bfloat16, enabled=device.type != "cpu"):\n    '
KEEP = "losses.append(loss.detach())"
END = "return torch.stack(losses).tolist()"

fast("not-shuffled", (ORDER, "order = torch.arange(len(images), device=device)"))
fast("shuffled-once", ("        " + ORDER + "\n", ""), (EPOCHS, "    " + ORDER + "\n" + EPOCHS))
fast(
    "shuffled-once",
    (ORDER, "torch.manual_seed(torch.initial_seed())\n        " + ORDER),
    how="seeded again in each epoch",
)
fast(
    "seed-ignored",
    (ORDER, "order = torch.randperm(len(images), generator=torch.Generator().manual_seed(len(losses))).to(device)"),
    how="a seed of its own",
)
fast(
    "seed-ignored",
    (ORDER, "order = torch.from_numpy(np.random.default_rng().permutation(len(images))).to(device)"),
    how="no seed at all",
)
fast(
    "drawn-with-replacement",
    (
        BATCH,
        "        for some in order.split(batch_size):\n            batch = torch.randint(0, len(images), "
        "(len(some),), device=device)\n",
    ),
)
fast("labels-apart", ("labels[batch])", "labels[: len(batch)])"))
fast(
    "labels-apart",
    (LOSS, "loss = F.cross_entropy(forward(images[batch]), labels[batch.sort().values])"),
    how="labels in order",
)
fast(
    "last-batch-filled",
    (
        BATCH,
        "        for start in range(0, len(order), batch_size):\n            batch = "
        "order[torch.arange(start, start + batch_size, device=device) % len(order)]\n",
    ),
)
fast(
    "last-batch-dropped",
    ("order.split(batch_size)", "order.split(batch_size)[:-1]"),
    also=("schedule-ends-high",),
)
fast(
    "last-batch-dropped",
    (ORDER, ORDER + "[: len(images) - batch_size]"),
    how="one batch too few",
    also=("schedule-ends-high",),
)
fast("batch-size-ignored", ("order.split(batch_size)", "order.split(8)"))
fast("epochs-ignored", (EPOCHS, "    for _ in range(1):\n"), ("steps = epochs *", "steps ="))
fast(
    "batches-stay-together",
    (ORDER, "order = torch.arange(len(images), device=device)"),
    (
        BATCH,
        "        parts = order.split(batch_size)\n        for k in torch.randperm(len(parts)).tolist():\n    "
        "        batch = parts[k]\n",
    ),
    also=("shuffled-once",),
)
fast(
    "other-images",
    (IMAGES, "    images = ((images - 0.13) / 0.31).to(device, memory_format=torch.channels_last)\n"),
    how="normalised",
)
fast(
    "other-images",
    (IMAGES, "    images = images.flip(3).to(device, memory_format=torch.channels_last)\n"),
    how="mirrored",
)
fast("gradients-kept", (ZERO, ""))
fast("gradients-kept", (ZERO, "            optimizer.zero_grad\n"), how="zero_grad without calling it")
fast("gradients-kept", (ZERO, ""), (BATCH, "        optimizer.zero_grad()\n" + BATCH), how="zeroed once an epoch")
fast("zeroed-before-the-step", (ZERO, ""), (STEP, ZERO + STEP))
fast("nothing-learned", (TRAIN, "    model = torch.optim.swa_utils.AveragedModel(model).module\n" + TRAIN))
fast("nothing-learned", (STEP, ""), how="no step")
fast(
    "nothing-learned",
    (
        LOSS,
        "loss = F.cross_entropy(forward(images[batch]), labels[batch])\n            loss = "
        "loss.detach().requires_grad_()",
    ),
    how="detached",
)
fast(
    "no-schedule",
    (SCHEDULE, ""),
    ("torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=lr, total_steps=steps, cycle_momentum=False)", "None"),
)
fast("schedule-not-stepped", (SCHEDULE, ""))
fast(
    "schedule-by-epoch",
    (SCHEDULE, ""),
    ("    model.train(was", "    model.train(was"),
    (
        "            losses.append(loss.detach())\n",
        "            losses.append(loss.detach())\n        scheduler.step()\n",
    ),
)
fast("schedule-ends-high", ("total_steps=steps", "total_steps=3 * steps"))
fast("lr-ignored", ("max_lr=lr", "max_lr=0.2"))
fast("lr-ignored", ("max_lr=lr", "max_lr=10 * lr"), how="ten times as high")
fast("history-by-epoch", ("            " + KEEP, "        " + KEEP))
fast("history-of-tensors", (END, "return losses"))
fast("history-of-tensors", (END, "return torch.stack(losses)"), how="one tensor")
fast(
    "loss-summed", ("labels[batch])", 'labels[batch], reduction="sum")'), ("lr=lr, momentum=0.9", "lr=lr, momentum=0.9")
)
fast("returns-nothing", (END, "torch.stack(losses).tolist()"))
fast("mode-not-set", (TRAIN, ""), (GIVEN_BACK, ""))
fast("mode-not-set", (TRAIN, "    model.eval()\n"), how="evaluation mode")
fast(
    "left-from-another-call",
    ("    optimizer = torch", "    model.optimizer = optimizer = getattr(model, 'optimizer', None) or torch"),
)
fast("mode-not-given-back", (GIVEN_BACK, ""))
fast("mode-not-given-back", (GIVEN_BACK, "    model.eval()\n"), how="always evaluation")
fast(
    "errors-swallowed",
    (EPOCHS, "    try:\n     for _ in range(epochs):\n"),
    (GIVEN_BACK, "    except Exception as error:\n        print(error)\n" + GIVEN_BACK),
    how="around the loop",
)
fast("cuda-hard-coded", (IMAGES, "    images = images.cuda()\n"), (LABELS, "    labels = labels.cuda()\n"))
fast("cuda-hard-coded", (MODEL, '    model.to("cuda", memory_format=torch.channels_last)\n'), how="the network")
fast("left-on-the-cpu", (LABELS, ""))
fast("left-on-the-cpu", (MODEL, "    model.to(memory_format=torch.channels_last)\n"), how="the network")
fast(
    "left-on-the-cpu",
    (IMAGES, "    images.to(device, memory_format=torch.channels_last)\n"),
    how="to without its result",
)
fast(
    "copied-in-every-step",
    (IMAGES, ""),
    (ORDER, "order = torch.randperm(len(images))"),
    (LABELS, ""),
    (LOSS, "loss = F.cross_entropy(forward(images[batch].to(device)), labels[batch].to(device))"),
)
fast("read-in-every-step", (KEEP, "losses.append(loss.item())"), (END, "return losses"))
fast(
    "read-in-every-step",
    (KEEP, KEEP + '\n            if not torch.isfinite(loss):\n                raise ValueError("diverged")'),
    how="an if",
)
fast("read-in-every-step", (KEEP, KEEP + '\n            text = f"loss {float(loss):.3f}"'), how="shown as it comes")
fast("not-channels-last", ("memory_format=torch.channels_last", "non_blocking=True"))
fast("no-autocast", ('enabled=device.type != "cpu"', "enabled=False"))
fast("no-autocast", ("device.type, dtype=torch.bfloat16", '"cpu", dtype=torch.bfloat16'), how="the CPU's")
fast("no-autocast", (LOSS, "pass"), (ZERO, "            " + LOSS + "\n" + ZERO), how="around nothing")
fast("network-cast", (TRAIN, "    model.to(torch.bfloat16)\n    images = images.to(torch.bfloat16)\n" + TRAIN))
fast("compiled-ignored", ("torch.compile(model) if compiled else model", "model"))
fast("always-compiled", ("torch.compile(model) if compiled else model", "torch.compile(model)"), named=False)
fast(
    "gradient-of-two-batches-ago",
    (BACKWARD, "            (loss + (losses[-1] if losses else 0)).backward()\n"),
    (KEEP, "losses.append(loss)"),
    (END, "return torch.stack(losses).tolist()"),
    named=False,
)
fast(
    "own-steps",
    (
        STEP,
        "            with torch.no_grad():\n                for p in model.parameters():\n                   "
        " p -= scheduler.get_last_lr()[0] * p.grad\n",
    ),
    named=False,
)
fast("images-scaled-in-place", (IMAGES, "    images.mul_(0.5)\n" + IMAGES), also=("other-images",))
fast("backward-twice", (BACKWARD, "            loss.backward(retain_graph=True)\n" + BACKWARD))
fast("partly-trained", (TRAIN, TRAIN + "    model.conv1.requires_grad_(False)\n"))
fast("partly-trained", ("SGD(model.parameters()", "SGD(model.fc.parameters()"), how="the last layer alone")

fast("momentum-lost", (EPOCHS, EPOCHS + "        optimizer.state.clear()\n"))
fast("indices-on-the-cpu", (ORDER, "order = torch.randperm(len(images))"))
fast(
    "indices-on-the-cpu",
    (ORDER, "order = torch.randperm(len(images))"),
    (BATCH, BATCH + "            batch = batch.to(device)\n"),
    how="moved batch by batch",
)
fast("backward-under-autocast", (ZERO + BACKWARD, "    " + ZERO + "    " + BACKWARD))
fast("step-taken-twice", (STEP, STEP + STEP))
