"""A JupyterHub with its proxy on loopback, for the accounts of a Machine (as root)."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from accounts import Machine
from ordinary_user import as_user
from small_course import REPOSITORY

PROXY, PASSWORD = "configurable-http-proxy", "of this test"
STARTS_WITHIN = 600.0  # seconds, on a machine that does other things too
SETTINGS = """
c = get_config()
c.JupyterHub.bind_url = "http://127.0.0.1:{port}"
c.JupyterHub.hub_port = {hub_port}
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{proxy_port}"
c.JupyterHub.authenticator_class = "dummy"
c.DummyAuthenticator.password = "{password}"
c.Authenticator.allow_all = True
c.LocalAuthenticator.create_system_users = False
c.Spawner.cmd = ["{python}", "-m", "jupyterhub.singleuser"]
c.Spawner.notebook_dir = "~"
c.Spawner.environment = {environment}
c.Spawner.start_timeout = c.Spawner.http_timeout = {seconds:.0f}
"""
# formgrader's pages are frames in JupyterLab; from version 5 on the hub forbids all frames where nothing is set
FRAMES = """
c = get_config()
c.ServerApp.tornado_settings = {"headers": {"Content-Security-Policy": "frame-ancestors 'self'"}}
"""


def why_no_hub() -> str:
    """Why this machine cannot run a JupyterHub; empty if it can."""
    if not find_spec("jupyterhub"):
        return "jupyterhub is not installed: `pip install jupyterhub==6.1.1`"
    if not shutil.which(PROXY):
        return f"{PROXY} is not installed: `npm install -g {PROXY}`"
    return ""


@contextmanager
def hub_of(machine: Machine) -> Iterator[str]:
    """The address of a running hub, in which each account has a server of its own, as itself."""
    folder = machine.root / "hub"
    for place in (folder, folder / "aside"):
        place.mkdir()
    ports = free_ports(3)
    environment = {
        "PYTHONPATH": os.pathsep.join([str(REPOSITORY), os.environ.get("PYTHONPATH", "")]),
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        "JUPYTER_CONFIG_PATH": str(machine.root / "etc"),
    }
    settings = SETTINGS.format(
        port=ports[0],
        hub_port=ports[1],
        proxy_port=ports[2],
        password=PASSWORD,
        python=sys.executable,
        environment=environment,
        seconds=STARTS_WITHIN,
    )
    (folder / "jupyterhub_config.py").write_text(settings)
    (machine.root / "etc" / "jupyter_server_config.py").write_text(FRAMES)
    command, needed = as_user(0, [sys.executable, "-m", "jupyterhub"], folder / "aside", str(machine.root / "passwd"))
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            command, cwd=folder, env=os.environ | environment | needed, stdout=log, stderr=log, start_new_session=True
        )
        try:
            address = f"http://127.0.0.1:{ports[0]}"
            wait_for(f"{address}/hub/login", process, folder / "log")
            yield address
        finally:
            process.terminate()  # the hub stops its servers and its proxy
            process.wait(timeout=60)


def free_ports(number: int) -> list[int]:
    """Ports that nothing listens on."""
    sockets = [socket.socket() for _ in range(number)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def wait_for(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until somebody answers there."""
    end = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < end and process.poll() is None:
        try:
            urlopen(address).close()
            return
        except URLError:
            time.sleep(0.5)
    raise AssertionError(log.read_text())
