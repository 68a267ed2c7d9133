"""Attacks that never end: loops, ignored interrupts, threads, daemons, a blocked kernel."""

from __future__ import annotations

from autograder.demo.hostile.attack import Attack, but, right

STUBBORN = """
import signal
signal.signal(signal.SIGINT, signal.SIG_IGN)
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
while True:
    try:
        while True:
            pass
    except BaseException:
        pass
"""

THREADS = """
import threading
def spin():
    while True:
        pass
for _ in range(2):
    threading.Thread(target=spin, daemon=False).start()
"""

DAEMON = """
import os, time
for _ in range(3):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            while True:
                time.sleep(0.01)
        os._exit(0)
"""

BLOCKED = """
import asyncio, threading, time
def block():
    while True:
        try:
            time.sleep(1000)
        except BaseException:
            pass
try:
    asyncio.get_event_loop().call_later(0.3, block)
except RuntimeError as error:
    print(error)
get_ipython().events.register("post_execute", lambda: None)
"""

LOCKS = """
import io, logging, threading, sys
class Never:
    def acquire(self, *args): threading.Event().wait()
    __enter__ = acquire
    def release(self): pass
    def __exit__(self, *args): pass
import os
os.register_at_fork(before=lambda: threading.Event().wait(1000))
"""

FORK_HOOKS = """
import os, time
def hang():
    while True:
        time.sleep(1)
os.register_at_fork(after_in_child=hang)
"""

REAPED = """
import os, signal
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
"""

LATE = """
def softmax_loss(scores, y):
    import time
    time.sleep(1000)
"""

SLOW_LOOP = """
def numerical_gradient(f, x, dout, h=1e-5):
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass
"""

ATTACKS = (
    Attack("loop-in-cell", "loops in the cell of an answer and ignores interrupts",
           right=but("relu_backward"), cells={"relu_backward": right("relu_backward") + STUBBORN},
           words={"relu_backward": "timed out"}, may=("two_layer_loss",)),
    Attack("loop-in-answer", "loops when its function is called",
           right=but("numerical_gradient", "softmax_loss", "two_layer_loss"),
           cells={"numerical_gradient": SLOW_LOOP, "softmax_loss": LATE},
           words={"numerical_gradient": "timed out", "softmax_loss": "timed out"}, may=("two_layer_loss",)),
    Attack("threads", "leaves looping threads behind", right=("linear_forward", "relu_forward"), first=THREADS,
           may=("linear_forward", "relu_forward")),
    Attack("daemons", "leaves processes in other sessions behind", right=("linear_forward", "relu_forward"),
           first=DAEMON),
    Attack("blocked-kernel", "blocks the kernel after its cell has ended", right=but(), first=BLOCKED, may=but()),
    Attack("blocked-fork", "blocks every fork of the kernel before it is made", right=("linear_forward",), first=LOCKS,
           may=("linear_forward",)),
    Attack("hanging-fork", "blocks every fork of the kernel in the child", right=("linear_forward",), first=FORK_HOOKS,
           may=("linear_forward",)),
    Attack("ignored-children", "ignores SIGCHLD, so that Linux reaps the kernel's children",
           right=("linear_forward", "relu_forward"),
           first=REAPED),
)  # fmt: skip
