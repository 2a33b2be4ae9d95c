"""The chat's doors on a real server, with a client that speaks the frames of `web/proto`."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import msgspec
import uvicorn
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from litestar import Litestar
from litestar.datastructures import State
from litestar.di import Provide
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.support.talking import writing
from walletdesk.app.asgi import SOCKET_BYTES_MAX
from walletdesk.channels.web import http
from walletdesk.channels.web import socket as chat_socket
from walletdesk.channels.web.limits import Limits
from walletdesk.desk.conversations.writer import Writer
from walletdesk.kit import clock, db, tasks, web
from walletdesk.kit.crypto import Box
from walletdesk.kit.ids import CustomerId, new_id
from walletdesk.kit.live import Hub
from walletdesk.kit.web import Who
from walletdesk.people import actions as people
from walletdesk.people import queries
from walletdesk.people.model import Agent, ChatClaims, NewCustomer, may
from walletdesk.people.tokens import Signer, Verifier

BOX = Box({1: b"k" * 32})
WALLET = Signer(Ed25519PrivateKey.from_private_bytes(b"w" * 32))


async def identify(pool: db.Pool, door: str, secret: str) -> Who | None:
    async with db.reading(pool) as tx:
        return await people.identify(tx, door, secret, now=clock.now())


@dataclass
class Door:
    """A running server; `url` is where it is."""

    pool: db.Pool
    hub: Hub
    writer: Writer
    url: str
    home: Path
    app: Litestar

    def client(self, session: str | None = None, **headers: str) -> httpx.AsyncClient:
        bearer = {"authorization": f"Bearer {session}"} if session else {}
        return httpx.AsyncClient(base_url=self.url, headers={**bearer, **headers}, timeout=30)

    async def customer(self, name: str = "王小明") -> CustomerId:
        customer = NewCustomer(CustomerId(new_id()), name, f"139{new_id().int % 10**8:08d}")
        async with db.transaction(self.pool) as tx:
            await people.add_customers(tx, [customer], box=BOX, now=clock.now())
        return customer.id

    async def token(self, customer: CustomerId, **about: Any) -> str:
        now = clock.now()
        return WALLET.sign(ChatClaims(customer, str(new_id()), now + timedelta(seconds=50), **about), now=now)

    async def session(self, customer: CustomerId | None = None, **about: Any) -> dict[str, Any]:
        """Enter as a customer, or as a visitor."""
        token = await self.token(customer, **about) if customer else None
        async with self.client() as client:
            answer = await client.post("/api/chat/sessions", json={"token": token, "locale": about.get("locale", "zh")})
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def agent(self, name: str = "Mei") -> tuple[UUID, str]:
        """Let an agent in; return his id and his cookie."""
        agent = Agent(new_id(), f"{new_id()}@example.org", name, ["agent"], ["general"], "zh", 2)  # type: ignore[arg-type]
        async with db.transaction(self.pool) as tx:
            await queries.insert_agent(tx, agent, password_hash=None, now=clock.now())
            link = await people.make_link(tx, door="staff", person_id=agent.id, now=clock.now())
            session, _ = await people.sign_in_by_link(tx, link, door="staff", now=clock.now())
        return agent.id, session.secret

    @asynccontextmanager
    async def line(self, session: str, *, hello: bool = True, **more: Any) -> AsyncGenerator[Line]:
        """Connect a socket, and say whose it is."""
        headers = {"origin": more.pop("origin")} if "origin" in more else {}
        async with connect(
            self.url.replace("http", "ws", 1) + "/ws/chat", additional_headers=headers, max_size=2**22
        ) as found:
            line = Line(found)
            if hello:
                await line.send("hello", session=session, **more)
                assert (await line.next("welcome", "refused"))["t"] == "welcome"
            try:
                yield line
            finally:
                line.stop()


class Line:
    """A client's socket; frames wait in order until somebody asks for one of their sort."""

    def __init__(self, found: ClientConnection) -> None:
        self.socket = found
        self.frames: list[dict[str, Any]] = []
        self.closed: int | None = None
        self._news = asyncio.Event()
        self._reading = asyncio.ensure_future(self._read())

    async def _read(self) -> None:
        try:
            async for raw in self.socket:
                self.frames.append(msgspec.json.decode(raw))
                self._news.set()
        except ConnectionClosed:
            pass
        self.closed = self.socket.close_code
        self._news.set()

    def stop(self) -> None:
        self._reading.cancel()

    async def send(self, t: str, **frame: Any) -> None:
        await self.socket.send(msgspec.json.encode({"t": t, **frame}).decode())

    async def next(self, *sorts: str, within: float = 10.0) -> dict[str, Any]:
        """Take the first frame of one of these sorts out, waiting for it."""
        async with asyncio.timeout(within):
            while True:
                for frame in self.frames:
                    if frame["t"] in sorts:
                        self.frames.remove(frame)
                        return frame
                assert self.closed is None, f"closed with {self.closed}"
                self._news.clear()
                await self._news.wait()

    async def quiet(self, seconds: float = 0.15) -> list[dict[str, Any]]:
        """Wait a little and return everything that came."""
        await asyncio.sleep(seconds)
        found, self.frames = self.frames, []
        return found

    async def until_closed(self) -> int | None:
        async with asyncio.timeout(10):
            while self.closed is None:
                self._news.clear()
                await self._news.wait()
        return self.closed

    async def open(self, conversation: UUID | None = None, **about: Any) -> UUID:
        conversation = conversation or new_id()
        frame = {"locale": "zh", "large_type": False, "context": None, **about}
        await self.send("open", conversation=conversation, **frame)
        await self.next("state")
        return conversation

    async def say(self, conversation: UUID, text: str = "你好", **about: Any) -> dict[str, Any]:
        message_id = about.pop("id", None) or new_id()
        about = {"kind": "text", **about}
        await self.send("say", id=message_id, conversation=conversation, text=text, **about)
        while (frame := await self.next("ack", "refused")).get("id") != str(message_id):
            assert frame.get("id") is None, frame
        return frame


