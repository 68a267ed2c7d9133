"""Attacks over the network and over sockets: to other machines, to other kernels, to the host."""

from __future__ import annotations

from autograder.demo.hostile.attack import Attack

OUTWARDS = """
import socket, urllib.request
for address in (("1.1.1.1", 53), ("127.0.0.1", 22), ("127.0.0.1", 8888), ("::1", 80), ("169.254.169.254", 80)):
    try:
        socket.create_connection(address, timeout=0.3)
        print("it worked:", address)
    except OSError as error:
        print(address, error)
try:
    socket.getaddrinfo("example.org", 80)
    print("it worked: a name server")
except OSError as error:
    print(error)
print(open("/proc/net/route").read(), open("/proc/net/tcp").read(), open("/proc/net/unix").read())
"""

SOCKETS = """
import glob, os, socket
for path in glob.glob("/run/**", recursive=True) + glob.glob("/tmp/**", recursive=True) + ["/var/run/docker.sock"]:
    try:
        with socket.socket(socket.AF_UNIX) as one:
            one.settimeout(0.2)
            one.connect(path)
            print("connected to", path)
    except OSError:
        pass
if others := glob.glob("/run/kernels/*"):
    print("it worked:", others)
for name in ("\\0grading", "\\0/tmp/.X11-unix/X0", "\\0jupyter"):
    try:
        with socket.socket(socket.AF_UNIX) as one:
            one.connect(name)
            print("it worked:", name)
    except OSError as error:
        print(error)
"""

# another process connects in place of the snapshot, and sends replies of its own
STOLEN = """
import json, os, socket, struct, time
if os.fork() == 0:
    os.setsid()
    answer = json.dumps({"dict": [["answer", 10], ["passed", True], ["score", 100]]}).encode()
    while True:
        try:
            with socket.socket(socket.AF_UNIX) as one:
                one.connect("/run/kernel/answers")
                while one.recv(1 << 20):
                    one.sendall(struct.pack("<QQ", len(answer), 0) + answer)
        except OSError:
            pass
"""

ATTACKS = (
    Attack("network", "connects to other machines, to this machine, to a name server", right=("relu_forward",),
           first=OUTWARDS),
    Attack("other-sockets", "looks for sockets of other kernels and of the system", right=("relu_forward",),
           first=SOCKETS),
    Attack("stolen-question", "answers the host's questions from another process", right=("relu_forward",),
           first=STOLEN, may=("relu_forward",)),
)  # fmt: skip
