"""未到账: a transfer, top-up or withdrawal has not arrived (yet)."""

from __future__ import annotations

from typing import Final

from walletdesk.diagnosis.model import MoneyAt, Reference, Symptom
from walletdesk.diagnosis.procedures import common, legs
from walletdesk.diagnosis.procedures.case import Answer, Case, Check, Jump, Verdict
from walletdesk.wallet.gateway.model import LedgerState, RailState, ReviewState, Source

_OPEN_RAIL: Final = (None, RailState.ACCEPTED)


def unreadable(case: Case) -> Answer:
    """The wallet does not answer at the moment."""
    return common.unreadable(case, "PENDING")


def in_review(case: Case) -> Answer:
    """Still with us: in a check that is not talked about, or waiting for the day the customer chose."""
    evidence, tx = case.evidence, case.transaction
    if evidence is None or tx is None:
        return None
    review = case.look("review", evidence.review)
    case.state()
    if tx.state not in legs.OPEN:
        return None
    if review is ReviewState.RISK:
        return Verdict("RISK_REVIEW")
    if review is not ReviewState.SCHEDULED:
        return None
    at = evidence.scheduled_at
    if at is None or at <= case.now:
        return Verdict("SCHEDULED", "soon")
    return Verdict("SCHEDULED", by=at, by_record=evidence.review.record or tx.record)


def in_time(case: Case) -> Answer:
    """On its way, and no later than the chosen mode allows."""
    evidence, tx = case.evidence, case.transaction
    if evidence is None or tx is None:
        return None
    due_by = case.look("due_by", evidence.due_by)
    sent = case.look("sent", evidence.sent)
    if evidence.arrival_mode is not None:
        case.note("arrival_mode", evidence.arrival_mode, tx.record, Source.WALLET)
    left = sent is not None or case.rail() is RailState.ACCEPTED
    # What was sent and is not known to the rail is lost on its way, not in time.
    in_house = tx.rail is None and case.rail() is RailState.NONE
    underway = tx.state in legs.OPEN and (case.rail() in _OPEN_RAIL or in_house)
    if due_by is None or due_by < case.now or not (left and underway):
        return None
    refs: dict[str, Reference] = {}
    if sent is not None and evidence.sent.record:
        refs["sent_at"] = Reference(sent, evidence.sent.record)
    return Verdict("IN_TIME", refs=refs, by=due_by, by_record=evidence.due_by.record or tx.record)


def rail_success(case: Case) -> Answer:
    """Arrived: at the payee's bank, in the payee's wallet, or in the customer's own."""
    evidence, tx = case.evidence, case.transaction
    if evidence is None or tx is None:
        return None
    place = case.money()
    if place not in (MoneyAt.PAID, MoneyAt.IN_WALLET):
        return None
    case.look("credited", evidence.credited)
    variant = "own" if place is MoneyAt.IN_WALLET else "wallet" if tx.rail is None else None
    return Verdict("CREDITED_AT_BANK", variant, _credited(case))


def _credited(case: Case) -> dict[str, Reference]:
    """When it was credited, by the strongest record that says so."""
    evidence = case.evidence
    if evidence is None:
        return {}
    for seen in (evidence.credited, evidence.rail_state, evidence.ledger):
        at = evidence.credited.value if seen is evidence.credited else seen.at
        if at is not None and seen.record:
            return {"credited_at": Reference(at, seen.record)}
    return {}


def returned(case: Case) -> Answer:
    """The payee's bank sent it back: it is here again, or is put back now."""
    evidence = case.evidence
    if evidence is None:
        return None
    at = case.look("returned", evidence.returned)
    refs: dict[str, Reference] = {}
    if at is not None and evidence.returned.record:
        refs["returned_at"] = Reference(at, evidence.returned.record)
    ledger = case.ledger()
    if ledger is LedgerState.RETURNED:
        return Verdict("RETURNED", refs=refs)
    if case.rail() is not RailState.RETURNED or ledger is None:
        return None
    # A hold that was never captured needs no new credit, only its release.
    return Verdict("RETURNED", "released", refs) if ledger is LedgerState.VOIDED else Verdict("RETURNING", refs=refs)


def failed(case: Case) -> Answer:
    """Proved not to have been carried out: then the question is why."""
    return Jump(Symptom.XFER_FAIL) if case.failed() else None


def only_the_bank(case: Case) -> Answer:
    """The customer's bank took the money for a top-up, and the rail has no record of it."""
    debited = case.look("bank_debited", case.evidence.bank_debited) if case.evidence else None
    nowhere = case.ledger() is LedgerState.NONE and case.rail() is RailState.NONE
    return Jump(Symptom.PAY_DEBITED) if debited and nowhere else None


def rail_unknown(case: Case) -> Answer:
    """Nobody knows yet: no "failed", no "returned", only when the next news comes."""
    unknown = case.ledger() is None or case.rail() is None
    return case.pending("PENDING") if unknown else None


def overdue(case: Case) -> Answer:
    """The time is over and it has not arrived: somebody traces it."""
    due_by = case.look("due_by", case.evidence.due_by) if case.evidence else None
    late = due_by is not None and due_by < case.now
    refs: dict[str, Reference] = {}
    if late and due_by is not None and case.evidence is not None and case.evidence.due_by.record:
        refs["was_due"] = Reference(due_by, case.evidence.due_by.record)
    return Verdict("TRACE", refs=refs) if late else None


def still_underway(case: Case) -> Answer:
    """Everything else is not over yet."""
    return case.pending("PENDING")


CHECKS: Final[tuple[Check, ...]] = (
    common.incident,
    unreadable,
    common.unidentified,
    in_review,
    in_time,
    rail_success,
    returned,
    failed,
    only_the_bank,
    rail_unknown,
    overdue,
    still_underway,
)
"""In the order of the table."""
