"""What is done with accounts: open wallets, count limits, restrict and lift."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from walletdesk.kit import db, events
from walletdesk.kit.ids import CustomerId, new_id
from walletdesk.kit.money import Money
from walletdesk.wallet.reference.accounts import queries
from walletdesk.wallet.reference.accounts.events import RestrictionChanged
from walletdesk.wallet.reference.accounts.model import (
    PERIODS,
    BankAccount,
    LimitKind,
    LimitRow,
    NewWallet,
    RestrictionKind,
    RestrictionRow,
    Standing,
    WalletRow,
    period_start,
)
from walletdesk.wallet.reference.ledger import actions as ledger
from walletdesk.wallet.reference.ledger import queries as books
from walletdesk.wallet.reference.ledger.model import WALLET, NewAccount
from walletdesk.wallet.reference.model import BankAccountMissing, RestrictionMissing, WalletMissing


async def open_wallet(
    tx: db.Tx,
    customer_id: CustomerId,
    currency: str = "CNY",
    *,
    phone_masked: str = "***",
    bank: str | None = None,
    account_tail: str | None = None,
    now: datetime,
) -> WalletRow:
    """Open a customer's wallet in a currency; one that exists is returned as it is."""
    await open_wallets(tx, [NewWallet(customer_id, currency, phone_masked, bank, account_tail)], now=now)
    return await wallet_of(tx, customer_id, currency)


async def open_wallets(tx: db.Tx, wallets: Sequence[NewWallet], *, now: datetime) -> None:
    """Open many wallets with few statements; those that exist stay as they are."""
    wanted = [NewAccount(one.customer_id, WALLET, one.currency) for one in wallets]
    ids = await ledger.open_accounts(tx, wanted, now=now)
    await queries.insert_wallets(
        tx, wallets, [ids[one.customer_id, WALLET, one.currency] for one in wallets], now=now
    )


async def wallet_of(tx: db.Tx, customer_id: UUID, currency: str) -> WalletRow:
    """Return a customer's wallet.

    Raises:
        WalletMissing
    """
    found = await queries.find_wallet(tx, customer_id, currency)
    if found is None:
        raise WalletMissing(currency=currency)
    return found


async def link_bank_account(
    tx: db.Tx, customer_id: CustomerId, bank: str, account_tail: str, *, now: datetime
) -> None:
    """Link a bank account or card to a customer; only the last four digits are kept."""
    await queries.insert_bank_account(tx, customer_id, BankAccount(bank, account_tail), now=now)


async def bank_account_of(tx: db.Tx, customer_id: UUID, bank: str | None = None) -> BankAccount:
    """Return a customer's bank account: at that bank, or the first one.

    Raises:
        BankAccountMissing
    """
    for one in await queries.list_bank_accounts(tx, customer_id):
        if bank in (None, one.bank):
            return one
    raise BankAccountMissing(field="bank")


async def standing_of(tx: db.Tx, customer_id: CustomerId, currency: str, *, now: datetime) -> Standing:
    """Say what restrictions leave a customer.

    Raises:
        WalletMissing
    """
    wallet = await wallet_of(tx, customer_id, currency)
    rows = await queries.list_restrictions(tx, customer_id, now=now)
    return Standing(
        customer_id,
        wallet.account_id,
        next((row.id for row in rows if row.blocks_debit), None),
        next((row.id for row in rows if row.blocks_credit), None),
    )


async def limits_of(tx: db.Tx, customer_id: UUID, currency: str, *, now: datetime) -> list[LimitRow]:
    """Return a customer's limits with what is used of each in the present periods."""
    day, month, year = (period_start(kind, now) for kind in PERIODS)
    return await queries.list_limits(tx, customer_id, currency, day=day, month=month, year=year)


async def spend(tx: db.Tx, customer_id: CustomerId, amount: Money, *, now: datetime) -> LimitKind | None:
    """Count an amount against a customer's limits; return the limit that forbids it, and then count nothing.

    The count belongs to the caller's transaction: it stands when, and only when, the money moved.
    """
    await queries.lock_customer(tx, customer_id)
    for row in await limits_of(tx, customer_id, amount.currency, now=now):
        if row.used_minor + amount.minor > row.limit_minor:
            return LimitKind(row.kind)
    await count_usage(tx, [(customer_id, amount, now)], now=now)
    return None


