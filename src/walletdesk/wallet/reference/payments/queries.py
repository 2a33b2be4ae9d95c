"""Reads and writes of schema `payments`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from walletdesk.kit import db
from walletdesk.wallet.reference.payments.model import Merchant, NoticeRow, Payment

_FIELDS: Final = (
    "id", "customer_id", "merchant_id", "intended_id", "amount_minor", "currency", "order_no", "source", "fingerprint",
    "state", "shown", "reason", "hold_id", "receipt_no", "captured", "refunded", "refund_pending", "notice",
    "notice_due_at", "settlement_id", "created_at", "received_at", "paid_at", "updated_at",
)  # fmt: skip


async def insert_merchants(tx: db.Tx, merchants: Sequence[Merchant], *, now: datetime) -> None:
    """Write shops; those that exist stay as they are."""
    await db.execute(
        tx,
        """
        INSERT INTO payments.merchant (id, zh, en, state, account_id, notice_secret, state_at, created_at)
        SELECT *, $7, $7 FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::bytea[])
        ON CONFLICT DO NOTHING
        """,
        [one.id for one in merchants],
        [one.zh for one in merchants],
        [one.en for one in merchants],
        [one.state for one in merchants],
        [one.account_id for one in merchants],
        [one.notice_secret for one in merchants],
        now,
    )


async def find_merchant(tx: db.Tx, merchant_id: UUID) -> Merchant | None:
    """Return a shop."""
    return await db.fetch_one(
        tx,
        Merchant,
        """
        SELECT id, zh, en, state, account_id, notice_secret FROM payments.merchant WHERE id = $1
        """,
        merchant_id,
    )


async def list_merchants(tx: db.Tx, *, after: UUID | None = None, limit: int = 100) -> list[Merchant]:
    """Return shops in the order of their ids."""
    return await db.fetch_all(
        tx,
        Merchant,
        """
        SELECT id, zh, en, state, account_id, notice_secret
          FROM payments.merchant WHERE $1::uuid IS NULL OR id > $1 ORDER BY id LIMIT $2
        """,
        after,
        limit,
    )


async def save_merchant_state(tx: db.Tx, merchant_id: UUID, state: str, *, now: datetime) -> bool:
    """Open, freeze or close a shop; return whether there is such a shop."""
    return bool(
        await db.execute(
            tx,
            """
            UPDATE payments.merchant SET state = $2, state_at = $3 WHERE id = $1
            """,
            merchant_id,
            state,
            now,
        )
    )


async def insert_payments(tx: db.Tx, payments: Sequence[Payment]) -> int:
    """Write payments with their funding; return how many were new."""
    columns: list[list[Any]] = [[getattr(one, name) for one in payments] for name in _FIELDS]
    return await db.fetch_value(
        tx,
        """
        WITH added AS (
            INSERT INTO payments.payment
                   (id, customer_id, merchant_id, intended_id, amount_minor, currency, order_no, source, fingerprint,
                    state, shown, reason, hold_id, receipt_no, captured, refunded, refund_pending, notice,
                    notice_due_at, settlement_id, created_at, received_at, paid_at, updated_at)
            SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::bigint[], $6::text[], $7::text[],
                                 $8::text[], $9::bytea[], $10::text[], $11::text[], $12::text[], $13::uuid[],
                                 $14::text[], $15::bigint[], $16::bigint[], $17::bigint[], $18::text[],
                                 $19::timestamptz[], $20::uuid[], $21::timestamptz[], $22::timestamptz[],
                                 $23::timestamptz[], $24::timestamptz[])
            ON CONFLICT (id) DO NOTHING
            RETURNING id, source, amount_minor, refunded
        ), funded AS (
            INSERT INTO payments.payment_funding (payment_id, n, source, source_ref, amount, refunded)
            SELECT id, 1, source, source || '/' || id, amount_minor, refunded FROM added
        )
        SELECT count(*) FROM added
        """,
        *columns,
    )


async def id_is_taken(tx: db.Tx, payment_id: UUID) -> bool:
    """Say whether a transfer has this id; an id means one movement of money."""
    return await db.fetch_value(
        tx, "SELECT EXISTS (SELECT FROM transfers.transfer WHERE id = $1)", payment_id
    )


async def lock_payment(tx: db.Tx, payment_id: UUID) -> Payment | None:
    """Return a payment and keep others from moving it."""
    return await db.fetch_one(
        tx,
        Payment,
        """
        SELECT id, customer_id, merchant_id, intended_id, amount_minor, currency, order_no, source, fingerprint, state,
               shown, reason, hold_id, receipt_no, captured, refunded, refund_pending, notice, notice_due_at,
               settlement_id, created_at, received_at, paid_at, updated_at
          FROM payments.payment WHERE id = $1 FOR NO KEY UPDATE
        """,
        payment_id,
    )


async def find_payment(tx: db.Tx, customer_id: UUID, payment_id: UUID) -> Payment | None:
    """Return a customer's payment."""
    return await db.fetch_one(
        tx,
        Payment,
        """
        SELECT id, customer_id, merchant_id, intended_id, amount_minor, currency, order_no, source, fingerprint, state,
               shown, reason, hold_id, receipt_no, captured, refunded, refund_pending, notice, notice_due_at,
               settlement_id, created_at, received_at, paid_at, updated_at
          FROM payments.payment WHERE id = $1 AND customer_id = $2
        """,
        payment_id,
        customer_id,
    )


