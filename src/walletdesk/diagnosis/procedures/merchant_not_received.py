"""已付商家未收到: the wallet shows success, the shop says that it got nothing."""

from __future__ import annotations

from typing import Final

from walletdesk.diagnosis.model import Reference, Symptom
from walletdesk.diagnosis.procedures.case import A_DAY, Answer, Case, Check, Jump, Verdict
from walletdesk.diagnosis.procedures.common import incident
from walletdesk.diagnosis.promises import IN_FIVE_MINUTES, due
from walletdesk.diagnosis.table import ASK_REFUND, VERSION
from walletdesk.wallet.gateway.model import NoticeState, OrderState, PartyState


def not_success(case: Case) -> Answer:
    """Not paid, or not proved to be: then the question is where the money is."""
    return None if case.paid() else Jump(Symptom.PAY_DEBITED)


def wrong_payee(case: Case) -> Answer:
    """The money went to somebody else than the customer meant."""
    intended = case.look("payee_is_intended", case.evidence.payee_is_intended) if case.evidence else None
    return Verdict("WRONG_RECIPIENT") if intended is False else None


def notice_failed(case: Case) -> Answer:
    """The merchant was never told, or could not be reached."""
    if case.evidence is None:
        return None
    notice = case.look("notice", case.evidence.notice)
    if notice not in (NoticeState.FAILED, NoticeState.NONE):
        return None
    never = notice is NoticeState.NONE or not case.evidence.notice_attempts
    minutes = due(IN_FIVE_MINUTES, now=case.now, created=None, zone=case.situation.zone)
    rule = f"rule/{Symptom.MERCHANT_NOT_RECEIVED.value}/RENOTIFY/v{VERSION}"
    refs = {**_notices(case), "renotify_by": Reference(minutes, rule)}
    return _within_a_day(case, "RENOTIFY", "never" if never else None, refs)


def order_open(case: Case) -> Answer:
    """The merchant was told, but its own order is still open."""
    if case.evidence is None:
        return None
    order = case.look("order", case.evidence.order)
    told = case.evidence.notice.value is NoticeState.DELIVERED
    if not (told and order is OrderState.OPEN):
        return None
    return _within_a_day(case, "MERCHANT_ORDER", None, _notices(case))


def settled(case: Case) -> Answer:
    """The merchant has the money already: the receipt proves it."""
    has = case.look("settled", case.evidence.settled) if case.evidence else None
    return _proof(case, "settled") if has else None


def order_closed(case: Case) -> Answer:
    """The merchant closed the order before the payment came: the money goes back, by itself after a day."""
    order = case.look("order", case.evidence.order) if case.evidence else None
    if order is not OrderState.CLOSED_BEFORE_PAYMENT:
        return None
    return _within_a_day(case, "AUTO_REFUND", None, {})


def merchant_frozen(case: Case) -> Answer:
    """Held back on the merchant's side for a reason that must not be told."""
    state = case.look("merchant", case.evidence.merchant) if case.evidence else None
    return Verdict("MERCHANT_FROZEN") if state in (PartyState.FROZEN, PartyState.BLOCKED) else None


def proof(case: Case) -> Answer:
    """Paid, and nothing speaks against it: the customer gets his proof."""
    order = case.look("order", case.evidence.order) if case.evidence else None
    return _proof(case, "order_paid" if order is OrderState.PAID else None)


def _proof(case: Case, variant: str | None) -> Verdict:
    return Verdict("GIVE_PROOF", variant, _notices(case))


def _notices(case: Case) -> dict[str, Reference]:
    """How often and when the merchant was told, as far as there is a record of it."""
    evidence = case.evidence
    if evidence is None or evidence.notice.record is None or not evidence.notice_attempts:
        return {}
    refs = {"attempts": Reference(evidence.notice_attempts, evidence.notice.record)}
    if evidence.notice.at is not None:
        refs["notified_at"] = Reference(evidence.notice.at, evidence.notice.record)
    return refs


def _within_a_day(case: Case, name: str, variant: str | None, refs: dict[str, Reference]) -> Verdict:
    """Wait for a day from the payment; then the customer may ask for his money, or gets it by itself."""
    created = case.created
    late = created is not None and created + A_DAY <= case.now
    if not late:
        return Verdict(name, variant, refs)
    if name == "AUTO_REFUND":
        return Verdict(name, "late", refs, drop=frozenset({"wait"}), automatic=True)
    return Verdict(name, "late", refs, add=(ASK_REFUND,))


CHECKS: Final[tuple[Check, ...]] = (
    incident,
    not_success,
    wrong_payee,
    notice_failed,
    order_open,
    settled,
    order_closed,
    merchant_frozen,
    proof,
)
"""In the order of the table."""
