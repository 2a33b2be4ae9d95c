"""The worker process: followers of the event log and periodic jobs."""

from __future__ import annotations

import asyncio
import signal

from walletdesk.app import part, wiring
from walletdesk.app.context import open_context
from walletdesk.app.settings import Settings
from walletdesk.bot.understanding.model import Understander
from walletdesk.kit import clock, db, events, jobs, metrics, tasks
from walletdesk.kit.live import Hub
from walletdesk.kit.refusal import Refusal

CONNECT_SECONDS = 0.5


async def work(settings: Settings) -> None:
    """Run every follower and job until the process is told to stop."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    part.watch_parent(stop)
    context = await connected(settings)
    understander = await asyncio.to_thread(Understander.load, settings.home)
    hub, health = Hub(), jobs.Health()
    running = [tasks.spawn(hub.listen(context.dsn, stop), name="live")]
    for follower in wiring.followers(context):
        bell = hub.bell("event")
        running.append(
            tasks.spawn(
                events.follow(context.pool, follower, wake=bell, stop=stop),
                name=f"follower {follower.name}",
            )
        )
    for job in wiring.jobs(context, understander):
        running.append(
            tasks.spawn(
                jobs.repeat(context.pool, job, hub=hub, stop=stop, health=health), name=f"job {job.name}"
            )
        )
    names = [follower.name for follower in wiring.followers(context)]
    running.append(tasks.spawn(_watch(context.pool, names, stop), name="watch"))
    await stop.wait()
    await tasks.cancel(*running)
    await context.close()


async def connected(settings: Settings):
    """Open the context; wait for the database as long as it takes."""
    while True:
        try:
            return await open_context(settings)
        except Refusal:
            await asyncio.sleep(CONNECT_SECONDS)


async def _watch(pool: db.Pool, followers: list[str], stop: asyncio.Event) -> None:
    """Follow the database's clock and publish how far the followers are behind."""
    while not stop.is_set():
        try:
            async with db.reading(pool) as tx:
                clock.steady.follow(await db.fetch_value(tx, "SELECT clock_timestamp()"))
                for lag in await events.lags(tx, followers):
                    metrics.FOLLOWER_LAG.labels(lag.name).set(lag.oldest_seconds)
        except Refusal:
            pass
        await asyncio.sleep(10)
