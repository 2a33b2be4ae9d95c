"""Training: sentences -> model, in seconds, with the cuts found on sentences held out from it."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from walletdesk.bot.understanding import corpus, features, normalise
from walletdesk.bot.understanding.corpus import Example
from walletdesk.bot.understanding.features import Parts
from walletdesk.bot.understanding.vectors import Space, Vector, learn_space
from walletdesk.bot.understanding.vocabulary import EMERGENCIES, HUMAN, INTENTS, NO_EMERGENCY, OUT_OF_SCOPE
from walletdesk.bot.understanding.weights import Cuts, Model
from walletdesk.kit.i18n import LANGS, Lang

FOLDS: Final = 4
SEED: Final = 20_260_105
INTENT_STRENGTH: Final = 1.0
"""Inverse regularisation of the intents' support vector machine, chosen by cross-validation."""
FLAG_STRENGTH: Final = 0.5
FLAG_WEIGHT: Final = 4.0
"""A missed emergency costs this many false alarms."""
ALARM_COST: Final = 0.6
"""What a false alarm costs, where a missed emergency costs one: a minute of an agent against somebody's savings."""
HUMAN_FALSE_ALARMS: Final = 0.006
SCOPE_KEPT: Final = 0.96
"""Share of held-out sentences in scope that must be taken as such."""
RIGHT_WHEN_ANSWERED: Final = 0.93
"""Share of held-out sentences answered without asking back whose intent must be right."""

Doubles = npt.NDArray[np.float64]
Labels = npt.NDArray[np.str_]
UNLABELLED: Final = "-"


def train_all() -> dict[Lang, Model]:
    """Fit every language's model."""
    return {lang: train(lang) for lang in LANGS}


def train(lang: Lang) -> Model:
    """Fit one language's model.

    The other language's sentences teach it too, by the concepts they speak of: those are the same in both.
    """
    own, other = corpus.examples(lang), corpus.examples("en" if lang == "zh" else "zh")
    parts = [features.parts_of(normalise.normalise(e.text), lang) for e in own]
    bridge = _bridge(other, lang)
    labels = _Labels([*own, *other])
    held_out = _held_out(lang, parts, bridge, labels)
    space = learn_space([*parts, *bridge], features.BLOCKS[lang])
    matrix, bias = _fit(_stack([space.vector(p) for p in [*parts, *bridge]], space), labels)
    english = frozenset(
        word for e in (own if lang == "en" else other) for word in features.words_of(normalise.normalise(e.text))
    )
    return Model(
        space, INTENTS, EMERGENCIES, matrix.astype(np.float32), bias.astype(np.float32),
        _cuts(held_out, labels.first(len(parts))), english,
    )  # fmt: skip


def _bridge(other: Sequence[Example], lang: Lang) -> list[Parts]:
    """Return the other language's sentences as their concepts alone."""
    source: Lang = "en" if lang == "zh" else "zh"
    found = [features.parts_of(normalise.normalise(e.text), source) for e in other]
    return [Parts(lang, {block: p.blocks[block] for block in features.SHARED}) for p in found]


class _Labels:
    """The labels of sentences, in the form in which fitting and judging need them."""

    def __init__(self, examples: Sequence[Example]) -> None:
        self.intents: Labels = np.array([e.intent or UNLABELLED for e in examples])
        self.flags: Labels = np.array([e.emergency for e in examples])
        self.examples = examples

    def first(self, count: int) -> _Labels:
        """Return those of the first sentences."""
        return _Labels(list(self.examples[:count]))

    def at(self, rows: npt.NDArray[np.int64]) -> _Labels:
        """Return those of some sentences."""
        return _Labels([self.examples[int(row)] for row in rows])


def _held_out(lang: Lang, parts: list[Parts], bridge: list[Parts], labels: _Labels) -> Doubles:
    """Score every own sentence by a model that was fitted without it; the last two columns hint at the scope."""
    count = len(parts)
    fold_of = _folds(labels.first(count))
    found = np.zeros((count, len(INTENTS) + len(EMERGENCIES) + 3))
    for fold in range(FOLDS):
        inside, outside = np.flatnonzero(fold_of != fold), np.flatnonzero(fold_of == fold)
        rows = np.concatenate([inside, np.arange(count, count + len(bridge))])
        texts = [*(parts[i] for i in inside), *bridge]
        space = learn_space(texts, features.BLOCKS[lang])
        matrix, bias = _fit(_stack([space.vector(p) for p in texts], space), labels.at(rows))
        vectors = [space.vector(parts[i]) for i in outside]
        found[outside, :-2] = _stack(vectors, space) @ matrix + bias
        found[outside, -2:] = [hints(vector, parts[i]) for vector, i in zip(vectors, outside, strict=True)]
    return found


def _folds(labels: _Labels) -> npt.NDArray[np.int64]:
    """Deal the sentences of each label evenly to the folds."""
    dealt = np.zeros(len(labels.intents), dtype=np.int64)
    kinds = np.char.add(np.char.add(labels.intents, "/"), labels.flags)
    random = np.random.default_rng(SEED)
    for kind in np.unique(kinds):
        rows = random.permutation(np.flatnonzero(kinds == kind))
        dealt[rows] = (np.arange(len(rows)) + random.integers(FOLDS)) % FOLDS
    return dealt


