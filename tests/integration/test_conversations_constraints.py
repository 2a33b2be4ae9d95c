"""The database refuses what the state machine never does, and the checks see what even the database let pass."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from tests.conftest import NOON
from tests.support.talking import applied, open_in, said, seated, somebody, writing
from walletdesk.desk.conversations.checks import RULES, invariant_checks
from walletdesk.desk.conversations.promise import Accepted, HandedOff
from walletdesk.kit import clock, db


@pytest.fixture(autouse=True)
def noon(clock_at: Any) -> Iterator[clock.VirtualClock]:
    with clock_at(NOON) as time:
        yield time


async def queued(pool: db.Pool) -> Any:
    person = somebody()
    conversation = await open_in(pool, person, now=NOON)
    async with writing(pool) as writer:
        await writer.post(said(conversation.id, person, "转人工"))
    await applied(pool, conversation.id, HandedOff(None, 2, "asked"), now=NOON)
    return conversation.id


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("due_at = NULL", "live_has_due"),
        ("due_at = 'infinity'", "due_is_a_time"),
        ("due_at = promised_at + interval '31 minutes'", "due_within_bound"),
        ("owner_kind = 'agent'", "owner_fits_state"),
        ("owner_id = gen_random_uuid()", "owner_fits_state"),
        ("state = 'bot'", "owner_fits_state"),
        ("state = 'agent', owner_kind = 'agent'", "owner_fits_state"),
        ("state = 'offered', owner_kind = 'agent'", "owner_fits_state"),
        ("state = 'wait_cust', owner_kind = 'customer'", "customer_has_the_word"),
        ("state = 'resolved', owner_kind = 'customer', due_at = NULL, resolved_at = now()", "resolved_owes_nothing"),
        ("state = 'resolved', owner_kind = 'customer', resolved_at = now(), owed_since = NULL", "live_has_due"),
        ("state = 'resolved', owner_kind = 'customer', due_at = NULL, owed_since = NULL", "resolved_has_time"),
        ("owed_since = NULL", "queue_knows_the_wait"),
        ("rank_at = NULL", "queue_knows_the_wait"),
        ("human_wanted = false", "queue_knows_the_wait"),
        ("debt_kind = 'news'", "debt_is_whole"),
        ("state = 'wait_third', owner_kind = 'case'", "waits_for_what_was_promised"),
        ("state = 'callback', owner_kind = 'callback'", "waits_for_what_was_promised"),
        ("acked_at = NULL", "owed_is_acknowledged"),
        ("visitor_id = gen_random_uuid()", "belongs_to_one_person"),
        ("customer_id = NULL", "belongs_to_one_person"),
        ("level = 5", "conversation_level_check"),
        ("priority_class = 3", "conversation_priority_class_check"),
        ("state = 'lost'", "conversation_state_check"),
    ],
)
async def test_a_row_that_breaks_the_promise_is_refused(pool: db.Pool, change: str, constraint: str) -> None:
    conversation = await queued(pool)
    async with pool.acquire() as connection:
        with pytest.raises(asyncpg.CheckViolationError) as refused:
            await connection.execute(f"UPDATE conversations.conversation SET {change} WHERE id = $1", conversation)

    assert refused.value.constraint_name == constraint


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ("$1, 1, gen_random_uuid(), 'text', 'all', 'customer', 'x', now()", "message_pkey"),
        (
            "$1, 9, (SELECT id FROM conversations.message LIMIT 1), 'text', 'all', 'customer', 'x', now()",
            "message_id_once",
        ),
        ("$1, 9, gen_random_uuid(), 'note', 'all', 'agent', 'x', now()", "notes_are_for_staff"),
        ("$1, 0, gen_random_uuid(), 'text', 'all', 'customer', 'x', now()", "message_seq_check"),
        ("$1, 9, gen_random_uuid(), 'dance', 'all', 'customer', 'x', now()", "message_kind_check"),
        ("$1, 9, gen_random_uuid(), 'text', 'some', 'customer', 'x', now()", "message_audience_check"),
        ("$1, 9, gen_random_uuid(), 'text', 'all', 'ghost', 'x', now()", "message_author_kind_check"),
    ],
)  # fmt: skip
async def test_a_message_that_cannot_be_is_refused(pool: db.Pool, values: str, error: str) -> None:
    conversation = await queued(pool)
    async with pool.acquire() as connection:
        with pytest.raises((asyncpg.CheckViolationError, asyncpg.UniqueViolationError)) as refused:
            await connection.execute(
                "INSERT INTO conversations.message (conversation_id, seq, id, kind, audience, author_kind, text, at) "
                f"VALUES ({values})",
                conversation,
            )

    assert refused.value.constraint_name == error


async def test_what_was_said_cannot_be_deleted_by_the_product(pool: db.Pool) -> None:
    await queued(pool)
    async with pool.acquire() as connection:
        for table in ("message", "conversation"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(f"DELETE FROM conversations.{table}")


DAMAGE = {
    "I1 every open": "due_at = NULL",
    "I1 no promise": "due_at = now() + interval '400 days'",
    "I2 everything": "acked_at = NULL",
    "I3 no promise": "due_at = '{now}'::timestamptz - interval '31 s'",
    "I4 the ladder": "state = 'wait_cust', owned_since = NULL, level = 2",
    "I5 where": "state = 'resolved'",
    "I5 nothing": "owed_since = NULL",
    "I6 sequences": "last_seq = last_seq + 1",
    "I6 every": "id = gen_random_uuid()",
    "I6 nothing": "state = 'resolved', resolved_at = '{now}'::timestamptz - interval '1 s'",
    "I7 nobody": "state = 'agent', owner_id = '{agent}'",
    "I8 who": "state = 'agent', owner_id = gen_random_uuid()",
    "I9 the": "rank_at = rank_at - interval '1 h'",
}


@pytest.mark.parametrize("rule", DAMAGE)
async def test_each_check_sees_its_damage(pool: db.Pool, owner: Any, rule: str) -> None:
    """An oracle that cannot fail proves nothing: the constraints are taken away and one row is damaged."""
    conversation = await queued(pool)
    agent = await seated(pool, now=NOON, capacity=0)
    assert [check for check in await invariant_checks(pool, NOON) if not check.ok] == []
    names = await owner.fetch(
        "SELECT conname FROM pg_constraint WHERE conrelid = 'conversations.conversation'::regclass AND contype = 'c'"
    )
    for row in names:
        await owner.execute(f"ALTER TABLE conversations.conversation DROP CONSTRAINT {row['conname']}")
    change = DAMAGE[rule].format(agent=agent, now=NOON.isoformat()).replace("owned_since", "owed_since")
    await owner.execute(f"UPDATE conversations.conversation SET {change} WHERE id = $1", conversation)

    assert [c.name for c in await invariant_checks(pool, NOON) if not c.ok and c.name.startswith(rule)] != []


async def test_the_check_for_double_ids_sees_one(pool: db.Pool, owner: Any) -> None:
    conversation = await queued(pool)
    await owner.execute("ALTER TABLE conversations.message DROP CONSTRAINT message_id_once")
    await owner.execute(
        "INSERT INTO conversations.message SELECT conversation_id, seq + 5, id, kind, audience, author_kind, "
        "author_id, author_name, text, body, replaces, at FROM conversations.message WHERE seq = 1 "
        "AND conversation_id = $1",
        conversation,
    )

    assert "I6 no id is stored twice" in {check.name for check in await invariant_checks(pool, NOON) if not check.ok}


def test_every_check_is_tried_by_a_damage() -> None:
    tried = {*DAMAGE, "I6 no id"}
    assert [rule.name for rule in RULES if not any(rule.name.startswith(name) for name in tried)] == []


async def test_an_agent_who_has_been_gone_for_a_minute_must_hold_nothing(pool: db.Pool) -> None:
    from walletdesk.desk.conversations import actions  # noqa: PLC0415

    conversation, agent = await queued(pool), await seated(pool, now=NOON)
    await applied(pool, conversation, Accepted(agent), now=NOON)
    async with db.transaction(pool) as tx:
        await actions.save_seat(tx, agent, name="Mei", capacity=2, present=False, now=NOON)

    async def bad(seconds: int) -> set[str]:
        moment = NOON + timedelta(seconds=seconds)
        return {check.name[:2] for check in await invariant_checks(pool, moment) if not check.ok}

    assert await bad(59) == set()
    assert await bad(61) == {"I8"}
