"""Every verdict of the table, from evidence; the order of the checks; who is believed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.support.diagnosis_cases import LINES, UNREACHED, Line
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
from walletdesk.diagnosis.model import Finding, MoneyAt, Situation, Symptom, Tone, Who
from walletdesk.diagnosis.procedures import PROCEDURES, diagnose, needs_asking, replay, wants_surroundings
from walletdesk.diagnosis.procedures.authority import strongest
from walletdesk.diagnosis.table import TABLE, outcome_of
from walletdesk.wallet.gateway.model import (
    CommandName,
    LedgerState,
    NoticeState,
    OrderState,
    PartyState,
    RailState,
    Reason,
    ReviewState,
    Seen,
    Source,
    TransactionState,
)

ZONE = "Asia/Shanghai"


def found(line: Line) -> Finding:
    return diagnose(line.asked, line.evidence, line.situation, line.now)


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.name)
def test_the_evidence_leads_to_the_verdict_of_the_table(line: Line) -> None:
    finding = found(line)
    assert (finding.symptom, finding.verdict, finding.variant, finding.money) == (
        line.symptom, line.verdict, line.variant, line.money,
    )  # fmt: skip
    assert replay(finding) == finding


def test_the_code_makes_the_checks_of_the_table_in_its_order() -> None:
    for symptom, steps in TABLE.items():
        assert [check.__name__ for check in PROCEDURES[symptom]] == [step.check for step in steps]


def test_every_verdict_of_the_table_is_reached_and_none_beside_it() -> None:
    promised = {(s, o.verdict) for s, steps in TABLE.items() for step in steps for o in step.outcomes}
    reached = {(f.symptom, f.verdict) for f in map(found, LINES)}
    assert reached == promised


def test_every_jump_of_the_table_is_taken() -> None:
    promised = {(s, to) for s, steps in TABLE.items() for step in steps for to in step.jumps}
    taken = set()
    for line in LINES:
        finding = found(line)
        if finding.asked is not finding.symptom:
            taken.add((finding.asked, finding.symptom))
    assert promised <= taken


def test_the_table_refuses_a_verdict_that_it_does_not_know() -> None:
    with pytest.raises(LookupError, match="VOID_NOW"):
        outcome_of(Symptom.PAY_FAIL, "funds", "VOID_NOW")


# What stands earlier in the row wins although everything later would be true as well.
WORST = declined(
    None,
    {"rail": None},
    merchant=seen(PartyState.FROZEN),
    review=seen(ReviewState.RISK),
    rail_available=seen(False),
)
ALL_AGAINST = {
    "restriction": restriction("risk"),
    "pin": restriction("pin"),
}


@pytest.mark.parametrize(
    ("left_out", "verdict"),
    [
        ((), "INCIDENT"),
        (("incident",), "BLOCKED"),
        (("incident", "restriction"), "FUNDS"),
        (("incident", "restriction", "funds"), "LIMIT"),
        (("incident", "restriction", "funds", "limit"), "PIN"),
        (("incident", "restriction", "funds", "limit", "pin"), "MERCHANT_UNSUPPORTED"),
        (("incident", "restriction", "funds", "limit", "pin", "merchant"), "RISK_HOLD"),
        (("incident", "restriction", "funds", "limit", "pin", "merchant", "risk"), "RAIL_DOWN"),
        (("incident", "restriction", "funds", "limit", "pin", "merchant", "risk", "rail"), "UNEXPLAINED"),
    ],
)
def test_a_failed_payment_is_checked_in_the_order_of_its_row(left_out: tuple[str, ...], verdict: str) -> None:
    situation = surroundings(
        available=1_000 if "funds" in left_out else 1,
        limits=() if "limit" in left_out else (limit("day", 10, 9),),
        restrictions=tuple(one for name, one in ALL_AGAINST.items() if name not in left_out),
        incidents=() if "incident" in left_out else (incident("all"),),
    )
    evidence = WORST
    if "merchant" in left_out:
        evidence = replace(evidence, merchant=seen(PartyState.OPEN))
    if "risk" in left_out:
        evidence = replace(evidence, review=seen(ReviewState.NONE))
    if "rail" in left_out:
        evidence = replace(evidence, rail_available=seen(True))
    assert diagnose(Symptom.PAY_FAIL, evidence, situation, NOW).verdict == verdict


@pytest.mark.parametrize(
    ("left_out", "verdict"),
    [
        ((), "FUNDS"),
        (("funds",), "LIMIT"),
        (("funds", "limit"), "BLOCKED"),
        (("funds", "limit", "restriction"), "PAYEE_INVALID"),
        (("funds", "limit", "restriction", "payee"), "RISK_HOLD"),
        (("funds", "limit", "restriction", "payee", "risk"), "RAIL_DOWN"),
        (("funds", "limit", "restriction", "payee", "risk", "rail"), "PIN"),
        (("funds", "limit", "restriction", "payee", "risk", "rail", "pin"), "UNEXPLAINED"),
    ],
)
def test_a_failed_transfer_is_checked_in_the_order_of_its_row(left_out: tuple[str, ...], verdict: str) -> None:
    situation = surroundings(
        available=1_000 if "funds" in left_out else 1,
        limits=() if "limit" in left_out else (limit("day", 10, 9),),
        restrictions=tuple(one for name, one in ALL_AGAINST.items() if name not in left_out),
    )
    evidence = not_sent_out(
        None,
        {"rail": None, "rail_ref": None},
        rail_state=Seen(),
        payee=seen(PartyState.OPEN if "payee" in left_out else PartyState.NOT_FOUND),
        review=seen(ReviewState.NONE if "risk" in left_out else ReviewState.RISK),
        rail_available=seen("rail" in left_out),
    )
    assert diagnose(Symptom.XFER_FAIL, evidence, situation, NOW).verdict == verdict


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({}, "WRONG_RECIPIENT"),
        ({"payee_is_intended": seen(True)}, "RENOTIFY"),
        ({"payee_is_intended": Seen(), "notice": seen(NoticeState.DELIVERED)}, "MERCHANT_ORDER"),
        (
            {"payee_is_intended": Seen(), "notice": seen(NoticeState.DELIVERED),
             "order": seen(OrderState.CLOSED_BEFORE_PAYMENT)},
            "GIVE_PROOF",
        ),
        (
            {"payee_is_intended": Seen(), "notice": seen(NoticeState.DELIVERED), "settled": seen(False),
             "order": seen(OrderState.CLOSED_BEFORE_PAYMENT)},
            "AUTO_REFUND",
        ),
        (
            {"payee_is_intended": Seen(), "notice": seen(NoticeState.DELIVERED), "settled": seen(False),
             "order": Seen()},
            "MERCHANT_FROZEN",
        ),
    ],
)  # fmt: skip
def test_a_merchant_without_money_is_checked_in_the_order_of_its_row(changes: dict, verdict: str) -> None:
    evidence = paid(
        payee_is_intended=seen(False),
        notice=seen(NoticeState.FAILED),
        order=seen(OrderState.OPEN),
        settled=seen(True),
        merchant=seen(PartyState.FROZEN),
    )
    finding = diagnose(Symptom.MERCHANT_NOT_RECEIVED, replace(evidence, **changes), surroundings(), NOW)
    assert finding.verdict == verdict


def test_everything_that_was_looked_at_stays_in_the_finding_unknown_or_not() -> None:
    finding = diagnose(Symptom.PAY_FAIL, declined(Reason.DO_NOT_HONOR, {"rail": "card"}), Situation(), NOW)
    facts = {fact.name: fact for fact in finding.facts}
    assert {"received", "ledger", "rail", "reason", "restricted", "merchant", "review"} <= set(facts)
    assert facts["restricted"].value is None
    assert facts["received"].value is True
    assert facts["ledger"].record == "ledger/none"


def test_a_reference_names_the_record_of_the_value_it_shows() -> None:
    finding = diagnose(
        Symptom.PAY_FAIL, declined(None), surroundings(limits=(limit("day", 100, 90),)), NOW
    )
    assert finding.references["left"].value.text() == "¥10.00"
    assert finding.references["left"].record == "limit/day"
    assert finding.references["amount"].record == "payment/1"


# --------------------------------------------------------------------- whom to believe


def _strongest(*readings: Seen[RailState], now=NOW):
    return strongest(readings, created=MADE, now=now, zone=ZONE).value


def test_the_rail_that_was_asked_outweighs_its_own_news() -> None:
    asked = seen(RailState.FAILED, Source.RAIL_QUERY, at=MADE)
    news = seen(RailState.SUCCEEDED, Source.RAIL_WEBHOOK, at=NOW)
    assert _strongest(news, asked) is RailState.FAILED
    assert _strongest(asked, news) is RailState.FAILED


def test_the_settlement_file_decides_only_after_the_next_noon() -> None:
    asked = seen(RailState.FAILED, Source.RAIL_QUERY)
    file = seen(RailState.SUCCEEDED, Source.SETTLEMENT_FILE)
    assert _strongest(asked, file) is RailState.FAILED
    assert _strongest(asked, file, now=NOW + timedelta(days=2)) is RailState.SUCCEEDED


def test_an_unknown_never_outweighs_what_somebody_knows() -> None:
    assert _strongest(Seen(None, None, Source.LEDGER), seen(RailState.FAILED, Source.MERCHANT)) is RailState.FAILED
    assert _strongest(Seen(), Seen()) is None


def test_of_one_source_the_newer_word_counts() -> None:
    older = seen(RailState.SUCCEEDED, Source.RAIL_WEBHOOK, at=MADE)
    newer = seen(RailState.FAILED, Source.RAIL_WEBHOOK, at=NOW)
    assert _strongest(older, newer) is RailState.FAILED


def test_sources_that_contradict_each_other_leave_a_fact_behind() -> None:
    evidence = replace(
        on_the_rail(LedgerState.POSTED, RailState.FAILED), settled=seen(True, Source.SETTLEMENT_FILE)
    )
    now = diagnose(Symptom.PAY_DEBITED, evidence, surroundings(), NOW)
    assert now.verdict == "REVERSE"
    assert next(fact.value for fact in now.facts if fact.name == "sources_agree") is False
    later = diagnose(Symptom.PAY_DEBITED, evidence, surroundings(), NOW + timedelta(days=2))
    assert later.verdict == "PAID_SHOW_STALE"


def test_no_money_moves_on_news_alone() -> None:
    news = replace(
        on_the_rail(LedgerState.HELD, RailState.FAILED),
        rail_state=seen(RailState.FAILED, Source.RAIL_WEBHOOK),
    )
    finding = diagnose(Symptom.PAY_DEBITED, news, surroundings(), NOW)
    assert finding.verdict == "PENDING_UPSTREAM"
    assert not any(remedy.automatic for remedy in finding.remedies)
    assert needs_asking(news, NOW, ZONE)
    assert not needs_asking(on_the_rail(LedgerState.HELD, RailState.FAILED), NOW, ZONE)


def test_news_of_a_decline_count_once_our_own_books_have_closed_it() -> None:
    news = declined(Reason.FUNDS, {"rail": "card"}, rail_state=seen(RailState.FAILED, Source.RAIL_WEBHOOK))
    assert diagnose(Symptom.PAY_FAIL, news, surroundings(), NOW).verdict == "FUNDS"
    assert not needs_asking(news, NOW, ZONE)


def test_a_success_that_is_only_news_is_asked_for_while_the_money_is_held() -> None:
    held = replace(
        on_the_rail(LedgerState.HELD, RailState.SUCCEEDED),
        rail_state=seen(RailState.SUCCEEDED, Source.RAIL_WEBHOOK),
    )
    assert needs_asking(held, NOW, ZONE)


# ------------------------------------------------------------------------ remedies, promises


def remedies(finding: Finding) -> list[str]:
    return [remedy.id for remedy in finding.remedies]


def test_what_the_ledger_proves_the_bot_does_by_itself() -> None:
    void = diagnose(Symptom.PAY_DEBITED, on_the_rail(LedgerState.HELD, RailState.FAILED), surroundings(), NOW)
    assert [(r.command, r.who, r.automatic) for r in void.remedies if r.command] == [
        (CommandName.VOID_HOLD, Who.BOT, True)
    ]
    notify = diagnose(Symptom.MERCHANT_NOT_RECEIVED, UNREACHED, surroundings(), NOW)
    assert not any(remedy.automatic for remedy in notify.remedies)


def test_what_the_wallet_cannot_do_becomes_a_persons_work() -> None:
    situation = surroundings(commands=frozenset())
    void = diagnose(Symptom.PAY_DEBITED, on_the_rail(LedgerState.HELD, RailState.FAILED), situation, NOW)
    assert remedies(void) == ["human", "wait"]
    assert void.hands_off is Who.AGENT
    notify = diagnose(Symptom.MERCHANT_NOT_RECEIVED, UNREACHED, situation, NOW)
    assert remedies(notify) == ["human"]
    assert notify.hands_off is None


def test_an_order_that_was_closed_is_refunded_by_itself_after_a_day() -> None:
    evidence = paid(order=seen(OrderState.CLOSED_BEFORE_PAYMENT, Source.MERCHANT))
    early = diagnose(Symptom.MERCHANT_NOT_RECEIVED, evidence, surroundings(), NOW)
    assert early.next_at == MADE + timedelta(hours=24)
    assert not any(remedy.automatic for remedy in early.remedies)
    late = diagnose(Symptom.MERCHANT_NOT_RECEIVED, evidence, surroundings(), MADE + timedelta(hours=24))
    assert [r.command for r in late.remedies if r.automatic] == [CommandName.REFUND_CLOSED_ORDER]


def test_after_a_day_without_the_merchant_the_customer_may_ask_for_his_money() -> None:
    early = diagnose(Symptom.MERCHANT_NOT_RECEIVED, UNREACHED, surroundings(), NOW)
    assert "ask_refund" not in remedies(early)
    late = diagnose(Symptom.MERCHANT_NOT_RECEIVED, UNREACHED, surroundings(), NOW + timedelta(days=1))
    assert "ask_refund" in remedies(late)


def test_an_unknown_answer_is_promised_for_the_next_noon_and_then_handed_over() -> None:
    evidence = on_the_rail(LedgerState.HELD, None)
    early = diagnose(Symptom.PAY_DEBITED, evidence, surroundings(), NOW)
    assert early.next_at is not None
    assert early.next_at.isoformat() == "2026-01-06T04:00:00+00:00"  # T+1 12:00 in Shanghai
    assert early.hands_off is None
    late = diagnose(Symptom.PAY_DEBITED, evidence, surroundings(), early.next_at)
    assert late.hands_off is Who.AGENT
    assert late.next_at is not None
    assert late.next_at > early.next_at


def test_days_end_in_the_customers_own_zone() -> None:
    evidence = on_the_rail(LedgerState.HELD, None)
    finding = diagnose(Symptom.PAY_DEBITED, evidence, surroundings(zone="America/New_York"), NOW)
    assert finding.next_at is not None
    assert finding.next_at.isoformat() == "2026-01-06T17:00:00+00:00"


def test_a_bank_enquiry_is_promised_in_business_days() -> None:
    friday = NOW + timedelta(days=4)
    evidence = on_the_rail(LedgerState.NONE, RailState.NONE, bank_debited=seen(True))
    finding = diagnose(Symptom.PAY_DEBITED, evidence, surroundings(), friday)
    assert finding.next_at is not None
    assert finding.next_at.isoformat() == "2026-01-14T15:59:00+00:00"  # Wednesday, the end of the day in Shanghai


@pytest.mark.parametrize(
    ("evidence", "symptom"),
    [
        (declined(Reason.LOST_STOLEN, {"rail": "card"}), Symptom.PAY_FAIL),
        (paid(order=Seen(), merchant=seen(PartyState.FROZEN)), Symptom.MERCHANT_NOT_RECEIVED),
        (not_sent_out(None, payee=seen(PartyState.FROZEN)), Symptom.XFER_FAIL),
        (sent(review=seen(ReviewState.RISK)), Symptom.NOT_ARRIVED),
    ],
)
def test_what_must_not_be_told_is_marked_neutral(evidence, symptom: Symptom) -> None:
    finding = diagnose(symptom, evidence, surroundings(), NOW)
    assert finding.neutral
    assert finding.tone in (Tone.NEUTRAL, Tone.WAIT)


def test_a_restriction_that_the_customer_set_himself_is_told_others_are_not() -> None:
    own = diagnose(Symptom.PAY_FAIL, declined(None), surroundings(restrictions=(restriction("user"),)), NOW)
    assert not own.neutral
    assert "unlock" in remedies(own)
    risk = diagnose(Symptom.PAY_FAIL, declined(None), surroundings(restrictions=(restriction("risk"),)), NOW)
    assert risk.neutral
    assert "unlock" not in remedies(risk)


@pytest.mark.parametrize(
    "one",
    [
        restriction("risk", since=MADE + timedelta(minutes=1)),
        restriction("risk", until=MADE - timedelta(minutes=1)),
        replace(restriction("risk"), blocks_debit=False),
    ],
)
def test_a_restriction_of_another_time_or_side_is_not_the_reason(one) -> None:
    assert diagnose(Symptom.PAY_FAIL, declined(None), surroundings(restrictions=(one,)), NOW).verdict == "UNEXPLAINED"


def test_a_disturbance_explains_nothing_that_was_over_before_it() -> None:
    late = incident("all", opened_at=MADE + timedelta(minutes=1))
    finding = diagnose(Symptom.MERCHANT_NOT_RECEIVED, UNREACHED, surroundings(incidents=(late,)), NOW)
    assert finding.verdict == "RENOTIFY"
    open_one = on_the_rail(LedgerState.HELD, None)
    assert diagnose(Symptom.PAY_DEBITED, open_one, surroundings(incidents=(late,)), NOW).verdict == "INCIDENT"


def test_a_disturbance_of_another_rail_explains_nothing() -> None:
    elsewhere = surroundings(incidents=(incident("rail:card"), incident("bank:工商银行")))
    finding = diagnose(Symptom.PAY_DEBITED, on_the_rail(LedgerState.HELD, None), elsewhere, NOW)
    assert finding.verdict == "PENDING_UPSTREAM"


def test_a_disturbance_by_which_the_wallet_explains_the_rail_counts_whatever_its_scope_is_called() -> None:
    named = incident("bank:icbc-code")
    evidence = on_the_rail(LedgerState.HELD, None, rail_available=seen(False, record=named.record))
    finding = diagnose(Symptom.PAY_DEBITED, evidence, surroundings(incidents=(named,)), NOW)
    assert finding.verdict == "INCIDENT"


def test_a_refund_by_the_ledger_stands_although_the_rail_says_success() -> None:
    finding = diagnose(
        Symptom.PAY_DEBITED, on_the_rail(LedgerState.VOIDED, RailState.SUCCEEDED), surroundings(), NOW
    )
    assert finding.money is MoneyAt.RELEASED
    assert "human" in remedies(finding)


def test_accounts_and_limits_are_read_only_where_the_question_is_why() -> None:
    assert wants_surroundings(Symptom.PAY_FAIL, declined(None), NOW, ZONE)
    assert wants_surroundings(Symptom.NOT_ARRIVED, not_sent_out(None), NOW, ZONE)
    assert not wants_surroundings(Symptom.MERCHANT_NOT_RECEIVED, UNREACHED, NOW, ZONE)
    assert not wants_surroundings(Symptom.PAY_FAIL, on_the_rail(LedgerState.HELD, None), NOW, ZONE)
    assert not wants_surroundings(Symptom.PAY_FAIL, None, NOW, ZONE)


def test_a_transaction_that_is_still_open_is_never_called_declined() -> None:
    pending = declined(None, {"state": TransactionState.PENDING})
    finding = diagnose(Symptom.PAY_FAIL, pending, surroundings(available=0), NOW)
    assert (finding.symptom, finding.verdict) == (Symptom.PAY_DEBITED, "PENDING_UPSTREAM")
