# ruff: noqa: E501 - one line for each case reads best
"""One line for each verdict of the table and each wording of it: symptom, evidence, situation, what must come out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from tests.support.diagnosis_evidence import (
    MADE,
    NOW,
    declined,
    incident,
    limit,
    not_sent_out,
    on_the_rail,
    paid,
    restriction,
    seen,
    sent,
    surroundings,
)
from walletdesk.diagnosis.model import MoneyAt, Situation, Symptom
from walletdesk.wallet.gateway.model import (
    Evidence,
    LedgerState,
    NoticeState,
    OrderState,
    PartyState,
    RailState,
    Reason,
    ReviewState,
    Seen,
    Source,
    TransactionKind,
    TransactionState,
)

LATER = NOW + timedelta(days=2)
FINE = surroundings()
UNREADABLE = Situation(readable=False)


@dataclass(frozen=True)
class Line:
    name: str
    asked: Symptom
    evidence: Evidence | None
    situation: Situation
    symptom: Symptom
    verdict: str
    variant: str | None
    money: MoneyAt
    now: datetime = NOW


def _lines(asked: Symptom, *rows: tuple[object, ...]) -> list[Line]:
    found: list[Line] = []
    for name, evidence, situation, symptom, verdict, variant, money, *rest in rows:
        now = rest[0] if rest else NOW
        found.append(
            Line(f"{asked.value}: {name}", asked, evidence, situation, symptom or asked, verdict, variant, money, now)  # type: ignore[arg-type]
        )
    return found


F, H, U, R = MoneyAt.UNTOUCHED, MoneyAt.HELD, MoneyAt.UNKNOWN, MoneyAt.RELEASED
P, B, W = MoneyAt.PAID, MoneyAt.RETURNED, MoneyAt.UNDERWAY
A, IN = MoneyAt.AT_BANK, MoneyAt.IN_WALLET
DEBITED, FAIL, SHOP = Symptom.PAY_DEBITED, Symptom.PAY_FAIL, Symptom.MERCHANT_NOT_RECEIVED
XFER, WHERE = Symptom.XFER_FAIL, Symptom.NOT_ARRIVED
CARD = {"rail": "card", "rail_ref": "R-1"}
BALANCE = {"rail": None, "rail_ref": None}
NET = seen(RailState.NONE, Source.RAIL_QUERY)

PAY_FAIL = _lines(
    FAIL,
    ("no such attempt", None, FINE, None, "NOT_SENT", None, U),
    ("attempt known to have been lost", declined(None, received=seen(False)), FINE, None, "NOT_SENT", None, F),
    ("announced disturbance of the rail", declined(None, CARD), surroundings(incidents=(incident("rail:card"),)),
     None, "INCIDENT", None, F),
    ("announced with an end", declined(None, CARD),
     surroundings(incidents=(incident("rail:card", expected_end=NOW + timedelta(hours=3)),)), None, "INCIDENT", None, F),
    ("announced, and longer than expected", declined(None, CARD),
     surroundings(incidents=(incident("rail:card", expected_end=MADE),)), None, "INCIDENT", "longer", F),
    ("announced without words", declined(None, CARD),
     surroundings(incidents=(replace(incident("rail:card"), texts={}),)), None, "INCIDENT", "unworded", F),
    ("held and clearly declined", on_the_rail(LedgerState.HELD, RailState.FAILED), FINE, DEBITED, "VOID_NOW", None, H),
    ("held and unknown", on_the_rail(LedgerState.HELD, None), FINE, DEBITED, "PENDING_UPSTREAM", None, H),
    ("nothing in our books, the card's leg unknown", on_the_rail(LedgerState.NONE, None), FINE, DEBITED,
     "PENDING_UPSTREAM", None, U),
    ("wallet does not answer", None, UNREADABLE, DEBITED, "PENDING_UPSTREAM", "unread", U),
    ("restricted for risk", declined(None), surroundings(restrictions=(restriction("risk"),)), None, "BLOCKED", None, F),
    ("restricted by a court", declined(None), surroundings(restrictions=(restriction("judicial"), restriction("user"))),
     None, "BLOCKED", None, F),
    ("own freeze", declined(None), surroundings(restrictions=(restriction("user", until=LATER),)), None, "BLOCKED",
     "user", F),
    ("identity expired", declined(None), surroundings(restrictions=(restriction("kyc"),)), None, "BLOCKED", "kyc", F),
    ("dormant", declined(None), surroundings(restrictions=(restriction("dormant"),)), None, "BLOCKED", "dormant", F),
    ("balance too small", declined(Reason.FUNDS), surroundings(available=12.5), None, "FUNDS", None, F),
    ("balance too small, no reason given", declined(None), surroundings(available=12.5), None, "FUNDS", None, F),
    ("balance was too small then", declined(Reason.FUNDS), FINE, None, "FUNDS", "then", F),
    ("card without money", declined(Reason.FUNDS, CARD), surroundings(available=0), None, "FUNDS", "bank", F),
    ("single limit", declined(Reason.LIMIT_AMOUNT), surroundings(limits=(limit("single", 20, 0),)), None, "LIMIT",
     "single", F),
    ("daily limit", declined(Reason.LIMIT_AMOUNT), surroundings(limits=(limit("day", 100, 90),)), None, "LIMIT",
     "day", F),
    ("monthly limit", declined(None), surroundings(limits=(limit("month", 100, 90, None),)), None, "LIMIT", "month", F),
    ("yearly limit", declined(None), surroundings(limits=(limit("year", 100, 90),)), None, "LIMIT", "year", F),
    ("limit of a sort we have no word for", declined(None), surroundings(limits=(limit("week", 100, 90),)), None,
     "LIMIT", "other", F),
    ("limit of the bank", declined(Reason.LIMIT_AMOUNT, CARD), FINE, None, "LIMIT", "bank", F),
    ("too often", declined(Reason.LIMIT_COUNT), FINE, None, "LIMIT", "count", F),
    ("limit that is free again", declined(Reason.LIMIT_AMOUNT), FINE, None, "LIMIT", "then", F),
    ("wrong PIN", declined(Reason.PIN_WRONG), FINE, None, "PIN", None, F),
    ("locked PIN", declined(Reason.PIN_LOCKED), surroundings(restrictions=(restriction("pin", until=LATER),)), None,
     "PIN", "locked", F),
    ("locked PIN, no reason given", declined(None), surroundings(restrictions=(restriction("pin"),)), None, "PIN",
     "locked", F),
    ("step-up missing", declined(Reason.AUTH_NEEDED, CARD), FINE, None, "AUTH_NEEDED", None, F),
    ("card expired", declined(Reason.CARD_EXPIRED, CARD), FINE, None, "CARD_EXPIRED", None, F),
    ("card number wrong", declined(Reason.ACCOUNT_INVALID, CARD), FINE, None, "CARD_INVALID", None, F),
    ("card name wrong", declined(Reason.NAME_MISMATCH, CARD), FINE, None, "CARD_INVALID", None, F),
    ("card closed", declined(Reason.ACCOUNT_CLOSED, CARD, bank_name="工商银行"), FINE, None, "CARD_STATUS", None, F),
    ("card blocked", declined(Reason.ACCOUNT_BLOCKED, CARD), FINE, None, "CARD_STATUS", None, F),
    ("merchant cannot be paid", declined(None, merchant=seen(PartyState.BLOCKED)), FINE, None, "MERCHANT_UNSUPPORTED",
     None, F),
    ("merchant unknown to the rail", declined(Reason.MERCHANT_INVALID, CARD), FINE, None, "MERCHANT_UNSUPPORTED",
     None, F),
    ("method not supported", declined(Reason.NOT_PERMITTED, CARD), FINE, None, "MERCHANT_UNSUPPORTED", "method", F),
    ("risk", declined(Reason.FRAUD, CARD), FINE, None, "RISK_HOLD", None, F),
    ("lost or stolen", declined(Reason.LOST_STOLEN, CARD), FINE, None, "RISK_HOLD", None, F),
    ("regulator", declined(Reason.REGULATORY, CARD), FINE, None, "RISK_HOLD", None, F),
    ("own risk review", declined(None, review=seen(ReviewState.RISK)), FINE, None, "RISK_HOLD", None, F),
    ("rail down", declined(Reason.RAIL_DOWN, CARD), FINE, None, "RAIL_DOWN", None, F),
    ("rail not available", declined(None, CARD, rail_available=seen(False)), FINE, None, "RAIL_DOWN", None, F),
    ("issuer does not say why", declined(Reason.DO_NOT_HONOR, CARD, bank_name="工商银行"), FINE, None, "DECLINED", None, F),
    ("issuer does not say why, rail down now", declined(Reason.DO_NOT_HONOR, CARD, rail_available=seen(False)), FINE,
     None, "DECLINED", None, F),
    ("order paid already", declined(Reason.DUPLICATE), FINE, None, "DUPLICATE", None, F),
    ("amount invalid", declined(Reason.AMOUNT_INVALID), FINE, None, "AMOUNT_INVALID", None, F),
    ("currency invalid", declined(Reason.CURRENCY_INVALID), FINE, None, "AMOUNT_INVALID", "currency", F),
    ("code expired", declined(Reason.CODE_EXPIRED), FINE, None, "CODE_EXPIRED", None, F),
    ("waiting for the PIN",
     declined(Reason.USER_PAYING, {**CARD, "state": TransactionState.PENDING},
              rail_state=seen(RailState.ACCEPTED, Source.RAIL_QUERY)), FINE, None, "USER_PAYING", None, U),
    ("system error", declined(Reason.SYSTEM, CARD), FINE, None, "SYSTEM_BUSY", None, F),
    ("cancelled by the customer", declined(None, {"state": TransactionState.CANCELLED}), FINE, None, "CANCELLED",
     None, F),
    ("no reason at all", declined(None), FINE, None, "UNEXPLAINED", None, F),
    ("surroundings unknown, reason unknown", declined(None), Situation(), None, "UNEXPLAINED", None, F),
    ("hold released after a decline", on_the_rail(LedgerState.VOIDED, RailState.FAILED, reason=seen(Reason.FRAUD)),
     FINE, None, "RISK_HOLD", None, R),
    ("a transfer, called a payment", not_sent_out(Reason.NAME_MISMATCH), FINE, XFER, "PAYEE_INVALID", "name", R),
)  # fmt: skip

PAY_DEBITED = _lines(
    DEBITED,
    ("no such transaction", None, FINE, None, "UNIDENTIFIED", None, U),
    ("wallet does not answer", None, UNREADABLE, None, "PENDING_UPSTREAM", "unread", U),
    ("announced disturbance", on_the_rail(LedgerState.HELD, None), surroundings(incidents=(incident("all"),)), None,
     "INCIDENT", None, H),
    ("paid by balance, shown as failed", paid({**BALANCE, "shown": TransactionState.FAILED}, rail_state=Seen()), FINE,
     None, "PAID_SHOW_STALE", None, P),
    ("rail success, capture still to come", on_the_rail(LedgerState.HELD, RailState.SUCCEEDED), FINE, None,
     "PAID_SHOW_STALE", None, H),
    ("paid by card", on_the_rail(LedgerState.NONE, RailState.SUCCEEDED), FINE, None, "PAID_SHOW_STALE", None, P),
    ("declined, hold left", on_the_rail(LedgerState.HELD, RailState.FAILED), FINE, None, "VOID_NOW", None, H),
    ("our own books failed, hold left", declined(None, ledger=seen(LedgerState.HELD, Source.LEDGER)), FINE, None,
     "VOID_NOW", None, H),
    ("declined, debited", on_the_rail(LedgerState.POSTED, RailState.FAILED), FINE, None, "REVERSE", None, W),
    ("rail unknown", on_the_rail(LedgerState.HELD, None), FINE, None, "PENDING_UPSTREAM", None, H),
    ("rail accepted", on_the_rail(LedgerState.HELD, RailState.ACCEPTED), FINE, None, "PENDING_UPSTREAM", None, H),
    ("ledger unknown", on_the_rail(None, RailState.FAILED), FINE, None, "PENDING_UPSTREAM", None, U),
    ("ledger unknown, rail success", on_the_rail(None, RailState.SUCCEEDED), FINE, None, "PENDING_UPSTREAM", None, U),
    ("rail unknown for two days", on_the_rail(LedgerState.HELD, None), FINE, None, "PENDING_UPSTREAM", "late", H, LATER),
    ("only news of a decline, money held",
     replace(on_the_rail(LedgerState.HELD, RailState.FAILED), rail_state=seen(RailState.FAILED, Source.RAIL_WEBHOOK)),
     FINE, None, "PENDING_UPSTREAM", None, H),
    ("declined with a code that says unknown",
     on_the_rail(LedgerState.HELD, RailState.FAILED, reason=seen(Reason.UNKNOWN)), FINE, None, "PENDING_UPSTREAM", None, H),
    ("no record at the rail, hold left", on_the_rail(LedgerState.HELD, RailState.NONE), FINE, None, "PENDING_UPSTREAM",
     None, H),
    ("only the bank debited", on_the_rail(LedgerState.NONE, RailState.NONE, bank_debited=seen(True)), FINE, None,
     "BANK_SIDE", None, A),
    ("nothing debited anywhere", on_the_rail(LedgerState.NONE, RailState.FAILED), FINE, None, "NOT_DEBITED", None, F),
    ("hold released", on_the_rail(LedgerState.VOIDED, RailState.FAILED), FINE, None, "MONEY_BACK", "released", R),
    ("hold released, rail says success", on_the_rail(LedgerState.VOIDED, RailState.SUCCEEDED), FINE, None, "MONEY_BACK",
     "released", R),
    ("given back", on_the_rail(LedgerState.RETURNED, RailState.FAILED), FINE, None, "MONEY_BACK", "returned", B),
    ("a transfer, called a payment", sent(), FINE, WHERE, "IN_TIME", None, W),
)  # fmt: skip

UNREACHED = paid(notice=seen(NoticeState.FAILED, record="notice/4"), notice_attempts=3, order=Seen())

MERCHANT_NOT_RECEIVED = _lines(
    SHOP,
    ("no such payment", None, FINE, DEBITED, "UNIDENTIFIED", None, U),
    ("announced disturbance", replace(UNREACHED, bank_name="工商银行"),
     surroundings(incidents=(incident("bank:工商银行", opened_at=MADE - timedelta(hours=1)),)), None, "INCIDENT", None, P),
    ("announced disturbance of the shop, after the payment",
     replace(UNREACHED, merchant=seen(PartyState.OPEN, record="merchant/88")),
     surroundings(incidents=(incident("shop:88", opened_at=NOW),)), None, "INCIDENT", None, P),
    ("announced disturbance of another shop", replace(UNREACHED, merchant=seen(PartyState.OPEN, record="merchant/88")),
     surroundings(incidents=(incident("shop:8", opened_at=NOW),)), None, "RENOTIFY", None, P),
    ("not paid yet", on_the_rail(LedgerState.HELD, None), FINE, DEBITED, "PENDING_UPSTREAM", None, H),
    ("declined and debited", on_the_rail(LedgerState.POSTED, RailState.FAILED), FINE, DEBITED, "REVERSE", None, W),
    ("refunded already", on_the_rail(LedgerState.RETURNED, RailState.SUCCEEDED), FINE, DEBITED, "MONEY_BACK",
     "returned", B),
    ("paid to somebody else", paid(payee_is_intended=seen(False)), FINE, None, "WRONG_RECIPIENT", None, P),
    ("notice failed", UNREACHED, FINE, None, "RENOTIFY", None, P),
    ("never notified", paid(notice=seen(NoticeState.NONE), notice_attempts=0), FINE, None, "RENOTIFY", "never", P),
    ("notice failed for a day", UNREACHED, FINE, None, "RENOTIFY", "late", P, LATER),
    ("order open", paid(order=seen(OrderState.OPEN, Source.MERCHANT)), FINE, None, "MERCHANT_ORDER", None, P),
    ("order open for a day", paid(order=seen(OrderState.OPEN, Source.MERCHANT)), FINE, None, "MERCHANT_ORDER", "late",
     P, LATER),
    ("settled", paid(settled=seen(True, Source.SETTLEMENT_FILE)), FINE, None, "GIVE_PROOF", "settled", P),
    ("order closed before", paid(order=seen(OrderState.CLOSED_BEFORE_PAYMENT, Source.MERCHANT)), FINE, None,
     "AUTO_REFUND", None, P),
    ("order closed before, a day ago", paid(order=seen(OrderState.CLOSED_BEFORE_PAYMENT, Source.MERCHANT)), FINE, None,
     "AUTO_REFUND", "late", P, LATER),
    ("merchant frozen", paid(order=Seen(), merchant=seen(PartyState.FROZEN)), FINE, None, "MERCHANT_FROZEN", None, P),
    ("all well", paid(), FINE, None, "GIVE_PROOF", "order_paid", P),
    ("merchant says nothing", paid(order=Seen(), notice=Seen(), notice_attempts=0, receipt_no=Seen()), FINE, None,
     "GIVE_PROOF", None, P),
    ("a transfer, called a payment", sent(rail_state=seen(RailState.SUCCEEDED, Source.RAIL_QUERY)), FINE, WHERE,
     "CREDITED_AT_BANK", None, P),
)  # fmt: skip

XFER_FAIL = _lines(
    XFER,
    ("no such attempt", None, FINE, None, "NOT_SENT", None, U),
    ("attempt lost", not_sent_out(None, received=seen(False)), FINE, None, "NOT_SENT", None, R),
    ("announced disturbance", not_sent_out(None), surroundings(incidents=(incident("netunion"),)), None, "INCIDENT",
     None, R),
    ("on its way", sent(), FINE, WHERE, "IN_TIME", None, W),
    ("declined, but our own books cannot be read", not_sent_out(Reason.FUNDS, ledger=Seen()), FINE, WHERE, "PENDING",
     None, U),
    ("unknown", sent(rail_state=Seen(), sent=Seen()), FINE, WHERE, "PENDING", None, W),
    ("declined, hold left", not_sent_out(Reason.FUNDS, ledger=seen(LedgerState.HELD, Source.LEDGER)), FINE, None,
     "VOID_NOW", None, H),
    ("declined, debited", not_sent_out(Reason.FUNDS, ledger=seen(LedgerState.POSTED, Source.LEDGER)), FINE, None,
     "REVERSE", None, W),
    ("balance too small", not_sent_out(Reason.FUNDS, BALANCE, rail_state=Seen()), surroundings(available=3), None,
     "FUNDS", None, R),
    ("card without money", not_sent_out(Reason.FUNDS), FINE, None, "FUNDS", "bank", R),
    ("daily limit before restriction", not_sent_out(None),
     surroundings(limits=(limit("day", 600, 200),), restrictions=(restriction("risk"),)), None, "LIMIT", "day", R),
    ("restricted", not_sent_out(None), surroundings(restrictions=(restriction("risk"),)), None, "BLOCKED", None, R),
    ("payee not found", not_sent_out(None, payee=seen(PartyState.NOT_FOUND)), FINE, None, "PAYEE_INVALID", None, R),
    ("payee's account invalid", not_sent_out(Reason.ACCOUNT_INVALID), FINE, None, "PAYEE_INVALID", None, R),
    ("payee's name does not fit", not_sent_out(None, payee=seen(PartyState.NAME_MISMATCH)), FINE, None, "PAYEE_INVALID",
     "name", R),
    ("payee cannot receive", not_sent_out(None, payee=seen(PartyState.FROZEN)), FINE, None, "PAYEE_BLOCKED", None, R),
    ("payee's account closed, given back",
     not_sent_out(Reason.ACCOUNT_CLOSED, ledger=seen(LedgerState.RETURNED, Source.LEDGER)), FINE, None, "PAYEE_BLOCKED",
     None, B),
    ("risk", not_sent_out(Reason.FRAUD), FINE, None, "RISK_HOLD", None, R),
    ("bank down", not_sent_out(Reason.RAIL_DOWN), FINE, None, "RAIL_DOWN", None, R),
    ("wrong PIN", not_sent_out(Reason.PIN_WRONG), FINE, None, "PIN", None, R),
    ("step-up missing", not_sent_out(Reason.AUTH_NEEDED), FINE, None, "AUTH_NEEDED", None, R),
    ("top-up from an expired card", not_sent_out(Reason.CARD_EXPIRED, {"kind": TransactionKind.TOP_UP},
     ledger=seen(LedgerState.NONE, Source.LEDGER)), FINE, None, "CARD_EXPIRED", None, F),
    ("top-up from a wrong card", not_sent_out(Reason.ACCOUNT_INVALID, {"kind": TransactionKind.TOP_UP},
     ledger=seen(LedgerState.NONE, Source.LEDGER)), FINE, None, "CARD_INVALID", None, F),
    ("top-up from a closed card", not_sent_out(Reason.ACCOUNT_CLOSED, {"kind": TransactionKind.TOP_UP},
     ledger=seen(LedgerState.NONE, Source.LEDGER)), FINE, None, "CARD_STATUS", None, F),
    ("not supported", not_sent_out(Reason.NOT_PERMITTED), FINE, None, "NOT_SUPPORTED", None, R),
    ("bank does not say why", not_sent_out(Reason.DO_NOT_HONOR), FINE, None, "DECLINED", None, R),
    ("done before", not_sent_out(Reason.DUPLICATE), FINE, None, "DUPLICATE", None, R),
    ("amount invalid", not_sent_out(Reason.AMOUNT_INVALID), FINE, None, "AMOUNT_INVALID", None, R),
    ("code expired", not_sent_out(Reason.CODE_EXPIRED), FINE, None, "CODE_EXPIRED", None, R),
    ("system error", not_sent_out(Reason.SYSTEM), FINE, None, "SYSTEM_BUSY", None, R),
    ("never confirmed", not_sent_out(Reason.USER_PAYING), FINE, None, "CANCELLED", "unconfirmed", R),
    ("cancelled", not_sent_out(None, {**BALANCE, "state": TransactionState.CANCELLED}, rail_state=Seen()), FINE, None,
     "CANCELLED", None, R),
    ("no reason", not_sent_out(None), FINE, None, "UNEXPLAINED", None, R),
    ("a payment, called a transfer", declined(Reason.FUNDS), surroundings(available=1), FAIL, "FUNDS", None, F),
)  # fmt: skip

OVERDUE = {"due_by": seen(NOW - timedelta(hours=1), record="rule/instant")}
IN_HOUSE = {**BALANCE, "state": TransactionState.SUCCEEDED}

NOT_ARRIVED = _lines(
    WHERE,
    ("no such transfer", None, FINE, None, "UNIDENTIFIED", None, U),
    ("wallet does not answer", None, UNREADABLE, None, "PENDING", "unread", U),
    ("announced disturbance of the bank", sent(), surroundings(incidents=(incident("bank:招商银行"),)), None, "INCIDENT",
     None, W),
    ("in risk review", sent(review=seen(ReviewState.RISK), ledger=seen(LedgerState.HELD, Source.LEDGER), sent=Seen(),
                            rail_state=NET), FINE, None, "RISK_REVIEW", None, H),
    ("scheduled", sent(review=seen(ReviewState.SCHEDULED, record="transfer/1"), scheduled_at=NOW + timedelta(hours=9),
                       ledger=seen(LedgerState.HELD, Source.LEDGER), sent=Seen(), rail_state=NET), FINE, None,
     "SCHEDULED", None, H),
    ("scheduled, about to go", sent(review=seen(ReviewState.SCHEDULED), ledger=seen(LedgerState.HELD, Source.LEDGER),
                                    sent=Seen(), rail_state=NET), FINE, None, "SCHEDULED", "soon", H),
    ("within its time", sent(), FINE, None, "IN_TIME", None, W),
    ("within its time, accepted but no word of the sending", sent(sent=Seen()), FINE, None, "IN_TIME", None, W),
    ("a top-up within its time", sent({"kind": TransactionKind.TOP_UP}, ledger=seen(LedgerState.NONE, Source.LEDGER)),
     FINE, None, "IN_TIME", None, U),
    ("credited by the bank", sent(rail_state=seen(RailState.SUCCEEDED, Source.RAIL_QUERY), credited=seen(MADE)), FINE,
     None, "CREDITED_AT_BANK", None, P),
    ("credited in house", sent(IN_HOUSE, rail_state=Seen(), bank_name=None), FINE, None, "CREDITED_AT_BANK", "wallet", P),
    ("a top-up that is here", sent({"kind": TransactionKind.TOP_UP, "state": TransactionState.SUCCEEDED},
     rail_state=seen(RailState.SUCCEEDED, Source.RAIL_QUERY)), FINE, None, "CREDITED_AT_BANK", "own", IN),
    ("an incoming transfer that is here", sent({**IN_HOUSE, "outgoing": False}, rail_state=Seen()), FINE, None,
     "CREDITED_AT_BANK", "own", IN),
    ("returned and credited again", sent({"state": TransactionState.RETURNED},
     ledger=seen(LedgerState.RETURNED, Source.LEDGER), rail_state=seen(RailState.RETURNED, Source.RAIL_QUERY),
     returned=seen(MADE)), FINE, None, "RETURNED", None, B),
    ("returned, hold released", sent({"state": TransactionState.RETURNED}, ledger=seen(LedgerState.VOIDED, Source.LEDGER),
     rail_state=seen(RailState.RETURNED, Source.RAIL_QUERY)), FINE, None, "RETURNED", "released", R),
    ("returned, not credited yet", sent(rail_state=seen(RailState.RETURNED, Source.RAIL_QUERY)), FINE, None,
     "RETURNING", None, W),
    ("declined", not_sent_out(Reason.ACCOUNT_INVALID), FINE, XFER, "PAYEE_INVALID", None, R),
    ("the bank debited a top-up, no record", sent({"kind": TransactionKind.TOP_UP}, rail_state=NET,
     ledger=seen(LedgerState.NONE, Source.LEDGER), bank_debited=seen(True)), FINE, DEBITED, "BANK_SIDE", None, A),
    ("sent, and the rail has no record of it", sent(rail_state=NET), FINE, None, "PENDING", None, W),
    ("rail unknown", sent(rail_state=Seen(), sent=Seen()), FINE, None, "PENDING", None, W),
    ("rail unknown and overdue", sent(rail_state=Seen(), **OVERDUE), FINE, None, "PENDING", None, W),
    ("rail unknown for two days", sent(rail_state=Seen(), sent=Seen()), FINE, None, "PENDING", "late", W, LATER),
    ("ledger unknown", sent(ledger=Seen(), **OVERDUE), FINE, None, "PENDING", None, U),
    ("overdue", sent(**OVERDUE), FINE, None, "TRACE", None, W),
    ("accepted, no time known", sent(due_by=Seen()), FINE, None, "PENDING", None, W),
    ("a top-up that the bank has paid, not credited yet", sent({"kind": TransactionKind.TOP_UP},
     ledger=seen(LedgerState.NONE, Source.LEDGER), rail_state=seen(RailState.SUCCEEDED, Source.RAIL_QUERY)), FINE, None,
     "PENDING", None, A),
    ("a payment, called a transfer", UNREACHED, FINE, SHOP, "RENOTIFY", None, P),
)  # fmt: skip

LINES = [*PAY_FAIL, *PAY_DEBITED, *MERCHANT_NOT_RECEIVED, *XFER_FAIL, *NOT_ARRIVED]
