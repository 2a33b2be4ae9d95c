"""Procedures: one pure, deterministic procedure for each symptom.

`diagnose` runs the checks of a symptom in the order of the table; the first that concludes wins, a check may
pass the case on to another symptom, and everything that was looked at stays in the finding.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from walletdesk.diagnosis.model import Finding, Situation, Symptom
from walletdesk.diagnosis.procedures import (
    legs,
    merchant_not_received,
    not_arrived,
    pay_debited,
    pay_fail,
    xfer_fail,
)
from walletdesk.diagnosis.procedures.case import Case, Check, Jump
from walletdesk.diagnosis.table import steps_of
from walletdesk.wallet.gateway.model import Evidence, LedgerState, RailState, Source

PROCEDURES: Final[dict[Symptom, tuple[Check, ...]]] = {
    Symptom.PAY_FAIL: pay_fail.CHECKS,
    Symptom.PAY_DEBITED: pay_debited.CHECKS,
    Symptom.MERCHANT_NOT_RECEIVED: merchant_not_received.CHECKS,
    Symptom.XFER_FAIL: xfer_fail.CHECKS,
    Symptom.NOT_ARRIVED: not_arrived.CHECKS,
}

JUMPS_MAX: Final = 4

_FOR_PAYMENTS: Final = {
    Symptom.XFER_FAIL: Symptom.PAY_FAIL,
    Symptom.NOT_ARRIVED: Symptom.MERCHANT_NOT_RECEIVED,
}
_FOR_TRANSFERS: Final = {
    Symptom.PAY_FAIL: Symptom.XFER_FAIL,
    Symptom.PAY_DEBITED: Symptom.NOT_ARRIVED,
    Symptom.MERCHANT_NOT_RECEIVED: Symptom.NOT_ARRIVED,
}


def fitting(symptom: Symptom, evidence: Evidence | None) -> Symptom:
    """Return the symptom that fits the kind of transaction; customers call a transfer "my payment" too."""
    if evidence is None:
        return symptom
    table = _FOR_PAYMENTS if evidence.transaction.kind in legs.PAYMENTS else _FOR_TRANSFERS
    return table.get(symptom, symptom)


def diagnose(
    symptom: Symptom,
    evidence: Evidence | None,
    situation: Situation,
    now: datetime,
    *,
    transaction_id: UUID | None = None,
) -> Finding:
    """Say what is wrong, from the evidence alone.

    `evidence` is None where this customer has no such transaction. Nothing is read or changed here, and no
    clock is asked: the same arguments give the same finding.
    """
    identity = evidence.transaction.id if evidence else transaction_id
    case = Case(symptom, identity, evidence, situation, now)
    current = fitting(symptom, evidence)
    for _ in range(JUMPS_MAX):
        found = _run(case, current)
        if isinstance(found, Finding):
            return found
        current = found.to
    raise RuntimeError(f"the procedures pass {symptom} on in a circle")


def _run(case: Case, symptom: Symptom) -> Finding | Jump:
    for check in PROCEDURES[symptom]:
        answer = check(case)
        if isinstance(answer, Jump):
            if answer.to not in steps_of(symptom)[check.__name__].jumps:
                raise LookupError(f"{symptom}.{check.__name__} may not pass on to {answer.to}")
            return answer
        if answer is not None:
            return case.finding(symptom, check.__name__, answer)
    raise RuntimeError(f"the procedure of {symptom} came to no end")


def replay(finding: Finding) -> Finding:
    """Make a finding again from what it was made from; equal to the first while the version is the same.

    Raises:
        ValueError: It was kept without its basis.
    """
    basis = finding.basis
    if basis is None:
        raise ValueError("a finding without its basis cannot be made again")
    return diagnose(
        basis.asked, basis.evidence, basis.situation, basis.at, transaction_id=basis.transaction_id
    )


def wants_surroundings(symptom: Symptom, evidence: Evidence | None, now: datetime, zone: str) -> bool:
    """Say whether accounts, limits and restrictions matter: only where the question is why it did not work."""
    if evidence is None:
        return False
    reading = legs.rail(evidence, now=now, zone=zone)
    explains = fitting(symptom, evidence) in (Symptom.PAY_FAIL, Symptom.XFER_FAIL, Symptom.NOT_ARRIVED)
    return explains and legs.failed(evidence.transaction, reading.state)


def needs_asking(evidence: Evidence, now: datetime, zone: str) -> bool:
    """Say whether the rail should be asked first: there is only news, and it does not fit our books.

    News may be lost, doubled or contradicted; money is never moved and no verdict told on news alone while it
    is held or out.
    """
    said = evidence.rail_state
    if said.source is not Source.RAIL_WEBHOOK or said.value is None:
        return False
    if legs.rail(evidence, now=now, zone=zone).disagree:
        return True
    ledger = evidence.ledger.value
    if said.value is RailState.SUCCEEDED:
        return ledger is LedgerState.HELD
    return said.value in (RailState.FAILED, RailState.RETURNED) and ledger in (LedgerState.HELD, LedgerState.POSTED)
