"""What the embedded adapter reads of the reference wallet, and schema `gateway`.

The evidence of a transaction is one statement: all of it is seen at the same moment, and one round trip brings it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from walletdesk.kit import db
from walletdesk.wallet.gateway.facts import Facts

_EVER: Final = datetime(1970, 1, 1, tzinfo=UTC)
_NEVER: Final = datetime(9000, 1, 1, tzinfo=UTC)
"""Open ends of a list; as values, so that the planner always reads its index from the right place."""


async def find_payment_facts(tx: db.Tx, customer_id: UUID, payment_id: UUID, *, now: datetime) -> Facts | None:
    """Return all that stands anywhere about a customer's payment."""
    found = await db.fetch_value(
        tx,
        """
        SELECT jsonb_build_object(
            'id', p.id, 'customer_id', p.customer_id, 'kind', 'payment', 'outgoing', true,
            'name', CASE c.locale WHEN 'en' THEN m.en ELSE m.zh END,
            'amount_minor', p.amount_minor, 'currency', p.currency, 'state', p.state, 'shown', p.shown,
            'reason', p.reason, 'order_no', p.order_no, 'receipt_no', p.receipt_no, 'created_at', p.created_at,
            'received_at', p.received_at, 'updated_at', p.updated_at, 'account_id', w.account_id,
            'source', p.source, 'merchant_id', p.merchant_id, 'merchant_state', m.state,
            'merchant_state_at', m.state_at, 'intended', p.merchant_id = p.intended_id, 'notice', p.notice,
            'settlement_id', p.settlement_id,
            'settled_at', (SELECT s.settled_at FROM payments.settlement s WHERE s.id = p.settlement_id),
            'notices', (SELECT jsonb_agg(to_jsonb(told) ORDER BY told.n)
                          FROM payments.notice told WHERE told.payment_id = p.id),
            'answers', (SELECT jsonb_agg(to_jsonb(a) ORDER BY a.at, a.id)
                          FROM payments.shop_answer a WHERE a.payment_id = p.id),
            'order', to_jsonb(o), 'bank', CASE c.locale WHEN 'en' THEN b.en ELSE b.zh END,
            'rail_events', (SELECT jsonb_agg(to_jsonb(e) - 'raw' ORDER BY e.received_at, e.id)
                              FROM rails.rail_event e WHERE e.order_id = p.id),
            'contact', (SELECT to_jsonb(k) FROM rails.contact k WHERE k.rail = o.rail),
            'incident', (SELECT to_jsonb(i) FROM rails.incident i
                          WHERE i.closed_at IS NULL AND i.opened_at <= $3
                            AND i.scope IN ('rail:' || o.rail, 'bank:' || o.bank) ORDER BY i.opened_at LIMIT 1),
            'holds', (SELECT jsonb_agg(to_jsonb(h) ORDER BY h.placed_at, h.id)
                        FROM ledger.operation x JOIN ledger.hold h ON h.op_id = x.id WHERE x.subject = p.id),
            'moves', (SELECT jsonb_agg(jsonb_build_object(
                              'transfer_id', t.id, 'kind', x.kind, 'minor', t.amount, 'reverses', t.reverses,
                              'at', t.at, 'account_id', e.account_id, 'seq', e.seq, 'signed', e.amount)
                              ORDER BY t.at, t.id)
                        FROM ledger.operation x JOIN ledger.transfer t ON t.op_id = x.id
                        LEFT JOIN ledger.entry e ON e.transfer_id = t.id AND e.account_id = w.account_id
                       WHERE x.subject = p.id))
          FROM payments.payment p
          JOIN payments.merchant m ON m.id = p.merchant_id
          JOIN people.customer c ON c.id = p.customer_id
          LEFT JOIN accounts.wallet w ON w.customer_id = p.customer_id AND w.currency = p.currency
          LEFT JOIN rails.orders o ON o.id = p.id
          LEFT JOIN rails.bank b ON b.code = o.bank
         WHERE p.id = $2 AND p.customer_id = $1
        """,
        customer_id,
        payment_id,
        now,
    )
    return None if found is None else _facts(found)


