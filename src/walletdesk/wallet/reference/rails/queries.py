"""Reads and writes of schema `rails`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from walletdesk.kit import db
from walletdesk.kit.ids import new_id
from walletdesk.wallet.reference.rails.model import Answer, Bank, By, EventRow, IncidentRow, Order


async def insert_orders(tx: db.Tx, orders: Sequence[Order]) -> int:
    """Write orders; those that exist stay as they are. Return how many were new."""
    fields = (
        "id", "customer_id", "rail", "kind", "amount_minor", "currency", "bank", "account_tail", "payee_name", "mode",
        "state", "answered_by", "rail_ref", "code", "reason", "conflict", "unapplied", "bank_debited", "cleared_minor",
        "sends", "unanswered", "queries", "due_at", "created_at", "sent_at", "ended_at",
    )  # fmt: skip
    columns: list[list[Any]] = [[getattr(order, name) for order in orders] for name in fields]
    return await db.execute(
        tx,
        """
        INSERT INTO rails.orders
               (id, customer_id, rail, kind, amount_minor, currency, bank, account_tail, payee_name, mode,
                state, answered_by, rail_ref, code, reason, conflict, unapplied, bank_debited, cleared_minor,
                sends, unanswered, queries, due_at, created_at, sent_at, ended_at)
        SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::bigint[], $6::text[], $7::text[],
                             $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[],
                             $15::text[], $16::boolean[], $17::boolean[], $18::boolean[], $19::bigint[],
                             $20::smallint[], $21::smallint[], $22::smallint[], $23::timestamptz[],
                             $24::timestamptz[], $25::timestamptz[], $26::timestamptz[])
        ON CONFLICT DO NOTHING
        """,
        *columns,
    )


async def lock_order(tx: db.Tx, order_id: UUID) -> Order | None:
    """Return an order and keep others from moving it."""
    return await db.fetch_one(
        tx,
        Order,
        """
        SELECT id, customer_id, rail, kind, amount_minor, currency, bank, account_tail, payee_name, mode, state,
               answered_by, rail_ref, code, reason, conflict, unapplied, bank_debited, cleared_minor, sends, unanswered,
               queries, due_at, created_at, sent_at, ended_at
          FROM rails.orders WHERE id = $1 FOR NO KEY UPDATE
        """,
        order_id,
    )


async def find_order(tx: db.Tx, order_id: UUID) -> Order | None:
    """Return an order."""
    return await db.fetch_one(
        tx,
        Order,
        """
        SELECT id, customer_id, rail, kind, amount_minor, currency, bank, account_tail, payee_name, mode, state,
               answered_by, rail_ref, code, reason, conflict, unapplied, bank_debited, cleared_minor, sends, unanswered,
               queries, due_at, created_at, sent_at, ended_at
          FROM rails.orders WHERE id = $1
        """,
        order_id,
    )


async def save_order(tx: db.Tx, order: Order) -> None:
    """Write what may change of an order."""
    await db.execute(
        tx,
        """
        UPDATE rails.orders
           SET state = $2, answered_by = $3, rail_ref = $4, code = $5, reason = $6, conflict = $7, unapplied = $8,
               bank_debited = $9, cleared_minor = $10, sends = $11, unanswered = $12, queries = $13, due_at = $14,
               sent_at = $15, ended_at = $16
         WHERE id = $1
        """,
        order.id,
        order.state.value,
        order.answered_by,
        order.rail_ref,
        order.code,
        order.reason,
        order.conflict,
        order.unapplied,
        order.bank_debited,
        order.cleared_minor,
        order.sends,
        order.unanswered,
        order.queries,
        order.due_at,
        order.sent_at,
        order.ended_at,
    )


async def claim_due(
    tx: db.Tx, states: Sequence[str], *, now: datetime, until: datetime, limit: int
) -> list[Order]:
    """Take orders whose time has come; until `until` nobody else takes them."""
    return await db.fetch_all(
        tx,
        Order,
        """
        UPDATE rails.orders o SET due_at = $3
         WHERE id IN (SELECT id FROM rails.orders
                       WHERE due_at <= $2 AND state = ANY($1) ORDER BY due_at LIMIT $4 FOR NO KEY UPDATE SKIP LOCKED)
        RETURNING id, customer_id, rail, kind, amount_minor, currency, bank, account_tail, payee_name, mode, state,
                  answered_by, rail_ref, code, reason, conflict, unapplied, bank_debited, cleared_minor, sends,
                  unanswered, queries, due_at, created_at, sent_at, ended_at
        """,
        list(states),
        now,
        until,
        limit,
    )


async def insert_event(
    tx: db.Tx, order: Order | None, ref: str, answer: Answer, by: By, *, rail: str, now: datetime
) -> bool:
    """Keep what a rail said; return False where it had said so before."""
    return bool(
        await db.execute(
            tx,
            """
            INSERT INTO rails.rail_event
                   (id, order_id, rail, rail_ref, our_ref, kind, source, code, raw, at, received_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
            ON CONFLICT (rail, rail_ref, kind, source) DO NOTHING
            """,
            new_id(),
            order.id if order else None,
            rail,
            answer.rail_ref or ref,
            ref,
            answer.said.value,
            by.value,
            answer.code,
            {"kind": answer.said.value, "code": answer.code, "at": answer.at.isoformat()},
            answer.at,
            now,
        )
    )


async def insert_past_events(tx: db.Tx, rows: Sequence[tuple[UUID, str, str, str, str, str, datetime]]) -> None:
    """Write many events of the past: (order, rail, rail's reference, kind, source, code, at)."""
    columns: list[list[Any]] = [[row[n] for row in rows] for n in range(7)]
    await db.execute(
        tx,
        """
        INSERT INTO rails.rail_event (id, order_id, rail, rail_ref, our_ref, kind, source, code, at, received_at)
        SELECT i, o, r, f, o::text, k, s, c, a, a
          FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
                      $8::timestamptz[]) AS u (i, o, r, f, k, s, c, a)
        ON CONFLICT DO NOTHING
        """,
        [new_id() for _ in rows],
        *columns,
    )


async def list_events(tx: db.Tx, order_id: UUID) -> list[EventRow]:
    """Return all that was said of an order, in the order in which we heard it."""
    return await db.fetch_all(
        tx,
        EventRow,
        """
        SELECT id, order_id, kind, source, code, rail_ref, at, received_at
          FROM rails.rail_event WHERE order_id = $1 ORDER BY received_at, id
        """,
        order_id,
    )


async def lock_feed(tx: db.Tx, name: str) -> int:
    """Return how far the feed was read and keep others from reading on."""
    await tx.execute("INSERT INTO rails.feed (name) VALUES ($1) ON CONFLICT DO NOTHING", name)
    return await db.fetch_value(tx, "SELECT after FROM rails.feed WHERE name = $1 FOR UPDATE", name)


async def feed_after(tx: db.Tx, name: str) -> int:
    """Return how far the feed was read."""
    return await db.fetch_value(tx, "SELECT coalesce(max(after), 0) FROM rails.feed WHERE name = $1", name)


async def save_feed(tx: db.Tx, name: str, after: int) -> None:
    """Note how far the feed was read."""
    await db.execute(
        tx,
        """
        INSERT INTO rails.feed (name, after) VALUES ($1, $2)
        ON CONFLICT (name) DO UPDATE SET after = greatest(rails.feed.after, EXCLUDED.after)
        """,
        name,
        after,
    )


async def save_contact(tx: db.Tx, rail: str, *, ok: bool, now: datetime) -> None:
    """Note whether a rail answered when it was spoken to; the same again within five seconds is not written.

    Many orders of a rail are spoken of at once, and none of them may wait for the others' row.
    """
    await db.execute(
        tx,
        """
        INSERT INTO rails.contact AS c (rail, ok, at, failing_since)
        SELECT $1, $2, $3::timestamptz, CASE WHEN $2 THEN NULL ELSE $3::timestamptz END
         WHERE NOT EXISTS (SELECT FROM rails.contact
                            WHERE rail = $1 AND ok = $2 AND at > $3::timestamptz - interval '5 seconds')
        ON CONFLICT (rail) DO UPDATE
           SET ok = EXCLUDED.ok, at = EXCLUDED.at,
               failing_since = CASE WHEN EXCLUDED.ok THEN NULL ELSE coalesce(c.failing_since, EXCLUDED.at) END
        """,
        rail,
        ok,
        now,
    )


@dataclass(frozen=True, slots=True)
class UnclearedRow:
    """What stands on a clearing account, by rail and currency."""

    rail: str
    currency: str
    net_minor: int
    orders: int


async def clear_orders(tx: db.Tx, *, before: datetime) -> list[UnclearedRow]:
    """Take what ended before a moment off the clearing accounts; return the sums to be moved."""
    return await db.fetch_all(
        tx,
        UnclearedRow,
        """
        WITH due AS (
            SELECT id, rail, currency, cleared_minor FROM rails.orders
             WHERE cleared_minor <> 0 AND ended_at < $1 AND NOT unapplied
             ORDER BY id FOR NO KEY UPDATE
        ), done AS (
            UPDATE rails.orders o SET cleared_minor = 0 FROM due d WHERE o.id = d.id
        )
        SELECT rail, currency, sum(cleared_minor)::bigint AS net_minor, count(*)::int AS orders
          FROM due GROUP BY rail, currency ORDER BY rail, currency
        """,
        before,
    )


async def insert_settlement(
    tx: db.Tx, settlement_id: UUID, row: UnclearedRow, *, now: datetime
) -> None:
    """Keep a settlement."""
    await db.execute(
        tx,
        """
        INSERT INTO rails.settlement (id, rail, currency, net_minor, orders, settled_at)
        VALUES ($1, $2, $3, $4, $5, $6)
        """,
        settlement_id,
        row.rail,
        row.currency,
        row.net_minor,
        row.orders,
        now,
    )


async def list_unapplied(tx: db.Tx, *, before: datetime, limit: int) -> list[UUID]:
    """Return orders whose end our books have not followed, oldest first."""
    rows = await tx.fetch(
        """
        SELECT id FROM rails.orders WHERE unapplied AND created_at < $1 ORDER BY created_at LIMIT $2
        """,
        before,
        limit,
    )
    return [row["id"] for row in rows]


async def list_lost(tx: db.Tx, *, before: datetime, limit: int) -> list[UUID]:
    """Return orders of which the rail still has no record and no bank took money, oldest first."""
    rows = await tx.fetch(
        """
        SELECT id FROM rails.orders
         WHERE due_at IS NOT NULL AND state = 'missing' AND NOT bank_debited AND created_at < $1
         ORDER BY created_at LIMIT $2
        """,
        before,
        limit,
    )
    return [row["id"] for row in rows]


async def insert_banks(tx: db.Tx, banks: Sequence[Bank]) -> None:
    """Write banks; names of those that exist are brought up to date."""
    await db.execute(
        tx,
        """
        INSERT INTO rails.bank (code, zh, en) SELECT * FROM unnest($1::text[], $2::text[], $3::text[])
        ON CONFLICT (code) DO UPDATE SET zh = EXCLUDED.zh, en = EXCLUDED.en
        """,
        [bank.code for bank in banks],
        [bank.zh for bank in banks],
        [bank.en for bank in banks],
    )


async def list_banks(tx: db.Tx) -> list[Bank]:
    """Return the banks that can be reached; there are few."""
    return await db.fetch_all(tx, Bank, "SELECT code, zh, en FROM rails.bank ORDER BY code")


async def bank_exists(tx: db.Tx, code: str) -> bool:
    """Say whether a bank can be reached."""
    return bool(await db.fetch_value(tx, "SELECT true FROM rails.bank WHERE code = $1", code))


async def insert_incident(tx: db.Tx, row: IncidentRow) -> None:
    """Announce a disturbance; the same id is announced once."""
    await db.execute(
        tx,
        """
        INSERT INTO rails.incident (id, scope, zh, en, opened_at, expected_end)
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING
        """,
        row.id,
        row.scope,
        row.zh,
        row.en,
        row.opened_at,
        row.expected_end,
    )


async def close_incident(tx: db.Tx, incident_id: UUID, *, now: datetime) -> bool:
    """End a disturbance; return False where none of that id is open."""
    return bool(
        await db.execute(
            tx,
            """
            UPDATE rails.incident SET closed_at = $2 WHERE id = $1 AND closed_at IS NULL
            """,
            incident_id,
            now,
        )
    )


async def list_incidents(tx: db.Tx, *, now: datetime) -> list[IncidentRow]:
    """Return open disturbances, oldest first; there are few."""
    return await db.fetch_all(
        tx,
        IncidentRow,
        """
        SELECT id, scope, zh, en, opened_at, expected_end
          FROM rails.incident WHERE closed_at IS NULL AND opened_at <= $1 ORDER BY opened_at, id LIMIT 100
        """,
        now,
    )
