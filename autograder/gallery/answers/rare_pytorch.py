"""Wrong answers to 08_pytorch that only another call in between reveals."""
# mypy: ignore-errors

from autograder.gallery.answers import pytorch_function  # noqa: F401  altered here
from autograder.gallery.registry import altered

altered(
    "Conv2dFunction",
    "unfold and @, fold",
    "stride and padding of the latest call",
    ("ctx.geometry = x.shape, stride, padding", "Conv2dFunction.geometry = x.shape, stride, padding"),
    ("= ctx.geometry", "= Conv2dFunction.geometry"),
    named=False,
)
