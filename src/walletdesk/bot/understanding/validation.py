"""Validation: how well sentences are understood by models that did not know them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from walletdesk.bot.understanding import cutting, ranking
from walletdesk.bot.understanding.cutting import HeldOut
from walletdesk.bot.understanding.vectors import Doubles
from walletdesk.bot.understanding.vocabulary import HUMAN, INTENTS, NO_EMERGENCY
from walletdesk.bot.understanding.weights import Cuts

COVERAGES: Final = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
"""Shares of the sentences answered, the surest first, at which the precision is told."""


@dataclass(frozen=True, slots=True)
class Validation:
    """Shares between 0 and 1, over sentences scored by models fitted without them.

    The cuts are found on the same scores that are judged here: half a dozen numbers against thousands of sentences.
    """

    sentences: int
    top1: float
    top3: float
    human: float
    """Share of those who ask for a person who get one."""
    emergencies_recall: float
    emergencies_false: float
    emergencies_cost: float
    """Missed emergencies, and false alarms at what they cost (`cutting.ALARM_COST`), for each emergency meant."""
    coverage: float
    """Share of the sentences that are answered without asking back."""
    precision: float
    """Share of those that are answered rightly."""
    precision_at: dict[float, float]
    """The precision if the surest sentences were answered, by their share."""


@dataclass(frozen=True, slots=True)
class _Heard:
    place: int
    """Where the true intent stands among the intents that are named, from 0; -1 when it is not named."""
    score: float
    alarmed: bool
    decision: str


def validate(held: HeldOut, cuts: Cuts | None = None) -> Validation:
    """Judge held-out scores as a customer would meet them, by cuts (their own when none are given)."""
    chosen = cuts or cutting.cuts(held)
    heard = [_heard(chosen, held, row) for row in range(len(held.intents))]
    alarmed = np.array([one.alarmed for one in heard])
    grave = held.flags != NO_EMERGENCY
    plain = np.flatnonzero(np.isin(held.intents, INTENTS) & ~grave)
    places = np.array([heard[row].place for row in plain])
    answered = np.array([heard[row].decision == "answer" for row in plain])
    asked = np.array([heard[row].decision == "human" for row in np.flatnonzero(held.intents == HUMAN)])
    missed, false = (~alarmed[grave]).sum(), alarmed[~grave].sum()
    return Validation(
        sentences=len(held.intents),
        top1=float((places == 0).mean()),
        top3=float((places >= 0).mean()),
        human=float(asked.mean()),
        emergencies_recall=float(alarmed[grave].mean()),
        emergencies_false=float(alarmed[~grave].mean()),
        emergencies_cost=float((missed + cutting.ALARM_COST * false) / grave.sum()),
        coverage=float(answered.mean()),
        precision=float((places[answered] == 0).mean()) if answered.any() else 0.0,
        precision_at=_curve(np.array([heard[row].score for row in plain]), (places == 0).astype(np.float64)),
    )


def top1(held: HeldOut, cuts: Cuts) -> float:
    """Return the share of sentences with an intent that are understood; 0 when none has one."""
    named = np.flatnonzero(np.isin(held.intents, INTENTS))
    return float(np.mean([_heard(cuts, held, int(row)).place == 0 for row in named])) if len(named) else 0.0


def _heard(cuts: Cuts, held: HeldOut, row: int) -> _Heard:
    scores = held.scores[row]
    alarms = ranking.lifted(cuts, scores[len(INTENTS) :], held.raised[row])
    flag = ranking.flag(cuts, alarms)
    known, own_subjects = map(float, held.hints[row])
    asked = bool(alarms[-1] >= cuts.human)
    top = ranking.ranked(cuts, scores[: len(INTENTS)], (known, own_subjects), asked=asked)
    names = [name for name, _ in top]
    truth = str(held.intents[row])
    place = names.index(truth) if truth in names else -1
    return _Heard(place, top[0][1], flag is not None, ranking.decide(*top[0], flag, cuts.answer))


def _curve(scores: Doubles, right: Doubles) -> dict[float, float]:
    shares = np.cumsum(right[np.argsort(-scores, kind="stable")]) / np.arange(1, len(right) + 1)
    return {coverage: float(shares[max(0, round(coverage * len(right)) - 1)]) for coverage in COVERAGES}
