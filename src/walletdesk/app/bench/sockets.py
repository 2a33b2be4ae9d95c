"""`bench sockets`: memory of an idle socket with a session and an open conversation, at five thousand."""

from __future__ import annotations

import asyncio
import resource
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import msgspec
from websockets.asyncio.client import ClientConnection, connect

from walletdesk.app.bench.report import Goal, Report, report
from walletdesk.app.bench.scratch import add_customers, chat_sessions, part, ready, scratch
from walletdesk.app.context import Context

SOCKETS = 5_000
SESSIONS = 200
AT_ONCE = 100
GOALS = (Goal("kib_per_socket", most=40.0),)


def resident_kib(pid: int) -> float:
    """Return the proportional memory of a process; shared pages count by their share."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return float(line.split()[1])
    raise RuntimeError("the kernel does not say")


async def measure(*, count: int = SOCKETS) -> Report:
    """Open sockets in steps until `count` stand idle, and read what the application's process has grown by."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < count + 500:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, count + 2000), hard))
    async with scratch() as context, part(context, "app") as process:
        await ready(context)
        secrets = await chat_sessions(context, await add_customers(context, SESSIONS))
        async with _idle(context, secrets, 200):
            await asyncio.sleep(2)
            before = resident_kib(process.pid)
            async with _idle(context, secrets, count):
                await asyncio.sleep(3)
                after = resident_kib(process.pid)
    figures = {"sockets": float(count), "before_mib": before / 1024, "after_mib": after / 1024}
    return report("sockets", figures, {"kib_per_socket": (after - before) / count}, GOALS)


@asynccontextmanager
async def _idle(context: Context, secrets: list[str], count: int) -> AsyncGenerator[None]:
    url = context.settings.base_url.replace("http", "ws", 1) + "/ws/chat"
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(number: int) -> ClientConnection:
        async with gate:
            socket = await connect(url, max_queue=4, ping_interval=None, open_timeout=120)
            hello = {"t": "hello", "session": secrets[number % len(secrets)]}
            await socket.send(msgspec.json.encode(hello).decode())
            await socket.recv()
            return socket

    async with AsyncExitStack() as stack:
        for socket in await asyncio.gather(*(one(number) for number in range(count))):
            stack.push_async_callback(socket.close)
        yield
