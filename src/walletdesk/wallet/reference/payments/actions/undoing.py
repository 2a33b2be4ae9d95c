"""Undoing: what goes back, and only when ledger, rail or shop prove that it must."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID, uuid5

from walletdesk.kit import db
from walletdesk.kit.money import Money
from walletdesk.wallet.reference.accounts import actions as accounts
from walletdesk.wallet.reference.ledger import actions as ledger
from walletdesk.wallet.reference.ledger import queries as books
from walletdesk.wallet.reference.ledger.model import Operation, stand, transfer
from walletdesk.wallet.reference.model import NotProved
from walletdesk.wallet.reference.payments import queries
from walletdesk.wallet.reference.payments.actions.books import give_back, merchant_of, pair, save
from walletdesk.wallet.reference.payments.model import Payment, Source, State
from walletdesk.wallet.reference.rails import actions as rails
from walletdesk.wallet.reference.rails.model import Order, Rail
from walletdesk.wallet.reference.rails.model import State as RailState


async def void_hold(tx: db.Tx, payment_id: UUID, *, now: datetime) -> Payment:
    """Give back what is held although the rail, asked, says that the payment failed.

    Raises:
        TransactionMissing
        NotProved: The rail has not said so, or nothing is held.
    """
    order, payment = await pair(tx, payment_id)
    if payment.state is not State.PENDING or payment.hold_id is None:
        raise NotProved(reason="nothing_held")
    if order is None or order.state not in (RailState.FAILED, RailState.RETURNED) or not order.sure:
        raise NotProved(reason="rail_not_failed")
    return await give_back(tx, payment, order, now=now)


async def reverse(tx: db.Tx, payment_id: UUID, *, now: datetime) -> Payment:
    """Pay back what we booked as paid although the rail, asked, says that it failed or was returned.

    Raises:
        TransactionMissing
        NotProved: The rail has not said so, nothing is booked, or the shop no longer has the money.
    """
    order, payment = await pair(tx, payment_id)
    if order is None or order.state not in (RailState.FAILED, RailState.RETURNED) or not order.sure:
        raise NotProved(reason="rail_not_failed")
    reversed_ = await _pay_back(tx, payment, order, code="reversal", now=now)
    return await save(tx, reversed_, State.RETURNED, reason=order.reason, now=now)


async def take_back(tx: db.Tx, payment: Payment, order: Order, *, now: datetime) -> Payment:
    """Pay back what the rail returned after it had succeeded; the order is locked by the caller.

    A shop that no longer has the money leaves the order unapplied, for the reconciliation and for people to see.
    """
    try:
        back = await _pay_back(tx, payment, order, code="reversal", now=now)
    except NotProved:
        await rails.leave_unapplied(tx, order)
        return payment
    return await save(tx, back, State.RETURNED, reason=order.reason or "returned", now=now)


async def refund_closed_order(tx: db.Tx, payment_id: UUID, *, now: datetime) -> Payment:
    """Pay back a payment whose order the shop had closed before it was paid, as the shop itself says.

    Raises:
        TransactionMissing
        NotProved: The shop has not said so, the money came from a card, or the shop no longer has it.
    """
    order, payment = await pair(tx, payment_id)
    if payment.state is not State.SUCCEEDED:
        raise NotProved(reason="not_paid")
    if await queries.last_shop_state(tx, payment_id) != "closed_before_payment":
        raise NotProved(reason="order_not_closed")
    if payment.source is Source.CARD:
        raise NotProved(reason="paid_by_card")
    refunded = await _pay_back(tx, payment, order, code="refund", now=now)
    return await save(tx, refunded, State.RETURNED, reason="returned", now=now)


async def _pay_back(tx: db.Tx, payment: Payment, order: Order | None, *, code: str, now: datetime) -> Payment:
    """Move the whole amount from the shop back to where it came from."""
    left = payment.captured - payment.refunded
    if payment.state is not State.SUCCEEDED or left <= 0:
        raise NotProved(reason="nothing_booked")
    await accounts.lock(tx, payment.customer_id)
    merchant = await merchant_of(tx, payment.merchant_id)
    cleared_by = 0
    if payment.source is Source.BALANCE:
        target = (await accounts.wallet_of(tx, payment.customer_id, payment.currency)).account_id
    else:
        rail = order.rail.value if order else Rail.CARD.value
        target = (await ledger.system_accounts(tx, payment.currency, now=now)).clearing[rail]
        cleared_by = left
    first = await books.find_transfer_of(tx, payment.id, merchant.account_id)
    leg = transfer(merchant.account_id, target, Money(left, payment.currency), code, reverses=first)
    operation = Operation(uuid5(payment.id, code), code, (leg,), now, payment.id)
    if not stand(await ledger.post(tx, [operation], now=now)):
        raise NotProved(reason="merchant_funds")
    if order is not None:
        await rails.follow(tx, order, cleared_by=cleared_by)
    await queries.refund_funding(tx, payment.id, left)
    if code == "reversal" and payment.source is Source.BALANCE:
        # It never came about, so it was not spent; a refund was.
        await accounts.unspend(tx, payment.customer_id, payment.amount, spent_at=payment.received_at or now)
    return replace(payment, refunded=payment.refunded + left, notice_due_at=None)
