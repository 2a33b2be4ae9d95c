"""What the bot understands, on sentences kept apart from those it learns from."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from walletdesk.bot.understanding.corpus import examples
from walletdesk.bot.understanding.model import Understander, Understood
from walletdesk.bot.understanding.vocabulary import INTENTS
from walletdesk.kit.i18n import LANGS, Lang

FOLDER = Path(__file__).resolve().parents[1] / "data" / "understanding"
MAIN = ("pay_failed", "paid_but_failed", "merchant_not_received", "transfer_failed", "not_arrived", "human", "greeting")


@dataclass(frozen=True)
class Case:
    """A sentence and what it means."""

    text: str
    intent: str | None
    emergency: str | None
    heard: Understood


@pytest.fixture(scope="session", params=LANGS)
def cases(request: pytest.FixtureRequest, understander: Understander) -> list[Case]:
    rows = [json.loads(line) for line in (FOLDER / f"{request.param}.jsonl").read_text().splitlines()]
    heard = understander.understand([row["text"] for row in rows])
    return [
        Case(row["text"], row.get("intent"), row.get("emergency"), found)
        for row, found in zip(rows, heard, strict=True)
    ]


def share(hits: Sequence[bool]) -> float:
    assert len(hits) >= 25, "too few sentences to say anything"
    return sum(hits) / len(hits)


def test_the_main_intents_are_understood(cases: list[Case]) -> None:
    asked = [case for case in cases if case.intent in MAIN and case.emergency is None]
    assert share([case.heard.intent == case.intent for case in asked]) >= 0.915


def test_the_right_intent_is_among_three(cases: list[Case]) -> None:
    asked = [case for case in cases if case.intent in MAIN and case.emergency is None]
    assert share([case.intent in [intent for intent, _ in case.heard.top] for case in asked]) >= 0.97


def test_any_intent_is_understood_and_answers_are_right(cases: list[Case]) -> None:
    asked = [case for case in cases if case.intent is not None and case.emergency is None]
    answered = [case for case in asked if case.heard.decision == "answer"]
    assert share([case.heard.intent == case.intent for case in asked]) >= 0.91
    assert share([case.intent in [intent for intent, _ in case.heard.top] for case in asked]) >= 0.975
    assert len(answered) >= 0.68 * len(asked)
    assert share([case.heard.intent == case.intent for case in answered]) >= 0.975


def test_a_person_is_heard_of_in_any_wording(cases: list[Case]) -> None:
    asked = [case for case in cases if case.intent == "human"]
    assert share([case.heard.decision == "human" for case in asked]) >= 0.98


def test_emergencies_are_heard_and_rarely_raised_in_vain(cases: list[Case]) -> None:
    grave = [case for case in cases if case.emergency is not None]
    calm = [case for case in cases if case.emergency is None]
    assert share([case.heard.emergency is not None for case in grave]) >= 0.98
    assert share([case.heard.emergency is not None for case in calm]) <= 0.02


def test_nothing_of_the_evaluation_is_learnt_from(cases: list[Case]) -> None:
    learnt = {example.text.casefold() for lang in LANGS for example in examples(lang)}
    assert {case.text for case in cases if case.text.casefold() in learnt} == set()


@pytest.mark.parametrize("lang", LANGS)
def test_every_intent_has_sentences_of_its_own(lang: Lang) -> None:
    counts = {intent: sum(example.intent == intent for example in examples(lang)) for intent in INTENTS}
    assert {intent: count for intent, count in counts.items() if count < 120} == {}
