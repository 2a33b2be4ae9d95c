"""No reference, no number: whatever is said to the bot, no text leaves it with a digit that no record proves."""

from __future__ import annotations

import re
import string
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support import diagnosis_cases
from tests.support.dialogues import CUSTOMER, NOW, ZONE, P, S, T, Talk, U, meaning, photo, said, tapped, transaction
from walletdesk.bot.dialogue.model import Decision, Dialogue, Renew, Say, Show
from walletdesk.bot.dialogue.notes import note_of
from walletdesk.bot.dialogue.speaking import Voice, speak, words
from walletdesk.bot.understanding.vocabulary import EMERGENCIES, INTENTS
from walletdesk.diagnosis.model import CommandState, CommandView, NumberUnreferenced, Reference, StoredFinding
from walletdesk.diagnosis.procedures import diagnose
from walletdesk.kit.i18n import LANGS, Lang, catalogue
from walletdesk.kit.money import Money
from walletdesk.wallet.gateway.model import CommandName

FINDINGS = [
    diagnose(line.asked, line.evidence, line.situation, line.now) for line in diagnosis_cases.LINES
]
VOICES = [Voice(lang, ZONE, NOW) for lang in LANGS]


def strangers(text: str, references: list[Reference]) -> str:
    """What is left of a text's digits when every way of writing each reference is taken out; written apart."""
    forms: set[str] = set()
    for reference in references:
        forms |= _forms(reference.value)
    for form in sorted(forms, key=len, reverse=True):
        text = text.replace(form, "")
    return "".join(re.findall(r"\d", text))


def _forms(value: object) -> set[str]:
    if isinstance(value, Money):
        return {value.text()}
    if not isinstance(value, datetime):
        return {str(value)}
    at = value.astimezone(ZoneInfo(ZONE))
    en, zh = f"{at.day} {at:%b}", f"{at.month}月{at.day}日"
    return {f"{at:%H:%M}", en, zh, f"{en} {at.year}", f"{at.year}年{zh}"}


def stored(finding: Any) -> StoredFinding:
    return StoredFinding(uuid4(), "E-20931", uuid4(), CUSTOMER, finding, NOW)


@pytest.mark.parametrize("lang", LANGS)
def test_no_text_of_the_bot_holds_a_number_of_its_own(lang: Lang) -> None:
    for key in [key for key in catalogue(lang) if key.startswith("bot.")]:
        names = {name for _, name, _, _ in string.Formatter().parse(catalogue(lang)[key]) if name}
        filled = words(key, Voice(lang, ZONE, NOW), {name: Reference("x", "test") for name in names})
        assert not re.search(r"\d", filled), key


@pytest.mark.parametrize("voice", VOICES, ids=LANGS)
@pytest.mark.parametrize("finding", FINDINGS, ids=lambda f: f"{f.symptom.value}-{f.verdict}")
def test_every_finding_is_said_from_its_references(finding: Any, voice: Voice) -> None:
    found = stored(finding)
    state = Dialogue(symptom=finding.asked, asked=("bot.pick.which", "bot.unsure.which"))

    for view in (None, CommandView(CommandName.RESEND_NOTICE, CommandState.DONE, "notice/1", None, NOW)):
        commands = {view.name.value: view} if view else {}
        item = speak(Show(finding, stored=found), replace(voice, commands=commands)).item
        assert strangers(item.text, [*finding.references.values()]) == ""
        assert item.body is not None
        assert item.body["finding_id"] == str(found.id)
    assert speak(Renew(found, uuid4()), voice).item.replaces is not None
    note = note_of("finding:X", state, found, voice)
    assert strangers(note, [*finding.references.values(), Reference("E-20931", "")]) == ""


@pytest.mark.parametrize("sneaked", ["还有 3 笔", "最晚 18:30", "¥28.00", "三天之内", "within two hours"])
def test_a_number_that_somebody_wrote_into_a_text_stops_the_answer(
    sneaked: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for lang in LANGS:
        monkeypatch.setitem(catalogue(lang), "bot.thanks", sneaked)

        with pytest.raises(NumberUnreferenced):
            speak(Say("bot.thanks"), Voice(lang, ZONE, NOW))


TRANSACTIONS = [
    transaction(P, S.SUCCEEDED, name="街角咖啡", hours_ago=1),
    transaction(P, S.FAILED, name="7天酒店", minor=199_00, hours_ago=2),
    transaction(P, S.PENDING, name="Corner Coffee 24", minor=66_00, hours_ago=30),
    transaction(T, S.PENDING, name="李•", minor=500_00, hours_ago=3),
    transaction(U, S.RETURNED, name="海湾银行", minor=1_000_00, hours_ago=5),
]
WORDS = ["我付了28块,昨天 18:30 的,订单 20260105-8841", "I paid 66 yuan at 3pm", "不是这笔,是昨天那笔", "2", "500"]

heard = st.one_of(
    st.builds(
        said,
        st.sampled_from(WORDS),
        st.sampled_from(INTENTS),
        st.sampled_from(["answer", "offer", "human"]),
        emergency=st.sampled_from([None, None, None, *EMERGENCIES]),
    ),
    st.just(photo()),
    st.sampled_from(["human", "other", "more", "none", "wait", "command:resend_notice", "command:freeze"]).flatmap(
        lambda option: st.sampled_from(["choices", "picker", "finding", "safety", "rating"]).map(
            lambda card: tapped(option, {"card": card}, place=uuid4())
        )
    ),
    st.sampled_from(TRANSACTIONS).map(lambda t: tapped(str(t.id), {"card": "picker"}, place=uuid4())),
)


@settings(max_examples=300, deadline=None)
@given(
    turns=st.lists(st.lists(heard, max_size=3), min_size=1, max_size=5),
    known=st.booleans(),
    context=st.sampled_from([None, *TRANSACTIONS]),
    made=st.sampled_from(FINDINGS),
    lang=st.sampled_from(LANGS),
    together=st.booleans(),
)
def test_no_dialogue_makes_it_say_a_number_without_a_record(
    turns: list[list[Any]], known: bool, context: Any, made: Any, lang: Lang, together: bool
) -> None:
    talk = Talk(TRANSACTIONS, known=known, context=context.id if context else None)
    talk.findings = {
        (symptom, one.id): replace(
            made, transaction=one if made.transaction else None, basis=replace(made.basis, asked=symptom)
        )
        for symptom in diagnosis_cases.Symptom
        for one in TRANSACTIONS
        if made.basis is not None
    }
    for several in turns:
        joined = meaning("28 66", "pay_failed") if together else None
        decision = talk.hear(*several, joined=joined)
        for text, references in spoken(decision, lang):
            assert strangers(text, references) == ""


def spoken(decision: Decision, lang: Lang) -> list[tuple[str, list[Reference]]]:
    """Say a decision; return each text with the references that may stand in it."""
    found: list[tuple[str, list[Reference]]] = []
    for said_ in decision.items:
        bare = isinstance(said_, Show) and said_.stored is None
        one = replace(said_, stored=stored(said_.finding)) if bare and isinstance(said_, Show) else said_
        item = speak(one, Voice(lang, ZONE, NOW + timedelta(minutes=1))).item
        references: list[Reference] = []
        if isinstance(one, Say):
            references = [*one.references.values()]
        about = getattr(one, "stored", None)
        if about is not None:
            references += about.finding.references.values()
        found.append((item.text, references))
    return found
