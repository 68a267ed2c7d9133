"""Wrong convolutions, forward, backward and as columns, that only special sizes or several calls reveal."""
# mypy: ignore-errors

from dataclasses import dataclass

from autograder.gallery.answers import (  # noqa: F401  register the right answers that are altered here
    conv_backward_input_right,
    conv_backward_weight_right,
    conv_backward_whole,
    conv_right,
    fast_backward_right,
    fast_col2im_right,
    fast_forward_right,
    fast_im2col_right,
)
from autograder.gallery.registry import altered

STRIDE = "(stride, stride) if isinstance(stride, int) else stride"
PADDING = "(padding, padding) if isinstance(padding, int) else padding"


@dataclass(frozen=True)
class Indexed:
    """A right answer that makes index arrays."""

    exercise: str
    style: str
    end: str  # of its list of arguments
    shape: str  # the shape of the images, in its words
    kernel: str  # the sizes of the kernel, in its words
    sides: str  # the line that sets KH and KW; empty if it calls them otherwise


WITH_GEOMETRY, OF_CACHE = "padding=0)", "cache)"
FILTERS, KERNEL = "F, _, KH, KW = w.shape", "KH, KW = (kernel, kernel) if isinstance(kernel, int) else kernel"
INDEXED = (
    Indexed("conv_forward", "im2col by index arrays", WITH_GEOMETRY, "x.shape", "w.shape", FILTERS),
    Indexed("conv_backward_weight", "im2col by index arrays", WITH_GEOMETRY, "x.shape", "kernel", ""),
    Indexed("conv_backward_input", "col2im by index arrays, np.add.at", WITH_GEOMETRY, "x_shape", "w.shape", FILTERS),
    Indexed("conv_backward", "im2col by index arrays, np.add.at", OF_CACHE, "x.shape", "w.shape", FILTERS),
    Indexed("im2col", "index arrays", WITH_GEOMETRY, "x.shape", "kernel", KERNEL),
    Indexed("col2im", "np.add.at with index arrays", WITH_GEOMETRY, "x_shape", "kernel", KERNEL),
    Indexed("conv_forward_fast", "index arrays and one matrix product", WITH_GEOMETRY, "x.shape", "w.shape", FILTERS),
    Indexed("conv_backward_fast", "index arrays and np.add.at", OF_CACHE, "x.shape", "w.shape", FILTERS),
)
for each in INDEXED:
    keeping = (each.end, each.end[:-1] + ", kept={})")
    for name, text, others in (("stride", STRIDE, "padding"), ("padding", PADDING, "stride")):
        key = f"({each.shape}, {each.kernel}, {others})"
        altered(
            each.exercise,
            each.style,
            f"{name} of an earlier call",
            (f"= {text}\n", f"= kept.setdefault({key}, {text})\n"),
            keeping,
            named=False,
        )
        altered(
            each.exercise,
            each.style,
            f"a pair of {name} told by the {others}",
            (f"isinstance({name}, int)", f"isinstance({others}, int)"),
            named=False,
        )
    if each.sides:
        key = f"({each.shape}, KH, stride, padding)"
        altered(
            each.exercise,
            each.style,
            "width of the kernel of an earlier call",
            (f"{each.sides}\n", f"{each.sides}\n    KW = kept.setdefault({key}, KW)\n"),
            keeping,
            named=False,
        )

for exercise, style in (
    ("conv_forward", "loops over the kernel only"),
    ("conv_backward_input", "col2im by index arrays, np.add.at"),
):
    altered(
        exercise,
        style,
        "two and P zeros in place of two times P",
        ("W + 2 * pw), dtype", "W + 2 + pw), dtype"),
        named=False,
    )
PADDED = "xp = np.pad(x, "
for exercise, style in (
    ("conv_forward", "im2col by index arrays"),
    ("conv_backward_weight", "im2col by index arrays"),
    ("conv_backward", "im2col by index arrays, np.add.at"),
):
    rows = "kh" if exercise == "conv_backward_weight" else "KH"
    altered(
        exercise,
        style,
        "axes told by their lengths",
        (PADDED, f"{PADDED[:12]}x.swapaxes(0, 1) if N == C == {rows} == HO else x, "),
        named=False,
    )
