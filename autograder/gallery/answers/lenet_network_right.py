"""LeNet5, right in several ways."""
# mypy: ignore-errors
# ruff: noqa: F821

import numpy as np

from autograder.gallery.registry import right


@right("one line a layer")
class LeNet5:
    def __init__(self, rng, dtype=np.float32):
        self.params = {}
        for name, shape, fan_in in (
            ("conv1", (20, 1, 5, 5), 25),
            ("conv2", (50, 20, 5, 5), 500),
            ("fc1", (2450, 500), 2450),
            ("fc2", (500, 10), 500),
        ):
            scale = 0.01 if name == "fc2" else np.sqrt(2 / fan_in)
            out = shape[0] if len(shape) == 4 else shape[1]
            self.params[name + ".weight"] = (scale * rng.standard_normal(shape)).astype(dtype)
            self.params[name + ".bias"] = np.zeros(out, dtype)

    def forward(self, x):
        p = self.params
        h, conv1 = conv_forward_fast(x, p["conv1.weight"], p["conv1.bias"], 1, 2)
        h, relu1 = relu_forward(h)
        h, pool1 = max_pool_forward(h, 2)
        h, conv2 = conv_forward_fast(h, p["conv2.weight"], p["conv2.bias"], 1, 2)
        h, relu2 = relu_forward(h)
        h, pool2 = max_pool_forward(h, 2)
        h, fc1 = linear_forward(h, p["fc1.weight"], p["fc1.bias"])
        h, relu3 = relu_forward(h)
        scores, fc2 = linear_forward(h, p["fc2.weight"], p["fc2.bias"])
        return scores, (conv1, relu1, pool1, conv2, relu2, pool2, fc1, relu3, fc2)

    def scores(self, x):
        return self.forward(x)[0]

    def loss(self, x, y):
        scores, (conv1, relu1, pool1, conv2, relu2, pool2, fc1, relu3, fc2) = self.forward(x)
        loss, d = softmax_loss(scores, y)
        grads = {}
        d, grads["fc2.weight"], grads["fc2.bias"] = linear_backward(d, fc2)
        d = relu_backward(d, relu3)
        d, grads["fc1.weight"], grads["fc1.bias"] = linear_backward(d, fc1)
        d = max_pool_backward(d, pool2)
        d = relu_backward(d, relu2)
        d, grads["conv2.weight"], grads["conv2.bias"] = conv_backward_fast(d, conv2)
        d = max_pool_backward(d, pool1)
        d = relu_backward(d, relu1)
        d, grads["conv1.weight"], grads["conv1.bias"] = conv_backward_fast(d, conv1)
        return loss, grads


@right("a tape of what to do on the way back, PyTorch's initial weights")
class LeNet5:
    def __init__(self, rng, dtype=np.float32):
        def layer(name, shape, fan_in, out):
            edge = 1 / np.sqrt(fan_in)
            self.params[f"{name}.weight"] = rng.uniform(-edge, edge, shape).astype(dtype)
            self.params[f"{name}.bias"] = rng.uniform(-edge, edge, out).astype(dtype)

        self.params = {}
        layer("conv1", (20, 1, 5, 5), 25, 20)
        layer("conv2", (50, 20, 5, 5), 500, 50)
        layer("fc1", (2450, 500), 2450, 500)
        layer("fc2", (500, 10), 500, 10)

    def run(self, x):
        tape, out = [], x
        steps = [
            ("conv1", conv_forward_fast, conv_backward_fast, {"padding": 2}),
            ("", relu_forward, relu_backward, {}),
            ("", max_pool_forward, max_pool_backward, {"kernel": 2}),
            ("conv2", conv_forward_fast, conv_backward_fast, {"padding": 2}),
            ("", relu_forward, relu_backward, {}),
            ("", max_pool_forward, max_pool_backward, {"kernel": 2}),
            ("fc1", linear_forward, linear_backward, {}),
            ("", relu_forward, relu_backward, {}),
            ("fc2", linear_forward, linear_backward, {}),
        ]
        for name, forward, backward, settings in steps:
            weights = [self.params[name + end] for end in (".weight", ".bias")] if name else []
            out, cache = forward(out, *weights, **settings)
            tape.append((name, backward, cache))
        return out, tape

    def scores(self, x):
        scores, _ = self.run(x)
        return scores

    def loss(self, x, y):
        scores, tape = self.run(x)
        loss, dout = softmax_loss(scores, y)
        grads = {}
        while tape:
            name, backward, cache = tape.pop()
            if name:
                dout, grads[f"{name}.weight"], grads[f"{name}.bias"] = backward(dout, cache)
            else:
                dout = backward(dout, cache)
        return loss, grads


