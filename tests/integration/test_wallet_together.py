"""Many things at once: nobody waits for each other in a circle, and the books come out right."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.conftest import NOON
from tests.support.wallet_people import ANNA, BEN, Town, settle_in
from walletdesk.kit import db
from walletdesk.wallet.gateway.model import TransactionQuery
from walletdesk.wallet.reference import jobs
from walletdesk.wallet.reference.transfers.model import to_bank, to_wallet


@pytest.fixture
async def town(pool: db.Pool, clock_at: Any) -> Any:
    async with db.transaction(pool) as tx:
        await settle_in(tx, balance=200_000)
    with clock_at(NOON) as time:
        yield Town(pool, time)


async def test_customers_and_workers_do_everything_at_once(town: Town) -> None:
    await town.send(to_wallet(BEN), 50_000)
    town.outside.on_send = "accepted"
    declined = [await town.pay(100) for _ in range(12)]
    declined += [await town.pay(100, customer_id=BEN) for _ in range(12)]
    await town.work()
    town.outside.on_ask = ("failed", "64")
    town.outside.on_send = "succeeded"
    town.later(seconds=10)

    async def worker() -> None:
        for _ in range(6):
            await jobs.ask_orders(town.pool, town.now, outside=town.client)
            await jobs.send_orders(town.pool, town.now, outside=town.client)
            await jobs.deliver_notices(town.pool, town.now, outside=town.client)

    async def customer(who: Any, other: Any) -> None:
        for n in range(8):
            await town.pay(50 + n, customer_id=who)
            await town.send(to_wallet(other), 30 + n, customer_id=who)
            await town.send(to_bank("summit", "9876", "x"), 20 + n, customer_id=who)

    await asyncio.gather(
        worker(), worker(), worker(), customer(ANNA, BEN), customer(BEN, ANNA), customer(ANNA, BEN)
    )
    town.outside.on_ask = "same"
    await town.work(rounds=20)

    await town.books_are_right()
    for who, payments in ((ANNA, 16), (BEN, 8)):
        shown = await town.wallet.transactions(who, TransactionQuery(limit=200))
        states = [one.state for one in shown if one.kind == "payment"]
        assert (states.count("failed"), states.count("succeeded")) == (12, payments)
        [account] = await town.wallet.accounts(who)
        assert account.held.minor == 0
    spent = {limit.kind: limit.used.minor for limit in await town.wallet.limits(ANNA)}
    assert spent["day"] == 50_000 + 2 * (sum(range(50, 58)) + sum(range(30, 38)) + sum(range(20, 28)))
