"""The cases of convolutions and pooling have the kinds of sizes that wrong code often gets right by chance."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pytest

from autograder.exercises import EXERCISES
from autograder.judging.case import OneOf
from utils.sizes import pair

POOLING = ("max_pool_forward", "max_pool_backward", "avg_pool_forward", "avg_pool_backward")
PADDED = (
    "conv_forward", "conv_backward_weight", "conv_backward_input", "conv_backward", "im2col", "col2im",
    "conv_forward_fast", "conv_backward_fast",
)  # fmt: skip
KEPT = ("KH", "KW", "SH", "SW")  # what a result that is kept by the number of windows depends on besides
# no two cases differ in this alone: two sizes of images would be needed that only this exercise has
LEFT_OUT = {("avg_pool_backward", "SH")}


def geometries(name: str) -> list[dict[str, int]]:
    """The sizes of each case that has fixed ones, with the number of windows (HO, WO)."""
    rows = []
    for sizes in (case.sizes for case in EXERCISES[name].cases):
        if "kernel" in sizes and "h" in sizes and not any(isinstance(each, (range, OneOf)) for each in sizes.values()):
            rows.append(geometry(sizes, name in POOLING))
    return rows


def geometry(sizes: dict[str, Any], pools: bool) -> dict[str, int]:
    (kh, kw), padding = pair(sizes["kernel"]), pair(sizes.get("padding", 0))
    by_default = (kh, kw) if pools else 1
    stride = sizes.get("stride")
    sh, sw = pair(by_default if stride is None else stride)
    row = {"C": sizes["c"], "H": sizes["h"], "W": sizes["w"], "KH": kh, "KW": kw, "SH": sh, "SW": sw}
    row |= {"PH": padding[0], "PW": padding[1]}
    return row | {
        "HO": (row["H"] + 2 * padding[0] - kh) // sh + 1,
        "WO": (row["W"] + 2 * padding[1] - kw) // sw + 1,
    }


def differ_in(number: str, rows: list[dict[str, int]], others: tuple[str, ...]) -> bool:
    """Whether two of the cases agree in all the others, and not in this number."""
    same = [name for name in others if name != number]
    return any(a[number] != b[number] and all(a[name] == b[name] for name in same) for a, b in combinations(rows, 2))


@pytest.mark.parametrize("name", [*PADDED, *POOLING])
@pytest.mark.parametrize("number", KEPT)
def test_what_is_kept_from_call_to_call_without_a_kernel_or_a_stride_shows(name: str, number: str) -> None:
    rows = geometries(name)
    assert differ_in(number, rows, ("H", "W", *KEPT, "PH", "PW"))
    assert differ_in(number, rows, ("HO", "WO", *KEPT)) or (name, number) in LEFT_OUT


@pytest.mark.parametrize("name", PADDED)
def test_padding_is_once_wider_than_the_image_and_the_kernel_once_a_single_number(name: str) -> None:
    rows = geometries(name)
    assert all(differ_in(number, rows, ("H", "W", *KEPT, "PH", "PW")) for number in ("PH", "PW"))
    wide = [row for row in rows if row["PH"] > row["H"] and row["PW"] > row["W"]]
    assert any(row["PH"] > max(row["HO"], row["WO"]) for row in wide)
    assert any(row["KH"] == row["KW"] == 1 and row["SW"] == 1 for row in rows)
    assert any(row["C"] == 1 and row["H"] != row["W"] for row in rows)


@pytest.mark.parametrize("name", POOLING)
def test_windows_are_side_by_side_in_one_direction_alone(name: str) -> None:
    equal = [row for row in geometries(name) if row["KH"] == row["KW"]]
    assert any(row["SH"] == row["KH"] and row["SW"] != row["KW"] for row in equal)
    assert any(row["SH"] != row["KH"] and row["SW"] == row["KW"] for row in equal)


@pytest.mark.parametrize("name", ["max_pool_forward", "avg_pool_forward"])
def test_windows_side_by_side_leave_rows_over_once_and_columns_once_in_images_of_one_channel(name: str) -> None:
    tiled = [row for row in geometries(name) if (row["KH"], row["KW"]) == (row["SH"], row["SW"]) and row["C"] == 1]
    rows = [row for row in tiled if row["H"] % row["KH"] and not row["W"] % row["KW"]]
    columns = [row for row in tiled if row["W"] % row["KW"] and not row["H"] % row["KH"]]
    # also where the other side of the window would leave none over
    assert any(row["H"] % row["KW"] == 0 for row in rows) and any(row["W"] % row["KH"] == 0 for row in columns)
