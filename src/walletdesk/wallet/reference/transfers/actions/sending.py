"""Sending: look up the payee, hold the money, and let it go now or later."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID, uuid5

from walletdesk.kit import db
from walletdesk.kit.ids import CustomerId
from walletdesk.kit.money import Money
from walletdesk.wallet.reference.accounts import actions as accounts
from walletdesk.wallet.reference.accounts.model import BankAccount
from walletdesk.wallet.reference.ledger.model import Leg, hold, transfer
from walletdesk.wallet.reference.model import SameIdOtherBody, WalletMissing, check_amount, fingerprint
from walletdesk.wallet.reference.payments.model import receipt_number
from walletdesk.wallet.reference.rails import actions as rails
from walletdesk.wallet.reference.transfers import queries
from walletdesk.wallet.reference.transfers.actions.books import OF_VERDICT, place_order, post, save
from walletdesk.wallet.reference.transfers.model import (
    Kind,
    Mode,
    Payee,
    PayeeState,
    Review,
    State,
    Transfer,
    check_payee,
    due_by,
    hold_back,
    same_name,
)


async def send(
    tx: db.Tx,
    *,
    transfer_id: UUID,
    customer_id: CustomerId,
    payee: Payee,
    amount: Money,
    mode: str = "instant",
    now: datetime,
) -> Transfer:
    """Send money to a person or a bank account. The same id sends once.

    What is declined is a transfer too: it comes back as `failed` with its reason, so that it can be explained later.

    Raises:
        AmountInvalid, PayeeInvalid, BankUnknown, WalletMissing: nothing was stored.
        SameIdOtherBody: The id was used for another transfer.
    """
    check_amount(amount.minor)
    check_payee(payee, customer_id)
    if payee.bank is not None:
        await rails.check_bank(tx, payee.bank)
    name, payee_state = await _look_up(tx, payee, amount.currency, now=now)
    row = _new(transfer_id, customer_id, Kind.TRANSFER, payee, name, amount, Mode(mode), now)
    row = replace(row, payee_state=payee_state.value if payee_state else None)
    await accounts.wallet_of(tx, customer_id, amount.currency)
    if not await _begin(tx, row):
        return await _known(tx, row)
    reason, row = await _reserve(tx, row, payee_state, now=now)
    if reason is not None:
        return await save(tx, row, State.FAILED, reason=reason, now=now)
    if row.in_house and row.review is Review.NONE:
        return await save(tx, replace(row, receipt_no=receipt_number("T", row.id, now)), State.SUCCEEDED, now=now)
    if row.review is Review.NONE:
        await place_order(tx, row, now=now)
    return await save(tx, row, State.PENDING, now=now)


async def _look_up(
    tx: db.Tx, payee: Payee, currency: str, *, now: datetime
) -> tuple[str, PayeeState | None]:
    """Return the payee's name and whether he can be paid; None where only his bank can say."""
    if payee.kind == "bank":
        return payee.name or "", None
    real = await queries.name_of(tx, payee.customer_id) if payee.customer_id else None
    if real is None or payee.customer_id is None:
        return payee.name or payee.described or "?", PayeeState.NOT_FOUND
    if payee.name is not None and not same_name(payee.name, real):
        # The real name is nobody's business who does not know it.
        return payee.name, PayeeState.NAME_MISMATCH
    try:
        standing = await accounts.standing_of(tx, CustomerId(payee.customer_id), currency, now=now)
    except WalletMissing:
        return real, PayeeState.NOT_FOUND
    return real, PayeeState.BLOCKED if standing.credit_restriction else PayeeState.OPEN


_OF_PAYEE = {
    PayeeState.NOT_FOUND: "account_invalid",
    PayeeState.NAME_MISMATCH: "name_mismatch",
    PayeeState.BLOCKED: "account_blocked",
}


async def _reserve(
    tx: db.Tx, row: Transfer, payee_state: PayeeState | None, *, now: datetime
) -> tuple[str | None, Transfer]:
    """Take the money, or set it aside where it goes later; return why not, or the transfer with its hold."""
    customer_id = CustomerId(row.customer_id)
    standing = await accounts.standing_of(tx, customer_id, row.currency, now=now)
    if standing.debit_restriction is not None:
        return "account_blocked", row
    if payee_state is not None and payee_state in _OF_PAYEE:
        return _OF_PAYEE[payee_state], row
    if await accounts.spend(tx, customer_id, row.amount, now=now) is not None:
        return "limit_amount", row
    known = await queries.has_sent_to(
        tx, row.customer_id, payee_id=row.payee_id, bank=row.bank, account_tail=row.account_tail
    )
    review, release_at = hold_back(row.mode, row.amount, now, in_house=row.in_house, known=known)
    row = replace(row, review=review, release_at=release_at)
    leg, hold_id = await _first_leg(tx, row, standing.account_id)
    verdict = await post(tx, row, "hold" if hold_id else "transfer", leg, now=now)
    if not verdict.stands:
        await accounts.unspend(tx, customer_id, row.amount, spent_at=now)
        return OF_VERDICT.get(verdict, "system"), replace(row, review=Review.NONE, release_at=None)
    return None, replace(row, hold_id=hold_id)


