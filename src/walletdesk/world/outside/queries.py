"""Reads and writes of what the outside world remembers (schema `world`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from walletdesk.kit import db
from walletdesk.world.outside.model import Fate, News, Notice, RailOrder

_FEED_LOCK: Final = 7_241_030
"""Advisory lock under which news get their numbers, so that the order of numbers is the order of commits."""


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order as the rail has it, with the outcome that becomes visible at `outcome_at`."""

    ref: str
    rail: str
    rail_ref: str
    kind: str
    amount_minor: int
    currency: str
    known: bool
    accepted_at: datetime
    silent_until: datetime | None
    interim_at: datetime | None
    outcome: str
    outcome_code: str
    outcome_at: datetime


@dataclass(frozen=True, slots=True)
class EventRow:
    """One piece of the rail's news."""

    n: int
    ref: str
    rail_ref: str
    kind: str
    code: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ShopOrderRow:
    """A shop's order."""

    order_no: str
    state: str
    payment_id: UUID | None
    notices: int
    at: datetime


@dataclass(frozen=True, slots=True)
class FaultRow:
    """A fault that is switched on."""

    scope: str
    fault: str
    set_at: datetime


async def faults_of(tx: db.Tx, scopes: Sequence[str]) -> dict[str, str]:
    """Return the faults of some scopes."""
    rows = await db.fetch_all(
        tx, FaultRow, "SELECT scope, fault, set_at FROM world.fault WHERE scope = ANY($1::text[])", scopes
    )
    return {row.scope: row.fault for row in rows}


async def list_faults(tx: db.Tx) -> list[FaultRow]:
    """Return what is switched on, newest first; at most a thousand."""
    return await db.fetch_all(
        tx,
        FaultRow,
        "SELECT scope, fault, set_at FROM world.fault ORDER BY set_at DESC, scope LIMIT 1000",
    )


async def save_fault(tx: db.Tx, scope: str, fault: str, *, now: datetime) -> None:
    """Switch a fault on."""
    await db.execute(
        tx,
        """
        INSERT INTO world.fault (scope, fault, set_at) VALUES ($1, $2, $3)
        ON CONFLICT (scope) DO UPDATE SET fault = $2, set_at = $3
        """,
        scope,
        fault,
        now,
    )


async def delete_fault(tx: db.Tx, scope: str) -> None:
    """Switch a scope's fault off."""
    await db.execute(tx, "DELETE FROM world.fault WHERE scope = $1", scope)


async def end_silence(tx: db.Tx, scope: str, *, now: datetime) -> None:
    """Let orders that were silent because of a scope's fault speak from now on."""
    await db.execute(
        tx,
        """
        WITH awake AS (
            UPDATE world.rail_order SET silent_until = $2
             WHERE fault_scope = $1 AND silent_until > $2
            RETURNING ref
        )
        UPDATE world.rail_event_planned p SET due_at = $2
          FROM awake WHERE p.ref = awake.ref AND p.due_at > $2
        """,
        scope,
        now,
    )


async def find_order(tx: db.Tx, ref: str) -> OrderRow | None:
    """Return an order by the wallet's reference."""
    return await db.fetch_one(
        tx,
        OrderRow,
        """
        SELECT ref, rail, rail_ref, kind, amount_minor, currency, known, accepted_at, silent_until,
               interim_at, outcome, outcome_code, outcome_at
          FROM world.rail_order WHERE ref = $1
        """,
        ref,
    )


async def insert_order(
    tx: db.Tx, order: RailOrder, fate: Fate, *, rail_ref: str, scope: str | None, now: datetime
) -> bool:
    """Write an order with its fate; False if one of this reference exists."""
    return (
        await db.execute(
            tx,
            """
            INSERT INTO world.rail_order
                   (ref, rail, rail_ref, kind, amount_minor, currency, bank, account_tail, payee_name, mode,
                    known, accepted_at, fault_scope, silent_until, interim_at, outcome, outcome_code,
                    outcome_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
            ON CONFLICT (ref) DO NOTHING
            """,
            order.ref,
            order.rail,
            rail_ref,
            order.kind,
            order.amount_minor,
            order.currency,
            order.bank,
            order.account_tail,
            order.payee_name,
            order.mode,
            fate.known,
            now,
            scope,
            fate.silent_until,
            fate.interim_at,
            fate.outcome,
            fate.code,
            fate.outcome_at,
        )
        == 1
    )


