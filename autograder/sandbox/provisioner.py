"""Kernels out of a warm process, for Jupyter: a kernel provisioner, and a manager that uses it over IPC."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning import KernelProvisionerBase
from traitlets import Instance, Type

from autograder.sandbox.channels import CheckedClient
from autograder.sandbox.limits import Limits
from autograder.sandbox.warm import Kernel, WarmProcess

NAME = "warm-sandbox"  # of the provisioner, as pyproject.toml registers it
PORTS = {"shell_port": 1, "iopub_port": 2, "stdin_port": 3, "hb_port": 4, "control_port": 5}  # over IPC, file names
SOCKETS = "k"


class WarmProvisioner(KernelProvisionerBase):
    """Starts, signals and ends one kernel; `parent` is a SandboxKernelManager."""

    kernel: Kernel | None = None

    @property
    def has_process(self) -> bool:
        return self.kernel is not None

    async def poll(self) -> int | None:
        if self.kernel is None or self.kernel.ended.is_set():
            return (self.kernel.status if self.kernel else None) or 0
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
        self.kernel = manager.warm.folder_for_kernel()
        manager.transport, manager.ip = "ipc", str(self.kernel.folder / SOCKETS)
        manager.connection_file = str(self.kernel.folder / "kernel.json")
        for name, port in PORTS.items():
            setattr(manager, name, port)
        return {**kwargs, "cmd": []}

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Fork; SandboxUnavailable if that is not possible."""
        assert self.kernel is not None
        manager = self.parent
        connection = {
            "ip": f"{manager.warm.inside(self.kernel)}/{SOCKETS}",
            "key": manager.session.key.decode(),
            **PORTS,
        }
        await asyncio.to_thread(manager.warm.fork, self.kernel, connection, manager.limits)
        info: KernelConnectionInfo = manager.get_connection_info()
        return info

    async def cleanup(self, restart: bool = False) -> None:
        if self.kernel is not None:
            await asyncio.to_thread(self.parent.warm.end, self.kernel)


class OneSpec(KernelSpecManager):
    """Whatever kernel a notebook names, it gets Python out of the warm process."""

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

    warm = Instance(WarmProcess)
    limits = Instance(Limits)
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
        """None is needed: the fork is told."""
