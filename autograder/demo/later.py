"""What the made-up class handed in for the notebooks from 03 on."""

from __future__ import annotations

from collections.abc import Mapping

from autograder.demo.words import GOOD, THIN
from autograder.demo.work import NOTHING, Work
from autograder.exercises import NAMES

BACK, FAST, POOL, NORM, LENET, PYTORCH, GPU, DESIGN = NAMES[2:]
# training takes time, so few students are that far, and some skipped to the last one; mats left before 03
LATEST: Mapping[str, Mapping[str, Work]] = {
    "ada": {
        LENET: Work(("one line", "a permutation")),
        PYTORCH: Work(("einsum", "Sequential", "state dict")),
        GPU: Work(),
        DESIGN: Work(("residual",)),
    },
    "chiara": {DESIGN: Work(("a loop over its layers",))},
    "dmitri": {DESIGN: Work(("depthwise",), written=THIN)},
    "priya": {
        LENET: Work(but={"LeNet5": "loss-summed", "lenet_table": "biases-not-counted"}, written=THIN),
        PYTORCH: Work(
            but={
                "train_one_epoch": "mean-of-batches",
                "evaluate": "mode-not-given-back",
                "LeNet5": "softmax-in-forward",
            },
            written=THIN,
        ),
        DESIGN: Work(but={"build_model": "too-many-parameters"}, written=THIN),
    },
    "ines": dict.fromkeys((LENET, PYTORCH, GPU, DESIGN), NOTHING),
}
WORDS_ONLY = Work(only=(), written=GOOD)

LATER: Mapping[str, Mapping[str, Work]] = {
    "ada": {name: Work(("product", "tensordot", "matrix", "rows", "two lines")) for name in (BACK, FAST, POOL, NORM)},
    "bao": {name: Work(("loop", "number by number", "filter by filter")) for name in (BACK, FAST, POOL, NORM)},
    "chiara": {name: Work(("einsum", "sliding_window_view")) for name in (BACK, FAST, POOL, NORM)},
    "dmitri": {
        BACK: Work(("as_strided", "bincount", "one line")),
        FAST: Work(("index arrays", "bincount", "batch as the last", "np.correlate")),
        POOL: Work(("as_strided", "bincount", "table of sums", "two matrix")),
        NORM: Work(("scale and shift", "Jacobian", "moveaxis", "diagonal")),
    },
    "elif": {name: Work(written=THIN) for name in (BACK, FAST, POOL, NORM)},
    "femi": {
        BACK: Work(but={"conv_backward_input": "kernel-not-turned (slid over dout)"}),
        FAST: Work(but={"conv1d_forward": "kernel-flipped (np.convolve)"}),
        POOL: Work(),
        NORM: Work(but={"batchnorm_forward": "unbiased-variance"}),
    },
    "greta": {
        BACK: Work(but={"conv_backward": "bias-for-its-gradient"}),
        FAST: Work(but={"conv_forward_fast": "bias-forgotten", "conv3d_forward": "bias-once-per-slice"}),
        POOL: Work(),
        NORM: Work(but={"fuse_conv_batchnorm": "conv-bias-not-scaled"}),
    },
    "hugo": {
        BACK: Work(but={"conv_backward_weight": "input-modified (x padded in place of a copy)"}),
        FAST: Work(but={"col2im": "input-modified (windows emptied once they are used)"}),
        POOL: Work(but={"max_pool_backward": "input-modified (dx written into x)"}),
        NORM: Work(but={"batchnorm_backward": "cache-changed"}),
    },
    "ines": dict.fromkeys((BACK, FAST, POOL, NORM), NOTHING),
    "jonas": {
        BACK: Work(but={"conv_backward_weight": "matrix-product"}),
        FAST: Work(but={"conv_backward_fast": "product-does-not-fit (w not transposed)"}),
        POOL: Work(but={"max_pool_forward": "raises (max of a matrix)"}),
        NORM: Work(but={"spatial_batchnorm_forward": "gamma-along-width"}),
    },
    "kenji": {
        BACK: Work(but={"conv_backward_bias": "returns-nothing"}),
        FAST: Work(but={"im2col": "returns-nothing"}),
        POOL: Work(but={"avg_pool_forward": "returns-nothing", "avg_pool_backward": "returns-nothing"}),
        NORM: Work(but={"batchnorm_forward": "cache-forgotten"}),
    },
    "lucia": dict.fromkeys((BACK, FAST, POOL, NORM), WORDS_ONLY),
    "noor": {
        BACK: Work(but={"conv_backward_weight": "kernel-as-square", "conv_backward_bias": "dtype-lost"}),
        FAST: Work(but={"im2col": "width-from-height", "conv_forward_fast": "too-slow (the loops of 02)"}),
        POOL: Work(but={"max_pool_forward": "stride-as-kernel", "max_pool_backward": "overlap-overwritten"}),
        NORM: Work(but={"batchnorm_forward": "momentum-swapped"}, written=THIN),
    },
    "oskar": {
        BACK: Work(only=("conv_backward_bias",), written=""),
        POOL: Work(only=("max_pool_forward",), written=""),
    },
    "priya": {
        BACK: Work(but={"conv_backward_bias": "db-averaged", "conv_backward_weight": "divided-by-n"}),
        FAST: Work(but={"col2im": "overlap-averaged"}),
        POOL: Work(but={"avg_pool_forward": "not-divided", "max_pool_backward": "every-tie"}),
        NORM: Work(but={"batchnorm_backward": "sums-not-averaged"}),
    },
}


def later_works(student: str) -> dict[str, Work]:
    """What a student handed in for the notebooks from 03 on, by assignment."""
    return {**LATER.get(student, {}), **LATEST.get(student, {})}
