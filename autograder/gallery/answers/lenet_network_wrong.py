"""LeNet5 with one thing wrong: the plainest right answer, altered."""
# mypy: ignore-errors

from autograder.gallery.registry import altered


def plainly(mistake, *edits, how="", named=True, also=()):
    altered("LeNet5", "one line a layer", mistake, *edits, how=how, named=named, also=also)


SCORES = "return self.forward(x)[0]"
LOSS = "loss, d = softmax_loss(scores, y)"
LAST = "return loss, grads"

plainly(
    "relu-before-softmax",
    ("return scores, (conv1", "scores, self.last = relu_forward(scores)\n        return scores, (conv1"),
    (LOSS, LOSS + "\n        d = relu_backward(d, self.last)"),
)
plainly("relu-before-softmax", (LOSS, LOSS.replace("scores,", "np.maximum(scores, 0),")), how="in the loss alone")
plainly(
    "loss-summed",
    (LOSS, LOSS + "\n        loss, d = loss * len(x), d * len(x)"),
)
plainly("loss-summed", (LAST, "return loss * len(y), grads"), how="the loss alone")
plainly(
    "gradients-kept",
    ("self.params = {}", "self.params, self.grads = {}, {}"),
    (LAST, "for k in grads:\n            grads[k] = self.grads[k] = self.grads.get(k, 0) + grads[k]\n        " + LAST),
)
plainly(
    "gradients-kept",
    ("self.params = {}", "self.params, self.grads = {}, {}"),
    (
        LAST,
        "for k in grads:\n            self.grads[k] = self.grads.get(k, 0) + grads[k]\n        return loss, self.grads",
    ),
    how="in one dict",
)
plainly(
    "calls-disturb",
    ("grads = {}", "grads = self.grads"),
    ("self.params = {}", "self.params, self.grads = {}, {}"),
    how="one dict for all calls",
)
plainly(
    "flatten-order",
    ("h, fc1 = linear_forward(h,", "h, fc1 = linear_forward(h.transpose(0, 2, 3, 1),"),
    ("d = max_pool_backward(d, pool2)", "d = max_pool_backward(d.transpose(0, 3, 1, 2), pool2)"),
    how="channels last",
)
plainly(
    "flatten-order",
    ("h, fc1 = linear_forward(h,", 'h, fc1 = linear_forward(h.reshape(len(x), -1, order="F"),'),
    ("d = max_pool_backward(d, pool2)", 'd = max_pool_backward(d.reshape((len(x), 50, 7, 7), order="F"), pool2)'),
    how="as Fortran does",
)
plainly(
    "relu-forgotten", ("h, relu1 = relu_forward(h)", "relu1 = h"), ("d = relu_backward(d, relu1)", "pass"), how="conv1"
)
plainly(
    "relu-forgotten", ("h, relu3 = relu_forward(h)", "relu3 = h"), ("d = relu_backward(d, relu3)", "pass"), how="fc1"
)
plainly("relu-backward-forgotten", ("d = relu_backward(d, relu2)", "pass"), how="conv2")
plainly("relu-backward-forgotten", ("d = relu_backward(d, relu3)", "pass"), how="fc1")
plainly("average-pooling", ("max_pool_", "avg_pool_"))
plainly(
    "average-pooling",
    ("d = max_pool_backward(d, pool1)", "d = avg_pool_backward(d, pool1)"),
    how="on the way back",
    named=False,
)
plainly("padding-forgotten", ('p["conv2.bias"], 1, 2)', 'p["conv2.bias"])'))
plainly("bias-unused", ('p["conv2.bias"], 1, 2)', 'np.zeros_like(p["conv2.bias"]), 1, 2)'))
plainly(
    "params-not-live",
    ("    def forward(self, x):\n        p = self.params", "    def forward(self, x):\n        p = self.kept"),
    ("out, dtype)\n", "out, dtype)\n        self.kept = {k: v.copy() for k, v in self.params.items()}\n"),
)
plainly(
    "rng-ignored",
    ("rng.standard_normal(shape)", "np.random.randn(*shape)"),
    how="NumPy's global generator",
)
plainly("rng-ignored", ("self.params = {}", "self.params, rng = {}, np.random.default_rng(0)"), how="a seed of its own")
plainly("weights-all-alike", ("scale * rng.standard_normal(shape)", "np.zeros(shape)"))
plainly("initial-scale", ('scale = 0.01 if name == "fc2" else np.sqrt(2 / fan_in)', "scale = 0.1"))
plainly("initial-scale", ('scale = 0.01 if name == "fc2" else np.sqrt(2 / fan_in)', "scale = 1"), how="standard normal")
plainly("dtype-lost", (".astype(dtype)", ""), ("np.zeros(out, dtype)", "np.zeros(out)"))
plainly("dtype-lost", ("dtype=np.float32):", "dtype=np.float64):"), how="float64 unless asked")
plainly(
    "dtype-lost", (".astype(dtype)", ".astype(np.float32)"), ("(out, dtype)", "(out, np.float32)"), how="never float64"
)
plainly(
    "softmax-twice", ("return scores, (conv1", "e = np.exp(scores)\n        return e / e.sum(1, keepdims=True), (conv1")
)
plainly(
    "softmax-twice",
    (
        SCORES,
        "e = np.exp(self.forward(x)[0])\n        return e / e.sum(1, keepdims=True)",
    ),
    how="in scores alone",
)
plainly("initial-scale", ("rng.standard_normal(shape)", "rng.random(shape)"), how="never negative")
plainly("weights-transposed", ("(2450, 500)", "(500, 2450)"), ('p["fc1.weight"]', 'p["fc1.weight"].T'))
plainly("keys", ('".weight"', '".w"'), ('.weight"', '.w"'), ('".bias"', '".b"'), ('.bias"', '.b"'))
plainly(
    "params-changed",
    (LAST, "for k in grads:\n            self.params[k] -= 0.01 * grads[k]\n        " + LAST),
)
plainly(
    "networks-share",
    ("        self.params = {}\n", ""),
    ("    def __init__", "    params = {}  # noqa: RUF012\n\n    def __init__"),
)
plainly("gradient-sign", (LOSS, LOSS + "\n        d = -d"))
plainly(
    "weight-decay-added",
    (
        LAST,
        """for k, p in self.params.items():
            if "weight" in k:
                loss += 0.5e-3 * float((p**2).sum())
                grads[k] += p.dtype.type(1e-3) * p
        return loss, grads""",
    ),
)
plainly("only-the-last-layers", ("d = max_pool_backward(d, pool2)", "d = np.zeros_like(max_pool_backward(d, pool2))"))
plainly("scores-change-x", (SCORES, "x -= 0.5\n        return self.forward(x)[0]"))
plainly(
    "scores-change-params",
    (SCORES, 'self.params["fc2.bias"] += 0.1\n        return self.forward(x)[0]'),
)
plainly("averaged-twice", (LOSS, LOSS + "\n        d = d / len(x)"))
plainly("returns-nothing", (LAST, "self.grads = grads"))
plainly("grads-then-loss", (LAST, "return grads, loss"), named=False)
plainly("input-modified", ("def forward(self, x):\n", "def forward(self, x):\n        x -= x.mean()\n"))
plainly("input-centred", ("def forward(self, x):\n", "def forward(self, x):\n        x = x - x.mean()\n"), named=False)
plainly(
    "keys", (', grads["fc1.bias"] = linear_backward(d, fc1)', ", _ = linear_backward(d, fc1)"), how="one bias missing"
)
plainly(
    "shares-memory",
    (
        'grads["fc2.weight"], grads["fc2.bias"] = linear_backward(d, fc2)',
        "*_ = linear_backward(d, fc2)\n"
        '        grads["fc2.weight"], grads["fc2.bias"] = self.params["fc2.weight"], self.params["fc2.bias"]',
    ),
)
