"""Who is here: signs of life, breaks, absence, and what becomes of the customers then."""

from __future__ import annotations

import asyncio
from datetime import datetime
from uuid import UUID

from tests.conftest import NOON
from tests.support.at_desk import accepts, assigned, beats, here, hired, later, queued
from tests.support.talking import applied, row_of
from walletdesk.desk.conversations.checks import invariant_checks
from walletdesk.desk.conversations.model import State
from walletdesk.desk.conversations.promise import AgentAnswered, WaitCustomer
from walletdesk.desk.routing import actions, jobs, queries
from walletdesk.desk.routing.model import Presence
from walletdesk.kit import db
from walletdesk.kit.ids import new_id
from walletdesk.kit.web import Who


async def seen(pool: db.Pool, who: Who, now: datetime) -> Presence:
    async with db.reading(pool) as tx:
        return next(one.presence for one in await queries.list_colleagues(tx, now) if one.id == who.id)


async def chooses(pool: db.Pool, who: Who, presence: Presence, now: datetime) -> None:
    async with db.transaction(pool) as tx:
        await actions.choose(tx, who, presence, now=now)


async def holding(pool: db.Pool, who: Who, now: datetime) -> list[UUID]:
    async with db.reading(pool) as tx:
        return [row.id for row in await queries.list_held(tx, who.id, waiting_too=True)]  # type: ignore[arg-type]


async def test_opening_the_page_makes_an_agent_online_and_a_lead_busy(pool: db.Pool) -> None:
    agent = await here(pool, now=NOON)
    lead = await here(pool, now=NOON, name="Lead", roles=["supervisor"])

    assert await seen(pool, agent, NOON) is Presence.ONLINE
    assert await seen(pool, lead, NOON) is Presence.BUSY


async def test_without_a_sign_of_life_he_is_offline_for_the_others_after_half_a_minute(pool: db.Pool) -> None:
    agent = await here(pool, now=NOON)

    assert await seen(pool, agent, later(NOON, 29)) is Presence.ONLINE
    assert await seen(pool, agent, later(NOON, 31)) is Presence.OFFLINE


async def test_what_an_absent_agent_held_goes_back_with_its_place(pool: db.Pool) -> None:
    agent = await here(pool, now=NOON)
    first = await queued(pool, now=NOON)
    second = await queued(pool, now=later(NOON, 1))
    await accepts(pool, agent, first.id, later(NOON, 2))
    await assigned(pool, later(NOON, 2))
    newer = await queued(pool, now=later(NOON, 20))

    assert await jobs.release_absent(pool, later(NOON, 20)) == 0
    assert await jobs.release_absent(pool, later(NOON, 33)) == 1

    rows = [await row_of(pool, one.id) for one in (first, second, newer)]
    assert [row.state for row in rows] == [State.QUEUED] * 3
    assert rows[0].rank_at == first.rank_at
    assert rows[1].rank_at == second.rank_at
    assert rows[0].rank_at < rows[1].rank_at < rows[2].rank_at  # type: ignore[operator]
    assert [c for c in await invariant_checks(pool, later(NOON, 33)) if not c.ok] == []
    assert await jobs.release_absent(pool, later(NOON, 40)) == 0, "an empty chair is emptied once"


async def test_two_workers_that_notice_the_same_absence_give_back_once(pool: db.Pool) -> None:
    agent = await here(pool, now=NOON)
    waiting = await queued(pool, now=NOON)
    await accepts(pool, agent, waiting.id, NOON)

    done = await asyncio.gather(*(jobs.release_absent(pool, later(NOON, 40)) for _ in range(4)))

    assert sum(done) == 1
    assert (await row_of(pool, waiting.id)).state is State.QUEUED


async def test_a_sign_of_life_in_time_keeps_everything(pool: db.Pool) -> None:
    agent = await here(pool, now=NOON)
    waiting = await queued(pool, now=NOON)
    await accepts(pool, agent, waiting.id, NOON)
    for second in (25, 50, 75):
        await beats(pool, [agent], later(NOON, second))

    assert await jobs.release_absent(pool, later(NOON, 80)) == 0
    assert (await row_of(pool, waiting.id)).owner_id == agent.id


async def test_who_comes_back_after_an_absence_is_what_he_was_and_gets_work_again(pool: db.Pool) -> None:
    agent = await here(pool, now=NOON)
    await jobs.release_absent(pool, later(NOON, 40))
    waiting = await queued(pool, now=later(NOON, 41))
    assert await assigned(pool, later(NOON, 41)) == 0

    await beats(pool, [agent], later(NOON, 50))

    assert await assigned(pool, later(NOON, 50)) == 1
    assert (await row_of(pool, waiting.id)).owner_id == agent.id


