"""Paying: prepare, confirm, and follow the rail's answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final, Literal
from uuid import UUID, uuid5

from walletdesk.kit import db, live
from walletdesk.kit.ids import CustomerId
from walletdesk.kit.money import Money
from walletdesk.wallet.reference.accounts import actions as accounts
from walletdesk.wallet.reference.ledger import actions as ledger
from walletdesk.wallet.reference.ledger.model import Operation, Verdict, capture, hold, transfer
from walletdesk.wallet.reference.model import SameIdOtherBody, check_amount, check_order_no, fingerprint
from walletdesk.wallet.reference.payments import queries
from walletdesk.wallet.reference.payments.actions.books import give_back, locked, merchant_of, post, save, tell
from walletdesk.wallet.reference.payments.actions.undoing import take_back
from walletdesk.wallet.reference.payments.model import Payment, Source, State, receipt_number
from walletdesk.wallet.reference.rails import actions as rails
from walletdesk.wallet.reference.rails.model import Effect, Order, Rail

NOTICE_JOB: Final = "wallet_notices"
"""The job that tells shops; a payment that succeeds wakes it."""

OF_VERDICT: Final = {
    Verdict.INSUFFICIENT: "funds",
    Verdict.FROZEN: "account_blocked",
    Verdict.CLOSED: "account_closed",
    Verdict.CURRENCY: "currency_invalid",
}
"""Why the ledger did not hold or move the money, in the one vocabulary of reasons."""


async def prepare(
    tx: db.Tx,
    *,
    payment_id: UUID,
    customer_id: CustomerId,
    merchant_id: UUID,
    amount: Money,
    order_no: str | None = None,
    source: Literal["balance", "card"] = "balance",
    intended_merchant_id: UUID | None = None,
    now: datetime,
) -> Payment:
    """Open the cashier for a payment: it is known, and nothing is asked of it until the customer confirms.

    A payment that stays like this was never sent off: the customer's confirmation did not reach us.

    Raises:
        AmountInvalid, OrderInvalid, MerchantMissing, WalletMissing, SameIdOtherBody
    """
    check_amount(amount.minor)
    order_no = order_no or f"W{payment_id.int % 10**16:016d}"
    check_order_no(order_no)
    await merchant_of(tx, merchant_id)
    await accounts.wallet_of(tx, customer_id, amount.currency)
    print_ = fingerprint(customer_id, merchant_id, amount.minor, amount.currency, order_no, source)
    new = Payment(
        id=payment_id,
        customer_id=customer_id,
        merchant_id=merchant_id,
        intended_id=intended_merchant_id or merchant_id,
        amount_minor=amount.minor,
        currency=amount.currency,
        order_no=order_no,
        source=Source(source),
        fingerprint=print_,
        state=State.CREATED,
        shown=State.CREATED,
        reason=None,
        hold_id=None,
        receipt_no=None,
        captured=0,
        refunded=0,
        refund_pending=0,
        notice="none",
        notice_due_at=None,
        settlement_id=None,
        created_at=now,
        received_at=None,
        paid_at=None,
        updated_at=now,
    )
    if await queries.id_is_taken(tx, payment_id):
        raise SameIdOtherBody(field="id")
    if await queries.insert_payments(tx, [new]):
        return new
    found = await queries.lock_payment(tx, payment_id)
    if found is None or found.fingerprint != print_:
        raise SameIdOtherBody(field="id")
    return found


async def pay(
    tx: db.Tx,
    *,
    payment_id: UUID,
    customer_id: CustomerId,
    merchant_id: UUID,
    amount: Money,
    order_no: str | None = None,
    source: Literal["balance", "card"] = "balance",
    intended_merchant_id: UUID | None = None,
    now: datetime,
) -> Payment:
    """Pay a shop: hold the money, and send the order over the rail. The same id pays once.

    What is declined is a payment too: it comes back as `failed` with its reason, so that it can be explained later.

    Raises:
        AmountInvalid, OrderInvalid, MerchantMissing, WalletMissing, BankAccountMissing: nothing was stored.
        SameIdOtherBody: The id was used for another payment.
    """
    payment = await prepare(
        tx,
        payment_id=payment_id,
        customer_id=customer_id,
        merchant_id=merchant_id,
        amount=amount,
        order_no=order_no,
        source=source,
        intended_merchant_id=intended_merchant_id,
        now=now,
    )
    if payment.state is not State.CREATED:
        return payment
    reason, hold_id = await _reserve(tx, payment, now=now)
    if reason is not None:
        return await save(tx, replace(payment, received_at=now), State.FAILED, reason=reason, now=now)
    payment = replace(payment, received_at=now, hold_id=hold_id)
    await rails.place(tx, await _order_of(tx, payment, now=now))
    return await save(tx, payment, State.PENDING, now=now)


async def _reserve(tx: db.Tx, payment: Payment, *, now: datetime) -> tuple[str | None, UUID | None]:
    """Set the money aside; return why it cannot be paid, or the hold (none for a card)."""
    customer_id = CustomerId(payment.customer_id)
    standing = await accounts.standing_of(tx, customer_id, payment.currency, now=now)
    if standing.debit_restriction is not None:
        return "account_blocked", None
    if (await merchant_of(tx, payment.merchant_id)).state != "open":
        return "merchant_invalid", None
    if payment.source is Source.CARD:
        return None, None
    if await accounts.spend(tx, customer_id, payment.amount, now=now) is not None:
        return "limit_amount", None
    hold_id = uuid5(payment.id, "hold")
    operation = Operation(hold_id, "hold", (hold(hold_id, standing.account_id, payment.amount),), now, payment.id)
    verdict = await ledger.post_one(tx, operation, now=now)
    if not verdict.stands:
        await accounts.unspend(tx, customer_id, payment.amount, spent_at=now)
        return OF_VERDICT.get(verdict, "system"), None
    return None, hold_id


async def _order_of(tx: db.Tx, payment: Payment, *, now: datetime) -> Order:
    if payment.source is Source.CARD:
        card = await accounts.bank_account_of(tx, payment.customer_id)
        rail, bank, tail = Rail.CARD, card.bank, card.account_tail
    else:
        rail, bank, tail = Rail.NETUNION, "wallet", ""
    return rails.new_order(
        payment.id, payment.customer_id, rail, "payment", payment.amount, bank=bank, account_tail=tail, now=now
    )


async def conclude(tx: db.Tx, order: Order, effect: Effect, *, now: datetime) -> None:
    """Let our books follow the rail's answer on a payment; the order is locked by the caller."""
    payment = await locked(tx, order.id)
    if payment.state is State.SUCCEEDED and effect is Effect.RETURN:
        await take_back(tx, payment, order, now=now)
        return
    if payment.state is not State.PENDING:
        return
    if effect is Effect.SUCCEED:
        await _succeed(tx, payment, order, now=now)
        return
    await give_back(tx, payment, order, now=now)


