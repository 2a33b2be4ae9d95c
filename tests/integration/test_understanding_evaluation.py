"""What the bot understands, on sentences kept apart from those it learns from."""

from __future__ import annotations

import itertools
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
ALIKE = 0.6


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
    assert share([case.heard.intent == case.intent for case in asked]) >= 0.88


def test_the_right_intent_is_among_three(cases: list[Case]) -> None:
    asked = [case for case in cases if case.intent in MAIN and case.emergency is None]
    assert share([case.intent in [intent for intent, _ in case.heard.top] for case in asked]) >= 0.95


def test_a_person_is_heard_of_in_any_wording(cases: list[Case]) -> None:
    asked = [case for case in cases if case.intent == "human"]
    assert share([case.heard.decision == "human" for case in asked]) >= 0.98


def test_emergencies_are_heard_and_rarely_raised_in_vain(cases: list[Case]) -> None:
    grave = [case for case in cases if case.emergency is not None]
    calm = [case for case in cases if case.emergency is None]
    assert share([case.heard.emergency is not None for case in grave]) >= 0.95
    assert share([case.heard.emergency is not None for case in calm]) <= 0.04


def test_nothing_of_the_evaluation_is_learnt_from(cases: list[Case]) -> None:
    learnt = {example.text.casefold() for lang in LANGS for example in examples(lang)}
    assert {case.text for case in cases if case.text.casefold() in learnt} == set()


@pytest.mark.parametrize("lang", LANGS)
def test_every_intent_has_sentences_of_its_own(lang: Lang) -> None:
    counts = {intent: sum(example.intent == intent for example in examples(lang)) for intent in INTENTS}
    assert {intent: count for intent, count in counts.items() if count < 25} == {}


def grams(text: str) -> frozenset[str]:
    return frozenset(text[i : i + 3] for i in range(max(1, len(text) - 2)))


@pytest.mark.parametrize("lang", LANGS)
def test_no_sentence_is_another_one_again(lang: Lang) -> None:
    by_intent: dict[str, list[tuple[str, frozenset[str]]]] = {}
    for example in examples(lang):
        if example.intent is not None:
            by_intent.setdefault(example.intent, []).append((example.text, grams(example.text.casefold())))
    twins = [
        (a, b)
        for rows in by_intent.values()
        for (a, left), (b, right) in itertools.combinations(rows, 2)
        if len(left & right) > ALIKE * len(left | right)
    ]
    assert twins == []