async def find_transfer_facts(tx: db.Tx, customer_id: UUID, transfer_id: UUID, *, now: datetime) -> Facts | None:
    """Return all that stands anywhere about a transfer of a customer, sent by him or arrived for him."""
    found = await db.fetch_value(
        tx,
        """
        SELECT jsonb_build_object(
            'id', t.id, 'customer_id', c.id, 'kind', t.kind,
            'outgoing', t.kind <> 'top_up' AND t.customer_id = c.id,
            'name', CASE WHEN t.customer_id = c.id THEN t.payee_name ELSE s.name END,
            'person', t.payee_kind <> 'self',
            'amount_minor', t.amount_minor, 'currency', t.currency, 'state', t.state, 'shown', t.state,
            'reason', t.reason, 'receipt_no', t.receipt_no, 'created_at', t.created_at, 'received_at', t.created_at,
            'updated_at', t.updated_at, 'account_id', w.account_id, 'source', 'balance', 'mode', t.mode,
            'review', t.review, 'release_at', t.release_at, 'due_by', t.due_by, 'payee_state', t.payee_state,
            'payee_kind', t.payee_kind, 'order', to_jsonb(o),
            'bank', (SELECT CASE c.locale WHEN 'en' THEN b.en ELSE b.zh END FROM rails.bank b WHERE b.code = t.bank),
            'rail_events', (SELECT jsonb_agg(to_jsonb(e) - 'raw' ORDER BY e.received_at, e.id)
                              FROM rails.rail_event e WHERE e.order_id = t.id),
            'contact', (SELECT to_jsonb(k) FROM rails.contact k WHERE k.rail = o.rail),
            'incident', (SELECT to_jsonb(i) FROM rails.incident i
                          WHERE i.closed_at IS NULL AND i.opened_at <= $3
                            AND i.scope IN ('rail:' || o.rail, 'bank:' || t.bank) ORDER BY i.opened_at LIMIT 1),
            'holds', (SELECT jsonb_agg(to_jsonb(h) ORDER BY h.placed_at, h.id)
                        FROM ledger.operation x JOIN ledger.hold h ON h.op_id = x.id
                       WHERE x.subject = t.id AND h.account_id = w.account_id),
            'moves', (SELECT jsonb_agg(jsonb_build_object(
                              'transfer_id', m.id, 'kind', x.kind, 'minor', m.amount, 'reverses', m.reverses,
                              'at', m.at, 'account_id', e.account_id, 'seq', e.seq, 'signed', e.amount)
                              ORDER BY m.at, m.id)
                        FROM ledger.operation x JOIN ledger.transfer m ON m.op_id = x.id
                        LEFT JOIN ledger.entry e ON e.transfer_id = m.id AND e.account_id = w.account_id
                       WHERE x.subject = t.id))
          FROM transfers.transfer t
          JOIN people.customer c ON c.id = $1
          JOIN people.customer s ON s.id = t.customer_id
          LEFT JOIN accounts.wallet w ON w.customer_id = c.id AND w.currency = t.currency
          LEFT JOIN rails.orders o ON o.id = t.id
         WHERE t.id = $2 AND (t.customer_id = $1 OR (t.payee_id = $1 AND t.state = 'succeeded'))
        """,
        customer_id,
        transfer_id,
        now,
    )
    return None if found is None else _facts(found)


def _facts(found: dict[str, Any]) -> Facts:
    # An aggregate over no rows is null: then the list is empty, which is the default.
    return msgspec.convert({name: value for name, value in found.items() if value is not None}, Facts)


@dataclass(frozen=True, slots=True)
class TransactionRow:
    """One line of a customer's list of transactions."""

    id: UUID
    kind: str
    name: str
    person: bool
    amount_minor: int
    currency: str
    outgoing: bool
    state: str
    shown: str
    order_no: str | None
    rail: str | None
    rail_ref: str | None
    created_at: datetime
    updated_at: datetime


