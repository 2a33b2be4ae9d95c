"""Commands that run the product: demo, serve, app, worker, migrate."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack

import click

from walletdesk.app import demo as demo_world
from walletdesk.app.context import address, open_context
from walletdesk.app.settings import Settings, load
from walletdesk.app.supervisor import DEMO_PARTS, Supervisor, owning, refuse_used_port
from walletdesk.bot.understanding.model import Understander
from walletdesk.kit import log
from walletdesk.kit.i18n import text
from walletdesk.kit.migrate import migrate as apply_migrations
from walletdesk.kit.pg import Server


def _say(key: str, detail: str = "") -> None:
    from walletdesk.app.cli.main import terminal_lang  # noqa: PLC0415 - main imports this module

    line = text(terminal_lang(), f"app.demo.{key}") + (f": {detail}" if detail else "")
    click.echo(f"  · {line}", err=True)


def _prepare(settings: Settings, stack: ExitStack) -> Server | None:
    """Own the folder and bring the database up to date; return the embedded server, if it is ours."""
    stack.enter_context(owning(settings))
    refuse_used_port(settings)
    server = None
    if not settings.database_url:
        server = Server(settings.home)
        _say("starting_database")
        server.start(lambda step: _say("making_database") if step == "init" else None)
    _say("migrating")
    asyncio.run(apply_migrations(address(settings)))
    _say("training")
    Understander.load(settings.home)
    return server


@click.command()
def demo() -> None:
    """Run everything with a simulated world: wallet, chat, console, on http://127.0.0.1:8000.

    Prints one-time sign-in links for a customer, an agent and a supervisor. Stop it with Ctrl+C; start it again and
    everything is as it was.

    \b
    Example: WALLETDESK_PORT=8080 walletdesk demo
    """
    settings = load()
    log.set_up(level="warning" if sys.stderr.isatty() else settings.log_level)
    started = time.monotonic()
    with ExitStack() as stack:
        server = _prepare(settings, stack)
        asyncio.run(_fill(settings))
        _say("starting")
        Supervisor(settings, server=server, parts=DEMO_PARTS).run(lambda: _welcome(settings, started))


async def _fill(settings: Settings) -> None:
    context = await open_context(settings, size_max=8)
    try:
        await demo_world.fill(context, tell=_say)
    finally:
        await context.close()


def _welcome(settings: Settings, started: float) -> None:
    from walletdesk.app.cli.main import terminal_lang  # noqa: PLC0415 - main imports this module

    lang = terminal_lang()
    links = asyncio.run(_links(settings))
    click.echo()
    click.echo(f"{text(lang, 'app.demo.ready')}  ({time.monotonic() - started:.0f} s)  {settings.base_url}")
    for key, path in links:
        click.echo(f"  {text(lang, f'app.demo.{key}')}\n      {settings.base_url}{path}")
    for key in ("try_this", "more", "stop"):
        click.echo(f"  {text(lang, f'app.demo.{key}')}")
    sys.stdout.flush()


async def _links(settings: Settings) -> list[tuple[str, str]]:
    context = await open_context(settings, size_max=2)
    try:
        return await demo_world.links(context)
    finally:
        await context.close()


@click.command()
def serve() -> None:
    """Run the application and the worker, without a simulated world; an installation's way to start.

    \b
    Example: WALLETDESK_DATABASE_URL=postgresql://... walletdesk serve
    """
    settings = load()
    log.set_up(level=settings.log_level)
    with ExitStack() as stack:
        server = _prepare(settings, stack)
        Supervisor(settings, server=server).run(lambda: click.echo(settings.base_url))


def _part(name: str) -> Callable[[], None]:
    def go() -> None:
        from walletdesk.app import part  # noqa: PLC0415 - loads a whole process's worth of code

        sys.argv[1:] = [name]
        part.main()

    return go


@click.command()
def app() -> None:
    """Run one application process only; any number may stand behind a load balancer.

    \b
    Example: WALLETDESK_PORT=8001 walletdesk app
    """
    _part("app")()


@click.command()
def worker() -> None:
    """Run one worker process only: bot, routing, sweeper, follow-ups. Several may run at once.

    \b
    Example: walletdesk worker
    """
    _part("worker")()


@click.command()
def migrate() -> None:
    """Bring the database to the state this version needs; safe to repeat, safe in two places at once.

    \b
    Example: walletdesk migrate
    """
    from walletdesk.app.cli.alone import database  # noqa: PLC0415 - only this command needs it

    with database(load()) as dsn:
        applied = asyncio.run(apply_migrations(dsn, tell=lambda name: click.echo(name)))
    click.echo(f"{len(applied)} applied")


COMMANDS = [demo, serve, app, worker, migrate]
