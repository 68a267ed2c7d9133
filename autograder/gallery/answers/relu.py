"""relu_forward and relu_backward, right and wrong."""
# mypy: ignore-errors

import numpy as np

from autograder.gallery.registry import right, wrong


@right("np.maximum")
def relu_forward(x):
    return np.maximum(0, x), x


@right("np.where")
def relu_forward(x):
    out = np.where(x > 0, x, 0)
    return out, x


@right("times a mask")
def relu_forward(x):
    mask = x > 0
    return x * mask, x.copy()


@right("negative values of a copy set to zero")
def relu_forward(x):
    out = x.copy()
    out[out < 0] = 0
    return out, x


@right("half of x plus its size")
def relu_forward(x):
    return (x + np.abs(x)) / 2, x


@right("clip")
def relu_forward(x):
    return x.clip(min=0), x


@right("loop over the elements")
def relu_forward(x):
    out = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        if x[index] > 0:
            out[index] = x[index]
    return out, x


@wrong("input-modified")
def relu_forward(x):
    x[x < 0] = 0
    return x, x


@wrong("input-modified", "then copied")
def relu_forward(x):
    np.maximum(x, 0, out=x)
    return x.copy(), x


@wrong("absolute-value")
def relu_forward(x):
    return np.abs(x), x


@wrong("leaky")
def relu_forward(x):
    return np.maximum(0.01 * x, x), x


@wrong("mask-returned")
def relu_forward(x):
    return (x > 0).astype(x.dtype), x


@wrong("sign-wrong-way")
def relu_forward(x):
    return np.minimum(0, x), x


@wrong("cache-holds-output", also=("shares-memory",))
def relu_forward(x):
    out = np.maximum(0, x)
    return out, out


@wrong("cache-holds-mask")
def relu_forward(x):
    mask = x > 0
    return np.where(mask, x, 0), mask


@wrong("dtype-lost")
def relu_forward(x):
    return np.maximum(x, np.zeros(x.shape)), x


@wrong("returns-nothing")
def relu_forward(x):
    out = np.maximum(x, 0)
    print(out, x)


@wrong("calls-disturb")
def relu_forward(x, out={}):  # noqa: B006
    key = (x.shape, x.dtype)
    if key not in out:
        out[key] = np.zeros_like(x)
    np.maximum(x, 0, out=out[key])
    return out[key], x


@right("times a mask")
def relu_backward(dout, cache):
    return dout * (cache > 0)


@right("np.where")
def relu_backward(dout, cache):
    x = cache
    return np.where(x > 0, dout, 0)


@right("copy, then zero")
def relu_backward(dout, cache):
    dx = np.array(dout)
    dx[cache <= 0] = 0
    return dx


@right("heaviside")
def relu_backward(dout, cache):
    return np.heaviside(cache, 0) * dout


@right("loop over the elements")
def relu_backward(dout, cache):
    dx = np.zeros_like(dout)
    for index, value in np.ndenumerate(cache):
        dx[index] = dout[index] if value > 0 else 0
    return dx


@right("sign of the forward output")
def relu_backward(dout, cache):
    out = np.maximum(cache, 0)
    return np.sign(out) * dout


@wrong("zero-passes")
def relu_backward(dout, cache):
    dx = dout.copy()
    dx[cache < 0] = 0
    return dx


@wrong("half-at-zero")
def relu_backward(dout, cache):
    return dout * np.heaviside(cache, 0.5).astype(dout.dtype)


@wrong("mask-from-upstream")
def relu_backward(dout, cache):
    return dout * (dout > 0)


@wrong("upstream-ignored")
def relu_backward(dout, cache):
    return np.where(cache > 0, 1, 0).astype(dout.dtype)


@wrong("multiplied-by-x")
def relu_backward(dout, cache):
    return np.maximum(cache, 0) * dout


@wrong("input-modified")
def relu_backward(dout, cache):
    dout[cache <= 0] = 0
    return dout


@wrong("mask-inverted")
def relu_backward(dout, cache):
    dx = dout.copy()
    dx[cache > 0] = 0
    return dx


@wrong("mask-forgotten")
def relu_backward(dout, cache):
    return dout


@wrong("dtype-lost")
def relu_backward(dout, cache):
    mask = np.zeros(cache.shape)
    mask[cache > 0] = 1
    return dout * mask


@wrong("nothing-done")
def relu_forward(x):
    # compares, but keeps what was compared
    out = x.copy()
    np.maximum(out, 0)
    return out, x
