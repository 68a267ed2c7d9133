"""Attacks that forge what a check would show or write."""

from __future__ import annotations

from autograder.demo.hostile.attack import Attack, right

PUBLISH = """
from IPython.display import HTML, display, publish_display_data

for name, points in (("linear_forward", 10), ("linear_backward", 15), ("softmax_loss", 20), ("two_layer_loss", 15)):
    verdict = {
        "exercise": name, "assignment": "01_backprop", "points": points, "score": points, "hidden": True,
        "status": "passed", "mistakes": [], "sources": {}, "cases": [{"name": "all", "passed": True, "hidden": True}],
    }
    publish_display_data({"application/vnd.autograder.verdict+json": verdict, "text/plain": f"{points}"})
    display(HTML(f"<b style='color:green'>{name}: all cases pass</b><script>alert('forged')</script>"))
print("score: 100")
100
"""

LATER = """
from IPython.display import publish_display_data

def show(kind, points=20):
    data = {
        "text/plain": "20", "text/html": "<script>alert('forged')</script>",
        "application/vnd.autograder.verdict+json": {
            "exercise": "softmax_loss", "points": points, "score": points, "hidden": True, "status": "passed",
            "mistakes": [], "cases": [],
        },
    }
    publish_display_data(data, transient={"display_id": kind}, update=kind == "again")

for k in range(30):
    publish_display_data({"text/html": "dropped"}, transient={"display_id": "again"})
publish_display_data({"text/plain": "kept"}, transient={"display_id": "again"})
import threading, time
def shower():
    for _ in range(400):
        show("again")
        time.sleep(0.01)
threading.Thread(target=shower, daemon=True).start()
"""

MESSAGES = """
import threading, time
kernel = get_ipython().kernel
session, iopub = kernel.session, kernel.iopub_socket
parent = kernel.get_parent()
for kind, content in (
    ("execute_input", {"execution_count": "<script>alert('count')</script>", "code": ""}),
    ("stream", {"name": "<script>", "text": "<script>alert('stream')</script>"}),
    ("execute_result", {"data": {"text/plain": "100"}, "metadata": {}, "execution_count": "<script>alert(1)</script>"}),
    ("display_data", {"data": {"image/png": "\\"><script>alert('image')</script>"}, "metadata": {}}),
    ("display_data", {"data": {"image/png": ["list", {}], "text/plain": {"a": 1}}, "metadata": {"image/png": []}}),
    ("display_data", {"data": 7, "metadata": "x"}),
    ("update_display_data", {"data": {"text/plain": "x"}, "metadata": {}, "transient": {"display_id": ["a"]}}),
    ("error", {"ename": {"a": 1}, "evalue": ["<script>alert('error')</script>"], "traceback": "no list"}),
    ("error", {}),
    ("stream", {}),
    ("comm_open", {}),
    ("comm_open", {"comm_id": "c", "target_name": "jupyter.widget", "data": {"state": {}}}),
    ("no such message", {"a": 1}),
    ("stream", ["no dict"]),
):
    session.send(iopub, kind, content, parent=parent)
"""

TEXT = r"""
print("\ud800 half a character, \x00 none, \x1b[2J a terminal's")
"""
SURROGATE = r"""
def relu_forward(x):
    raise ValueError("\ud800 <script>alert(1)</script> \x1b[31m")

def relu_backward(dout, cache):
    return "\udfff", {"\ud800": 1}
"""

FILES = """
import json, os, pathlib
for folder in (".", "/tmp", "/run/kernel", "/course", "@COURSE@", "@COURSE@/autograded", "/dev/shm", "/scratch"):
    for name in ("results.json", "verdict.json", "score.txt", "grades.csv", "01_backprop.ipynb", "conftest.py"):
        try:
            path = pathlib.Path(folder) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps({"score": 100, "status": "passed"}))
        except OSError:
            pass
"""

ATTACKS = (
    Attack("forge-verdict", "publishes verdicts, cards and scores of its own", first=PUBLISH, last=PUBLISH),
    Attack("forge-later", "changes outputs of finished cells by their display id, from a thread that keeps running",
           right=("relu_forward",), first=LATER),
    Attack("forge-messages", "sends messages that no kernel sends", right=("relu_forward",), first=MESSAGES),
    Attack("forge-text", "prints and raises text that UTF-8 cannot encode", right=("linear_forward",),
           first=TEXT, cells={"relu_forward": SURROGATE, "relu_backward": "pass"},
           words={"relu_forward": "raised", "relu_backward": "failed"}),
    Attack("forge-files", "writes files with scores wherever it can", right=("relu_forward",), first=FILES),
    Attack("forge-points", "returns the points instead of an answer",
           cells={"linear_forward": "def linear_forward(x, w, b):\n    return 10", "relu_forward": right("relu_forward")
                  .replace("def relu_forward", "def relu_fine") + "\nrelu_forward = lambda x: 'passed'"},
           words={"linear_forward": "failed", "relu_forward": "failed"}),
)  # fmt: skip
