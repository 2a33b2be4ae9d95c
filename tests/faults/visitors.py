"""Visitors who keep talking whatever happens to the desk: they reconnect and repeat until they are acknowledged."""

from __future__ import annotations

import asyncio
import random
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx
import msgspec
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from walletdesk.kit.ids import new_id

WORDS = ("你好", "hello", "在吗", "hi there", "谢谢", "你是机器人吗", "thanks", "早上好")
BROKEN = (OSError, TimeoutError, WebSocketException, httpx.HTTPError)


@dataclass
class Visitor:
    """One visitor: what he said, what was acknowledged, what he saw."""

    url: str
    random: random.Random
    conversation: UUID = field(default_factory=new_id)
    session: str = ""
    said: dict[str, str] = field(default_factory=dict)
    acked: dict[str, int] = field(default_factory=dict)
    seen: list[tuple[int, str]] = field(default_factory=list)
    reconnects: int = 0
    pause_seconds: float = 0.9

    async def talk(self, until: asyncio.Event) -> None:
        """Say something every now and then until told to stop, then until everything is acknowledged."""
        while not (until.is_set() and set(self.said) == set(self.acked)):
            try:
                if not self.session:
                    await self._enter()
                await self._connected(until)
            except BROKEN:
                self.reconnects += 1
                await asyncio.sleep(self.random.uniform(0.1, 0.5))

    async def _enter(self) -> None:
        async with httpx.AsyncClient(base_url=self.url, timeout=10) as client:
            answer = await client.post("/api/chat/sessions", json={"token": None, "locale": "zh"})
            answer.raise_for_status()
            self.session = answer.json()["session"]

    async def _connected(self, until: asyncio.Event) -> None:
        async with connect(self.url.replace("http", "ws", 1) + "/ws/chat", open_timeout=10) as socket:
            await socket.send(_text({"t": "hello", "session": self.session}))
            about = {"locale": "zh", "large_type": False, "context": None}
            frame = {"t": "open", "conversation": self.conversation, **about}
            await socket.send(_text(frame))
            since = max((seq for seq, _ in self.seen), default=0)
            await socket.send(_text({"t": "sync", "conversation": self.conversation, "since": since}))
            for message_id in [m for m in self.said if m not in self.acked]:
                await self._say(socket, message_id)
            reading = asyncio.ensure_future(self._read(socket))
            try:
                while not reading.done():
                    if not until.is_set():
                        message_id = str(new_id())
                        self.said[message_id] = self.random.choice(WORDS)
                        await self._say(socket, message_id)
                    elif set(self.said) == set(self.acked):
                        return
                    await asyncio.sleep(self.pause_seconds * self.random.uniform(0.7, 1.3))
                reading.result()
            finally:
                reading.cancel()
                with suppress(asyncio.CancelledError, *BROKEN):
                    await reading

    async def _say(self, socket: Any, message_id: str) -> None:
        about = {"conversation": self.conversation, "kind": "text", "text": self.said[message_id]}
        frame = {"t": "say", "id": message_id, **about}
        await socket.send(_text(frame))

    async def _read(self, socket: Any) -> None:
        async for raw in socket:
            frame = msgspec.json.decode(raw)
            if frame["t"] == "ack":
                self.acked[frame["id"]] = frame["seq"]
            elif frame["t"] == "items":
                self.seen += [(item["seq"], item["id"]) for item in frame["items"]]


def _text(frame: dict[str, Any]) -> str:
    return msgspec.json.encode(frame).decode()
