"""扣款但显示失败: money left or is held although the payment shows as failed."""

from __future__ import annotations

from typing import Final

from walletdesk.diagnosis.model import MoneyAt
from walletdesk.diagnosis.procedures import common
from walletdesk.diagnosis.procedures.case import Answer, Case, Check, Verdict
from walletdesk.diagnosis.table import AGENT
from walletdesk.wallet.gateway.model import LedgerState, RailState

_BACK: Final = {MoneyAt.RELEASED: "released", MoneyAt.RETURNED: "returned"}
_OPEN_RAIL: Final = (None, RailState.ACCEPTED)


def unreadable(case: Case) -> Answer:
    """The wallet does not answer at the moment."""
    return common.unreadable(case, "PENDING_UPSTREAM")


def money_back(case: Case) -> Answer:
    """Our ledger has given the money back; it is the first authority, whatever others say."""
    place = case.money()
    if place not in _BACK:
        return None
    # The other side may still have been paid: that is for a person to clear, and never the customer's loss.
    contradicted = case.rail() is RailState.SUCCEEDED and place is MoneyAt.RELEASED
    return Verdict("MONEY_BACK", _BACK[place], add=(AGENT,) if contradicted else ())


def rail_success(case: Case) -> Answer:
    """The payment went through; only what is shown is old."""
    evidence = case.evidence
    if evidence is None or case.ledger() is None:
        return None
    succeeded = case.rail() is RailState.SUCCEEDED or case.paid()
    if not succeeded:
        return None
    case.note("shown", evidence.transaction.shown, evidence.transaction.record, evidence.ledger.source)
    case.look("notice", evidence.notice)
    return Verdict("PAID_SHOW_STALE")


def rail_failed_held(case: Case) -> Answer:
    """Not carried out, and the money is still held: release it."""
    held = case.failed() and case.ledger() is LedgerState.HELD
    return Verdict("VOID_NOW") if held else None


def rail_failed_posted(case: Case) -> Answer:
    """Not carried out, but debited: give it back."""
    posted = case.failed() and case.ledger() is LedgerState.POSTED
    return Verdict("REVERSE") if posted else None


def rail_unknown(case: Case) -> Answer:
    """Nobody knows yet: no "failed", no "refunded", only when the next news comes."""
    evidence = case.evidence
    if evidence is None:
        return None
    unknown = case.ledger() is None or case.rail() in _OPEN_RAIL
    return case.pending("PENDING_UPSTREAM") if unknown else None


def only_the_bank(case: Case) -> Answer:
    """The customer's bank took the money, neither rail nor ledger knows of it."""
    evidence = case.evidence
    if evidence is None:
        return None
    debited = case.look("bank_debited", evidence.bank_debited)
    nowhere = case.ledger() is LedgerState.NONE and case.rail() in (RailState.NONE, RailState.FAILED)
    return Verdict("BANK_SIDE") if debited and nowhere else None


def nothing_debited(case: Case) -> Answer:
    """Neither we nor the rail took anything."""
    nothing = case.failed() and case.money() is MoneyAt.UNTOUCHED
    return Verdict("NOT_DEBITED") if nothing else None


def still_underway(case: Case) -> Answer:
    """Everything else is not over yet."""
    return case.pending("PENDING_UPSTREAM")


CHECKS: Final[tuple[Check, ...]] = (
    common.incident,
    unreadable,
    common.unidentified,
    money_back,
    rail_success,
    rail_failed_held,
    rail_failed_posted,
    rail_unknown,
    only_the_bank,
    nothing_debited,
    still_underway,
)
"""In the order of the table; the money that is back comes before it."""
