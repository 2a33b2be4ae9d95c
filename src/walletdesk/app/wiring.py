"""The one table "event -> reaction", and which doors and jobs there are.

Everything that happens because something else has happened stands here; no room calls upward.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from litestar import Litestar

from walletdesk.app.context import Context
from walletdesk.bot.dialogue import jobs as dialogue
from walletdesk.bot.understanding.model import Understander
from walletdesk.channels.web import http as chat_doors
from walletdesk.channels.web import socket as chat_socket
from walletdesk.channels.web.limits import Limits
from walletdesk.desk.conversations import jobs as conversations
from walletdesk.desk.conversations.writer import Writer
from walletdesk.desk.helpcentre import http as help_doors
from walletdesk.desk.helpcentre import jobs as helpcentre
from walletdesk.desk.routing import http as desk_doors
from walletdesk.desk.routing import jobs as routing
from walletdesk.diagnosis import following
from walletdesk.diagnosis import jobs as diagnosis
from walletdesk.kit import tasks
from walletdesk.kit.events import Follower
from walletdesk.kit.jobs import Job
from walletdesk.kit.live import Hub
from walletdesk.people import http as people_doors
from walletdesk.people import jobs as people
from walletdesk.wallet.gateway.news import http as news_doors
from walletdesk.wallet.gateway.news import jobs as news
from walletdesk.wallet.reference import http as wallet_doors
from walletdesk.wallet.reference import jobs as wallet
from walletdesk.world import http as world_doors
from walletdesk.world.outside.serve import socket_path

ROUTES: list[Any] = [
    *people_doors.ROUTES,
    *chat_doors.ROUTES,
    *chat_socket.ROUTES,
    *desk_doors.ROUTES,
    *help_doors.ROUTES,
    *wallet_doors.ROUTES,
    *world_doors.ROUTES,
    *news_doors.ROUTES,
]


@asynccontextmanager
async def doors(app: Litestar, context: Context, hub: Hub) -> AsyncGenerator[None]:
    """Start what the doors need in this process: the writer that commits messages in batches."""
    writer = Writer(context.pool, context.settings.messages_waiting_max, hub)
    app.state.writer = writer
    app.state.hook_secrets, app.state.forget_customer = context.seen.hook_secrets, context.seen.forget
    app.state.chat_limits = Limits(messages=context.settings.messages_burst_count)
    running = tasks.spawn(writer.run(), name="writer")
    try:
        yield
    finally:
        await writer.close()
        await tasks.cancel(running)


def followers(context: Context) -> list[Follower]:
    """Who follows the event log, and what he hears; each stands where its reaction is at home."""
    del context
    return [dialogue.follower, routing.FOLLOWER, following.FOLLOWER]


def jobs(context: Context, understander: Understander) -> list[Job]:
    """What is repeated: its name is its bell, its period the net below the bell."""
    found = [
        Job("bot", 1.0, _with(partial(dialogue.answer, policy=context.settings.links), context.wallet, understander)),
        Job("bot_news", 1.0, _with(dialogue.tell_news, context.wallet)),
        Job("bot_ears", 1.0, _with(dialogue.overhear, context.wallet, understander)),
        Job("commands", 1.0, _with(diagnosis.run_commands, context.wallet)),
        Job("follow_ups", 2.0, _with(diagnosis.run_follow_ups, context.wallet)),
        Job("sweep", 5.0, conversations.sweep),
        Job("routing", 2.0, routing.assign),
        Job("absence", routing.ABSENCE_PERIOD_SECONDS, routing.release_absent),
        Job("pace", routing.PACE_PERIOD_SECONDS, routing.measure),
        Job("help_articles", 600.0, helpcentre.load_packaged),
        Job("forget_help_gaps", 3600.0, helpcentre.forget_gaps),
        Job("audit", 2.0, people.chain_audit),
        Job("forget_people", 600.0, people.forget_expired),
        Job("forget_photos", 600.0, partial(conversations.forget_photos, home=context.settings.home)),
    ]
    if context.seen.remote:
        return [*found, Job("wallet_poll", 10.0, partial(news.poll, wallet=context.wallet))]
    return found + wallet_jobs(context)


def _with(run: Callable[..., Any], *parts: object) -> Any:
    """Put a job's fixed parts between the pool and the time."""

    async def once(pool: Any, now: Any) -> int:
        return await run(pool, *parts, now)

    return once


def wallet_jobs(context: Context) -> list[Job]:
    """What carries the reference wallet's orders to their end; without banks and shops there are none to carry."""
    outside = context.outside
    there = _outside_is_there(context)
    return [
        Job("wallet_send", 1.0, there(partial(wallet.send_orders, outside=outside))),
        Job("wallet_ask", 1.0, there(partial(wallet.ask_orders, outside=outside))),
        Job("wallet_news", 0.5, there(partial(wallet.hear_news, outside=outside))),
        Job("wallet_notices", 1.0, there(partial(wallet.deliver_notices, outside=outside))),
        Job("wallet_time", 1.0, wallet.let_time_pass),
        Job("wallet_settle", 600.0, wallet.settle),
    ]


def _outside_is_there(context: Context) -> Callable[[Any], Any]:
    """Let a job rest as long as there is nobody outside to talk to."""
    socket = socket_path(context.settings.home)

    def guarded(run: Any) -> Any:
        async def once(pool: Any, now: Any) -> int:
            return await run(pool, now) if context.settings.rails_url or socket.exists() else 0

        return once

    return guarded
