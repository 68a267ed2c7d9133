"""Attacks by the response: values that no check expects, and garbage on the socket instead of a response."""

from __future__ import annotations

from autograder.demo.hostile.attack import Attack


def returning(value: str, before: str = "") -> dict[str, str]:
    """Cells that return one value where an array, a pair, or a number and an array are expected."""
    return {
        "relu_backward": f"import numpy as np\n{before}\ndef relu_backward(dout, cache):\n    return {value}",
        "linear_forward": f"{before}\ndef linear_forward(x, w, b):\n    return {value}, {value}",
        "softmax_loss": f"{before}\ndef softmax_loss(scores, y):\n    return {value}, {value}",
    }


FAILED = {"relu_backward": "failed", "linear_forward": "failed", "softmax_loss": "failed"}

DEEP = """
deep = []
for _ in range(1_000_000):
    deep = [deep]
"""
MIDDLING = """
deep = 1.0
for _ in range(400):
    deep = [deep]
"""
ROUND = "loop = []\nloop.append(loop)"
EXACT = """
class Sub(np.ndarray): pass
"""
DICTS = """
wide = {f"k{k}" * 20: k for k in range(100_000)}
"""

# replaces what sends a response: the messages in KINDS are sent instead, in turn
RESPONDER = """
import json, os, socket, struct, time
import autograder.guest.ask, autograder.guest.responders
import autograder.guest.snapshot as snapshot, autograder.guest.wire as wire
import numpy as np
from safetensors.numpy import save

def frame(structure, tensors=save({})):
    return struct.pack("<QQ", len(structure), len(tensors)) + structure + tensors

def plain(**parts):
    return {key: parts.get(key) for key in ("answer", "other", "later", "again", "error")} | {
        "inputs": {}, "shared": [], "notes": [], "printed": ""} | parts

count = 0

def send(channel, value):
    global count
    kinds = KINDS
    kind = kinds[count % len(kinds)]
    count += 1
    kind(channel)

snapshot.wire.send = send
"""

DRIBBLE = """
def dribble(channel):
    channel.sendall(struct.pack("<QQ", 1000, 1000))
    while True:
        channel.sendall(b"[")
        time.sleep(0.1)
KINDS = [dribble]
"""

FIREHOSE = """
def firehose(channel):
    channel.sendall(struct.pack("<QQ", 60_000_000, 4_000_000))
    for _ in range(64):
        channel.sendall(b"[" * 1_000_000)
def lies(channel):
    channel.sendall(struct.pack("<QQ", 1 << 63, 1 << 63) + b"x" * 100)
KINDS = [firehose, lies]
"""

AMPLIFIED = """
tensors = save({"0": np.ones(4_000_000)})
def repeated(channel):
    many = [{"array": "0"}] * 2000
    channel.sendall(frame(json.dumps({"dict": [["answer", many]]}).encode(), tensors))
def lists(channel):
    channel.sendall(frame(b"[" + b"[]," * 20_000_000 + b"[]]"))
KINDS = [repeated, lists]
"""

NONSENSE = """
def of(text):
    return lambda channel: channel.sendall(frame(text.encode()))

def said(**parts):
    reply = plain(**parts)
    return of(json.dumps({"dict": [[key, value] for key, value in reply.items()]}))

KINDS = [
    of("null"), of("7"), of('"passed"'), of("{}"), of("[" * 100_000), of("[" * 900 + "]" * 900), of('{"dict": 7}'),
    of('{"dict": [["missing", [{"unsupported": "x"}]]]}'), of("1" * 4000), of("NaN"),
]
"""

LARGE_NUMBERS = """
def said(**parts):
    reply = plain(**parts)
    pairs = [[key, {"dict": []} if key == "inputs" else value] for key, value in reply.items()]
    return lambda channel: channel.sendall(frame(json.dumps({"dict": pairs}).encode()))
big = int("9" * 4000)
KINDS = [
    said(answer={"tuple": [big, big]}), said(answer={"tuple": [1e308 * 10, {"unsupported": ["x"]}]}),
]
"""

FAKE_ERROR = """
def said(**parts):
    reply = plain(**parts)
    pairs = [[key, {"dict": []} if key == "inputs" else value] for key, value in reply.items()]
    return lambda channel: channel.sendall(frame(json.dumps({"dict": pairs}).encode()))
deep = json.loads("[" * 300 + "]" * 300)
fake = {"dict": [["type", "<script>alert(1)</script>"], ["bases", ["NotImplementedError"] * 1000],
                 ["message", "<script>alert(1)</script>" * 10000 + "\\ud800"], ["line_number", {"dict": []}],
                 ["line", deep]]}
KINDS = [
    said(error=fake), said(answer=deep), said(answer="\\ud800" * 100), said(answer={"tuple": ["x" * 3_000_000] * 1}),
    said(answer={"dict": [["k" * 1_000_000, 1]]}),
]
"""