async def _first_leg(tx: db.Tx, row: Transfer, account_id: int) -> tuple[Leg, UUID | None]:
    if row.in_house and row.review is Review.NONE and row.payee_id is not None:
        target = await accounts.wallet_of(tx, row.payee_id, row.currency)
        return transfer(account_id, target.account_id, row.amount, "transfer"), None
    hold_id = uuid5(row.id, "hold")
    return hold(hold_id, account_id, row.amount), hold_id


async def top_up(
    tx: db.Tx,
    *,
    transfer_id: UUID,
    customer_id: CustomerId,
    amount: Money,
    bank: str | None = None,
    mode: str = "instant",
    now: datetime,
) -> Transfer:
    """Fetch money from the customer's own bank account; it is in the wallet when the rail says so.

    Raises:
        AmountInvalid, WalletMissing, BankAccountMissing: nothing was stored.
        SameIdOtherBody
    """
    row = await _own(tx, transfer_id, customer_id, Kind.TOP_UP, amount, bank, mode, now=now)
    if not await _begin(tx, row):
        return await _known(tx, row)
    standing = await accounts.standing_of(tx, customer_id, amount.currency, now=now)
    if standing.credit_restriction is not None:
        return await save(tx, row, State.FAILED, reason="account_blocked", now=now)
    await place_order(tx, row, now=now)
    return await save(tx, row, State.PENDING, now=now)


async def withdraw(
    tx: db.Tx,
    *,
    transfer_id: UUID,
    customer_id: CustomerId,
    amount: Money,
    bank: str | None = None,
    mode: str = "instant",
    now: datetime,
) -> Transfer:
    """Send money to the customer's own bank account; limits of spending do not count for it.

    Raises:
        AmountInvalid, WalletMissing, BankAccountMissing: nothing was stored.
        SameIdOtherBody
    """
    row = await _own(tx, transfer_id, customer_id, Kind.WITHDRAWAL, amount, bank, mode, now=now)
    if not await _begin(tx, row):
        return await _known(tx, row)
    standing = await accounts.standing_of(tx, customer_id, amount.currency, now=now)
    if standing.debit_restriction is not None:
        return await save(tx, row, State.FAILED, reason="account_blocked", now=now)
    review, release_at = hold_back(row.mode, amount, now, in_house=False, known=True)
    hold_id = uuid5(row.id, "hold")
    row = replace(row, review=review, release_at=release_at, hold_id=hold_id)
    verdict = await post(tx, row, "hold", hold(hold_id, standing.account_id, amount), now=now)
    if not verdict.stands:
        failed = replace(row, hold_id=None)
        return await save(tx, failed, State.FAILED, reason=OF_VERDICT.get(verdict, "system"), now=now)
    if review is Review.NONE:
        await place_order(tx, row, now=now)
    return await save(tx, row, State.PENDING, now=now)


async def _own(
    tx: db.Tx,
    transfer_id: UUID,
    customer_id: CustomerId,
    kind: Kind,
    amount: Money,
    bank: str | None,
    mode: str,
    *,
    now: datetime,
) -> Transfer:
    check_amount(amount.minor)
    await accounts.wallet_of(tx, customer_id, amount.currency)
    account: BankAccount = await accounts.bank_account_of(tx, customer_id, bank)
    name = await queries.name_of(tx, customer_id) or "?"
    payee = Payee("self", name, bank=account.bank, account_tail=account.account_tail)
    return _new(transfer_id, customer_id, kind, payee, name, amount, Mode(mode), now)


def _new(
    transfer_id: UUID,
    customer_id: UUID,
    kind: Kind,
    payee: Payee,
    name: str,
    amount: Money,
    mode: Mode,
    now: datetime,
) -> Transfer:
    body = (payee.kind, payee.customer_id, payee.bank, payee.account_tail, payee.name, payee.described)
    known = payee.kind == "wallet" and payee.customer_id is not None
    return Transfer(
        id=transfer_id,
        customer_id=customer_id,
        kind=kind,
        payee_kind=payee.kind,
        payee_id=payee.customer_id if known else None,
        payee_name=name,
        bank=payee.bank,
        account_tail=payee.account_tail,
        amount_minor=amount.minor,
        currency=amount.currency,
        mode=mode,
        fingerprint=fingerprint(customer_id, kind, *body, amount.minor, amount.currency, mode),
        state=State.CREATED,
        reason=None,
        payee_state=None,
        review=Review.NONE,
        release_at=None,
        due_by=due_by(mode, now),
        hold_id=None,
        receipt_no=None,
        created_at=now,
        updated_at=now,
    )


async def _begin(tx: db.Tx, row: Transfer) -> bool:
    """Write a transfer down; return False where its id has made one before.

    Raises:
        SameIdOtherBody: The id is that of a payment.
    """
    if await queries.id_is_taken(tx, row.id):
        raise SameIdOtherBody(field="id")
    return bool(await queries.insert_transfers(tx, [row]))


async def _known(tx: db.Tx, row: Transfer) -> Transfer:
    """Return the transfer that this id has made before.

    Raises:
        SameIdOtherBody
    """
    found = await queries.lock_transfer(tx, row.id)
    if found is None or found.fingerprint != row.fingerprint:
        raise SameIdOtherBody(field="id")
    return found
