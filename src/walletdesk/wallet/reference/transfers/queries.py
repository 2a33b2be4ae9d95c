"""Reads and writes of schema `transfers`, and the names of payees."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from walletdesk.kit import db
from walletdesk.wallet.reference.transfers.model import Transfer

_FIELDS: Final = (
    "id", "customer_id", "kind", "payee_kind", "payee_id", "payee_name", "bank", "account_tail", "amount_minor",
    "currency", "mode", "fingerprint", "state", "reason", "payee_state", "review", "release_at", "due_by", "hold_id",
    "receipt_no", "created_at", "updated_at",
)  # fmt: skip


async def insert_transfers(tx: db.Tx, transfers: Sequence[Transfer]) -> int:
    """Write transfers; return how many were new."""
    columns: list[list[Any]] = [[getattr(one, name) for one in transfers] for name in _FIELDS]
    return await db.execute(
        tx,
        """
        INSERT INTO transfers.transfer
               (id, customer_id, kind, payee_kind, payee_id, payee_name, bank, account_tail, amount_minor, currency,
                mode, fingerprint, state, reason, payee_state, review, release_at, due_by, hold_id, receipt_no,
                created_at, updated_at)
        SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::uuid[], $6::text[], $7::text[],
                             $8::text[], $9::bigint[], $10::text[], $11::text[], $12::bytea[], $13::text[],
                             $14::text[], $15::text[], $16::text[], $17::timestamptz[], $18::timestamptz[],
                             $19::uuid[], $20::text[], $21::timestamptz[], $22::timestamptz[])
        ON CONFLICT (id) DO NOTHING
        """,
        *columns,
    )


async def id_is_taken(tx: db.Tx, transfer_id: UUID) -> bool:
    """Say whether a payment has this id; an id means one movement of money."""
    return await db.fetch_value(
        tx, "SELECT EXISTS (SELECT FROM payments.payment WHERE id = $1)", transfer_id
    )


async def lock_transfer(tx: db.Tx, transfer_id: UUID) -> Transfer | None:
    """Return a transfer and keep others from moving it."""
    return await db.fetch_one(
        tx,
        Transfer,
        """
        SELECT id, customer_id, kind, payee_kind, payee_id, payee_name, bank, account_tail, amount_minor, currency,
               mode, fingerprint, state, reason, payee_state, review, release_at, due_by, hold_id, receipt_no,
               created_at, updated_at
          FROM transfers.transfer WHERE id = $1 FOR NO KEY UPDATE
        """,
        transfer_id,
    )


async def find_transfer(tx: db.Tx, customer_id: UUID, transfer_id: UUID) -> Transfer | None:
    """Return a transfer that a customer sent."""
    return await db.fetch_one(
        tx,
        Transfer,
        """
        SELECT id, customer_id, kind, payee_kind, payee_id, payee_name, bank, account_tail, amount_minor, currency,
               mode, fingerprint, state, reason, payee_state, review, release_at, due_by, hold_id, receipt_no,
               created_at, updated_at
          FROM transfers.transfer WHERE id = $1 AND customer_id = $2
        """,
        transfer_id,
        customer_id,
    )


async def save_transfer(tx: db.Tx, row: Transfer) -> None:
    """Write what may change of a transfer."""
    await db.execute(
        tx,
        """
        UPDATE transfers.transfer
           SET state = $2, reason = $3, payee_state = $4, review = $5, release_at = $6, hold_id = $7, receipt_no = $8,
               updated_at = $9
         WHERE id = $1
        """,
        row.id,
        row.state.value,
        row.reason,
        row.payee_state,
        row.review.value,
        row.release_at,
        row.hold_id,
        row.receipt_no,
        row.updated_at,
    )


async def lock_released(tx: db.Tx, *, now: datetime, limit: int) -> list[Transfer]:
    """Return transfers that we held back and whose time has come."""
    return await db.fetch_all(
        tx,
        Transfer,
        """
        SELECT id, customer_id, kind, payee_kind, payee_id, payee_name, bank, account_tail, amount_minor, currency,
               mode, fingerprint, state, reason, payee_state, review, release_at, due_by, hold_id, receipt_no,
               created_at, updated_at
          FROM transfers.transfer
         WHERE release_at <= $1
         ORDER BY release_at LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED
        """,
        now,
        limit,
    )


async def has_sent_to(
    tx: db.Tx, customer_id: UUID, *, payee_id: UUID | None, bank: str | None, account_tail: str | None
) -> bool:
    """Say whether a customer has sent something to this payee before, and it arrived."""
    return await db.fetch_value(
        tx,
        """
        SELECT EXISTS (
            SELECT FROM transfers.transfer
             WHERE customer_id = $1 AND kind = 'transfer' AND state = 'succeeded'
               AND (payee_id = $2 OR (bank = $3 AND account_tail = $4)))
        """,
        customer_id,
        payee_id,
        bank,
        account_tail,
    )


async def name_of(tx: db.Tx, customer_id: UUID) -> str | None:
    """Return a customer's name."""
    return await db.fetch_value(tx, "SELECT name FROM people.customer WHERE id = $1", customer_id)


async def list_payees(tx: db.Tx, customer_id: UUID, *, limit: int = 20) -> list[Transfer]:
    """Return a customer's last successful transfer to each payee, newest first."""
    return await db.fetch_all(
        tx,
        Transfer,
        """
        SELECT * FROM (
            SELECT DISTINCT ON (payee_kind, payee_id, bank, account_tail)
                   id, customer_id, kind, payee_kind, payee_id, payee_name, bank, account_tail, amount_minor, currency,
                   mode, fingerprint, state, reason, payee_state, review, release_at, due_by, hold_id, receipt_no,
                   created_at, updated_at
              FROM transfers.transfer
             WHERE customer_id = $1 AND kind = 'transfer' AND state = 'succeeded'
             ORDER BY payee_kind, payee_id, bank, account_tail, created_at DESC
        ) last
         ORDER BY created_at DESC LIMIT $2
        """,
        customer_id,
        limit,
    )
