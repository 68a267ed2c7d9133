"""Channels to a kernel that may send anything: messages are capped, and passed on only if they are what they should be.

What a student's code sends past IPython, with the kernel's own key, arrives here like the kernel's own messages.
"""

from __future__ import annotations

import asyncio
import time
from queue import Empty
from typing import Any

import zmq
import zmq.asyncio
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.channels import AsyncZMQSocketChannel
from traitlets import Type

LARGEST = 16 << 20  # bytes of one part of a message; a kernel cuts its own messages far below that
WAITING = 64  # messages that wait to be read; more wait in the kernel, in memory that counts as its own
REPLIES = ("execute_reply", "kernel_info_reply", "snapshot_reply")

Message = dict[str, Any]


def context() -> zmq.asyncio.Context:
    """What sockets to one kernel are made from; whoever asks for it destroys it."""
    made = zmq.asyncio.Context()
    made.setsockopt(zmq.MAXMSGSIZE, LARGEST)
    made.setsockopt(zmq.RCVHWM, WAITING)
    return made


class CheckedChannel(AsyncZMQSocketChannel):
    """Drops what is no message that nbclient could use."""

    async def get_msg(self, timeout: float | None = None) -> Message:
        """The next message; Empty if there is none in `timeout` seconds, whatever else may come."""
        until = float("inf") if timeout is None else time.monotonic() + timeout
        while True:
            left = until - time.monotonic()
            if not await self.socket.poll(None if timeout is None else max(0, int(1000 * left))):
                raise Empty
            parts = await self.socket.recv_multipart()
            await asyncio.sleep(0)  # where messages always wait, nothing else would ever run
            message = self._read(parts)
            if message is not None:
                return message
            if time.monotonic() >= until:
                raise Empty

    def _read(self, parts: list[bytes]) -> Message | None:
        try:
            _, rest = self.session.feed_identities(parts)
            message: Message = self.session.deserialize(rest)
        except Exception:  # unsigned, sent twice, no JSON, nested too deeply
            return None
        return message if well_formed(message) else None


class CheckedClient(AsyncKernelClient):
    """A client whose channels are checked."""

    shell_channel_class = Type(CheckedChannel)
    iopub_channel_class = Type(CheckedChannel)
    control_channel_class = Type(CheckedChannel)


def well_formed(message: Message) -> bool:
    """Whether a message has the fields that nbclient reads, of the types that it takes for granted.

    Messages of widgets are left out: there is nobody to look at them.
    """
    kind, content, parent = message["msg_type"], message.get("content"), message.get("parent_header")
    if not isinstance(kind, str) or not isinstance(content, dict) or not isinstance(parent, dict):
        return False
    if not isinstance(parent.get("msg_id", ""), str):
        return False
    if not isinstance(content.get("execution_count"), int | None):
        return False
    if kind in REPLIES:
        return isinstance(content.get("status"), str) and isinstance(content.get("ename", ""), str)
    if kind == "status":
        return isinstance(content.get("execution_state"), str)
    if kind == "stream":
        return content.get("name") in ("stdout", "stderr") and isinstance(content.get("text"), str)
    if kind == "error":
        return isinstance(content.get("traceback"), list) and {"ename", "evalue"} <= content.keys()
    if kind in ("display_data", "execute_result", "update_display_data"):
        transient = content.get("transient") or {}
        shown = isinstance(content.get("data"), dict) and isinstance(content.get("metadata"), dict)
        return shown and isinstance(transient, dict) and isinstance(transient.get("display_id") or "", str)
    return kind in ("execute_input", "clear_output")
