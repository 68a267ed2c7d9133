"""05_pooling: the cases that several exercises have in common: FIRST, SPACED, …_STRIDE and LAST are forward."""

from __future__ import annotations

from autograder.judging.case import CONVENTIONS_NAME, Case

FIRST = (
    Case(
        "one image, 2×2 windows side by side", {"n": 1, "c": 1, "h": 4, "w": 4, "kernel": 2}, conventions=("arguments",)
    ),
    Case("batch of two, three channels", {"n": 2, "c": 3, "h": 4, "w": 6, "kernel": 2, "stride": 2}),
)
SPACED = (
    Case("2×2 windows, stride 3: gaps between them", {"n": 1, "c": 1, "h": 8, "w": 5, "kernel": 2, "stride": 3}),
    Case(
        "the stride does not divide the image: rows left over",
        {"n": 2, "c": 3, "h": 5, "w": 9, "kernel": 3, "stride": 3},
    ),
    Case(
        "kernel (2, 3), stride (1, 2): pairs",
        {"n": 2, "c": 2, "h": 4, "w": 8, "kernel": (2, 3), "stride": (1, 2)},
        conventions=("arguments",),
    ),
)
NO_STRIDE = Case(
    "kernel (3, 2), stride None, one channel",
    {"n": 1, "c": 1, "h": 8, "w": 6, "kernel": (3, 2), "stride": None},
    conventions=("arguments",),
)
DEFAULT_STRIDE = Case(
    "kernel (2, 3), no stride given", {"n": 2, "c": 1, "h": 6, "w": 10, "kernel": (2, 3)}, conventions=("arguments",)
)
_TILED = {"n": 1, "c": 2, "h": 4, "w": 6}  # an image that 2×2 and 2×3 windows fill
_TALL, _BROAD = ({"n": 1, "c": 2, "h": h, "w": w} for h, w in ((10, 6), (6, 10)))  # that 2×3 and 3×2 windows fill
_BLOCKS = "Windows side by side fill this image too, but these are not side by side."
# each differs from another one in kernel or stride alone, which reveals what is kept from call to call without it
TILED = (
    Case("2×2 windows, stride 1, on 4×6", _TILED | {"kernel": 2, "stride": 1}, weight=0.5, hint=_BLOCKS),
    Case("2×2 windows, stride 3, on 4×6", _TILED | {"kernel": 2, "stride": 3}, weight=0.5, hint=_BLOCKS),
    Case(
        "kernel (2, 3), stride 1, on 4×6: a pair and an int",
        _TILED | {"kernel": (2, 3), "stride": 1},
        conventions=("arguments", "cache"),
    ),
    Case(
        "kernel (2, 3), no stride given, on 4×6",
        _TILED | {"kernel": (2, 3)},
        conventions=("arguments", "cache"),
    ),
    Case(
        "kernel 2, stride (1, 2), on 4×6: side by side in one direction",
        _TILED | {"kernel": 2, "stride": (1, 2)},
        hint=_BLOCKS,
        conventions=("arguments", "cache"),
    ),
    Case(
        "kernel 2, stride (2, 3), on 4×6: side by side in the other direction",
        _TILED | {"kernel": 2, "stride": (2, 3)},
        hint=_BLOCKS,
        conventions=("arguments", "cache"),
    ),
    Case(
        "kernel (1, 2), stride (2, 3), on 4×6",
        _TILED | {"kernel": (1, 2), "stride": (2, 3)},
        hint=_BLOCKS,
        conventions=("arguments", "cache"),
    ),
    Case(
        "kernel 1, stride (2, 3), on 4×6: an int and a pair",
        _TILED | {"kernel": 1, "stride": (2, 3)},
        conventions=("arguments", "cache"),
    ),
    Case(
        "windows of 1×1 side by side: still a new array",
        _TILED | {"kernel": 1, "stride": 1},
        weight=0.25,
        conventions=("memory",),
    ),
    Case(
        "kernel (2, 3), stride 3, on 10×6",
        _TALL | {"kernel": (2, 3), "stride": 3},
        hint=_BLOCKS,
        conventions=("arguments", "cache"),
    ),
    Case(
        "kernel (3, 2), stride 3, on 6×10",
        _BROAD | {"kernel": (3, 2), "stride": 3},
        hint=_BLOCKS,
        conventions=("arguments", "cache"),
    ),
    Case(
        "kernel (2, 3), stride (3, 2), on 10×6",
        _TALL | {"kernel": (2, 3), "stride": (3, 2)},
        hint=_BLOCKS,
        conventions=("arguments",),
    ),
)
SIDE_BY_SIDE = Case(
    "2×2 windows side by side: float32, and the cache",
    {"n": 2, "c": 2, "h": 4, "w": 6, "kernel": 2, "stride": 2},
    dtype="float32",
    conventions=("dtype", "cache"),
)
FLOAT32 = Case(
    "float32 stays float32",
    {"n": 2, "c": 2, "h": 5, "w": 6, "kernel": 3, "stride": 2},
    dtype="float32",
    conventions=("dtype",),
)
INTS_IN_THE_CACHE = Case(
    "kernel and stride in the cache as they were passed: ints",
    {"n": 1, "c": 2, "h": 5, "w": 6, "kernel": 3, "stride": 2},
    conventions=("cache",),
)
LAST = (
    FLOAT32,
    SIDE_BY_SIDE,
    Case(
        "the cache is (x, kernel, stride)",
        {"n": 2, "c": 2, "h": 6, "w": 5, "kernel": 3, "stride": 2},
        conventions=("cache",),
    ),
    Case(
        "the cache when no stride is given, one channel",
        {"n": 1, "c": 1, "h": 6, "w": 7, "kernel": 2},
        conventions=("arguments", "cache"),
    ),
    Case(
        CONVENTIONS_NAME,
        {"n": 2, "c": 2, "h": 6, "w": 5, "kernel": 3, "stride": 2},
        strided=True,
        conventions=("memory",),
    ),
)
