"""What every deed on a transfer does: lock, move, post, place the order, tell."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final
from uuid import UUID, uuid5

from walletdesk.kit import db, events
from walletdesk.wallet.reference.accounts import actions as accounts
from walletdesk.wallet.reference.ledger import actions as ledger
from walletdesk.wallet.reference.ledger.model import Leg, Operation, Verdict, void
from walletdesk.wallet.reference.model import TransactionMissing
from walletdesk.wallet.reference.rails import actions as rails
from walletdesk.wallet.reference.rails.model import Order, Rail
from walletdesk.wallet.reference.transfers import queries
from walletdesk.wallet.reference.transfers.events import TransferChanged
from walletdesk.wallet.reference.transfers.model import Kind, Review, State, Transfer

OF_VERDICT: Final = {
    Verdict.INSUFFICIENT: "funds",
    Verdict.FROZEN: "account_blocked",
    Verdict.CLOSED: "account_closed",
    Verdict.CURRENCY: "currency_invalid",
}
"""Why the ledger did not hold or move the money, in the one vocabulary of reasons."""


async def locked(tx: db.Tx, transfer_id: UUID) -> Transfer:
    """Return a transfer and keep others from moving it.

    Raises:
        TransactionMissing
    """
    found = await queries.lock_transfer(tx, transfer_id)
    if found is None:
        raise TransactionMissing
    return found


async def pair(tx: db.Tx, transfer_id: UUID) -> tuple[Order | None, Transfer]:
    """Lock an order, then its transfer: always in this order."""
    order = await rails.lock(tx, transfer_id)
    return order, await locked(tx, transfer_id)


async def save(
    tx: db.Tx, row: Transfer, state: State, *, reason: str | None = None, now: datetime
) -> Transfer:
    """Move a transfer and tell who listens; one that has ended is held back by nobody."""
    moved = replace(row, state=state, reason=reason if reason is not None else row.reason, updated_at=now)
    if state is not State.PENDING:
        moved = replace(moved, review=Review.NONE, release_at=None)
    await queries.save_transfer(tx, moved)
    changed = TransferChanged(moved.id, moved.customer_id, moved.state.value)
    await events.emit(tx, moved.customer_id, changed)
    if moved.payee_id is not None and state is State.SUCCEEDED:
        arrived = TransferChanged(moved.id, moved.payee_id, moved.state.value)
        await events.emit(tx, moved.payee_id, arrived)
    return moved


async def post(tx: db.Tx, row: Transfer, kind: str, leg: Leg, *, now: datetime) -> Verdict:
    """Post one step of a transfer; each kind of step happens once."""
    operation = Operation(uuid5(row.id, kind), kind, (leg,), now, row.id)
    return await ledger.post_one(tx, operation, now=now)


async def post_held(tx: db.Tx, row: Transfer, kind: str, leg: Leg, *, now: datetime) -> None:
    """Post what must be possible: the money was held, or the account has no floor."""
    verdict = await post(tx, row, kind, leg, now=now)
    if not verdict.stands:
        raise RuntimeError(f"the ledger refused to {kind} transfer {row.id}: {verdict}")


async def place_order(tx: db.Tx, row: Transfer, *, now: datetime) -> None:
    """Let a transfer go out over its rail."""
    order = rails.new_order(
        row.id,
        row.customer_id,
        Rail.NETUNION if row.kind is Kind.TOP_UP else Rail.ISO20022,
        row.kind.value,
        row.amount,
        bank=row.bank or "",
        account_tail=row.account_tail or "",
        payee_name=row.payee_name,
        mode=row.mode.value,
        now=now,
    )
    await rails.place(tx, order)


async def give_back(
    tx: db.Tx, row: Transfer, state: State, *, reason: str | None = None, now: datetime
) -> Transfer:
    """Free what was held and count it as not spent."""
    await accounts.lock(tx, row.customer_id)
    if row.hold_id is not None:
        await post_held(tx, row, "release", void(row.hold_id), now=now)
    if row.kind is Kind.TRANSFER:
        await accounts.unspend(tx, row.customer_id, row.amount, spent_at=row.created_at)
    return await save(tx, row, state, reason=reason, now=now)
