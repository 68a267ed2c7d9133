"""train, right in several ways, and with one thing wrong."""
# mypy: ignore-errors
# ruff: noqa: F821

import numpy as np

from autograder.gallery.registry import altered, right


@right("a permutation for each epoch")
def train(model, images, labels, epochs, batch_size, lr, rng):
    velocity = {name: np.zeros_like(value) for name, value in model.params.items()}
    history = []
    for _ in range(epochs):
        order = rng.permutation(len(images))
        for start in range(0, len(images), batch_size):
            batch = order[start : start + batch_size]
            loss, grads = model.loss(images[batch], labels[batch])
            sgd_momentum_step(model.params, grads, velocity, lr)
            history.append(float(loss))
    return history


@right("places shuffled in place, np.array_split, a history in an array")
def train(model, images, labels, epochs, batch_size, lr, rng):
    places = np.arange(len(labels))
    velocity = {}
    for key in model.params:
        velocity[key] = 0 * model.params[key]
    losses = []
    for _ in range(epochs):
        rng.shuffle(places)
        for part in np.split(places, range(batch_size, len(places), batch_size)):
            x, y = images[part].copy(), labels[part].copy()
            value, slopes = model.loss(x, y)
            losses.append(value)
            sgd_momentum_step(model.params, slopes, velocity, lr, momentum=0.9)
    return np.array(losses, dtype=float)


@right("drawn without replacement, the step written out, accuracy watched")
def train(model, images, labels, epochs, batch_size, lr, rng):
    v = {k: np.zeros(p.shape, p.dtype) for k, p in model.params.items()}
    history, seen = [], []
    N = images.shape[0]
    for epoch in range(epochs):
        rest = rng.choice(N, N, replace=False).tolist()
        while rest:
            batch, rest = rest[:batch_size], rest[batch_size:]
            loss, g = model.loss(np.stack([images[i] for i in batch]), np.array([labels[i] for i in batch]))
            history.append(loss)
            for k in model.params:
                v[k] = 0.9 * v[k] + g[k]
                model.params[k] -= lr * v[k]
        seen.append(np.mean(model.scores(images[:20]).argmax(1) == labels[:20]))
        print(epoch, history[-1], seen[-1])
    return history


def plainly(mistake, *edits, how="", named=True, also=()):
    altered("train", "a permutation for each epoch", mistake, *edits, how=how, named=named, also=also)


ORDER = "order = rng.permutation(len(images))"
STEP = "sgd_momentum_step(model.params, grads, velocity, lr)"
VELOCITY = "velocity = {name: np.zeros_like(value) for name, value in model.params.items()}"
BATCH = "batch = order[start : start + batch_size]"
EPOCHS = "    for _ in range(epochs):\n"
APPEND = "history.append(float(loss))"
GIVEN = "    velocity ="

