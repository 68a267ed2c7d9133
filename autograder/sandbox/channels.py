"""Channels to a kernel that may send anything: messages have a size limit, and malformed ones are dropped.

Covered: messages that a student's code signs with the kernel's key and sends itself, past IPython.
Not covered: a message without end that is sent past ZeroMQ; see docs/grading.md.
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

LARGEST = 16 << 20  # bytes of one part of a message; a kernel cuts its own messages to far less
QUEUED_AT_MOST = 64  # messages received and not read; more stay in the kernel, whose memory has a limit
REPLIES = ("execute_reply", "kernel_info_reply", "snapshot_reply")

Message = dict[str, Any]


def context() -> zmq.asyncio.Context:
    """A context for the sockets to one kernel. The caller destroys it."""
    limited = zmq.asyncio.Context()
    limited.setsockopt(zmq.MAXMSGSIZE, LARGEST)
    limited.setsockopt(zmq.RCVHWM, QUEUED_AT_MOST)
    return limited


class CheckedChannel(AsyncZMQSocketChannel):
    """A channel that drops malformed messages."""

    async def get_msg(self, timeout: float | None = None) -> Message:
        """The next well-formed message; Empty if there is none in `timeout` seconds, however many others arrive."""
        deadline = float("inf") if timeout is None else time.monotonic() + timeout
        while True:
            left = deadline - time.monotonic()
            if not await self.socket.poll(None if timeout is None else max(0, int(1000 * left))):
                raise Empty
            parts = await self.socket.recv_multipart()
            await asyncio.sleep(0)  # lets other tasks run even if there always is a message
            message = self._read(parts)
            if message is not None:
                return message
            if time.monotonic() >= deadline:
                raise Empty

    def _read(self, parts: list[bytes]) -> Message | None:
        try:
            _, rest = self.session.feed_identities(parts)
            message: Message = self.session.deserialize(rest)
        except Exception:  # unsigned, sent twice, not JSON, nested too deeply
            return None
        return message if well_formed(message) else None


class CheckedClient(AsyncKernelClient):
    """A client whose channels are checked."""

    shell_channel_class = Type(CheckedChannel)
    iopub_channel_class = Type(CheckedChannel)
    control_channel_class = Type(CheckedChannel)


def well_formed(message: Message) -> bool:
    """Whether a message has the fields that nbclient reads, and of the right types.

    Messages of widgets count as malformed, because no browser shows them.
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
        displayable = isinstance(content.get("data"), dict) and isinstance(content.get("metadata"), dict)
        return displayable and isinstance(transient, dict) and isinstance(transient.get("display_id") or "", str)
    return kind in ("execute_input", "clear_output")
