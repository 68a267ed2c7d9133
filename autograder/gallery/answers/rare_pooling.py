"""Wrong answers to 05_pooling that only special sizes or several calls reveal."""
# mypy: ignore-errors

from autograder.gallery.answers import pool_average_right, pool_max_right  # noqa: F401  altered here
from autograder.gallery.registry import altered

BLOCKS = "blocks by reshape, loops where they do not fit"
KERNEL = "(kernel, kernel) if isinstance(kernel, int) else kernel"
STRIDE = "(stride, stride) if isinstance(stride, int) else stride"
LOOPS = {
    "max_pool_forward": "loops over places, images and channels at once",
    "avg_pool_forward": "loops over places, images and channels at once",
    "max_pool_backward": "loops over places, argmax",
    "avg_pool_backward": "loops over places",
}
for exercise, style in LOOPS.items():
    forward = exercise.endswith("forward")
    end = "stride=None)" if forward else "cache)"
    keeping = (end, end[:-1] + ", kept={})")
    altered(
        exercise,
        style,
        "stride of an earlier call",
        (f"= {STRIDE}\n", f"= kept.setdefault((x.shape, kernel), {STRIDE})\n"),
        keeping,
        named=False,
    )
    altered(
        exercise,
        style,
        "width of the kernel of an earlier call",
        (f"{KERNEL}\n", f"{KERNEL}\n    kw = kept.setdefault((x.shape, kh, stride), kw)\n"),
        keeping,
        named=False,
    )
    altered(
        exercise,
        style,
        "a pair of strides told by the kernel",
        ("isinstance(stride, int)", "isinstance(kernel, int)"),
        named=False,
    )
    altered(
        exercise,
        style,
        "a pair of kernel sizes told by the stride",
        ("isinstance(kernel, int)", "isinstance(stride, int)"),
        named=False,
    )
    result = "x, (x, kernel, stride)" if forward else "dout"
    altered(
        exercise,
        style,
        "shares-memory",
        (f"{STRIDE}\n", f"{STRIDE}\n    if kh * kw * sh * sw == 1:\n        return {result}\n"),
        how="windows of 1×1",
    )
    if forward:
        altered(exercise, style, "a default stride of 2", ("stride=None", "stride=2"), named=False)

for exercise in ("max_pool_forward", "avg_pool_forward"):
    altered(exercise, BLOCKS, "side by side where the sizes divide", ("(kh, kw) == (sh, sw) and ", ""), named=False)
altered("avg_pool_forward", BLOCKS, "dtype-lost", (".mean(axis=(3, 5))", ".mean((3, 5), float)"), how="in blocks alone")
altered("max_pool_forward", BLOCKS, "dtype-lost", (".max(axis=4)", ".max(axis=4).astype(float)"), how="in blocks alone")
altered(
    "avg_pool_forward",
    BLOCKS,
    "cache-incomplete",
    (".mean(axis=(3, 5)), (x, kernel, stride)", ".mean(axis=(3, 5)), (x, kernel)"),
    how="in blocks alone",
)
altered(
    "max_pool_backward",
    BLOCKS,
    "side by side where the sizes divide",
    ("if (kh, kw) == (sh, sw):", "if HO * kh <= H and WO * kw <= W and (kh > 1 or kw > 1):"),
    named=False,
)
altered(
    "avg_pool_backward",
    "np.repeat, loops where windows overlap",
    "side by side where the sizes divide",
    ("if (kh, kw) == (sh, sw):", "if dout.shape[2] * kh <= x.shape[2] and dout.shape[3] * kw <= x.shape[3]:"),
    named=False,
)
