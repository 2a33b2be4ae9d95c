"""The event log: nothing is skipped, nothing is handled twice."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest

from tests.conftest import NOON
from walletdesk.kit import db, events
from walletdesk.kit.events import Event, Follower, Recorded, emit, follow_once


@dataclass(frozen=True, slots=True)
class Rang(Event):
    number: int


class Ears:
    def __init__(self) -> None:
        self.heard: list[int] = []

    async def react(self, tx: db.Tx, found: Sequence[Recorded], now: datetime) -> None:
        self.heard += [event.body["number"] for event in found]


def follower(ears: Ears) -> Follower:
    return Follower("ears", frozenset({"Rang"}), ears.react)


async def test_an_event_is_heard_once_and_in_order(pool: db.Pool) -> None:
    ears = Ears()
    async with db.transaction(pool) as tx:
        await events.emit_all(tx, [(uuid4(), Rang(n)) for n in range(5)])

    await follow_once(pool, follower(ears), NOON)
    await follow_once(pool, follower(ears), NOON)

    assert ears.heard == [0, 1, 2, 3, 4]


async def test_an_event_that_is_rolled_back_is_not_heard(pool: db.Pool) -> None:
    ears = Ears()
    with pytest.raises(RuntimeError):
        async with db.transaction(pool) as tx:
            await emit(tx, uuid4(), Rang(1))
            raise RuntimeError

    await follow_once(pool, follower(ears), NOON)

    assert ears.heard == []


async def test_an_event_that_commits_late_is_not_skipped(pool: db.Pool) -> None:
    ears = Ears()
    async with db.transaction(pool) as slow:
        await emit(slow, uuid4(), Rang(1))
        async with db.transaction(pool) as quick:
            await emit(quick, uuid4(), Rang(2))
        await follow_once(pool, follower(ears), NOON)
        assert ears.heard == []

    await follow_once(pool, follower(ears), NOON)

    assert ears.heard == [1, 2]


async def test_a_reaction_that_fails_leaves_the_cursor_where_it_was(pool: db.Pool) -> None:
    ears = Ears()
    async with db.transaction(pool) as tx:
        await emit(tx, uuid4(), Rang(7))

    async def stumble(tx: db.Tx, found: Sequence[Recorded], now: datetime) -> None:
        raise ValueError("stumbled")

    with pytest.raises(ValueError, match="stumbled"):
        await follow_once(pool, Follower("ears", frozenset({"Rang"}), stumble), NOON)
    await follow_once(pool, follower(ears), NOON)

    assert ears.heard == [7]


async def test_two_workers_with_one_follower_do_the_work_once(pool: db.Pool) -> None:
    ears = Ears()
    async with db.transaction(pool) as tx:
        await events.emit_all(tx, [(uuid4(), Rang(n)) for n in range(50)])

    await asyncio.gather(*(follow_once(pool, follower(ears), NOON) for _ in range(4)))

    assert ears.heard == list(range(50))


async def test_the_lag_of_a_follower_is_counted(pool: db.Pool) -> None:
    async with db.transaction(pool) as tx:
        await events.emit_all(tx, [(uuid4(), Rang(n)) for n in range(3)])

    async with db.reading(pool) as tx:
        found = await events.lags(tx, ["ears"])

    assert [(lag.name, lag.waiting) for lag in found] == [("ears", 3)]


async def test_transactions_come_in_the_order_of_their_numbers_not_of_their_digits(pool: db.Pool, owner: Any) -> None:
    ears = Ears()
    for xid in (8, 9, 10, 11):
        await owner.execute(
            "INSERT INTO kit.event (xid, key, name, body) VALUES ($1::text::xid8, $2, 'Rang', $3)",
            str(xid), uuid4(), {"number": xid},
        )  # fmt: skip

    while await follow_once(pool, follower(ears), NOON):
        pass

    assert ears.heard == [8, 9, 10, 11]
