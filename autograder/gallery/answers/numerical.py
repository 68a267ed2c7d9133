"""numerical_gradient, right and wrong."""
# mypy: ignore-errors

import numpy as np

from autograder.gallery.registry import right, wrong


@right("nditer, x changed and put back")
def numerical_gradient(f, x, dout, h=1e-5):
    grad = np.zeros_like(x)
    it = np.nditer(x, flags=["multi_index"], op_flags=["readwrite"])
    while not it.finished:
        ix = it.multi_index
        old = x[ix]
        x[ix] = old + h
        pos = np.sum(f(x) * dout)
        x[ix] = old - h
        neg = np.sum(f(x) * dout)
        x[ix] = old
        grad[ix] = (pos - neg) / (2 * h)
        it.iternext()
    return grad


@right("copies of x")
def numerical_gradient(f, x, dout, h=1e-5):
    grad = np.zeros(x.shape)
    for index in np.ndindex(*x.shape):
        up, down = x.copy(), x.copy()
        up[index] += h
        down[index] -= h
        grad[index] = np.sum((f(up) - f(down)) * dout) / (2 * h)
    return grad


@right("x.flat, put back in a finally")
def numerical_gradient(f, x, dout, h=1e-5):
    grad = np.zeros(x.size)
    for i in range(x.size):
        saved = x.flat[i]
        try:
            x.flat[i] = saved + h
            above = np.sum(np.asarray(f(x)) * dout)
            x.flat[i] = saved - h
            below = np.sum(np.asarray(f(x)) * dout)
        finally:
            x.flat[i] = saved
        grad[i] = (above - below) / (2.0 * h)
    return grad.reshape(x.shape)


@right("unit vectors")
def numerical_gradient(f, x, dout, h=1e-5):
    def g(point):
        return np.vdot(f(point.reshape(x.shape)), dout)

    start = np.array(x, dtype=np.float64).ravel()
    steps = h * np.eye(start.size)
    slopes = [(g(start + e) - g(start - e)) / (2 * h) for e in steps]
    return np.array(slopes).reshape(x.shape)


@right("one column of the Jacobian at a time")
def numerical_gradient(f, x, dout, h=1e-5):
    grad = np.empty(x.shape, dtype=np.float64)
    step = np.zeros_like(x)
    for index, _ in np.ndenumerate(x):
        step[index] = h
        column = np.asarray((f(x + step) - f(x - step)) / (2 * h))
        step[index] = 0
        grad[index] = np.einsum("i,i->", column.ravel(), np.asarray(dout).ravel())
    return grad


@wrong("one-sided", "forward")
def numerical_gradient(f, x, dout, h=1e-5):
    grad = np.zeros_like(x)
    here = np.sum(f(x.copy()) * dout)
    for index in np.ndindex(x.shape):
        moved = x.copy()
        moved[index] += h
        grad[index] = (np.sum(f(moved) * dout) - here) / h
    return grad


@wrong("one-sided", "backward")
def numerical_gradient(f, x, dout, h=1e-5):
    grad = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        moved = x.copy()
        moved[index] -= h
        grad[index] = np.sum((f(x.copy()) - f(moved)) * dout) / h
    return grad


@wrong("not-divided-by-2h")
def numerical_gradient(f, x, dout, h=1e-5):
    grad = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[index] += h
        down[index] -= h
        grad[index] = np.sum((f(up) - f(down)) * dout) / h
    return grad


@wrong("not-divided-at-all")
def numerical_gradient(f, x, dout, h=1e-5):
    grad = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        old = x[index]
        x[index] = old + h
        up = np.sum(f(x) * dout)
        x[index] = old - h
        down = np.sum(f(x) * dout)
        x[index] = old
        grad[index] = up - down
    return grad


@wrong("multiplied-by-h")
def numerical_gradient(f, x, dout, h=1e-5):
    grad = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[index] += h
        down[index] -= h
        grad[index] = np.sum((f(up) - f(down)) * dout) / 2 * h
    return grad


@wrong("upstream-ignored")
def numerical_gradient(f, x, dout, h=1e-5):
    grad = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[index] += h
        down[index] -= h
        grad[index] = np.sum(f(up) - f(down)) / (2 * h)
    return grad


@wrong("x-left-changed")
def numerical_gradient(f, x, dout, h=1e-5):
    grad = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        x[index] += h
        up = np.sum(f(x) * dout)
        x[index] -= 2 * h
        down = np.sum(f(x) * dout)
        grad[index] = (up - down) / (2 * h)
    return grad


@wrong("x-left-changed", "in the last bits")
def numerical_gradient(f, x, dout, h=1e-5):
    grad = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        x[index] += h
        up = np.sum(f(x) * dout)
        x[index] -= 2 * h
        down = np.sum(f(x) * dout)
        x[index] += h
        grad[index] = (up - down) / (2 * h)
    return grad


@wrong("float32")
def numerical_gradient(f, x, dout, h=1e-5):
    x = x.astype(np.float32)
    grad = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[index] += h
        down[index] -= h
        grad[index] = np.sum((f(up) - f(down)) * dout) / (2 * h)
    return grad


@wrong("sign")
def numerical_gradient(f, x, dout, h=1e-5):
    grad = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[index] += h
        down[index] -= h
        grad[index] = np.sum((f(down) - f(up)) * dout) / (2 * h)
    return grad


@wrong("all-elements-at-once")
def numerical_gradient(f, x, dout, h=1e-5):
    slope = np.sum((f(x + h) - f(x - h)) * dout) / (2 * h)
    return np.full(x.shape, slope)


@wrong("as-if-elementwise")
def numerical_gradient(f, x, dout, h=1e-5):
    return (f(x + h) - f(x - h)) / (2 * h) * dout


@wrong("step-hard-coded")
def numerical_gradient(f, x, dout, h=1e-5):
    h = 1e-3
    grad = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[index] += h
        down[index] -= h
        grad[index] = np.sum((f(up) - f(down)) * dout) / (2 * h)
    return grad


@wrong("step-not-seen", "a copy is changed")
def numerical_gradient(f, x, dout, h=1e-5):
    # reshape copies an array that is not contiguous: f(x) then never sees the step
    flat = x.reshape(-1)
    grad = np.zeros(x.size)
    for i in range(x.size):
        old = flat[i]
        flat[i] = old + h
        up = np.sum(f(x) * dout)
        flat[i] = old - h
        down = np.sum(f(x) * dout)
        flat[i] = old
        grad[i] = (up - down) / (2 * h)
    return grad.reshape(x.shape)


@wrong("not-divided-by-h")
def numerical_gradient(f, x, dout, h=1e-5):
    grad = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[index] += h
        down[index] -= h
        grad[index] = (np.sum(f(up) * dout) - np.sum(f(down) * dout)) / 2
    return grad


@wrong("x-left-changed", "and built on")
def numerical_gradient(f, x, dout, h=1e-5):
    # every step starts where the last one ended
    grad = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        down = np.sum(f(x) * dout)
        x[index] += 2 * h
        up = np.sum(f(x) * dout)
        grad[index] = (up - down) / (2 * h)
    return grad
