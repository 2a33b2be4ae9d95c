"""What every deed on a payment does: lock, move, post, tell."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID, uuid5

from walletdesk.kit import db, events
from walletdesk.wallet.reference.accounts import actions as accounts
from walletdesk.wallet.reference.ledger import actions as ledger
from walletdesk.wallet.reference.ledger.model import Leg, Operation, void
from walletdesk.wallet.reference.model import MerchantMissing, TransactionMissing
from walletdesk.wallet.reference.payments import queries
from walletdesk.wallet.reference.payments.events import PaymentChanged
from walletdesk.wallet.reference.payments.model import Merchant, Payment, State
from walletdesk.wallet.reference.rails import actions as rails
from walletdesk.wallet.reference.rails.model import Order
from walletdesk.wallet.reference.rails.model import State as RailState


async def merchant_of(tx: db.Tx, merchant_id: UUID) -> Merchant:
    """Return a shop.

    Raises:
        MerchantMissing
    """
    found = await queries.find_merchant(tx, merchant_id)
    if found is None:
        raise MerchantMissing(field="merchant_id")
    return found


async def post(tx: db.Tx, payment: Payment, kind: str, leg: Leg, *, now: datetime) -> None:
    """Post what must be possible: the money was held before."""
    verdict = await ledger.post_one(tx, Operation(uuid5(payment.id, kind), kind, (leg,), now, payment.id), now=now)
    if not verdict.stands:
        raise RuntimeError(f"the ledger refused to {kind} payment {payment.id}: {verdict}")


async def locked(tx: db.Tx, payment_id: UUID) -> Payment:
    """Return a payment and keep others from moving it.

    Raises:
        TransactionMissing
    """
    payment = await queries.lock_payment(tx, payment_id)
    if payment is None:
        raise TransactionMissing
    return payment


async def pair(tx: db.Tx, payment_id: UUID) -> tuple[Order | None, Payment]:
    """Lock an order, then its payment: always in this order."""
    order = await rails.lock(tx, payment_id)
    return order, await locked(tx, payment_id)


async def save(
    tx: db.Tx, payment: Payment, state: State, *, reason: str | None = None, now: datetime
) -> Payment:
    """Move a payment, show it to the customer unless his app has given up on it, and tell who listens."""
    # An app that has shown a failure does not look again by itself.
    stale = payment.state is State.PENDING and payment.shown is State.FAILED
    moved = replace(
        payment,
        state=state,
        shown=payment.shown if stale else state,
        reason=reason if reason is not None else payment.reason,
        updated_at=now,
    )
    await queries.save_payment(tx, moved)
    await tell(tx, moved)
    return moved


async def tell(tx: db.Tx, payment: Payment) -> None:
    """Let whoever listens know that a payment moved."""
    changed = PaymentChanged(payment.id, payment.customer_id, payment.state.value)
    await events.emit(tx, payment.customer_id, changed)


async def give_back(tx: db.Tx, payment: Payment, order: Order, *, now: datetime) -> Payment:
    """Free what was held for a payment that the rail did not carry out."""
    if payment.hold_id is not None:
        await accounts.lock(tx, payment.customer_id)
        await post(tx, payment, "release", void(payment.hold_id), now=now)
        await accounts.unspend(tx, payment.customer_id, payment.amount, spent_at=payment.received_at or now)
    await rails.follow(tx, order)
    state = State.RETURNED if order.state is RailState.RETURNED else State.FAILED
    return await save(tx, payment, state, reason=order.reason or "unknown", now=now)
