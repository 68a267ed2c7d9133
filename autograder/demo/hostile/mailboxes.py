"""Attacks in which an answer leaves what it was asked where a later cell could find it and print it."""

from __future__ import annotations

from autograder.demo.hostile.attack import EXERCISES, Attack

# each answer is right, so that it is asked the hidden cases
KEPT_IN_FILES = """
import os
import numpy as np
FOLDERS = (os.getcwd(), ".", "/tmp", "/dev/shm", "/run/kernel")
def relu_forward(x):
    for folder in FOLDERS:
        try:
            np.save(os.path.join(folder, "asked.npy"), x)
        except OSError:
            pass
    return np.maximum(x, 0), x
"""
FIND_FILES = """
import os
for folder in (os.getcwd(), ".", "/tmp", "/dev/shm", "/run/kernel"):
    if os.path.exists(os.path.join(folder, "asked.npy")):
        print("it worked: found", folder)
"""

KEPT_IN_OPEN_FILES = """
import os
import numpy as np
here = os.open(".", os.O_RDONLY)
diary = open("diary.txt", "w+")
def relu_forward(x):
    diary.write(f"it worked: {x.ravel()[:3]}\\n")
    diary.flush()
    try:
        with open("asked.txt", "w", opener=lambda path, flags: os.open(path, flags, dir_fd=here)) as file:
            file.write("it worked: through a folder")
    except OSError:
        pass
    return np.maximum(x, 0), x
"""
READ_OPEN_FILES = """
import os
diary.seek(0)
print(diary.read(), open("asked.txt").read() if os.path.exists("asked.txt") else "")
"""

WATCH = """
import glob, subprocess, sys, threading, time
SEEN = []
def watch():
    while True:
        SEEN.extend(glob.glob("/scratch/asked*") + glob.glob("/dev/shm/asked*") + glob.glob("/tmp/asked*"))
        time.sleep(0.0005)
threading.Thread(target=watch, daemon=True).start()
helper = subprocess.Popen([sys.executable, "-c", '''
import glob, time
while True:
    for path in glob.glob("/scratch/asked*") + glob.glob("/dev/shm/asked*") + glob.glob("/tmp/asked*"):
        print("it worked: a process saw", path, flush=True)
    time.sleep(0.0005)
'''], stdout=open("seen.txt", "w"))
"""
WATCHED = """
if SEEN:
    print("it worked: a thread saw", SEEN[:3])
helper.kill()
print(open("seen.txt").read()[:500])
"""

DAEMON = """
import os, time
import numpy as np
def relu_forward(x):
    if os.fork() == 0:
        os.setsid()
        for _ in range(300):
            try:
                open("/scratch/asked.txt", "w").write("it worked: a process outlived the question")
                os.chdir("/scratch")
            except OSError:
                pass
            time.sleep(0.01)
        os._exit(0)
    return np.maximum(x, 0), x
"""
READ_LATER = """
import os, time
for _ in range(100):
    time.sleep(0.01)
    if os.path.exists("asked.txt"):
        print(open("asked.txt").read())
"""

ATTACKS = (
    Attack("mail-files", "writes what it is asked into files", right=EXERCISES,
           cells={"relu_forward": KEPT_IN_FILES}, last=FIND_FILES, may=("relu_forward",)),
    Attack("mail-open-files", "writes what it is asked into a file and a folder that it keeps open", right=EXERCISES,
           cells={"relu_forward": KEPT_IN_OPEN_FILES}, last=READ_OPEN_FILES, may=("relu_forward",)),
    Attack("mail-watched", "has a thread and a process watch for files that it writes", right=EXERCISES, first=WATCH,
           cells={"relu_forward": KEPT_IN_FILES}, last=WATCHED, may=("relu_forward",)),
    Attack("mail-daemon", "starts a process that outlives the question", right=EXERCISES,
           cells={"relu_forward": DAEMON}, last=READ_LATER, may=("relu_forward",)),
)  # fmt: skip
