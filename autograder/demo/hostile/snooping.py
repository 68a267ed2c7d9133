"""Attacks that look for what is hidden: tests, the secret, solutions, other students' work, the host."""

from __future__ import annotations

from autograder.demo.hostile.attack import Attack

DISK = """
import os, pathlib
hits = []
for top in ("@COURSE@", "/home", "/root", "/run", "/course", "/tmp", "/etc", "/var", "/mnt", "/opt"):
    for folder, folders, files in os.walk(top):
        folders[:] = [name for name in folders if name != "site-packages"]
        for name in files:
            path = pathlib.Path(folder, name)
            try:
                if path.stat().st_size < 3_000_000 and (text := path.read_bytes()) and (
                    b"canary" in text or b"HIDDEN TESTS" in text or name in ("gradebook.db", ".course-secret")
                ):
                    hits.append((str(path), text[:20000]))
            except OSError:
                pass
print(hits)
for path in ("@COURSE@/.course-secret", "@COURSE@/gradebook.db", "/proc/1/root/@COURSE@/.course-secret", "/etc/shadow"):
    try:
        print(open(path, "rb").read())
    except OSError as error:
        print(type(error).__name__)
"""

MEMORY = """
import gc, inspect, sys, threading
frame, texts = sys._getframe(), []
while frame is not None:
    for name, value in list(frame.f_locals.items()):
        texts.append((frame.f_code.co_filename, name, repr(value)[:20000]))
    frame = frame.f_back
for other in sys._current_frames().values():
    while other is not None:
        texts += [(other.f_code.co_filename, name, repr(value)[:5000]) for name, value in list(other.f_locals.items())]
        other = other.f_back
print([text for text in texts if "canary" in str(text) or "secret" in str(text).lower()])
for thing in gc.get_objects():
    try:
        if isinstance(thing, dict) and any("canary" in str(value)[:2000] for value in list(thing.values())[:50]):
            print(str(thing)[:20000])
    except Exception:
        pass
for name, module in list(sys.modules.items()):
    if name.startswith("autograder"):
        print(name, [key for key in vars(module)])
HOST = ("exercises", "judging.oracle", "judging.secret", "judging.seeds", "grading.run")
for name in (*(f"autograder.{part}" for part in HOST), "torch"):
    try:
        module = __import__(name)
        print("imported", name, dir(module))
    except BaseException as error:
        print(name, type(error).__name__)
"""

RAW_MEMORY = """
import re
for pid in ("self", "1", "2"):
    try:
        with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb") as memory:
            for line in maps:
                start, end = (int(part, 16) for part in line.split()[0].split("-"))
                if "rw" in line and end - start < 200_000_000:
                    memory.seek(start)
                    try:
                        print(set(re.findall(rb"canary-[a-z]+-[0-9a-f]{12,}", memory.read(end - start))))
                    except OSError:
                        pass
    except (OSError, ValueError) as error:
        print(pid, type(error).__name__)
"""

PROC = """
import glob, os
print(dict(os.environ))
for pid in sorted(glob.glob("/proc/[0-9]*")):
    for name in ("environ", "cmdline", "status", "mountinfo", "maps"):
        try:
            print(pid, name, open(f"{pid}/{name}", "rb").read()[:20000])
        except OSError as error:
            print(pid, name, type(error).__name__)
    try:
        print(pid, [(fd, os.readlink(f"{pid}/fd/{fd}")) for fd in os.listdir(f"{pid}/fd")])
        for fd in os.listdir(f"{pid}/fd"):
            if pid != f"/proc/{os.getpid()}":
                print(open(f"{pid}/fd/{fd}", "rb").read(100))
    except OSError as error:
        print(pid, "fd", type(error).__name__)
    for link in ("cwd", "root", "exe"):
        try:
            print(pid, link, os.readlink(f"{pid}/{link}"), os.listdir(f"{pid}/{link}"))
        except OSError as error:
            print(pid, link, type(error).__name__)
"""

