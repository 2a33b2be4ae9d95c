"""The demo's world: made once, the same under its seed, with balanced books, and every situation real."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.support.world_home import BOX, CUSTOMERS, DAYS, SEED, TODAY, make
from walletdesk.diagnosis.investigation import investigate
from walletdesk.diagnosis.model import Symptom
from walletdesk.kit import clock, db, marks
from walletdesk.kit.ids import CustomerId
from walletdesk.people import actions as people
from walletdesk.wallet.gateway.embedded import EmbeddedWallet
from walletdesk.wallet.reference.ledger.check import check_ledger
from walletdesk.world import fill, queries
from walletdesk.world.personas import PERSONAS
from walletdesk.world.situations import SCRIPTS


async def count(pool: db.Pool, sql: str) -> Any:
    async with db.reading(pool) as tx:
        return await db.fetch_value(tx, sql)  # type: ignore[arg-type]


async def what_happened(pool: db.Pool) -> list[tuple[object, ...]]:
    """Return everything that makes a world, without the ids that are made anew each time."""
    async with db.reading(pool) as tx:
        rows = await tx.fetch(
            """
            SELECT 'payment', id::text, state, amount_minor, created_at FROM payments.payment
            UNION ALL SELECT 'transfer', id::text, state, amount_minor, created_at FROM transfers.transfer
            UNION ALL SELECT 'account', kind || coalesce(owner::text, ''), status, credits - debits, NULL
              FROM ledger.account
            UNION ALL SELECT 'shop', order_no, state, 0, at FROM world.shop_order
            UNION ALL SELECT 'situation', persona, transaction_id::text, 0, made_at FROM world.situation
            ORDER BY 1, 2
            """
        )
    return [tuple(row.values()) for row in rows]


async def test_the_books_of_the_new_world_balance(world: db.Pool) -> None:
    found = await check_ledger(world)

    assert [one for one in found if not one.ok] == []
    assert await count(world, "SELECT count(*) FROM ledger.transfer") > 300


async def test_it_has_customers_shops_banks_and_people_of_the_desk(world: db.Pool) -> None:
    assert await count(world, "SELECT count(*) FROM people.customer") == CUSTOMERS + len(PERSONAS)
    assert await count(world, "SELECT count(*) FROM payments.merchant") >= 30
    assert await count(world, "SELECT count(*) FROM rails.bank") == 4
    assert await count(world, "SELECT count(*) FROM people.agent WHERE NOT 'supervisor' = ANY(roles)") >= 2
    assert await count(world, "SELECT count(*) FROM people.agent WHERE 'supervisor' = ANY(roles)") == 1
    oldest = await count(world, "SELECT min(created_at) FROM payments.payment")
    assert TODAY - timedelta(days=DAYS + 1) < oldest < TODAY - timedelta(days=DAYS - 2)


async def test_a_second_fill_changes_nothing_whatever_its_seed(world: db.Pool) -> None:
    before = await what_happened(world)

    made = await make(world, seed=SEED + 1, now=TODAY + timedelta(days=1))

    assert made is False
    assert await what_happened(world) == before


class KilledError(Exception):
    """The fill ends here, as if the process had been killed."""


@pytest.mark.parametrize("at", ["1 / 4", "2 / 4", "3 / 4"])
async def test_a_fill_that_was_killed_goes_on_to_the_same_world(pool: db.Pool, world: db.Pool, at: str) -> None:
    def tell(done: str) -> None:
        if done == at:
            raise KilledError

    with pytest.raises(KilledError):
        await make(pool, tell=tell)
    assert await fill.read(pool) is None

    made = await make(pool, seed=99, now=TODAY + timedelta(hours=1))

    assert made is True
    assert await what_happened(pool) == await what_happened(world)
    assert all(one.ok for one in await check_ledger(pool))


async def test_a_play_that_was_killed_is_played_again(pool: db.Pool, world: db.Pool) -> None:
    await make(pool)
    async with db.transaction(pool) as tx:
        known = await marks.read(tx, fill.MARK)
        await marks.remove(tx, fill.MARK)
        await marks.write(tx, "world_underway", known)
        await tx.execute("DELETE FROM world.situation")

    await make(pool)

    assert await count(pool, "SELECT count(*) FROM world.situation") == len(PERSONAS)
    assert all(one.ok for one in await check_ledger(pool))


def test_every_persona_has_a_script_and_every_script_a_persona() -> None:
    assert set(SCRIPTS) == {persona.name for persona in PERSONAS}


async def verdicts(pool: db.Pool) -> dict[str, str]:
    """Ask the desk about every persona's transaction, as the bot would."""
    wallet = EmbeddedWallet(pool)
    async with db.reading(pool) as tx:
        rows = {row.persona: row for row in await queries.list_situations(tx)}
    found: dict[str, str] = {}
    for persona in PERSONAS:
        row = rows[persona.name]
        finding = await investigate(
            wallet, CustomerId(row.customer_id), Symptom(persona.symptom), row.transaction_id, now=clock.now()
        )
        found[persona.name] = finding.verdict
    return found


async def test_every_persona_is_in_the_situation_of_his_name(world: db.Pool) -> None:
    assert await verdicts(world) == {persona.name: persona.verdict for persona in PERSONAS}


async def test_situations_that_are_fresh_stay(world: db.Pool) -> None:
    assert await fill.refresh(world, now=TODAY + timedelta(hours=11)) == 0


async def test_old_situations_are_made_anew_and_the_old_ones_end(world: db.Pool) -> None:
    later = TODAY + timedelta(hours=31)
    async with db.reading(world) as tx:
        before = {row.persona: row.transaction_id for row in await queries.list_situations(tx)}

    renewed = await fill.refresh(world, now=later)

    with clock.using(clock.VirtualClock(later)):
        assert await verdicts(world) == {persona.name: persona.verdict for persona in PERSONAS}
    async with db.reading(world) as tx:
        after = {row.persona: row.transaction_id for row in await queries.list_situations(tx)}
    assert renewed == len(PERSONAS)
    assert not set(before.values()) & set(after.values())
    assert all(one.ok for one in await check_ledger(world))


async def test_the_past_can_be_asked_for_like_the_present(world: db.Pool) -> None:
    """An old payment is known to its shop and its rail, so that no question about it finds a contradiction."""
    async with db.reading(world) as tx:
        unknown = await tx.fetch(
            """
            SELECT p.id FROM payments.payment p
              LEFT JOIN world.shop_order s ON s.merchant_id = p.merchant_id AND s.order_no = p.order_no
              LEFT JOIN world.rail_order r ON r.ref = p.id::text
             WHERE p.state = 'succeeded' AND p.created_at < $1
               AND (s.state IS DISTINCT FROM 'paid' OR r.outcome IS DISTINCT FROM 'succeeded')
            """,
            TODAY - timedelta(days=4),
        )

    assert [row["id"] for row in unknown] == []


async def test_phones_are_sealed_and_the_wallet_knows_them_masked(world: db.Pool) -> None:
    async with db.reading(world) as tx:
        found = await people.find_customer_by_phone(tx, "19900009000", box=BOX)
        masked = await db.fetch_value(
            tx, "SELECT phone_masked FROM accounts.wallet WHERE customer_id = $1", found.id if found else None
        )

    assert found is not None
    assert found.persona == "merchant-silent"
    assert masked == "199••••9000"