def _stack(vectors: Sequence[Vector], space: Space) -> Any:
    sparse: Any = importlib.import_module("scipy.sparse")
    ends = np.cumsum([0, *(len(v.places) for v in vectors)])
    values = np.concatenate([v.values for v in vectors])
    places = np.concatenate([v.places for v in vectors])
    return sparse.csr_matrix((values, places, ends), shape=(len(vectors), len(space.rarity)))


def _fit(points: Any, labels: _Labels) -> tuple[Doubles, Doubles]:
    """Fit one linear score for each intent, each emergency, and asking for a person."""
    # Imported here: only training needs it, and it takes a second and a hundred megabytes to load.
    svm: Any = importlib.import_module("sklearn.svm")
    labelled = np.flatnonzero(labels.intents != UNLABELLED)
    intents: Any = svm.LinearSVC(C=INTENT_STRENGTH, random_state=SEED)
    intents.fit(points[labelled], labels.intents[labelled])
    order = [list(intents.classes_).index(name) for name in INTENTS]
    columns, constants = [intents.coef_[order].T], [intents.intercept_[order]]
    asks: list[tuple[npt.NDArray[np.bool_], Any]] = [(labels.flags == flag, points) for flag in EMERGENCIES]
    asks.append((labels.intents[labelled] == HUMAN, points[labelled]))
    for wanted, among in asks:
        one: Any = svm.LinearSVC(C=FLAG_STRENGTH, class_weight={True: FLAG_WEIGHT, False: 1.0}, random_state=SEED)
        one.fit(among, wanted)
        columns.append(one.coef_.T)
        constants.append(one.intercept_)
    return np.hstack(columns), np.concatenate(constants)


def _cuts(scores: Doubles, labels: _Labels) -> Cuts:
    labelled = labels.intents != UNLABELLED
    intents, flags = scores[:, : len(INTENTS)], scores[:, len(INTENTS) : len(INTENTS) + len(EMERGENCIES)]
    truth = np.array([INTENTS.index(name) for name in labels.intents[labelled]])
    temperature = _temperature(intents[labelled], truth)
    likely = softmax(intents[labelled] / temperature)
    scope, in_scope = _scope(intents[labelled], scores[labelled, -2:], labels.intents[labelled] != OUT_OF_SCOPE)
    ordinary = labels.flags == NO_EMERGENCY
    return Cuts(
        temperature=temperature,
        answer=_sure(likely.max(1), likely.argmax(1) == truth),
        scope=scope,
        in_scope=in_scope,
        emergency={
            flag: _alarm(flags[labels.flags == flag, place], flags[ordinary, place])
            for place, flag in enumerate(EMERGENCIES)
        },
        human=float(np.quantile(scores[labelled & (labels.intents != HUMAN), -3], 1 - HUMAN_FALSE_ALARMS)),
    )


def softmax(scores: Doubles) -> Doubles:
    """Turn scores, one row a text, into probabilities."""
    raised = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return raised / raised.sum(axis=-1, keepdims=True)


def _alarm(meant: Doubles, ordinary: Doubles) -> float:
    """Find the score of a flag from which raising it costs least: missed emergencies against false alarms."""
    tries = np.sort(np.concatenate([meant, ordinary]))
    missed = np.searchsorted(np.sort(meant), tries)
    false = len(ordinary) - np.searchsorted(np.sort(ordinary), tries)
    best = int(np.argmin(missed + ALARM_COST * false))
    # Half way to the next lower score: what has just been told apart stays so.
    return float((tries[best] + tries[max(best - 1, 0)]) / 2)


def _temperature(scores: Doubles, truth: npt.NDArray[np.int64]) -> float:
    """Find the temperature under which the true intents are the least surprising."""
    rows = np.arange(len(truth))

    def surprise(temperature: float) -> float:
        return float(-np.log(softmax(scores / temperature)[rows, truth] + 1e-12).mean())

    return float(min(np.geomspace(0.05, 1.0, 40), key=surprise))


def _sure(confidence: Doubles, right: npt.NDArray[np.bool_]) -> float:
    """Find the lowest probability above which answers are right often enough."""
    order = np.argsort(-confidence)
    shares = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    enough = np.flatnonzero(shares >= RIGHT_WHEN_ANSWERED)
    return float(confidence[order[enough[-1]]]) if len(enough) else 1.0


SUBJECTS_MAX: Final = 2
"""Own subjects beyond this number make a text no more of ours."""


def hints(vector: Vector, parts: Parts) -> tuple[float, float]:
    """Return what hints at a text being in scope beside the scores: known share, number of own subjects."""
    return vector.known, float(min(SUBJECTS_MAX, features.own_subjects(parts)))


def scope_features(intents: Doubles, hinted: Doubles) -> Doubles:
    """Return what being in scope is judged by: the best score in scope, that of out_of_scope, and the hints."""
    place = INTENTS.index(OUT_OF_SCOPE)
    best = np.delete(intents, place, axis=-1).max(axis=-1)
    scores = np.stack([best, intents[..., place]], axis=-1)
    return np.concatenate([scores, hinted], axis=-1)


def _scope(intents: Doubles, hinted: Doubles, inside: npt.NDArray[np.bool_]) -> tuple[list[float], float]:
    linear: Any = importlib.import_module("sklearn.linear_model")
    judge: Any = linear.LogisticRegression(class_weight="balanced")
    looks = scope_features(intents, hinted)
    judge.fit(looks, inside)
    values: Doubles = judge.decision_function(looks)
    weights = [*(float(w) for w in judge.coef_[0]), float(judge.intercept_[0])]
    return weights, float(np.quantile(values[inside], 1 - SCOPE_KEPT))