plainly("not-shuffled", (ORDER, "order = np.arange(len(images))"))
plainly("shuffled-once", ("        " + ORDER + "\n", ""), (EPOCHS, "    " + ORDER + "\n" + EPOCHS))
plainly(
    "not-shuffled",
    (ORDER, "order = np.roll(np.arange(len(images)), rng.integers(len(images)))"),
    how="begun at another place",
)
plainly(
    "shuffled-once",
    (ORDER, "order = np.random.default_rng(0).permutation(len(images))"),
    how="a generator of its own, made in each epoch",
)
plainly("rng-ignored", (ORDER, "order = np.random.permutation(len(images))"), how="NumPy's global generator")
plainly(
    "rng-ignored",
    (EPOCHS, "    rng = np.random.default_rng(42)\n" + EPOCHS),
    how="a seed of its own",
)
plainly("drawn-with-replacement", (BATCH, "batch = rng.integers(0, len(images), min(batch_size, len(images) - start))"))
plainly("labels-apart", ("labels[batch])", "labels[start : start + batch_size])"))
plainly(
    "labels-apart",
    (ORDER, "images, labels = rng.permutation(images), rng.permutation(labels)"),
    ("images[batch], labels[batch]", "images[start : start + batch_size], labels[start : start + batch_size]"),
    (BATCH, "pass"),
    how="each shuffled by itself",
)
plainly(
    "input-modified",
    (
        ORDER,
        "state = rng.bit_generator.state\n        rng.shuffle(images)\n"
        "        rng.bit_generator.state = state\n        rng.shuffle(labels)",
    ),
    ("images[batch], labels[batch]", "images[start : start + batch_size], labels[start : start + batch_size]"),
    (BATCH, "pass"),
)
plainly(
    "last-batch-dropped", ("range(0, len(images), batch_size)", "range(0, len(images) - batch_size + 1, batch_size)")
)
plainly("last-batch-filled", (BATCH, "batch = order[np.arange(start, start + batch_size) % len(order)]"))
plainly("batch-size-ignored", ("range(0, len(images), batch_size)", "range(1)"), (BATCH, "batch = order"))
plainly("epochs-ignored", ("range(epochs)", "range(1)"))
plainly("epochs-ignored", ("range(epochs)", "range(epochs - 1)"), how="one too few")
plainly(
    "batches-stay-together",
    (
        "for start in range(0, len(images), batch_size)",
        "for start in rng.permutation(range(0, len(images), batch_size))",
    ),
    (ORDER, "order = np.arange(len(images))"),
)
plainly(
    "gradients-kept",
    (
        STEP,
        "for name in total:\n                total[name] += grads[name]\n"
        "            sgd_momentum_step(model.params, total, velocity, lr)",
    ),
    (GIVEN, "    total = {name: np.zeros_like(value) for name, value in model.params.items()}\n    velocity ="),
)
plainly(
    "gradients-late",
    (STEP, "sgd_momentum_step(model.params, last or grads, velocity, lr)\n            last = grads"),
    (GIVEN, "    last = None\n    velocity ="),
)
plainly("no-momentum", (STEP, VELOCITY + "\n            " + STEP), how="a new velocity for each step")
plainly("no-momentum", (STEP, "for k in grads:\n                model.params[k] -= lr * grads[k]"), how="plain descent")
plainly("velocity-restarted", (ORDER, VELOCITY + "\n        " + ORDER))
plainly("lr-ignored", (STEP, "sgd_momentum_step(model.params, grads, velocity, 0.01)"))
plainly("lr-ignored", (STEP, "sgd_momentum_step(model.params, grads, velocity, lr=1e-3)"), how="too small")
plainly("gradients-summed", (STEP, "grads = {k: g * len(batch) for k, g in grads.items()}\n            " + STEP))
plainly("averaged-twice", (STEP, "grads = {k: g / len(batch) for k, g in grads.items()}\n            " + STEP))
plainly(
    "nothing-learned",
    (STEP, "sgd_momentum_step(params, grads, velocity, lr)"),
    (GIVEN, "    params = {name: value.copy() for name, value in model.params.items()}\n    velocity ="),
)
plainly("nothing-learned", (STEP, "pass"), how="no step")
plainly("uphill", (STEP, "sgd_momentum_step(model.params, grads, velocity, -lr)"))
plainly(
    "test-data-used",
    (
        GIVEN,
        "    from utils.data import load\n\n    digits = load('digits')\n"
        "    images = np.concatenate([images, digits.test_images.astype(images.dtype)])\n"
        "    labels = np.concatenate([labels, digits.test_labels])\n    velocity =",
    ),
)
plainly(
    "test-data-used",
    (
        GIVEN,
        "    from utils.data import load\n\n    digits = load('digits')\n"
        "    images, labels = digits.test_images, digits.test_labels\n    velocity =",
    ),
    how="test data only",
)
plainly("history-by-epoch", ("            " + APPEND, "        " + APPEND))
plainly("history-of-the-last-epoch", ("    history = []\n", ""), (ORDER, "history = []\n        " + ORDER))
plainly("history-late", ("return history", "return history[1:]"))
plainly("returns-nothing", ("return history", "print(history[-1])"))
plainly("history-after-the-step", (APPEND, "history.append(model.loss(images[batch], labels[batch])[0])"), named=False)
plainly("history-of-pairs", (APPEND, "history.append((start, float(loss)))"), named=False)
plainly("lr-halved-each-epoch", (ORDER, ORDER + "\n        lr = lr / 2 if history else lr"), named=False)
plainly("one-step-too-many", ("return history", STEP + "\n    return history"), named=False)
plainly(
    "velocity-of-another-call",
    ("lr, rng):", "lr, rng, velocity={}):  # noqa: B006"),
    (
        "    " + VELOCITY + "\n",
        "    for name, value in model.params.items():\n        velocity.setdefault(name, np.zeros_like(value))\n",
    ),
    named=False,
)
plainly(
    "velocity-kept",
    ("    " + VELOCITY, "    if not hasattr(model, 'velocity'):\n        model." + VELOCITY),
    ("grads, velocity, lr", "grads, model.velocity, lr"),
)
plainly(
    "history-on-the-model",
    ("    history = []\n", "    model.history = history = getattr(model, 'history', [])\n"),
    named=False,
)
plainly(
    "order-on-the-model",
    (
        EPOCHS,
        "    model.orders = getattr(model, 'orders', None) or [rng.permutation(len(images)) for _ in range(epochs)]\n"
        "    for epoch in range(epochs):\n",
    ),
    (ORDER, "order = model.orders[epoch]"),
    named=False,
)
plainly("batch-before-its-turn", (BATCH, "batch = order[start + 1 : start + 1 + batch_size]"), named=False)
plainly(
    "running-mean-history", (APPEND, "history.append(0.9 * history[-1] + 0.1 * loss if history else loss)"), named=False
)
