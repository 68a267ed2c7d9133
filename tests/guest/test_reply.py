"""A reply is read from data that a student's process may have made up: it fits, it is cut, or it is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autograder.guest import wire
from autograder.guest.errors import Garbled
from autograder.guest.plain_data import UnsupportedType
from autograder.guest.reply import MissingFunctions, read_reply
from autograder.guest.response import Raised, Response
from autograder.guest.status import Status

FULL = Response(
    answer=(np.arange(3.0), 2.0),
    other=(1.0, {"x": np.ones(2)}),
    later=None,
    again=3,
    inputs={"x": np.zeros(2)},
    shared=(("out", "x"),),
    error=Raised("ValueError", ("ValueError", "Exception"), "no", 3, "raise ValueError('no')"),
    printed="hello",
    notes=("a note",),
)
EMPTY = Response().to_plain()


def crossed(reply: Response | MissingFunctions) -> Response | MissingFunctions:
    return read_reply(wire.decode(*wire.encode(reply.to_plain())))


def test_a_response_arrives_as_it_was_sent() -> None:
    response = crossed(FULL)
    assert isinstance(response, Response)
    np.testing.assert_equal(vars(response) | {"error": None}, vars(FULL) | {"error": None})
    assert response.error == FULL.error


def test_missing_functions_arrive_as_they_were_sent() -> None:
    assert crossed(MissingFunctions(("f", "g"))) == MissingFunctions(("f", "g"))


@pytest.mark.parametrize(
    "data",
    [
        7,
        "passed",
        [],
        {},
        np.zeros(3),
        UnsupportedType("Reply"),
        {"missing": 7},
        {"answer": 10, "passed": True, "score": 100},
        EMPTY | {"inputs": 7},
        EMPTY | {"other": 7},
        EMPTY | {"other": (1, 2, 3)},
        EMPTY | {"shared": [7]},
        EMPTY | {"shared": {"out": "x"}},
        EMPTY | {"notes": 7},
        EMPTY | {"error": "ValueError"},
        EMPTY | {"error": {"type": "ValueError"}},
    ],
    ids=str,
)
def test_what_is_no_reply_is_refused(data: Any) -> None:
    with pytest.raises(Garbled):
        read_reply(data)


def test_a_made_up_reply_is_cut() -> None:
    long = "x" * 1_000_000
    error = {"type": long, "bases": [long] * 1000, "message": long, "line_number": {}, "line": [long]}
    response = read_reply(
        EMPTY | {"error": error, "printed": long, "notes": [long] * 1000, "shared": [(long, long)] * 1000}
    )
    assert isinstance(response, Response) and response.error is not None
    assert len(response.error.bases) == 50 and len(response.error.type) == len(response.error.bases[0]) == 200
    assert len(response.error.message) == len(response.error.line) == 500 and response.error.line_number is None
    assert len(response.printed) == 2000 and len(response.notes) == len(response.shared) == 100
    missing = read_reply({"missing": [long] * 1000})
    assert isinstance(missing, MissingFunctions) and len(missing.names) == 100 and len(missing.names[0]) == 200


def test_a_reply_cannot_set_its_own_status() -> None:
    response = read_reply(EMPTY | {"unanswered": Status.PASSED})
    assert isinstance(response, Response) and response.unanswered is None
