"""Periodic jobs: small passes that look for due work in the database; no timer in memory is ever the only guard."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from walletdesk.kit import clock, db
from walletdesk.kit.live import Hub
from walletdesk.kit.refusal import Refusal

Pass = Callable[[db.Pool, datetime], Awaitable[int]]

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Job:
    """A pass that is repeated: at the latest every `period_seconds`, at once when woken by its name.

    Passes must be safe to run twice and in several processes at once.
    """

    name: str
    period_seconds: float
    run: Pass


class Health:
    """When each job last finished a pass; the dead-man's switch of the workers."""

    def __init__(self) -> None:
        self.finished_at: dict[str, datetime] = {}
        self.failures: dict[str, int] = {}


async def repeat(pool: db.Pool, job: Job, *, hub: Hub, stop: asyncio.Event, health: Health) -> None:
    """Run a job until `stop`; a pass that did something is followed by another at once."""
    bell = hub.bell(job.name)
    while not stop.is_set():
        bell.clear()
        done = 0
        try:
            done = await job.run(pool, clock.now())
            health.finished_at[job.name] = clock.now()
            health.failures.pop(job.name, None)
        except Refusal as refusal:
            _log.warning("job refused", extra={"job": job.name, "code": refusal.code})
            health.failures[job.name] = health.failures.get(job.name, 0) + 1
        except Exception:  # noqa: BLE001 - logged; the loop must outlive any defect
            _log.exception("job failed", extra={"job": job.name})
            health.failures[job.name] = health.failures.get(job.name, 0) + 1
        if done:
            await asyncio.sleep(0)
            continue
        await _wait(bell, stop, job.period_seconds * random.uniform(0.9, 1.1))  # noqa: S311 - jitter


async def _wait(bell: asyncio.Event, stop: asyncio.Event, seconds: float) -> None:
    waits = [asyncio.ensure_future(bell.wait()), asyncio.ensure_future(stop.wait())]
    try:
        await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in waits:
            task.cancel()
