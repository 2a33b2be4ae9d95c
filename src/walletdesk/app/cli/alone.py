"""A database for a command that is run by itself: the running installation's, else one started for its length."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from typing import TypeVar

from walletdesk.app.context import Context, address, open_context
from walletdesk.app.settings import Settings, load
from walletdesk.app.supervisor import owning
from walletdesk.kit.migrate import migrate
from walletdesk.kit.pg import Server

T = TypeVar("T")


@contextmanager
def database(settings: Settings) -> Generator[str]:
    """Give the address of the database; start the embedded one if nobody has, and stop it again."""
    if settings.database_url:
        yield settings.database_url
        return
    server = Server(settings.home)
    if server.running():
        yield address(settings)
        return
    with ExitStack() as stack:
        stack.enter_context(owning(settings))
        if server.start():
            stack.callback(server.stop)
        yield address(settings)


@asynccontextmanager
async def context_of(settings: Settings) -> AsyncGenerator[Context]:
    """Open the parts of the installation for one command."""
    context = await open_context(settings, size_max=8)
    try:
        yield context
    finally:
        await context.close()


def run(work: Callable[[Context], Awaitable[T]]) -> T:
    """Run one piece of work on the installation's database, migrated first.

    Raises:
        Refusal: Whatever keeps the database from being reached.
    """
    settings = load()

    async def whole(dsn: str) -> T:
        await migrate(dsn)
        async with context_of(settings) as context:
            return await work(context)

    with database(settings) as dsn:
        return asyncio.run(whole(dsn))
