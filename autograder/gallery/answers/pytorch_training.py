"""train_one_epoch, right and wrong."""
# mypy: ignore-errors
# ruff: noqa: F821

from autograder.gallery.registry import altered, right


@right("the usual five lines")
def train_one_epoch(model, loader, optimizer, device):
    was_training = model.training
    model.train()
    total, count = 0.0, 0
    for x, y in loader:
        x, y = x.to(device), y.to(device)
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
        total += loss.item() * len(y)
        count += len(y)
    model.train(was_training)
    return total / count


@right("an nn.CrossEntropyLoss, the sum kept on the device, try and finally")
def train_one_epoch(model, loader, optimizer, device):
    criterion = nn.CrossEntropyLoss()
    mode = model.training
    seen, summed = 0, torch.zeros((), device=device)
    try:
        model.train(True)
        for images, labels in loader:
            images = images.to(device, non_blocking=True)
            labels = labels.to(device, non_blocking=True)
            loss = criterion(model(images), labels)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            summed += loss.detach() * images.size(0)
            seen += images.size(0)
    finally:
        model.train(mode)
    return summed.item() / seen


@right("zeroed after the step, log-softmax and nll, NumPy's average")
def train_one_epoch(model, loader, optimizer, device):
    before = model.training
    model.to(device).train()
    losses, weights = [], []
    for batch in loader:
        x, y = (part.to(device=device) for part in batch)
        log_p = torch.log_softmax(model(x), dim=1)
        loss = F.nll_loss(log_p, y)
        loss.backward()
        optimizer.step()
        model.zero_grad()
        losses.append(float(loss))
        weights.append(y.shape[0])
    if not before:
        model.eval()
    return float(np.average(losses, weights=weights))


@right("a closure")
def train_one_epoch(model, loader, optimizer, device):
    mode, sums = model.training, []
    model.train()
    for x, y in loader:
        x, y = x.to(device), y.to(device)

        def closure(x=x, y=y):
            optimizer.zero_grad()
            summed = F.cross_entropy(model(x), y, reduction="sum")
            (summed / x.shape[0]).backward()
            sums.append((summed.item(), x.shape[0]))
            return summed

        optimizer.step(closure)
    model.train(mode)
    losses, sizes = zip(*sums, strict=True)
    return sum(losses) / sum(sizes)


def plainly(mistake, *edits, how="", named=True, also=()):
    altered("train_one_epoch", "the usual five lines", mistake, *edits, how=how, named=named, also=also)


MOVE, ZERO, STEP = "x, y = x.to(device), y.to(device)", "        optimizer.zero_grad()\n", "        optimizer.step()\n"
RETURN = "return total / count"
plainly("left-on-the-cpu", (MOVE, "pass"))
plainly("left-on-the-cpu", (MOVE, "x = x.to(device)"), how="the labels")
plainly("left-on-the-cpu", (MOVE, "x.to(device), y.to(device)"), how="moved and not kept")
plainly("left-on-the-cpu", (MOVE, 'x, y = x.to("cpu"), y.to("cpu")'), how="a device of its own")
plainly("gpu-tensor-to-numpy", ("total += loss.item() * len(y)", "total += float(loss.detach().numpy()) * len(y)"))
plainly(
    "left-from-another-call",
    ("    total, count = 0.0, 0\n", "    total, count = getattr(optimizer, 'summed', (0.0, 0))\n"),
    ("    return total / count", "    optimizer.summed = total, count\n    return total / count"),
)
plainly("mode-not-set", ("    model.train()\n", ""))
plainly("mode-not-set", ("    model.train()\n", "    model.eval()\n"), how="eval mode")
plainly("mode-not-given-back", ("    model.train(was_training)\n", ""))
plainly("mode-not-given-back", ("    model.train(was_training)\n", "    model.eval()\n"), how="always to eval")
plainly("gradients-not-zeroed", (ZERO, ""))
plainly(
    "gradients-not-zeroed",
    (ZERO, ""),
    ("    total, count", "    optimizer.zero_grad()\n    total, count"),
    how="once an epoch",
)
plainly("gradients-zeroed-too-late", (ZERO, ""), ("loss.backward()", "loss.backward()\n        optimizer.zero_grad()"))
plainly("gradients-zeroed-too-late", (STEP, ""), how="no step")
plainly("one-step-an-epoch", (STEP, ""), ("    model.train(was", "    optimizer.step()\n    model.train(was"))
plainly(
    "one-step-an-epoch",
    (STEP, ""),
    (ZERO, ""),
    ("    model.train(was", "    optimizer.step()\n    model.train(was"),
    how="of all gradients",
)
plainly("loss-summed", ("cross_entropy(model(x), y)", 'cross_entropy(model(x), y, reduction="sum")'), ("* len(y)", ""))
plainly("softmax-before-the-loss", ("model(x), y", "model(x).softmax(1), y"))
plainly(
    "optimizer-ignored",
    ("    total, count", "    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)\n    total, count"),
)
plainly(
    "optimizer-ignored",
    ("    total, count", "    optimizer = torch.optim.Adam(model.parameters())\n    total, count"),
    how="Adam",
)
plainly("mean-of-batches", (" * len(y)", ""), ("count += len(y)", "count += 1"))
plainly("last-batch-only", (RETURN, "return loss.item()"))
plainly("losses-added", (RETURN, "return total"))
plainly("losses-added", (" * len(y)", ""), (RETURN, "return total"), how="unweighted")
plainly("means-over-samples", (" * len(y)", ""))
plainly("divided-by-the-dataset", (RETURN, "return total / len(loader.dataset)"))
plainly("no-number", ("loss.item()", "loss.detach()"))
plainly("no-number", (RETURN, "return str(total / count)"), how="a string")
plainly("returns-nothing", (RETURN, "print(total / count)"))
plainly("batches-left-out", (MOVE, MOVE + "\n        if len(y) < 3:\n            break"))
plainly("seen-twice", ("total += loss.item()", "loss = F.cross_entropy(model(x), y)\n        total += loss.item()"))


def guarded(error, how):
    """The whole round in a try."""
    body = (
        "        try:\n            x, y = x.to(device), y.to(device)\n            optimizer.zero_grad()\n"
        "            loss = F.cross_entropy(model(x), y)\n            loss.backward()\n            optimizer.step()\n"
        f"        except {error}:\n            continue\n"
    )
    old = (
        "        x, y = x.to(device), y.to(device)\n        optimizer.zero_grad()\n"
        "        loss = F.cross_entropy(model(x), y)\n        loss.backward()\n        optimizer.step()\n"
    )
    plainly("errors-swallowed", (old, body), how=how)


guarded("Exception", "each batch in a try")
guarded("RuntimeError", "of one kind")
LOOP = """    for x, y in loader:
"""
DRAWN = """    batches = iter(loader)
    while True:
        try:
            x, y = next(batches)
        except Exception:
            break
"""
plainly("errors-swallowed", (LOOP, DRAWN), how="of the loader")
plainly("uphill", ("loss.backward()", "(-loss).backward()"), named=False)
plainly("labels-shifted", ("model(x), y", "model(x), y.roll(1)"), named=False)
plainly("gradients-clipped", (STEP, "        nn.utils.clip_grad_norm_(model.parameters(), 0.5)\n" + STEP), named=False)
plainly("model-moved", (RETURN, "model.cpu()\n    " + RETURN))
plainly("last-batch-counted-twice", (RETURN, "total += loss.item() * len(y)\n    count += len(y)\n    " + RETURN))
