"""The sweeper: what is overdue climbs the ladder, several sweepers are safe, one defect stops nobody."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.conftest import NOON
from tests.support.talking import applied, items_of, open_in, row_of, said, seated, somebody, text_item, writing
from walletdesk.desk.conversations import actions
from walletdesk.desk.conversations.checks import invariant_checks
from walletdesk.desk.conversations.jobs import sweep
from walletdesk.desk.conversations.model import BOUNDS, LEVEL_MAX, Conversation, State
from walletdesk.desk.conversations.promise import (
    Accepted,
    AgentAnswered,
    HandedOff,
    Offered,
    PromiseCall,
    WaitCustomer,
    WaitThird,
)
from walletdesk.kit import clock, db

HUMAN = HandedOff(None, 2, "asked")


@pytest.fixture(autouse=True)
def time(clock_at: Any) -> Iterator[clock.VirtualClock]:
    with clock_at(NOON) as virtual:
        yield virtual


async def asked(pool: db.Pool) -> UUID:
    person = somebody()
    conversation = await open_in(pool, person, now=NOON)
    async with writing(pool) as writer:
        await writer.post(said(conversation.id, person, "有人吗"))
    return conversation.id


async def swept(pool: db.Pool, conversation: UUID, moment: datetime) -> Conversation:
    await sweep(pool, moment)
    return await row_of(pool, conversation)


async def names_of(pool: db.Pool, conversation: UUID) -> list[tuple[str, Any]]:
    async with db.reading(pool) as tx:
        rows = await tx.fetch("SELECT name, body FROM kit.event WHERE key = $1 ORDER BY xid, id", conversation)
    return [(row["name"], row["body"]) for row in rows]


async def test_nothing_moves_before_its_time(pool: db.Pool) -> None:
    conversation = await asked(pool)

    assert await sweep(pool, NOON + BOUNDS.bot - timedelta(milliseconds=1)) == 0
    assert (await row_of(pool, conversation)).state is State.BOT
    assert await sweep(pool, NOON + BOUNDS.bot) == 1


async def test_a_bot_that_does_not_answer_is_replaced_by_people_step_by_step_up_to_the_red_list(
    pool: db.Pool,
) -> None:
    conversation = await asked(pool)
    moment = NOON + BOUNDS.bot
    row = await swept(pool, conversation, moment)
    levels = [row.level]
    for _ in range(5):
        moment = row.due_at or moment
        row = await swept(pool, conversation, moment)
        levels.append(row.level)
    events = await names_of(pool, conversation)
    texts = [item.text for item in await items_of(pool, conversation) if item.kind == "status"]

    assert levels == [1, 2, 3, 4, 4, 4]
    assert (row.state, row.owed_since) == (State.QUEUED, NOON)
    assert row.due_at == moment + BOUNDS.queued
    assert [body["reason"] for name, body in events if name == "ConversationHandedOff"] == ["bot_late"]
    assert [body["level"] for name, body in events if name == "PromiseBroken"] == [1, 2, 3, 4, 4, 4]
    assert len(texts) == 2
    assert "抱歉" in texts[0]
    assert "值班经理" in texts[1]


async def test_the_red_list_is_left_by_an_answer_only(pool: db.Pool) -> None:
    conversation, agent = await asked(pool), await seated(pool, now=NOON)
    moment = NOON
    for _ in range(6):
        moment = (await row_of(pool, conversation)).due_at or moment
        await sweep(pool, moment)
    held = await applied(pool, conversation, Accepted(agent), now=moment)
    done = await applied(pool, conversation, AgentAnswered(agent, WaitCustomer()), now=moment)

    assert (held.level, done.level) == (LEVEL_MAX, 0)


async def test_an_offer_that_is_not_taken_goes_back_to_its_place(pool: db.Pool) -> None:
    conversation, agent = await asked(pool), await seated(pool, now=NOON)
    queued = await applied(pool, conversation, HUMAN, now=NOON)
    await applied(pool, conversation, Offered(agent), now=NOON)
    before = len(await items_of(pool, conversation))
    row = await swept(pool, conversation, NOON + BOUNDS.offered)

    assert (row.state, row.rank_at, row.owner_id, row.owner_name) == (State.QUEUED, queued.rank_at, None, None)
    assert len(await items_of(pool, conversation)) == before, "the customer need not know"


async def test_an_agent_who_forgets_loses_the_conversation_and_the_customer_is_told(pool: db.Pool) -> None:
    conversation, agent = await asked(pool), await seated(pool, now=NOON, name="小美")
    await applied(pool, conversation, HUMAN, Accepted(agent), now=NOON)
    row = await swept(pool, conversation, NOON + BOUNDS.agent)

    assert (row.state, row.level, row.waiting_since) == (State.QUEUED, 1, NOON)
    assert "小美" in (await items_of(pool, conversation))[-1].text


@pytest.mark.parametrize(
    ("then", "promise"),
    [(WaitThird(NOON + timedelta(minutes=30)), "news"), (PromiseCall(NOON + timedelta(minutes=29)), "call")],
)
async def test_a_promise_that_is_not_kept_is_apologised_for_and_taken_over(
    pool: db.Pool, then: Any, promise: str
) -> None:
    conversation, agent = await asked(pool), await seated(pool, now=NOON)
    await applied(pool, conversation, HUMAN, Accepted(agent), AgentAnswered(agent, then), now=NOON)
    early = await swept(pool, conversation, NOON + timedelta(minutes=29, seconds=59))
    moment = NOON + timedelta(minutes=30)
    row = await swept(pool, conversation, moment)
    events = await names_of(pool, conversation)

    assert early.debt_kind == promise
    assert (row.state, row.debt_kind, row.owed_since) == (State.QUEUED, None, moment)
    assert row.due_at == moment + BOUNDS.queued
    assert "抱歉" in (await items_of(pool, conversation))[-1].text
    assert ("PromiseBroken", {"conversation_id": str(conversation), "promise": promise, "level": 1}) in events


async def test_a_silent_customer_is_reminded_twice_and_then_the_conversation_is_closed(pool: db.Pool) -> None:
    conversation = await asked(pool)
    async with db.transaction(pool) as tx:
        await actions.post_bot(tx, conversation, [text_item("答")], then=WaitCustomer(), answers_seq=1, now=NOON)
    rows = [await swept(pool, conversation, NOON + BOUNDS.wait_customer * n) for n in (1, 2, 3)]
    events = await names_of(pool, conversation)
    items = await items_of(pool, conversation)

    assert [row.state for row in rows] == [State.WAIT_CUST, State.WAIT_CUST, State.RESOLVED]
    assert [body["reminder"] for name, body in events if name == "ConversationIdle"] == [1, 2]
    assert rows[2].resolved_by == "system"
    assert [item.kind for item in items[-2:]] == ["status", "card"]


async def test_an_item_that_promises_nothing_does_not_begin_the_wait_for_the_customer_anew(pool: db.Pool) -> None:
    conversation = await asked(pool)
    async with db.transaction(pool) as tx:
        await actions.post_bot(tx, conversation, [text_item("答")], then=WaitCustomer(), answers_seq=1, now=NOON)
    first = await swept(pool, conversation, NOON + BOUNDS.wait_customer)
    async with db.transaction(pool) as tx:
        await actions.post_system(tx, conversation, [text_item("还在吗")], now=NOON + BOUNDS.wait_customer)
    row = await row_of(pool, conversation)

    assert (row.reminders, row.due_at) == (1, first.due_at)


async def test_several_sweepers_move_each_conversation_once(pool: db.Pool) -> None:
    conversations = [await asked(pool) for _ in range(12)]
    moment = NOON + BOUNDS.bot
    done = await asyncio.gather(*(sweep(pool, moment) for _ in range(4)))

    assert sum(done) == 12
    for conversation in conversations:
        assert (await row_of(pool, conversation)).level == 1
    assert [check for check in await invariant_checks(pool, moment) if not check.ok] == []


async def test_a_row_that_cannot_be_written_does_not_keep_the_others_from_being_swept(
    pool: db.Pool, owner: Any
) -> None:
    conversations = [await asked(pool) for _ in range(3)]
    await owner.execute(
        f"ALTER TABLE conversations.conversation ADD CONSTRAINT cursed CHECK (id <> '{conversations[1]}' OR level = 0)"
    )
    await sweep(pool, NOON + BOUNDS.bot)

    assert [(await row_of(pool, one)).level for one in conversations] == [1, 0, 1]


async def test_what_a_dead_sweeper_leaves_is_seen_by_the_checks_and_made_good_by_the_next(pool: db.Pool) -> None:
    await asked(pool)
    late = NOON + timedelta(minutes=10)
    seen = {check.name[:2] for check in await invariant_checks(pool, late) if not check.ok}
    await sweep(pool, late)

    assert seen == {"I3"}
    assert [check for check in await invariant_checks(pool, late) if not check.ok] == []


async def test_the_sweeper_finds_what_is_due_by_its_index(pool: db.Pool, owner: Any) -> None:
    await owner.execute("SET enable_seqscan = off")
    plan = await owner.fetch(
        """
        EXPLAIN SELECT * FROM conversations.conversation WHERE state <> 'resolved' AND due_at <= $1
         ORDER BY due_at, id LIMIT 500 FOR NO KEY UPDATE SKIP LOCKED
        """.replace("$1", "now()")
    )
    assert "conversation_due" in "\n".join(row[0] for row in plan)