SHAPES = """
def said(answer, tensors):
    reply = plain(answer=answer)
    pairs = [[key, {"dict": []} if key == "inputs" else value] for key, value in reply.items()]
    return lambda channel: channel.sendall(frame(json.dumps({"dict": pairs}).encode(), tensors))

def raw(dtype, shape, data=b""):
    head = json.dumps({"0": {"dtype": dtype, "shape": shape, "data_offsets": [0, len(data)]}}).encode()
    return struct.pack("<Q", len(head)) + head + data
one = {"array": "0", "strided": True}
KINDS = [
    said(one, raw("F64", [1 << 60, 0])), said(one, raw("F64", [0] * 40)), said(one, raw("F64", [1] * 70, b"x" * 8)),
    said(one, raw("BF16", [2], b"xxxx")), said(one, raw("F8_E4M3", [2], b"xx")), said(one, raw("BOOL", [2], b"xy")),
    said(one, raw("F64", [1 << 40], b"x" * 8)), said(one, b"\\xff" * 8), said(one, raw("F64", [], b"x" * 8)),
]
"""


def responding(kinds: str) -> dict[str, str]:
    """Cells that define three functions and replace every response with the messages that `kinds` defines."""
    names = ("linear_forward", "relu_backward", "softmax_loss")
    cells = {name: f"def {name}(*args, **kwargs):\n    return 0.0" for name in names}
    first = RESPONDER.split("count = 0")[0] + kinds + "\ncount = 0" + RESPONDER.split("count = 0")[1]
    return cells | {names[0]: cells[names[0]] + "\n" + first}


ATTACKS = (
    Attack("answer-objects", "answers with objects", cells=returning("object()"), words=FAILED),
    Attack("answer-object-array", "answers with 0-dimensional arrays of objects",
           cells=returning("np.array(object(), dtype=object)"), words=FAILED),
    Attack("answer-nan", "answers with NaN and infinity", cells=returning("dout * float('nan') if 'dout' in dir() "
           "else np.full((3, 4), float('inf'))"), words=FAILED),
    Attack("answer-huge-int", "answers with an integer of a million digits", cells=returning("1 << 3_000_000"),
           words=FAILED),
    Attack("answer-int", "answers with an integer too large for a float", cells=returning("10 ** 400"),
           words=FAILED),
    Attack("answer-deep", "answers with a list nested a million deep", cells=returning("deep", DEEP), words={}),
    Attack("answer-middling", "answers with a list nested 400 deep", cells=returning("deep", MIDDLING), words=FAILED),
    Attack("answer-round", "answers with a list that contains itself", cells=returning("loop", ROUND), words={}),
    Attack("answer-subclass", "answers with a subclass of ndarray, strides reversed",
           cells=returning("np.ones((5, 4))[::-1, ::-1].view(Sub)", "import numpy as np" + EXACT), words=FAILED),
    Attack("answer-gigabytes", "answers with arrays of gigabytes", cells=returning("np.zeros((20000, 20000))"),
           words={}),
    Attack("answer-broadcast", "answers with a view of terabytes over one number",
           cells=returning("np.broadcast_to(np.float64(1), (1 << 40,))"), words={}),
    Attack("answer-dtypes", "answers with arrays of records",
           cells=returning("np.zeros(3, dtype=[('a', 'f8'), ('b', 'O')])"), words=FAILED),
    Attack("answer-wide", "answers with a dict of 100 000 keys and a string of a million characters",
           cells=returning("wide or 'x' * 1_000_000", DICTS)),
    Attack("respond-dribble", "sends an endless response, a byte at a time", cells=responding(DRIBBLE),
           words={"linear_forward": "timed out", "relu_backward": "timed out"}),
    Attack("respond-firehose", "sends a response of the largest size, and lies about its length",
           cells=responding(FIREHOSE), words={}),
    Attack("respond-amplified", "sends a small message that becomes huge when it is decoded",
           cells=responding(AMPLIFIED)),
    Attack("respond-nonsense", "sends messages that are not responses", cells=responding(NONSENSE)),
    Attack("respond-numbers", "sends numbers with thousands of digits", cells=responding(LARGE_NUMBERS)),
    Attack("respond-errors", "sends made-up exceptions with script in them", cells=responding(FAKE_ERROR)),
    Attack("respond-shapes", "sends arrays whose shapes and dtypes are false", cells=responding(SHAPES)),
)  # fmt: skip
