"""build_model with one thing wrong."""
# mypy: ignore-errors
# ruff: noqa: F821, E501

from autograder.gallery.registry import altered, wrong

PLAIN = "Sequential, three rounds of convolution, batchnorm, ReLU, pooling"
LOOP = "a class with a loop over its layers"
FUNCTIONAL = "functional, with parameters of its own"
SEPARABLE = "depthwise separable, strides in place of pooling"
RESIDUAL = "residual blocks"


def plainly(mistake, *edits, how="", named=True, style=PLAIN):
    altered("build_model", style, mistake, *edits, how=how, named=named)


POOLED = "        nn.AdaptiveMaxPool2d(1),\n        nn.Flatten(),\n        nn.Linear(96, 10),\n"
plainly("returns-nothing", ("return nn.Sequential(", "net = nn.Sequential("))
plainly("class-not-model", ("return Net()", "return Net"), style=LOOP)
plainly("raises", ("return Net()", "return net"), how="a name that was never set", style=LOOP, named=False)
plainly("a-list-of-layers", ("nn.Sequential(", "list(("), ("    )\n", "    ))\n"), named=False)
plainly("wrong-number-of-scores", ("nn.Linear(96, 10)", "nn.Linear(96, 1)"), how="one")
plainly("wrong-number-of-scores", ("nn.Linear(96, 10)", "nn.Linear(96, 100)"), how="a hundred")
plainly("not-flattened", ("nn.Flatten(),\n        nn.Linear(96, 10)", "nn.Conv2d(96, 10, 1)"))
plainly("batch-flattened", ("nn.Flatten(),\n        nn.Linear(96, 10)", "nn.Flatten(0),\n        nn.Linear(4800, 10)"))
plainly("scores-are-classes", ("return self.fc(self.drop(x))", "return self.fc(x).argmax(1)"), style=LOOP)
plainly("two-results", ("return self.fc(self.drop(x))", "return self.fc(x), x"), style=LOOP, named=False)
plainly("colour-channels", ("nn.Conv2d(1, 24", "nn.Conv2d(3, 24"))
plainly("flatten-size", (POOLED, "        nn.Flatten(),\n        nn.Linear(96 * 8 * 8, 10),\n"))
plainly(
    "flatten-size",
    ("    return nn.Sequential(\n", "    return nn.Sequential(\n        nn.Linear(784, 784),\n"),
    how="expects rows of 784",
)
plainly("shapes-do-not-add", ("self.shortcut(x)", "x"), style=RESIDUAL)
plainly(
    "super-init-forgotten", ("            super().__init__()\n            widths", "            widths"), style=LOOP
)
plainly("float64", ("        nn.Linear(96, 10),\n    )", "        nn.Linear(96, 10),\n    ).double()"))
plainly("on-another-device", ("        nn.Linear(96, 10),\n    )", "        nn.Linear(96, 10),\n    ).to('cuda')"))
plainly(
    "model-shared",
    (
        "    return Net()",
        "    build_model.net = getattr(build_model, 'net', None) or Net()\n    return build_model.net",
    ),
    style=LOOP,
)
plainly("seeds-itself", ("    return Net()", "    torch.manual_seed(0)\n    return Net()"), style=LOOP)
plainly(
    "not-repeatable",
    ("    return Net()", "    torch.seed()\n    return Net()"),
    style=LOOP,
    how="a seed from the clock",
)
plainly(
    "not-repeatable",
    ("widths = [1, 20, 40, 80]", "widths = [1, int(np.random.default_rng().integers(20, 4000)) % 60 + 1, 40, 80]"),
    style=LOOP,
    how="another architecture each time",
)
plainly(
    "not-repeatable",
    (
        "torch.randn(f, c, 3, 3)",
        "torch.tensor(np.random.default_rng().standard_normal((f, c, 3, 3)), dtype=torch.float32)",
    ),
    style=FUNCTIONAL,
    how="weights from NumPy",
)
plainly(
    "parameters-hidden", ("nn.ModuleList(nn.Conv2d(a", "list(nn.Conv2d(a"), style=LOOP, how="convolutions in a list"
)
plainly("parameters-hidden", ("nn.ParameterDict()", "{}"), style=FUNCTIONAL, how="all in a dict")
plainly(
    "parameters-hidden",
    ("self.fc = nn.Linear(80, 10)", "fc = nn.Linear(80, 10)\n            self.fc = lambda h: fc(h)"),
    style=LOOP,
    how="in a closure",
)
plainly(
    "random-when-judging",
    ("self.fc(self.drop(x))", "self.fc(F.dropout(x, 0.1))"),
    style=LOOP,
    how="F.dropout",
)
plainly(
    "random-when-judging", ("self.fc(self.drop(x))", "self.fc(x + 0.1 * torch.randn_like(x))"), style=LOOP, how="noise"
)
plainly("layers-made-in-forward", ("self.fc(self.drop(x))", "nn.Linear(80, 10)(x)"), style=LOOP)
plainly(
    "looks-at-the-batch",
    ("training=self.training", "training=True"),
    style=FUNCTIONAL,
    how="batch statistics for ever",
)
plainly("looks-at-the-batch", ("nn.BatchNorm2d(24)", "nn.BatchNorm2d(24, track_running_stats=False)"), how="none kept")
plainly(
    "looks-at-the-batch",
    ("x.amax(dim=(2, 3))", "x.amax(dim=(2, 3))\n            x = x - x.mean(0)"),
    style=LOOP,
    how="mean of the batch",
)
plainly(
    "too-many-parameters",
    (
        POOLED,
        "        nn.Flatten(),\n        nn.Linear(96 * 49, 120),\n        nn.ReLU(),\n        nn.Linear(120, 10),\n",
    ),
)
plainly(
    "too-many-parameters",
    (
        "            self.fc = nn.Linear(80, 10)",
        "            self.fc = nn.Linear(80, 10)\n            self.more = nn.Linear(300, 300)",
    ),
    style=LOOP,
    how="some never used",
)
plainly(
    "too-many-parameters",
    (
        "            return F.linear(x",
        "            h = x.amax((2, 3)) @ self.up\n            x = x + (torch.tanh(h) @ self.down)[:, :, None, None]\n            return F.linear(x",
    ),
    (
        "            self.weights = nn.ParameterDict()\n",
        "            self.weights = nn.ParameterDict()\n            self.up, self.down = torch.randn(96, 500) * 0.1, torch.randn(500, 96) * 0.04\n",
    ),
    style=FUNCTIONAL,
    how="functional calls with tensors that are no parameters",
)
plainly(
    "too-many-multiply-adds",
    ("(1, 24, 3", "(1, 64, 3"),
    ("BatchNorm2d(24)", "BatchNorm2d(64)"),
    ("(24, 48", "(64, 96"),
    ("BatchNorm2d(48)", "BatchNorm2d(96)"),
    ("(48, 96", "(96, 16"),
    (
        "BatchNorm2d(96),\n        nn.ReLU(),\n        nn.AdaptiveMaxPool2d(1),\n        nn.Flatten(),\n        nn.Linear(96",
        "BatchNorm2d(16),\n        nn.ReLU(),\n        nn.AdaptiveMaxPool2d(1),\n        nn.Flatten(),\n        nn.Linear(16",
    ),
)
plainly(
    "too-many-multiply-adds",
    (
        "x = self.body(self.stem(x))",
        "for _ in range(4):\n                h = self.body(self.stem(x))\n            x = h",
    ),
    style=RESIDUAL,
    how="the same weights again and again",
)
plainly(
    "too-many-multiply-adds",
    (
        "x = self.body(self.stem(x))",
        "x = F.conv2d(F.conv2d(x, torch.ones(99, 1, 5, 5), padding=2), torch.ones(1, 99, 5, 5), padding=2) / 2475\n            x = F.conv2d(x.repeat(1, 64, 1, 1), torch.ones(3, 64, 7, 7), padding=3).mean(1, keepdim=True)\n            x = self.body(self.stem(x))",
    ),
    style=RESIDUAL,
    how="functional calls with constants",
)
plainly(
    "depends-on-numbers",
    ("x = self.body(self.stem(x))", "x = self.stem(x)\n            x = self.body(x if x.mean() > 0 else x * 2)"),
    style=RESIDUAL,
)
plainly(
    "wrong-number-of-scores",
    (
        "return self.head(x.amax(dim=[2, 3]))",
        "out = self.head(x.amax(dim=[2, 3]))\n            return out if self.training else out[:, :9]",
    ),
    style=RESIDUAL,
    how="in evaluation mode only",
)
plainly("softmax-at-the-end", ("nn.Linear(96, 10),", "nn.Linear(96, 10),\n        nn.Softmax(dim=1),"))
plainly("relu-at-the-end", ("nn.Linear(96, 10),", "nn.Linear(96, 10),\n        nn.ReLU(),"))
plainly("gradient-cut", ("self.head(x.amax(dim=[2, 3]))", "self.head(x.amax(dim=[2, 3]).detach())"), style=RESIDUAL)
plainly(
    "changed-in-place",
    ("return self.head(x.amax(dim=[2, 3]))", "x += 1\n            return self.head(x.amax(dim=[2, 3]))"),
    style=RESIDUAL,
)
plainly(
    "not-from-the-images",
    ("self.head(x.amax(dim=[2, 3]))", "self.head(torch.from_numpy(np.tanh(x.amax(dim=[2, 3]).detach().numpy())))"),
    style=RESIDUAL,
    how="through NumPy",
)
plainly(
    "not-from-the-images",
    ("return self.fc(self.drop(x))", "return self.fc(self.drop(torch.zeros_like(x)))"),
    style=LOOP,
    how="zeros",
)
plainly(
    "nothing-to-train",
    (
        "    return Net()",
        "    net = Net()\n    for p in net.parameters():\n        p.requires_grad = False\n    return net",
    ),
    style=LOOP,
)
plainly(
    "no-nonlinearity",
    ("        nn.ReLU(),\n", ""),
    ("nn.MaxPool2d(2)", "nn.AvgPool2d(2)"),
    ("AdaptiveMaxPool2d", "AdaptiveAvgPool2d"),
)