async def _succeed(tx: db.Tx, payment: Payment, order: Order, *, now: datetime) -> None:
    merchant = await merchant_of(tx, payment.merchant_id)
    if payment.source is Source.BALANCE:
        if payment.hold_id is None:
            raise LookupError("a payment from the balance without a hold")
        leg = capture(payment.hold_id, merchant.account_id, payment.amount, "payment")
        await post(tx, payment, "capture", leg, now=now)
        await rails.follow(tx, order)
    else:
        system = await ledger.system_accounts(tx, payment.currency, now=now)
        leg = transfer(system.clearing[order.rail.value], merchant.account_id, payment.amount, "payment")
        await post(tx, payment, "capture", leg, now=now)
        await rails.follow(tx, order, cleared_by=-payment.amount_minor)
    paid = replace(
        payment,
        captured=payment.amount_minor,
        receipt_no=receipt_number("P", payment.id, now),
        paid_at=now,
        reason=None,
        notice="due",
        notice_due_at=now,
    )
    await save(tx, paid, State.SUCCEEDED, now=now)
    await live.wake(tx, NOTICE_JOB)


async def refresh_shown(tx: db.Tx, payment_id: UUID, *, now: datetime) -> Payment:
    """Let the customer's app show what our books say.

    Raises:
        TransactionMissing
    """
    payment = await locked(tx, payment_id)
    if payment.shown is payment.state:
        return payment
    refreshed = replace(payment, shown=payment.state, updated_at=now)
    await queries.save_payment(tx, refreshed)
    await tell(tx, refreshed)
    return refreshed


async def show_unanswered(tx: db.Tx, *, before: datetime, now: datetime, limit: int = 100) -> int:
    """Let the app show a failure where the rail has not answered since `before`: that is what an app does.

    The payment itself stays on its way; whatever comes later, its screen is stale until somebody refreshes it.
    """
    ids = await queries.list_stale(tx, before=before, limit=limit)
    for payment_id in ids:
        payment = await locked(tx, payment_id)
        if payment.state is State.PENDING and payment.shown is State.PENDING:
            await queries.save_payment(tx, replace(payment, shown=State.FAILED, updated_at=now))
            await tell(tx, payment)
    return len(ids)
