"""Writes the invented past where the real one would stand: in the wallet, and in the memory of rails and shops."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from walletdesk.kit import db
from walletdesk.kit.money import Money
from walletdesk.wallet.reference import history as books
from walletdesk.wallet.reference.history import Past, PastPayment, PastTransfer
from walletdesk.wallet.reference.model import local_day
from walletdesk.wallet.reference.payments import actions as payments
from walletdesk.wallet.reference.payments.model import receipt_number
from walletdesk.wallet.reference.rails.model import Rail
from walletdesk.world.history import Move, Sort
from walletdesk.world.outside import queries as outside
from walletdesk.world.outside.queries import PastRailOrder, PastShopOrder

CURRENCY: Final = "CNY"
_SECOND: Final = timedelta(seconds=1)

_TRANSFERS: Final = {
    Sort.TRANSFER: "transfer",
    Sort.TOP_UP: "top_up",
    Sort.WITHDRAWAL: "withdrawal",
    Sort.RETURNED: "withdrawal",
}


async def write(tx: db.Tx, moves: Sequence[Move], *, now: datetime) -> None:
    """Write what happened, of whole days at a time, as if it had happened then.

    Raises:
        ValueError: The ledger refused a move: the past is not possible.
    """
    await books.write(tx, [_past(move) for move in moves], now=now)
    shop_orders = [_shop_order(move) for move in moves if move.sort in (Sort.PAYMENT, Sort.REVERSED)]
    rail_orders = [_rail_order(move) for move in moves if move.sort not in (Sort.DECLINED, Sort.TRANSFER)]
    await outside.copy_past(tx, shop_orders, rail_orders)
    for move in moves:
        if move.sort is Sort.REVERSED and move.then is not None:
            await payments.record_shop_answer(tx, move.id, 200, "closed_before_payment", now=move.then - _SECOND)


def _past(move: Move) -> Past:
    amount = Money(move.amount_minor, CURRENCY)
    if move.shop is not None:
        return PastPayment(
            move.id,
            move.customer.id,
            move.shop.id,
            amount,
            move.at,
            order_no=order_number(move.id),
            source="card" if move.by_card else "balance",
            declined="funds" if move.sort is Sort.DECLINED else None,
            refunded_at=move.then,
        )
    own = move.payee is None
    return PastTransfer(
        move.id,
        move.customer.id,
        _TRANSFERS[move.sort],  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - its literals
        amount,
        move.at,
        payee_name=move.payee.name if move.payee else move.customer.name,
        payee_id=move.payee.id if move.payee else None,
        bank=move.customer.bank if own else None,
        account_tail=move.customer.account_tail if own else None,
        returned_at=move.then,
    )


def order_number(payment_id: UUID) -> str:
    """Return the number under which a shop keeps the order of a payment."""
    return f"W{payment_id.int % 10**16:016d}"


def _shop_order(move: Move) -> PastShopOrder:
    if move.shop is None:
        raise LookupError("a payment without a shop")
    state = "closed_before_payment" if move.sort is Sort.REVERSED else "paid"
    receipt = receipt_number("P", move.id, move.at)
    return (move.shop.id, order_number(move.id), state, move.id, receipt, move.at + 2 * _SECOND)


def _rail_order(move: Move) -> PastRailOrder:
    rail, kind, own = _rail_of(move)
    returned = move.sort is Sort.RETURNED
    code = books.RETURNED_CODE[rail] if returned else books.OK_CODE[rail]
    return (
        str(move.id), rail.value, f"{rail.value[:2].upper()}{move.id.int % 10**14:014d}", kind, move.amount_minor,
        CURRENCY, move.customer.bank if own else "wallet", move.customer.account_tail if own else "",
        move.customer.name if own else None, "instant", move.at, "returned" if returned else "succeeded", code,
        (move.then or move.at + _SECOND) if returned else move.at + _SECOND,
    )  # fmt: skip


def _rail_of(move: Move) -> tuple[Rail, str, bool]:
    """Return rail, kind and whether it goes to or comes from the customer's own bank account."""
    if move.shop is not None:
        return (Rail.CARD if move.by_card else Rail.NETUNION), "payment", move.by_card
    if move.sort is Sort.TOP_UP:
        return Rail.NETUNION, "top_up", True
    return Rail.ISO20022, "withdrawal", True


def day_of(moment: datetime) -> date:
    """Return the day on which a moment falls in the wallet's books; days are written whole."""
    return local_day(moment)
