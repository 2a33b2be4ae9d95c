"""What the desk asks of the embedded wallet, carried out once and only on proof.

A command is written down under its key before anything happens. Then the outside is asked, without a transaction;
then the deed and its outcome are written together. Who asks again with the same key gets the same answer, or carries
on where a process died: every deed is itself done once.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid5

from walletdesk.kit import clock, db
from walletdesk.kit.ids import CustomerId
from walletdesk.kit.refusal import Refusal
from walletdesk.people import audit
from walletdesk.people.model import Deed
from walletdesk.wallet.gateway import queries
from walletdesk.wallet.gateway.asking import ask_anew
from walletdesk.wallet.gateway.model import Command, CommandName, Outcome, OutcomeState
from walletdesk.wallet.reference import jobs
from walletdesk.wallet.reference.accounts import actions as accounts
from walletdesk.wallet.reference.accounts import queries as account_queries
from walletdesk.wallet.reference.accounts.model import RestrictionKind
from walletdesk.wallet.reference.model import TransactionMissing, fingerprint
from walletdesk.wallet.reference.payments import actions as payments
from walletdesk.wallet.reference.payments import queries as payment_queries
from walletdesk.wallet.reference.rails.client import Outside
from walletdesk.wallet.reference.transfers import actions as transfers
from walletdesk.wallet.reference.transfers import queries as transfer_queries

LEASE: Final = timedelta(seconds=30)
TRIES_MAX: Final = 3
"""How often a shop may keep silent before a command that needs it is refused."""
SCOPE: Final = UUID("6f1d6f0e-3c43-7c0c-9a53-6a6d2b1c8f10")
"""Makes ids of restrictions from the keys of the commands that began them."""

_BY_LEDGER: Final = frozenset(
    {
        CommandName.VOID_HOLD,
        CommandName.REVERSE_PAYMENT,
        CommandName.RECREDIT_RETURNED,
        CommandName.REFUND_CLOSED_ORDER,
    }
)


async def act(pool: db.Pool, outside: Outside | None, command: Command) -> Outcome:
    """Carry out a command once, or say how it ended before.

    Raises:
        DatabaseDown: Nothing is known of the outcome; ask again with the same key.
    """
    now = clock.now()
    print_ = fingerprint(command.name, command.customer_id, command.transaction_id)
    async with db.transaction(pool) as tx:
        row, mine = await queries.claim_command(
            tx,
            key=command.idempotency_key,
            name=command.name.value,
            customer_id=command.customer_id,
            transaction_id=command.transaction_id,
            fingerprint=print_,
            actor=command.actor,
            leased_until=now + LEASE,
            now=now,
        )
    if row.fingerprint != print_:
        return Outcome(OutcomeState.REFUSED, reason="same_key_other_command", at=now)
    if not mine:
        return Outcome(OutcomeState(row.state), row.record, row.reason, row.ended_at)
    return await _carry_out(pool, outside, command, row.tries, now)


async def _carry_out(
    pool: db.Pool, outside: Outside | None, command: Command, tries: int, now: datetime
) -> Outcome:
    if command.name is CommandName.RESEND_NOTICE:
        outcome = await _resend(pool, outside, command, tries, now)
    else:
        if command.name in _BY_LEDGER and command.transaction_id is not None and outside is not None:
            # Proof must be fresh: what the rail or the shop says now is what counts.
            await ask_anew(pool, outside, command.customer_id, command.transaction_id, now=now)
        return await _in_books(pool, command, now)
    async with db.transaction(pool) as tx:
        await _end(tx, command, outcome, now)
    return outcome


async def _in_books(pool: db.Pool, command: Command, now: datetime) -> Outcome:
    """Do what needs nobody outside, and write down how it ended, in one transaction."""
    try:
        async with db.transaction(pool) as tx:
            outcome = await _DEEDS[command.name](tx, command, now)
            await _end(tx, command, outcome, now)
    except Refusal as refusal:
        if refusal.code.startswith("kit."):
            raise
        outcome = Outcome(OutcomeState.REFUSED, reason=_reason_of(refusal), at=now)
        async with db.transaction(pool) as tx:
            await _end(tx, command, outcome, now)
    return outcome


def _reason_of(refusal: Refusal) -> str:
    return str(refusal.details.get("reason") or refusal.code.removeprefix("wallet."))


async def _end(tx: db.Tx, command: Command, outcome: Outcome, now: datetime) -> None:
    await queries.save_command(
        tx,
        command.idempotency_key,
        state=outcome.state.value,
        record=outcome.record,
        reason=outcome.reason,
        now=now,
    )
    if outcome.state in (OutcomeState.DONE, OutcomeState.REFUSED):
        details = {"state": outcome.state.value, "record": outcome.record, "reason": outcome.reason}
        about = f"transaction:{command.transaction_id}" if command.transaction_id else f"customer:{command.customer_id}"
        deed = Deed(command.actor, None, f"wallet.{command.name.value}", about, details)
        await audit.record(tx, [deed], now=now)


async def _resend(
    pool: db.Pool, outside: Outside | None, command: Command, tries: int, now: datetime
) -> Outcome:
    """Tell the shop again, for real, and let the customer's app show what our books say."""
    if outside is None or command.transaction_id is None:
        return Outcome(OutcomeState.REFUSED, reason="shop_unreachable", at=now)
    payment_id = command.transaction_id
    try:
        async with db.transaction(pool) as tx:
            if await payment_queries.find_payment(tx, command.customer_id, payment_id) is None:
                return Outcome(OutcomeState.REFUSED, reason="transaction_missing", at=now)
            await payments.refresh_shown(tx, payment_id, now=now)
        status = await jobs.tell_shop(pool, outside, payment_id, now=now)
    except Refusal as refusal:
        if refusal.code.startswith("kit."):
            raise
        return Outcome(OutcomeState.REFUSED, reason=_reason_of(refusal), at=now)
    async with db.reading(pool) as tx:
        record = await queries.last_notice_of(tx, payment_id)
    if status is None:
        gave_up = tries >= TRIES_MAX
        state = OutcomeState.REFUSED if gave_up else OutcomeState.UNKNOWN
        return Outcome(state, record, "shop_silent", now)
    if 200 <= status < 300:
        return Outcome(OutcomeState.DONE, record, None, now)
    return Outcome(OutcomeState.REFUSED, record, "shop_refused", now)