DESCRIPTORS = """
import os, socket, stat
for fd in range(3, 1024):
    try:
        kind = os.fstat(fd).st_mode
    except OSError:
        continue
    print(fd, stat.filemode(kind), os.readlink(f"/proc/self/fd/{fd}"))
    if stat.S_ISDIR(kind) or stat.S_ISREG(kind):
        print("it worked: an open file", os.readlink(f"/proc/self/fd/{fd}"))
get_ipython().run_line_magic("history", "-g")
"""

RIGHTS = """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
NEWUSER, NEWNS = 0x10000000, 0x20000

def attempt(what, result):
    print("it worked:" if result >= 0 else "", what, os.strerror(ctypes.get_errno()))

attempt("ptrace 1", libc.ptrace(16, 1, 0, 0))
if os.fork() == 0:
    result = libc.unshare(NEWUSER | NEWNS)
    os._exit(0 if result == 0 else 1)
attempt("user namespace", 0 if os.wait()[1] == 0 else -1)
if os.fork() == 0:  # clone3 and clone take the same flags, and no filter sees through clone3's
    child = libc.syscall(56, NEWUSER | 17, 0, 0, 0, 0)
    os._exit(0 if child >= 0 else 1)
attempt("user namespace by clone", 0 if os.wait()[1] == 0 else -1)
attempt("umount /run/kernels", libc.umount2(b"/run/kernels", 2))
attempt("umount /scratch", libc.umount2(b"/scratch", 2))
attempt("remount", libc.mount(b"none", b"/run/kernel", b"", ctypes.c_ulong(32 | 4096), b""))
attempt("mount tmpfs", libc.mount(b"tmpfs", b"/tmp", b"tmpfs", ctypes.c_ulong(0), b""))
attempt("setuid", libc.setuid(0))
attempt("chroot", libc.chroot(b"/tmp"))
attempt("process_vm_readv", libc.syscall(310, 1, 0, 0, 0, 0, 0))
attempt("keyctl", libc.syscall(250, 0, -3, 1))
for path in ("run/kernel", "course", "usr", "etc", "run", "", "dev", "home", "proc/sys/kernel"):
    path = f"/{path}/hostname"
    try:
        open(path, "w").write("x")
        print("it worked: wrote", path)
    except OSError as error:
        print(path, error)
"""

SESSION_KEYS = """
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
ADD, READ, SEARCH = 248, 11, 10
for key in (-3, -4, -5):
    libc.syscall(ADD, b"user", b"left-behind", b"note", 4, key)
    serial = libc.syscall(250, SEARCH, key, b"user", b"canary", 0)
    text = ctypes.create_string_buffer(200)
    if serial > 0 and libc.syscall(250, READ, serial, text, 200) > 0:
        print(text.value)
"""

INPUTS = """
import inspect, sys, os

def linear_forward(x, w, b):
    frame = sys._getframe()
    while frame is not None:
        for name, value in frame.f_locals.items():
            if "expected" in name or "oracle" in name or "answer" in name.lower():
                print(name, value)
                if isinstance(value, tuple):
                    return value
        frame = frame.f_back
    raise ValueError(repr(sorted(os.environ.items())) + repr(x.ravel()[:5].tolist()))
"""

ATTACKS = (
    Attack("read-disk", "looks for hidden tests, the secret and other students' work on disk", first=DISK),
    Attack("read-memory", "looks for them in stack frames, objects and modules", first=MEMORY, last=MEMORY),
    Attack("read-raw-memory", "looks for them in the raw memory of its own and other processes", first=RAW_MEMORY),
    Attack("read-proc", "looks for them in /proc, in environments and command lines", first=PROC),
    Attack("read-descriptors", "looks for them in open file descriptors and in IPython's history", first=DESCRIPTORS),
    Attack("regain-rights", "tries to regain rights, and to change mounts", first=RIGHTS),
    Attack("read-keys", "looks for them in Linux's keyrings, and leaves a key there", first=SESSION_KEYS),
    Attack("read-question", "looks for the right answer while it is called, and raises an error with its inputs",
           cells={"linear_forward": INPUTS}, words={"linear_forward": "raised"}),
)  # fmt: skip
