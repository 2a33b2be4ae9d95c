"""The customer's place and his announced wait."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from tests.conftest import NOON
from tests.support.at_desk import accepts, assigned, beats, here, later, queued
from tests.support.many import many_queued
from tests.support.talking import applied, open_in, somebody
from walletdesk.desk.conversations.promise import AgentAnswered, WaitCustomer
from walletdesk.desk.routing import actions, jobs, queries
from walletdesk.desk.routing.model import POSITION_MAX, Place, Presence
from walletdesk.kit import db, events
from walletdesk.kit.events import Recorded


async def place(pool: db.Pool, conversation: UUID, now: datetime) -> Place | None:
    async with db.reading(pool) as tx:
        return await queries.place_of(tx, conversation, now)


async def test_places_follow_the_ageing_order_within_a_skill(pool: db.Pool) -> None:
    await here(pool, now=NOON, capacity=1)
    first = await queued(pool, now=NOON)
    second = await queued(pool, now=later(NOON, 5))
    other_skill = await queued(pool, now=NOON, skill="fraud")
    emergency = await queued(pool, now=later(NOON, 10), cls=0)

    found = [await place(pool, one.id, later(NOON, 12)) for one in (first, second, other_skill, emergency)]

    assert [one.position for one in found if one] == [2, 3, 1, 1]


async def test_nobody_on_shift_is_said_and_no_queue_is_pretended(pool: db.Pool) -> None:
    waiting = await queued(pool, now=NOON)
    found = await place(pool, waiting.id, later(NOON, 10))
    assert found == Place(1, 0, 0, staffed=False, as_of=later(NOON, 10))

    mei = await here(pool, now=later(NOON, 11))
    staffed = await place(pool, waiting.id, later(NOON, 11))
    async with db.transaction(pool) as tx:
        await actions.choose(tx, mei, Presence.OFFLINE, now=later(NOON, 12))
    gone = await place(pool, waiting.id, later(NOON, 12))

    assert staffed is not None
    assert staffed.staffed
    assert gone is not None
    assert not gone.staffed


async def test_an_agent_who_vanishes_is_not_counted_as_staff_any_more(pool: db.Pool) -> None:
    waiting = await queued(pool, now=NOON)
    await here(pool, now=NOON)
    await jobs.release_absent(pool, later(NOON, 40))

    found = await place(pool, waiting.id, later(NOON, 41))

    assert found is not None
    assert not found.staffed


async def test_who_does_not_wait_for_a_person_has_no_place(pool: db.Pool) -> None:
    conversation = await open_in(pool, somebody(), now=NOON)

    assert await place(pool, conversation.id, NOON) is None


async def test_who_is_being_offered_is_next_in_a_moment(pool: db.Pool) -> None:
    await here(pool, now=NOON)
    waiting = await queued(pool, now=NOON)
    await assigned(pool, NOON)

    assert await place(pool, waiting.id, NOON) == Place(1, 0, 30, staffed=True, as_of=NOON)


async def test_a_free_place_means_no_wait_and_no_longer_when_it_was_not_given(pool: db.Pool) -> None:
    await here(pool, now=NOON)
    waiting = await queued(pool, now=NOON)

    fresh = await place(pool, waiting.id, later(NOON, 1))
    later_on = await place(pool, waiting.id, later(NOON, 6))

    assert fresh is not None
    assert (fresh.low_s, fresh.high_s) == (0, 60)
    assert later_on is not None
    assert later_on.low_s > 0


async def test_the_wait_is_computed_from_what_the_last_hour_has_shown(pool: db.Pool) -> None:
    await here(pool, now=NOON, capacity=2)
    ahead = [await queued(pool, now=later(NOON, n)) for n in range(3)]
    me = await queued(pool, now=later(NOON, 3))
    async with db.transaction(pool) as tx:
        # Twenty conversations in the last hour, each of which held a place for 120 s: mu = 1/120.
        await queries.add_flow(tx, "general", NOON - timedelta(minutes=20), taken=20, held_s=2400.0)
        await queries.add_flow(tx, "general", NOON - timedelta(minutes=90), taken=500, held_s=1.0)
    await beats(pool, [], NOON)
    await jobs.measure(pool, later(NOON, 10))

    found = await place(pool, me.id, later(NOON, 20))

    # Two places, three ahead: (3 + 1) / (2 / 120) = 240 s; announced 240 -> 5 min, 1.25 * 240 + 30 = 330 -> 10 min.
    assert len(ahead) == 3
    assert found is not None
    assert (found.position, found.low_s, found.high_s) == (4, 300, 600)


async def test_abandonment_shortens_the_announced_wait(pool: db.Pool) -> None:
    await here(pool, now=NOON, capacity=1)
    for n in range(20):
        await queued(pool, now=later(NOON, n))
    me = await queued(pool, now=later(NOON, 30))
    async with db.transaction(pool) as tx:
        await queries.add_flow(tx, "general", NOON, taken=10, held_s=1000.0)
    await jobs.measure(pool, later(NOON, 20))
    patient = await place(pool, me.id, later(NOON, 40))
    async with db.transaction(pool) as tx:
        await queries.add_flow(tx, "general", NOON, departed=20, waited_s=2000.0)
    await jobs.measure(pool, later(NOON, 21))
    impatient = await place(pool, me.id, later(NOON, 40))

    assert patient is not None
    assert impatient is not None
    assert patient.low_s == 3600
    assert impatient.low_s < patient.low_s


async def test_the_log_tells_how_long_conversations_wait_and_are_held(pool: db.Pool) -> None:
    mei = await here(pool, now=NOON)
    waiting = await queued(pool, now=NOON)
    await accepts(pool, mei, waiting.id, NOON)
    await applied(pool, waiting.id, AgentAnswered(mei.id, WaitCustomer()), now=NOON)  # type: ignore[arg-type]

    moves: list[Recorded] = []

    async def hear(tx: db.Tx, heard: object, now: datetime) -> None:
        # The log stamps with the wall clock; the test gives each event its own second.
        for event in heard:  # type: ignore[attr-defined]
            moves.append(Recorded(event.id, event.key, event.name, event.body, later(NOON, 60 * (len(moves) + 1))))

    await events.follow_once(pool, events.Follower("test", frozenset({"PromiseMoved"}), hear), NOON)
    async with db.transaction(pool) as tx:
        await jobs.follow_moves(tx, moves, NOON)
        flow = await tx.fetchrow(
            "SELECT sum(taken) AS taken, sum(waited_s) AS waited_s, sum(held_s) AS held_s FROM routing.flow"
        )
        left = await tx.fetchval("SELECT count(*) FROM routing.spell")

    assert [move.body["state"] for move in moves] == ["queued", "agent", "wait_cust"]
    assert flow is not None
    assert (flow["taken"], flow["waited_s"], flow["held_s"]) == (1, 60.0, 60.0)
    assert left == 0


async def test_following_the_log_twice_over_the_real_path_counts_once(pool: db.Pool) -> None:
    mei = await here(pool, now=NOON)
    waiting = await queued(pool, now=NOON)
    await accepts(pool, mei, waiting.id, NOON)

    while await events.follow_once(pool, jobs.FOLLOWER, NOON):
        pass
    await events.follow_once(pool, jobs.FOLLOWER, NOON)

    async with db.reading(pool) as tx:
        taken = await tx.fetchval("SELECT coalesce(sum(taken), 0) FROM routing.flow")
        spell = await tx.fetchrow("SELECT kind, skill FROM routing.spell")
    assert taken == 1
    assert spell is not None
    assert (spell["kind"], spell["skill"]) == ("held", "general")


class Explaining:
    """Explains what it is asked instead of doing it."""

    def __init__(self, connection: object) -> None:
        self.connection = connection
        self.plan = ""
        self.buffers = 0

    async def fetchrow(self, query: str, *args: object) -> None:
        plan = await self.connection.fetchval(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {query}", *args)  # type: ignore[attr-defined]
        self.plan = str(plan)
        self.buffers = plan[0]["Plan"]["Shared Hit Blocks"] + plan[0]["Plan"]["Shared Read Blocks"]


@pytest.mark.parametrize("behind", [0, 50_000])
async def test_a_place_is_found_over_indexes_however_long_the_queue_behind_is(
    pool: db.Pool, owner: object, behind: int
) -> None:
    await here(pool, now=NOON)
    me = await queued(pool, now=NOON - timedelta(hours=2))
    await many_queued(owner, 100 + behind)
    explaining = Explaining(owner)

    await queries.place_of(explaining, me.id, NOON)  # type: ignore[arg-type]

    if behind:
        assert "Seq Scan', 'Parallel Aware': False, 'Async Capable': False, 'Relation Name': 'conversation'" not in (
            explaining.plan
        )
        assert "conversation_queue_of_skill" in explaining.plan
    assert explaining.buffers < 40


async def test_far_back_the_place_is_counted_to_a_bound(pool: db.Pool, owner: object) -> None:
    await here(pool, now=NOON)
    await many_queued(owner, 3_000)
    me = await queued(pool, now=NOON)

    found = await place(pool, me.id, NOON)

    assert found is not None
    assert found.position == POSITION_MAX
