"""LeNet5BN, right in several ways, and with one thing wrong."""
# mypy: ignore-errors
# ruff: noqa: F821

import numpy as np

from autograder.gallery.registry import altered, right


class LeNet5:
    """Stands for the notebook's own, which is there when an answer is run."""


@right("on top of LeNet5")
class LeNet5BN(LeNet5):
    def __init__(self, rng, dtype=np.float32):
        super().__init__(rng, dtype)
        self.running = {}
        for name, channels in (("bn1", 20), ("bn2", 50)):
            self.params[name + ".weight"] = np.ones(channels, dtype)
            self.params[name + ".bias"] = np.zeros(channels, dtype)
            self.running[name + ".running_mean"] = np.zeros(channels, dtype)
            self.running[name + ".running_var"] = np.ones(channels, dtype)

    def normalise(self, h, name, training):
        gamma, beta = self.params[name + ".weight"], self.params[name + ".bias"]
        mean, var = self.running[name + ".running_mean"], self.running[name + ".running_var"]
        return spatial_batchnorm_forward(h, gamma, beta, mean, var, training, momentum=0.1)

    def forward(self, x, training):
        p, caches = self.params, []

        def keep(result):
            caches.append(result[1])
            return result[0]

        h = x
        for conv, bn in (("conv1", "bn1"), ("conv2", "bn2")):
            h = keep(conv_forward_fast(h, p[conv + ".weight"], p[conv + ".bias"], 1, 2))
            h = keep(self.normalise(h, bn, training))
            h = keep(relu_forward(h))
            h = keep(max_pool_forward(h, 2))
        h = keep(linear_forward(h, p["fc1.weight"], p["fc1.bias"]))
        h = keep(relu_forward(h))
        return keep(linear_forward(h, p["fc2.weight"], p["fc2.bias"])), caches

    def scores(self, x):
        return self.forward(x, training=False)[0]

    def loss(self, x, y):
        scores, caches = self.forward(x, training=True)
        loss, d = softmax_loss(scores, y)
        g = {}
        d, g["fc2.weight"], g["fc2.bias"] = linear_backward(d, caches.pop())
        d = relu_backward(d, caches.pop())
        d, g["fc1.weight"], g["fc1.bias"] = linear_backward(d, caches.pop())
        for conv, bn in (("conv2", "bn2"), ("conv1", "bn1")):
            d = max_pool_backward(d, caches.pop())
            d = relu_backward(d, caches.pop())
            d, g[bn + ".weight"], g[bn + ".bias"] = spatial_batchnorm_backward(d, caches.pop())
            d, g[conv + ".weight"], g[conv + ".bias"] = conv_backward_fast(d, caches.pop())
        return loss, g


