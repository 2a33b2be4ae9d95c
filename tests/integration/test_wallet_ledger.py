"""The ledger keeps its floors, its order and its word."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from tests.conftest import NOON
from walletdesk.kit import db
from walletdesk.kit.money import Money
from walletdesk.wallet.reference.ledger import actions, queries
from walletdesk.wallet.reference.ledger.check import check_ledger
from walletdesk.wallet.reference.ledger.model import (
    MERCHANT,
    WALLET,
    Leg,
    NewAccount,
    Operation,
    Verdict,
    capture,
    hold,
    transfer,
    void,
)


def cny(minor: int) -> Money:
    return Money(minor, "CNY")


async def open_account(tx: db.Tx, kind: str = WALLET, *, currency: str = "CNY", floor: int | None = 0) -> int:
    owner = uuid4()
    found = await actions.open_accounts(tx, [NewAccount(owner, kind, currency, floor)], now=NOON)
    return found[owner, kind, currency]


def operation(*legs: Leg, op_id: UUID | None = None, minutes: int = 0) -> Operation:
    return Operation(op_id or uuid4(), "test", legs, NOON - timedelta(minutes=minutes))


async def post(tx: db.Tx, *operations: Operation) -> list[Verdict]:
    return await actions.post(tx, operations, now=NOON)


async def rich(tx: db.Tx, minor: int) -> tuple[int, int]:
    """Return an account with money and the account it came from."""
    source, account = await open_account(tx, "custody", floor=None), await open_account(tx)
    assert await post(tx, operation(transfer(source, account, cny(minor), "top_up"))) == [Verdict.OK]
    return account, source


async def balance(tx: db.Tx, account: int) -> tuple[int, int]:
    [row] = await queries.find_accounts(tx, [account])
    return row.posted, row.held


async def test_money_moves_from_one_account_to_another(tx: db.Tx) -> None:
    account, source = await rich(tx, 500)

    assert (await balance(tx, account), await balance(tx, source)) == ((500, 0), (-500, 0))
    [entry] = await queries.list_entries(tx, account, before_seq=None, limit=5)
    assert (entry.seq, entry.amount, entry.balance_after) == (1, 500, 500)


async def test_nobody_spends_what_he_does_not_have(tx: db.Tx) -> None:
    account, _ = await rich(tx, 500)
    shop = await open_account(tx, MERCHANT)

    assert await post(tx, operation(transfer(account, shop, cny(501), "pay"))) == [Verdict.INSUFFICIENT]
    assert await balance(tx, account) == (500, 0)
    assert await balance(tx, shop) == (0, 0)


async def test_money_is_not_spent_before_it_comes_even_inside_one_batch(tx: db.Tx) -> None:
    account, source = await rich(tx, 100)
    shop = await open_account(tx, MERCHANT)

    verdicts = await post(
        tx,
        operation(transfer(account, shop, cny(150), "pay")),
        operation(transfer(source, account, cny(100), "top_up")),
        operation(transfer(account, shop, cny(150), "pay")),
    )

    assert verdicts == [Verdict.INSUFFICIENT, Verdict.OK, Verdict.OK]
    assert await balance(tx, account) == (50, 0)


async def test_not_even_when_the_batch_as_a_whole_would_come_out_right(tx: db.Tx) -> None:
    account, source = await rich(tx, 100)
    shop = await open_account(tx, MERCHANT)

    verdicts = await post(
        tx,
        operation(transfer(account, shop, cny(150), "pay")),
        operation(transfer(source, account, cny(100), "top_up")),
    )

    assert verdicts == [Verdict.INSUFFICIENT, Verdict.OK]
    assert await balance(tx, account) == (200, 0)


async def test_an_operation_happens_completely_or_not_at_all(tx: db.Tx) -> None:
    account, _ = await rich(tx, 100)
    shop, fee = await open_account(tx, MERCHANT), await open_account(tx, "fee")

    verdicts = await post(
        tx, operation(transfer(account, shop, cny(90), "pay"), transfer(account, fee, cny(20), "fee"))
    )

    assert verdicts == [Verdict.INSUFFICIENT]
    assert await balance(tx, account) == (100, 0)


async def test_the_same_id_happens_once_and_another_body_is_refused(tx: db.Tx) -> None:
    account, source = await rich(tx, 100)
    first = operation(transfer(source, account, cny(10), "top_up"))
    again = operation(transfer(source, account, cny(10), "top_up"), op_id=first.id, minutes=3)
    other = operation(transfer(source, account, cny(11), "top_up"), op_id=first.id)

    assert await post(tx, first) == [Verdict.OK]
    assert await post(tx, again, other) == [Verdict.EXISTS, Verdict.MISMATCH]
    assert await balance(tx, account) == (110, 0)


async def test_an_id_that_stands_twice_in_a_batch_happens_once(tx: db.Tx) -> None:
    account, source = await rich(tx, 100)
    one = operation(transfer(source, account, cny(10), "top_up"))
    same = operation(transfer(source, account, cny(10), "top_up"), op_id=one.id)
    other = operation(transfer(source, account, cny(99), "top_up"), op_id=one.id)

    assert await post(tx, one, same, other) == [Verdict.OK, Verdict.EXISTS, Verdict.MISMATCH]
    assert await balance(tx, account) == (110, 0)


async def test_what_is_held_cannot_be_spent(tx: db.Tx) -> None:
    account, _ = await rich(tx, 100)
    shop = await open_account(tx, MERCHANT)
    assert await post(tx, operation(hold(uuid4(), account, cny(70)))) == [Verdict.OK]

    assert await post(tx, operation(transfer(account, shop, cny(31), "pay"))) == [Verdict.INSUFFICIENT]
    assert await post(tx, operation(hold(uuid4(), account, cny(31)))) == [Verdict.INSUFFICIENT]
    assert await post(tx, operation(transfer(account, shop, cny(30), "pay"))) == [Verdict.OK]
    assert await balance(tx, account) == (70, 70)


@pytest.mark.parametrize("part", [70, 25])
async def test_a_capture_moves_its_part_and_frees_the_rest(tx: db.Tx, part: int) -> None:
    account, _ = await rich(tx, 100)
    shop, held = await open_account(tx, MERCHANT), uuid4()
    await post(tx, operation(hold(held, account, cny(70))))

    assert await post(tx, operation(capture(held, shop, cny(part), "pay"))) == [Verdict.OK]
    assert await balance(tx, account) == (100 - part, 0)
    assert await balance(tx, shop) == (part, 0)
    found = await queries.find_hold(tx, held)
    assert found is not None
    assert (found.state, found.remaining) == ("posted", 0)


async def test_a_hold_is_resolved_once(tx: db.Tx) -> None:
    account, _ = await rich(tx, 100)
    shop, held = await open_account(tx, MERCHANT), uuid4()
    await post(tx, operation(hold(held, account, cny(70))))

    verdicts = await post(
        tx,
        operation(capture(held, shop, cny(71), "pay")),
        operation(void(held)),
        operation(capture(held, shop, cny(70), "pay")),
        operation(void(held)),
        operation(void(uuid4())),
    )

    assert verdicts == [Verdict.HOLD, Verdict.OK, Verdict.HOLD, Verdict.HOLD, Verdict.HOLD]
    assert await balance(tx, account) == (100, 0)


async def test_a_hold_in_another_currency_cannot_be_captured(tx: db.Tx) -> None:
    account, _ = await rich(tx, 100)
    dollars, held = await open_account(tx, MERCHANT, currency="USD"), uuid4()
    await post(tx, operation(hold(held, account, cny(70))))

    assert await post(tx, operation(capture(held, dollars, Money(70, "USD"), "pay"))) == [Verdict.CURRENCY]
    assert await balance(tx, account) == (100, 70)


async def test_currencies_do_not_mix_and_unknown_accounts_take_nothing(tx: db.Tx) -> None:
    account, _ = await rich(tx, 100)
    dollars = await open_account(tx, currency="USD")

    verdicts = await post(
        tx,
        operation(transfer(account, dollars, cny(1), "pay")),
        operation(transfer(account, 10**12, cny(1), "pay")),
    )

    assert verdicts == [Verdict.CURRENCY, Verdict.CURRENCY]


async def test_nothing_moves_from_an_account_to_itself(tx: db.Tx) -> None:
    account, _ = await rich(tx, 100)
    held = uuid4()
    await post(tx, operation(hold(held, account, cny(10))))

    for leg in (transfer(account, account, cny(1), "pay"), capture(held, account, cny(10), "pay")):
        assert await post(tx, operation(leg)) == [Verdict.CURRENCY]
    assert await balance(tx, account) == (100, 10)


async def test_a_hold_may_be_placed_and_resolved_in_one_batch(tx: db.Tx) -> None:
    account, _ = await rich(tx, 100)
    shop, held, late = await open_account(tx, MERCHANT), uuid4(), uuid4()

    verdicts = await post(
        tx,
        operation(hold(held, account, cny(60))),
        operation(capture(held, shop, cny(60), "pay")),
        operation(hold(late, account, cny(60))),
        operation(void(late)),
    )

    assert verdicts == [Verdict.OK, Verdict.OK, Verdict.INSUFFICIENT, Verdict.HOLD]
    assert await balance(tx, account) == (40, 0)


@pytest.mark.parametrize(
    ("status", "debit", "credit"),
    [
        ("no_debit", Verdict.FROZEN, Verdict.OK),
        ("no_credit", Verdict.OK, Verdict.FROZEN),
        ("frozen", Verdict.FROZEN, Verdict.FROZEN),
        ("closed", Verdict.CLOSED, Verdict.CLOSED),
    ],
)
async def test_a_status_stops_money_in_its_direction(
    tx: db.Tx, status: str, debit: Verdict, credit: Verdict
) -> None:
    account, source = await rich(tx, 100)
    await actions.set_status(tx, account, status)

    assert await post(tx, operation(transfer(account, source, cny(1), "pay"))) == [debit]
    assert await post(tx, operation(transfer(source, account, cny(1), "top_up"))) == [credit]


async def test_what_was_held_before_the_freeze_may_still_be_captured(tx: db.Tx) -> None:
    account, _ = await rich(tx, 100)
    shop, held = await open_account(tx, MERCHANT), uuid4()
    await post(tx, operation(hold(held, account, cny(70))))
    await actions.set_status(tx, account, "no_debit")

    assert await post(tx, operation(capture(held, shop, cny(70), "pay"))) == [Verdict.OK]


async def test_holds_expire_when_their_time_is_over(tx: db.Tx) -> None:
    account, _ = await rich(tx, 100)
    held, later = uuid4(), uuid4()
    await post(
        tx,
        operation(hold(held, account, cny(70), expires_at=NOON - timedelta(minutes=1)), minutes=9),
        operation(hold(later, account, cny(5), expires_at=NOON + timedelta(minutes=1)), minutes=9),
    )

    assert await actions.expire_holds(tx, now=NOON) == 1
    assert await actions.expire_holds(tx, now=NOON) == 0
    found = await queries.find_hold(tx, held)
    assert found is not None
    assert found.state == "expired"
    assert await balance(tx, account) == (100, 5)


async def test_nothing_is_booked_in_the_future(tx: db.Tx) -> None:
    account, source = await rich(tx, 100)

    with pytest.raises(ValueError, match="future"):
        await post(tx, operation(transfer(source, account, cny(1), "top_up"), minutes=-1))


async def test_the_product_cannot_write_the_books_by_hand(tx: db.Tx) -> None:
    for statement in (
        "INSERT INTO ledger.entry (account_id, seq, transfer_id, amount, balance_after, at)"
        " VALUES (1, 1, gen_random_uuid(), 1, 1, now())",
        "UPDATE ledger.account SET credits = credits + 1",
        "DELETE FROM ledger.transfer",
        "SELECT ledger.apply('{}')",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with tx.transaction():
                await tx.execute(statement)


async def test_not_even_the_owner_changes_what_was_written(owner: Any) -> None:
    for statement in (
        "UPDATE ledger.entry SET amount = 1",
        "DELETE FROM ledger.transfer",
        "TRUNCATE ledger.operation",
        "DELETE FROM ledger.hold",
        "DELETE FROM ledger.account",
    ):
        with pytest.raises((asyncpg.InsufficientPrivilegeError, asyncpg.FeatureNotSupportedError)):
            await owner.execute(statement)


async def test_a_history_of_thousands_is_written_in_one_call(pool: db.Pool) -> None:
    async with db.transaction(pool) as tx:
        source = await open_account(tx, "custody", floor=None)
        accounts = [await open_account(tx) for _ in range(50)]
        operations = [
            operation(transfer(source, accounts[n % 50], cny(1_000), "top_up"), minutes=9_000 - n) for n in range(3_000)
        ]
        operations += [
            operation(transfer(accounts[n % 50], accounts[(n + 7) % 50], cny(10), "send"), minutes=5_000 - n)
            for n in range(3_000)
        ]
        verdicts = await post(tx, *operations)
    assert set(verdicts) == {Verdict.OK}
    assert [check for check in await check_ledger(pool) if not check.ok] == []
    async with db.reading(pool) as tx:
        [newest, *_] = await queries.list_entries(tx, accounts[0], before_seq=None, limit=3)
    assert (newest.seq, newest.balance_after) == (180, 60_000)


async def test_many_writers_at_once_lose_and_invent_nothing(pool: db.Pool) -> None:
    async with db.transaction(pool) as tx:
        source = await open_account(tx, "custody", floor=None)
        accounts = [await open_account(tx) for _ in range(6)]
        await post(tx, *(operation(transfer(source, account, cny(300), "top_up")) for account in accounts))

    async def write(seed: int) -> list[Verdict]:
        found: list[Verdict] = []
        for n in range(15):
            legs = [
                transfer(accounts[(seed + n + k) % 6], accounts[(seed * 5 + n + 3 * k + 1) % 6], cny(140 + k), "send")
                for k in range(3)
                if (seed + n + k) % 6 != (seed * 5 + n + 3 * k + 1) % 6
            ]
            async with db.transaction(pool) as tx:
                found += await post(tx, *(operation(leg) for leg in legs))
        return found

    verdicts = [verdict for part in await asyncio.gather(*(write(seed) for seed in range(8))) for verdict in part]

    assert set(verdicts) == {Verdict.OK, Verdict.INSUFFICIENT}
    async with db.reading(pool) as tx:
        rows = await queries.find_accounts(tx, accounts)
    assert sum(row.posted for row in rows) == 1_800
    assert min(row.posted for row in rows) >= 0
    assert [check for check in await check_ledger(pool) if not check.ok] == []


async def test_two_who_use_the_same_id_at_once_make_it_happen_once(pool: db.Pool) -> None:
    async with db.transaction(pool) as tx:
        account, source = await rich(tx, 100)
    one = operation(transfer(source, account, cny(10), "top_up"))

    async def write() -> Verdict:
        async with db.transaction(pool) as tx:
            return await actions.post_one(tx, one, now=NOON)

    verdicts = await asyncio.gather(*(write() for _ in range(6)))

    assert sorted(verdicts) == ["exists"] * 5 + ["ok"]
    async with db.reading(pool) as tx:
        assert await balance(tx, account) == (110, 0)
