"""What the bot decides, turn by turn: safety and people first, then the ledger, then words."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from uuid import uuid4

import pytest
from msgspec.structs import replace

from tests.support.dialogues import NOW, P, S, T, Talk, U, finding, meaning, mumbled, photo, said, tapped, transaction
from walletdesk.bot.dialogue import vocabulary
from walletdesk.bot.dialogue.hearing import typed_tap
from walletdesk.bot.dialogue.model import (
    AskCommand,
    Chips,
    Decision,
    FreezeAsked,
    Offered,
    Option,
    Pick,
    Renew,
    Safety,
    Say,
    Show,
    Tell,
)
from walletdesk.bot.dialogue.speaking import Voice, speak
from walletdesk.bot.understanding.vocabulary import EMERGENCIES, INTENTS
from walletdesk.desk.conversations.promise import HandOff, WaitCustomer, WaitThird
from walletdesk.diagnosis.model import Symptom, Tone
from walletdesk.wallet.gateway.model import CommandName

MERCHANT = Symptom.MERCHANT_NOT_RECEIVED
PAID = "我付钱了,商家没收到"


def shown(decision: Decision):
    return next(one.finding for one in decision.items if isinstance(one, Show))


def keys(decision: Decision) -> list[str]:
    return [one.key for one in decision.items if isinstance(one, Say | Chips | Pick | Safety)]


def options(decision: Decision) -> list[str]:
    return [identity for one in decision.items if isinstance(one, Chips) for identity, _ in one.options]


# --- the vocabulary ------------------------------------------------------------------------------------


def test_there_is_an_answer_to_every_intent_and_every_emergency() -> None:
    assert vocabulary.intents() == set(INTENTS)
    assert set(vocabulary.EMERGENCIES) == set(EMERGENCIES)


@pytest.mark.parametrize("intent", sorted(set(INTENTS)))
def test_every_intent_ends_in_an_answer_that_leaves_nobody_waiting(intent: str) -> None:
    decision = Talk().hear(said("说点什么", intent))

    assert decision.items
    assert isinstance(decision.then, WaitCustomer | HandOff)


# --- safety ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("flag", EMERGENCIES)
def test_an_emergency_shows_what_is_safe_and_calls_a_person_without_a_question(flag: str) -> None:
    decision = Talk().hear(said("有人在转走我的钱", "not_arrived", emergency=flag))

    assert isinstance(decision.items[0], Safety)
    assert decision.items[0].key == f"bot.emergency.{flag}"
    assert isinstance(decision.then, HandOff)
    assert decision.then.reason == f"emergency:{flag}"
    assert not any(isinstance(one, Chips | Pick) for one in decision.items)


@pytest.mark.parametrize("flag", ["money_leaving", "takeover", "scam_in_progress"])
def test_where_money_is_in_danger_freezing_comes_first_and_the_fraud_desk_at_once(flag: str) -> None:
    decision = Talk().hear(said("help", emergency=flag))

    assert isinstance(decision.items[0], Safety)
    assert decision.items[0].freeze == "offered"
    assert decision.then == HandOff("fraud", 0, f"emergency:{flag}")


def test_a_wallet_that_cannot_freeze_is_not_made_to_promise_it() -> None:
    decision = Talk(commands=frozenset()).hear(said("help", emergency="takeover"))

    assert isinstance(decision.items[0], Safety)
    assert decision.items[0].freeze is None
    assert isinstance(decision.then, HandOff)


def test_a_visitor_in_danger_gets_a_person_and_no_button_for_a_wallet_we_do_not_know() -> None:
    talk = Talk(known=False)

    decision = talk.hear(said("help", emergency="money_leaving"))

    assert isinstance(decision.items[0], Safety)
    assert decision.items[0].freeze is None
    assert decision.then == HandOff("fraud", 0, "emergency:money_leaving")
    assert talk.needed == []


@pytest.mark.parametrize("intent", sorted(vocabulary.RED_LINES))
def test_theft_and_fraud_skip_every_menu(intent: str) -> None:
    decision = Talk().hear(said("这笔不是我付的", intent))

    assert isinstance(decision.items[0], Safety)
    assert isinstance(decision.then, HandOff)
    assert (decision.then.skill, decision.then.priority_class) == ("fraud", 0)


def test_an_emergency_wins_over_everything_said_beside_it() -> None:
    decision = Talk().hear(said("你好", "greeting"), tapped("human"), said("我被骗了", emergency="scam_in_progress"))

    assert isinstance(decision.items[0], Safety)


# --- people ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("decided", ["answer", "offer", "human"])
def test_who_asks_for_a_person_gets_one_at_once(decided: str) -> None:
    decision = Talk().hear(said("转人工", "human", decided))

    assert decision.then == HandOff("general", 2, "asked")
    assert keys(decision) == ["bot.handoff.asked"]


@pytest.mark.parametrize(
    "before",
    [
        [],
        [said("你好", "greeting")],
        [said(PAID, "merchant_not_received")],
        [mumbled()],
        [said(PAID, "merchant_not_received"), said("不是这笔", "fees", "offer")],
    ],
)
def test_a_person_can_be_had_from_any_turn(before: list[object]) -> None:
    talk = Talk([transaction(), transaction(hours_ago=5)])
    for one in before:
        talk.hear(one)  # type: ignore[arg-type]

    for heard in (said("human please", "human"), tapped("human"), tapped("human", {"card": "finding"})):
        assert isinstance(talk.hear(heard).then, HandOff)


def test_the_person_is_one_who_knows_the_matter_and_large_type_goes_a_class_earlier() -> None:
    talk = Talk([transaction(T, S.PENDING)], large_type=True)
    talk.hear(said("钱没到账", "not_arrived"))

    assert talk.hear(tapped("human")).then == HandOff("transfers", 1, "asked")


def test_two_turns_that_were_not_understood_call_a_person() -> None:
    talk = Talk()

    first, second = talk.hear(mumbled()), talk.hear(mumbled())

    assert first.then == WaitCustomer(understood=False)
    assert "human" in options(first)
    assert isinstance(second.then, HandOff)
    assert second.then.reason == "misunderstood"


def test_a_turn_that_was_understood_forgives_the_one_before() -> None:
    talk = Talk()
    talk.hear(mumbled())
    talk.hear(said("谢谢", "thanks"))

    assert talk.hear(mumbled()).then == WaitCustomer(understood=False)


@pytest.mark.parametrize("intent", sorted(vocabulary.PEOPLE))
def test_risky_topics_go_to_a_person(intent: str) -> None:
    decision = Talk().hear(said("……", intent))

    assert isinstance(decision.then, HandOff)
    assert decision.then.skill == vocabulary.PEOPLE[intent].skill


# --- not sure --------------------------------------------------------------------------------------------


def test_when_unsure_the_three_likeliest_are_offered_and_a_person() -> None:
    top = (("transfer_failed", 0.4), ("not_arrived", 0.35), ("pay_failed", 0.2), ("fees", 0.1))
    decision = Talk().hear(said("钱不对劲", "transfer_failed", "offer", top=top))

    assert keys(decision) == ["bot.unsure.which"]
    assert options(decision) == ["intent:transfer_failed", "intent:not_arrived", "intent:pay_failed", "human"]


def test_a_tap_on_what_was_offered_is_as_good_as_having_said_it() -> None:
    paid = transaction()
    talk = Talk([paid])
    talk.trouble(MERCHANT, paid)
    talk.hear(said("钱不对劲", "merchant_not_received", "offer"))

    decision = talk.hear(tapped("intent:merchant_not_received", {"card": "choices"}))

    assert shown(decision).transaction == paid


def test_in_large_type_there_are_three_choices_at_most() -> None:
    talk = Talk(large_type=True)
    for heard in (said("你好", "greeting"), mumbled(), photo()):
        assert len(options(Talk(large_type=True).hear(heard))) <= 3
    assert talk.large_type


def test_a_photo_alone_is_answered_honestly() -> None:
    decision = Talk().hear(photo())

    assert keys(decision) == ["bot.photo"]
    assert "human" in options(decision)
    assert decision.then == WaitCustomer(understood=False)


def test_a_photo_with_words_is_answered_by_its_words() -> None:
    paid = transaction()
    talk = Talk([paid])

    assert shown(talk.hear(photo(), said(PAID, "merchant_not_received"))).transaction == paid


# --- which transaction -------------------------------------------------------------------------------------


def test_the_one_in_trouble_is_found_by_the_ledger() -> None:
    old, silent, other = transaction(hours_ago=30), transaction(hours_ago=6), transaction(hours_ago=1)
    talk = Talk([other, silent, old])
    made = talk.trouble(MERCHANT, silent, due_in_hours=20, command=CommandName.RESEND_NOTICE)

    decision = talk.hear(said(PAID, "merchant_not_received"))

    assert shown(decision) is made
    assert options(decision) == ["other"]
    assert decision.then == WaitThird(until=NOW + timedelta(hours=20), why="RENOTIFY")


def test_two_in_trouble_are_a_question_with_those_two_first() -> None:
    fine, one, two = transaction(hours_ago=1), transaction(hours_ago=3), transaction(hours_ago=5)
    talk = Talk([fine, one, two])
    talk.trouble(MERCHANT, one)
    talk.trouble(MERCHANT, two)

    decision = talk.hear(said(PAID, "merchant_not_received"))

    picked = decision.items[0]
    assert isinstance(picked, Pick)
    assert picked.transactions == (one, two, fine)
    assert not picked.more
    assert decision.then == WaitCustomer()


def test_at_most_five_are_shown_and_more_shows_the_next() -> None:
    many = [transaction(hours_ago=n + 1, name=f"店{chr(0x4E00 + n)}") for n in range(12)]
    talk = Talk(many)
    first = talk.hear(said(PAID, "merchant_not_received")).items[0]
    assert isinstance(first, Pick)
    assert len(first.transactions) == 5
    assert first.more

    card = {"card": "picker", "symptom": MERCHANT.value, "options": [{"id": str(t.id)} for t in first.transactions]}
    second = talk.hear(tapped("more", card, place=uuid4())).items[0]

    assert isinstance(second, Pick)
    assert second.transactions == tuple(many[5:10])


def test_a_tap_on_the_list_answers() -> None:
    one, two = transaction(hours_ago=3), transaction(hours_ago=9)
    talk = Talk([one, two])
    talk.hear(said(PAID, "merchant_not_received"))

    decision = talk.hear(tapped(str(two.id), {"card": "picker", "symptom": MERCHANT.value}, place=uuid4()))

    assert shown(decision).transaction == two
    assert talk.state.transaction_id == two.id


def test_a_second_tap_on_the_same_says_it_in_a_sentence_and_makes_no_second_card() -> None:
    one, two = transaction(hours_ago=3), transaction(hours_ago=9)
    talk = Talk([one, two])
    talk.hear(said(PAID, "merchant_not_received"))
    tap = tapped(str(two.id), {"card": "picker", "symptom": MERCHANT.value}, place=uuid4())
    talk.hear(tap)

    assert [type(item) for item in talk.hear(tap).items] == [Tell]


def test_a_tap_on_an_old_list_is_still_good() -> None:
    one, two = transaction(hours_ago=3), transaction(hours_ago=9)
    talk = Talk([one, two])
    talk.hear(said(PAID, "merchant_not_received"))
    talk.hear(said("你好", "greeting"))
    talk.hear(said("手续费多少", "fees"))

    decision = talk.hear(tapped(str(one.id), {"card": "picker", "symptom": MERCHANT.value}, place=uuid4()))

    assert shown(decision).transaction == one


def test_a_tap_on_somebody_elses_transaction_shows_nothing() -> None:
    talk = Talk([transaction()])

    decision = talk.hear(tapped(str(uuid4()), {"card": "picker", "symptom": MERCHANT.value}, place=uuid4()))

    assert keys(decision) == ["bot.stale"]


@pytest.mark.parametrize(
    ("words", "index"),
    [
        ("昨天那笔没到商家", 2),
        ("那个28块的,商家没收到", 0),
        ("鲜果园说没收到我的钱", 1),
        ("订单 20260105-8841 没到", 2),
        ("the coffee shop, 28 yuan", 0),
    ],
)
def test_what_was_let_fall_about_it_chooses_it(words: str, index: int) -> None:
    these = [
        transaction(minor=28_00, hours_ago=1),
        transaction(minor=66_00, name="鲜果园", hours_ago=2),
        transaction(minor=35_00, name="好面包", hours_ago=20, order_no="20260105-8841"),
    ]
    decision = Talk(these).hear(said(words, "merchant_not_received"))

    assert shown(decision).transaction == these[index]
    assert options(decision) == []


def test_what_fits_none_is_said_and_all_are_offered() -> None:
    these = [transaction(minor=28_00), transaction(minor=66_00, name="鲜果园", hours_ago=2)]

    decision = Talk(these).hear(said("我付了999元商家没收到", "merchant_not_received"))

    assert keys(decision) == ["bot.pick.unmatched"]


def test_a_state_that_speaks_for_itself_needs_no_evidence_of_others() -> None:
    failed = transaction(state=S.FAILED, hours_ago=2)
    talk = Talk([transaction(), failed, transaction(hours_ago=30)])

    decision = talk.hear(said("支付失败了", "pay_failed"))

    assert shown(decision).transaction == failed
    assert [needs.findings for needs in talk.needed if needs.findings] == [((Symptom.PAY_FAIL, failed.id),)]


def test_a_payment_that_never_reached_the_wallet_is_told_as_that() -> None:
    talk = Talk([transaction(), transaction(hours_ago=4)])

    decision = talk.hear(said("支付失败了", "pay_failed"))

    assert shown(decision).verdict == "NOT_SENT"
    assert shown(decision).transaction is None


def test_transfers_are_looked_for_among_transfers() -> None:
    sent = transaction(T, S.PENDING, name="李•", hours_ago=2)
    talk = Talk([transaction(), sent])

    assert shown(talk.hear(said("转账没到", "not_arrived"))).transaction == sent


def test_who_calls_a_payment_a_transfer_is_understood_all_the_same() -> None:
    paid = transaction()
    talk = Talk([paid])
    talk.trouble(MERCHANT, paid)

    assert shown(talk.hear(said("我转的钱没到账", "not_arrived"))).symptom is MERCHANT


@pytest.mark.parametrize("intent", ["merchant_not_received", "not_arrived", "paid_but_failed"])
def test_a_customer_without_any_transaction_is_told_so(intent: str) -> None:
    decision = Talk().hear(said("……", intent))

    assert keys(decision) == ["bot.pick.nothing"]
    assert options(decision) == ["human"]


def test_a_visitor_is_told_how_to_come_in_and_nothing_is_read() -> None:
    talk = Talk([transaction()], known=False)

    for intent in vocabulary.SYMPTOMS:
        decision = talk.hear(said(PAID, intent))
        assert keys(decision) == ["bot.visitor"]
    assert talk.needed == []


# --- from a transaction ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("about", "symptom"),
    [
        (transaction(), MERCHANT),
        (transaction(state=S.FAILED), Symptom.PAY_FAIL),
        (transaction(state=S.PENDING), Symptom.PAY_DEBITED),
        (transaction(state=S.PENDING, shown=S.FAILED), Symptom.PAY_DEBITED),
        (transaction(T, S.PENDING), Symptom.NOT_ARRIVED),
        (transaction(T, S.FAILED), Symptom.XFER_FAIL),
        (transaction(U, S.PENDING), Symptom.NOT_ARRIVED),
    ],
)
@pytest.mark.parametrize("heard", [(), (said("你好", "greeting"),), (said("对这笔有疑问", "fees", "offer"),)])
def test_a_chat_opened_from_a_transaction_is_answered_without_a_question(about, symptom, heard) -> None:
    talk = Talk([about, transaction(hours_ago=2)], context=about.id)

    decision = talk.hear(*heard)

    assert (shown(decision).transaction, shown(decision).symptom) == (about, symptom)
    assert options(decision) == []


def test_the_words_say_what_is_wrong_with_the_transaction_it_was_opened_from() -> None:
    about = transaction(state=S.SUCCEEDED, hours_ago=100)
    talk = Talk([transaction(state=S.FAILED), about], context=about.id)

    decision = talk.hear(said("扣了钱却显示失败", "paid_but_failed"))

    assert (shown(decision).transaction, shown(decision).symptom) == (about, Symptom.PAY_DEBITED)


def test_who_names_another_than_the_one_he_came_from_gets_that_one() -> None:
    about, other = transaction(minor=28_00), transaction(minor=66_00, hours_ago=3)
    talk = Talk([about, other], context=about.id)

    assert shown(talk.hear(said("66元那笔商家没收到", "merchant_not_received"))).transaction == other


def test_a_transaction_that_is_not_his_is_not_confirmed_to_exist() -> None:
    decision = Talk([], context=uuid4()).hear()

    assert keys(decision) == ["bot.greeting"]


# --- corrections, descriptions, repetitions -----------------------------------------------------------------


@pytest.mark.parametrize("words", ["不是这笔,是昨天那笔", "not this one, yesterday's", "昨天的,不是这笔"])
def test_a_correction_with_a_day_finds_the_other_one(words: str) -> None:
    today, yesterday = transaction(hours_ago=1), transaction(hours_ago=22)
    talk = Talk([today, yesterday])
    talk.trouble(MERCHANT, today)
    talk.hear(said(PAID, "merchant_not_received"))

    decision = talk.hear(said(words, "fees", "offer"))

    assert shown(decision).transaction == yesterday


def test_a_bare_correction_shows_a_list_without_the_wrong_one() -> None:
    wrong, other, third = transaction(hours_ago=1), transaction(hours_ago=5), transaction(hours_ago=6)
    talk = Talk([wrong, other, third])
    talk.trouble(MERCHANT, wrong)
    talk.hear(said(PAID, "merchant_not_received"))

    for heard in (said("不是这笔", "fees", "offer"), tapped("other", {"card": "choices"})):
        picked = Talk([wrong, other, third], state=talk.state).hear(heard).items[0]
        assert isinstance(picked, Pick)
        assert picked.transactions == (other, third)


def test_a_description_goes_on_with_the_matter_at_hand() -> None:
    one, two = transaction(minor=28_00), transaction(minor=66_00, hours_ago=2)
    talk = Talk([one, two])
    talk.hear(said(PAID, "merchant_not_received"))

    assert shown(talk.hear(said("66块的", "fees", "offer"))).transaction == two


@pytest.mark.parametrize("words", ["2", "第二个", "第2笔", "the second one", "鲜果园"])
def test_a_typed_number_or_name_is_a_tap(words: str) -> None:
    one, two = transaction(), transaction(name="鲜果园", hours_ago=2)
    talk = Talk([one, two])
    decision = talk.hear(said(PAID, "merchant_not_received"))
    offered = speak(decision.items[0], Voice("zh", "Asia/Shanghai", NOW)).offered
    assert offered is not None
    talk.state = replace(talk.state, offered=(offered,))

    assert shown(talk.hear(said(words, "fees", "offer"))).transaction == two


def test_asking_the_same_again_looks_again_then_offers_a_person_then_calls_one() -> None:
    paid = transaction()
    talk = Talk([paid])
    talk.trouble(MERCHANT, paid)
    talk.hear(said(PAID, "merchant_not_received"))
    first_card = talk.state.card_id

    again = talk.hear(said("商家还是说没收到", "merchant_not_received"))
    assert talk.needed[-1].refresh
    assert isinstance(again.items[0], Show)
    assert again.items[0].replaces == first_card
    assert options(again) == ["human"]

    third = talk.hear(said("怎么还没收到", "merchant_not_received"))
    assert isinstance(third.then, HandOff)
    assert third.then.reason == "unsolved"


def test_asking_again_when_something_has_changed_renews_the_card() -> None:
    paid = transaction()
    talk = Talk([paid])
    talk.trouble(MERCHANT, paid)
    talk.hear(said(PAID, "merchant_not_received"))
    first_card = talk.state.card_id
    talk.trouble(MERCHANT, paid, verdict="GIVE_PROOF", tone=Tone.GOOD)

    decision = talk.hear(said("现在呢,收到了吗", "merchant_not_received"))

    assert shown(decision).verdict == "GIVE_PROOF"
    assert isinstance(decision.items[0], Show)
    assert decision.items[0].replaces == first_card


def test_several_messages_in_a_row_are_one_question() -> None:
    paid = transaction()
    talk = Talk([paid])

    decision = talk.hear(
        said("你好", "greeting"),
        said("我付了钱", "pay_howto", "offer"),
        said("商家说没收到", "merchant_not_received"),
    )

    assert shown(decision).symptom is MERCHANT


def test_fragments_are_understood_together() -> None:
    paid = transaction()

    decision = Talk([paid]).hear(
        said("我付了钱", "fees", "offer"),
        said("没收到", "fees", "offer"),
        joined=meaning("我付了钱 没收到", "merchant_not_received"),
    )

    assert shown(decision).symptom is MERCHANT


# --- what the finding leads to ----------------------------------------------------------------------------


def test_a_finding_that_needs_a_person_calls_one_with_the_card() -> None:
    sent = transaction(T, S.PENDING)
    talk = Talk([sent])
    talk.trouble(Symptom.NOT_ARRIVED, sent, verdict="TRACE", person=True)

    decision = talk.hear(said("还没到账", "not_arrived"))

    assert isinstance(decision.items[0], Show)
    assert decision.then == HandOff("transfers", 2, "finding:TRACE")


def test_a_promise_that_is_past_is_not_promised_again() -> None:
    sent = transaction(T, S.PENDING)
    talk = Talk([sent])
    talk.trouble(Symptom.NOT_ARRIVED, sent, verdict="IN_TIME", tone=Tone.WAIT, due_in_hours=-1)

    assert talk.hear(said("还没到账", "not_arrived")).then == WaitThird(until=None, why="IN_TIME")


def _with_card(command: CommandName = CommandName.RESEND_NOTICE) -> tuple[Talk, dict[str, object]]:
    paid = transaction()
    talk = Talk([paid])
    talk.trouble(MERCHANT, paid, command=command, due_in_hours=20)
    talk.hear(said(PAID, "merchant_not_received"))
    return talk, {"place": talk.state.card_id, "finding_id": talk.state.finding_id}


def test_a_tap_on_the_action_asks_for_the_command_and_renews_the_card() -> None:
    talk, where = _with_card()

    decision = talk.hear(tapped("command:resend_notice", {"card": "finding"}, **where))

    assert decision.effects == (AskCommand(CommandName.RESEND_NOTICE, where["finding_id"]),)  # type: ignore[arg-type]
    assert isinstance(decision.items[0], Renew)
    assert decision.items[0].replaces == where["place"]
    assert isinstance(decision.then, WaitThird)


def test_a_command_that_the_finding_does_not_offer_is_not_asked() -> None:
    talk, where = _with_card()

    decision = talk.hear(tapped("command:reverse_payment", {"card": "finding"}, **where))

    assert decision.effects == ()
    assert keys(decision) == ["bot.stale"]


def test_waiting_keeps_the_promise_and_names_its_time_with_a_record() -> None:
    talk, where = _with_card()

    decision = talk.hear(tapped("wait", {"card": "finding"}, **where))

    said_ = decision.items[0]
    assert isinstance(said_, Say)
    assert said_.references["by"].record == f"finding/{where['finding_id']}"
    assert decision.then == WaitThird(until=NOW + timedelta(hours=20), why="RENOTIFY")


def test_a_finding_of_another_customer_cannot_be_acted_on() -> None:
    talk, where = _with_card()

    decision = talk.hear(tapped("command:resend_notice", {"card": "finding"}, **{**where, "finding_id": uuid4()}))

    assert decision.effects == ()
    assert keys(decision) == ["bot.stale"]


def test_freezing_is_asked_of_the_wallet_by_one_tap() -> None:
    talk, place = Talk(), uuid4()
    offered = talk.hear(said("我要冻结账户", "freeze_request"))
    assert isinstance(offered.items[0], Safety)
    assert offered.items[0].freeze == "offered"

    decision = talk.hear(tapped("command:freeze", {"card": "safety"}, place=place))

    assert decision.effects == (FreezeAsked(place),)
    assert isinstance(decision.items[0], Safety)
    assert decision.items[0].replaces == place


@pytest.mark.parametrize(
    "heard",
    [
        tapped("command:freeze", {"card": "finding"}),
        tapped("nonsense", {"card": "picker"}, place=uuid4()),
        tapped("x", {"card": "rating"}),
        tapped("x", None),
        tapped("x", None, known=False),
        tapped("intent:nothing_such", {"card": "choices"}),
        tapped("other", {"card": "choices"}),
    ],
)
def test_a_tap_that_means_nothing_is_answered_all_the_same(heard) -> None:
    decision = Talk().hear(heard)

    assert decision.items
    assert decision.effects == ()


# --- words --------------------------------------------------------------------------------------------------


def test_the_bot_says_that_it_is_a_machine() -> None:
    assert keys(Talk().hear(said("你是机器人吗", "bot_identity"))) == ["bot.identity"]
    assert keys(Talk().hear(said("你好", "greeting"))) == ["bot.greeting"]


def test_a_second_greeting_is_short() -> None:
    talk = Talk()
    talk.hear(said("你好", "greeting"))

    assert keys(talk.hear(said("在吗", "greeting"))) == ["bot.greeted"]


@pytest.mark.parametrize("intent", sorted(vocabulary.ANSWERED))
def test_what_the_bot_cannot_settle_is_answered_honestly_with_a_person_beside_it(intent: str) -> None:
    decision = Talk().hear(said("……", intent))

    assert keys(decision) == [f"bot.answer.{intent}"]
    assert options(decision) == ["human"]


def test_he_is_answered_in_the_language_he_writes_in() -> None:
    talk = Talk()

    assert talk.hear(said("good morning everybody", "greeting")).next_state.lang == "en"
    assert talk.hear(said("ok", "thanks")).next_state.lang == "en"
    assert talk.hear(said("谢谢", "thanks")).next_state.lang == "zh"


def test_a_finding_helper_is_honest() -> None:
    assert finding(MERCHANT, None).hands_off is None
    assert finding(MERCHANT, None, person=True).hands_off is not None
    assert P is transaction().kind


# --- the ledger as a hint ------------------------------------------------------------------------------------


def test_of_two_in_trouble_the_one_that_is_by_far_newer_is_meant() -> None:
    new, old = transaction(hours_ago=2), transaction(hours_ago=30)
    talk = Talk([new, old])
    talk.trouble(MERCHANT, new)
    talk.trouble(MERCHANT, old)

    decision = talk.hear(said(PAID, "merchant_not_received"))

    assert shown(decision).transaction == new
    assert "other" in options(decision)


def test_the_only_recent_one_is_meant_even_when_all_is_well_with_it() -> None:
    new = transaction(hours_ago=40)
    talk = Talk([new, transaction(hours_ago=90), transaction(hours_ago=200)])

    decision = talk.hear(said(PAID, "merchant_not_received"))

    assert shown(decision).transaction == new
    assert options(decision) == ["other"]


def test_a_trouble_whose_reason_is_not_told_counts_as_one() -> None:
    frozen, fine = transaction(hours_ago=5), transaction(hours_ago=2)
    talk = Talk([fine, frozen])
    made = talk.trouble(MERCHANT, frozen, verdict="MERCHANT_FROZEN", tone=Tone.NEUTRAL)
    talk.findings[MERCHANT, frozen.id] = dataclasses.replace(made, neutral=True)

    assert shown(talk.hear(said(PAID, "merchant_not_received"))).transaction == frozen


GUESSES = (("case_progress", 0.5), ("unauthorised_charge", 0.2), ("paid_but_failed", 0.19))


def test_the_ledger_decides_between_guesses() -> None:
    pending = transaction(state=S.PENDING, hours_ago=1)
    talk = Talk([transaction(hours_ago=2), pending])

    decision = talk.hear(said("钱扣了但是一直没有结果", "case_progress", "offer", top=GUESSES))

    assert (shown(decision).transaction, shown(decision).symptom) == (pending, Symptom.PAY_DEBITED)
    assert options(decision) == ["other", "intent:case_progress"]


def test_without_a_hint_of_the_ledger_guesses_are_offered() -> None:
    decision = Talk([transaction()]).hear(said("钱扣了但是一直没有结果", "case_progress", "offer", top=GUESSES))

    assert keys(decision) == ["bot.unsure.which"]
    assert decision.then == WaitCustomer(understood=False)


def test_a_shop_in_trouble_is_found_behind_a_guess() -> None:
    closed, fine = transaction(hours_ago=5), transaction(hours_ago=2)
    talk = Talk([fine, closed])
    talk.trouble(MERCHANT, closed, verdict="AUTO_REFUND", tone=Tone.WAIT)
    top = (("pay_failed", 0.6), ("merchant_not_received", 0.04), ("fees", 0.04))

    assert shown(talk.hear(said("商家说订单关了", "pay_failed", "offer", top=top))).transaction == closed


def test_what_is_called_by_the_other_word_is_found_all_the_same() -> None:
    bank_took = transaction(state=S.FAILED, hours_ago=1)
    talk = Talk([bank_took, transaction(T, hours_ago=2), transaction(T, hours_ago=3)])

    decision = talk.hear(said("我的钱没到", "not_arrived"))

    assert (shown(decision).transaction, shown(decision).symptom) == (bank_took, Symptom.PAY_DEBITED)


def test_a_limit_is_named_where_the_last_failure_was_one() -> None:
    over = transaction(T, S.FAILED, hours_ago=1)
    talk = Talk([over])
    talk.trouble(Symptom.XFER_FAIL, over, verdict="LIMIT")

    assert shown(talk.hear(said("转账说超出限额", "limit_reached"))).verdict == "LIMIT"
    assert keys(Talk([transaction()]).hear(said("限额多少", "limit_reached"))) == ["bot.answer.limit_reached"]


def test_an_amount_alone_names_the_transaction_it_fits() -> None:
    one, two = transaction(minor=28_00), transaction(minor=66_00, hours_ago=2)

    assert shown(Talk([one, two]).hear(said("66块", "fees", "offer"))).transaction == two


@pytest.mark.parametrize("words", ["好的", "ok", "嗯嗯", "知道了", "OK, ", "got it"])
def test_a_nod_is_a_nod(words: str) -> None:
    talk, _ = _with_card()

    decision = talk.hear(said(words, "out_of_scope"))

    assert keys(decision) == ["bot.acknowledged"]
    assert talk.state.misses == 0


@pytest.mark.parametrize(
    ("words", "option"),
    [
        ("再通知一次", "command:resend_notice"),
        ("请重新通知商家", "command:resend_notice"),
        ("please tell the shop again", "command:resend_notice"),
        ("resend", "command:resend_notice"),
        ("好,我等", "wait"),
        ("那就等着吧", "wait"),
        ("I'll wait", "wait"),
    ],
)
def test_an_action_may_be_asked_for_in_other_words_where_it_is_offered(words: str, option: str) -> None:
    card = Offered(uuid4(), "finding", (Option("command:resend_notice", "重新通知商家"), Option("wait", "等结果")))

    other = Offered(uuid4(), "choices", (Option("other", "换一笔"),))

    tap = typed_tap(words, (card, other))

    assert tap is not None
    assert tap.option == option
    assert tap.place == card.card_id
    assert typed_tap(words, (Offered(uuid4(), "choices", (Option("human", "转人工"),)),)) is None


def test_typed_numbers_count_through_all_cards_of_the_last_answer() -> None:
    first = Offered(uuid4(), "finding", (Option("command:resend_notice", "重新通知商家"), Option("human", "转人工")))
    second = Offered(uuid4(), "choices", (Option("other", "换一笔"),))

    found = [typed_tap(words, (first, second)) for words in ("1", "第二个", "3", "换一笔", "4", "三十")]

    assert [tap.option if tap else None for tap in found] == [
        "command:resend_notice", "human", "other", "other", None, None,
    ]  # fmt: skip