async def lock(tx: db.Tx, customer_id: UUID) -> None:
    """Take a customer's lock before his money is moved and his limits are counted.

    Whoever touches both takes it first: limits and ledger are then always locked in the same order.
    """
    await queries.lock_customer(tx, customer_id)


async def unspend(tx: db.Tx, customer_id: UUID, amount: Money, *, spent_at: datetime) -> None:
    """Give back what was counted for a movement that did not come about."""
    places = [(kind.value, period_start(kind, spent_at)) for kind in PERIODS]
    await queries.take_back_usage(tx, customer_id, amount.currency, places, amount.minor)


async def count_usage(
    tx: db.Tx, spendings: Iterable[tuple[UUID, Money, datetime]], *, now: datetime
) -> None:
    """Count what was spent without asking whether it may be; periods that are over are left out."""
    sums: dict[tuple[UUID, str, LimitKind], int] = {}
    for customer_id, amount, at in spendings:
        for kind in PERIODS:
            if period_start(kind, at) == period_start(kind, now):
                place = (customer_id, amount.currency, kind)
                sums[place] = sums.get(place, 0) + amount.minor
    rows = [
        (customer_id, currency, kind.value, period_start(kind, now), minor)
        for (customer_id, currency, kind), minor in sums.items()
    ]
    if rows:
        await queries.add_usage(tx, rows)


async def set_limit(
    tx: db.Tx, customer_id: CustomerId, kind: LimitKind, limit_minor: int, *, now: datetime
) -> None:
    """Give a customer a limit of his own."""
    await queries.save_limit_rule(tx, customer_id, kind.value, limit_minor, now=now)


async def restrict(
    tx: db.Tx,
    customer_id: CustomerId,
    kind: RestrictionKind,
    *,
    blocks_debit: bool = True,
    blocks_credit: bool = False,
    until: datetime | None = None,
    restriction_id: UUID | None = None,
    now: datetime,
) -> RestrictionRow:
    """Keep a customer from paying or receiving, at once and for everything that starts from now on.

    What was agreed before goes on: a hold may still be captured. The same id restricts once.
    """
    row = RestrictionRow(
        restriction_id or new_id(), customer_id, kind.value, blocks_debit, blocks_credit, now, until
    )
    if await queries.insert_restriction(tx, row):
        changed = RestrictionChanged(customer_id, row.id, kind.value, in_force=True)
        await events.emit(tx, customer_id, changed)
    return row


async def freeze(
    tx: db.Tx, customer_id: CustomerId, kind: RestrictionKind, *, restriction_id: UUID, now: datetime
) -> RestrictionRow:
    """Keep money from leaving a customer: a restriction, and behind it the ledger's own lock on his accounts."""
    row = await restrict(tx, customer_id, kind, restriction_id=restriction_id, now=now)
    for wallet in await queries.list_wallets_of(tx, customer_id):
        await ledger.set_status(tx, wallet.account_id, "no_debit")
    return row


async def lift(tx: db.Tx, restriction_id: UUID, *, now: datetime) -> RestrictionRow:
    """End a restriction; the ledger's lock goes with the last one that blocks debits.

    Raises:
        RestrictionMissing
    """
    row = await queries.lift_restriction(tx, restriction_id, now=now)
    if row is None:
        raise RestrictionMissing
    left = await queries.list_restrictions(tx, row.customer_id, now=now)
    if not any(one.blocks_debit for one in left):
        wallets = await queries.list_wallets_of(tx, row.customer_id)
        for account in await books.find_accounts(tx, [wallet.account_id for wallet in wallets]):
            if account.status == "no_debit":
                await ledger.set_status(tx, account.id, "open")
    await events.emit(tx, row.customer_id, RestrictionChanged(row.customer_id, row.id, row.kind, in_force=False))
    return row
