"""Wrong answers to 07: lines of a loop that stand after it."""

from autograder.gallery.registry import altered

STEP, LOOP = "sgd_momentum_step", "augmented assignments"
altered(
    STEP, LOOP, "last-array-only", ("        params[name]", "    params[name]"), how="velocity is updated in the loop"
)
altered(
    STEP,
    LOOP,
    "last-array-only",
    ("        velocity", "    velocity"),
    ("        params", "    params"),
    ("for name in params:", "for name in params: pass"),
)
