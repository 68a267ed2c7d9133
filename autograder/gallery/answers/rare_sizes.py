"""Wrong answers about the sizes of a convolution that only special sizes reveal."""
# mypy: ignore-errors

from autograder.gallery.answers import cost, sizes  # noqa: F401  registers the right answers that are altered here
from autograder.gallery.registry import altered, wrong

altered("conv_output_size", "the formula", "fitting-size-refused", ("kernel < 1", "kernel <= 1"), how="a kernel of 1")
altered(
    "conv_output_size",
    "np.floor, made an int",
    "bad-size-accepted",
    ("np.floor((size + 2 * padding - kernel) / stride)", "(size + 2 * padding - kernel) / stride"),
    how="int rounds towards 0",
)


@wrong("bad-size-accepted", "compared with 2P + 1 more")
def conv_output_size(size, kernel, stride=1, padding=0):
    if kernel < 1 or stride < 1 or padding < 0 or kernel > size + 2 * padding + 1:
        raise ValueError(f"bad sizes: {size}, {kernel}, {stride}, {padding}")
    return (size + 2 * padding - kernel) // stride + 1


@wrong("bad-size-accepted", "compared with P squared")
def conv_output_size(size, kernel, stride=1, padding=0):
    if kernel < 1 or stride < 1 or padding < 0 or kernel > size + max(2 * padding, padding**3):
        raise ValueError(f"bad sizes: {size}, {kernel}, {stride}, {padding}")
    return (size + 2 * padding - kernel) // stride + 1


altered(
    "conv_output_size",
    "the formula",
    "message-without-sizes",
    ('f"a kernel of {kernel} does not fit {size} + 2 * {padding}"', '"these sizes make no sense"'),
)
altered("conv_cost", "from conv_output_size", "a default stride of 2", ("stride=1", "stride=2"), named=False)
