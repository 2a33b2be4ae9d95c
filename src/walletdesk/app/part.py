"""The entry of a supervised child process: `python -m walletdesk.app.part app|worker|outside`."""

from __future__ import annotations

import asyncio
import os
import sys

import uvloop

from walletdesk.app import settings as settings_module
from walletdesk.kit import log


async def _serve(name: str) -> None:
    settings = settings_module.load()
    if name == "app":
        from walletdesk.app.asgi import serve  # noqa: PLC0415 - each child loads only its own half

        await serve(settings)
    elif name == "outside":
        from walletdesk.world.outside.serve import serve_outside  # noqa: PLC0415 - the demo's banks and shops only

        stop = asyncio.Event()
        watch_parent(stop)
        await serve_outside(settings.home, context_address(settings), stop=stop, seed=settings.demo_seed)
    else:
        from walletdesk.app.worker import work  # noqa: PLC0415 - each child loads only its own half

        await work(settings)


def context_address(settings: settings_module.Settings) -> str:
    """Return where the database is, without loading the rooms."""
    from walletdesk.app.context import address  # noqa: PLC0415 - only the outside world asks

    return address(settings)


def watch_parent(stop: asyncio.Event) -> None:
    """Set `stop` when the supervisor is gone: its end of our standard input closes with it."""
    if os.environ.get("WALLETDESK_SUPERVISED") != "1":
        return
    loop = asyncio.get_running_loop()

    def readable() -> None:
        if not os.read(0, 1024):
            loop.remove_reader(0)
            stop.set()

    loop.add_reader(0, readable)


def main() -> None:
    """Run one part until it is told to stop."""
    log.set_up(level=settings_module.load().log_level)
    uvloop.run(_serve(sys.argv[1]))


if __name__ == "__main__":
    main()
