"""Undoing: cancel what has not left, and take back what the rail proves to have come back."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from walletdesk.kit import db
from walletdesk.kit.ids import CustomerId
from walletdesk.wallet.reference.accounts import actions as accounts
from walletdesk.wallet.reference.ledger import actions as ledger
from walletdesk.wallet.reference.ledger import queries as books
from walletdesk.wallet.reference.ledger.model import transfer
from walletdesk.wallet.reference.model import NotCancellable, NotProved, TransactionMissing
from walletdesk.wallet.reference.rails import actions as rails
from walletdesk.wallet.reference.rails.model import Order
from walletdesk.wallet.reference.rails.model import State as RailState
from walletdesk.wallet.reference.transfers.actions.books import give_back, locked, pair, post, save
from walletdesk.wallet.reference.transfers.model import Kind, Review, State, Transfer


async def cancel(
    tx: db.Tx, *, transfer_id: UUID, customer_id: CustomerId, now: datetime
) -> Transfer:
    """Take back a transfer that we still hold back; cancelling twice changes nothing.

    Raises:
        TransactionMissing: This customer has no such transfer.
        NotCancellable: It is on its way, or has ended.
    """
    row = await locked(tx, transfer_id)
    if row.customer_id != customer_id:
        raise TransactionMissing
    if row.state is State.CANCELLED:
        return row
    if row.state is not State.PENDING or row.review is Review.NONE:
        raise NotCancellable
    return await give_back(tx, row, State.CANCELLED, now=now)


async def void_hold(tx: db.Tx, transfer_id: UUID, *, now: datetime) -> Transfer:
    """Give back what is held although the rail, asked, says that the transfer failed or was returned.

    Raises:
        TransactionMissing
        NotProved
    """
    order, row = await pair(tx, transfer_id)
    _check(order)
    if row.state is not State.PENDING or row.hold_id is None or order is None:
        raise NotProved(reason="nothing_held")
    state = State.RETURNED if order.state is RailState.RETURNED else State.FAILED
    back = await give_back(tx, row, state, reason=order.reason or "unknown", now=now)
    await rails.follow(tx, order)
    return back


async def recredit(tx: db.Tx, transfer_id: UUID, *, now: datetime) -> Transfer:
    """Credit what has left our books although the rail, asked, says that it failed or was returned.

    Raises:
        TransactionMissing
        NotProved
    """
    order, row = await pair(tx, transfer_id)
    _check(order)
    if row.state is not State.SUCCEEDED or row.kind is Kind.TOP_UP or order is None:
        raise NotProved(reason="nothing_booked")
    return await take_back(tx, row, order, now=now)


def _check(order: Order | None) -> None:
    if order is None or order.state not in (RailState.FAILED, RailState.RETURNED) or not order.sure:
        raise NotProved(reason="rail_not_failed")


async def take_back(tx: db.Tx, row: Transfer, order: Order, *, now: datetime) -> Transfer:
    """Credit the customer with what came back; the rail owes it to us until it is settled.

    An account that takes nothing at the moment leaves the order unapplied, for the next day's reconciliation.
    """
    await accounts.lock(tx, row.customer_id)
    wallet = await accounts.wallet_of(tx, row.customer_id, row.currency)
    system = await ledger.system_accounts(tx, row.currency, now=now)
    first = await books.find_transfer_of(tx, row.id, wallet.account_id)
    leg = transfer(
        system.clearing[order.rail.value], wallet.account_id, row.amount, "returned", reverses=first
    )
    if not (await post(tx, row, "returned", leg, now=now)).stands:
        await rails.leave_unapplied(tx, order)
        return row
    await rails.follow(tx, order, cleared_by=-row.amount_minor)
    if row.kind is Kind.TRANSFER:
        await accounts.unspend(tx, row.customer_id, row.amount, spent_at=row.created_at)
    return await save(tx, row, State.RETURNED, reason=order.reason or "returned", now=now)
