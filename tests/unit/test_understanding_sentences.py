"""The packaged training sentences: said once, under one intent, with labels that exist."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from math import ceil
from pathlib import Path
from typing import Final

import pytest

from walletdesk.bot.understanding import corpus
from walletdesk.bot.understanding.vocabulary import EMERGENCIES, INTENTS, NO_EMERGENCY, OUT_OF_SCOPE

DATA: Final = Path(corpus.__file__).parent / "data"
LANGUAGES: Final = ("zh", "en")
ALIKE: Final = Fraction(3, 5)
FLAGS: Final = (*EMERGENCIES, NO_EMERGENCY)


def lines(file: Path) -> list[tuple[str, str | None]]:
    """The sentences of a file, each with what stands after its tab (None without a tab)."""
    rows = [line.partition("\t") for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    return [(text.strip(), label.strip() if tab else None) for text, tab, label in rows]


def bare(sentence: str) -> str:
    """Letters and digits only; a sentence of nothing but signs stays as it is."""
    return re.sub(r"[\W_]+", "", sentence.lower()) or sentence


@cache
def grams(sentence: str) -> frozenset[str]:
    """Character 3-grams of the bare sentence with its ends marked."""
    marked = f"^{bare(sentence)}$"
    return frozenset(marked[at : at + 3] for at in range(len(marked) - 2))


def near_pairs(sentences: list[str], above: Fraction = ALIKE) -> Iterator[tuple[str, str]]:
    """Pairs whose 3-gram Jaccard exceeds `above`.

    Two such sets share one of their rarest grams: with |A & B| >= above * |A|, the intersection cannot lie wholly
    outside the first |A| - ceil(above * |A|) + 1 grams of A in a common order (prefix filter, Chaudhuri et al. 2006).
    """
    sets = [grams(sentence) for sentence in sentences]
    often = Counter(gram for each in sets for gram in each)
    seen: defaultdict[str, list[int]] = defaultdict(list)
    for here, mine in enumerate(sets):
        rare = sorted(mine, key=lambda gram: (often[gram], gram))[: len(mine) - ceil(above * len(mine)) + 1]
        for there in sorted({other for gram in rare for other in seen[gram]}):
            shared = len(mine & sets[there])
            if shared > above * (len(mine) + len(sets[there]) - shared):
                yield sentences[there], sentences[here]
        for gram in rare:
            seen[gram].append(here)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_file_says_a_thing_twice_in_almost_the_same_words(lang: str) -> None:
    twice = {
        file.relative_to(DATA).as_posix(): pairs
        for file in sorted((DATA / lang).rglob("*.txt"))
        if (pairs := list(near_pairs([text for text, _ in lines(file)])))
    }
    assert twice == {}


def test_the_search_for_near_duplicates_finds_what_comparing_each_with_each_finds() -> None:
    sentences = [text for text, _ in lines(DATA / "en" / "human.txt")]
    sentences.append(sentences[0] + "!!")
    loose = Fraction(3, 10)
    every = {
        (one, other)
        for at, other in enumerate(sentences)
        for one in sentences[:at]
        if len(grams(one) & grams(other)) > loose * len(grams(one) | grams(other))
    }
    assert set(near_pairs(sentences, loose)) == every
    assert list(near_pairs(sentences)) == [(sentences[0], sentences[-1])]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_sentence_stands_under_two_intents(lang: str) -> None:
    meant: defaultdict[str, set[str]] = defaultdict(set)
    for intent in INTENTS:
        for text, _ in lines(DATA / lang / f"{intent}.txt"):
            meant[bare(text)].add(intent)
    for flag in FLAGS:
        for text, label in lines(DATA / lang / "emergencies" / f"{flag}.txt"):
            meant[bare(text)].update({label} if label else ())
    assert {text: sorted(intents) for text, intents in meant.items() if len(intents) > 1} == {}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_sentence_is_an_emergency_in_one_file_and_none_or_another_in_a_second(lang: str) -> None:
    raised: defaultdict[str, set[str]] = defaultdict(set)
    for intent in INTENTS:
        for text, label in lines(DATA / lang / f"{intent}.txt"):
            raised[bare(text)].add(label or NO_EMERGENCY)
    for flag in FLAGS:
        for text, _ in lines(DATA / lang / "emergencies" / f"{flag}.txt"):
            raised[bare(text)].add(flag)
    assert {text: sorted(flags) for text, flags in raised.items() if len(flags) > 1} == {}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_file_is_named_after_a_label_and_holds_only_labels_that_exist(lang: str) -> None:
    folder = DATA / lang
    assert {file.stem for file in folder.glob("*.txt")} == set(INTENTS)
    assert {file.stem for file in folder.glob("emergencies/*.txt")} == set(FLAGS)
    unknown = [
        f"{file.relative_to(DATA).as_posix()}: {text} -> {label!r}"
        for known, pattern in ((FLAGS, "*.txt"), (INTENTS, "emergencies/*.txt"))
        for file in sorted(folder.glob(pattern))
        for text, label in lines(file)
        if not text or (label is not None and label not in known)
    ]
    assert unknown == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_each_emergency_is_said_in_a_hundred_ways_and_as_many_times_only_seems_to_be(lang: str) -> None:
    said = {flag: len(lines(DATA / lang / "emergencies" / f"{flag}.txt")) for flag in FLAGS}
    assert {flag: count for flag, count in said.items() if count < 100} == {}
    assert said[NO_EMERGENCY] >= sum(count for flag, count in said.items() if flag != NO_EMERGENCY)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_is_out_of_scope_is_said_in_six_hundred_ways(lang: str) -> None:
    assert len(lines(DATA / lang / f"{OUT_OF_SCOPE}.txt")) >= 600
