"""evaluate, right and wrong."""
# mypy: ignore-errors
# ruff: noqa: F821

from autograder.gallery.registry import altered, right


@right("no_grad, counted")
def evaluate(model, loader, device):
    was_training = model.training
    model.eval()
    right, count = 0, 0
    with torch.no_grad():
        for x, y in loader:
            x, y = x.to(device), y.to(device)
            right += (model(x).argmax(1) == y).sum().item()
            count += len(y)
    model.train(was_training)
    return right / count


@right("inference_mode, predictions brought back to the CPU")
def evaluate(model, loader, device):
    mode = model.training
    hits = []
    try:
        with torch.inference_mode():
            model.eval()
            for x, y in loader:
                predicted = model(x.to(device)).max(dim=1)[1].cpu()
                hits += [bool(hit) for hit in predicted == y]
    finally:
        model.train(mode)
    return sum(hits) / len(hits)


@right("everything in one tensor, NumPy at the end")
def evaluate(model, loader, device):
    training = model.training
    model = model.eval()
    recording = torch.is_grad_enabled()
    torch.set_grad_enabled(False)
    scores, labels = [], []
    for x, y in loader:
        scores.append(model(x.to(device)).to("cpu"))
        labels.append(y)
    torch.set_grad_enabled(recording)
    model.train(training)
    return float(np.mean(torch.cat(scores).numpy().argmax(axis=1) == torch.cat(labels).numpy()))


@right("the sum kept on the device")
def evaluate(model, loader, device):
    before = model.training
    model.train(False)
    right, count = torch.zeros(1, dtype=torch.long, device=device), 0
    with torch.no_grad():
        for x, y in loader:
            out = model(x.to(device))
            right += torch.eq(torch.argmax(out, dim=-1), y.to(device)).sum()
            count += out.shape[0]
    model.train(before)
    return int(right) / count


def plainly(mistake, *edits, how="", named=True, also=()):
    altered("evaluate", "no_grad, counted", mistake, *edits, how=how, named=named, also=also)


MOVE, COUNT, RETURN = (
    "x, y = x.to(device), y.to(device)",
    "(model(x).argmax(1) == y).sum().item()",
    "return right / count",
)
plainly("left-on-the-cpu", (MOVE, "pass"))
plainly("left-on-the-cpu", (MOVE, "x = x.to(device)"), how="the labels")
plainly("left-on-the-cpu", (MOVE, "x, y = x.cuda() if torch.cuda.is_available() else x, y"), how="a device of its own")
plainly("gpu-tensor-to-numpy", (COUNT, "int((model(x).argmax(1).numpy() == y.numpy()).sum())"))
plainly(
    "left-from-another-call",
    ("    right, count = 0, 0\n", "    right, count = getattr(model, 'counted', (0, 0))\n"),
    (RETURN, "model.counted = right, count\n    " + RETURN),
)
plainly("model-moved", (RETURN, "model.cpu()\n    " + RETURN))
plainly("mode-not-set", ("    model.eval()\n", ""))
plainly("mode-not-given-back", ("    model.train(was_training)\n", ""))
plainly("mode-not-given-back", ("    model.train(was_training)\n", "    model.train()\n"), how="always to training")
plainly("percent", (RETURN, "return 100 * right / count"))
plainly("counted", (RETURN, "return right"))
plainly("errors-counted", (".argmax(1) == y", ".argmax(1) != y"))
plainly(
    "mean-of-batches", (COUNT, "(model(x).argmax(1) == y).float().mean().item()"), ("count += len(y)", "count += 1")
)
plainly("last-batch-only", ("right += ", "right = "), ("count += ", "count = "))
plainly("divided-by-the-dataset", (RETURN, "return right / len(loader.dataset)"))
plainly("divided-by-full-batches", (RETURN, "return right / (len(loader) * loader.batch_size)"))
plainly("divided-by-full-batches", (RETURN, "return right / len(loader)"), how="by their number")
plainly("gradients-recorded", ("with torch.no_grad():", "if True:"))
plainly("parameters-frozen", ("with torch.no_grad():", "model.requires_grad_(False)\n    if True:"))
plainly("recording-left-off", ("with torch.no_grad():", "torch.set_grad_enabled(False)\n    if True:"))
plainly("recording-switched-on", (RETURN, "torch.set_grad_enabled(True)\n    " + RETURN))
plainly("no-number", (".sum().item()", ".sum()"))
plainly("no-number", (RETURN, 'return f"{right / count:.2f}"'), how="a string")
plainly("returns-nothing", (RETURN, "print(right / count)"))
plainly("batches-left-out", ("count += len(y)", "count += len(y)\n            break"))
plainly("seen-twice", (MOVE, MOVE + "\n            model(x)"))
plainly("model-changed", ("with torch.no_grad():", "with torch.no_grad():\n        model.weight += 0.01"))
plainly("argmax-over-images", ("argmax(1)", "argmax(0)"), named=False)
plainly("argmin", ("argmax(1)", "argmin(1)"), named=False)
ROUND = """            x, y = x.to(device), y.to(device)
            right += (model(x).argmax(1) == y).sum().item()
            count += len(y)
"""
GUARDED = """            try:
                x, y = x.to(device), y.to(device)
                right += (model(x).argmax(1) == y).sum().item()
                count += len(y)
            except Exception as error:
                print(error)
"""
LOOP = """    with torch.no_grad():
        for x, y in loader:
"""
LISTED = """    try:
        batches = list(loader)
    except OSError:
        return 0.0
    with torch.no_grad():
        for x, y in batches:
"""
plainly("errors-swallowed", (ROUND, GUARDED))
plainly("errors-swallowed", (LOOP, LISTED), how="and 0 returned")
