"""A server that answers what a test tells it, byte for byte, and counts what it got rid of."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import msgspec

Answer = Callable[[str, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Hostile:
    """What it says next, and what became of it."""

    answer: Answer | None = None
    url: str = ""
    asked: list[str] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)
    sent: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                lengths = [line for line in head.lower().split("\r\n") if line.startswith("content-length")]
                await reader.readexactly(int(lengths[0].split(":")[1]) if lengths else 0)
                self.asked.append(head.split(" ")[1])
                self.heads.append(head)
                assert self.answer is not None
                await self.answer(head, writer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    def says(self, status: int, body: object, *, kind: str = "application/json", **headers: str) -> None:
        """Answer the same to everything."""
        raw = body if isinstance(body, bytes) else msgspec.json.encode(body)

        async def answer(_: str, writer: asyncio.StreamWriter) -> None:
            more = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
            head = f"HTTP/1.1 {status} X\r\ncontent-type: {kind}\r\ncontent-length: {len(raw)}\r\n{more}\r\n"
            writer.write(head.encode() + raw)

        self.answer = answer

    def floods(self, megabytes: int, *, declared: bool) -> None:
        """Send very much, with or without saying so before."""
        total = megabytes * 1024 * 1024

        async def answer(_: str, writer: asyncio.StreamWriter) -> None:
            length = f"content-length: {total}\r\n" if declared else "connection: close\r\n"
            writer.write(f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n{length}\r\n".encode())
            for _ in range(total // 65_536):
                writer.write(b" " * 65_536)
                await writer.drain()
                self.sent += 65_536

        self.answer = answer

    def stalls(self, *, drip: bool) -> None:
        """Take the question and keep silent, or let a byte fall now and then."""

        async def answer(_: str, writer: asyncio.StreamWriter) -> None:
            if drip:
                writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 100000\r\n\r\n")
            while True:
                await asyncio.sleep(0.02)
                if drip:
                    writer.write(b" ")
                    await writer.drain()

        self.answer = answer


@asynccontextmanager
async def hostile() -> AsyncGenerator[Hostile]:
    found = Hostile()
    running: set[asyncio.Task[Any]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        running.add(asyncio.current_task())  # type: ignore[arg-type]
        await found.serve(reader, writer)

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    found.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield found
    finally:
        server.close()
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
