"""The audit chain names what was changed, removed or moved."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import asyncpg
import pytest

from tests.conftest import NOON
from walletdesk.kit import db
from walletdesk.people import audit
from walletdesk.people.model import Deed


async def some_deeds(pool: db.Pool, count: int = 5) -> None:
    async with db.transaction(pool) as tx:
        deeds = [Deed("agent", UUID(int=n), "read", f"conversation/{n}") for n in range(count)]
        await audit.record(tx, deeds, now=NOON)
    await audit.chain(pool, NOON)


async def test_an_untouched_chain_holds(pool: db.Pool) -> None:
    await some_deeds(pool)
    await some_deeds(pool)

    verdict = await audit.verify(pool)

    assert (verdict.checked, verdict.unchained, verdict.broken_at) == (10, 0, None)


async def test_a_changed_line_is_named(pool: db.Pool, owner: Any) -> None:
    await some_deeds(pool)
    await owner.execute("ALTER TABLE people.audit DISABLE TRIGGER ALL")
    await owner.execute("UPDATE people.audit SET action = 'looked away' WHERE object = 'conversation/2'")
    place = await owner.fetchval(
        "SELECT seq FROM people.audit_chain c JOIN people.audit a ON a.id = c.audit_id WHERE object = 'conversation/2'"
    )

    verdict = await audit.verify(pool)

    assert verdict.broken_at == place


async def test_a_removed_line_is_noticed(pool: db.Pool, owner: Any) -> None:
    await some_deeds(pool)
    await owner.execute("ALTER TABLE people.audit_chain DISABLE TRIGGER ALL")
    await owner.execute("DELETE FROM people.audit_chain WHERE seq = 3")

    verdict = await audit.verify(pool)

    assert verdict.broken_at == 3


async def test_the_product_itself_cannot_change_the_log(pool: db.Pool) -> None:
    await some_deeds(pool)

    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with db.transaction(pool) as tx:
            await tx.execute("DELETE FROM people.audit")


async def test_lines_are_chained_in_the_order_of_their_transactions_each_once(pool: db.Pool, owner: Any) -> None:
    for xid in (8, 9, 10, 11):
        await owner.execute(
            "INSERT INTO people.audit (id, xid, at, actor_kind, action, object)"
            " VALUES ($1, $2::text::xid8, $3, 'agent', 'read', $4)",
            UUID(int=xid), str(xid), NOON, f"conversation/{xid}",
        )  # fmt: skip
    for _ in range(3):
        await audit.chain(pool, NOON)

    rows = await owner.fetch("SELECT audit_id FROM people.audit_chain ORDER BY seq")
    assert [row["audit_id"].int for row in rows] == [8, 9, 10, 11]
    assert (await audit.verify(pool)).broken_at is None
