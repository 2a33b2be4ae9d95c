"""Hundreds of orders through an outside world that loses, delays, doubles, declines and contradicts: the books hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from random import Random

import pytest

from tests.support.world_home import TODAY
from walletdesk.kit import db
from walletdesk.wallet.reference import jobs
from walletdesk.wallet.reference.ledger.check import check_ledger
from walletdesk.wallet.reference.transfers.model import to_bank, to_wallet
from walletdesk.world import fill
from walletdesk.world.outside.serve import client_in_process, make_outside
from walletdesk.world.population import BANKS
from walletdesk.world.stage import Actor, Cast, Stage

ORDERS = 300
SHOP_FAULTS = ("shop_silent", "error", "ok_but_open", "closed", "none")


def deed(stage: Stage, chance: Random, actor: Actor) -> Callable[[datetime], Awaitable[None]]:
    """Choose what a customer does, and what befalls it."""
    fault = f"chaos:{chance.choice((30, 60, 100))}" if chance.random() < 0.8 else chance.choice(SHOP_FAULTS)
    minor = chance.randrange(100, 40_000)
    kind = chance.choice(("pay", "pay", "card", "bank", "friend", "top_up", "ordinary"))
    shop, friend = chance.choice(stage.cast.shops), chance.choice(stage.cast.friends)
    account = to_bank(chance.choice(BANKS).code, f"{chance.randrange(10_000):04d}", "张三")

    async def act(at: datetime) -> None:
        if kind in ("pay", "card"):
            await actor.pay(shop, minor, at=at, source="card" if kind == "card" else "balance", fault=fault)
        elif kind == "top_up":
            await actor.top_up(minor, at=at, fault=fault)
        elif kind == "friend" and friend.id != actor.person.id:
            await actor.send(to_wallet(friend.id), minor, at=at)
        else:
            await actor.send(
                account, minor, at=at, mode="ordinary" if kind == "ordinary" else "instant", fault=fault
            )

    return act


async def play_chaos(pool: db.Pool, seed: int) -> Stage:
    """Let a few hundred orders go through chaos for three hours, then two days pass."""
    known = await fill.read(pool)
    assert known is not None
    everybody = fill.settlers(known)
    stage = Stage(pool, seed, Cast(everybody.shops, everybody.customers), TODAY + timedelta(days=3))
    chance = Random(seed)
    for n in range(ORDERS):
        actor = stage.actor(f"{n}", chance.choice(everybody.customers))
        stage.plan(TODAY + timedelta(seconds=30 * n + 60), deed(stage, chance, actor))
    for day in (1, 2):

        async def reconcile(at: datetime) -> None:
            while await jobs.reconcile(pool, at):
                pass

        # 13:00 where the wallet is at home: the settlement files have come.
        stage.plan(TODAY.replace(hour=5) + timedelta(days=day), reconcile)
    await stage.play()
    return stage


@pytest.mark.parametrize("seed", [1, 2])
async def test_the_books_balance_after_chaos_and_nothing_stays_unexplained(world: db.Pool, seed: int) -> None:
    async with db.reading(world) as tx:
        known = {row["id"] for row in await tx.fetch("SELECT id FROM rails.orders")}

    await play_chaos(world, seed)

    found = await check_ledger(world)
    assert [one for one in found if not one.ok] == []
    async with db.reading(world) as tx:
        rows = [row for row in await tx.fetch("SELECT * FROM rails.orders") if row["id"] not in known]
        fates = Counter(row["state"] for row in rows)
        # Every order has ended, but those of which only the bank says anything: a person asks the bank.
        left = [row for row in rows if row["state"] not in ("succeeded", "failed", "returned")]
        assert [row for row in left if not row["bank_debited"]] == []
        # What our books did not follow was followed on the next day; only a top-up that a rail first confirmed and
        # then took back stays: nobody takes money from a customer without a person who decides it.
        assert [dict(row) for row in rows if row["unapplied"] and row["kind"] != "top_up"] == []
        held = await tx.fetch(
            """
            SELECT h.id FROM ledger.hold h JOIN ledger.operation o ON o.id = h.op_id
              JOIN rails.orders r ON r.id = o.subject
             WHERE h.state = 'pending' AND r.state IN ('succeeded', 'failed', 'returned') AND NOT r.id = ANY($1)
            """,
            list(known),
        )
        assert [row["id"] for row in held] == []
        waiting = await tx.fetch("SELECT id FROM payments.payment WHERE notice_due_at IS NOT NULL")
        notices = {row["id"] for row in waiting} - known
        lost = await tx.fetch(
            """
            SELECT r.id, r.state, sum(e.amount) AS moved
              FROM rails.orders r
              JOIN accounts.wallet w ON w.customer_id = r.customer_id
              JOIN ledger.operation o ON o.subject = r.id
              JOIN ledger.transfer t ON t.op_id = o.id
              JOIN ledger.entry e ON e.transfer_id = t.id AND e.account_id = w.account_id
             WHERE r.state IN ('failed', 'returned') AND NOT r.id = ANY($1)
             GROUP BY r.id, r.state HAVING sum(e.amount) < 0
            """,
            list(known),
        )
        # No customer has lost money to an order that failed.
        assert [dict(row) for row in lost] == []
    assert min(fates["succeeded"], fates["failed"], fates["returned"]) > 0, fates
    assert notices == set()


async def test_the_same_seed_plays_the_same_chaos(world: db.Pool) -> None:
    known = await fill.read(world)
    assert known is not None
    customers = fill.settlers(known).customers

    async def ends(seed: int) -> list[tuple[object, ...]]:
        made = make_outside(world, time=lambda: TODAY, seed=seed)
        async with client_in_process(made) as client:
            await client.put("/faults", json={"scope": "rail:card", "fault": "chaos:100"})
            found: list[tuple[object, ...]] = []
            for n, customer in enumerate(customers):
                body = {
                    "ref": f"{n}", "rail": "card", "kind": "payment", "amount_minor": 100, "currency": "CNY",
                    "bank": customer.bank, "account_tail": customer.account_tail, "mode": "instant",
                }  # fmt: skip
                try:
                    answer = await client.post("/rail/orders", json=body)
                    found.append((answer.status_code, answer.json()["state"], answer.json()["code"]))
                except Exception as error:  # noqa: BLE001 - whatever comes, the same must come again
                    found.append((type(error).__name__,))
            async with db.transaction(world) as tx:
                await tx.execute("DELETE FROM world.rail_order WHERE length(ref) < 5")
        return found

    first, again, other = await ends(1), await ends(1), await ends(2)

    assert first == again
    assert first != other