@asynccontextmanager
async def chat_door(pool: db.Pool, dsn: str, home: Path, *, messages: int = 20) -> AsyncGenerator[Door]:
    """Serve the chat's doors on a free port of the loopback interface."""
    hub, stop = Hub(), asyncio.Event()
    async with writing(pool, hub=hub) as writer:
        state = {
            "pool": pool, "hub": hub, "writer": writer, "home": home, "identify": identify, "may": may,
            "verifier": Verifier((WALLET.key.public_key(),)), "origins": frozenset({"https://shop.example"}),
            "chat_limits": Limits(messages=messages),
        }  # fmt: skip
        app = Litestar(
            [*http.ROUTES, *chat_socket.ROUTES],
            dependencies={
                "who": Provide(web.provide_who), "pool": Provide(web.provide_pool), "lang": Provide(web.provide_lang)
            },
            guards=[web.guard_permission],
            exception_handlers=web.EXCEPTION_HANDLERS,  # type: ignore[arg-type]
            on_app_init=[_typed],
            request_max_body_size=11 * 1024 * 1024,
            state=State(state),
            debug=False,
            logging_config=None,
        )  # fmt: skip
        listening = tasks.spawn(hub.listen(dsn, stop), name="live")
        async with _served(app) as url:
            yield Door(pool, hub, writer, url, home, app)
        stop.set()
        await asyncio.wait({listening}, timeout=5)


def _typed(config: Any) -> Any:
    config.signature_namespace.update({"Who": Who, "State": State})
    return config


@asynccontextmanager
async def _served(app: Litestar) -> AsyncGenerator[str]:
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    server = uvicorn.Server(
        uvicorn.Config(
            app, ws="websockets-sansio", ws_max_size=SOCKET_BYTES_MAX, ws_per_message_deflate=False, log_config=None,
            access_log=False, lifespan="off", timeout_graceful_shutdown=2,
        )
    )  # fmt: skip
    serving = asyncio.ensure_future(server.serve([listener]))
    while not server.started:
        await asyncio.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await serving
        listener.close()


Opener = Callable[..., Any]