async def insert_news(tx: db.Tx, ref: str, rail_ref: str, news: Sequence[News]) -> None:
    """Plan what the rail will say of an order."""
    await db.execute(
        tx,
        """
        INSERT INTO world.rail_event_planned (ref, rail_ref, kind, code, due_at)
        SELECT $1, $2, k, c, d
          FROM unnest($3::text[], $4::text[], $5::timestamptz[]) WITH ORDINALITY AS u (k, c, d, i)
         ORDER BY i
        """,
        ref,
        rail_ref,
        [one.kind for one in news],
        [one.code for one in news],
        [one.due_at for one in news],
    )


async def publish_due(tx: db.Tx, *, now: datetime) -> int:
    """Give numbers to the news whose time has come."""
    await db.execute(tx, "SELECT pg_advisory_xact_lock($1)", _FEED_LOCK)
    return await db.execute(
        tx,
        """
        WITH due AS (
            DELETE FROM world.rail_event_planned WHERE due_at <= $1
            RETURNING id, ref, rail_ref, kind, code, due_at
        )
        INSERT INTO world.rail_event (ref, rail_ref, kind, code, at)
        SELECT ref, rail_ref, kind, code, due_at FROM due ORDER BY due_at, id
        """,
        now,
    )


async def list_events(tx: db.Tx, *, after: int, limit: int) -> list[EventRow]:
    """Return news after a number, oldest first."""
    return await db.fetch_all(
        tx,
        EventRow,
        """
        SELECT n, ref, rail_ref, kind, code, at FROM world.rail_event WHERE n > $1 ORDER BY n LIMIT $2
        """,
        after,
        limit,
    )


async def lock_shop_order(tx: db.Tx, merchant_id: UUID, order_no: str) -> ShopOrderRow | None:
    """Return a shop's order and lock it, so that two notices at once are two notices."""
    return await db.fetch_one(
        tx,
        ShopOrderRow,
        """
        SELECT order_no, state, payment_id, notices, at FROM world.shop_order
         WHERE merchant_id = $1 AND order_no = $2 FOR UPDATE
        """,
        merchant_id,
        order_no,
    )


async def insert_open_order(tx: db.Tx, merchant_id: UUID, notice: Notice, *, now: datetime) -> None:
    """Write the order of a shop that could not hear its notice: it is there, and open."""
    await db.execute(
        tx,
        """
        INSERT INTO world.shop_order (merchant_id, order_no, state, payment_id, at)
        VALUES ($1, $2, 'open', $3, $4) ON CONFLICT DO NOTHING
        """,
        merchant_id,
        notice.order_no,
        notice.payment_id,
        now,
    )


async def save_shop_order(tx: db.Tx, merchant_id: UUID, notice: Notice, *, state: str, now: datetime) -> None:
    """Write what became of a shop's order after a notice."""
    await db.execute(
        tx,
        """
        INSERT INTO world.shop_order AS o
               (merchant_id, order_no, state, payment_id, receipt_no, notices, at)
        VALUES ($1, $2, $3, $4, $5, 1, $6)
        ON CONFLICT (merchant_id, order_no)
        DO UPDATE SET state = $3, payment_id = $4, receipt_no = $5, notices = o.notices + 1, at = $6
        """,
        merchant_id,
        notice.order_no,
        state,
        notice.payment_id,
        notice.receipt_no,
        now,
    )


PastShopOrder = tuple[UUID, str, str, UUID, str, datetime]
"""Merchant, order number, state, payment, receipt number, time."""
PastRailOrder = tuple[str, str, str, str, int, str, str, str, str | None, str, datetime, str, str, datetime]
"""Reference, rail, its own reference, kind, minor units, currency, bank, tail, payee, mode, when it was accepted,
outcome, code, and when that was."""


async def copy_past(tx: db.Tx, shop_orders: Sequence[PastShopOrder], rail_orders: Sequence[PastRailOrder]) -> None:
    """Let shops and rails remember what happened long ago."""
    await tx.copy_records_to_table(
        "shop_order",
        schema_name="world",
        columns=["merchant_id", "order_no", "state", "payment_id", "receipt_no", "at", "notices"],
        records=[(*row, 1) for row in shop_orders],
    )
    await tx.copy_records_to_table(
        "rail_order",
        schema_name="world",
        columns=[
            "ref", "rail", "rail_ref", "kind", "amount_minor", "currency", "bank", "account_tail", "payee_name",
            "mode", "accepted_at", "outcome", "outcome_code", "outcome_at", "known",
        ],
        records=[(*row, True) for row in rail_orders],
    )  # fmt: skip
