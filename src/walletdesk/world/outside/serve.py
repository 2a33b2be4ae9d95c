"""The outside world as a program: built for tests in the same process, or served on a Unix socket."""

from __future__ import annotations

import asyncio
import hashlib
import socket
import tempfile
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Any, Final, cast

import httpx
import uvicorn
from litestar import Litestar
from litestar.datastructures import State
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from walletdesk.kit import clock, db, tasks, web
from walletdesk.kit.refusal import Refusal
from walletdesk.world import seams
from walletdesk.world.outside.actions import OwnerOf, SecretOf, no_secret, nobody
from walletdesk.world.outside.http import HANG_HEADER, ROUTES

SOCKET_PATH_BYTES_MAX: Final = 100
"""The kernel takes 108 bytes for the path of a Unix socket (unix(7))."""
HANG_SECONDS: Final = 60.0
"""How long a caller is kept who never gets an answer; longer than any client of ours waits."""
SEED: Final = 20_260_101

Hang = Callable[[], Awaitable[None]]


class Hanging:
    """Keeps the caller waiting where the world inside says that its answer is lost."""

    def __init__(self, app: ASGIApp, hang: Hang) -> None:
        self._app = app
        self._hang = hang

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer a request, or hang."""
        kept: list[Message] = []

        async def sending(message: Message) -> None:
            if kept or _is_lost(message):
                kept.append(message)
            else:
                await cast("Send", send)(message)

        await self._app(cast("Scope", scope), cast("Receive", receive), sending)
        if kept:
            await self._hang()
            for message in kept:
                await cast("Send", send)(message)


def _is_lost(message: Message) -> bool:
    return message["type"] == "http.response.start" and any(
        name == HANG_HEADER.encode() for name, _ in message["headers"]
    )


async def hang_for_real() -> None:
    """Keep the caller until he has long given up."""
    await asyncio.sleep(HANG_SECONDS)


async def hang_at_once() -> None:
    """Break off as a client's own timeout would, without waiting for it (in the same process only)."""
    raise httpx.ReadTimeout("the outside world does not answer")


def make_outside(
    pool: db.Pool,
    *,
    time: Callable[[], datetime] = clock.now,
    seed: int = SEED,
    owner_of: OwnerOf = nobody,
    secret_of: SecretOf = no_secret,
    hang: Hang = hang_at_once,
) -> Hanging:
    """Build the outside world on a database; `time` is its clock, `seed` decides what is left to chance."""
    app = Litestar(
        route_handlers=ROUTES,
        exception_handlers=cast("Any", web.EXCEPTION_HANDLERS),
        state=State({"pool": pool, "time": time, "seed": seed, "owner_of": owner_of, "secret_of": secret_of}),
        openapi_config=None,
        debug=False,
        logging_config=None,
    )
    return Hanging(cast("ASGIApp", app), hang)


def socket_path(home: Path) -> Path:
    """Return where the outside world listens: in the data folder, or in a short place if that is too deep."""
    path = home / "outside.sock"
    if len(str(path).encode()) <= SOCKET_PATH_BYTES_MAX:
        return path
    name = hashlib.sha256(str(home.resolve()).encode()).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"walletdesk-{name}.sock"


def client_of(home: Path, *, timeout_seconds: float = 5.0) -> httpx.AsyncClient:
    """Make the client with which a wallet reaches the outside world of this data folder."""
    return httpx.AsyncClient(
        transport=httpx.AsyncHTTPTransport(uds=str(socket_path(home))),
        base_url="http://outside",
        timeout=timeout_seconds,
    )


def client_in_process(outside: Hanging) -> httpx.AsyncClient:
    """Make a client to an outside world in this process."""
    return httpx.AsyncClient(transport=httpx.ASGITransport(cast("Any", outside)), base_url="http://outside")


async def serve_outside(
    home: Path,
    dsn: str,
    *,
    stop: asyncio.Event | None = None,
    seed: int = SEED,
    owner_of: OwnerOf = seams.owner_of,
    secret_of: SecretOf = seams.secret_of,
) -> None:
    """Serve until told to stop; wait for the database as long as it takes, and survive its restarts."""
    pool = await _open(dsn)
    async with db.reading(pool) as tx:
        clock.steady.anchor_at(await db.fetch_value(tx, "SELECT clock_timestamp()"))
    app = make_outside(pool, seed=seed, owner_of=owner_of, secret_of=secret_of, hang=hang_for_real)
    listening = _listen(socket_path(home))
    config = uvicorn.Config(
        cast("Any", app),
        loop="none",
        http="httptools",
        ws="none",
        lifespan="off",
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=2,
    )
    server = uvicorn.Server(config)
    ending = tasks.spawn(_end(server, stop or asyncio.Event()), name="end")
    try:
        await server.serve(sockets=[listening])
    finally:
        await tasks.cancel(ending)
        await pool.close()


async def _open(dsn: str) -> db.Pool:
    while True:
        try:
            return await db.open_pool(dsn, size_min=1, size_max=4)
        except Refusal:
            await asyncio.sleep(0.5)


def _listen(path: Path) -> socket.socket:
    """Bind the socket anew, for its owner alone; a file left by a killed process is in nobody's way."""
    path.unlink(missing_ok=True)
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(str(path))
    path.chmod(0o600)
    return listening


async def _end(server: uvicorn.Server, stop: asyncio.Event) -> None:
    await stop.wait()
    server.should_exit = True