async def list_transactions(
    tx: db.Tx,
    customer_id: UUID,
    *,
    kinds: Sequence[str],
    ref: str | None,
    amount_minor: int | None,
    since: datetime | None,
    until: datetime | None,
    outgoing: bool | None,
    before: tuple[datetime, UUID] | None,
    limit: int,
) -> list[TransactionRow]:
    """Return a customer's payments and transfers, newest first; every branch reads its index no further than needed."""
    return await db.fetch_all(
        tx,
        TransactionRow,
        """
        SELECT * FROM (
            (SELECT p.id, 'payment' AS kind,
                    CASE (SELECT locale FROM people.customer WHERE id = $1) WHEN 'en' THEN m.en ELSE m.zh END AS name,
                    false AS person, p.amount_minor, p.currency, true AS outgoing, p.state, p.shown, p.order_no,
                    o.rail, o.rail_ref, p.created_at, p.updated_at
               FROM payments.payment p
               JOIN payments.merchant m ON m.id = p.merchant_id
               LEFT JOIN rails.orders o ON o.id = p.id
              WHERE p.customer_id = $1
                AND (cardinality($2::text[]) = 0 OR 'payment' = ANY($2)) AND ($7::boolean IS NOT FALSE)
                AND ($3::text IS NULL OR $3 IN (p.id::text, p.order_no, p.receipt_no, o.rail_ref))
                AND ($4::bigint IS NULL OR p.amount_minor = $4)
                AND p.created_at >= $5 AND p.created_at <= $6 AND (p.created_at, p.id) < ($8, $9)
              ORDER BY p.created_at DESC, p.id DESC LIMIT $10)
            UNION ALL
            (SELECT t.id, t.kind, t.payee_name, t.payee_kind <> 'self', t.amount_minor, t.currency, t.kind <> 'top_up',
                    t.state, t.state, NULL, o.rail, o.rail_ref, t.created_at, t.updated_at
               FROM transfers.transfer t
               LEFT JOIN rails.orders o ON o.id = t.id
              WHERE t.customer_id = $1
                AND (cardinality($2::text[]) = 0 OR t.kind = ANY($2))
                AND ($7::boolean IS NULL OR $7 = (t.kind <> 'top_up'))
                AND ($3::text IS NULL OR $3 IN (t.id::text, t.receipt_no, o.rail_ref))
                AND ($4::bigint IS NULL OR t.amount_minor = $4)
                AND t.created_at >= $5 AND t.created_at <= $6 AND (t.created_at, t.id) < ($8, $9)
              ORDER BY t.created_at DESC, t.id DESC LIMIT $10)
            UNION ALL
            (SELECT t.id, t.kind, s.name, true, t.amount_minor, t.currency, false,
                    t.state, t.state, NULL, NULL, NULL, t.created_at, t.updated_at
               FROM transfers.transfer t
               JOIN people.customer s ON s.id = t.customer_id
              WHERE t.payee_id = $1 AND t.state = 'succeeded'
                AND (cardinality($2::text[]) = 0 OR t.kind = ANY($2)) AND ($7::boolean IS NOT TRUE)
                AND ($3::text IS NULL OR $3 IN (t.id::text, t.receipt_no))
                AND ($4::bigint IS NULL OR t.amount_minor = $4)
                AND t.created_at >= $5 AND t.created_at <= $6 AND (t.created_at, t.id) < ($8, $9)
              ORDER BY t.created_at DESC, t.id DESC LIMIT $10)
        ) one
         ORDER BY created_at DESC, id DESC LIMIT $10
        """,
        customer_id,
        list(kinds),
        ref,
        amount_minor,
        since or _EVER,
        until or _NEVER,
        outgoing,
        *(before or (_NEVER, UUID(int=0))),
        limit,
    )


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """A customer with what his wallet knows of him."""

    id: UUID
    name: str
    phone_masked: str
    tier: int
    locale: str
    large_type: bool
    since: datetime


async def find_customer(tx: db.Tx, customer_id: UUID) -> CustomerRow | None:
    """Return a customer who has a wallet."""
    return await db.fetch_one(
        tx,
        CustomerRow,
        """
        SELECT c.id, c.name, w.phone_masked, c.tier, c.locale, c.large_type, c.since
          FROM people.customer c
          JOIN LATERAL (SELECT phone_masked FROM accounts.wallet w WHERE w.customer_id = c.id
                         ORDER BY opened_at LIMIT 1) w ON true
         WHERE c.id = $1
        """,
        customer_id,
    )


@dataclass(frozen=True, slots=True)
class BalanceRow:
    """An account of a customer as it stands."""

    id: int
    currency: str
    posted: int
    held: int
    seq: int


async def list_balances(tx: db.Tx, customer_id: UUID) -> list[BalanceRow]:
    """Return a customer's accounts."""
    return await db.fetch_all(
        tx,
        BalanceRow,
        """
        SELECT a.id, a.currency, a.credits - a.debits AS posted, a.held, a.seq
          FROM accounts.wallet w JOIN ledger.account a ON a.id = w.account_id
         WHERE w.customer_id = $1 ORDER BY a.id
        """,
        customer_id,
    )


@dataclass(frozen=True, slots=True)
class LineRow:
    """One line of a customer's account."""

    account_id: int
    seq: int
    amount: int
    balance_after: int
    currency: str
    subject: UUID | None
    at: datetime


async def list_lines(
    tx: db.Tx, customer_id: UUID, account_id: int, *, before_seq: int | None, limit: int
) -> list[LineRow]:
    """Return lines of an account if it is this customer's, newest first."""
    return await db.fetch_all(
        tx,
        LineRow,
        """
        SELECT e.account_id, e.seq, e.amount, e.balance_after, w.currency, o.subject, e.at
          FROM accounts.wallet w
          JOIN ledger.entry e ON e.account_id = w.account_id
          JOIN ledger.transfer t ON t.id = e.transfer_id
          JOIN ledger.operation o ON o.id = t.op_id
         WHERE w.customer_id = $1 AND w.account_id = $2 AND ($3::bigint IS NULL OR e.seq < $3)
         ORDER BY e.seq DESC LIMIT $4
        """,
        customer_id,
        account_id,
        before_seq,
        limit,
    )


