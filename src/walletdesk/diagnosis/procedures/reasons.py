"""Why a movement was not carried out: checks that payments and transfers share, each in its own order."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from walletdesk.diagnosis.model import Reference
from walletdesk.diagnosis.procedures.case import Answer, Case, Verdict
from walletdesk.kit.money import Money
from walletdesk.wallet.gateway.model import (
    AccountView,
    Limit,
    Reason,
    Restriction,
    ReviewState,
    Source,
    TransactionKind,
    TransactionState,
)

_LIMITS: Final = frozenset({Reason.LIMIT_AMOUNT, Reason.LIMIT_COUNT})
_LIMIT_ORDER: Final = ("single", "day", "month", "year")
_RISKS: Final = frozenset({Reason.FRAUD, Reason.LOST_STOLEN, Reason.REGULATORY})
_UNTOLD: Final = frozenset({"risk", "judicial"})
_OWN: Final = frozenset({"user", "kyc", "dormant"})


def funds(case: Case) -> Answer:
    """Less was available than the amount."""
    tx, reason = case.transaction, case.reason()
    if tx is None:
        return None
    if tx.rail is not None:
        # Paid from a card or bank account: only its bank knows what is on it.
        return Verdict("FUNDS", "bank") if reason is Reason.FUNDS else None
    account = _account(case, tx.amount.currency)
    enough = None if account is None else tx.amount <= account.available
    case.note("available", account and account.available, account and account.record, Source.LEDGER)
    if reason is Reason.FUNDS and (account is None or enough):
        return Verdict("FUNDS", "then")
    if reason not in (None, Reason.FUNDS) or account is None or enough:
        return None
    missing = tx.amount - account.available
    refs = {
        "available": Reference(account.available, account.record),
        "missing": Reference(missing, account.record),
    }
    return Verdict("FUNDS", refs=refs)


def _account(case: Case, currency: str) -> AccountView | None:
    return next((a for a in case.situation.accounts or () if a.currency == currency), None)


def limit(case: Case) -> Answer:
    """A limit stood in the way: which, how much is left, and when it starts anew."""
    tx, reason = case.transaction, case.reason()
    if tx is None:
        return None
    said = reason in _LIMITS
    if reason is not None and not said:
        return None
    found = _exceeded(case, tx.amount) if tx.rail is None or not said else None
    known = case.situation.limits is not None
    case.note("within_limits", found is None if known else None, found and found.record, Source.WALLET)
    if found is not None:
        return Verdict("LIMIT", found.kind if found.kind in _LIMIT_ORDER else "other", _limit_refs(found, case.now))
    if not said:
        return None
    if tx.rail is not None:
        return Verdict("LIMIT", "bank")
    return Verdict("LIMIT", "count" if reason is Reason.LIMIT_COUNT else "then")


def _exceeded(case: Case, amount: Money) -> Limit | None:
    limits = [one for one in case.situation.limits or () if one.limit.currency == amount.currency]
    limits.sort(key=lambda one: _LIMIT_ORDER.index(one.kind) if one.kind in _LIMIT_ORDER else len(_LIMIT_ORDER))
    for one in limits:
        used = Money(0, amount.currency) if one.kind == "single" else one.used
        if not (used + amount <= one.limit):
            return one
    return None


def _limit_refs(found: Limit, now: datetime) -> dict[str, Reference]:
    left = max(found.limit.minor - found.used.minor, 0)
    refs = {
        "limit": Reference(found.limit, found.record),
        "used": Reference(found.used, found.record),
        "left": Reference(Money(left, found.limit.currency), found.record),
    }
    if found.resets_at is not None and found.resets_at > now:
        refs["resets_at"] = Reference(found.resets_at, found.record)
    return refs


def restriction(case: Case) -> Answer:
    """The customer could not be debited at that moment; a locked payment password is a matter of credentials."""
    found = _restriction(case)
    known = case.situation.restrictions is not None
    case.note("restricted", found is not None if known else None, found and found.record, Source.WALLET)
    if found is None:
        return None
    own = found.kind if found.kind in _OWN else None
    refs: dict[str, Reference] = {}
    if own and found.until is not None and found.until > case.now:
        refs["until"] = Reference(found.until, found.record)
    drop = frozenset[str]() if own else frozenset({"unlock"})
    return Verdict("BLOCKED", own, refs, drop=drop, neutral=own is None)


def _restriction(case: Case, kind: str | None = None) -> Restriction | None:
    """Return what blocked debits when it was tried; what may not be told comes first, so that it stays untold."""
    at = case.created or case.now
    found = [
        one
        for one in case.situation.restrictions or ()
        if one.blocks_debit and one.since <= at and (one.until is None or one.until > at)
    ]
    found = [one for one in found if (one.kind == kind if kind else one.kind != "pin")]
    return min(found, key=lambda one: one.kind not in _UNTOLD, default=None)


def credential(case: Case) -> Answer:
    """The payment password, or a confirmation that was missing."""
    reason = case.reason()
    locked = _restriction(case, "pin")
    if reason is Reason.PIN_LOCKED or (locked is not None and reason is None):
        refs: dict[str, Reference] = {}
        if locked is not None and locked.until is not None and locked.until > case.now:
            refs["until"] = Reference(locked.until, locked.record)
        return Verdict("PIN", "locked", refs)
    if reason is Reason.PIN_WRONG:
        return Verdict("PIN")
    return Verdict("AUTH_NEEDED") if reason is Reason.AUTH_NEEDED else None


_INSTRUMENTS: Final = {
    Reason.CARD_EXPIRED: "CARD_EXPIRED",
    Reason.ACCOUNT_INVALID: "CARD_INVALID",
    Reason.NAME_MISMATCH: "CARD_INVALID",
    Reason.ACCOUNT_CLOSED: "CARD_STATUS",
    Reason.ACCOUNT_BLOCKED: "CARD_STATUS",
}


def instrument(case: Case) -> Answer:
    """The card or bank account that should pay."""
    reason = case.reason()
    name = _INSTRUMENTS.get(reason) if reason else None
    return Verdict(name) if name else None


def risk(case: Case) -> Answer:
    """Held back for a reason that must not be told."""
    review = case.look("review", case.evidence.review) if case.evidence else None
    held = case.reason() in _RISKS or review is ReviewState.RISK
    return Verdict("RISK_HOLD") if held else None


def rail_down(case: Case) -> Answer:
    """The rail or the bank was not reachable."""
    up = case.look("rail_available", case.evidence.rail_available) if case.evidence else None
    reason = case.reason()
    down = reason is Reason.RAIL_DOWN or (up is False and reason in (None, Reason.SYSTEM, Reason.UNKNOWN))
    return Verdict("RAIL_DOWN") if down else None


_CODES: Final = {
    Reason.DO_NOT_HONOR: ("DECLINED", None),
    Reason.DUPLICATE: ("DUPLICATE", None),
    Reason.AMOUNT_INVALID: ("AMOUNT_INVALID", None),
    Reason.CURRENCY_INVALID: ("AMOUNT_INVALID", "currency"),
    Reason.CODE_EXPIRED: ("CODE_EXPIRED", None),
    Reason.USER_PAYING: ("USER_PAYING", None),
    Reason.SYSTEM: ("SYSTEM_BUSY", None),
}


def code(case: Case) -> Answer:
    """Say what the reason code means in plain words; without a word for it a person looks."""
    reason, tx = case.reason(), case.transaction
    if reason is Reason.USER_PAYING and case.failed():
        return Verdict("CANCELLED", "unconfirmed")
    if reason is not None and reason in _CODES:
        return Verdict(*_CODES[reason])
    if tx is not None and case.state() == TransactionState.CANCELLED:
        return Verdict("CANCELLED")
    return Verdict("UNEXPLAINED")


def is_payee_side(case: Case) -> bool:
    """Say whether an account that a bank complains of is the payee's (and not the customer's own card)."""
    return case.kind is not TransactionKind.TOP_UP