async def save_payment(tx: db.Tx, payment: Payment) -> None:
    """Write what may change of a payment."""
    await db.execute(
        tx,
        """
        UPDATE payments.payment
           SET state = $2, shown = $3, reason = $4, hold_id = $5, receipt_no = $6, captured = $7, refunded = $8,
               notice = $9, notice_due_at = $10, settlement_id = $11, received_at = $12, paid_at = $13, updated_at = $14
         WHERE id = $1
        """,
        payment.id,
        payment.state.value,
        payment.shown.value,
        payment.reason,
        payment.hold_id,
        payment.receipt_no,
        payment.captured,
        payment.refunded,
        payment.notice,
        payment.notice_due_at,
        payment.settlement_id,
        payment.received_at,
        payment.paid_at,
        payment.updated_at,
    )


async def refund_funding(tx: db.Tx, payment_id: UUID, amount: int) -> None:
    """Note what went back to the source of a payment; never more than came from it."""
    await db.execute(
        tx,
        """
        UPDATE payments.payment_funding SET refunded = refunded + $2 WHERE payment_id = $1 AND n = 1
        """,
        payment_id,
        amount,
    )


@dataclass(frozen=True, slots=True)
class DueNotice:
    """A payment of which its shop is to be told, and how often that was tried."""

    payment_id: UUID
    attempts: int


async def claim_notices(tx: db.Tx, *, now: datetime, until: datetime, limit: int) -> list[DueNotice]:
    """Take payments of which shops are to be told now; until `until` nobody else takes them."""
    return await db.fetch_all(
        tx,
        DueNotice,
        """
        UPDATE payments.payment p SET notice_due_at = $2
         WHERE id IN (SELECT id FROM payments.payment WHERE notice_due_at <= $1
                       ORDER BY notice_due_at LIMIT $3 FOR NO KEY UPDATE SKIP LOCKED)
        RETURNING id AS payment_id,
                  (SELECT count(*)::int FROM payments.notice n WHERE n.payment_id = p.id) AS attempts
        """,
        now,
        until,
        limit,
    )


async def insert_notice(
    tx: db.Tx, notice_id: UUID, payment_id: UUID, http_status: int | None, *, now: datetime
) -> NoticeRow:
    """Keep an attempt to tell a shop; the payment is locked by the caller."""
    row = await db.fetch_one(
        tx,
        NoticeRow,
        """
        INSERT INTO payments.notice (id, payment_id, n, http_status, at)
        SELECT $1, $2, 1 + count(*), $3, $4 FROM payments.notice WHERE payment_id = $2
        RETURNING id, payment_id, n, http_status, at
        """,
        notice_id,
        payment_id,
        http_status,
        now,
    )
    if row is None:
        raise LookupError("an INSERT that returns its row returned none")
    return row