@right("pooling before ReLU, linear layers written out, Glorot's initial weights")
class LeNet5:
    def __init__(self, rng, dtype=np.float32):
        shapes = {"conv1": (20, 1, 5, 5), "conv2": (50, 20, 5, 5), "fc1": (2450, 500), "fc2": (500, 10)}
        self.params = {}
        for name, shape in shapes.items():
            field = int(np.prod(shape[2:]))
            std = np.sqrt(2 / (field * (shape[0] + shape[1])))
            self.params[f"{name}.weight"] = rng.normal(0, std, shape).astype(dtype)
            self.params[f"{name}.bias"] = np.zeros(shape[0] if field > 1 else shape[1], dtype=dtype)

    def features(self, x):
        caches = []
        for name in ("conv1", "conv2"):
            x, c = conv_forward_fast(x, self.params[name + ".weight"], self.params[name + ".bias"], (1, 1), (2, 2))
            x, m = max_pool_forward(x, (2, 2), (2, 2))
            caches.append((c, m, x))
            x = np.where(x > 0, x, x.dtype.type(0))
        return x, caches

    def scores(self, x):
        p = self.params
        h = self.features(x)[0].reshape(len(x), 2450)
        h = np.maximum(h @ p["fc1.weight"] + p["fc1.bias"], 0)
        return h @ p["fc2.weight"] + p["fc2.bias"]

    def loss(self, x, y):
        p, g = self.params, {}
        f, caches = self.features(x)
        flat = f.reshape(len(x), 2450)
        a = flat @ p["fc1.weight"] + p["fc1.bias"]
        h = np.maximum(a, 0)
        loss, ds = softmax_loss(h @ p["fc2.weight"] + p["fc2.bias"], y)
        g["fc2.weight"], g["fc2.bias"] = h.T @ ds, ds.sum(0)
        da = (ds @ p["fc2.weight"].T) * (a > 0)
        g["fc1.weight"], g["fc1.bias"] = flat.T @ da, da.sum(0)
        d = (da @ p["fc1.weight"].T).reshape(f.shape)
        for name, (c, m, x_pooled) in zip(("conv2", "conv1"), reversed(caches), strict=True):
            d, g[name + ".weight"], g[name + ".bias"] = conv_backward_fast(max_pool_backward(d * (x_pooled > 0), m), c)
        return loss, {key: g[key] for key in p}


@right("forward keeps its caches on the side, LeCun's initial weights")
class LeNet5:
    SHAPES = (("conv1", (20, 1, 5, 5)), ("conv2", (50, 20, 5, 5)), ("fc1", (2450, 500)), ("fc2", (500, 10)))

    def __init__(self, rng, dtype=np.float32):
        self.params, self.caches = {}, []
        for name, shape in self.SHAPES:
            fan_in = shape[0] if name.startswith("fc") else shape[1] * shape[2] * shape[3]
            weights = rng.standard_normal(shape, dtype=np.float64) / np.sqrt(fan_in)
            if name == "fc2":
                weights /= 10
            self.params[name + ".weight"] = weights.astype(dtype)
            self.params[name + ".bias"] = np.full(shape[1] if name.startswith("fc") else shape[0], 0.01, dtype)

    def keep(self, result):
        out, cache = result
        self.caches.append(cache)
        return out

    def weights(self, name):
        return self.params[name + ".weight"], self.params[name + ".bias"]

    def scores(self, x):
        self.caches = []
        for name in ("conv1", "conv2"):
            x = self.keep(conv_forward_fast(x, *self.weights(name), padding=2))
            x = self.keep(relu_forward(x))
            x = self.keep(max_pool_forward(x, kernel=2, stride=2))
        x = self.keep(relu_forward(self.keep(linear_forward(x, *self.weights("fc1")))))
        return self.keep(linear_forward(x, *self.weights("fc2")))

    def loss(self, x, y):
        value, dout = softmax_loss(self.scores(x), y)
        grads = {}

        def weighted(name, backward):
            nonlocal dout
            dout, grads[name + ".weight"], grads[name + ".bias"] = backward(dout, self.caches.pop())

        weighted("fc2", linear_backward)
        dout = relu_backward(dout, self.caches.pop())
        weighted("fc1", linear_backward)
        for name in ("conv2", "conv1"):
            dout = max_pool_backward(dout, self.caches.pop())
            dout = relu_backward(dout, self.caches.pop())
            weighted(name, conv_backward_fast)
        return value, grads
