"""Following: let go what was held back, and do what the rail's answer asks of our books."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from walletdesk.kit import db
from walletdesk.kit.ids import CustomerId
from walletdesk.wallet.reference.accounts import actions as accounts
from walletdesk.wallet.reference.ledger import actions as ledger
from walletdesk.wallet.reference.ledger.model import capture, transfer
from walletdesk.wallet.reference.payments.model import receipt_number
from walletdesk.wallet.reference.rails import actions as rails
from walletdesk.wallet.reference.rails.model import Effect, Order
from walletdesk.wallet.reference.rails.model import State as RailState
from walletdesk.wallet.reference.transfers import queries
from walletdesk.wallet.reference.transfers.actions.books import give_back, locked, place_order, post, post_held, save
from walletdesk.wallet.reference.transfers.actions.undoing import take_back
from walletdesk.wallet.reference.transfers.model import Kind, Review, State, Transfer


async def release_due(tx: db.Tx, *, now: datetime) -> int:
    """Let go one transfer whose day or whose time to think has come; return how many (0 or 1).

    One in a transaction: two in one would lock the accounts of four people in no particular order.
    """
    rows = await queries.lock_released(tx, now=now, limit=1)
    for row in rows:
        await _release(tx, row, now=now)
    return len(rows)


async def _release(tx: db.Tx, row: Transfer, *, now: datetime) -> None:
    standing = await accounts.standing_of(tx, CustomerId(row.customer_id), row.currency, now=now)
    if standing.debit_restriction is not None:
        await give_back(tx, row, State.FAILED, reason="account_blocked", now=now)
        return
    free = replace(row, review=Review.NONE, release_at=None)
    if row.payee_id is None:
        await place_order(tx, free, now=now)
        await save(tx, free, State.PENDING, now=now)
        return
    await _arrive(tx, free, now=now)


async def _arrive(tx: db.Tx, row: Transfer, *, now: datetime) -> None:
    """Hand a transfer inside the house to its payee, if he can take it now."""
    if row.payee_id is None or row.hold_id is None:
        raise LookupError("a transfer inside the house without payee or hold")
    target = await accounts.standing_of(tx, CustomerId(row.payee_id), row.currency, now=now)
    if target.credit_restriction is None:
        await accounts.lock(tx, row.customer_id)
        verdict = await post(
            tx, row, "capture", capture(row.hold_id, target.account_id, row.amount, "transfer"), now=now
        )
        if verdict.stands:
            receipt = receipt_number("T", row.id, now)
            await save(tx, replace(row, receipt_no=receipt), State.SUCCEEDED, now=now)
            return
    await give_back(tx, replace(row, payee_state="blocked"), State.FAILED, reason="account_blocked", now=now)


async def conclude(tx: db.Tx, order: Order, effect: Effect, *, now: datetime) -> None:
    """Let our books follow the rail's answer on a transfer; the order is locked by the caller."""
    row = await locked(tx, order.id)
    if effect is Effect.SUCCEED and row.state is State.PENDING:
        await _succeed(tx, row, order, now=now)
    elif effect in (Effect.FAIL, Effect.RETURN) and row.state is State.PENDING:
        state = State.RETURNED if order.state is RailState.RETURNED else State.FAILED
        await give_back(tx, row, state, reason=order.reason or "unknown", now=now)
        await rails.follow(tx, order)
    elif effect is Effect.RETURN and row.state is State.SUCCEEDED:
        if row.kind is Kind.TOP_UP:
            # Nobody takes money out of a customer's wallet without a person who decides it.
            await rails.leave_unapplied(tx, order)
        else:
            await take_back(tx, row, order, now=now)


async def _succeed(tx: db.Tx, row: Transfer, order: Order, *, now: datetime) -> None:
    system = await ledger.system_accounts(tx, row.currency, now=now)
    clearing = system.clearing[order.rail.value]
    if row.kind is Kind.TOP_UP:
        wallet = await accounts.wallet_of(tx, row.customer_id, row.currency)
        verdict = await post(tx, row, "top_up", transfer(clearing, wallet.account_id, row.amount, "top_up"), now=now)
        if not verdict.stands:
            # The account takes nothing at the moment; the money stays with the rail until somebody decides.
            await rails.leave_unapplied(tx, order)
            return
        await rails.follow(tx, order, cleared_by=-row.amount_minor)
    else:
        if row.hold_id is None:
            raise LookupError("an order to a bank without a hold")
        await post_held(tx, row, "capture", capture(row.hold_id, clearing, row.amount, row.kind.value), now=now)
        await rails.follow(tx, order, cleared_by=row.amount_minor)
    paid = replace(row, receipt_no=receipt_number("T", row.id, now), reason=None)
    await save(tx, paid, State.SUCCEEDED, now=now)
