"""What the other rooms ask of the ledger: post operations, open accounts, let holds expire."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from walletdesk.kit import db
from walletdesk.wallet.reference.ledger import queries
from walletdesk.wallet.reference.ledger.model import (
    CUSTODY,
    NewAccount,
    Operation,
    Verdict,
    clearing,
    expire,
)

BATCH_MAX = 5_000
"""Most operations of one call; more are posted in several."""


@dataclass(frozen=True, slots=True)
class SystemAccounts:
    """The wallet's own accounts in one currency: custody and one clearing account for each rail."""

    custody: int
    clearing: dict[str, int]


async def post(tx: db.Tx, operations: Sequence[Operation], *, now: datetime) -> list[Verdict]:
    """Carry out operations in the given order, each completely or not at all; return a verdict for each.

    Nothing is raised for money that is not there: the verdict says so. `now` bounds `at`: nothing is booked ahead.
    """
    verdicts: list[Verdict] = []
    for start in range(0, len(operations), BATCH_MAX):
        batch = operations[start : start + BATCH_MAX]
        for one in batch:
            if not one.legs:
                raise ValueError("an operation without a step")
            if one.at > now:
                raise ValueError("an operation that lies in the future")
        verdicts += [Verdict(word) for word in await queries.post_batch(tx, batch)]
    return verdicts


async def post_one(tx: db.Tx, operation: Operation, *, now: datetime) -> Verdict:
    """Carry out one operation."""
    return (await post(tx, [operation], now=now))[0]


async def open_accounts(
    tx: db.Tx, accounts: Sequence[NewAccount], *, now: datetime
) -> dict[tuple[UUID | None, str, str], int]:
    """Open accounts, those that exist stay; return ids by (owner, kind, currency)."""
    rows = await queries.open_accounts(tx, accounts, now=now)
    return {(row.owner, row.kind, row.currency): row.id for row in rows}


async def system_accounts(tx: db.Tx, currency: str, *, now: datetime) -> SystemAccounts:
    """Return the wallet's own accounts in a currency, opened when they are first needed."""
    rails = ("card", "netunion", "iso20022")
    wanted = [NewAccount(None, CUSTODY, currency, None)]
    wanted += [NewAccount(None, clearing(rail), currency, None) for rail in rails]
    found = await open_accounts(tx, wanted, now=now)
    return SystemAccounts(
        found[None, CUSTODY, currency], {rail: found[None, clearing(rail), currency] for rail in rails}
    )


async def set_status(tx: db.Tx, account_id: int, status: str) -> bool:
    """Let an account take or give money, or not (`open`, `no_debit`, `no_credit`, `frozen`, `closed`)."""
    return await queries.set_status(tx, account_id, status)


async def expire_holds(tx: db.Tx, *, now: datetime, limit: int = 200) -> int:
    """Give back what was held longer than agreed; return how many holds ended."""
    due = await queries.list_expired_holds(tx, now=now, limit=limit)
    operations = [
        Operation(uuid5(row.id, "expire"), "expire", (expire(row.id),), at=max(row.placed_at, row.expires_at or now))
        for row in due
    ]
    verdicts = await post(tx, operations, now=now)
    return sum(verdict is Verdict.OK for verdict in verdicts)