async def _void_hold(tx: db.Tx, command: Command, now: datetime) -> Outcome:
    transaction_id, is_payment = await _own(tx, command)
    room = payments if is_payment else transfers
    done = await room.void_hold(tx, transaction_id, now=now)
    return Outcome(OutcomeState.DONE, f"hold/{done.hold_id}", None, now)


async def _reverse(tx: db.Tx, command: Command, now: datetime) -> Outcome:
    transaction_id, _ = await _own(tx, command, payment=True)
    await payments.reverse(tx, transaction_id, now=now)
    return await _booked(tx, command, transaction_id, now)


async def _recredit(tx: db.Tx, command: Command, now: datetime) -> Outcome:
    transaction_id, _ = await _own(tx, command, payment=False)
    await transfers.recredit(tx, transaction_id, now=now)
    return await _booked(tx, command, transaction_id, now)


async def _refund(tx: db.Tx, command: Command, now: datetime) -> Outcome:
    transaction_id, _ = await _own(tx, command, payment=True)
    await payments.refund_closed_order(tx, transaction_id, now=now)
    return await _booked(tx, command, transaction_id, now)


async def _booked(tx: db.Tx, command: Command, transaction_id: UUID, now: datetime) -> Outcome:
    record = await queries.last_entry_of(tx, command.customer_id, transaction_id)
    return Outcome(OutcomeState.DONE, record or f"payment/{transaction_id}", None, now)


async def _freeze(tx: db.Tx, command: Command, now: datetime) -> Outcome:
    """Keep money from leaving: a restriction, and the ledger's own lock behind it."""
    wallets = await account_queries.list_wallets_of(tx, command.customer_id)
    if not wallets:
        return Outcome(OutcomeState.REFUSED, reason="wallet_missing", at=now)
    row = await accounts.freeze(
        tx,
        CustomerId(command.customer_id),
        RestrictionKind.USER,
        restriction_id=uuid5(SCOPE, command.idempotency_key),
        now=now,
    )
    return Outcome(OutcomeState.DONE, f"restriction/{row.id}", None, now)


async def _own(tx: db.Tx, command: Command, *, payment: bool | None = None) -> tuple[UUID, bool]:
    """Return the transaction of a command and whether it is a payment; only this customer's, of the right sort.

    Raises:
        TransactionMissing
    """
    transaction_id = command.transaction_id
    if transaction_id is None:
        raise TransactionMissing
    if payment is not False and await payment_queries.find_payment(tx, command.customer_id, transaction_id):
        return transaction_id, True
    if payment is not True and await transfer_queries.find_transfer(tx, command.customer_id, transaction_id):
        return transaction_id, False
    raise TransactionMissing


_Deed = Callable[[db.Tx, Command, datetime], Awaitable[Outcome]]

_DEEDS: Final[dict[CommandName, _Deed]] = {
    CommandName.VOID_HOLD: _void_hold,
    CommandName.REVERSE_PAYMENT: _reverse,
    CommandName.RECREDIT_RETURNED: _recredit,
    CommandName.REFUND_CLOSED_ORDER: _refund,
    CommandName.FREEZE: _freeze,
}
