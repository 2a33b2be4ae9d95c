"""Where rails meet payments and transfers: what was said of an order, carried through in one transaction."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from walletdesk.kit import db
from walletdesk.wallet.reference.model import NotProved
from walletdesk.wallet.reference.payments import actions as payments
from walletdesk.wallet.reference.rails import actions as rails
from walletdesk.wallet.reference.rails import model, queries
from walletdesk.wallet.reference.rails.client import RailReply, Reached
from walletdesk.wallet.reference.rails.model import Answer, By, Effect, Order
from walletdesk.wallet.reference.transfers import actions as transfers


async def hear(tx: db.Tx, order_id: UUID, answer: Answer, by: By, *, now: datetime) -> Order | None:
    """Keep what was said of an order, move it, and let our books follow; None for a foreign order."""
    heard = await rails.hear(tx, order_id, answer, by, now=now)
    if heard is None:
        return None
    order, effect = heard
    await follow(tx, order, effect, now=now)
    return order


async def follow(tx: db.Tx, order: Order, effect: Effect, *, now: datetime) -> None:
    """Do in our books what an order's end asks; the order is locked by this transaction."""
    if effect is Effect.NONE:
        return
    room = payments if order.kind == "payment" else transfers
    await room.conclude(tx, order, effect, now=now)


async def hear_reply(
    tx: db.Tx, order_id: UUID, reply: RailReply, by: By, *, now: datetime
) -> Order | None:
    """Take in what came back when an order was sent or asked for; silence and refusal are results too."""
    if reply.answer is not None:
        return await hear(tx, order_id, reply.answer, by, now=now)
    if reply.reached is Reached.MISSING:
        return await rails.hear_missing(tx, order_id, now=now)
    order = await queries.lock_order(tx, order_id)
    if order is None or order.state not in model.OPEN:
        return order
    if reply.reached is Reached.UNANSWERED:
        moved, effect = model.unanswered(order, now), Effect.NONE
    else:
        moved, effect = model.refused(order, now)
    await queries.save_order(tx, moved)
    await follow(tx, moved, effect, now=now)
    return moved


async def reconcile(tx: db.Tx, order_id: UUID, *, now: datetime) -> bool:
    """Let our books follow an end that came too late, as the next day's reconciliation does; False if they cannot."""
    order = await queries.lock_order(tx, order_id)
    if order is None or not order.unapplied:
        return False
    try:
        async with tx.transaction():
            await _undo(tx, order, now=now)
    except NotProved:
        return False
    return True


async def _undo(tx: db.Tx, order: Order, *, now: datetime) -> None:
    if order.kind == "payment":
        held, booked = payments.void_hold, payments.reverse
    else:
        held, booked = transfers.void_hold, transfers.recredit
    try:
        await held(tx, order.id, now=now)
    except NotProved:
        await booked(tx, order.id, now=now)


async def give_up(tx: db.Tx, order_id: UUID, *, now: datetime) -> bool:
    """End an order of which the rail had no record for a whole day, and no bank took money for it."""
    order = await queries.lock_order(tx, order_id)
    if order is None or order.state is not model.State.MISSING or order.bank_debited:
        return False
    lost = model.lost(order, now)
    await queries.save_order(tx, lost)
    await follow(tx, lost, Effect.FAIL, now=now)
    return True
