"""转账失败: a transfer, top-up or withdrawal was not carried out, or came back."""

from __future__ import annotations

from typing import Final

from walletdesk.diagnosis.model import Symptom
from walletdesk.diagnosis.procedures import reasons
from walletdesk.diagnosis.procedures.case import Answer, Case, Check, Jump, Verdict
from walletdesk.diagnosis.procedures.common import attempt_absent, incident
from walletdesk.wallet.gateway.model import LedgerState, PartyState, Reason

_INVALID: Final = frozenset({PartyState.NOT_FOUND, PartyState.NAME_MISMATCH})
_CANNOT_RECEIVE: Final = frozenset({PartyState.BLOCKED, PartyState.FROZEN})


def not_failed(case: Case) -> Answer:
    """Not proved to have failed: then the question is where the money is on its way."""
    return None if case.failed() else Jump(Symptom.NOT_ARRIVED)


def failed_held(case: Case) -> Answer:
    """Not carried out, and the money is still held: release it first, explain then."""
    return Verdict("VOID_NOW") if case.ledger() is LedgerState.HELD else None


def failed_posted(case: Case) -> Answer:
    """Not carried out, but debited: give it back first, explain then."""
    return Verdict("REVERSE") if case.ledger() is LedgerState.POSTED else None


def payee_invalid(case: Case) -> Answer:
    """There is no such payee, or the name does not fit the account."""
    state, reason = _payee(case), case.reason()
    name = state is PartyState.NAME_MISMATCH or reason is Reason.NAME_MISMATCH
    account = reason is Reason.ACCOUNT_INVALID or reason is Reason.NOT_FOUND
    found = state in _INVALID or (reasons.is_payee_side(case) and (name or account))
    return Verdict("PAYEE_INVALID", "name" if name else None) if found else None


def payee_blocked(case: Case) -> Answer:
    """The payee cannot receive now; why is not for the sender to know."""
    closed = case.reason() in (Reason.ACCOUNT_CLOSED, Reason.ACCOUNT_BLOCKED)
    found = _payee(case) in _CANNOT_RECEIVE or (reasons.is_payee_side(case) and closed)
    return Verdict("PAYEE_BLOCKED") if found else None


def _payee(case: Case) -> PartyState | None:
    return case.look("payee", case.evidence.payee) if case.evidence else None


def code(case: Case) -> Answer:
    """Say what the reason code means; a way that is not supported is told before the other codes."""
    if case.reason() in (Reason.NOT_PERMITTED, Reason.MERCHANT_INVALID):
        return Verdict("NOT_SUPPORTED")
    return reasons.code(case)


CHECKS: Final[tuple[Check, ...]] = (
    incident,
    attempt_absent,
    not_failed,
    failed_held,
    failed_posted,
    reasons.funds,
    reasons.limit,
    reasons.restriction,
    payee_invalid,
    payee_blocked,
    reasons.risk,
    reasons.rail_down,
    reasons.credential,
    reasons.instrument,
    code,
)
"""In the order of the table; money that is stuck comes before the reason."""
