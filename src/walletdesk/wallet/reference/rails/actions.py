"""What is done with orders: place, hear what is said of them, settle, announce disturbances."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from walletdesk.kit import db, live
from walletdesk.kit.ids import new_id
from walletdesk.kit.money import Money
from walletdesk.wallet.reference.ledger import actions as ledger
from walletdesk.wallet.reference.ledger.model import Operation, stand, transfer
from walletdesk.wallet.reference.model import BankUnknown, IncidentMissing, SameIdOtherBody
from walletdesk.wallet.reference.rails import model, queries
from walletdesk.wallet.reference.rails.model import (
    Answer,
    Bank,
    By,
    Effect,
    IncidentRow,
    Order,
    Rail,
    Said,
    State,
)

SEND_JOB = "wallet_send"
"""The job that sends orders; placing one wakes it."""


def new_order(
    order_id: UUID,
    customer_id: UUID,
    rail: Rail,
    kind: str,
    amount: Money,
    *,
    bank: str,
    account_tail: str,
    payee_name: str | None = None,
    mode: str = "instant",
    now: datetime,
) -> Order:
    """Make an order that waits to be sent at once."""
    return Order(
        id=order_id,
        customer_id=customer_id,
        rail=rail,
        kind=kind,
        amount_minor=amount.minor,
        currency=amount.currency,
        bank=bank,
        account_tail=account_tail,
        payee_name=payee_name,
        mode=mode,
        state=State.WAITING,
        answered_by=None,
        rail_ref=None,
        code=None,
        reason=None,
        conflict=False,
        unapplied=False,
        bank_debited=False,
        cleared_minor=0,
        sends=0,
        unanswered=0,
        queries=0,
        due_at=now,
        created_at=now,
        sent_at=None,
        ended_at=None,
    )


async def place(tx: db.Tx, order: Order) -> None:
    """Let an order be sent as soon as this transaction is committed.

    Raises:
        SameIdOtherBody: A payment and a transfer were given the same id.
    """
    if not await queries.insert_orders(tx, [order]):
        raise SameIdOtherBody(field="id")
    await live.wake(tx, SEND_JOB)


async def hear(tx: db.Tx, order_id: UUID, answer: Answer, by: By, *, now: datetime) -> tuple[Order, Effect] | None:
    """Keep what was said of an order and move it; return what our books must do, or None for a foreign order.

    The order stays locked for the caller, who carries the effect out in the same transaction.
    """
    order = await queries.lock_order(tx, order_id)
    if order is None:
        return None
    await queries.insert_event(tx, order, str(order_id), answer, by, rail=order.rail.value, now=now)
    moved, effect = model.apply(order, answer, by, now)
    if moved != order:
        await queries.save_order(tx, moved)
    return moved, effect


async def hear_missing(tx: db.Tx, order_id: UUID, *, now: datetime) -> Order | None:
    """Note that the rail, asked, has no record of an order."""
    heard = await hear(tx, order_id, Answer(Said.MISSING, "", now, ""), By.QUERY, now=now)
    return heard[0] if heard else None


async def follow(tx: db.Tx, order: Order, *, cleared_by: int = 0) -> Order:
    """Note that our books have followed an order, and by how much it moved the clearing account."""
    order = replace(order, unapplied=False, cleared_minor=order.cleared_minor + cleared_by)
    await queries.save_order(tx, order)
    return order


async def leave_unapplied(tx: db.Tx, order: Order) -> Order:
    """Note that our books could not follow an order yet."""
    order = replace(order, unapplied=True)
    await queries.save_order(tx, order)
    return order


async def owner_of(tx: db.Tx, ref: str) -> UUID | None:
    """Return whose order it is that the outside knows as `ref`."""
    try:
        order = await queries.find_order(tx, UUID(ref))
    except ValueError:
        return None
    return order.customer_id if order else None


async def settle(tx: db.Tx, *, before: datetime, now: datetime) -> int:
    """Settle with every rail what ended before a moment; return how many orders that were.

    Each rail's net amount moves between its clearing account and custody, once.
    """
    rows = await queries.clear_orders(tx, before=before)
    for row in rows:
        settlement_id = new_id()
        await queries.insert_settlement(tx, settlement_id, row, now=now)
        if row.net_minor == 0:
            continue
        system = await ledger.system_accounts(tx, row.currency, now=now)
        amount, account = Money(abs(row.net_minor), row.currency), system.clearing[row.rail]
        debit, credit = (account, system.custody) if row.net_minor > 0 else (system.custody, account)
        leg = transfer(debit, credit, amount, "settlement")
        operation = Operation(settlement_id, "settle_rail", (leg,), at=now)
        if not stand(await ledger.post(tx, [operation], now=now)):
            raise RuntimeError("a clearing account without a floor refused its settlement")
    return sum(row.orders for row in rows)


async def add_banks(tx: db.Tx, banks: Sequence[Bank]) -> None:
    """Make banks known by their names."""
    await queries.insert_banks(tx, banks)


async def check_bank(tx: db.Tx, code: str) -> None:
    """Refuse a bank that cannot be reached.

    Raises:
        BankUnknown
    """
    if not await queries.bank_exists(tx, code):
        raise BankUnknown(field="bank", bank=code)


async def announce(
    tx: db.Tx,
    *,
    incident_id: UUID,
    scope: str,
    zh: str,
    en: str,
    opened_at: datetime,
    expected_end: datetime | None = None,
) -> None:
    """Announce a disturbance of `rail:<name>`, `bank:<code>`, `shop:<id>` or `app`; the same id once."""
    await queries.insert_incident(tx, IncidentRow(incident_id, scope, zh, en, opened_at, expected_end))


async def close_incident(tx: db.Tx, incident_id: UUID, *, now: datetime) -> None:
    """Say that a disturbance is over.

    Raises:
        IncidentMissing
    """
    if not await queries.close_incident(tx, incident_id, now=now):
        raise IncidentMissing


async def lock(tx: db.Tx, order_id: UUID) -> Order | None:
    """Return an order and keep others from moving it."""
    return await queries.lock_order(tx, order_id)
