"""Results that are a named tuple or an ordered dict count as a tuple or a dict."""

from __future__ import annotations

from collections import OrderedDict, defaultdict, namedtuple

import numpy as np

from autograder import check
from autograder.gallery.registry import called, right_answers
from autograder.guest.plain_data import UnsupportedType, plain


class Loss(namedtuple("Loss", "loss dscores")):
    """A named tuple that claims to hold something else."""

    def __iter__(self):
        return iter(("nothing",))


def test_a_named_tuple_is_read_as_the_tuple_that_it_is() -> None:
    assert plain(namedtuple("Result", "loss step")(0.5, 3)) == (0.5, 3)
    assert plain(Loss(0.5, (1,))) == (0.5, (1,))


def test_an_ordered_or_a_default_dict_is_read_as_a_dict() -> None:
    assert plain(OrderedDict(b=np.float64(1), a=2)) == {"b": 1.0, "a": 2}
    assert plain(defaultdict(float, a=1.0)) == {"a": 1.0}


def test_another_kind_of_tuple_or_dict_is_not_read() -> None:
    class Mine(dict):
        pass

    class Pair(tuple):
        pass

    assert isinstance(plain(Mine(a=1)), UnsupportedType)
    assert isinstance(plain(Pair((1, 2))), UnsupportedType)


def test_the_layers_of_08_may_come_in_an_ordered_dict() -> None:
    layers = called(right_answers("conv_layers")[0])["conv_layers"]
    assert check.verdict("conv_layers", {"conv_layers": lambda: OrderedDict(layers())}).passed
