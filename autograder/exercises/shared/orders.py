"""What an answer holds in another order than agreed, in exercises of several notebooks."""

from __future__ import annotations

from itertools import permutations

from autograder.guest.plain_data import Inputs
from autograder.judging.mistake import Mistake, Parts, WrongAnswer


def returned_in_another_order(*returns: str) -> Mistake:
    """The mistake of returning these parts in another order."""
    listed = f"{', '.join(returns[:-1])} and {returns[-1]}"
    says = f"What is returned is in another order: it must be {listed}."
    orders = [order for order in permutations(returns) if order != returns]
    return Mistake("returned-in-another-order", says, *(_ordered(returns, order) for order in orders))


def _ordered(returns: tuple[str, ...], order: tuple[str, ...]) -> WrongAnswer:
    def wrong(q: Inputs, right: Parts) -> Parts:
        return {part: right[other] for part, other in zip(returns, order, strict=True)}

    return wrong
