"""What the wallet's own app shows its customer: his movements and payees, over the rooms' tables. Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from walletdesk.kit import db


@dataclass(frozen=True, slots=True)
class MovementRow:
    """One payment, transfer, top-up or withdrawal as its customer's app shows it.

    `state` is what the app was told last, which may be stale. `zh` and `en` name the other side; they are the same
    where it is a person (`person`), whose name is masked before anybody sees it.
    """

    id: UUID
    kind: str
    zh: str
    en: str
    person: bool
    account_tail: str | None
    amount_minor: int
    currency: str
    outgoing: bool
    state: str
    reason: str | None
    order_no: str | None
    at: datetime


async def list_movements(
    tx: db.Tx, customer_id: UUID, *, before: tuple[datetime, UUID] | None, limit: int
) -> list[MovementRow]:
    """Return a customer's movements, newest first, after a key of (time, id)."""
    return await db.fetch_all(
        tx,
        MovementRow,
        """
        SELECT * FROM (
            (SELECT p.id, 'payment' AS kind, m.zh, m.en, false AS person, NULL AS account_tail, p.amount_minor,
                    p.currency, true AS outgoing, p.shown AS state, p.reason, p.order_no, p.created_at AS at
               FROM payments.payment p JOIN payments.merchant m ON m.id = p.merchant_id
              WHERE p.customer_id = $1
                AND ($2::timestamptz IS NULL OR (p.created_at, p.id) < ($2, $3::uuid))
              ORDER BY p.created_at DESC, p.id DESC LIMIT $4)
            UNION ALL
            (SELECT t.id, t.kind, coalesce(b.zh, t.payee_name), coalesce(b.en, t.payee_name), t.payee_kind <> 'self',
                    t.account_tail, t.amount_minor, t.currency, t.kind <> 'top_up', t.state, t.reason, NULL,
                    t.created_at
               FROM transfers.transfer t
               LEFT JOIN rails.bank b ON t.payee_kind = 'self' AND b.code = t.bank
              WHERE t.customer_id = $1
                AND ($2::timestamptz IS NULL OR (t.created_at, t.id) < ($2, $3::uuid))
              ORDER BY t.created_at DESC, t.id DESC LIMIT $4)
            UNION ALL
            (SELECT t.id, t.kind, c.name, c.name, true, NULL, t.amount_minor, t.currency, false, t.state, NULL, NULL,
                    t.created_at
               FROM transfers.transfer t JOIN people.customer c ON c.id = t.customer_id
              WHERE t.payee_id = $1 AND t.state = 'succeeded'
                AND ($2::timestamptz IS NULL OR (t.created_at, t.id) < ($2, $3::uuid))
              ORDER BY t.created_at DESC, t.id DESC LIMIT $4)
        ) one
         ORDER BY at DESC, id DESC LIMIT $4
        """,
        customer_id,
        before[0] if before else None,
        before[1] if before else None,
        limit,
    )


async def find_movement(tx: db.Tx, customer_id: UUID, movement_id: UUID) -> MovementRow | None:
    """Return one movement of a customer; somebody else's is not there."""
    return await db.fetch_one(
        tx,
        MovementRow,
        """
        SELECT p.id, 'payment' AS kind, m.zh, m.en, false AS person, NULL AS account_tail, p.amount_minor, p.currency,
               true AS outgoing, p.shown AS state, p.reason, p.order_no, p.created_at AS at
          FROM payments.payment p JOIN payments.merchant m ON m.id = p.merchant_id
         WHERE p.id = $2 AND p.customer_id = $1
        UNION ALL
        SELECT t.id, t.kind, coalesce(b.zh, o.name, t.payee_name), coalesce(b.en, o.name, t.payee_name),
               t.payee_kind <> 'self', CASE WHEN o.id IS NULL THEN t.account_tail END, t.amount_minor, t.currency,
               t.kind <> 'top_up' AND o.id IS NULL, t.state, CASE WHEN o.id IS NULL THEN t.reason END, NULL,
               t.created_at
          FROM transfers.transfer t
          LEFT JOIN rails.bank b ON t.payee_kind = 'self' AND b.code = t.bank
          LEFT JOIN people.customer o ON o.id = t.customer_id AND t.customer_id <> $1
         WHERE t.id = $2 AND (t.customer_id = $1 OR (t.payee_id = $1 AND t.state = 'succeeded'))
        """,
        customer_id,
        movement_id,
    )


@dataclass(frozen=True, slots=True)
class BalanceRow:
    """A customer's account as it stands; minor units."""

    id: int
    currency: str
    posted: int
    held: int


async def list_balances(tx: db.Tx, customer_id: UUID) -> Sequence[BalanceRow]:
    """Return a customer's accounts; few."""
    return await db.fetch_all(
        tx,
        BalanceRow,
        """
        SELECT a.id, a.currency, a.credits - a.debits AS posted, a.held
          FROM accounts.wallet w JOIN ledger.account a ON a.id = w.account_id
         WHERE w.customer_id = $1 ORDER BY a.id
        """,
        customer_id,
    )


@dataclass(frozen=True, slots=True)
class OwnerRow:
    """The customer whose wallet it is."""

    id: UUID
    name: str
    phone_masked: str
    tier: int
    locale: str
    large_type: bool


async def find_owner(tx: db.Tx, customer_id: UUID) -> OwnerRow | None:
    """Return a customer who has a wallet."""
    return await db.fetch_one(
        tx,
        OwnerRow,
        """
        SELECT c.id, c.name, w.phone_masked, c.tier, c.locale, c.large_type
          FROM people.customer c JOIN accounts.wallet w ON w.customer_id = c.id
         WHERE c.id = $1 ORDER BY w.opened_at LIMIT 1
        """,
        customer_id,
    )
