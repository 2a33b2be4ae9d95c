"""A place to measure in: a database of its own, durable like a real one, and the product's processes on it."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx

from walletdesk.app.context import Context, address, open_context
from walletdesk.app.settings import load
from walletdesk.kit import clock, db
from walletdesk.kit.ids import CustomerId, new_id
from walletdesk.kit.migrate import migrate
from walletdesk.kit.pg import Server
from walletdesk.people import actions as people
from walletdesk.people.model import ChatClaims, NewCustomer

READY_SECONDS_MAX = 60.0
TOKEN_LIFE = timedelta(seconds=50)


@asynccontextmanager
async def scratch() -> AsyncGenerator[Context]:
    """Lend the parts of an installation in a folder that is removed afterwards; `fsync` is on."""
    with tempfile.TemporaryDirectory(prefix="walletdesk-bench-") as folder:
        settings = replace(load(), home=Path(folder) / "home", port=free_port(), database_url="")
        server = Server(settings.home)
        await asyncio.to_thread(server.start)
        try:
            await migrate(address(settings))
            context = await open_context(settings)
            try:
                yield context
            finally:
                await context.close()
        finally:
            await asyncio.to_thread(server.destroy)


def free_port() -> int:
    """Return a port of the loopback interface that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def part(context: Context, name: str) -> AsyncGenerator[subprocess.Popen[bytes]]:
    """Run one of the product's processes for the length of a block."""
    settings = context.settings
    environment = {
        **os.environ,
        "WALLETDESK_HOME": str(settings.home),
        "WALLETDESK_PORT": str(settings.port),
        "WALLETDESK_LOG_LEVEL": "error",
        "WALLETDESK_MESSAGES_BURST_COUNT": "1000000",
        "OMP_NUM_THREADS": "1",
    }
    process = subprocess.Popen(  # noqa: ASYNC220, S603 - ourselves; starting takes no time
        [sys.executable, "-m", "walletdesk.app.part", name], env=environment
    )
    try:
        yield process
    finally:
        process.terminate()
        await asyncio.to_thread(process.wait, 20)


async def ready(context: Context) -> None:
    """Wait until the application answers.

    Raises:
        TimeoutError: It does not within a minute.
    """
    async with asyncio.timeout(READY_SECONDS_MAX), httpx.AsyncClient() as client:
        while True:
            try:
                if (await client.get(f"{context.settings.base_url}/readyz")).status_code == 200:
                    return
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.1)


async def add_customers(context: Context, count: int) -> list[CustomerId]:
    """Write customers without a wallet; their numbers cannot be dialled."""
    now = clock.now()
    people_of = [
        NewCustomer(CustomerId(new_id()), f"bench {n}", f"1980{n:07d}", locale="en") for n in range(count)
    ]
    async with db.transaction(context.pool) as tx:
        await people.add_customers(tx, people_of, box=context.box, now=now)
    return [customer.id for customer in people_of]


async def chat_sessions(context: Context, customers: list[CustomerId]) -> list[str]:
    """Open a chat for each customer through the door that wallets use; return the sessions' secrets."""
    secrets: list[str] = []
    async with httpx.AsyncClient(base_url=context.settings.base_url, timeout=30) as client:
        for customer in customers:
            now = clock.now()
            claims = ChatClaims(customer, str(new_id()), now + TOKEN_LIFE)
            token = context.signer.sign(claims, now=now)
            answer = await client.post("/api/chat/sessions", json={"token": token, "locale": "en"})
            answer.raise_for_status()
            secrets.append(answer.json()["session"])
    return secrets

