"""A Jupyter kernel provisioner that has a warm process fork the kernel, and a kernel manager that uses it over IPC."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning import KernelProvisionerBase
from traitlets import Dict, Instance, Type

from autograder.guest.orders import Connection
from autograder.sandbox.channels import CheckedClient
from autograder.sandbox.kernel import Kernel
from autograder.sandbox.limits import Limits
from autograder.sandbox.warm import WarmProcess

NAME = "warm-sandbox"  # under which pyproject.toml registers the provisioner
PORTS = {"shell_port": 1, "iopub_port": 2, "stdin_port": 3, "hb_port": 4, "control_port": 5}  # suffixes of file names
SOCKETS = "k"  # the beginning of those file names


def connection_of(warm: WarmProcess, kernel: Kernel, key: str) -> Connection:
    """Where a kernel is to bind its sockets, and the key that signs its messages."""
    return Connection(ip=f"{warm.guest_folder(kernel)}/{SOCKETS}", key=key, **PORTS)


class WarmProvisioner(KernelProvisionerBase):
    """Starts, signals and ends one kernel. `parent` is a SandboxKernelManager."""

    kernel: Kernel | None = None  # None before it is started and after it was waited for

    @property
    def has_process(self) -> bool:
        return self.kernel is not None

    async def poll(self) -> int | None:
        if self.kernel is None or self.kernel.ended.is_set():
            return (self.kernel.exit_status if self.kernel else None) or 0
        return None

    async def wait(self) -> int | None:
        while (status := await self.poll()) is None:
            await asyncio.sleep(0.02)
        self.kernel = None
        return status

    async def send_signal(self, signum: int) -> None:
        if self.kernel is not None:
            self.parent.warm.signal(self.kernel, signum)

    async def kill(self, restart: bool = False) -> None:
        await self.send_signal(signal.SIGKILL)

    async def terminate(self, restart: bool = False) -> None:
        await self.send_signal(signal.SIGKILL)

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        manager = self.parent
        self.kernel = manager.warm.new_kernel(manager.files)
        manager.transport, manager.ip = "ipc", str(self.kernel.folder / SOCKETS)
        manager.connection_file = str(self.kernel.folder / "kernel.json")
        for name, port in PORTS.items():
            setattr(manager, name, port)
        return {**kwargs, "cmd": []}

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Fork the kernel. SandboxUnavailable or WarmProcessGone if that is not possible."""
        assert self.kernel is not None
        manager = self.parent
        connection = connection_of(manager.warm, self.kernel, manager.session.key.decode())
        await asyncio.to_thread(manager.warm.fork, self.kernel, connection, manager.limits)
        info: KernelConnectionInfo = manager.get_connection_info()
        return info

    async def cleanup(self, restart: bool = False) -> None:
        if self.kernel is not None:
            await asyncio.to_thread(self.parent.warm.end, self.kernel)


class OneSpec(KernelSpecManager):
    """Gives a notebook a Python kernel from the warm process, whatever kernel its metadata names."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        return KernelSpec(
            argv=[],
            display_name="Python 3",
            language="python",
            interrupt_mode="signal",
            metadata={"kernel_provisioner": {"provisioner_name": NAME}},
        )


class SandboxKernelManager(AsyncKernelManager):
    """A kernel manager for one submission."""

    warm = Instance(WarmProcess)  # that forks the kernel
    limits = Instance(Limits)  # of the submission
    files = Dict()  # path → content of what lies in the scratch folder
    client_factory = Type(CheckedClient)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(kernel_spec_manager=OneSpec(), kernel_name="python3", **kwargs)

    @property
    def folder(self) -> Path:
        """The folder with the kernel's sockets."""
        return self.process.folder

    @property
    def process(self) -> Kernel:
        kernel: Kernel = self.provisioner.kernel
        return kernel

    def write_connection_file(self, **kwargs: Any) -> None:
        """Write none: the fork order holds the connection."""