@wrong("no-convolution", "two linear layers")
def build_model():
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 120), nn.ReLU(), nn.Linear(120, 10))


@wrong("no-nonlinearity", "one linear layer")
def build_model():
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 10))


@wrong("no-nonlinearity", "one convolution and nothing else")
def build_model():
    return nn.Sequential(nn.Conv2d(1, 8, 5, padding=2), nn.AvgPool2d(4), nn.Flatten(), nn.Linear(8 * 49, 10))


@wrong("too-little", "one round of convolution", named=False)
def build_model():
    return nn.Sequential(
        nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 10)
    )


@wrong("too-little", "LeNet-5 with an eighth of its filters", named=False)
def build_model():
    return nn.Sequential(
        nn.Conv2d(1, 3, 5, padding=2),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(3, 6, 5, padding=2),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(6 * 49, 60),
        nn.ReLU(),
        nn.Linear(60, 10),
    )


@wrong("already-trained")
def build_model():
    from utils.design.scattered import scattered_digits

    digits = scattered_digits(copies=1)
    x, y = torch.from_numpy(digits.train_images), torch.from_numpy(digits.train_labels)
    net = nn.Sequential(
        nn.Conv2d(1, 16, 5, 2),
        nn.BatchNorm2d(16),
        nn.ReLU(),
        nn.Conv2d(16, 32, 3, 2),
        nn.BatchNorm2d(32),
        nn.ReLU(),
        nn.AdaptiveMaxPool2d(1),
        nn.Flatten(),
        nn.Linear(32, 10),
    )
    optimizer = torch.optim.Adam(net.parameters(), 0.02)
    for batch in torch.randperm(len(x)).repeat(3).split(50):
        optimizer.zero_grad()
        F.cross_entropy(net(x[batch]), y[batch]).backward()
        optimizer.step()
    return net
