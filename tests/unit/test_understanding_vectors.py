"""A text is placed alike alone and among many, and rows of a space say nothing of what it was not learned from."""

from __future__ import annotations

import numpy as np
import pytest

from walletdesk.bot.understanding import corpus, features, normalise, training, vectors
from walletdesk.bot.understanding.features import Parts
from walletdesk.kit.i18n import LANGS, Lang


def parts_of(lang: Lang, count: int) -> list[Parts]:
    chosen = corpus.examples(lang)[: count * 20 : 20]
    return [features.parts_of(normalise.normalise(example.text), lang) for example in chosen]


@pytest.mark.parametrize("lang", LANGS)
def test_a_text_has_the_same_place_alone_and_among_many(lang: Lang) -> None:
    weights = features.BLOCKS[lang]
    texts = parts_of(lang, 200)
    placed = vectors.place(vectors.count(texts, weights), np.arange(0, 200, 2), weights, training.RARITY_POWER[lang])
    for row, parts in enumerate(texts):
        vector = placed.space.vector(parts)
        alone = np.zeros(len(placed.space.places))
        np.add.at(alone, vector.places, vector.values)
        assert np.allclose(alone, placed.points[row].toarray().ravel(), atol=1e-5)
        assert np.allclose(vectors.hints(vector, parts), placed.hints[row])


def test_a_space_knows_only_what_two_of_its_texts_have() -> None:
    texts = [Parts("en", {"w": ["seen", "once"]}), Parts("en", {"w": ["seen"]}), Parts("en", {"w": ["held", "held"]})]
    placed = vectors.place(vectors.count(texts, {"w": 1.0}), np.array([0, 1]), {"w": 1.0}, 0.0)
    assert dict(placed.space.places) == {"w:seen": 0}
    assert placed.points.toarray().tolist() == [[1.0], [1.0], [0.0]]
    assert placed.hints[:, 0].tolist() == [0.5, 1.0, 0.0]