async def insert_past_notices(tx: db.Tx, rows: Sequence[tuple[UUID, UUID, int, datetime]]) -> None:
    """Write many first notices of the past: (id, payment, HTTP status, at)."""
    columns: list[list[Any]] = [[row[n] for row in rows] for n in range(4)]
    await db.execute(
        tx,
        """
        INSERT INTO payments.notice (id, payment_id, n, http_status, at)
        SELECT i, p, 1, s, a FROM unnest($1::uuid[], $2::uuid[], $3::smallint[], $4::timestamptz[]) AS u (i, p, s, a)
        ON CONFLICT DO NOTHING
        """,
        *columns,
    )


async def list_notices(tx: db.Tx, payment_id: UUID) -> list[NoticeRow]:
    """Return all attempts to tell a shop of a payment."""
    return await db.fetch_all(
        tx,
        NoticeRow,
        """
        SELECT id, payment_id, n, http_status, at FROM payments.notice WHERE payment_id = $1 ORDER BY n
        """,
        payment_id,
    )


async def insert_shop_answer(
    tx: db.Tx, answer_id: UUID, payment_id: UUID, http_status: int | None, state: str | None, *, now: datetime
) -> None:
    """Keep what a shop said of its order, or that it said nothing."""
    await db.execute(
        tx,
        """
        INSERT INTO payments.shop_answer (id, payment_id, http_status, state, at) VALUES ($1, $2, $3, $4, $5)
        """,
        answer_id,
        payment_id,
        http_status,
        state,
        now,
    )


async def last_shop_state(tx: db.Tx, payment_id: UUID) -> str | None:
    """Return what a shop said last of its order."""
    return await db.fetch_value(
        tx,
        """
        SELECT state FROM payments.shop_answer WHERE payment_id = $1 ORDER BY at DESC, id DESC LIMIT 1
        """,
        payment_id,
    )


@dataclass(frozen=True, slots=True)
class UnsettledRow:
    """What is to be paid out to a shop, by currency."""

    merchant_id: UUID
    account_id: int
    currency: str
    amount_minor: int
    payments: list[UUID]


async def lock_unsettled(tx: db.Tx, *, before: datetime, limit: int) -> list[UnsettledRow]:
    """Return what was paid to shops before a moment and is not settled; without doubtful and frozen ones."""
    return await db.fetch_all(
        tx,
        UnsettledRow,
        """
        WITH due AS (
            SELECT p.id, p.merchant_id, m.account_id, p.currency, p.captured - p.refunded AS amount
              FROM payments.payment p
              JOIN payments.merchant m ON m.id = p.merchant_id AND m.state = 'open'
              LEFT JOIN rails.orders o ON o.id = p.id
             WHERE p.state = 'succeeded' AND p.settlement_id IS NULL AND p.paid_at < $1
               AND p.captured > p.refunded AND NOT coalesce(o.unapplied OR o.conflict, false)
             ORDER BY p.paid_at LIMIT $2 FOR NO KEY UPDATE OF p
        )
        SELECT merchant_id, account_id, currency, sum(amount)::bigint AS amount_minor, array_agg(id) AS payments
          FROM due GROUP BY merchant_id, account_id, currency ORDER BY account_id
        """,
        before,
        limit,
    )


async def insert_settlement(tx: db.Tx, settlement_id: UUID, row: UnsettledRow, *, now: datetime) -> None:
    """Keep a settlement and mark its payments."""
    await db.execute(
        tx,
        """
        WITH marked AS (
            UPDATE payments.payment SET settlement_id = $1 WHERE id = ANY($6)
        )
        INSERT INTO payments.settlement (id, merchant_id, currency, amount_minor, payments, settled_at)
        VALUES ($1, $2, $3, $4, $5, $7)
        """,
        settlement_id,
        row.merchant_id,
        row.currency,
        row.amount_minor,
        len(row.payments),
        row.payments,
        now,
    )


async def list_stale(tx: db.Tx, *, before: datetime, limit: int) -> list[UUID]:
    """Return payments on the way since before a moment whose app still shows that they are."""
    rows = await tx.fetch(
        """
        SELECT p.id FROM payments.payment p JOIN rails.orders o ON o.id = p.id
         WHERE p.state = 'pending' AND p.shown = 'pending' AND o.due_at IS NOT NULL AND p.received_at < $1
         ORDER BY p.received_at LIMIT $2
        """,
        before,
        limit,
    )
    return [row["id"] for row in rows]