@right("on its own, batchnorm written out")
class LeNet5BN:
    def __init__(self, rng, dtype=np.float32):
        shapes = {"conv1": (20, 1, 5, 5), "conv2": (50, 20, 5, 5), "fc1": (2450, 500), "fc2": (500, 10)}
        self.params, self.running = {}, {}
        for name, shape in shapes.items():
            conv = len(shape) == 4
            std = 0.02 if name == "fc2" else np.sqrt(2 / np.prod(shape[1:] if conv else shape[:1]))
            self.params[name + ".weight"] = rng.normal(0, std, shape).astype(dtype)
            self.params[name + ".bias"] = np.zeros(shape[0] if conv else shape[1], dtype)
            if conv:
                self.params[name.replace("conv", "bn") + ".weight"] = np.ones(shape[0], dtype)
                self.params[name.replace("conv", "bn") + ".bias"] = np.zeros(shape[0], dtype)
                self.running[name.replace("conv", "bn") + ".running_mean"] = np.zeros(shape[0], dtype)
                self.running[name.replace("conv", "bn") + ".running_var"] = np.ones(shape[0], dtype)

    def block(self, x, k, training):
        p = {name: self.params[f"{layer}{k}.{name}"] for layer in ("conv",) for name in ("weight", "bias")}
        gamma, beta = self.params[f"bn{k}.weight"][:, None, None], self.params[f"bn{k}.bias"][:, None, None]
        mean, var = self.running[f"bn{k}.running_mean"], self.running[f"bn{k}.running_var"]
        a, conv = conv_forward_fast(x, p["weight"], p["bias"], 1, 2)
        if training:
            m, s = a.mean(axis=(0, 2, 3)), a.var(axis=(0, 2, 3))
            self.running[f"bn{k}.running_mean"] = (0.9 * mean + 0.1 * m).astype(mean.dtype)
            self.running[f"bn{k}.running_var"] = (0.9 * var + 0.1 * s).astype(var.dtype)
        else:
            m, s = mean, var
        root = np.sqrt(s + s.dtype.type(1e-5))[:, None, None]
        hat = (a - m[:, None, None]) / root
        h, relu = relu_forward(gamma * hat + beta)
        h, pool = max_pool_forward(h, 2)
        return h, (conv, hat, gamma / root, relu, pool)

    def scores(self, x, training=False):
        h, self.one = self.block(x, 1, training)
        h, self.two = self.block(h, 2, training)
        h, self.fc1 = linear_forward(h, self.params["fc1.weight"], self.params["fc1.bias"])
        h, self.relu = relu_forward(h)
        h, self.fc2 = linear_forward(h, self.params["fc2.weight"], self.params["fc2.bias"])
        return h

    def loss(self, x, y):
        loss, d = softmax_loss(self.scores(x, training=True), y)
        g, over = {}, (0, 2, 3)
        d, g["fc2.weight"], g["fc2.bias"] = linear_backward(d, self.fc2)
        d, g["fc1.weight"], g["fc1.bias"] = linear_backward(relu_backward(d, self.relu), self.fc1)
        for k, (conv, hat, scale, relu, pool) in ((2, self.two), (1, self.one)):
            d = relu_backward(max_pool_backward(d, pool), relu)
            g[f"bn{k}.weight"], g[f"bn{k}.bias"] = (d * hat).sum(over), d.sum(over)
            d = scale * (d - d.mean(over, keepdims=True) - hat * (d * hat).mean(over, keepdims=True))
            d, g[f"conv{k}.weight"], g[f"conv{k}.bias"] = conv_backward_fast(d, conv)
        return loss, g


def plainly(mistake, *edits, how="", named=True, also=()):
    altered("LeNet5BN", "on top of LeNet5", mistake, *edits, how=how, named=named, also=also)


NORM = "            h = keep(self.normalise(h, bn, training))\n"
RELU = "            h = keep(relu_forward(h))\n"
POOL = "            h = keep(max_pool_forward(h, 2))\n"
NORM_BACK = '            d, g[bn + ".weight"], g[bn + ".bias"] = spatial_batchnorm_backward(d, caches.pop())\n'
RELU_BACK = "            d = relu_backward(d, caches.pop())\n"
POOL_BACK = "            d = max_pool_backward(d, caches.pop())\n"
CALL = "return spatial_batchnorm_forward(h, gamma, beta, mean, var, training, momentum=0.1)"

