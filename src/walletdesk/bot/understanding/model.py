"""The understander: texts in, what they mean out. Loading takes under a second, a text a few milliseconds."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from walletdesk.bot.understanding import features, normalise, own, ranking, training, vectors, weights
from walletdesk.bot.understanding.features import Parts
from walletdesk.bot.understanding.vectors import Doubles
from walletdesk.bot.understanding.vocabulary import OUT_OF_SCOPE, Decision
from walletdesk.bot.understanding.weights import Model
from walletdesk.kit.i18n import Lang

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
        """Load the models kept under `home`, or train them when there are none.

        A model belongs to this version's sentences and code, and to the operator's own sentences.
        A folder that cannot be written costs only time at the next start. Training takes some seconds.
        """
        folder = _folder(home)
        models = weights.load(folder)
        if models is None:
            models = training.train_all(own.kept(home))
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

    @staticmethod
    def keep(home: Path, models: dict[Lang, Model]) -> None:
        """Keep models, trained from the packaged sentences and those kept under `home`, for the next start."""
        weights.save(models, _folder(home))

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
        flag = ranking.flag(model.cuts, alarms)
        asked = bool(alarms[-1] >= model.cuts.human)
        top = ranking.ranked(model.cuts, scores[:count], vectors.hints(vector, parts), asked=asked)
        intent, score = top[0]
        decision = ranking.decide(intent, score, flag, model.cuts.answer)
        return Understood(text, lang, intent, score, top, intent != OUT_OF_SCOPE, flag, decision)

    def _alarms(self, plain: str, parts: Parts, whole: Doubles) -> Doubles:
        """Return the highest scores of emergencies and of asking for a person, in a text or in a piece of it."""
        model = self._models[parts.lang]
        found = ranking.lifted(model.cuts, whole, parts.alarms)
        for piece in features.pieces_of(plain):
            cut = features.parts_of(piece, parts.lang)
            scores = model.scores(model.space.vector(cut))[len(model.intents) :]
            found = np.maximum(found, ranking.lifted(model.cuts, scores.astype(np.float64), cut.alarms))
        return found


def _folder(home: Path) -> Path:
    return home / "models" / f"understanding-{own.fingerprint(home)}"
