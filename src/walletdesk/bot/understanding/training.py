"""Training: sentences -> model, in seconds, with the cuts found on sentences held out from it."""

from __future__ import annotations

import importlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from walletdesk.bot.understanding import corpus, cutting, features, normalise
from walletdesk.bot.understanding.corpus import Example
from walletdesk.bot.understanding.cutting import HeldOut
from walletdesk.bot.understanding.features import Parts
from walletdesk.bot.understanding.vectors import Counted, Doubles, Placed, Rows, count, place
from walletdesk.bot.understanding.vocabulary import EMERGENCIES, HUMAN, INTENTS
from walletdesk.bot.understanding.weights import Model
from walletdesk.kit.i18n import LANGS, Lang

FOLDS: Final = 3
SEED: Final = 20_260_105
INTENT_STRENGTH: Final = 1.0
"""Inverse regularisation of the intents' support vector machine, chosen by cross-validation."""
FLAG_STRENGTH: Final = 0.5
FLAG_WEIGHT: Final = 4.0
"""A missed emergency costs this many false alarms."""
TOLERANCE: Final = 1e-2
"""Where fitting stops; a hundredth of it changes no thousandth of what is understood."""
RARITY_POWER: Final[dict[Lang, float]] = {"zh": 0.25, "en": 0.0}
"""How much rare features weigh more than frequent ones before fitting, chosen by cross-validation."""

Labels = npt.NDArray[np.str_]
UNLABELLED: Final = "-"


@dataclass(frozen=True, slots=True)
class Sentences:
    """Sentences of one language, counted, with their labels."""

    lang: Lang
    counted: Counted
    intents: Labels
    flags: Labels
    raised: list[list[str]]
    """What phrases raise by themselves in each sentence."""

    packaged: int
    """How many of them are packaged; these come first, and their folds do not depend on the others."""

    def folds(self) -> Rows:
        """Deal the sentences of each label evenly to the folds."""
        cut = self.packaged
        return np.concatenate(
            [_dealt(self.intents[:cut], self.flags[:cut]), _dealt(self.intents[cut:], self.flags[cut:])]
        )


def _dealt(intents: Labels, flags: Labels) -> Rows:
    dealt = np.zeros(len(intents), dtype=np.int64)
    kinds = np.char.add(np.char.add(intents, "/"), flags) if len(intents) else intents
    random = np.random.default_rng(SEED)
    for kind in np.unique(kinds):
        rows = random.permutation(np.flatnonzero(kinds == kind))
        dealt[rows] = (np.arange(len(rows)) + random.integers(FOLDS)) % FOLDS
    return dealt


def train_all(own: Mapping[Lang, Sequence[Example]]) -> dict[Lang, Model]:
    """Fit every language's model to the packaged sentences and the operator's own."""
    english = english_words()
    return {lang: train(read(lang, corpus.examples(lang), own[lang]), english) for lang in LANGS}


def english_words() -> frozenset[str]:
    """Return the words that English sentences have more often than sentences of Chinese typed in letters."""
    plain = {lang: [normalise.normalise(e.text) for e in corpus.examples(lang)] for lang in LANGS}
    typed = [text for text in plain["zh"] if not normalise.has_han(text)]
    chinese, english = (
        Counter(word for text in texts for word in set(features.words_of(text))) for texts in (typed, plain["en"])
    )
    return frozenset(word for word, times in english.items() if times > chinese[word])


def read(lang: Lang, packaged: Sequence[Example], own: Sequence[Example] = ()) -> Sentences:
    """Count the features of sentences, the packaged ones and an operator's own."""
    examples = [*packaged, *own]
    raised: list[list[str]] = []

    def texts() -> Iterator[Parts]:
        for example in examples:
            parts = features.parts_of(normalise.normalise(example.text), lang)
            raised.append(parts.alarms)
            yield parts

    counted = count(texts(), features.BLOCKS[lang])
    intents: Labels = np.array([e.intent or UNLABELLED for e in examples])
    return Sentences(lang, counted, intents, np.array([e.emergency for e in examples]), raised, len(packaged))


def train(sentences: Sentences, english: frozenset[str], held: HeldOut | None = None) -> Model:
    """Fit one language's model.

    `english` are the words that are not to be taken for pinyin; `held` are the held-out scores of the sentences
    where they are known already.
    """
    cuts = cutting.cuts(held or held_out(sentences))
    placed, matrix, bias = _fitted(sentences, np.arange(len(sentences.intents)))
    return Model(
        placed.space, INTENTS, EMERGENCIES, matrix.astype(np.float32), bias.astype(np.float32), cuts, english
    )


def held_out(sentences: Sentences) -> HeldOut:
    """Score every sentence by a model that was fitted without it."""
    fold_of = sentences.folds()
    scores = np.zeros((len(fold_of), len(INTENTS) + len(EMERGENCIES) + 1))
    hints = np.zeros((len(fold_of), 2))
    for fold in range(FOLDS):
        outside = fold_of == fold
        placed, matrix, bias = _fitted(sentences, np.flatnonzero(~outside))
        scores[outside] = placed.points[outside] @ matrix + bias
        hints[outside] = placed.hints[outside]
    return HeldOut(scores, hints, sentences.intents, sentences.flags, sentences.raised)


def _fitted(sentences: Sentences, rows: Rows) -> tuple[Placed, Doubles, Doubles]:
    """Fit one linear score for each intent, each emergency, and asking for a person, to some of the sentences."""
    placed = place(sentences.counted, rows, features.BLOCKS[sentences.lang], RARITY_POWER[sentences.lang])
    labelled = rows[sentences.intents[rows] != UNLABELLED]
    wanted, among = sentences.intents[labelled], placed.points[labelled]
    fitted = [_intents(among, wanted)]
    human = _flag(among, wanted == HUMAN)
    among = placed.points[rows]
    fitted += [_flag(among, sentences.flags[rows] == name) for name in EMERGENCIES]
    columns, constants = zip(*fitted, human, strict=True)
    return placed, np.hstack(columns), np.concatenate(constants)


def _machine(**options: object) -> Any:
    # Imported here: only training needs it, and it takes a second and a hundred megabytes to load.
    svm: Any = importlib.import_module("sklearn.svm")
    return svm.LinearSVC(tol=TOLERANCE, random_state=SEED, **options)


def _intents(points: Any, wanted: Labels) -> tuple[Doubles, Doubles]:
    machine = _machine(C=INTENT_STRENGTH).fit(points, wanted)
    order = [list(machine.classes_).index(name) for name in INTENTS]
    return machine.coef_[order].T, machine.intercept_[order]


def _flag(points: Any, meant: npt.NDArray[np.bool_]) -> tuple[Doubles, Doubles]:
    machine = _machine(C=FLAG_STRENGTH, class_weight={True: FLAG_WEIGHT, False: 1.0}).fit(points, meant)
    return machine.coef_.T, machine.intercept_
