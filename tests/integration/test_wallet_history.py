"""The past is written in bulk and stands in the books as if it had happened then."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from tests.conftest import NOON
from tests.support.wallet_people import ANNA, BEN, OTHER_SHOP, SHOP, Town, cny, settle_in
from walletdesk.kit import db
from walletdesk.wallet.gateway.model import (
    LedgerState,
    NoticeState,
    RailState,
    Reason,
    TransactionQuery,
    TransactionState,
)
from walletdesk.wallet.reference import history, jobs
from walletdesk.wallet.reference.history import Past, PastPayment, PastTransfer
from walletdesk.wallet.reference.ledger.check import check_ledger


@pytest.fixture
async def town(pool: db.Pool, clock_at: Any) -> Any:
    async with db.transaction(pool) as tx:
        await settle_in(tx, balance=0)
    with clock_at(NOON) as time:
        yield Town(pool, time)


def a_month(days: int = 20) -> list[Past]:
    """Let Anna live: a top-up every day, payments, a friend, a withdrawal that comes back."""
    moves: list[Past] = []
    for day in range(1, days + 1):
        at = NOON - timedelta(days=day)
        moves += [
            PastTransfer(
                uuid4(), ANNA, "top_up", cny(50_000), at, "Anna Adams", bank="harbour", account_tail="1234"
            ),
            PastPayment(uuid4(), ANNA, SHOP, cny(1_500), at + timedelta(minutes=1)),
            PastPayment(uuid4(), ANNA, OTHER_SHOP, cny(2_500), at + timedelta(minutes=2), source="card"),
            PastPayment(
                uuid4(), ANNA, SHOP, cny(900), at + timedelta(minutes=3), refunded_at=at + timedelta(hours=2)
            ),
            PastPayment(uuid4(), ANNA, SHOP, cny(9_900_000), at + timedelta(minutes=4), declined="funds"),
            PastTransfer(uuid4(), ANNA, "transfer", cny(800), at + timedelta(minutes=5), "王小明", payee_id=BEN),
            PastTransfer(
                uuid4(), ANNA, "withdrawal", cny(10_000), at + timedelta(minutes=6), "Anna Adams",
                bank="harbour", account_tail="1234", returned_at=at + timedelta(hours=3),
            ),
        ]  # fmt: skip
    return moves


async def test_the_past_stands_in_the_books_day_by_day(town: Town) -> None:
    moves = a_month()
    async with db.transaction(town.pool) as tx:
        await history.write(tx, list(reversed(moves)), now=NOON)

    assert await town.balance() == (20 * (50_000 - 1_500 - 800), 0)
    assert await town.balance(BEN) == (20 * 800, 0)
    assert await town.shop_balance() == 0
    assert [check for check in await check_ledger(town.pool) if not check.ok] == []
    [account] = await town.wallet.accounts(ANNA)
    lines = await town.wallet.entries(ANNA, account.id, before_seq=None, limit=200)
    assert [line.at for line in lines] == sorted((line.at for line in lines), reverse=True)
    async with db.reading(town.pool) as tx:
        left = await tx.fetch("SELECT credits - debits AS balance FROM ledger.account WHERE kind LIKE 'clearing:%'")
    assert {row["balance"] for row in left} == {0}
    assert await jobs.settle(town.pool, NOON) == 0
    await town.work()
    assert (town.outside.sent, town.outside.notices) == ([], [])


async def test_each_move_of_the_past_can_be_proved(town: Town) -> None:
    moves = a_month(1)
    top_up, paid, card, refunded, declined, friend, returned = moves
    async with db.transaction(town.pool) as tx:
        await history.write(tx, moves, now=NOON)

    evidence = {move.id: await town.evidence(move.id) for move in moves}
    assert evidence[paid.id].settled.value is True
    assert evidence[paid.id].notice.value is NoticeState.DELIVERED
    assert evidence[paid.id].receipt_no.value is not None
    assert {move_id: (one.ledger.value, one.rail_state.value) for move_id, one in evidence.items()} == {
        top_up.id: (LedgerState.POSTED, RailState.SUCCEEDED),
        paid.id: (LedgerState.POSTED, RailState.SUCCEEDED),
        card.id: (LedgerState.NONE, RailState.SUCCEEDED),
        refunded.id: (LedgerState.RETURNED, RailState.SUCCEEDED),
        declined.id: (LedgerState.NONE, RailState.NONE),
        friend.id: (LedgerState.POSTED, RailState.NONE),
        returned.id: (LedgerState.RETURNED, RailState.RETURNED),
    }  # fmt: skip
    assert evidence[declined.id].reason.value is Reason.FUNDS
    assert evidence[returned.id].transaction.state is TransactionState.RETURNED
    assert len(await town.wallet.transactions(ANNA, TransactionQuery(limit=50))) == 7


async def test_the_life_of_today_is_settled_by_the_jobs_of_tomorrow(town: Town) -> None:
    at = NOON - timedelta(hours=1)
    moves: list[Past] = [
        PastTransfer(uuid4(), ANNA, "top_up", cny(5_000), at, "Anna Adams", bank="harbour", account_tail="1234"),
        PastPayment(uuid4(), ANNA, SHOP, cny(1_500), at + timedelta(minutes=1)),
        PastPayment(uuid4(), ANNA, SHOP, cny(500), at + timedelta(minutes=2), source="card"),
    ]
    async with db.transaction(town.pool) as tx:
        await history.write(tx, moves, now=NOON)
    assert await town.shop_balance() == 2_000
    used = {limit.kind: limit.used.minor for limit in await town.wallet.limits(ANNA)}
    assert used == {"single": 0, "day": 1_500, "month": 1_500, "year": 1_500}
    await town.books_are_right()

    town.later(days=1)
    assert await jobs.settle(town.pool, town.now) == 4
    assert await town.shop_balance() == 0
    await town.books_are_right()


async def test_a_past_in_which_money_comes_from_nowhere_is_refused_whole(town: Town) -> None:
    at = NOON - timedelta(days=1)
    moves: list[Past] = [
        PastPayment(uuid4(), ANNA, SHOP, cny(1_500), at),
        PastTransfer(
            uuid4(), ANNA, "top_up", cny(5_000), at + timedelta(hours=1), "Anna Adams",
            bank="harbour", account_tail="1234",
        ),
    ]  # fmt: skip
    with pytest.raises(ValueError, match="insufficient"):
        async with db.transaction(town.pool) as tx:
            await history.write(tx, moves, now=NOON)
    assert await town.balance() == (0, 0)
    assert await town.wallet.transactions(ANNA, TransactionQuery()) == ()


async def test_thousands_of_moves_take_seconds(town: Town) -> None:
    moves = a_month(days=200)
    async with db.transaction(town.pool) as tx:
        assert await history.write(tx, moves, now=NOON) > 1_600
    await town.books_are_right()