plainly(
    "dtype-lost",
    ('.weight"] = np.ones(channels, dtype)', '.weight"] = np.ones(channels, np.float32)'),
    how="gamma alone",
)
plainly("batch-statistics-in-scores", ("training=False)", "training=True)"))
plainly(
    "batch-statistics-in-scores",
    (CALL, "return spatial_batchnorm_forward(h, gamma, beta, mean.copy(), var.copy(), True)"),
    how="and running never used",
    also=("running-not-updated",),
)
plainly("running-statistics-in-loss", ("training=True)", "training=False)"))
plainly("running-not-updated", ("beta, mean, var, training", "beta, mean.copy(), var.copy(), training"))
plainly("momentum-not-passed", (", momentum=0.1)", ")"))
plainly("momentum-the-wrong-way-round", ("momentum=0.1", "momentum=0.9"))
plainly("running-overwritten", ("momentum=0.1", "momentum=1.0"))
plainly(
    "unbiased-variance",
    (
        CALL,
        """old = var.copy()
        out, cache = spatial_batchnorm_forward(h, gamma, beta, mean, var, training, momentum=0.1)
        n = h.size // h.shape[1]
        var[...] = old + (var - old) + (var - 0.9 * old) / (n - 1) * training
        return out, cache""",
    ),
)
plainly("norm-after-relu", (NORM + RELU, RELU + NORM), (RELU_BACK + NORM_BACK, NORM_BACK + RELU_BACK))
plainly(
    "norm-after-pooling",
    (NORM + RELU + POOL, RELU + POOL + NORM),
    (POOL_BACK + RELU_BACK + NORM_BACK, NORM_BACK + POOL_BACK + RELU_BACK),
)
plainly(
    "one-norm-missing",
    (NORM, "            if bn == 'bn1':\n    " + NORM),
    (
        NORM_BACK,
        "            g[bn + '.weight'] = g[bn + '.bias'] = np.zeros_like(p2)\n            if bn == 'bn1':\n    "
        + NORM_BACK,
    ),
    ("        g = {}\n", "        g, p2 = {}, self.params['bn2.bias']\n"),
)
plainly(
    "norms-missing",
    (NORM, ""),
    (
        NORM_BACK,
        "            for key in (bn + '.weight', bn + '.bias'):\n"
        "                g[key] = np.zeros_like(self.params[key])\n",
    ),
)
plainly(
    "gamma-beta-unused",
    ("(h, gamma, beta, mean,", "(h, np.ones_like(gamma), np.zeros_like(beta), mean,"),
)
plainly(
    "statistics-taken-for-constants",
    (
        NORM_BACK,
        '            xhat_cache = caches.pop()\n            _, g[bn + ".weight"], g[bn + ".bias"] = '
        "spatial_batchnorm_backward(d, xhat_cache)\n            v = self.seen[bn].var((0, 2, 3))\n"
        '            d = d * (self.params[bn + ".weight"] / np.sqrt(v + v.dtype.type(1e-5)))[:, None, None]\n',
    ),
    (
        "        gamma, beta = self.params[name",
        "        self.seen = getattr(self, 'seen', {})\n        self.seen[name] = h\n"
        "        gamma, beta = self.params[name",
    ),
)
plainly("norm-backward-forgotten", ('g[bn + ".weight"], g[bn + ".bias"] =', 'g[bn + ".bias"], g[bn + ".weight"] ='))
plainly(
    "norm-backward-skipped",
    (NORM_BACK, '            _, g[bn + ".weight"], g[bn + ".bias"] = spatial_batchnorm_backward(d, caches.pop())\n'),
    named=False,
)
plainly(
    "networks-share",
    ("        self.running = {}\n", ""),
    ("    def __init__", "    running = {}  # noqa: RUF012\n\n    def __init__"),
)
plainly("batch-statistics-in-scores", ("training=False)", "training=len(x) > 1)"), how="of more than one image")
plainly("no-running", ("self.running", "self._running"))
plainly(
    "first-values",
    ("np.ones(channels, dtype)\n            self.params", "np.full(channels, 0.5, dtype)\n            self.params"),
)
plainly("keys", ('name + ".weight"', 'name + ".gamma"'), ('name + ".bias"', 'name + ".beta"'))
plainly(
    "scores-change-running",
    (
        "return self.forward(x, training=False)[0]",
        """out = self.forward(x, training=False)[0]
        self.forward(x, training=True)
        return out""",
    ),
)
plainly(
    "relu-before-softmax",
    ("softmax_loss(scores, y)", "softmax_loss(np.maximum(scores, 0), y)\n        d = d * (scores > 0)"),
)
plainly("loss-summed", ("return loss, g", "return loss * len(y), {k: v * len(y) for k, v in g.items()}"))
plainly(
    "flatten-order",
    ('h = keep(linear_forward(h, p["fc1', 'h = keep(linear_forward(h.transpose(0, 2, 3, 1), p["fc1'),
    ('        for conv, bn in (("conv2"', '        d = d.transpose(0, 3, 1, 2)\n        for conv, bn in (("conv2"'),
)
plainly(
    "gradients-kept",
    ("        g = {}\n", "        g = {}\n        self.g = getattr(self, 'g', {})\n"),
    ("return loss, g", "for k in g:\n            g[k] = self.g[k] = self.g.get(k, 0) + g[k]\n        return loss, g"),
)
plainly(
    "statistics-of-all-channels",
    (
        CALL,
        """flat = h.reshape(-1, 1)
        ones, zeros = np.ones(1, h.dtype), np.zeros(1, h.dtype)
        out, cache = batchnorm_forward(flat, ones, zeros, zeros.copy(), ones.copy(), training)
        return gamma[:, None, None] * out.reshape(h.shape) + beta[:, None, None], None""",
    ),
    named=False,
)
plainly(
    "running-float64",
    ("np.zeros(channels, dtype)\n            self.running", "np.zeros(channels)\n            self.running"),
    also=("dtype-lost",),
)
