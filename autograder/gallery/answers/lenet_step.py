"""sgd_momentum_step, right and wrong."""
# mypy: ignore-errors

import numpy as np

from autograder.gallery.registry import right, wrong


@right("augmented assignments")
def sgd_momentum_step(params, grads, velocity, lr, momentum=0.9):
    for name in params:
        velocity[name] *= momentum
        velocity[name] += grads[name]
        params[name] -= lr * velocity[name]


@right("written through a slice")
def sgd_momentum_step(params, grads, velocity, lr, momentum=0.9):
    for name, g in grads.items():
        v = momentum * velocity[name] + g
        velocity[name][...] = v
        params[name][...] = params[name] - lr * v


@right("np.copyto and out=")
def sgd_momentum_step(params, grads, velocity, lr, momentum=0.9):
    for p, g, v in ((params[k], grads[k], velocity[k]) for k in sorted(params)):
        np.copyto(v, v * momentum + g)
        np.subtract(p, (v * lr).astype(p.dtype), out=p)


@wrong("replaced", "params in the dict")
def sgd_momentum_step(params, grads, velocity, lr, momentum=0.9):
    for name in params:
        velocity[name] *= momentum
        velocity[name] += grads[name]
        params[name] = params[name] - lr * velocity[name]


@wrong("replaced", "velocity in the dict")
def sgd_momentum_step(params, grads, velocity, lr, momentum=0.9):
    for name in params:
        velocity[name] = momentum * velocity[name] + grads[name]
        params[name] -= lr * velocity[name]


@wrong("nothing-updated")
def sgd_momentum_step(params, grads, velocity, lr, momentum=0.9):
    for p, g, v in zip(params.values(), grads.values(), velocity.values(), strict=True):
        v = momentum * v + g
        p = p - lr * v


@wrong("nothing-updated", "new dicts returned")
def sgd_momentum_step(params, grads, velocity, lr, momentum=0.9):
    velocity = {k: momentum * velocity[k] + grads[k] for k in params}
    params = {k: params[k] - lr * velocity[k] for k in params}
    return params, velocity


@wrong("velocity-not-kept")
def sgd_momentum_step(params, grads, velocity, lr, momentum=0.9):
    for name in params:
        v = momentum * velocity[name] + grads[name]
        params[name] -= lr * v


@wrong("no-momentum")
def sgd_momentum_step(params, grads, velocity, lr, momentum=0.9):
    for name in params:
        velocity[name] *= momentum
        velocity[name] += grads[name]
        params[name] -= lr * grads[name]


@wrong("uphill")
def sgd_momentum_step(params, grads, velocity, lr, momentum=0.9):
    for name in params:
        velocity[name] *= momentum
        velocity[name] += grads[name]
        params[name] += lr * velocity[name]


@wrong("nesterov")
def sgd_momentum_step(params, grads, velocity, lr, momentum=0.9):
    for name in params:
        velocity[name] *= momentum
        velocity[name] += grads[name]
        params[name] -= lr * (grads[name] + momentum * velocity[name])


@wrong("gradient-damped")
def sgd_momentum_step(params, grads, velocity, lr, momentum=0.9):
    for name in params:
        velocity[name] *= momentum
        velocity[name] += (1 - momentum) * grads[name]
        params[name] -= lr * velocity[name]


@wrong("lr-inside-velocity")
def sgd_momentum_step(params, grads, velocity, lr, momentum=0.9):
    for name in params:
        velocity[name] *= momentum
        velocity[name] -= lr * grads[name]
        params[name] += velocity[name]


@wrong("old-velocity-used")
def sgd_momentum_step(params, grads, velocity, lr, momentum=0.9):
    for name in params:
        params[name] -= lr * velocity[name]
        velocity[name] *= momentum
        velocity[name] += grads[name]


@wrong("momentum-hard-coded")
def sgd_momentum_step(params, grads, velocity, lr, momentum=0.9):
    for name in params:
        velocity[name] *= 0.9
        velocity[name] += grads[name]
        params[name] -= lr * velocity[name]


@wrong("learning-rate-forgotten")
def sgd_momentum_step(params, grads, velocity, lr, momentum=0.9):
    for name in params:
        velocity[name] *= momentum
        velocity[name] += grads[name]
        params[name] -= velocity[name]


@wrong("biases-skipped")
def sgd_momentum_step(params, grads, velocity, lr, momentum=0.9):
    for name in params:
        if name.endswith("weight"):
            velocity[name] *= momentum
            velocity[name] += grads[name]
            params[name] -= lr * velocity[name]


@wrong("input-modified", "the velocity is built in grads")
def sgd_momentum_step(params, grads, velocity, lr, momentum=0.9):
    for name in params:
        grads[name] += momentum * velocity[name]
        velocity[name][...] = grads[name]
        params[name] -= lr * grads[name]


@wrong("params-not-updated")
def sgd_momentum_step(params, grads, velocity, lr, momentum=0.9):
    for p, g, v in zip(params.values(), grads.values(), velocity.values(), strict=True):
        v *= momentum
        v += g
        p = p - lr * v


@wrong("momentum-on-both", named=False)
def sgd_momentum_step(params, grads, velocity, lr, momentum=0.9):
    for name in params:
        velocity[name] += grads[name]
        velocity[name] *= momentum
        params[name] -= lr * velocity[name]


@wrong("gradient-clipped", named=False)
def sgd_momentum_step(params, grads, velocity, lr, momentum=0.9):
    for name in params:
        velocity[name] *= momentum
        velocity[name] += np.clip(grads[name], -1, 1)
        params[name] -= lr * velocity[name]


@wrong("weight-decay-added", named=False)
def sgd_momentum_step(params, grads, velocity, lr, momentum=0.9):
    for name in params:
        velocity[name] *= momentum
        velocity[name] += grads[name] + 5e-4 * params[name]
        params[name] -= lr * velocity[name]


@wrong("keys-by-position", named=False)
def sgd_momentum_step(params, grads, velocity, lr, momentum=0.9):
    shared = np.float64(0)
    for name in params:
        shared = momentum * shared + grads[name].mean()
        velocity[name] *= momentum
        velocity[name] += shared
        params[name] -= lr * velocity[name]
