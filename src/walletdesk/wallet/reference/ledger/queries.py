"""Reads of schema `ledger`, and its functions: the only ways in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from walletdesk.kit import db
from walletdesk.wallet.reference.ledger.model import AccountRow, EntryRow, HoldRow, NewAccount, Operation


@dataclass(frozen=True, slots=True)
class _Verdict:
    op: UUID
    verdict: str


@dataclass(frozen=True, slots=True)
class OpenedRow:
    """An account that exists now."""

    id: int
    owner: UUID | None
    kind: str
    currency: str


async def post_batch(tx: db.Tx, operations: Sequence[Operation]) -> list[str]:
    """Hand operations to the ledger's function; return their verdicts in the same order."""
    columns: list[list[Any]] = [[] for _ in range(16)]
    for one in operations:
        print_ = one.fingerprint()
        for step, leg in enumerate(one.legs, 1):
            amount = leg.amount
            row = (
                leg.id, one.id, one.kind, one.subject, print_, leg.action.value, leg.debit, leg.credit,
                amount.minor if amount else None, amount.currency if amount else None, leg.code, leg.hold_id,
                leg.reverses, leg.expires_at, one.at, step,
            )  # fmt: skip
            for column, value in zip(columns, row, strict=True):
                column.append(value)
    rows = await db.fetch_all(
        tx,
        _Verdict,
        """
        SELECT op, verdict FROM ledger.post_batch(
            $1::uuid[], $2::uuid[], $3::text[], $4::uuid[], $5::bytea[], $6::text[], $7::bigint[], $8::bigint[],
            $9::bigint[], $10::text[], $11::text[], $12::uuid[], $13::uuid[], $14::timestamptz[],
            $15::timestamptz[], $16::smallint[])
        """,
        *columns,
    )
    return [row.verdict for row in rows]


async def open_accounts(tx: db.Tx, accounts: Sequence[NewAccount], *, now: datetime) -> list[OpenedRow]:
    """Open what does not exist; return all of them, in no particular order."""
    return await db.fetch_all(
        tx,
        OpenedRow,
        """
        SELECT id, owner, kind, currency
          FROM ledger.open_accounts($1::uuid[], $2::text[], $3::text[], $4::bigint[], $5)
        """,
        [one.owner for one in accounts],
        [one.kind for one in accounts],
        [one.currency for one in accounts],
        [one.floor for one in accounts],
        now,
    )


async def set_status(tx: db.Tx, account_id: int, status: str) -> bool:
    """Let an account take or give money, or not; return whether there is such an account."""
    return bool(await db.fetch_value(tx, "SELECT ledger.set_status($1, $2)", account_id, status))


async def find_accounts(tx: db.Tx, ids: Sequence[int]) -> list[AccountRow]:
    """Return accounts as they stand."""
    return await db.fetch_all(
        tx,
        AccountRow,
        """
        SELECT id, owner, kind, currency, status, debits, credits, held, floor, seq
          FROM ledger.account WHERE id = ANY($1) ORDER BY id
        """,
        list(ids),
    )


async def find_hold(tx: db.Tx, hold_id: UUID) -> HoldRow | None:
    """Return a hold."""
    return await db.fetch_one(
        tx,
        HoldRow,
        """
        SELECT id, account_id, amount, remaining, state, expires_at, placed_at, resolved_at
          FROM ledger.hold WHERE id = $1
        """,
        hold_id,
    )


async def list_expired_holds(tx: db.Tx, *, now: datetime, limit: int) -> list[HoldRow]:
    """Return pending holds whose time is over."""
    return await db.fetch_all(
        tx,
        HoldRow,
        """
        SELECT id, account_id, amount, remaining, state, expires_at, placed_at, resolved_at
          FROM ledger.hold
         WHERE state = 'pending' AND expires_at <= $1
         ORDER BY expires_at LIMIT $2
        """,
        now,
        limit,
    )


async def list_entries(tx: db.Tx, account_id: int, *, before_seq: int | None, limit: int) -> list[EntryRow]:
    """Return lines of an account, newest first."""
    return await db.fetch_all(
        tx,
        EntryRow,
        """
        SELECT e.account_id, e.seq, e.transfer_id, e.amount, e.balance_after, o.subject, e.at
          FROM ledger.entry e
          JOIN ledger.transfer t ON t.id = e.transfer_id
          JOIN ledger.operation o ON o.id = t.op_id
         WHERE e.account_id = $1 AND ($2::bigint IS NULL OR e.seq < $2)
         ORDER BY e.seq DESC LIMIT $3
        """,
        account_id,
        before_seq,
        limit,
    )


async def find_transfer_of(tx: db.Tx, subject: UUID, account_id: int) -> UUID | None:
    """Return the transfer by which an account's money moved because of a payment or transfer; not its reversal."""
    return await db.fetch_value(
        tx,
        """
        SELECT t.id FROM ledger.operation o JOIN ledger.transfer t ON t.op_id = o.id
         WHERE o.subject = $1 AND t.reverses IS NULL AND (t.debit_id = $2 OR t.credit_id = $2)
         ORDER BY t.id LIMIT 1
        """,
        subject,
        account_id,
    )
