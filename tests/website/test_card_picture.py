"""The picture of a card in the README shows the card of today."""

from __future__ import annotations

from autograder.judging.card import as_text
from website.card_picture import PICTURE, text_in, verdict


def test_the_picture_of_a_card_is_up_to_date() -> None:
    assert text_in(PICTURE) == as_text(verdict()), "run `python -m website.card_picture`, then `autograder build`"
