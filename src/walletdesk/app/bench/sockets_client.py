"""A customer and an agent as sockets: what the pages do, without a page."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import httpx
import msgspec
from websockets.asyncio.client import ClientConnection, connect

from walletdesk.app.context import Context
from walletdesk.kit import clock, db, tasks
from walletdesk.kit.ids import AgentId, new_id
from walletdesk.kit.web import STAFF_COOKIE
from walletdesk.people import actions as people
from walletdesk.people import queries
from walletdesk.people.model import Agent

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder().decode


class Arrivals:
    """Which messages an agent's socket has brought; somebody may wait for one."""

    def __init__(self) -> None:
        self._waiting: dict[str, asyncio.Event] = {}

    def expect(self, message_id: str) -> asyncio.Event:
        """Return an event that is set when the message arrives."""
        return self._waiting.setdefault(message_id, asyncio.Event())

    def arrived(self, message_id: str) -> None:
        """Tell whoever waits."""
        event = self._waiting.pop(message_id, None)
        if event is not None:
            event.set()


class Chat:
    """A customer's socket with one conversation."""

    def __init__(self, socket: ClientConnection, conversation: UUID) -> None:
        self._socket = socket
        self.conversation = conversation
        self.seen_by: Arrivals | None = None
        self._acks: dict[str, asyncio.Event] = {}
        self.items: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._reading = tasks.spawn(self._read(), name="bench customer")

    @classmethod
    async def open(cls, base_url: str, session: str, *, context: dict[str, Any] | None = None) -> Chat:
        """Connect, say who it is, and open a conversation."""
        socket = await connect(base_url.replace("http", "ws", 1) + "/ws/chat", origin=None, max_queue=1024)  # type: ignore[arg-type]
        await socket.send(_encode({"t": "hello", "session": session}).decode())
        chat = cls(socket, new_id())
        about = {"locale": "en", "large_type": False, "context": context}
        frame = {"t": "open", "conversation": chat.conversation, **about}
        await socket.send(_encode(frame).decode())
        return chat

    async def say(self, text: str) -> None:
        """Say something and wait until it is stored, and where somebody watches until he has it."""
        message_id = str(new_id())
        ack = self._acks[message_id] = asyncio.Event()
        seen = self.seen_by.expect(message_id) if self.seen_by else None
        frame = {"t": "say", "id": message_id, "conversation": self.conversation, "kind": "text", "text": text}
        await self._socket.send(_encode(frame).decode())
        await ack.wait()
        if seen is not None:
            await seen.wait()

    async def _read(self) -> None:
        async for raw in self._socket:
            frame = _decode(raw)
            if frame["t"] == "ack":
                waiting = self._acks.pop(frame["id"], None)
                if waiting is not None:
                    waiting.set()
            elif frame["t"] == "items":
                for item in frame["items"]:
                    self.items.put_nowait(item)
            elif frame["t"] == "refused":
                raise RuntimeError(f"refused: {frame['code']}")

    async def close(self) -> None:
        """Hang up."""
        await tasks.cancel(self._reading)
        await self._socket.close()


async def staff_cookie(context: Context) -> str:
    """Add an agent and let him in through his one-time link; return his session's secret."""
    now = clock.now()
    agent = Agent(AgentId(new_id()), f"{new_id()}@bench.example", "bench", ["agent"], ["general"], "en", 3)
    async with db.transaction(context.pool) as tx:
        await queries.insert_agent(tx, agent, password_hash=None, now=now)
        link = await people.make_link(tx, door="staff", person_id=agent.id, now=now)
    async with httpx.AsyncClient(base_url=context.settings.base_url) as client:
        answer = await client.get(f"/sign-in/{link}")
        return answer.cookies[STAFF_COOKIE]


@asynccontextmanager
async def watching(context: Context, conversations: Sequence[UUID]) -> AsyncGenerator[Arrivals]:
    """Let one agent's socket watch conversations for the length of a block."""
    cookie = await staff_cookie(context)
    url = context.settings.base_url.replace("http", "ws", 1) + "/ws/desk"
    arrivals = Arrivals()
    async with connect(url, additional_headers={"cookie": f"{STAFF_COOKIE}={cookie}"}, max_queue=4096) as socket:

        async def read() -> None:
            async for raw in socket:
                frame = _decode(raw)
                if frame["t"] == "items":
                    for item in frame["items"]:
                        arrivals.arrived(item["id"])

        for conversation in conversations:
            await socket.send(_encode({"t": "watch", "conversation": conversation, "since": 0}).decode())
        reading = tasks.spawn(read(), name="bench agent")
        try:
            yield arrivals
        finally:
            await tasks.cancel(reading)
