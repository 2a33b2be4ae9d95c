"""Who gets which conversation, on the real database: nobody twice, nobody beyond his places, nobody passed over."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import datetime
from typing import Any

import pytest

from tests.conftest import NOON
from tests.support.at_desk import accepts, assigned, beats, here, hired, later, queued
from tests.support.many import many_queued
from tests.support.talking import applied, row_of
from walletdesk.desk.conversations import jobs as sweeping
from walletdesk.desk.conversations.checks import invariant_checks
from walletdesk.desk.conversations.model import NotHeld, SeatFull, State
from walletdesk.desk.conversations.promise import AgentAnswered, CustomerSpoke, WaitCustomer
from walletdesk.desk.routing import actions, jobs, queries
from walletdesk.desk.routing.model import Presence, SkillUnknown
from walletdesk.kit import db
from walletdesk.kit.web import Who


async def assert_sound(pool: db.Pool, now: object = NOON) -> None:
    bad = [check for check in await invariant_checks(pool, now) if not check.ok]  # type: ignore[arg-type]
    # Times of the tables come from a clock that stands still; what compares with the wall clock is not meant here.
    assert [check for check in bad if not check.name.startswith("I3")] == []


async def test_what_waits_is_offered_and_becomes_the_agents_when_he_takes_it(pool: db.Pool) -> None:
    mei = await here(pool, now=NOON)
    waiting = await queued(pool, now=NOON)

    assert await assigned(pool, NOON) == 1
    offered = await row_of(pool, waiting.id)
    taken = await accepts(pool, mei, waiting.id, later(NOON, 3))

    assert (offered.state, offered.owner_id, offered.owner_name) == (State.OFFERED, mei.id, "Mei")
    assert offered.due_at == later(NOON, 20)
    assert (taken.state, taken.owner_id) == (State.AGENT, mei.id)


@pytest.mark.parametrize("_again", range(5))
async def test_eight_workers_at_once_assign_each_once_in_order_and_fill_no_desk_beyond_its_places(
    pool: db.Pool, _again: int
) -> None:
    agents = [await here(pool, now=NOON, name=f"A{n}", capacity=1 + n % 3) for n in range(6)]
    waiting = [await queued(pool, now=later(NOON, n)) for n in range(30)]
    now = later(NOON, 40)
    await beats(pool, agents, later(NOON, 20))
    await beats(pool, agents, now)

    made = sum(await asyncio.gather(*(assigned(pool, now) for _ in range(8))))

    rows = [await row_of(pool, one.id) for one in waiting]
    held = Counter(row.owner_id for row in rows if row.state is State.OFFERED)
    places = {who.id: 1 + n % 3 for n, who in enumerate(agents)}
    assert held == places
    assert made == sum(places.values())
    assert {row.state for row in rows[: sum(places.values())]} == {State.OFFERED}
    async with db.reading(pool) as tx:
        offers = await tx.fetchval("SELECT count(*) FROM routing.offer")
    assert offers == made
    await assert_sound(pool)


async def test_two_agents_who_take_the_same_conversation_at_once_do_not_both_get_it(pool: db.Pool) -> None:
    agents = [await here(pool, now=NOON, name=f"A{n}") for n in range(5)]
    waiting = await queued(pool, now=NOON)

    outcomes = await asyncio.gather(
        *(accepts(pool, who, waiting.id, NOON) for who in agents), return_exceptions=True
    )

    assert sum(not isinstance(one, Exception) for one in outcomes) == 1
    assert {type(one) for one in outcomes if isinstance(one, Exception)} == {NotHeld}


async def test_nobody_takes_more_than_he_has_places_for_even_by_hand(pool: db.Pool) -> None:
    mei = await here(pool, now=NOON)
    waiting = [await queued(pool, now=later(NOON, n)) for n in range(5)]

    outcomes = await asyncio.gather(
        *(accepts(pool, mei, one.id, later(NOON, 5)) for one in waiting), return_exceptions=True
    )

    assert sum(not isinstance(one, Exception) for one in outcomes) == 2
    assert {type(one) for one in outcomes if isinstance(one, Exception)} == {SeatFull}
    await assert_sound(pool)


async def test_the_least_loaded_agent_with_the_skill_is_asked(pool: db.Pool) -> None:
    loaded = await here(pool, now=NOON, name="loaded")
    idle = await here(pool, now=NOON, name="idle")
    other = await here(pool, now=NOON, name="other", skills=["fraud"])
    first = await queued(pool, now=NOON)
    await accepts(pool, loaded, first.id, NOON)
    second = await queued(pool, now=later(NOON, 1))
    fraud = await queued(pool, now=later(NOON, 2), skill="fraud")

    await assigned(pool, later(NOON, 3))

    assert (await row_of(pool, second.id)).owner_id == idle.id
    assert (await row_of(pool, fraud.id)).owner_id == other.id


async def test_equal_desks_are_told_apart_by_the_customers_language(pool: db.Pool) -> None:
    await here(pool, now=NOON, name="zh", lang="zh")
    english = await here(pool, now=NOON, name="en", lang="en")
    waiting = await queued(pool, now=NOON, locale="en")

    await assigned(pool, NOON)

    assert (await row_of(pool, waiting.id)).owner_id == english.id


async def test_whom_the_customer_knows_is_asked_first_when_he_has_room(pool: db.Pool) -> None:
    known = await here(pool, now=NOON, name="known")
    await here(pool, now=NOON, name="idle")
    waiting = await queued(pool, now=NOON)
    taken = await accepts(pool, known, waiting.id, NOON)
    assert known.id is not None
    await applied(pool, taken.id, AgentAnswered(known.id, WaitCustomer()), now=NOON)
    busy = await queued(pool, now=NOON)
    await accepts(pool, known, busy.id, NOON)
    async with db.transaction(pool) as tx:
        await actions.release(tx, known, taken.id, now=NOON)
    # The customer comes back after the agent let go of him: he waits in the queue again.
    again = await applied(pool, taken.id, CustomerSpoke(), now=later(NOON, 70))
    assert again.state is State.QUEUED
    await beats(pool, [known], later(NOON, 29))
    async with db.transaction(pool) as tx:
        await tx.execute("UPDATE routing.presence SET seen_at = $1", later(NOON, 70))

    await assigned(pool, later(NOON, 70))

    assert (await row_of(pool, taken.id)).owner_id == known.id


async def test_an_offer_that_nobody_answers_goes_back_with_its_place_and_to_somebody_else(pool: db.Pool) -> None:
    await here(pool, now=NOON, name="one")
    waiting = await queued(pool, now=NOON)
    await assigned(pool, NOON)
    first = (await row_of(pool, waiting.id)).owner_id
    other = await here(pool, now=NOON, name="other")

    assert await sweeping.sweep(pool, later(NOON, 19)) == 0
    assert await sweeping.sweep(pool, later(NOON, 21)) == 1
    back = await row_of(pool, waiting.id)
    await assigned(pool, later(NOON, 21))

    assert (back.state, back.rank_at, back.level) == (State.QUEUED, waiting.rank_at, 1)
    assert first != other.id
    assert (await row_of(pool, waiting.id)).owner_id == other.id


async def ignores(pool: db.Pool, who: Who, start: datetime, times: int) -> datetime:
    """Let offers pass; return when the last one has."""
    now = start
    for _ in range(times):
        await assigned(pool, now)
        now = later(now, 21)
        await beats(pool, [who], now)
        await sweeping.sweep(pool, now)
        await jobs.release_absent(pool, now)
    return now


async def presence_of(pool: db.Pool, now: datetime) -> list[Presence]:
    async with db.reading(pool) as tx:
        return [one.presence for one in await queries.list_colleagues(tx, now)]


async def test_who_lets_two_offers_pass_is_put_on_a_break_and_gets_no_third(pool: db.Pool) -> None:
    mei = await here(pool, now=NOON)
    waiting = await queued(pool, now=NOON)

    now = await ignores(pool, mei, NOON, 1)
    assert await presence_of(pool, now) == [Presence.ONLINE]
    now = await ignores(pool, mei, now, 1)

    async with db.reading(pool) as tx:
        why = await tx.fetchval("SELECT details->>'why' FROM people.audit WHERE action = 'taken_out_of_line'")
    assert await presence_of(pool, now) == [Presence.BREAK]
    assert why == "offers_missed"
    assert await assigned(pool, now) == 0
    assert (await row_of(pool, waiting.id)).state is State.QUEUED


async def test_who_is_at_work_on_another_conversation_becomes_busy_and_keeps_it(pool: db.Pool) -> None:
    mei = await here(pool, now=NOON)
    held = await queued(pool, now=NOON)
    await accepts(pool, mei, held.id, NOON)
    await queued(pool, now=later(NOON, 1))

    now = await ignores(pool, mei, later(NOON, 1), 2)

    assert await presence_of(pool, now) == [Presence.BUSY]
    assert (await row_of(pool, held.id)).owner_id == mei.id


async def test_two_offers_of_one_moment_are_one_and_an_answer_clears_the_score(pool: db.Pool) -> None:
    mei = await here(pool, now=NOON)
    first, second = await queued(pool, now=NOON), await queued(pool, now=NOON)

    now = await ignores(pool, mei, NOON, 1)
    assert await presence_of(pool, now) == [Presence.ONLINE], "he looked away for twenty seconds"
    await accepts(pool, mei, first.id, now)
    now = await ignores(pool, mei, now, 1)

    assert await presence_of(pool, now) == [Presence.ONLINE]
    assert (await row_of(pool, second.id)).level > 0


async def test_what_was_offered_while_he_was_gone_is_not_held_against_him(pool: db.Pool) -> None:
    mei = await here(pool, now=NOON)
    await queued(pool, now=NOON)
    await assigned(pool, NOON)
    await sweeping.sweep(pool, later(NOON, 21))
    await assigned(pool, later(NOON, 21))
    await sweeping.sweep(pool, later(NOON, 42))
    await jobs.release_absent(pool, later(NOON, 43))

    await beats(pool, [mei], later(NOON, 60))
    await jobs.release_absent(pool, later(NOON, 61))

    assert await presence_of(pool, later(NOON, 61)) == [Presence.ONLINE]


async def test_what_an_agent_gives_back_keeps_its_place_and_does_not_come_back_to_him_at_once(pool: db.Pool) -> None:
    mei = await here(pool, now=NOON)
    waiting = await queued(pool, now=NOON)
    await assigned(pool, NOON)
    async with db.transaction(pool) as tx:
        back = await actions.release(tx, mei, waiting.id, now=later(NOON, 5))

    assert (back.state, back.rank_at) == (State.QUEUED, waiting.rank_at)
    assert await assigned(pool, later(NOON, 5)) == 0
    await beats(pool, [mei], later(NOON, 25))
    await beats(pool, [mei], later(NOON, 50))
    await beats(pool, [mei], later(NOON, 79))
    assert await assigned(pool, later(NOON, 70)) == 0
    assert await assigned(pool, later(NOON, 81)) == 1, "but he is all there is, and the customer waits"


async def test_passing_on_changes_the_skill_keeps_the_wait_and_needs_an_agent_who_has_it(pool: db.Pool) -> None:
    mei = await here(pool, now=NOON)
    expert = await here(pool, now=NOON, name="expert", skills=["fraud"])
    stranger = await here(pool, now=NOON, name="stranger", skills=["bills"])
    waiting = await queued(pool, now=NOON)
    await accepts(pool, mei, waiting.id, later(NOON, 1))

    async with db.transaction(pool) as tx:
        with pytest.raises(SkillUnknown):
            await actions.reassign(tx, mei, waiting.id, "astrology", supervises=False, now=later(NOON, 2))
    async with db.transaction(pool) as tx:
        with pytest.raises(NotHeld):
            await actions.reassign(tx, stranger, waiting.id, "fraud", supervises=False, now=later(NOON, 2))
    async with db.transaction(pool) as tx:
        moved = await actions.reassign(tx, mei, waiting.id, "fraud", supervises=False, now=later(NOON, 2))
    await assigned(pool, later(NOON, 2))

    assert (moved.skill, moved.waiting_since) == ("fraud", NOON)
    assert (await row_of(pool, waiting.id)).owner_id == expert.id


async def test_a_skill_without_an_agent_is_offered_to_leads_and_at_last_to_everybody(pool: db.Pool) -> None:
    agent = await here(pool, now=NOON, name="agent")
    lead = await here(pool, now=NOON, name="lead", roles=["supervisor"])
    waiting = await queued(pool, now=NOON, skill="nobody-has-it")
    now = NOON
    owners = []
    for _ in range(5):
        await assigned(pool, now)
        owners.append((await row_of(pool, waiting.id)).owner_id)
        now = later(now, 121)
        await sweeping.sweep(pool, now)
        async with db.transaction(pool) as tx:
            await tx.execute("UPDATE routing.presence SET seen_at = $1", now)

    assert owners[:2] == [None, None]
    assert owners[2] == lead.id
    assert owners[3] == agent.id


async def test_who_is_busy_or_not_here_is_offered_nothing(pool: db.Pool) -> None:
    busy = await here(pool, now=NOON, name="busy")
    away = await here(pool, now=NOON, name="away")
    await hired(pool, now=NOON, name="never came")
    async with db.transaction(pool) as tx:
        await actions.choose(tx, busy, Presence.BUSY, now=NOON)
        await actions.choose(tx, away, Presence.BREAK, now=NOON)
    await queued(pool, now=NOON)

    assert await assigned(pool, NOON) == 0


async def test_the_queue_is_served_in_ageing_order(pool: db.Pool) -> None:
    ordinary = await queued(pool, now=NOON)
    late = await queued(pool, now=later(NOON, 130), cls=1)
    emergency = await queued(pool, now=later(NOON, 140), cls=0)
    early = await queued(pool, now=later(NOON, 110), cls=1)
    now = later(NOON, 200)
    order = []
    mei = await here(pool, now=now, capacity=1)
    for _ in range(4):
        await assigned(pool, now)
        async with db.reading(pool) as tx:
            (held,) = await queries.list_held(tx, mei.id, waiting_too=False)  # type: ignore[arg-type]
        order.append(held.id)
        await accepts(pool, mei, held.id, now)
        await applied(pool, held.id, AgentAnswered(mei.id, WaitCustomer()), now=now)  # type: ignore[arg-type]

    assert order == [emergency.id, early.id, ordinary.id, late.id]


async def test_the_heads_are_found_over_indexes_however_long_the_queue_is(pool: db.Pool, owner: object) -> None:
    explained = await _plan_of_heads(owner)

    assert "conversation_queue_of_skill" in explained
    assert "conversation_queue_escalated" in explained
    assert "Seq Scan on conversation" not in explained


async def _plan_of_heads(owner: object) -> str:
    await many_queued(owner, 20_000)
    await many_queued(owner, 5, skill="fraud")

    class Explaining:
        plan = ""

        async def fetch(self, query: str, *args: object) -> list[object]:
            rows = await owner.fetch(f"EXPLAIN {query}", *args)  # type: ignore[attr-defined]
            Explaining.plan = "\n".join(row[0] for row in rows)
            return []

    await queries.list_heads(Explaining(), ["general", "fraud"], limit=10, now=NOON)  # type: ignore[arg-type]
    return Explaining.plan


async def test_a_row_with_a_defect_does_not_hold_up_those_behind_it(pool: db.Pool, owner: Any) -> None:
    broken, sound = await queued(pool, now=NOON), await queued(pool, now=later(NOON, 1))
    mei = await here(pool, now=later(NOON, 2))
    await owner.execute(
        f"""
        CREATE FUNCTION public.fail() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN IF NEW.id = '{broken.id}' THEN RAISE EXCEPTION 'defect'; END IF; RETURN NEW; END $$;
        CREATE TRIGGER fails BEFORE UPDATE ON conversations.conversation
            FOR EACH ROW EXECUTE FUNCTION public.fail();
        """
    )

    await jobs.assign(pool, later(NOON, 2))

    assert (await row_of(pool, sound.id)).owner_id == mei.id
    assert (await row_of(pool, broken.id)).state is State.QUEUED
