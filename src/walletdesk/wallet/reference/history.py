"""Writes the past in bulk: payments and transfers that have long ended, with their entries and their evidence.

For whoever moves into this wallet with a history, and for the simulated world. Everything stands in the books as if
it had happened then: in the order of time, settled day by day, with what rails and shops said. Nobody is told.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Final, Literal
from uuid import UUID, uuid5

from walletdesk.kit import db
from walletdesk.kit.ids import new_id
from walletdesk.kit.money import Money
from walletdesk.wallet.reference.accounts import actions as accounts
from walletdesk.wallet.reference.accounts import queries as account_queries
from walletdesk.wallet.reference.ledger import actions as ledger
from walletdesk.wallet.reference.ledger.actions import SystemAccounts
from walletdesk.wallet.reference.ledger.model import Leg, Operation, transfer
from walletdesk.wallet.reference.model import HOME, fingerprint, local_day
from walletdesk.wallet.reference.payments import queries as payment_queries
from walletdesk.wallet.reference.payments.model import Payment, Source, receipt_number
from walletdesk.wallet.reference.payments.model import State as PaymentState
from walletdesk.wallet.reference.payments.queries import UnsettledRow
from walletdesk.wallet.reference.rails import actions as rails
from walletdesk.wallet.reference.rails import queries as rail_queries
from walletdesk.wallet.reference.rails.model import Order, Rail
from walletdesk.wallet.reference.rails.model import State as OrderState
from walletdesk.wallet.reference.rails.queries import UnclearedRow
from walletdesk.wallet.reference.transfers import queries as transfer_queries
from walletdesk.wallet.reference.transfers.model import Kind, Mode, Review, Transfer, due_by
from walletdesk.wallet.reference.transfers.model import State as TransferState

SETTLED_AT: Final = time(4, 0)
"""When the settlement of a day is booked on the next."""
OK_CODE: Final = {Rail.CARD: "00", Rail.NETUNION: "00", Rail.ISO20022: "ACSC"}
RETURNED_CODE: Final = {Rail.CARD: "25", Rail.NETUNION: "63", Rail.ISO20022: "AC04"}
_SECOND: Final = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class PastPayment:
    """A payment that has ended. `declined` names the reason where it was refused before any money moved."""

    id: UUID
    customer_id: UUID
    merchant_id: UUID
    amount: Money
    at: datetime
    order_no: str | None = None
    source: Literal["balance", "card"] = "balance"
    declined: str | None = None
    refunded_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PastTransfer:
    """A transfer, top-up or withdrawal that has ended; to a customer (`payee_id`) or a bank account."""

    id: UUID
    customer_id: UUID
    kind: Literal["transfer", "top_up", "withdrawal"]
    amount: Money
    at: datetime
    payee_name: str
    payee_id: UUID | None = None
    bank: str | None = None
    account_tail: str | None = None
    mode: Literal["instant", "ordinary", "next_day"] = "instant"
    returned_at: datetime | None = None


Past = PastPayment | PastTransfer


@dataclass(slots=True)
class _Book:
    """What is to be written, gathered before the first statement."""

    now: datetime
    wallets: dict[UUID, int]
    shops: dict[UUID, int]
    system: dict[str, SystemAccounts]
    operations: list[Operation] = field(default_factory=list[Operation])
    payments: list[Payment] = field(default_factory=list[Payment])
    transfers: list[Transfer] = field(default_factory=list[Transfer])
    orders: list[Order] = field(default_factory=list[Order])
    events: list[tuple[UUID, str, str, str, str, str, datetime]] = field(
        default_factory=list[tuple[UUID, str, str, str, str, str, datetime]]
    )
    notices: list[tuple[UUID, UUID, int, datetime]] = field(
        default_factory=list[tuple[UUID, UUID, int, datetime]]
    )
    cleared: dict[tuple[Rail, str, date], list[int]] = field(
        default_factory=lambda: defaultdict[tuple[Rail, str, date], list[int]](list)
    )
    paid: dict[tuple[UUID, str, date], list[Payment]] = field(
        default_factory=lambda: defaultdict[tuple[UUID, str, date], list[Payment]](list)
    )

    def post(self, subject: UUID, kind: str, leg: Leg, at: datetime) -> None:
        self.operations.append(Operation(uuid5(subject, kind), kind, (leg,), at, subject))

    def clear(self, rail: Rail, currency: str, minor: int, at: datetime) -> int:
        """Let an amount stand on a clearing account; return what of it is not settled by now."""
        day = local_day(at)
        if day >= local_day(self.now):
            return minor
        self.cleared[rail, currency, day].append(minor)
        return 0


async def write(tx: db.Tx, moves: Sequence[Past], *, now: datetime) -> int:
    """Write what happened before `now`; return how many operations of the ledger that took.

    Moves may come in any order and are booked by time, so give all of a period at once. Customers have wallets and
    shops are known already; nobody spends what he did not have, which the ledger would refuse.

    Raises:
        ValueError: The ledger refused a move, so the past is not possible; nothing is written.
    """
    book = await _open(tx, moves, now=now)
    for move in moves:
        if isinstance(move, PastPayment):
            _payment(book, move)
        else:
            _transfer(book, move)
    _settle_rails(book)
    settlements = _settle_shops(book)
    book.operations.sort(key=lambda one: one.at)
    verdicts = await ledger.post(tx, book.operations, now=now)
    for operation, verdict in zip(book.operations, verdicts, strict=True):
        if not verdict.stands:
            raise ValueError(f"{operation.kind} of {operation.subject} at {operation.at}: {verdict}")
    await _store(tx, book, settlements, moves)
    return len(book.operations)


async def _open(tx: db.Tx, moves: Sequence[Past], *, now: datetime) -> _Book:
    currencies = {move.amount.currency for move in moves}
    people = {move.customer_id for move in moves}
    people |= {move.payee_id for move in moves if isinstance(move, PastTransfer) and move.payee_id}
    wallets: dict[UUID, int] = {}
    for currency in currencies:
        rows = await account_queries.list_wallets(tx, list(people), currency)
        wallets |= {row.customer_id: row.account_id for row in rows}
    shops: dict[UUID, int] = {}
    after: UUID | None = None
    while page := await payment_queries.list_merchants(tx, after=after, limit=500):
        shops |= {shop.id: shop.account_id for shop in page}
        after = page[-1].id
    system = {currency: await ledger.system_accounts(tx, currency, now=now) for currency in currencies}
    return _Book(now, wallets, shops, system)


def _payment(book: _Book, move: PastPayment) -> None:
    shop = book.shops[move.merchant_id]
    order_no = move.order_no or f"W{move.id.int % 10**16:016d}"
    by_card = move.source == "card"
    paid, back = move.declined is None, move.refunded_at
    state = PaymentState.SUCCEEDED if paid else PaymentState.FAILED
    if back is not None:
        state = PaymentState.RETURNED
    minor = move.amount.minor
    payment = Payment(
        id=move.id,
        customer_id=move.customer_id,
        merchant_id=move.merchant_id,
        intended_id=move.merchant_id,
        amount_minor=minor,
        currency=move.amount.currency,
        order_no=order_no,
        source=Source(move.source),
        fingerprint=fingerprint(move.customer_id, move.merchant_id, minor, move.amount.currency, order_no, move.source),
        state=state,
        shown=state,
        reason="returned" if back else move.declined,
        hold_id=None,
        receipt_no=receipt_number("P", move.id, move.at) if paid else None,
        captured=minor if paid else 0,
        refunded=minor if back else 0,
        refund_pending=0,
        notice="delivered" if paid else "none",
        notice_due_at=None,
        settlement_id=None,
        created_at=move.at,
        received_at=move.at,
        paid_at=move.at + _SECOND if paid else None,
        updated_at=back or move.at + _SECOND,
    )
    book.payments.append(payment)
    if not paid:
        return
    rail = Rail.CARD if by_card else Rail.NETUNION
    source = book.system[move.amount.currency].clearing["card"] if by_card else book.wallets[move.customer_id]
    taken = transfer(source, shop, move.amount, "payment")
    book.post(move.id, "capture", taken, move.at + _SECOND)
    left = book.clear(rail, move.amount.currency, -minor, move.at) if by_card else 0
    if back is not None:
        book.post(move.id, "refund", transfer(shop, source, move.amount, "refund", reverses=taken.id), back)
        left += book.clear(rail, move.amount.currency, minor, back) if by_card else 0
    else:
        book.paid[move.merchant_id, move.amount.currency, local_day(move.at)].append(payment)
    _order(book, move, rail, "payment", left, bank="wallet", account_tail="")
    book.notices.append((new_id(), move.id, 200, move.at + 2 * _SECOND))


def _transfer(book: _Book, move: PastTransfer) -> None:
    minor, currency = move.amount.minor, move.amount.currency
    own, mode, back = book.wallets[move.customer_id], Mode(move.mode), move.returned_at
    arrived = move.at + _SECOND
    book.transfers.append(
        Transfer(
            id=move.id,
            customer_id=move.customer_id,
            kind=Kind(move.kind),
            payee_kind="wallet" if move.payee_id else ("bank" if move.kind == "transfer" else "self"),
            payee_id=move.payee_id,
            payee_name=move.payee_name,
            bank=move.bank,
            account_tail=move.account_tail,
            amount_minor=minor,
            currency=currency,
            mode=mode,
            fingerprint=fingerprint(move.customer_id, move.kind, move.payee_id, move.bank, minor, currency, mode),
            state=TransferState.RETURNED if back else TransferState.SUCCEEDED,
            reason="account_closed" if back else None,
            payee_state="open" if move.payee_id else None,
            review=Review.NONE,
            release_at=None,
            due_by=due_by(mode, move.at),
            hold_id=None,
            receipt_no=receipt_number("T", move.id, move.at),
            created_at=move.at,
            updated_at=back or arrived,
        )
    )
    if move.payee_id is not None:
        book.post(move.id, "transfer", transfer(own, book.wallets[move.payee_id], move.amount, "transfer"), arrived)
        return
    rail = Rail.NETUNION if move.kind == "top_up" else Rail.ISO20022
    clearing = book.system[currency].clearing[rail.value]
    comes = move.kind == "top_up"
    debit, credit = (clearing, own) if comes else (own, clearing)
    moved = transfer(debit, credit, move.amount, move.kind)
    book.post(move.id, move.kind if comes else "capture", moved, arrived)
    left = book.clear(rail, currency, -minor if comes else minor, arrived)
    if back is not None:
        book.post(move.id, "returned", transfer(clearing, own, move.amount, "returned", reverses=moved.id), back)
        left += book.clear(rail, currency, -minor, back)
    _order(
        book, move, rail, move.kind, left,
        bank=move.bank or "", account_tail=move.account_tail or "", payee_name=move.payee_name,
    )  # fmt: skip


def _order(
    book: _Book,
    move: Past,
    rail: Rail,
    kind: str,
    left: int,
    *,
    bank: str,
    account_tail: str,
    payee_name: str | None = None,
) -> None:
    """Write the order of a move with what the rail said of it."""
    back = move.returned_at if isinstance(move, PastTransfer) else None
    code = RETURNED_CODE[rail] if back else OK_CODE[rail]
    ref = f"{rail.value[:2].upper()}{move.id.int % 10**14:014d}"
    order = rails.new_order(
        move.id, move.customer_id, rail, kind, move.amount,
        bank=bank, account_tail=account_tail, payee_name=payee_name, now=move.at,
    )  # fmt: skip
    book.orders.append(
        replace(
            order,
            state=OrderState.RETURNED if back else OrderState.SUCCEEDED,
            answered_by="query" if back else "answer",
            rail_ref=ref,
            code=code,
            reason="account_closed" if back else None,
            cleared_minor=left,
            sends=1,
            due_at=None,
            sent_at=move.at,
            ended_at=back or move.at + _SECOND,
        )
    )
    book.events.append((move.id, rail.value, ref, "succeeded", "answer", OK_CODE[rail], move.at + _SECOND))
    if back is not None:
        book.events.append((move.id, rail.value, ref, "returned", "query", code, back))


def _settled_at(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), SETTLED_AT, tzinfo=HOME)


def _settle_rails(book: _Book) -> None:
    for (rail, currency, day), amounts in book.cleared.items():
        net, system = sum(amounts), book.system[currency]
        if net == 0:
            continue
        clearing, amount = system.clearing[rail.value], Money(abs(net), currency)
        debit, credit = (clearing, system.custody) if net > 0 else (system.custody, clearing)
        leg = transfer(debit, credit, amount, "settlement")
        at = min(_settled_at(day), book.now)
        book.operations.append(Operation(new_id(), "settle_rail", (leg,), at))


@dataclass(frozen=True, slots=True)
class _Settlement:
    id: UUID
    row: UnsettledRow
    at: datetime


def _settle_shops(book: _Book) -> list[_Settlement]:
    found: list[_Settlement] = []
    for (merchant_id, currency, day), paid in book.paid.items():
        if day >= local_day(book.now):
            continue
        at, total = min(_settled_at(day), book.now), sum(one.amount_minor for one in paid)
        row = UnsettledRow(merchant_id, book.shops[merchant_id], currency, total, [one.id for one in paid])
        one = _Settlement(new_id(), row, at)
        leg = transfer(row.account_id, book.system[currency].custody, Money(total, currency), "settlement")
        book.operations.append(Operation(one.id, "settle_shop", (leg,), at))
        found.append(one)
    return found


async def _store(
    tx: db.Tx, book: _Book, settlements: Iterable[_Settlement], moves: Sequence[Past]
) -> None:
    await payment_queries.insert_payments(tx, book.payments)
    await payment_queries.insert_past_notices(tx, book.notices)
    await transfer_queries.insert_transfers(tx, book.transfers)
    await rail_queries.insert_orders(tx, book.orders)
    await rail_queries.insert_past_events(tx, book.events)
    for one in settlements:
        await payment_queries.insert_settlement(tx, one.id, one.row, now=one.at)
    for (rail, currency, day), amounts in book.cleared.items():
        row = UnclearedRow(rail.value, currency, sum(amounts), len(amounts))
        await rail_queries.insert_settlement(tx, new_id(), row, now=min(_settled_at(day), book.now))
    spent = [
        (move.customer_id, move.amount, move.at)
        for move in moves
        if (isinstance(move, PastPayment) and move.source == "balance" and not (move.declined or move.refunded_at))
        or (isinstance(move, PastTransfer) and move.kind == "transfer" and not move.returned_at)
    ]
    await accounts.count_usage(tx, spent, now=book.now)
