"""What the bot makes of the help centre: pure, and never a number without a record."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from msgspec.structs import replace as with_fields

from tests.support.dialogues import NOW, ZONE, S, T, Talk, said, tapped, transaction
from walletdesk.bot.dialogue import vocabulary
from walletdesk.bot.dialogue.model import Chips, Guide, Say, Unanswered
from walletdesk.bot.dialogue.speaking import Voice, speak
from walletdesk.bot.understanding.vocabulary import INTENTS
from walletdesk.desk.conversations.promise import HandOff
from walletdesk.desk.helpcentre.markdown import first_lines, html
from walletdesk.desk.helpcentre.model import PackagedInvalid, Shown
from walletdesk.desk.helpcentre.notices import Announcement
from walletdesk.desk.helpcentre.packaged import all_packaged, read
from walletdesk.desk.helpcentre.touching import Touched
from walletdesk.diagnosis.model import Symptom
from walletdesk.kit.i18n import LANGS, Lang
from walletdesk.wallet.gateway.model import Incident

ANOMALIES = INTENTS[: INTENTS.index("register")]


def shown(intent: str, lang: Lang, **about: Any) -> Shown:
    one = next(p for p in all_packaged() if (p.intent, p.lang) == (intent, lang))
    return with_fields(
        Shown(
            uuid4(), one.slug, one.intent, one.topic.value, lang, 1, one.text.title, one.text.body,
            one.text.reviewed_on, one.text.stale_on, NOW,
        ),
        **about,
    )  # fmt: skip


def announcement(**about: Any) -> Announcement:
    made = Announcement(
        uuid4(), "incident", "published", "转账变慢", "5家银行受影响。", "Transfers are slow", "5 banks are affected.",
        ["transfer"], [], [], [], NOW - timedelta(hours=1), NOW + timedelta(hours=2), None, None, uuid4(), NOW, NOW,
    )  # fmt: skip
    return with_fields(made, **about)


# --- the articles of the package ---------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGS)
def test_there_is_an_article_for_every_problem_and_every_how_to(lang: Lang) -> None:
    wanted = {*(one for one in INTENTS[: INTENTS.index("human")])}
    assert {one.intent for one in all_packaged() if one.lang == lang} == wanted
    assert wanted > vocabulary.HOW_TO


def test_both_languages_have_the_same_articles_under_the_same_headings() -> None:
    kinds = [{(p.slug, p.intent, p.topic) for p in all_packaged() if p.lang == lang} for lang in LANGS]
    assert kinds[0] == kinds[1]


@pytest.mark.parametrize("one", all_packaged(), ids=lambda p: f"{p.slug}-{p.lang}")
def test_an_article_opens_with_the_answer_and_has_steps(one: Any) -> None:
    body = one.text.body
    assert "<ol>" in html(body)
    assert not body.startswith(("#", "1.", ">"))
    assert 1 < len(first_lines(body)) <= 4
    assert one.text.stale_on > one.text.reviewed_on >= date(2026, 1, 1)
    assert max(len(line) for line in body.splitlines()) <= (160 if one.lang == "zh" else 330)


@pytest.mark.parametrize("one", all_packaged(), ids=lambda p: f"{p.slug}-{p.lang}")
def test_every_link_of_an_article_leads_somewhere(one: Any) -> None:
    known = {f"/help/{p.slug}" for p in all_packaged()} | {"/status"}
    import re  # noqa: PLC0415

    assert set(re.findall(r"\]\(([^)]+)\)", one.text.body)) <= known


@pytest.mark.parametrize(
    "source",
    ["no front matter", "---\nid: a\n---\nb",
     "---\nid: a\ntopic: pay\ntitle: T\nreviewed: 2026-01-01\nstale: x\n---\nb",
     "---\nid: a\ntopic: moon\ntitle: T\nreviewed: 2026-01-01\nstale: 2026-02-01\n---\nb",
     "---\nid: a\ntopic: pay\ntitle: T\nowner: me\nreviewed: 2026-01-01\nstale: 2026-02-01\n---\nb",
     "---\nid: a\ntopic: pay\ntitle: T\nreviewed: 2026-01-01\nstale: 2026-02-01\n---\n  \n"],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_named(source: str) -> None:
    with pytest.raises(PackagedInvalid) as refused:
        read(source, "en", file="en/a.md")
    assert refused.value.details["file"] == "en/a.md"


def test_markdown_can_do_no_harm() -> None:
    found = html("<img src=x onerror=y> [a](javascript:z) [b](//evil.example) ![c](d.png)\n\n<div>e</div>")
    assert "<img" not in found
    assert "<div>" not in found
    assert "href" not in found


# --- how-to questions --------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("intent", sorted(vocabulary.HOW_TO))
def test_a_how_to_question_is_answered_with_the_article(intent: str, lang: Lang) -> None:
    words = {"zh": "请问这个怎么弄", "en": "please tell me how this works"}[lang]
    talk = Talk(articles={(intent, lang): shown(intent, lang)})
    decision = talk.hear(said(words, intent))
    guide = decision.items[-1]
    assert isinstance(guide, Guide)
    spoken = speak(guide, Voice(lang, ZONE, NOW))
    body = spoken.item.body
    assert body is not None
    assert body["title"] == guide.article.title
    assert spoken.item.text.startswith(guide.article.title + "\n" + body["lines"][0])
    assert body["link"]["href"] == f"/help/{guide.article.slug}?lang={lang}"
    assert [option["id"] for option in body["options"]] == ["human"]


def test_an_article_that_nobody_has_reviewed_in_time_is_not_passed_off_as_fresh() -> None:
    talk = Talk(articles={("fees", "zh"): shown("fees", "zh", stale_on=NOW.date())})
    _, note = talk.hear(said("手续费多少", "fees")).items
    assert isinstance(note, Say)
    assert note.key == "bot.article.stale"


def test_a_visitor_gets_the_article_too() -> None:
    talk = Talk(known=False, articles={("fees", "zh"): shown("fees", "zh")})
    assert isinstance(talk.hear(said("手续费多少", "fees")).items[0], Guide)


def test_numbers_of_an_article_are_those_of_its_version_and_no_other_number_slips_in() -> None:
    body = "The fee is 0.1 % from ¥1,000.00.\n\n1. Look.\n2. Pay 2."
    article = shown("fees", "en", title="Fees from 1 March", body=body)
    item = speak(Guide(article, ()), Voice("en", ZONE, NOW)).item
    assert item.text == "Fees from 1 March\nThe fee is 0.1 % from ¥1,000.00.\n1. Look.\n2. Pay 2."
    assert item.body is not None
    assert item.body["record"] == "article/fees/en/1"


def test_a_money_problem_is_still_answered_from_the_ledger() -> None:
    talk = Talk([transaction()], articles={("pay_failed", "zh"): shown("pay_failed", "zh")})
    assert not any(isinstance(item, Guide) for item in talk.hear(said("付不了款", "pay_failed")).items)
    assert talk.state.symptom is Symptom.PAY_FAIL


def test_what_nobody_could_answer_is_passed_on_to_the_editors() -> None:
    for sure in ("answer", "human"):
        decision = Talk().hear(said("你们卖不卖茶叶", "out_of_scope", sure, in_scope=sure == "answer"))
        assert decision.effects == (Unanswered("你们卖不卖茶叶"),)


def test_who_was_not_understood_is_offered_the_article_that_has_his_words_and_a_person_the_second_time() -> None:
    words = "怎么给宠物办卡"
    talk = Talk(found={words: shown("fees", "zh")})
    say, guide = talk.hear(said(words, "out_of_scope", "human", in_scope=False)).items
    assert isinstance(say, Say)
    assert say.key == "bot.article.maybe"
    assert isinstance(guide, Guide)
    decision = talk.hear(said(words, "out_of_scope", "human", in_scope=False))
    assert isinstance(decision.then, HandOff)


# --- announcements -----------------------------------------------------------------------------------------


def test_an_announcement_is_said_first_when_somebody_asks_whether_something_is_broken() -> None:
    one = announcement()
    talk = Talk(announcements=[one], articles={("announcement", "zh"): shown("announcement", "zh")})
    [card] = talk.hear(said("系统是不是坏了", "announcement")).items
    assert isinstance(card, Chips)
    assert [option for option, _ in card.options] == [f"mine:{one.id}", "human"]
    text = speak(card, Voice("zh", ZONE, NOW)).item.text
    assert text == "公告:转账变慢。5家银行受影响。从 11:00 开始,预计 14:00 结束。"


@pytest.mark.parametrize(
    ("about", "says"),
    [
        ({"starts_at": NOW + timedelta(hours=1)}, "Planned maintenance"),
        ({"expected_end": NOW - timedelta(minutes=1)}, "takes longer"),
        ({"expected_end": None}, "It began 11:00."),
    ],
)
def test_an_announcement_says_where_it_stands(about: dict[str, Any], says: str) -> None:
    talk = Talk(announcements=[announcement(**about)])
    [card] = talk.hear(said("is the system down at the moment", "announcement")).items
    assert says in speak(card, Voice("en", ZONE, NOW)).item.text


def test_without_an_announcement_the_article_answers() -> None:
    talk = Talk(articles={("announcement", "zh"): shown("announcement", "zh")})
    none, guide = talk.hear(said("系统是不是坏了", "announcement")).items
    assert isinstance(none, Say)
    assert none.key == "bot.announced.none"
    assert isinstance(guide, Guide)


@pytest.mark.parametrize("lang", LANGS)
def test_what_the_wallet_says_is_disturbed_is_passed_on_with_its_record(lang: Lang) -> None:
    texts = {"zh": "2家银行维护中。", "en": "2 banks are under maintenance."}
    talk = Talk(incidents=[Incident("incident/1", "rail:card", texts, NOW - timedelta(hours=1), None)])
    [card] = talk.hear(said({"zh": "系统是不是坏了", "en": "is the system down now"}[lang], "announcement")).items
    assert texts[lang] in speak(card, Voice(lang, ZONE, NOW)).item.text


@pytest.mark.parametrize("lang", LANGS)
def test_does_it_affect_me_is_answered_with_the_transactions_that_are_touched(lang: Lang) -> None:
    one, mine = announcement(), transaction(T, S.PENDING, name="李•")
    talk = Talk(announcements=[one], touched={one.id: Touched("yes", [mine], NOW)})
    decision = talk.hear(tapped(f"mine:{one.id}", {"card": "choices"}))
    texts = [speak(item, Voice(lang, ZONE, NOW)).item.text for item in decision.items]
    assert "¥28.00" in texts[0]
    assert "李•" in texts[0]
    assert {"zh": "有 1 笔交易", "en": "1 of your transactions"}[lang] in texts[1]


def test_who_is_not_touched_is_told_so_and_a_visitor_is_shown_nothing() -> None:
    one = announcement()
    talk = Talk(touched={one.id: Touched("no", [], NOW)})
    [card] = talk.hear(tapped(f"mine:{one.id}", {"card": "choices"})).items
    assert isinstance(card, Chips)
    assert card.key == "bot.announced.mine.no"
    [card] = Talk(known=False).hear(tapped(f"mine:{one.id}", {"card": "choices"})).items
    assert isinstance(card, Chips)
    assert card.key == "bot.visitor"


@pytest.mark.parametrize("option", ["mine:", "mine:x", f"mine:{UUID(int=7)}"])
def test_an_announcement_that_is_none_of_ours_is_a_card_out_of_use(option: str) -> None:
    [card] = Talk().hear(tapped(option, {"card": "choices"})).items
    assert isinstance(card, Chips | Say)
    assert card.key == "bot.stale"
