"""The understander: texts in, what they mean out. Loading takes under a second, a text a few milliseconds."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from walletdesk.bot.understanding import corpus, features, normalise, training, weights
from walletdesk.bot.understanding.features import Parts
from walletdesk.bot.understanding.vocabulary import HUMAN, OUT_OF_SCOPE, Decision
from walletdesk.bot.understanding.weights import Model
from walletdesk.kit.i18n import Lang

TOP: Final = 3
"""Intents that are named: those a customer is offered when the bot is unsure."""
CALLED_SCORE: Final = 0.9
"""Score shown for a person asked for beside another matter."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Understood:
    """What one text means.

    `score` is the probability of `intent`; `top` has the likeliest intents with theirs, the first being `intent`.
    `emergency` stands beside the intent, never instead of it. `decision` is what the bot should do.
    """

    text: str
    lang: Lang
    intent: str
    score: float
    top: list[tuple[str, float]]
    in_scope: bool
    emergency: str | None
    decision: Decision


class Understander:
    """Understands texts in Chinese, English, pinyin and mixtures; holds no state beside its models."""

    def __init__(self, models: dict[Lang, Model]) -> None:
        self._models = models
        self._english = models["en"].english

    @classmethod
    def load(cls, home: Path) -> Understander:
        """Load the models kept under `home`, or train them when there are none for this version's data and code.

        A folder that cannot be written costs only time at the next start. Training takes some seconds.
        """
        folder = _folder(home)
        models = weights.load(folder)
        if models is None:
            models = training.train_all()
            try:
                weights.save(models, folder)
            except OSError as error:
                _log.warning("the trained model could not be kept: %s", error)
        found = cls(models)
        found.understand(["你好", "hello"])  # reads the tables of script and sounds before the first customer waits
        return found

    @staticmethod
    def trained(home: Path) -> bool:
        """Say whether `load` will find a model of this version under `home`."""
        return _folder(home).is_dir()

    def understand(self, texts: Sequence[str]) -> list[Understood]:
        """Say what each text means, in their order."""
        return [self._understand(text) for text in texts]

    def _understand(self, text: str) -> Understood:
        plain = normalise.normalise(text)
        lang = features.language(plain, self._english)
        model = self._models[lang]
        parts = features.parts_of(plain, lang)
        vector = model.space.vector(parts)
        scores = model.scores(vector).astype(np.float64)
        count = len(model.intents)
        alarms = self._alarms(plain, parts, scores[count:])
        flag = _flag(model, alarms[:-1])
        top = _ranked(
            model,
            scores[:count],
            asked=bool(alarms[-1] >= model.cuts.human),
            in_scope=_in_scope(model, scores[:count], training.hints(vector, parts)),
        )
        intent, score = top[0]
        decision = _decide(intent, score, flag, model.cuts.answer)
        return Understood(text, lang, intent, score, top, intent != OUT_OF_SCOPE, flag, decision)

    def _alarms(self, plain: str, parts: Parts, whole: training.Doubles) -> training.Doubles:
        """Return the highest scores of emergencies and of asking for a person, in a text or in a piece of it.

        A phrase that raises a flag by itself lifts the flag's score to its line.
        """
        model = self._models[parts.lang]
        found = _lifted(model, whole, parts)
        for piece in features.pieces_of(plain):
            cut = features.parts_of(piece, parts.lang)
            scores = model.scores(model.space.vector(cut))[len(model.intents) :]
            found = np.maximum(found, _lifted(model, scores.astype(np.float64), cut))
        return found


def _folder(home: Path) -> Path:
    return home / "models" / f"understanding-{corpus.fingerprint()}"


def _lifted(model: Model, alarms: training.Doubles, parts: Parts) -> training.Doubles:
    lines = {**model.cuts.emergency, HUMAN: model.cuts.human}
    lifted = alarms.copy()
    for raised in parts.alarms:
        place = -1 if raised == HUMAN else model.flags.index(raised)
        lifted[place] = max(lifted[place], lines[raised])
    return lifted


def _flag(model: Model, alarms: training.Doubles) -> str | None:
    """Return the flag that is the farthest above its line; of equals the gravest, which stands first."""
    above = alarms - np.array([model.cuts.emergency[flag] for flag in model.flags])
    return model.flags[int(above.argmax())] if above.max() >= 0 else None


def _in_scope(model: Model, intents: training.Doubles, hinted: tuple[float, float]) -> bool:
    *factors, constant = model.cuts.scope
    looks = training.scope_features(intents, np.array(hinted))
    return float(looks @ np.array(factors)) + constant >= model.cuts.in_scope


def _ranked(model: Model, intents: training.Doubles, *, asked: bool, in_scope: bool) -> list[tuple[str, float]]:
    """Rank the intents by probability.

    Being in scope is judged apart, so `out_of_scope` goes first exactly when the judge says so. A person asked
    for goes before every other matter in the same text.
    """
    likely = training.softmax(intents / model.cuts.temperature)
    ranked = sorted(zip(model.intents, map(float, likely), strict=True), key=lambda pair: -pair[1])
    if asked:
        ranked = _first(ranked, HUMAN, CALLED_SCORE)
    elif not in_scope:
        ranked = _first(ranked, OUT_OF_SCOPE, 0.0)
    elif ranked[0][0] == OUT_OF_SCOPE:
        ranked[0], ranked[1] = (ranked[1][0], ranked[0][1]), (OUT_OF_SCOPE, ranked[1][1])
    return [(name, round(value, 4)) for name, value in ranked[:TOP]]


def _first(ranked: list[tuple[str, float]], name: str, least: float) -> list[tuple[str, float]]:
    """Put one intent first, with at least a given score; none of the others may then have more."""
    score = max(least, dict(ranked)[name])
    return [(name, score), *((other, min(value, score)) for other, value in ranked if other != name)]


def _decide(intent: str, score: float, emergency: str | None, answer: float) -> Decision:
    if emergency is not None or intent == HUMAN:
        return "human"
    return "answer" if score >= answer else "offer"