@dataclass(frozen=True, slots=True)
class EventRow:
    """News of the wallet in the event log."""

    xid: str
    id: int
    key: UUID
    name: str
    body: dict[str, Any]
    at: datetime


async def list_news(tx: db.Tx, xid: str, event_id: int, *, limit: int) -> list[EventRow]:
    """Return committed news after a place in the log, oldest first."""
    return await db.fetch_all(
        tx,
        EventRow,
        """
        SELECT xid::text AS xid, id, key, name, body, at
          FROM kit.event
         WHERE (xid, id) > ($1::text::xid8, $2) AND xid < pg_snapshot_xmin(pg_current_snapshot())
           AND name IN ('PaymentChanged', 'TransferChanged', 'RestrictionChanged')
         ORDER BY event.xid, event.id LIMIT $3
        """,
        xid,
        event_id,
        limit,
    )


@dataclass(frozen=True, slots=True)
class CommandRow:
    """A command as it was asked and how it ended."""

    key: str
    fingerprint: bytes
    state: str
    record: str | None
    reason: str | None
    tries: int
    leased_until: datetime | None
    ended_at: datetime | None


async def claim_command(
    tx: db.Tx,
    *,
    key: str,
    name: str,
    customer_id: UUID,
    transaction_id: UUID | None,
    fingerprint: bytes,
    actor: str,
    leased_until: datetime,
    now: datetime,
) -> tuple[CommandRow, bool]:
    """Write a command, or find it under its key; return it and whether the caller shall carry it out now."""
    added = await db.execute(
        tx,
        """
        INSERT INTO gateway.command
               (key, name, customer_id, transaction_id, fingerprint, actor, state, leased_until, asked_at)
        VALUES ($1, $2, $3, $4, $5, $6, 'running', $7, $8)
        ON CONFLICT DO NOTHING
        """,
        key,
        name,
        customer_id,
        transaction_id,
        fingerprint,
        actor,
        leased_until,
        now,
    )
    taken = added or await db.execute(
        tx,
        """
        UPDATE gateway.command SET state = 'running', tries = tries + 1, leased_until = $3
         WHERE key = $1 AND fingerprint = $2 AND state IN ('running', 'unknown') AND leased_until <= $4
        """,
        key,
        fingerprint,
        leased_until,
        now,
    )
    row = await db.fetch_one(
        tx,
        CommandRow,
        """
        SELECT key, fingerprint, state, record, reason, tries, leased_until, ended_at
          FROM gateway.command WHERE key = $1
        """,
        key,
    )
    if row is None:
        raise LookupError("a command that was just written is not there")
    return row, bool(taken)


async def save_command(
    tx: db.Tx, key: str, *, state: str, record: str | None, reason: str | None, now: datetime
) -> None:
    """Write how a command ended; unknown ends nothing, it may be asked again at once."""
    await db.execute(
        tx,
        """
        UPDATE gateway.command
           SET state = $2, record = $3, reason = $4, leased_until = $5,
               ended_at = CASE WHEN $2 IN ('done', 'refused') THEN $5::timestamptz END
         WHERE key = $1
        """,
        key,
        state,
        record,
        reason,
        now,
    )


async def last_entry_of(tx: db.Tx, customer_id: UUID, subject: UUID) -> str | None:
    """Return the record of the newest line that a transaction left on a customer's account."""
    return await db.fetch_value(
        tx,
        """
        SELECT 'entry/' || e.account_id || '/' || e.seq
          FROM ledger.operation o
          JOIN ledger.transfer t ON t.op_id = o.id
          JOIN ledger.entry e ON e.transfer_id = t.id
          JOIN accounts.wallet w ON w.account_id = e.account_id AND w.customer_id = $1
         WHERE o.subject = $2 ORDER BY e.seq DESC LIMIT 1
        """,
        customer_id,
        subject,
    )


async def last_notice_of(tx: db.Tx, payment_id: UUID) -> str | None:
    """Return the record of the last attempt to tell a shop of a payment."""
    return await db.fetch_value(
        tx,
        """
        SELECT 'notice/' || id FROM payments.notice WHERE payment_id = $1 ORDER BY n DESC LIMIT 1
        """,
        payment_id,
    )
