"""What people read of a finding: every verdict has its texts, every number its record, the card its shape."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from tests.support.diagnosis_cases import LINES, UNREACHED, Line
from tests.support.diagnosis_evidence import (
    CUSTOMER,
    MADE,
    NOW,
    STEP,
    declined,
    incident,
    on_the_rail,
    paid,
    restriction,
    seen,
    sent,
    surroundings,
    yuan,
)
from walletdesk.diagnosis import rendering
from walletdesk.diagnosis.model import (
    CommandState,
    CommandView,
    Finding,
    MoneyAt,
    NumberUnreferenced,
    Reference,
    StoredFinding,
    Symptom,
)
from walletdesk.diagnosis.procedures import diagnose
from walletdesk.diagnosis.rendering import refuse_unreferenced
from walletdesk.diagnosis.rendering.words import PARTS, key_of
from walletdesk.diagnosis.table import TABLE
from walletdesk.kit.i18n import LANGS, catalogue
from walletdesk.wallet.gateway.model import (
    CommandName,
    LedgerState,
    PartyState,
    RailState,
    Reason,
    ReviewState,
    Seen,
    Source,
    TimelineEvent,
)

ZONE = "Asia/Shanghai"
CONVERSATION = UUID("0192a000-0000-7000-8000-0000000000cc")


def stored(finding: Finding) -> StoredFinding:
    made_at = finding.basis.at if finding.basis else NOW
    return StoredFinding(UUID(int=7), "E-20931", CONVERSATION, CUSTOMER, finding, made_at)


def found(line: Line) -> Finding:
    return diagnose(line.asked, line.evidence, line.situation, line.now)


def test_every_verdict_of_the_table_has_its_four_texts_in_both_languages() -> None:
    for symptom, steps in TABLE.items():
        for outcome in (outcome for step in steps for outcome in step.outcomes):
            for lang in LANGS:
                for part in PARTS:
                    for money in MoneyAt:
                        assert key_of(symptom, outcome.verdict, part, lang=lang, variant=None, money=money)


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("line", LINES, ids=lambda line: line.name)
def test_every_finding_can_be_said_and_drawn(line: Line, lang) -> None:
    finding = found(line)
    card = rendering.card(stored(finding), lang, ZONE, {})
    assert card["headline"] == rendering.sentence(finding, lang, ZONE, "headline")
    assert rendering.sentence(finding, lang, ZONE).startswith(card["headline"])
    assert rendering.sentence(finding, lang, ZONE, "agent")
    assert all(one["text"] for one in rendering.suggestions(stored(finding), lang, ZONE))
    assert all(one["label"] and one["text"] for one in rendering.facts(stored(finding), lang, ZONE))
    assert all(one["label"] for one in rendering.remedies(finding, lang))
    assert len(card["actions"]) <= 2
    assert "{" not in rendering.sentence(finding, lang, ZONE)
    assert "[" not in rendering.sentence(finding, lang, ZONE)


@pytest.mark.parametrize("lang", LANGS)
def test_the_tone_is_calm_and_polite(lang) -> None:
    for key, text in catalogue(lang).items():
        if key.startswith("diagnosis."):
            assert not re.search(r"[!!]|亲|你", text), key
            assert not re.search(r"\d", re.sub(r"\{.*?\}", "", text)), key


def test_a_silent_merchant_reads_as_the_specification_wants_it() -> None:
    finding = diagnose(Symptom.MERCHANT_NOT_RECEIVED, UNREACHED, surroundings(), NOW)
    assert rendering.sentence(finding, "zh", ZONE) == (
        "查到了:¥28.00 已付给街角咖啡,但给商家的通知没有送达。¥28.00 已记在街角咖啡名下,没有丢。"
        "点「重新通知商家」,20:05 前告诉您结果;到 1月6日 19:50 商家仍没有确认,您可以申请退款。"
    )
    assert rendering.sentence(finding, "en", ZONE) == (
        "Found it: ¥28.00 has been paid to 街角咖啡, but our notice did not reach the shop. "
        "¥28.00 is credited to 街角咖啡; it is not lost. "
        'Tap "Notify the shop again"; you will know by 20:05. '
        "If the shop has not confirmed by 6 Jan 19:50, you can ask for a refund."
    )


def test_times_are_the_customers_own() -> None:
    finding = diagnose(Symptom.MERCHANT_NOT_RECEIVED, UNREACHED, surroundings(), NOW)
    assert "12:05" in rendering.sentence(finding, "zh", "Europe/London")


def test_the_card_has_exactly_the_fields_of_the_protocol() -> None:
    finding = diagnose(Symptom.MERCHANT_NOT_RECEIVED, UNREACHED, surroundings(), NOW)
    card = rendering.card(stored(finding), "zh", ZONE, {})
    assert set(card) == {
        "card", "finding_id", "symptom", "verdict", "tone", "headline", "transaction", "timeline", "money", "next",
        "actions", "evidence_no", "as_of",
    }  # fmt: skip
    assert card["transaction"] == {
        "id": "0192a000-0000-7000-8000-0000000000aa", "name": "街角咖啡",
        "amount": {"minor": 2800, "currency": "CNY"}, "at": "2026-01-05T11:50:00Z", "order_no": "K-7741",
    }  # fmt: skip
    assert card["timeline"] == [
        {"at": "2026-01-05T11:50:00Z", "ok": True, "text": card["timeline"][0]["text"], "record": "hold/1"}
    ]
    assert card["money"]["records"] == ["payment/1", "ledger/posted"]
    assert card["next"]["by"] == "2026-01-06T11:50:00Z"
    assert card["next"]["records"] == ["rule/MERCHANT_NOT_RECEIVED/RENOTIFY/v1"]
    assert card["evidence_no"] == "E-20931"
    assert [(a["id"], a["style"], a["state"]) for a in card["actions"]] == [
        ("command:resend_notice", "primary", "offered"), ("human", "plain", "offered"),
    ]  # fmt: skip


def test_a_command_shows_on_the_card_how_it_stands() -> None:
    finding = stored(diagnose(Symptom.MERCHANT_NOT_RECEIVED, UNREACHED, surroundings(), NOW))
    states = {}
    for state in CommandState:
        view = CommandView(CommandName.RESEND_NOTICE, state)
        states[state.value] = rendering.card(finding, "zh", ZONE, {"resend_notice": view})["actions"][0]["state"]
    assert states == {
        "asked": "running", "running": "running", "done": "done", "refused": "refused", "unknown": "unknown"
    }  # fmt: skip


def test_what_the_bot_does_by_itself_is_never_offered_as_a_button() -> None:
    finding = stored(
        diagnose(Symptom.PAY_DEBITED, on_the_rail(LedgerState.HELD, RailState.FAILED), surroundings(), NOW)
    )
    action = rendering.card(finding, "zh", ZONE, {})["actions"][0]
    assert (action["id"], action["state"]) == ("command:void_hold", "running")


def test_the_card_after_a_command_shows_that_it_is_done() -> None:
    finding = stored(diagnose(Symptom.MERCHANT_NOT_RECEIVED, paid(), surroundings(), NOW))
    view = CommandView(CommandName.RESEND_NOTICE, CommandState.DONE, made=True)
    actions = rendering.card(finding, "zh", ZONE, {"resend_notice": view})["actions"]
    assert [(a["id"], a["state"]) for a in actions] == [("command:resend_notice", "done"), ("human", "offered")]


def test_a_notice_that_failed_again_may_be_tried_again_what_moves_money_not() -> None:
    renotify = stored(diagnose(Symptom.MERCHANT_NOT_RECEIVED, UNREACHED, surroundings(), NOW))
    view = CommandView(CommandName.RESEND_NOTICE, CommandState.DONE, made=True)
    again = rendering.card(renotify, "zh", ZONE, {"resend_notice": view})["actions"][0]
    assert (again["state"], again["note"]) == ("offered", catalogue("zh")["diagnosis.note.tried"])
    void = stored(
        diagnose(Symptom.PAY_DEBITED, on_the_rail(LedgerState.HELD, RailState.FAILED), surroundings(), NOW)
    )
    refused = CommandView(CommandName.VOID_HOLD, CommandState.REFUSED, made=True)
    assert rendering.card(void, "zh", ZONE, {"void_hold": refused})["actions"][0]["state"] == "refused"


def test_an_announcement_is_read_in_the_readers_language_and_may_hold_its_own_numbers() -> None:
    situation = surroundings(incidents=(incident("all", expected_end=NOW + timedelta(hours=3)),))
    finding = diagnose(Symptom.PAY_DEBITED, on_the_rail(LedgerState.HELD, None), situation, NOW)
    assert rendering.sentence(finding, "zh", ZONE, "headline") == "网联通道延迟,预计三小时内恢复。"
    assert rendering.sentence(finding, "en", ZONE, "headline") == "The netunion rail is slow, about three hours."
    assert rendering.sentence(finding, "zh", ZONE, "next").startswith("预计 23:00 恢复。")


SECRETS = re.compile(
    r"风控|欺诈|挂失|司法|审核|冻结账户|risk|fraud|lost|stolen|court|frozen|judicial|restricted|review", re.IGNORECASE
)
IN_REVIEW = sent(review=seen(ReviewState.RISK), rail_state=Seen(), sent=Seen())
NEUTRAL = [
    diagnose(Symptom.PAY_FAIL, declined(Reason.FRAUD, {"rail": "card"}), surroundings(), NOW),
    diagnose(Symptom.PAY_FAIL, declined(Reason.LOST_STOLEN, {"rail": "card"}), surroundings(), NOW),
    diagnose(Symptom.PAY_FAIL, declined(None), surroundings(restrictions=(restriction("judicial"),)), NOW),
    diagnose(Symptom.MERCHANT_NOT_RECEIVED, paid(order=Seen(), merchant=seen(PartyState.FROZEN)), surroundings(), NOW),
    diagnose(Symptom.NOT_ARRIVED, IN_REVIEW, surroundings(), NOW),
]


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("finding", NEUTRAL, ids=lambda finding: finding.verdict)
def test_nothing_that_a_customer_gets_tells_what_must_not_be_told(finding: Finding, lang) -> None:
    tell = replace(
        finding,
        timeline=(
            STEP,
            TimelineEvent("transfer/9", MADE, Source.WALLET, "held_for_check", None),
            TimelineEvent("rail_event/2", MADE, Source.RAIL_QUERY, "rail_failed", False, {"code": "43 lost"}),
        ),
    )
    card = rendering.card(stored(tell), lang, ZONE, {})
    shown = str({k: v for k, v in card.items() if k != "timeline"}) + "".join(s["text"] for s in card["timeline"])
    assert not SECRETS.search(shown.replace("it is not lost", "")), shown
    assert card["verdict"] == "NEUTRAL"
    assert "restriction/" not in shown
    assert [step["ok"] for step in card["timeline"]] == [True, None, None]
    assert catalogue(lang)["wallet.timeline.held_for_check"] not in shown


def test_news_of_a_failure_is_not_told_as_one_while_the_rail_has_not_been_asked() -> None:
    news = TimelineEvent("rail_event/1", MADE, Source.RAIL_WEBHOOK, "rail_failed_uncoded", False)
    held = on_the_rail(LedgerState.HELD, RailState.FAILED, timeline=(news,))
    open_one = replace(held, rail_state=seen(RailState.FAILED, Source.RAIL_WEBHOOK))
    for evidence, ok in ((open_one, None), (held, False)):
        finding = diagnose(Symptom.PAY_DEBITED, evidence, surroundings(), NOW)
        step = rendering.card(stored(finding), "zh", ZONE, {})["timeline"][0]
        assert step["ok"] is ok
        assert (step["text"] == catalogue("zh")["diagnosis.timeline.unproved"]) == (ok is None)


# ------------------------------------------------------------ no reference, no number

REFERENCES = {
    "amount": Reference(yuan(28), "payment/1"),
    "by": Reference(NOW, "rule/1"),
    "attempts": Reference(3, "notice/4"),
    "name": Reference("7-Eleven 便利店", "payment/1"),
    "order_no": Reference("K-7741", "payment/1"),
}


@pytest.mark.parametrize(
    "text",
    [
        "这笔 ¥28.00 最晚 20:00 有结果。",
        "1月5日 20:00 前,2026年1月5日 20:00 前",
        "by 5 Jan 20:00, 5 Jan 2026 20:00",
        "已通知 3 次,7-Eleven 便利店,订单 K-7741。",
        "请再试一次,一步一步来,万一不行就转人工。",
        "We tell you at once; one colleague is on it.",
        "¥28.00\uff0c20:00\u3002",
    ],
)
def test_a_text_whose_numbers_are_all_referenced_passes(text: str) -> None:
    assert refuse_unreferenced(text, REFERENCES, zone=ZONE) == text


@pytest.mark.parametrize(
    "text",
    [
        "退您 ¥28.01",
        "退您 28 元",
        "退您 ¥28.00 万",
        "退您 ¥128.00",
        "退您 -¥28.00",
        "¥28.000",
        "¥28.00.5",
        "14:33 前",
        "20:00:01 前",
        "1月6日 20:00 前",
        "1月",
        "5 元",
        "20 元",
        "3 元",
        "3 小时内",
        "退您28元",
        "②",
        "٣",
        "Ⅳ",
        "订单 K-7742",
        "订单 K-77411",
        "7 元",
        "三百元",
        "两小时内到账",
        "三个工作日",
        "within two business days",
        "three hundred yuan",
        "half an hour",
        "50%",
        "20:00%",
        "尾号 8841",
    ],
)
def test_a_number_that_no_record_proves_is_refused(text: str) -> None:
    with pytest.raises(NumberUnreferenced):
        refuse_unreferenced(text, REFERENCES, zone=ZONE)


def test_the_same_moment_in_another_zone_is_another_time() -> None:
    refuse_unreferenced("12:00", {"by": REFERENCES["by"]}, zone="Europe/London")
    with pytest.raises(NumberUnreferenced):
        refuse_unreferenced("12:00", {"by": REFERENCES["by"]}, zone=ZONE)


def test_references_may_come_without_names() -> None:
    assert refuse_unreferenced("¥28.00", REFERENCES.values()) == "¥28.00"


def test_a_step_of_the_time_line_shows_only_what_its_own_record_says(monkeypatch: pytest.MonkeyPatch) -> None:
    event = TimelineEvent("notice/9", MADE, Source.WALLET, "diagnosis_test", True, {"n": "2"})
    for lang in LANGS:
        monkeypatch.setitem(catalogue(lang), "wallet.timeline.diagnosis_test", "#{n} of 9")
    finding = diagnose(Symptom.MERCHANT_NOT_RECEIVED, paid(timeline=(event,)), surroundings(), NOW)
    step = rendering.card(stored(finding), "en", ZONE, {})["timeline"][0]
    assert step["text"] == catalogue("en")["diagnosis.timeline.other"]
    for lang in LANGS:
        monkeypatch.setitem(catalogue(lang), "wallet.timeline.diagnosis_test", "notice {n}")
    assert rendering.card(stored(finding), "en", ZONE, {})["timeline"][0]["text"] == "notice 2"
