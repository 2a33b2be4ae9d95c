"""A customer and an agent as sockets: what the pages do, without a page."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Coroutine, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, TypeVar
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

PATIENCE_SECONDS = 30.0
WATCHED_BY_ONE = 15
"""Conversations that one agent's page follows; a page lets the oldest go past twenty."""
T = TypeVar("T")
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder().decode


class Arrivals:
    """When messages left their senders, and how long it took until an agent's socket had brought them."""

    def __init__(self) -> None:
        self._left_at: dict[str, float] = {}
        self._empty = asyncio.Event()
        self.waits: list[float] = []
        """Seconds from the customer's socket to the agent's, one for each message that has arrived."""

    def leaves(self, message_id: str) -> None:
        """Note that a message is on its way."""
        self._left_at[message_id] = time.perf_counter()

    def arrived(self, message_id: str) -> None:
        """Note that an agent has it; who reads a conversation again counts once."""
        left_at = self._left_at.pop(message_id, None)
        if left_at is not None:
            self.waits.append(time.perf_counter() - left_at)
            if not self._left_at:
                self._empty.set()

    async def all(self) -> None:
        """Wait until nothing is on its way any more.

        Raises:
            TimeoutError: Something never arrives.
        """
        self._empty.clear()
        if self._left_at:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self._empty.wait()


class Chat:
    """A customer's socket with one conversation."""

    def __init__(self, socket: ClientConnection, conversation: UUID) -> None:
        self._socket = socket
        self.conversation = conversation
        self.seen_by: Arrivals | None = None
        self._acks: dict[str, asyncio.Future[None]] = {}
        self.items: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._reading = tasks.spawn(self._read(), name="bench customer")
        self._reading.add_done_callback(self._hung_up)

    @classmethod
    async def open(cls, base_url: str, session: str, *, context: dict[str, Any] | None = None) -> Chat:
        """Connect, say who it is, and open a conversation."""
        socket = await connect(base_url.replace("http", "ws", 1) + "/ws/chat", origin=None, max_queue=1024)  # type: ignore[arg-type]
        await socket.send(_encode({"t": "hello", "session": session}).decode())
        chat = cls(socket, new_id())
        await chat.begin(context)
        return chat

    async def begin(self, context: dict[str, Any] | None) -> None:
        """Open a conversation of its own, about a transaction where the context names one."""
        self.conversation = new_id()
        self.items = asyncio.Queue()
        about = {"locale": "en", "large_type": False, "context": context}
        await self._socket.send(_encode({"t": "open", "conversation": self.conversation, **about}).decode())

    async def say(self, text: str) -> None:
        """Say something and wait until it is stored."""
        message_id = str(new_id())
        ack = self._acks[message_id] = asyncio.get_running_loop().create_future()
        if self.seen_by:
            self.seen_by.leaves(message_id)
        frame = {"t": "say", "id": message_id, "conversation": self.conversation, "kind": "text", "text": text}
        await self._socket.send(_encode(frame).decode())
        await ack

    async def card(self, name: str) -> None:
        """Wait for the next card of a kind."""
        while True:
            item = await self._patiently(self.items.get())
            body: dict[str, Any] = item.get("body") or {}
            if item["kind"] == "card" and body.get("card") == name:
                return

    async def _patiently(self, what: Coroutine[Any, Any, T]) -> T:
        """Wait for something, but not past the end of the reading and not for ever.

        Raises:
            RuntimeError: A frame was refused.
            TimeoutError: It does not come.
        """
        waiting = tasks.spawn(what, name="bench wait")
        await asyncio.wait({waiting, self._reading}, timeout=PATIENCE_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        if waiting.done():
            return waiting.result()
        await tasks.cancel(waiting)
        if self._reading.done():
            self._reading.result()
            raise RuntimeError("the socket has ended")
        raise TimeoutError("the product does not answer")

    async def _read(self) -> None:
        async for raw in self._socket:
            frame = _decode(raw)
            if frame["t"] == "ack":
                waiting = self._acks.pop(frame["id"], None)
                if waiting is not None:
                    waiting.set_result(None)
            elif frame["t"] == "items" and frame["conversation"] == str(self.conversation):
                for item in frame["items"]:
                    self.items.put_nowait(item)
            elif frame["t"] == "refused":
                raise RuntimeError(f"refused: {frame['code']}")

    def _hung_up(self, reading: asyncio.Task[None]) -> None:
        """Let nobody wait for what cannot come any more."""
        error = None if reading.cancelled() else reading.exception()
        for waiting in self._acks.values():
            if not waiting.done():
                waiting.set_exception(error or RuntimeError("the socket has ended"))

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
    """Let as many agents as it takes watch conversations for the length of a block."""
    arrivals = Arrivals()
    async with AsyncExitStack() as stack:
        for start in range(0, len(conversations), WATCHED_BY_ONE):
            mine = conversations[start : start + WATCHED_BY_ONE]
            await stack.enter_async_context(_one_agent(context, mine, arrivals))
        yield arrivals


@asynccontextmanager
async def _one_agent(context: Context, conversations: Sequence[UUID], arrivals: Arrivals) -> AsyncGenerator[None]:
    cookie = await staff_cookie(context)
    url = context.settings.base_url.replace("http", "ws", 1) + "/ws/desk"
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
            yield
        finally:
            await tasks.cancel(reading)
