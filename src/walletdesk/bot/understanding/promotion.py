"""Promotion: a model that has learnt the operator's sentences replaces the packaged one only where nothing falls.

The frozen evaluation are the packaged sentences, each judged by models that did not know it: once by models of the
packaged sentences alone, once by models that had the operator's sentences to learn from as well, in the same folds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from walletdesk.bot.understanding import corpus, cutting, training, validation
from walletdesk.bot.understanding.corpus import Example
from walletdesk.bot.understanding.validation import Validation
from walletdesk.bot.understanding.weights import Model
from walletdesk.kit.i18n import Lang

LEVEL: Final = 0.002
"""A share that is lower by less is level: training itself moves it by as much."""
RECALL_LEVEL: Final = 0.02
"""The same for emergencies heard: their lines move along between misses and false alarms, at a cost that is level."""
COST_LEVEL: Final = 0.01


@dataclass(frozen=True, slots=True)
class Trial:
    """What one language's model understands of the frozen evaluation, before and after learning own sentences."""

    lang: Lang
    own: int
    before: Validation
    after: Validation
    own_top1: float | None
    """Share of the own sentences that is understood, cross-validated; None without any."""
    model: Model

    def fallen(self) -> list[str]:
        """Return the names of what has become worse."""
        now, then = self.after, self.before
        falls = {
            "top1": then.top1 - now.top1 > LEVEL,
            "top3": then.top3 - now.top3 > LEVEL,
            "human": then.human - now.human > LEVEL,
            "emergencies_recall": then.emergencies_recall - now.emergencies_recall > RECALL_LEVEL,
            "emergencies_cost": now.emergencies_cost - then.emergencies_cost > COST_LEVEL,
        }
        return [name for name, fallen in falls.items() if fallen]


def attempt(lang: Lang, own: Sequence[Example], english: frozenset[str]) -> Trial:
    """Train one language with own sentences beside the packaged ones, and judge both."""
    packaged = corpus.examples(lang)
    sentences = training.read(lang, packaged)
    held = training.held_out(sentences)
    before = validation.validate(held)
    if own:
        sentences = training.read(lang, packaged, own)
        held = training.held_out(sentences)
    cuts = cutting.cuts(held)
    ours = held.part(len(packaged), None)
    return Trial(
        lang,
        len(own),
        before,
        validation.validate(held.part(0, len(packaged)), cuts),
        validation.top1(ours, cuts) if own else None,
        training.train(sentences, english, held),
    )
