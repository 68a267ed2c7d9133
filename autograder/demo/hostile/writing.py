"""Attacks that write where they must not: the gradebook, other submissions, link targets, the orders' socket."""

from __future__ import annotations

import nbformat
from nbformat import NotebookNode

from autograder.demo.hostile.attack import Attack

GRADEBOOK = """
import os, sqlite3
for path in ("@COURSE@/gradebook.db", "/proc/1/cwd/gradebook.db", "/proc/1/root@COURSE@/gradebook.db", "gradebook.db"):
    try:
        with sqlite3.connect(path) as database:
            database.execute("update grade set auto_score = 100")
            print("it worked: wrote", path)
    except Exception as error:
        print(path, error)
"""

OTHERS = """
import os, shutil
for top in ("@COURSE@/submitted", "@COURSE@/autograded", "@COURSE@/solutions", "@COURSE@/notebooks", "/run/kernels"):
    for folder, folders, files in os.walk(top):
        for name in files:
            try:
                open(os.path.join(folder, name), "w").write("{}")
                print("it worked: wrote", folder, name)
            except OSError as error:
                print(error)
try:
    shutil.rmtree("@COURSE@")
except OSError as error:
    print(error)
"""

LINKS = """
import os
for folder in (".", "/tmp", "/run/kernel", "/dev/shm"):
    for target in ("@COURSE@/gradebook.db", "@COURSE@/submitted", "@COURSE@", "/proc/1/root", "/etc/passwd"):
        for name in ("01_backprop.ipynb", "gradebook.db", "answers", "k-1", "k-2", "link"):
            try:
                os.symlink(target, os.path.join(folder, name))
            except OSError:
                pass
try:
    os.rename("/run/kernel/k-1", "/run/kernel/gone")
    print("it worked: renamed a socket")
except OSError as error:
    print(error)
for path in ("link", "/tmp/link", "gradebook.db"):
    try:
        open(path, "a").write("x")
        print("it worked: wrote through", path)
    except OSError as error:
        print(error)
"""

CHANNEL = """
import json, os, socket
# the warm process receives orders over a socket, which must not be open here
for fd in range(3, 4096):
    try:
        channel = socket.socket(fileno=os.dup(fd))
        if channel.family == socket.AF_UNIX and channel.getpeername() == "":
            channel.setblocking(False)
            channel.send(json.dumps({"type": "SignalOrder", "kernel": "1", "number": 9}).encode() + b"\\n")
            print("sent to", fd)
    except (OSError, ValueError):
        pass
"""


def points_in_metadata(notebook: NotebookNode) -> NotebookNode:
    """Claim points, a status and results in all metadata."""
    claim = {"key": "x", "status": "graded", "why": "", "score": 100}
    notebook.metadata["autograder"] = claim
    notebook.metadata["autograder_zero"] = True
    for cell in notebook.cells:
        cell.metadata["autograder"] = claim
        marks = cell.metadata.get("nbgrader", {})
        if marks.get("grade"):
            marks |= {"points": 1000, "score": 1000, "locked": False, "auto_score": 1000}
            if cell.cell_type == "code":
                cell.outputs = [nbformat.v4.new_output("execute_result", {"text/plain": "1000"}, execution_count=1)]
    return notebook


ATTACKS = (
    Attack("write-gradebook", "writes 100 points into the gradebook", right=("relu_forward",), first=GRADEBOOK),
    Attack("write-others", "overwrites what others handed in, and deletes the course", right=("relu_forward",),
           first=OTHERS),
    Attack("write-links", "puts links where the host might write, and renames its sockets", right=("relu_forward",),
           first=LINKS),
    Attack("write-orders", "sends the warm process orders", right=("relu_forward",), first=CHANNEL),
    Attack("claim-points", "claims points in the notebook's metadata and outputs", right=("relu_forward",),
           edit=points_in_metadata),
)  # fmt: skip
