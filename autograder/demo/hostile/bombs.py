"""Attacks that use up memory, processes, disk space or the room for output."""

from __future__ import annotations

from autograder.demo.hostile.attack import Attack, right

KEEPS = ("linear_forward",)
STOPPED = "out of memory|timed out|crashed"  # depends on which limit is reached first
MEMORY = """
import numpy as np
kept = []
while True:
    kept.append(np.ones(20_000_000))
"""

SHARED = """
import mmap
kept = []
for _ in range(60):
    kept.append(mmap.mmap(-1, 64 << 20))
    kept[-1].write(b"x" * (64 << 20))
"""

FILES_IN_MEMORY = """
import os
kept = []
try:
    for k in range(60):
        kept.append(os.memfd_create(f"m{k}"))
        os.write(kept[-1], b"x" * (60 << 20))
    print("it worked:", len(kept))
except (OSError, AttributeError) as error:
    print(error)
"""

SEGMENTS = """
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
libc.shmat.restype = ctypes.c_void_p
made = 0
for _ in range(50):
    segment = libc.shmget(0, ctypes.c_size_t(64 << 20), 0o1600)
    if segment < 0:
        break
    address = libc.shmat(segment, None, 0)
    ctypes.memset(address, 1, 64 << 20)
    libc.shmdt(ctypes.c_void_p(address))
    made += 1
print("it worked:" if made else "", made)
"""

FORKS = """
import os
while True:
    try:
        os.fork()
    except OSError:
        pass
"""

DISK = """
import os
written = 0
for folder in (".", "/tmp", "/dev/shm", "/run", "/course", "/run/kernel", "/run/kernels"):
    for k in range(300):
        try:
            with open(f"{folder}/{k}", "wb") as file:
                written += file.write(b"x" * (1 << 20))
        except OSError:
            break
        except BaseException as error:
            print(error)
print("it worked:" if written > 200 << 20 else "", written >> 20)
for k in range(100_000):
    try:
        os.mkdir(f"/tmp/d{k}")
    except OSError as error:
        print(k, error)
        break
"""

PRINTS = """
line = "x" * 1_000_000
for _ in range(1000):
    print(line)
"""

ONE_PRINT = """
print("x" * 1_000_000_000)
"""

VALUE = """
"x" * 200_000_000
"""

ERROR = """
raise ValueError("x" * 200_000_000)
"""

DISPLAYS = """
from IPython.display import display, HTML, clear_output
for k in range(30_000):
    display({"text/plain": "x" * 1000, "text/html": "y" * 1000}, raw=True)
"""

IMAGES = """
from IPython.display import publish_display_data
for k in range(300):
    publish_display_data({"image/png": "A" * 15_000_000})
"""

RAW = """
import os, threading, time
kernel = get_ipython().kernel
session, iopub, parent = kernel.session, kernel.iopub_socket, kernel.get_parent()
text = "x" * 60_000_000
for k in range(40):
    session.send(iopub, "stream", {"name": "stdout", "text": text}, parent=parent)
    session.send(iopub, "display_data", {"data": {"text/plain": text}, "metadata": {}}, parent=parent)
"""

FLOOD = """
kernel = get_ipython().kernel
session, iopub, parent = kernel.session, kernel.iopub_socket, kernel.get_parent()
while True:
    try:
        while True:
            session.send(iopub, "stream", {"name": "stdout", "text": "x" * 100}, parent=parent)
            session.send(iopub, "status", {"execution_state": "busy"}, parent=parent)
    except BaseException:
        pass
"""

NOT_MESSAGES = """
kernel = get_ipython().kernel
iopub = kernel.iopub_socket
for parts in ([b"x"], [b""], [b"<IDS|MSG>"], [b"a", b"<IDS|MSG>", b"", b"{}", b"{}", b"{}", b"{}"],
              [b"<IDS|MSG>"] + [b"[" * 100_000] * 5):
    iopub.send_multipart(parts)
import json
deep = json.loads("[" * 900 + "]" * 900)
parent = kernel.get_parent()
kernel.session.send(iopub, "display_data", {"data": {"application/json": deep, "text/plain": "x"}, "metadata": {}},
                    parent=parent)
import hashlib, hmac
def signed(*parts):
    digest = hmac.new(kernel.session.key, digestmod=hashlib.sha256)
    for part in parts:
        digest.update(part)
    iopub.send_multipart([b"<IDS|MSG>", digest.hexdigest().encode(), *parts])
signed(b"[]", b"[]", b"[]", b"[]")
signed(b"{}", b"{}", b"{}", b"7")
signed(b'{"msg_type": 7, "msg_id": []}', b'{"msg_id": {}}', b"{}", b"[1]")
signed(b"[" * 100_000 + b"]" * 100_000, b"{}", b"{}", b"{}")
signed(b'{"msg_id": "\\\\ud800", "msg_type": "stream", "date": "9999-99-99T00:00:00Z"}', b"{}", b"{}", b"{}")
"""

ANSWER_BOMB = """
import numpy as np
def relu_forward(x):
    kept = [np.ones(50_000_000) for _ in range(200)]

def relu_backward(dout, cache):
    import os
    while True:
        try:
            os.fork()
        except OSError:
            pass
"""

ATTACKS = (
    Attack("memory", "fills the memory", right=KEEPS, cells={"relu_forward": MEMORY},
           words={"relu_forward": STOPPED}),
    Attack("shared-memory", "fills shared memory", right=KEEPS,
           cells={"relu_forward": SHARED}, words={"relu_forward": STOPPED}),
    Attack("memory-files", "fills files in memory", right=KEEPS, first=FILES_IN_MEMORY),
    Attack("segments", "fills System V shared memory segments and detaches them", right=KEEPS, first=SEGMENTS),
    Attack("forks", "forks endlessly", right=KEEPS, cells={"relu_forward": FORKS},
           words={"relu_forward": STOPPED}),
    Attack("disk", "fills the disk", right=KEEPS, first=DISK),
    Attack("prints", "prints a gigabyte line by line", right=KEEPS, first=PRINTS),
    Attack("one-print", "prints a gigabyte at once", right=KEEPS, first=ONE_PRINT),
    Attack("huge-value", "shows a value and an exception of 200 MB", right=KEEPS, first=VALUE, last=ERROR,
           cells={"relu_forward": ERROR}, words={"relu_forward": "raised|timed out"}),
    Attack("displays", "shows 30 000 outputs", right=KEEPS, first=DISPLAYS),
    Attack("images", "shows 300 pictures of 15 MB", right=KEEPS, first=IMAGES),
    Attack("raw-messages", "sends 5 GB of messages past the cap on printing", right=KEEPS, first=RAW, may=KEEPS),
    Attack("flood", "sends messages endlessly", right=KEEPS, cells={"relu_forward": right("relu_forward") + FLOOD},
           words={"relu_forward": STOPPED}),
    Attack("not-messages", "sends malformed messages", right=KEEPS, first=NOT_MESSAGES, may=KEEPS),
    Attack("bomb-in-answer", "fills the memory and forks endlessly when its functions are called", right=KEEPS,
           cells={"relu_forward": ANSWER_BOMB, "relu_backward": "pass"}, may=("linear_forward",),
           words={"relu_forward": "out of memory|timed out|failed", "relu_backward": "timed out|raised|failed"}),
)  # fmt: skip
