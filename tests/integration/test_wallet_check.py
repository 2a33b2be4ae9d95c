"""The check of the books names the row that somebody changed behind the ledger's back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest

from tests.conftest import NOON
from tests.support.wallet_people import ANNA, Town, settle_in
from walletdesk.kit import clock, db
from walletdesk.wallet.reference.accounts import actions as accounts
from walletdesk.wallet.reference.ledger.check import CHECKS, check_ledger


@pytest.fixture
async def town(pool: db.Pool, clock_at: Any) -> Any:
    async with db.transaction(pool) as tx:
        await settle_in(tx)
    with clock_at(NOON) as time:
        town = Town(pool, time)
        town.paid = await town.pay(1_500)  # type: ignore[attr-defined]
        await town.top_up(5_000)
        await town.work()
        await town.pay(700)
        yield town


class Breaker:
    """Changes rows as the owner of the tables, with the triggers and constraints that forbid it taken away."""

    def __init__(self, town: Town, owner: Any) -> None:
        self.town, self.owner = town, owner

    async def account(self) -> int:
        async with db.reading(self.town.pool) as tx:
            return (await accounts.wallet_of(tx, ANNA, "CNY")).account_id

    async def run(self, statement: str, *args: object) -> Any:
        await self.owner.execute("SET session_replication_role = replica")
        return await self.owner.fetchval(statement, *args)


Broken = Callable[[Breaker], Awaitable[str]]


async def _balance_of_account(b: Breaker) -> str:
    account = await b.account()
    await b.run("UPDATE ledger.account SET credits = credits + 100 WHERE id = $1", account)
    return f"account/{account}:"


async def _amount_of_entry(b: Breaker) -> str:
    account = await b.account()
    await b.run("UPDATE ledger.entry SET amount = amount - 1 WHERE account_id = $1 AND seq = 2", account)
    return f"entry/{account}/2"


async def _balance_of_entry(b: Breaker) -> str:
    account = await b.account()
    await b.run("UPDATE ledger.entry SET balance_after = balance_after + 9 WHERE account_id = $1 AND seq = 2", account)
    return f"entry/{account}/2"


async def _entry_is_gone(b: Breaker) -> str:
    account = await b.account()
    transfer = await b.run("DELETE FROM ledger.entry WHERE account_id = $1 AND seq = 2 RETURNING transfer_id", account)
    return f"transfer/{transfer}"


async def _entry_is_invented(b: Breaker) -> str:
    account = await b.account()
    await b.run(
        "INSERT INTO ledger.entry (account_id, seq, transfer_id, amount, balance_after, at)"
        " SELECT account_id, seq + 1, gen_random_uuid(), 5, balance_after + 5, at FROM ledger.entry"
        " WHERE account_id = $1 ORDER BY seq DESC LIMIT 1",
        account,
    )
    return f"entry/{account}/4"


async def _transfer_is_gone(b: Breaker) -> str:
    account = await b.account()
    await b.run(
        "DELETE FROM ledger.transfer"
        " WHERE id = (SELECT transfer_id FROM ledger.entry WHERE account_id = $1 AND seq = 2)",
        account,
    )
    return f"entry/{account}/2"


async def _amount_of_transfer(b: Breaker) -> str:
    account = await b.account()
    transfer = await b.run(
        "UPDATE ledger.transfer SET amount = amount + 1"
        " WHERE id = (SELECT transfer_id FROM ledger.entry WHERE account_id = $1 AND seq = 2) RETURNING id",
        account,
    )
    return f"transfer/{transfer}"


async def _currency_of_transfer(b: Breaker) -> str:
    return f"transfer/{await b.run(_ONE_TRANSFER, 'USD')}"


_ONE_TRANSFER = (
    "UPDATE ledger.transfer SET currency = $1"
    " WHERE id = (SELECT id FROM ledger.transfer ORDER BY id LIMIT 1) RETURNING id"
)


async def _held_of_account(b: Breaker) -> str:
    account = await b.account()
    await b.run("UPDATE ledger.account SET held = held - 200 WHERE id = $1", account)
    return f"account/{account}: 500 held, its pending holds make 700"


async def _hold_is_released_by_hand(b: Breaker) -> str:
    await b.run("UPDATE ledger.hold SET state = 'voided', remaining = 0 WHERE state = 'pending'")
    return f"account/{await b.account()}: 700 held, its pending holds make 0"


async def _captured_hold_looks_voided(b: Breaker) -> str:
    hold = await b.run("UPDATE ledger.hold SET state = 'voided' WHERE state = 'posted' RETURNING id")
    return f"hold/{hold}"


async def _below_the_floor(b: Breaker) -> str:
    account = await b.account()
    await b.run("ALTER TABLE ledger.account DROP CONSTRAINT never_below_the_floor")
    await b.run("UPDATE ledger.account SET debits = debits + 10000000 WHERE id = $1", account)
    return f"account/{account}:"


async def _clearing_without_order(b: Breaker) -> str:
    order = await b.run("UPDATE rails.orders SET cleared_minor = 0 WHERE cleared_minor <> 0 RETURNING id")
    assert isinstance(order, UUID)
    return "(clearing:netunion): balance -5000, open orders explain 0"


async def _payment_without_money(b: Breaker) -> str:
    payment = b.town.paid.id  # type: ignore[attr-defined]
    await b.run("UPDATE payments.payment SET captured = captured - 1 WHERE id = $1", payment)
    return f"payment/{payment}"


@pytest.mark.parametrize(
    ("broken", "names"),
    [
        (_balance_of_account, {"trial balance", "account rows are the sum of their entries"}),
        (_amount_of_entry, {"balance chains", "account rows are the sum of their entries"}),
        (_balance_of_entry, {"balance chains"}),
        (_entry_is_gone, {"balance chains", "every transfer has its two entries"}),
        (_entry_is_invented, {"every entry has its transfer", "account rows are the sum of their entries"}),
        (_transfer_is_gone, {"trial balance", "every entry has its transfer"}),
        (_amount_of_transfer, {"trial balance", "every transfer has its two entries"}),
        (_currency_of_transfer, {"one currency on both sides"}),
        (_held_of_account, {"held amounts are the sum of pending holds"}),
        (_hold_is_released_by_hand, {"held amounts are the sum of pending holds"}),
        (_captured_hold_looks_voided, {"holds are resolved once"}),
        (_below_the_floor, {"no account below its floor"}),
        (_clearing_without_order, {"clearing accounts are explained by open orders"}),
        (_payment_without_money, {"payments are what the ledger moved"}),
    ],
)
async def test_what_was_changed_is_found_and_named(
    town: Town, owner: Any, broken: Broken, names: set[str]
) -> None:
    assert [check for check in await check_ledger(town.pool) if not check.ok] == []

    row = await broken(Breaker(town, owner))

    found = {check.name: check.detail for check in await check_ledger(town.pool) if not check.ok}
    assert names <= set(found)
    assert any(row in detail for detail in found.values()), (row, found)


async def test_a_balance_that_was_negative_once_is_found(town: Town, owner: Any) -> None:
    breaker = Breaker(town, owner)
    account = await breaker.account()
    await breaker.run("UPDATE ledger.entry SET balance_after = -5 WHERE account_id = $1 AND seq = 1", account)

    found = {check.name: check.detail for check in await check_ledger(town.pool) if not check.ok}
    assert found["no account ever was below its floor"] == f"entry/{account}/1: balance -5, floor 0"


async def test_good_books_say_what_was_looked_at(town: Town) -> None:
    found = await check_ledger(town.pool)
    assert [check.name for check in found] == [name for name, _, _ in CHECKS]
    details = {check.name: check.detail for check in found}
    assert details["trial balance"] == "3 transfers"
    assert details["held amounts are the sum of pending holds"] == "1 pending holds"


async def test_empty_books_are_right(pool: db.Pool) -> None:
    assert all(check.ok for check in await check_ledger(pool))
    assert clock.now() > NOON
