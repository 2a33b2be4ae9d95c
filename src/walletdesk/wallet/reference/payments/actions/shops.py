"""Shops: who can be paid, what they are told, what they say, and their settlement."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from walletdesk.kit import db
from walletdesk.kit.ids import new_id
from walletdesk.kit.money import Money
from walletdesk.wallet.reference.ledger import actions as ledger
from walletdesk.wallet.reference.ledger.model import MERCHANT, NewAccount, Operation, transfer
from walletdesk.wallet.reference.model import MerchantMissing, NotProved
from walletdesk.wallet.reference.payments import queries
from walletdesk.wallet.reference.payments.actions.books import locked, merchant_of, tell
from walletdesk.wallet.reference.payments.model import Merchant, NoticeRow, State, notice_due
from walletdesk.wallet.reference.rails.client import Notice

SETTLE_MAX: Final = 2_000


async def add_merchants(
    tx: db.Tx, merchants: Sequence[tuple[UUID, str, str]], *, currency: str = "CNY", now: datetime
) -> None:
    """Let shops be paid: (id, Chinese name, English name); those that exist stay as they are."""
    wanted = [NewAccount(merchant_id, MERCHANT, currency) for merchant_id, _, _ in merchants]
    ids = await ledger.open_accounts(tx, wanted, now=now)
    rows = [
        Merchant(merchant_id, zh, en, "open", ids[merchant_id, MERCHANT, currency], secrets.token_bytes(32))
        for merchant_id, zh, en in merchants
    ]
    await queries.insert_merchants(tx, rows, now=now)


async def set_merchant_state(
    tx: db.Tx, merchant_id: UUID, state: Literal["open", "frozen", "closed"], *, now: datetime
) -> None:
    """Open, freeze or close a shop; a shop that is not open takes no new payment.

    Raises:
        MerchantMissing
    """
    if not await queries.save_merchant_state(tx, merchant_id, state, now=now):
        raise MerchantMissing(field="merchant_id")


async def notice_of(tx: db.Tx, payment_id: UUID) -> Notice:
    """Return what the shop of a successful payment is to be told.

    Raises:
        TransactionMissing
        NotProved: It has not succeeded, so there is nothing to tell.
    """
    payment = await locked(tx, payment_id)
    if payment.state is not State.SUCCEEDED or payment.receipt_no is None:
        raise NotProved(reason="not_paid")
    merchant = await merchant_of(tx, payment.merchant_id)
    return Notice(
        new_id(),
        merchant.id,
        payment.id,
        payment.order_no,
        payment.amount_minor,
        payment.currency,
        payment.receipt_no,
        merchant.notice_secret,
    )


async def record_notice(tx: db.Tx, notice: Notice, http_status: int | None, *, now: datetime) -> NoticeRow:
    """Keep how a shop took its notice; a failed one is tried again with growing pauses.

    Raises:
        TransactionMissing
    """
    payment = await locked(tx, notice.payment_id)
    row = await queries.insert_notice(tx, notice.id, payment.id, http_status, now=now)
    if row.delivered or payment.notice == "delivered":
        moved = replace(payment, notice="delivered", notice_due_at=None, updated_at=now)
    else:
        due = notice_due(row.n, now) if payment.state is State.SUCCEEDED else None
        moved = replace(payment, notice="due" if due else "failed", notice_due_at=due, updated_at=now)
    await queries.save_payment(tx, moved)
    await tell(tx, moved)
    return row


async def stop_notices(tx: db.Tx, payment_id: UUID) -> None:
    """Tell the shop nothing more by ourselves, e.g. of a payment that went back."""
    payment = await locked(tx, payment_id)
    await queries.save_payment(tx, replace(payment, notice_due_at=None))


async def record_shop_answer(
    tx: db.Tx, payment_id: UUID, http_status: int | None, state: str | None, *, now: datetime
) -> UUID:
    """Keep what a shop said of its order, or that it said nothing."""
    answer_id = new_id()
    await queries.insert_shop_answer(tx, answer_id, payment_id, http_status, state, now=now)
    return answer_id


async def settle(tx: db.Tx, *, before: datetime, now: datetime) -> int:
    """Pay out to every shop what it was paid before a moment; return how many payments were settled."""
    rows = await queries.lock_unsettled(tx, before=before, limit=SETTLE_MAX)
    operations: list[Operation] = []
    for row in rows:
        system = await ledger.system_accounts(tx, row.currency, now=now)
        leg = transfer(row.account_id, system.custody, Money(row.amount_minor, row.currency), "settlement")
        operations.append(Operation(new_id(), "settle_shop", (leg,), at=now))
    settled = 0
    for row, operation, verdict in zip(rows, operations, await ledger.post(tx, operations, now=now), strict=True):
        if verdict.stands:
            await queries.insert_settlement(tx, operation.id, row, now=now)
            settled += len(row.payments)
    return settled
