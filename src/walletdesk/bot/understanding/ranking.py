"""From scores to what is said: in scope or not, intents by probability, a flag, what the bot should do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from walletdesk.bot.understanding.vectors import Doubles
from walletdesk.bot.understanding.vocabulary import EMERGENCIES, HUMAN, INTENTS, OUT_OF_SCOPE, Decision
from walletdesk.bot.understanding.weights import Cuts

TOP: Final = 3
"""Intents that are named: those a customer is offered when the bot is unsure."""
CALLED_SCORE: Final = 0.9
"""Score shown for a person asked for beside another matter."""


def softmax(scores: Doubles) -> Doubles:
    """Turn scores, one row a text, into probabilities."""
    raised = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return raised / raised.sum(axis=-1, keepdims=True)


def scope_features(intents: Doubles, hinted: Doubles) -> Doubles:
    """Return what being in scope is judged by: the best score in scope, that of out_of_scope, and the hints."""
    place = INTENTS.index(OUT_OF_SCOPE)
    best = np.delete(intents, place, axis=-1).max(axis=-1)
    scores = np.stack([best, intents[..., place]], axis=-1)
    return np.concatenate([scores, hinted], axis=-1)


def in_scope(cuts: Cuts, intents: Doubles, hinted: tuple[float, float]) -> bool:
    """Judge whether a text is about what we serve."""
    *factors, constant = cuts.scope
    return float(scope_features(intents, np.array(hinted)) @ np.array(factors)) + constant >= cuts.in_scope


def lifted(cuts: Cuts, alarms: Doubles, raised: Sequence[str]) -> Doubles:
    """Lift the score of a flag to its line where a phrase raises it by itself; the last is asking for a person."""
    lines = {**cuts.emergency, HUMAN: cuts.human}
    found = alarms.copy()
    for name in raised:
        place = -1 if name == HUMAN else EMERGENCIES.index(name)
        found[place] = max(found[place], lines[name])
    return found


def flag(cuts: Cuts, alarms: Doubles) -> str | None:
    """Return the flag that is the farthest above its line; of equals the gravest, which stands first."""
    above = alarms[: len(EMERGENCIES)] - np.array([cuts.emergency[name] for name in EMERGENCIES])
    return EMERGENCIES[int(above.argmax())] if above.max() >= 0 else None


def ranked(cuts: Cuts, intents: Doubles, hinted: tuple[float, float], *, asked: bool) -> list[tuple[str, float]]:
    """Rank the intents by probability.

    Being in scope is judged apart, so `out_of_scope` goes first exactly when the judge says so. A person asked
    for goes before every other matter in the same text.
    """
    likely = softmax(intents / cuts.temperature)
    order: list[int] = np.argsort(-likely)[: TOP + 1].tolist()
    found = [(INTENTS[at], float(likely[at])) for at in order]
    if asked:
        found = _first(found, HUMAN, max(CALLED_SCORE, float(likely[INTENTS.index(HUMAN)])))
    elif not in_scope(cuts, intents, hinted):
        found = _first(found, OUT_OF_SCOPE, float(likely[INTENTS.index(OUT_OF_SCOPE)]))
    elif found[0][0] == OUT_OF_SCOPE:
        found[0], found[1] = (found[1][0], found[0][1]), (OUT_OF_SCOPE, found[1][1])
    return [(name, round(value, 4)) for name, value in found[:TOP]]


def _first(found: list[tuple[str, float]], name: str, score: float) -> list[tuple[str, float]]:
    """Put one intent first with a score; none of the others may then have more."""
    return [(name, score), *((other, min(value, score)) for other, value in found if other != name)]


def decide(intent: str, score: float, emergency: str | None, answer: float) -> Decision:
    """Choose between answering, offering the likeliest, and a person."""
    if emergency is not None or intent == HUMAN:
        return "human"
    return "answer" if score >= answer else "offer"
