"""支付失败: the customer could not pay. Nothing may have left him, else PAY_DEBITED is the question."""

from __future__ import annotations

from typing import Final

from walletdesk.diagnosis.model import MoneyAt, Symptom
from walletdesk.diagnosis.procedures import reasons
from walletdesk.diagnosis.procedures.case import Answer, Case, Check, Jump, Verdict
from walletdesk.diagnosis.procedures.common import attempt_absent, incident
from walletdesk.wallet.gateway.model import PartyState, Reason

_BACK: Final = frozenset({MoneyAt.UNTOUCHED, MoneyAt.RELEASED, MoneyAt.RETURNED})
_CLOSED: Final = frozenset({PartyState.NOT_FOUND, PartyState.BLOCKED, PartyState.FROZEN})


def money_moved(case: Case) -> Answer:
    """A hold, a debit, or a leg that nobody knows: then the question is where the money is."""
    if case.evidence is None:
        return Jump(Symptom.PAY_DEBITED)
    case.look("bank_debited", case.evidence.bank_debited)
    if case.failed() and case.money() in _BACK:
        return None
    waiting = case.reason() is Reason.USER_PAYING and case.money() in (MoneyAt.UNTOUCHED, MoneyAt.UNKNOWN)
    untouched = waiting and case.ledger() is not None
    return None if untouched else Jump(Symptom.PAY_DEBITED)


def merchant(case: Case) -> Answer:
    """The merchant cannot be paid, or not in this way."""
    state = case.look("merchant", case.evidence.merchant) if case.evidence else None
    unsupported = case.reason() in (Reason.NOT_PERMITTED, Reason.MERCHANT_INVALID)
    if state in _CLOSED or unsupported:
        return Verdict("MERCHANT_UNSUPPORTED", "method" if case.reason() is Reason.NOT_PERMITTED else None)
    return None


CHECKS: Final[tuple[Check, ...]] = (
    incident,
    attempt_absent,
    money_moved,
    reasons.restriction,
    reasons.funds,
    reasons.limit,
    reasons.credential,
    reasons.instrument,
    merchant,
    reasons.risk,
    reasons.rail_down,
    reasons.code,
)
"""In the order of the table."""