async def test_who_is_late_but_was_not_noticed_missing_is_simply_here(pool: db.Pool) -> None:
    agent = await here(pool, now=NOON)
    waiting = await queued(pool, now=NOON)
    await accepts(pool, agent, waiting.id, NOON)

    await beats(pool, [agent], later(NOON, 45))

    assert await seen(pool, agent, later(NOON, 46)) is Presence.ONLINE
    assert await jobs.release_absent(pool, later(NOON, 46)) == 0
    assert (await row_of(pool, waiting.id)).owner_id == agent.id


async def test_a_break_sends_offers_back_at_once_and_what_is_owed_after_a_minute(pool: db.Pool) -> None:
    agent = await here(pool, now=NOON)
    held = await queued(pool, now=NOON)
    await accepts(pool, agent, held.id, NOON)
    offered = await queued(pool, now=later(NOON, 1))
    await assigned(pool, later(NOON, 1))

    await chooses(pool, agent, Presence.BREAK, later(NOON, 2))

    assert (await row_of(pool, offered.id)).state is State.QUEUED
    assert (await row_of(pool, held.id)).state is State.AGENT
    await beats(pool, [agent], later(NOON, 30))
    await beats(pool, [agent], later(NOON, 58))
    assert await jobs.release_absent(pool, later(NOON, 61)) == 0
    assert await jobs.release_absent(pool, later(NOON, 64)) == 1
    assert (await row_of(pool, held.id)).state is State.QUEUED
    assert await seen(pool, agent, later(NOON, 64)) is Presence.BREAK


async def test_going_home_gives_everything_back_also_what_waits_for_a_customer(pool: db.Pool) -> None:
    agent = await here(pool, now=NOON)
    held, waits = await queued(pool, now=NOON), await queued(pool, now=NOON)
    await accepts(pool, agent, held.id, NOON)
    await accepts(pool, agent, waits.id, NOON)
    await applied(pool, waits.id, AgentAnswered(agent.id, WaitCustomer()), now=NOON)  # type: ignore[arg-type]

    await chooses(pool, agent, Presence.OFFLINE, later(NOON, 5))

    assert await holding(pool, agent, later(NOON, 5)) == []
    assert (await row_of(pool, held.id)).state is State.QUEUED
    after = await row_of(pool, waits.id)
    assert (after.state, after.owner_id) == (State.WAIT_CUST, None)


async def test_a_lost_line_costs_what_is_owed_at_once_and_what_waits_for_a_customer_only_later(pool: db.Pool) -> None:
    agent = await here(pool, now=NOON)
    waits = await queued(pool, now=NOON)
    await accepts(pool, agent, waits.id, NOON)
    await applied(pool, waits.id, AgentAnswered(agent.id, WaitCustomer()), now=NOON)  # type: ignore[arg-type]

    await jobs.release_absent(pool, later(NOON, 60))
    assert await holding(pool, agent, NOON) == [waits.id]
    await jobs.release_absent(pool, later(NOON, 901))
    assert await holding(pool, agent, NOON) == []


async def test_offline_stays_offline_while_the_page_is_open_and_a_new_session_is_online(pool: db.Pool) -> None:
    agent = await here(pool, now=NOON)
    await chooses(pool, agent, Presence.OFFLINE, NOON)
    await beats(pool, [agent], later(NOON, 5))
    assert await seen(pool, agent, later(NOON, 5)) is Presence.OFFLINE
    await jobs.release_absent(pool, later(NOON, 60))

    await beats(pool, [agent], later(NOON, 70))
    assert await seen(pool, agent, later(NOON, 70)) is Presence.OFFLINE, "the same session keeps what was chosen"
    await jobs.release_absent(pool, later(NOON, 130))
    tomorrow = Who("agent", agent.id, agent.name, agent.roles, session_id=new_id(), door="staff")
    await beats(pool, [tomorrow], later(NOON, 140))
    assert await seen(pool, agent, later(NOON, 140)) is Presence.ONLINE


async def test_taking_a_conversation_ends_a_break_without_more_being_offered(pool: db.Pool) -> None:
    agent = await here(pool, now=NOON)
    await chooses(pool, agent, Presence.BREAK, NOON)
    waiting = await queued(pool, now=NOON)
    await queued(pool, now=NOON)

    taken = await accepts(pool, agent, waiting.id, later(NOON, 2))

    assert taken.owner_id == agent.id
    assert await seen(pool, agent, later(NOON, 2)) is Presence.BUSY
    assert await assigned(pool, later(NOON, 2)) == 0


async def test_the_list_of_colleagues_counts_what_each_holds(pool: db.Pool) -> None:
    agent = await here(pool, now=NOON, capacity=3)
    await hired(pool, now=NOON, name="never came")
    waiting = await queued(pool, now=NOON)
    await accepts(pool, agent, waiting.id, NOON)

    async with db.reading(pool) as tx:
        (only,) = await queries.list_colleagues(tx, NOON)

    assert (only.name, only.load, only.capacity) == ("Mei", 1, 3)
