"""Cuts: where scores become decisions, found on sentences that their model had not been trained on."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from walletdesk.bot.understanding import ranking
from walletdesk.bot.understanding.ranking import softmax
from walletdesk.bot.understanding.vectors import Doubles
from walletdesk.bot.understanding.vocabulary import EMERGENCIES, HUMAN, INTENTS, NO_EMERGENCY, OUT_OF_SCOPE
from walletdesk.bot.understanding.weights import Cuts

ALARM_COST: Final = 0.7
"""What a false alarm costs, where a missed emergency costs one: a minute of an agent against somebody's savings."""
HUMAN_FALSE_ALARMS: Final = 0.004
"""Share of held-out sentences about other matters for which a person may be called."""
RIGHT_WHEN_ANSWERED: Final = 0.87
"""Share of held-out sentences answered without asking back whose intent must be right."""

Labels = npt.NDArray[np.str_]
Truths = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Sentences with the scores of models that did not know them, what hints at their scope, and their labels."""

    scores: Doubles
    """A row a sentence; columns as in `Model.matrix`."""
    hints: Doubles
    intents: Labels
    flags: Labels
    raised: list[list[str]]
    """What phrases raise by themselves in each sentence."""

    def part(self, start: int, end: int | None) -> HeldOut:
        """Return the sentences from one place to another."""
        rows = slice(start, end)
        return HeldOut(self.scores[rows], self.hints[rows], self.intents[rows], self.flags[rows], self.raised[rows])


def cuts(held: HeldOut) -> Cuts:
    """Find all cuts."""
    labelled = np.isin(held.intents, INTENTS)
    intents = held.scores[labelled, : len(INTENTS)]
    flags = held.scores[:, len(INTENTS) : len(INTENTS) + len(EMERGENCIES)]
    truth = np.array([INTENTS.index(name) for name in held.intents[labelled]])
    temperature = _temperature(intents, truth)
    likely = softmax(intents / temperature)
    scope, in_scope = _scope(intents, held.hints[labelled], truth)
    ordinary = held.flags == NO_EMERGENCY
    return Cuts(
        temperature=temperature,
        answer=_sure(likely.max(1), likely.argmax(1) == truth),
        scope=scope,
        in_scope=in_scope,
        emergency={
            flag: _alarm(flags[held.flags == flag, place], flags[ordinary, place])
            for place, flag in enumerate(EMERGENCIES)
        },
        human=float(np.quantile(held.scores[labelled & (held.intents != HUMAN), -1], 1 - HUMAN_FALSE_ALARMS)),
    )


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


def _sure(confidence: Doubles, right: Truths) -> float:
    """Find the lowest probability above which answers are right often enough."""
    order = np.argsort(-confidence)
    shares = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    enough = np.flatnonzero(shares >= RIGHT_WHEN_ANSWERED)
    return float(confidence[order[enough[-1]]]) if len(enough) else 1.0


def _scope(intents: Doubles, hinted: Doubles, truth: npt.NDArray[np.int64]) -> tuple[list[float], float]:
    """Fit the judge of what is in scope, and find the value from which the most sentences are understood."""
    linear: Any = importlib.import_module("sklearn.linear_model")
    outside = INTENTS.index(OUT_OF_SCOPE)
    judge: Any = linear.LogisticRegression(class_weight="balanced")
    looks = ranking.scope_features(intents, hinted)
    judge.fit(looks, truth != outside)
    values: Doubles = judge.decision_function(looks)
    weights = [*(float(w) for w in judge.coef_[0]), float(judge.intercept_[0])]
    likeliest = np.delete(intents, outside, axis=1).argmax(1)
    right_inside = likeliest + (likeliest >= outside) == truth
    order = np.argsort(values)
    # Taken in this order the first so many are called out of scope, the others in scope.
    right = np.cumsum(truth[order] == outside) - np.cumsum(right_inside[order])
    return weights, float(values[order[int(np.argmax(right))]]) + 1e-9
