"""The reference wallet as a program of its own, behind the contract that any operator's wallet fulfils."""

from __future__ import annotations

import asyncio
import base64
import os
import secrets
import signal
import socket
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import httpx
import uvicorn

from walletdesk.app import demo, wiring
from walletdesk.app.context import Context, open_context
from walletdesk.app.settings import Settings
from walletdesk.app.wallets import hook_secret_of, key_of
from walletdesk.kit import jobs, tasks
from walletdesk.kit.live import Hub
from walletdesk.kit.migrate import migrate
from walletdesk.wallet.gateway.contract.hooks import PREFIX
from walletdesk.wallet.gateway.embedded import EmbeddedWallet
from walletdesk.wallet.gateway.http.served import make_served
from walletdesk.wallet.gateway.news.jobs import Pusher
from walletdesk.world.outside.serve import serve_outside, socket_path

KEY_FILE: Final = "wallet.key"
HOOK_FILE: Final = "wallet-hook.secret"
CONCURRENCY_MAX: Final = 256
PUSH_SECONDS_MAX: Final = 5.0
END_SECONDS_MAX: Final = 3.0


@dataclass(frozen=True, slots=True)
class Serving:
    """How the wallet is served: where, with which secrets, to whom news are pushed, and whether it has a world."""

    host: str
    port: int
    key_file: Path
    hook_file: Path
    push_url: str
    with_world: bool


def make_secrets(home: Path) -> tuple[Path, Path]:
    """Make the secrets of a wallet that has none yet, readable by their owner only; return their files."""
    key, hook = home / KEY_FILE, home / HOOK_FILE
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    _make(key, secrets.token_urlsafe(48))
    _make(hook, PREFIX + base64.b64encode(secrets.token_bytes(32)).decode())
    return key, hook


def _make(path: Path, text: str) -> None:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(handle, "w") as file:
        file.write(text + "\n")


async def serve_wallet(
    settings: Settings,
    dsn: str,
    serving: Serving,
    *,
    tell: Callable[[str, str], None],
    stop: asyncio.Event | None = None,
) -> None:
    """Serve until told to stop: by a signal, or by `stop` where the caller keeps the signals.

    Raises:
        WalletSettingInvalid: A secret cannot be read.
    """
    key = key_of(str(serving.key_file), "WALLET_KEY_FILE")
    hook = hook_secret_of(str(serving.hook_file), "WALLET_HOOK_SECRET_FILES")
    await migrate(dsn)
    if stop is None:
        stop = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
    context = await open_context(replace(settings, wallet_url=""))
    try:
        async with _alive(context, serving, hook, stop, tell):
            wallet = EmbeddedWallet(context.pool, context.outside)
            tell("serving", f"http://{serving.host}:{serving.port}")
            await _listen(make_served(wallet, [key]), serving, stop)
    finally:
        await context.close()


@asynccontextmanager
async def _alive(
    context: Context, serving: Serving, hook: bytes, stop: asyncio.Event, tell: Callable[[str, str], None]
) -> AsyncGenerator[None]:
    """Let the wallet's own work go on around the door: orders, shops, news."""
    hub, health = Hub(), jobs.Health()
    running = [tasks.spawn(hub.listen(context.dsn, stop), name="live")]
    if serving.with_world:
        await demo.fill(context, tell=tell)
        if not _somebody_listens(socket_path(context.settings.home)):
            seed = context.settings.demo_seed
            outside = serve_outside(context.settings.home, context.dsn, stop=stop, seed=seed)
            running.append(tasks.spawn(outside, name="outside"))
    found = wiring.wallet_jobs(context)
    async with httpx.AsyncClient(timeout=PUSH_SECONDS_MAX, follow_redirects=False) as client:
        if serving.push_url:
            wallet = EmbeddedWallet(context.pool)
            found.append(jobs.Job("wallet_push", 1.0, Pusher(wallet, client, serving.push_url, [hook]).push))
        for job in found:
            work = jobs.repeat(context.pool, job, hub=hub, stop=stop, health=health)
            running.append(tasks.spawn(work, name=f"job {job.name}"))
        try:
            yield
        finally:
            stop.set()
            await asyncio.wait(running, timeout=END_SECONDS_MAX)
            await tasks.cancel(*running)


def _somebody_listens(path: Path) -> bool:
    """Say whether banks and shops are there already; the file alone may have been left by who died."""
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(path))
        except OSError:
            return False
    return True


async def _listen(app: Any, serving: Serving, stop: asyncio.Event) -> None:
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            host=serving.host,
            port=serving.port,
            loop="none",
            http="httptools",
            ws="none",
            lifespan="off",
            access_log=False,
            log_config=None,
            server_header=False,
            limit_concurrency=CONCURRENCY_MAX,
            timeout_graceful_shutdown=2,
        )
    )

    async def end() -> None:
        await stop.wait()
        server.should_exit = True

    ending = tasks.spawn(end(), name="end")
    await server.serve()
    await tasks.cancel(ending)
