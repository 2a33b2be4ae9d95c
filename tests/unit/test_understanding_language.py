"""Chinese typed in letters is read as Chinese, however many English sentences have been learnt."""

from __future__ import annotations

import re

import pytest

from walletdesk.bot.understanding import corpus, features, normalise, training
from walletdesk.kit.i18n import Lang

ENGLISH = training.english_words()


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("qian kou le shangjia mei shoudao", "zh"), ("zhuan rengong", "zh"), ("wo yao tuikuan", "zh"),
        ("can you change my name", "en"), ("human please", "en"), ("i want a refund", "en"),
    ],
)  # fmt: skip
def test_letters_are_read_by_their_language(text: str, lang: Lang) -> None:
    assert features.language(text, ENGLISH) == lang


def test_most_sentences_typed_in_pinyin_are_read_as_chinese() -> None:
    """The Chinese sentences without characters have some sixty in English among them."""
    texts = [normalise.normalise(example.text) for example in corpus.examples("zh")]
    typed = [text for text in texts if not normalise.has_han(text) and re.search("[a-z]", text)]
    assert sum(features.language(text, ENGLISH) == "zh" for text in typed) >= 0.8 * len(typed)


def test_hardly_an_english_sentence_is_read_as_pinyin() -> None:
    texts = [normalise.normalise(example.text) for example in corpus.examples("en")]
    assert sum(features.language(text, ENGLISH) == "zh" for text in texts if not normalise.has_han(text)) <= 30
