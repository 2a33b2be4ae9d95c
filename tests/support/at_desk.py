"""People at the desk for tests: agents with presence, conversations in the queue, workers that assign."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tests.support.talking import applied, open_in, somebody
from walletdesk.desk.conversations.model import Conversation, Person
from walletdesk.desk.conversations.promise import HandedOff
from walletdesk.desk.routing import actions, jobs
from walletdesk.kit import db
from walletdesk.kit.ids import AgentId, new_id
from walletdesk.kit.web import Who
from walletdesk.people import queries as people
from walletdesk.people.model import Agent


async def hired(pool: db.Pool, *, now: datetime, name: str = "Mei", **about: Any) -> Who:
    """Somebody who works at the desk and is not here; `about` may name roles, skills, lang, capacity."""
    agent = Agent(
        AgentId(new_id()),
        f"{new_id().hex}@example.org",
        name,
        list(about.get("roles", ["agent"])),
        list(about.get("skills", ["general"])),
        about.get("lang", "zh"),
        about.get("capacity", 2),
    )
    async with db.transaction(pool) as tx:
        await people.insert_agent(tx, agent, password_hash=None, now=now)
    return Who("agent", agent.id, name, frozenset(agent.roles), session_id=new_id(), door="staff")


async def here(pool: db.Pool, *, now: datetime, name: str = "Mei", **about: Any) -> Who:
    """Somebody who works at the desk and has just opened the page."""
    who = await hired(pool, now=now, name=name, **about)
    await beats(pool, [who], now)
    return who


async def beats(pool: db.Pool, agents: Sequence[Who], now: datetime) -> None:
    for who in agents:
        async with db.transaction(pool) as tx:
            await actions.beat(tx, who, now=now)


async def queued(
    pool: db.Pool, *, now: datetime, skill: str = "general", cls: int = 2, person: Person | None = None, **about: Any
) -> Conversation:
    """A conversation that has been waiting for a person since `now`."""
    opened = await open_in(pool, person or somebody(), now=now, **about)
    return await applied(pool, opened.id, HandedOff(skill, cls, "asked"), now=now)


async def assigned(pool: db.Pool, now: datetime) -> int:
    """Let the job run until nothing is left to do."""
    total = 0
    while done := await jobs.assign(pool, now):
        total += done
    return total


async def accepts(pool: db.Pool, who: Who, conversation: UUID, now: datetime) -> Conversation:
    async with db.transaction(pool) as tx:
        return await actions.accept(tx, who, conversation, now=now)


def later(moment: datetime, seconds: float) -> datetime:
    return moment + timedelta(seconds=seconds)
