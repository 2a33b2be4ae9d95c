"""Concepts are found by their words, with gaps, endings and sounds, and nowhere else."""

from __future__ import annotations

import pytest

from walletdesk.bot.understanding import concepts, normalise, sounds
from walletdesk.bot.understanding.concepts import ALARMS, DANGERS, SUBJECTS


def chinese(text: str) -> dict[str, list[str]]:
    return concepts.in_chinese(text, sounds.of_characters(text) if normalise.has_han(text) else text.split())


@pytest.mark.parametrize("said", ["商家", "尚佳", "商佳说"])
def test_a_word_is_heard_by_its_sound(said: str) -> None:
    assert "shop" in chinese(said)[SUBJECTS]


def test_a_word_with_a_gap_spans_four_characters_and_no_more() -> None:
    assert "charged" in chinese("扣一二三四钱")[SUBJECTS]
    assert "charged" not in chinese("扣一二三四五钱")[SUBJECTS]


def test_an_english_word_with_a_star_has_any_ending_and_one_without_none() -> None:
    assert "shop" in concepts.in_english("the shopkeepers")[SUBJECTS]
    assert "pay" in concepts.in_english("i pays")[SUBJECTS]
    assert "pay" not in concepts.in_english("a payload")[SUBJECTS]
    assert "shop" not in concepts.in_english("the workshop")[SUBJECTS]


def test_an_english_phrase_spans_three_words_and_no_more() -> None:
    assert "charged" in concepts.in_english("took a b c money")[SUBJECTS]
    assert concepts.in_english("took a b c d money")[SUBJECTS] == concepts.in_english("took a b c d")[SUBJECTS]


def test_concepts_stand_in_the_order_in_which_they_are_said() -> None:
    found = concepts.in_english("the shop says my payment failed")[SUBJECTS]
    assert found.index("shop") < found.index("pay") < found.index("failed")


def test_two_syllables_beside_characters_sound_like_no_danger() -> None:
    """警察 is a danger's word; 井茶 sounds like it, and is a tea."""
    written = chinese("警察")
    assert any(written[file] for file in (DANGERS, ALARMS))
    assert not any(chinese("井茶")[file] for file in (DANGERS, ALARMS))


def test_letters_of_the_chinese_lexicon_say_nothing_in_an_english_text() -> None:
    assert "farewell" in chinese("88")[SUBJECTS]
    assert "farewell" not in concepts.in_english("88")[SUBJECTS]


def test_a_possessive_is_found_as_texts_are_normalised() -> None:
    found = concepts.in_english(normalise.normalise("I'm using my mum's phone"))
    assert "coercion_or_minor" in found[ALARMS]
